/* subnetctl key and ss58: keys, signatures and addresses. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/keyfile.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"

enum { MAX_PREFIX = 16383 };

/* What a secret URI begins with. */
static const char *
kind_of(const char *suri)
{
	if (suri[0] == '/')
		return "development";
	return strncmp(suri, "0x", 2) == 0 ? "seed" : "phrase";
}

/* The key of a secret URI or a file, and what it came from. */
static enum ctl_exit
load_key(struct chain_args *args, const char *suri, const char *file,
    struct sr25519_keypair *kp, const char **kind, struct err *err)
{
	char *text;
	int rc;

	if ((suri == NULL) == (file == NULL)) {
		err_set(err, "one secret is needed: a SURI or --file FILE");
		return CTL_USAGE;
	}
	if (file != NULL) {
		*kind = "file";
		return keyfile_load(file, kp, err) == 0 ? CTL_OK : CTL_FAILED;
	}
	text = chain_text(args, suri, err);
	if (text == NULL)
		return CTL_FAILED;
	*kind = kind_of(text);
	rc = suri_to_keypair(text, kp, err);
	sodium_memzero(text, strlen(text));
	free(text);
	return rc == 0 ? CTL_OK : CTL_FAILED;
}

/* {"public_key", "ss58"} */
static json_t *
public_json(const uint8_t public[32], uint16_t prefix)
{
	char address[SS58_MAX_TEXT];

	if (ss58_encode(prefix, public, address) != 0)
		return NULL;
	return json_pack("{s:o, s:s}", "public_key", chain_hex_json(public, 32),
	    "ss58", address);
}

/* btwallet's coldkeypub.txt and the like: they hold no secret. */
static bool
is_public_file(const char *path)
{
	static const char end[] = "pub.txt";
	size_t len = path != NULL ? strlen(path) : 0;

	return len >= strlen(end) && strcmp(path + len - strlen(end), end) == 0;
}

static enum ctl_exit
inspect_public(const char *path, json_t **out, struct err *err)
{
	uint8_t public[32];

	if (keyfile_load_public(path, public, err) != 0)
		return CTL_FAILED;
	*out = public_json(public, SS58_BITTENSOR);
	json_object_set_new(*out, "kind", json_string("public"));
	return CTL_OK;
}

enum ctl_exit
chain_key_inspect(struct chain_args *args, json_t **out, struct err *err)
{
	const char *file = chain_flag(args, "file");
	struct sr25519_keypair kp;
	const char *kind;
	enum ctl_exit code;

	if (args->n_words == 0 && is_public_file(file))
		return inspect_public(file, out, err);
	code = load_key(args, args->n_words > 0 ? args->words[0] : NULL, file,
	    &kp, &kind, err);
	if (code != CTL_OK)
		return code;
	*out = public_json(kp.public, SS58_BITTENSOR);
	json_object_set_new(*out, "kind", json_string(kind));
	sr25519_wipe(&kp);
	return CTL_OK;
}

enum ctl_exit
chain_key_sign(struct chain_args *args, json_t **out, struct err *err)
{
	struct buf message = {0};
	struct sr25519_keypair kp;
	uint8_t sig[64];
	const char *kind;
	enum ctl_exit code;

	code = load_key(args, chain_flag(args, "suri"),
	    chain_flag(args, "file"), &kp, &kind, err);
	if (code != CTL_OK)
		return code;
	code = CTL_FAILED;
	if (chain_hex(args, "the message", args->words[0], &message, err) ==
	    0) {
		sr25519_sign(&kp, message.data, message.len, sig);
		*out = public_json(kp.public, SS58_BITTENSOR);
		json_object_set_new(
		    *out, "signature", chain_hex_json(sig, sizeof(sig)));
		code = CTL_OK;
	}
	sr25519_wipe(&kp);
	buf_free(&message);
	return code;
}

/* An address of any network: the keys are the same. */
static int
read_address(
    const char *text, uint16_t *prefix, uint8_t key[32], struct err *err)
{
	if (ss58_decode(text, prefix, key) == 0)
		return 0;
	return err_set(err,
	    "\"%.60s\" is no SS58 address: a character is wrong or missing",
	    text);
}

enum ctl_exit
chain_key_verify(struct chain_args *args, json_t **out, struct err *err)
{
	const char *address = chain_need_flag(args, "ss58", err);
	const char *hex = chain_need_flag(args, "sig", err);
	struct buf message = {0};
	uint8_t public[32], sig[64];
	uint16_t prefix;
	bool valid;

	if (address == NULL || hex == NULL)
		return CTL_USAGE;
	if (read_address(address, &prefix, public, err) != 0 ||
	    chain_hex_exact(args, "--sig", hex, sig, sizeof(sig), err) != 0 ||
	    chain_hex(args, "the message", args->words[0], &message, err) !=
		0) {
		buf_free(&message);
		return CTL_FAILED;
	}
	valid = sr25519_verify(public, message.data, message.len, sig);
	buf_free(&message);
	*out = json_pack("{s:b}", "valid", valid);
	return valid ? CTL_OK : CTL_FAILED;
}

static json_t *
address_json(const uint8_t public[32], uint16_t prefix)
{
	json_t *json = public_json(public, prefix);

	json_object_set_new(json, "prefix", json_integer(prefix));
	return json;
}

enum ctl_exit
chain_ss58_encode(struct chain_args *args, json_t **out, struct err *err)
{
	const char *word = chain_flag(args, "prefix");
	uint64_t prefix = SS58_BITTENSOR;
	uint8_t public[32];

	if (word != NULL &&
	    chain_number("--prefix", word, 0, MAX_PREFIX, &prefix, err) != 0)
		return CTL_USAGE;
	if (chain_hex_exact(args, "the public key", args->words[0], public,
		sizeof(public), err) != 0)
		return CTL_FAILED;
	*out = address_json(public, prefix);
	if (*out == NULL)
		err_set(err, "no address has the prefix %llu: it is reserved",
		    (unsigned long long)prefix);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

enum ctl_exit
chain_ss58_decode(struct chain_args *args, json_t **out, struct err *err)
{
	uint8_t public[32];
	uint16_t prefix;

	if (read_address(args->words[0], &prefix, public, err) != 0)
		return CTL_FAILED;
	*out = address_json(public, prefix);
	return CTL_OK;
}

/* subnetctl timelock: bytes sealed until a round of drand. */
#include <sodium.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/timelock.h"

/* A flag of so many bytes, if it is given. */
static int
read_bytes(struct chain_args *args, const char *name, uint8_t *out, size_t len,
    struct err *err)
{
	const char *word = chain_flag(args, name);

	if (word == NULL)
		return 0;
	return chain_hex_exact(args, name, word, out, len, err);
}

/* Random, but for what the flags name; sigma is made as the chain's does. */
static int
read_secrets(
    struct chain_args *args, struct timelock_secrets *secrets, struct err *err)
{
	uint8_t seed[32];

	timelock_secrets_new(secrets);
	if (read_bytes(args, "sigma-seed", seed, sizeof(seed), err) != 0 ||
	    read_bytes(args, "esk", secrets->esk, sizeof(secrets->esk), err) !=
		0 ||
	    read_bytes(args, "nonce", secrets->nonce, sizeof(secrets->nonce),
		err) != 0)
		return -1;
	if (chain_flag(args, "sigma-seed") != NULL)
		crypto_hash_sha256(secrets->sigma, seed, sizeof(seed));
	return 0;
}

static json_t *
take_hex(struct buf *bytes)
{
	json_t *json =
	    json_pack("{s:o}", "hex", chain_hex_json(bytes->data, bytes->len));

	buf_free(bytes);
	return json;
}

enum ctl_exit
chain_timelock_encrypt(struct chain_args *args, json_t **out, struct err *err)
{
	const char *word = chain_need_flag(args, "round", err);
	uint8_t public[TIMELOCK_PUBLIC];
	struct timelock_secrets secrets = {{0}, {0}, {0}};
	struct buf text = {0}, sealed = {0};
	uint64_t round;

	if (word == NULL ||
	    chain_number("--round", word, 1, UINT64_MAX, &round, err) != 0)
		return CTL_USAGE;
	memcpy(public, timelock_quicknet, sizeof(public));
	if (read_bytes(args, "public", public, sizeof(public), err) == 0 &&
	    read_secrets(args, &secrets, err) == 0 &&
	    chain_hex(args, "the text", args->words[0], &text, err) == 0 &&
	    timelock_encrypt(public, round, &secrets, text.data, text.len,
		&sealed, err) == 0)
		*out = take_hex(&sealed);
	sodium_memzero(&secrets, sizeof(secrets));
	buf_free(&text);
	buf_free(&sealed);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

enum ctl_exit
chain_timelock_decrypt(struct chain_args *args, json_t **out, struct err *err)
{
	const char *word = chain_need_flag(args, "signature", err);
	uint8_t signature[TIMELOCK_SIGNATURE];
	struct buf sealed = {0}, text = {0};

	if (word == NULL)
		return CTL_USAGE;
	if (chain_hex_exact(args, "--signature", word, signature,
		sizeof(signature), err) == 0 &&
	    chain_hex(args, "the ciphertext", args->words[0], &sealed, err) ==
		0 &&
	    timelock_decrypt(signature, sealed.data, sealed.len, &text, err) ==
		0)
		*out = take_hex(&text);
	buf_free(&sealed);
	buf_free(&text);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

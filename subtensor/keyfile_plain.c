/* The plain form of a key file: its secret to a key. */
#include <sodium.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "subtensor/keyfile.h"
#include "subtensor/keyfile_impl.h"
#include "subtensor/suri.h"

enum { SECRET_BYTES = 64 }; /* privateKey: scalar, then nonce */

/* Whatever the file says of the public key must be what the secret gives. */
static int
check_public(const json_t *file, struct sr25519_keypair *kp, struct err *err)
{
	bool is_set = true;

	return keyfile_json_public(file, kp->public, &is_set, err);
}

/* "0x" and 64 digits; or, where the seed's 32 bytes happened to be valid
 * UTF-8, those bytes as they are. */
static int
from_seed_text(const json_t *value, struct sr25519_keypair *kp, struct err *err)
{
	const char *text = json_string_value(value);
	uint8_t seed[32];

	if (json_string_length(value) == sizeof(seed))
		memcpy(seed, text, sizeof(seed));
	else if (hex_decode_exact(text, seed, sizeof(seed)) < 0)
		return err_set(err, "key file's secretSeed is not 32 bytes");
	sr25519_from_seed(seed, kp);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}

/*
 * btwallet writes the scalar itself, polkadot-js eight times it. The public
 * key of the file tells which it is.
 */
static int
from_private_key(const json_t *file, const char *text,
    struct sr25519_keypair *kp, struct err *err)
{
	uint8_t secret[SECRET_BYTES];
	int ret = -1;

	if (hex_decode_exact(text, secret, sizeof(secret)) < 0)
		return err_set(err, "key file's privateKey is not 64 bytes");
	for (int times_8 = 0; times_8 < 2 && ret < 0; times_8++) {
		if (sr25519_from_secret(secret, times_8, kp) == 0)
			ret = check_public(file, kp, err);
		else
			err_set(err, "key file's privateKey is not a key");
	}
	sodium_memzero(secret, sizeof(secret));
	return ret;
}

static int
from_phrase(const json_t *value, struct sr25519_keypair *kp, struct err *err)
{
	const char *phrase = json_string_value(value);
	uint8_t seed[32];

	if (strlen(phrase) != json_string_length(value))
		return err_set(err, "key file's secretPhrase has a NUL in it");
	if (mnemonic_to_seed(phrase, NULL, seed, err) < 0)
		return err_wrap(err, "key file's secretPhrase");
	sr25519_from_seed(seed, kp);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}

static int
from_json(const json_t *file, struct sr25519_keypair *kp, struct err *err)
{
	const char *private = keyfile_json_field(file, "privateKey");
	int ret;

	if (keyfile_json_field(file, "encoded") != NULL)
		return err_set(err,
		    "key file is in polkadot-js's encrypted form, which is not "
		    "supported: give a hotkey in one of btwallet's forms");
	if (keyfile_json_field(file, "secretPhrase") != NULL)
		ret =
		    from_phrase(json_object_get(file, "secretPhrase"), kp, err);
	else if (keyfile_json_field(file, "secretSeed") != NULL)
		ret = from_seed_text(
		    json_object_get(file, "secretSeed"), kp, err);
	else if (private != NULL)
		ret = from_private_key(file, private, kp, err);
	else
		return err_set(err,
		    "key file holds no secret: no secretPhrase, secretSeed or "
		    "privateKey (is it a ...pub.txt?)");
	return ret < 0 ? -1 : check_public(file, kp, err);
}

/* A bare seed, with or without 0x. */
static bool
parse_bare_seed(const char *text, size_t len, struct sr25519_keypair *kp)
{
	char digits[2 + 64 + 1];
	uint8_t seed[32];
	bool is_seed;

	if (len != 64 && len != 66)
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	is_seed = hex_decode_exact(digits, seed, sizeof(seed)) == 0;
	if (is_seed)
		sr25519_from_seed(seed, kp);
	sodium_memzero(digits, sizeof(digits));
	sodium_memzero(seed, sizeof(seed));
	return is_seed;
}

int
keyfile_parse(
    const char *text, size_t len, struct sr25519_keypair *kp, struct err *err)
{
	enum keyfile_form form = keyfile_form(text, len);
	struct keyfile_json json;
	int ret;

	if (form != KEYFILE_PLAIN)
		return err_set(
		    err, "key file is sealed (%s)", keyfile_form_name(form));
	len = keyfile_trim(text, len);
	if (len == 0)
		return err_set(err, "key file is empty");
	if (parse_bare_seed(text, len, kp))
		return 0;
	ret = keyfile_json_open(&json, text, len, err);
	if (ret == 0)
		ret = from_json(json.root, kp, err);
	keyfile_json_close(&json);
	if (ret < 0)
		sr25519_wipe(kp);
	return ret;
}

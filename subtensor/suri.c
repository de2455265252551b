/*
 * Secret URIs: the text is cut into phrase, junctions and password, then the
 * phrase's key is derived along the junctions. Every copy is wiped.
 */
#include "subtensor/suri.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/scale.h"

enum { MAX_SURI = 1024, CHAIN_CODE = 32 };

static const char dev_phrase[] = "bottom drive obey lake curtain smoke basket "
				 "hold race lonely fit walk";

/* All digits, as Rust parses a u64: one leading + is allowed. */
static bool
read_number(const char *text, size_t len, uint64_t *out)
{
	uint64_t n = 0;
	size_t i = len > 1 && text[0] == '+' ? 1 : 0;

	if (i == len)
		return false;
	for (; i < len; i++) {
		unsigned digit = (unsigned char)text[i] - '0';

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

/* A junction's text as 32 bytes. */
static void
chain_code(const char *text, size_t len, uint8_t cc[CHAIN_CODE])
{
	struct buf encoded = {0};
	uint64_t number;

	memset(cc, 0, CHAIN_CODE);
	if (read_number(text, len, &number))
		scale_put_u64(&encoded, number);
	else
		scale_put_bytes(&encoded, text, len);
	if (encoded.len <= CHAIN_CODE)
		memcpy(cc, encoded.data, encoded.len);
	else
		crypto_generichash(
		    cc, CHAIN_CODE, encoded.data, encoded.len, NULL, 0);
	sodium_memzero(encoded.data, encoded.len);
	buf_free(&encoded);
}

/* One step down from the key in kp. */
static void
derive(const char *text, size_t len, bool hard, struct sr25519_keypair *kp)
{
	struct sr25519_keypair parent = *kp;
	uint8_t cc[CHAIN_CODE];

	chain_code(text, len, cc);
	if (hard)
		sr25519_derive_hard(&parent, cc, kp);
	else
		sr25519_derive_soft(&parent, cc, kp);
	sr25519_wipe(&parent);
	sodium_memzero(cc, sizeof(cc));
}

/* Walk "//hard/soft" from the key in kp. */
static int
derive_path(const char *path, struct sr25519_keypair *kp, struct err *err)
{
	while (*path != '\0') {
		bool hard = path[1] == '/';
		size_t len;

		path += hard ? 2 : 1;
		len = strcspn(path, "/");
		if (len == 0)
			return err_set(err, "secret URI has an empty junction");
		derive(path, len, hard, kp);
		path += len;
	}
	return 0;
}

/* The part before the first junction: 0x and 64 digits, or words. */
static int
phrase_to_seed(
    const char *phrase, const char *password, uint8_t seed[32], struct err *err)
{
	if (strncmp(phrase, "0x", 2) != 0)
		return mnemonic_to_seed(
		    *phrase != '\0' ? phrase : dev_phrase, password, seed, err);
	if (hex_decode_exact(phrase, seed, 32) < 0)
		return err_set(err, "a seed is 0x and 64 hexadecimal digits");
	return 0;
}

/* Cut the copy in place; a password stands behind the first "///". */
static int
parse(char *text, struct sr25519_keypair *kp, struct err *err)
{
	char *password = strstr(text, "///"), *path;
	char first;
	uint8_t seed[32];
	int ret;

	if (password != NULL) {
		*password = '\0';
		password += 3;
	}
	path = text + strcspn(text, "/");
	first = *path;
	*path = '\0';
	ret = phrase_to_seed(text, password, seed, err);
	*path = first;
	if (ret == 0) {
		sr25519_from_seed(seed, kp);
		ret = derive_path(path, kp, err);
	}
	sodium_memzero(seed, sizeof(seed));
	if (ret < 0)
		sr25519_wipe(kp);
	return ret;
}

int
suri_to_keypair(const char *suri, struct sr25519_keypair *kp, struct err *err)
{
	char text[MAX_SURI + 1];
	size_t len = strlen(suri);
	int ret;

	if (len == 0)
		return err_set(err, "secret URI is empty");
	if (len > MAX_SURI)
		return err_set(
		    err, "secret URI is longer than %d bytes", MAX_SURI);
	memcpy(text, suri, len + 1);
	ret = parse(text, kp, err);
	sodium_memzero(text, sizeof(text));
	return ret;
}

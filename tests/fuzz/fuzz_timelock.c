/*
 * Timelock encryption.
 *
 * The first byte says what the rest is: a round's signature and a ciphertext;
 * a ciphertext under a signature of our own; or the secrets and the text of
 * one, which must open, and must not once a byte of it is another.
 */
#include "subtensor/timelock.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "tests/fuzz/input.h"

enum { ROUND = 7 };

static const uint8_t secret[32] = {[31] = 42};

static void
open_any(struct input *in, const uint8_t signature[TIMELOCK_SIGNATURE])
{
	struct err err = {""};
	struct buf text = {0};
	uint8_t *sealed = input_copy(in);

	if (timelock_decrypt(signature, sealed, in->len, &text, &err) == 0)
		input_must(text.len + TIMELOCK_OVERHEAD == in->len,
		    "a text is as long as it must be");
	else
		input_must(err.text[0] != '\0' && text.len == 0,
		    "a refusal says why and adds nothing");
	free(sealed);
	buf_free(&text);
}

static void
spoil(struct buf *sealed, size_t at, uint8_t by,
    const uint8_t signature[TIMELOCK_SIGNATURE])
{
	struct err err = {""};
	struct buf text = {0};

	sealed->data[at % sealed->len] ^= by > 0 ? by : 1;
	input_must(timelock_decrypt(
		       signature, sealed->data, sealed->len, &text, &err) != 0,
	    "a spoilt ciphertext does not open");
	buf_free(&text);
}

static void
there_and_back(struct input *in)
{
	uint8_t public[TIMELOCK_PUBLIC], signature[TIMELOCK_SIGNATURE];
	struct timelock_secrets secrets;
	struct buf sealed = {0}, text = {0};
	struct err err = {""};
	uint16_t at = input_u16(in);
	uint8_t by = input_byte(in);

	input_bytes(in, secrets.sigma, sizeof(secrets.sigma));
	input_bytes(in, secrets.esk, sizeof(secrets.esk));
	input_bytes(in, secrets.nonce, sizeof(secrets.nonce));
	timelock_public_of(secret, public);
	timelock_sign(secret, ROUND, signature);
	input_must(timelock_verify(public, ROUND, signature) &&
		       !timelock_verify(public, ROUND + 1, signature),
	    "a signature is of its round");
	input_must(timelock_encrypt(public, ROUND, &secrets, in->data, in->len,
		       &sealed, &err) == 0 &&
		       sealed.len == in->len + TIMELOCK_OVERHEAD,
	    "any text can be encrypted");
	input_must(
	    timelock_decrypt(signature, sealed.data, sealed.len, &text, &err) ==
		    0 &&
		text.len == in->len &&
		(in->len == 0 || memcmp(text.data, in->data, in->len) == 0),
	    "it opens to the same text");
	spoil(&sealed, at, by, signature);
	buf_free(&sealed);
	buf_free(&text);
}

/* Bytes that are no point are no key and no signature. */
static void
bad_points(struct input *in)
{
	uint8_t public[TIMELOCK_PUBLIC], signature[TIMELOCK_SIGNATURE];
	struct timelock_secrets secrets;
	struct buf sealed = {0};
	struct err err = {""};

	timelock_secrets_new(&secrets);
	input_bytes(in, public, sizeof(public));
	input_bytes(in, signature, sizeof(signature));
	timelock_verify(public, ROUND, signature);
	timelock_verify(timelock_quicknet, ROUND, signature);
	if (timelock_encrypt(
		public, ROUND, &secrets, in->data, in->len, &sealed, &err) != 0)
		input_must(err.text[0] != '\0' && sealed.len == 0,
		    "a refusal says why and adds nothing");
	buf_free(&sealed);
}

/* Uids and values as they come, to the plain text of a commit. */
static void
weights(struct input *in)
{
	uint16_t uids[8], values[8];
	size_t n = input_byte(in) % 9;
	uint8_t hotkey[32];
	struct buf with = {0}, without = {0};

	for (size_t i = 0; i < n; i++) {
		uids[i] = input_u16(in);
		values[i] = input_u16(in);
	}
	input_bytes(in, hotkey, sizeof(hotkey));
	timelock_weights(hotkey, uids, values, n, n, &with);
	timelock_weights(NULL, uids, values, n, n, &without);
	input_must(with.len == without.len + 33 &&
		       memcmp(with.data + 33, without.data, without.len) == 0,
	    "the hotkey stands before the older form");
	buf_free(&with);
	buf_free(&without);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t signature[TIMELOCK_SIGNATURE];

	if (sodium_init() < 0)
		abort();
	switch (input_byte(&in) % 5) {
	case 0:
		input_bytes(&in, signature, sizeof(signature));
		open_any(&in, signature);
		break;
	case 1:
		timelock_sign(secret, ROUND, signature);
		open_any(&in, signature);
		break;
	case 2:
		there_and_back(&in);
		break;
	case 3:
		bad_points(&in);
		break;
	case 4:
		weights(&in);
		break;
	}
	return 0;
}

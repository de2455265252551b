/*
 * Mnemonics and secret URIs.
 *
 * The first byte says what the rest is: a phrase and, behind a NUL, its
 * password; the numbers of words, two bytes each, made a phrase; or a URI.
 * Key stretching is cut short when linked with kdf.c.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/bip39_words.h"
#include "subtensor/suri.h"
#include "tests/fuzz/input.h"

static void
read_phrase(const char *phrase, const char *password)
{
	struct err err = {""};
	struct sr25519_keypair a, b;
	struct buf uri = {0};
	uint8_t seed[32];

	if (mnemonic_to_seed(phrase, password, seed, &err) != 0) {
		input_must(err.text[0] != '\0', "a refusal says why");
		return;
	}
	sr25519_from_seed(seed, &a);
	buf_printf(&uri, "%s///%s", phrase, password);
	if (suri_to_keypair(buf_str(&uri), &b, &err) == 0)
		input_must(memcmp(&a, &b, sizeof(a)) == 0,
		    "a phrase and its URI are one key");
	buf_free(&uri);
}

static void
from_words(struct input *in)
{
	struct buf phrase = {0};

	while (in->len >= 2)
		buf_printf(&phrase, "%s%s", phrase.len > 0 ? " " : "",
		    bip39_words[input_u16(in) % BIP39_WORDS]);
	read_phrase(buf_str(&phrase), "");
	buf_free(&phrase);
}

static void
read_uri(const char *uri)
{
	static const uint8_t message[] = "message";
	struct err err = {""};
	struct sr25519_keypair kp;
	uint8_t sig[64];

	if (suri_to_keypair(uri, &kp, &err) != 0) {
		input_must(err.text[0] != '\0', "a refusal says why");
		return;
	}
	sr25519_sign(&kp, message, sizeof(message), sig);
	input_must(sr25519_verify(kp.public, message, sizeof(message), sig),
	    "a key of a URI signs");
	sig[5] ^= 1;
	input_must(!sr25519_verify(kp.public, message, sizeof(message), sig),
	    "a spoilt signature does not verify");
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t what = input_byte(&in) % 3;
	char *text = input_text(&in);

	if (sodium_init() < 0)
		abort();
	if (what == 0)
		read_phrase(
		    text, strlen(text) < in.len ? text + strlen(text) + 1 : "");
	else if (what == 1)
		from_words(&in);
	else
		read_uri(text);
	free(text);
	return 0;
}

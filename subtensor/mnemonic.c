/*
 * A mnemonic phrase to the mini secret, as substrate-bip39 has it: the key of
 * PBKDF2 is the entropy the words stand for, not the phrase itself.
 *
 * Everything here is secret, so words are looked up by comparing with all of
 * the list and buffers are wiped.
 */
#include "subtensor/suri.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "subtensor/bip39_words.h"

enum {
	MAX_WORDS = 24,
	WORD_BITS = 11,
	MAX_BITS_BYTES = MAX_WORDS * WORD_BITS / 8, /* entropy and checksum */
	MAX_PASSWORD = 1024,
	ROUNDS = 2048,
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The word's place in the list, or -1. */
static int
word_index(const char *word, size_t len)
{
	char padded[BIP39_WORD_SIZE] = "";
	int found = -1;

	if (len >= sizeof(padded))
		return -1;
	memcpy(padded, word, len);
	for (int i = 0; i < BIP39_WORDS; i++) {
		if (sodium_memcmp(padded, bip39_words[i], sizeof(padded)) == 0)
			found = i;
	}
	sodium_memzero(padded, sizeof(padded));
	return found;
}

static void
put_bits(uint8_t *bits, size_t at, int value)
{
	for (int i = 0; i < WORD_BITS; i++, at++) {
		int bit = value >> (WORD_BITS - 1 - i) & 1;

		bits[at / 8] |= bit << (7 - at % 8);
	}
}

/* Read the words into bits; how many there were, or -1. */
static int
read_words(const char *phrase, uint8_t *bits, struct err *err)
{
	int n = 0;

	for (;;) {
		size_t len = 0;
		int value;

		while (is_space(*phrase))
			phrase++;
		if (*phrase == '\0')
			return n;
		if (n == MAX_WORDS)
			return err_set(err, "mnemonic has more than 24 words");
		while (phrase[len] != '\0' && !is_space(phrase[len]))
			len++;
		value = word_index(phrase, len);
		if (value < 0)
			return err_set(err,
			    "word %d of the mnemonic is not in BIP39's "
			    "English list",
			    n + 1);
		put_bits(bits, (size_t)n * WORD_BITS, value);
		phrase += len;
		n++;
	}
}

/* The last n_words / 3 bits are the first bits of the entropy's SHA-256. */
static bool
checksum_holds(const uint8_t *bits, size_t entropy_len, int n_words)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	int check_bits = n_words / 3;
	uint8_t mask = 0xff << (8 - check_bits);
	bool holds;

	crypto_hash_sha256(hash, bits, entropy_len);
	holds = ((bits[entropy_len] ^ hash[0]) & mask) == 0;
	sodium_memzero(hash, sizeof(hash));
	return holds;
}

static int
stretch(const uint8_t *entropy, size_t len, const char *password,
    uint8_t seed[32], struct err *err)
{
	char salt[sizeof("mnemonic") + MAX_PASSWORD];
	uint8_t out[64];
	int n, ok;

	if (strlen(password) > MAX_PASSWORD)
		return err_set(err, "mnemonic password is too long");
	n = snprintf(salt, sizeof(salt), "mnemonic%s", password);
	ok = PKCS5_PBKDF2_HMAC((const char *)entropy, len,
	    (const uint8_t *)salt, n, ROUNDS, EVP_sha512(), sizeof(out), out);
	memcpy(seed, out, 32);
	sodium_memzero(out, sizeof(out));
	sodium_memzero(salt, sizeof(salt));
	return ok == 1 ? 0 : err_set(err, "PBKDF2 failed");
}

int
mnemonic_to_seed(
    const char *phrase, const char *password, uint8_t seed[32], struct err *err)
{
	uint8_t bits[MAX_BITS_BYTES] = {0};
	size_t entropy_len;
	int n, ret = -1;

	n = read_words(phrase, bits, err);
	if (n < 0)
		goto out;
	if (n < 12 || n % 3 != 0) {
		err_set(
		    err, "mnemonic has %d words, not 12, 15, 18, 21 or 24", n);
		goto out;
	}
	entropy_len = (size_t)n / 3 * 4;
	if (!checksum_holds(bits, entropy_len, n)) {
		err_set(err, "mnemonic's checksum is wrong: a word is "
			     "mistyped or out of place");
		goto out;
	}
	ret = stretch(
	    bits, entropy_len, password != NULL ? password : "", seed, err);
out:
	sodium_memzero(bits, sizeof(bits));
	return ret;
}

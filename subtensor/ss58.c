/* SS58 addresses: base58 of prefix, key and checksum. */
#include "subtensor/ss58.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { CHECK_BYTES = 2, MAX_RAW = 2 + 32 + CHECK_BYTES };

static const char alphabet[] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* Bytes to base58; out takes SS58_MAX_TEXT. */
static void
base58_encode(const uint8_t *raw, size_t len, char *out)
{
	uint8_t digits[SS58_MAX_TEXT] = {0}; /* least significant first */
	size_t n = 0, zeros = 0;

	while (zeros < len && raw[zeros] == 0)
		zeros++;
	for (size_t i = zeros; i < len; i++) {
		unsigned carry = raw[i];

		for (size_t j = 0; j < n || carry != 0; j++) {
			carry += (unsigned)digits[j] << 8;
			digits[j] = carry % 58;
			carry /= 58;
			if (j == n)
				n++;
		}
	}
	memset(out, alphabet[0], zeros);
	out += zeros;
	while (n > 0)
		*out++ = alphabet[digits[--n]];
	*out = '\0';
}

/* Base58 to at most MAX_RAW bytes; their number, or -1. */
static int
base58_decode(const char *text, uint8_t raw[MAX_RAW])
{
	uint8_t bytes[MAX_RAW] = {0}; /* least significant first */
	size_t n = 0, zeros = 0;

	while (text[zeros] == alphabet[0])
		zeros++;
	for (const char *p = text + zeros; *p != '\0'; p++) {
		const char *at = strchr(alphabet, *p);
		unsigned carry;

		if (at == NULL)
			return -1;
		carry = at - alphabet;
		for (size_t j = 0; j < n || carry != 0; j++) {
			if (j == MAX_RAW)
				return -1;
			carry += bytes[j] * 58u;
			bytes[j] = carry & 0xff;
			carry >>= 8;
			if (j == n)
				n++;
		}
	}
	if (zeros + n > MAX_RAW)
		return -1;
	memset(raw, 0, zeros);
	for (size_t i = 0; i < n; i++)
		raw[zeros + i] = bytes[n - 1 - i];
	return zeros + n;
}

static void
checksum(const uint8_t *raw, size_t len, uint8_t out[CHECK_BYTES])
{
	static const char context[] = "SS58PRE";
	crypto_generichash_state state;
	uint8_t hash[64];

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(
	    &state, (const uint8_t *)context, sizeof(context) - 1);
	crypto_generichash_update(&state, raw, len);
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(out, hash, CHECK_BYTES);
}

static bool
prefix_is_reserved(unsigned prefix)
{
	return prefix > 16383 || prefix == 46 || prefix == 47;
}

int
ss58_encode(uint16_t prefix, const uint8_t key[32], char *out)
{
	uint8_t raw[MAX_RAW];
	size_t n = 0;

	if (prefix_is_reserved(prefix))
		return -1;
	if (prefix < 64) {
		raw[n++] = prefix;
	} else {
		raw[n++] = (prefix & 0xfc) >> 2 | 0x40;
		raw[n++] = prefix >> 8 | (prefix & 3) << 6;
	}
	memcpy(raw + n, key, 32);
	n += 32;
	checksum(raw, n, raw + n);
	base58_encode(raw, n + CHECK_BYTES, out);
	return 0;
}

/* The prefix in front of raw: its bytes, or 0 if there is none. */
static size_t
read_prefix(const uint8_t *raw, uint16_t *prefix)
{
	if (raw[0] < 64) {
		*prefix = raw[0];
		return 1;
	}
	if (raw[0] > 127)
		return 0;
	*prefix = (raw[0] & 0x3f) << 2 | raw[1] >> 6 | (raw[1] & 0x3f) << 8;
	return *prefix < 64 ? 0 : 2;
}

int
ss58_decode(const char *text, uint16_t *prefix, uint8_t key[32])
{
	uint8_t raw[MAX_RAW], check[CHECK_BYTES];
	uint16_t found;
	size_t head;
	int len;

	len = base58_decode(text, raw);
	if (len < 1 + 32 + CHECK_BYTES)
		return -1;
	head = read_prefix(raw, &found);
	if (head == 0 || (size_t)len != head + 32 + CHECK_BYTES ||
	    prefix_is_reserved(found))
		return -1;
	checksum(raw, head + 32, check);
	if (memcmp(check, raw + head + 32, CHECK_BYTES) != 0)
		return -1;
	*prefix = found;
	memcpy(key, raw + head, 32);
	return 0;
}

int
ss58_decode_account(const char *text, uint8_t key[32])
{
	uint8_t decoded[32];
	uint16_t prefix;

	if (ss58_decode(text, &prefix, decoded) < 0 || prefix != SS58_BITTENSOR)
		return -1;
	memcpy(key, decoded, 32);
	return 0;
}

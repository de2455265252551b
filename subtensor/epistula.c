/* Epistula v2, building its signed message and taking it apart. */
#include "subtensor/epistula.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/uuid.h"
#include "subtensor/ss58.h"

enum {
	DIGEST_TEXT = 64,
	MAX_TIMESTAMP_DIGITS = 18,
};

void
epistula_message_digest(const char *digest, const char *uuid,
    int64_t timestamp_ms, const char *signed_for, char *out)
{
	snprintf(out, EPISTULA_MAX_MESSAGE, "%s.%s.%lld.%s", digest, uuid,
	    (long long)timestamp_ms, signed_for);
}

void
epistula_message(const void *body, size_t len, const char *uuid,
    int64_t timestamp_ms, const char *signed_for, char *out)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	char digest[DIGEST_TEXT + 1];

	crypto_hash_sha256(hash, body, len);
	hex_encode(hash, sizeof(hash), digest);
	epistula_message_digest(digest, uuid, timestamp_ms, signed_for, out);
}

/* Copy up to the next dot into out; what stands behind it, or NULL. */
static const char *
take_part(const char *p, const char *end, char *out, size_t size)
{
	const char *dot = memchr(p, '.', end - p);

	if (dot == NULL || (size_t)(dot - p) >= size)
		return NULL;
	memcpy(out, p, dot - p);
	out[dot - p] = '\0';
	return dot + 1;
}

static bool
is_digest(const char *text)
{
	return strspn(text, "0123456789abcdef") == DIGEST_TEXT &&
	       text[DIGEST_TEXT] == '\0';
}

static bool
is_number(const char *text)
{
	return *text != '0' && *text != '\0' &&
	       text[strspn(text, "0123456789")] == '\0';
}

/* Nobody, or an address. */
static bool
is_recipient(const char *text)
{
	uint8_t key[32];

	return *text == '\0' || ss58_decode_account(text, key) == 0;
}

int
epistula_parse(const char *message, size_t len, struct epistula_fields *out)
{
	const char *p = message, *end = message + len;
	char digits[MAX_TIMESTAMP_DIGITS + 1];
	size_t left;

	if (len >= EPISTULA_MAX_MESSAGE || memchr(message, '\0', len) != NULL)
		return -1;
	p = take_part(p, end, out->digest, sizeof(out->digest));
	if (p == NULL || !is_digest(out->digest))
		return -1;
	p = take_part(p, end, out->uuid, sizeof(out->uuid));
	if (p == NULL || !uuid_is_valid(out->uuid))
		return -1;
	p = take_part(p, end, digits, sizeof(digits));
	if (p == NULL || !is_number(digits))
		return -1;
	out->timestamp_ms = strtoll(digits, NULL, 10);
	left = end - p;
	if (left >= sizeof(out->signed_for))
		return -1;
	memcpy(out->signed_for, p, left);
	out->signed_for[left] = '\0';
	return is_recipient(out->signed_for) ? 0 : -1;
}

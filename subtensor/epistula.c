/* Epistula v2, building, checking and taking apart its signed message. */
#include "subtensor/epistula.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/hex.h"
#include "common/uuid.h"
#include "subtensor/sr25519.h"
#include "subtensor/ss58.h"

enum {
	DIGEST_TEXT = 64,
	MAX_UUID = 64, /* a stranger's may be of another form than ours */
	MAX_TIMESTAMP_DIGITS = 18,
	SIGNATURE_BYTES = 64,
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

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t")] == '\0';
}

/* "Epistula 0x..": the signature's text, or NULL and why not. */
static const char *
authorization_signature(const char *header, const char **why)
{
	static const char scheme[] = "Epistula";
	size_t scheme_len, token_len;
	const char *token;

	header += strspn(header, " \t");
	scheme_len = strcspn(header, " \t");
	token = header + scheme_len;
	token += strspn(token, " \t");
	token_len = strcspn(token, " \t");
	*why = "Invalid authorization header format";
	if (token_len == 0 || !is_blank(token + token_len))
		return NULL;
	*why = "Invalid authorization scheme";
	if (scheme_len != sizeof(scheme) - 1 ||
	    memcmp(header, scheme, scheme_len) != 0)
		return NULL;
	return token;
}

static const char *
without_0x(const char *text)
{
	return strncmp(text, "0x", 2) == 0 ? text + 2 : text;
}

/* Length without blanks at the end. */
static size_t
token_length(const char *text)
{
	return strcspn(text, " \t");
}

static bool
same_token(const char *a, const char *b)
{
	size_t len;

	a = without_0x(a);
	b = without_0x(b);
	len = token_length(a);
	return len == token_length(b) && memcmp(a, b, len) == 0;
}

/* Digits with blanks around them, as Python's int() takes them. */
static int
parse_timestamp(const char *text, int64_t *out)
{
	int64_t n = 0;
	size_t digits = 0;

	text += strspn(text, " \t");
	text += strspn(text, "0") > 0 ? strspn(text, "0") - 1 : 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (++digits > MAX_TIMESTAMP_DIGITS)
			return -1;
		n = n * 10 + (*text - '0');
	}
	if (digits == 0 || !is_blank(text))
		return -1;
	*out = n;
	return 0;
}

/* Wallets may have signed the message between <Bytes> and </Bytes>. */
static bool
verify_either(const uint8_t public[32], const char *message,
    const uint8_t sig[SIGNATURE_BYTES])
{
	char wrapped[EPISTULA_MAX_MESSAGE + 16];
	int len;

	if (sr25519_verify(
		public, (const uint8_t *)message, strlen(message), sig))
		return true;
	len = snprintf(wrapped, sizeof(wrapped), "<Bytes>%s</Bytes>", message);
	return sr25519_verify(public, (const uint8_t *)wrapped, len, sig);
}

static int
decode_signature(const char *text, uint8_t sig[SIGNATURE_BYTES])
{
	char digits[2 * SIGNATURE_BYTES + 1];
	size_t len;

	text = without_0x(text);
	len = token_length(text);
	if (len != 2 * SIGNATURE_BYTES)
		return -1;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return hex_decode_exact(digits, sig, SIGNATURE_BYTES);
}

static const char *
check_signature(const struct epistula_request *req, int64_t timestamp_ms,
    const char *signature)
{
	char message[EPISTULA_MAX_MESSAGE];
	uint8_t public[32], sig[SIGNATURE_BYTES];

	if (ss58_decode_account(req->signed_by, public) < 0)
		return "Invalid Keypair";
	if (decode_signature(signature, sig) < 0)
		return "Invalid Signature Format";
	if (req->digest != NULL)
		epistula_message_digest(req->digest, req->uuid, timestamp_ms,
		    req->signed_for, message);
	else
		epistula_message(req->body, req->body_len, req->uuid,
		    timestamp_ms, req->signed_for, message);
	if (!verify_either(public, message, sig))
		return "Signature Mismatch";
	return NULL;
}

const char *
epistula_check(
    const struct epistula_request *req, const char *own, int64_t now_ms)
{
	const char *signature, *why;
	int64_t timestamp_ms;

	if (is_blank(req->authorization))
		return "Authorization header required";
	signature = authorization_signature(req->authorization, &why);
	if (signature == NULL)
		return why;
	if (!is_blank(req->signature) && !same_token(req->signature, signature))
		return "Authorization signature mismatch";
	if (is_blank(req->timestamp) || is_blank(req->uuid) ||
	    is_blank(req->signed_by) || is_blank(req->signed_for))
		return "Missing Epistula authentication headers";
	if (strcmp(req->signed_for, own) != 0)
		return "Invalid signed_for address";
	if (parse_timestamp(req->timestamp, &timestamp_ms) < 0)
		return "Invalid Timestamp";
	if (timestamp_ms + EPISTULA_WINDOW_MS < now_ms)
		return "Request is too stale";
	if (timestamp_ms > now_ms + EPISTULA_WINDOW_MS)
		return "Request is from the future";
	if (strlen(req->uuid) > MAX_UUID)
		return "Invalid UUID";
	return check_signature(req, timestamp_ms, signature);
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
	if (p == NULL || !is_number(digits) ||
	    parse_timestamp(digits, &out->timestamp_ms) < 0)
		return -1;
	left = end - p;
	if (left >= sizeof(out->signed_for))
		return -1;
	memcpy(out->signed_for, p, left);
	out->signed_for[left] = '\0';
	return is_recipient(out->signed_for) ? 0 : -1;
}

/*
 * Signatures of webhooks, as the standard-webhooks specification has them:
 * HMAC-SHA256 of "id.timestamp.body" under a secret that sender and receiver
 * share, written "v1,<base64>". Pure.
 *
 * https://github.com/standard-webhooks/standard-webhooks (spec, "Webhook
 * signatures")
 */
#ifndef COMMON_WEBHOOK_SIGN_H
#define COMMON_WEBHOOK_SIGN_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

enum {
	WEBHOOK_LEAST_SECRET = 24, /* bytes */
	WEBHOOK_MOST_SECRET = 64,
	WEBHOOK_SECRET_TEXT = 96, /* "whsec_", base64 and a NUL */
};

struct webhook_secret {
	uint8_t bytes[WEBHOOK_MOST_SECRET];
	size_t len;
};

/* "whsec_" and the base64 of 24 to 64 bytes. 0, or -1 and why; the reason
 * says nothing of the secret. */
int webhook_secret_parse(const char *, struct webhook_secret *, struct err *);
/* The same text again. */
void webhook_secret_format(
    const struct webhook_secret *, char out[WEBHOOK_SECRET_TEXT]);

/*
 * The value of the header webhook-signature: one signature a secret,
 * separated by blanks, so that a receiver may have the old or the new one
 * while it changes. id: without a full stop; timestamp_s: Unix time.
 */
void webhook_sign(const struct webhook_secret *, size_t n, const char *id,
    int64_t timestamp_s, const void *body, size_t len, struct buf *out);

#endif

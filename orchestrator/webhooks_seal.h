/*
 * Secrets of webhooks as they lie in rows: sealed by libsodium's secretbox
 * under a key from a file, which the database never sees. The id of the row
 * is sealed in with it, so that one row's secret is none of another. Pure but
 * for the randomness of a new secret and of nonces.
 */
#ifndef ORCHESTRATOR_WEBHOOKS_SEAL_H
#define ORCHESTRATOR_WEBHOOKS_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/uuid.h"
#include "common/webhook_sign.h"

struct err;

struct webhooks_key {
	uint8_t bytes[32];
	bool is_set;
};

/* text: 32 or more characters of whatever a generator gave; empty: no key,
 * which is no error. 0, or -1 and why. */
int webhooks_key_init(struct webhooks_key *, const char *text, struct err *);

void webhooks_secret_new(struct webhook_secret *); /* 32 random bytes */

/* As text for a row; the caller frees. */
char *webhooks_seal(const struct webhooks_key *, const char id[UUID_TEXT],
    const struct webhook_secret *);
/* 0; -1: it was not sealed by this key for this row. */
int webhooks_unseal(const struct webhooks_key *, const char *id,
    const char *sealed, struct webhook_secret *);

#endif

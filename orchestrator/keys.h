/*
 * The API keys that this instance has met lately: read from PostgreSQL when
 * they are first used, and again after some seconds. While PostgreSQL is away
 * a key that was good stays so for up to an hour.
 */
#ifndef ORCHESTRATOR_KEYS_H
#define ORCHESTRATOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/api_key.h"
#include "orchestrator/job.h"

struct keys;
struct orchestrator;

enum {
	KEYS_FRESH_MS = 5000,	 /* it is taken for what it was */
	KEYS_STALE_MS = 3600000, /* and while PostgreSQL is away */
	KEYS_MOST = 4096,	 /* that are remembered */
	KEYS_MOST_ASKED = 512,	 /* that are being looked up */
};

struct key {
	char id[API_KEY_MOST_ID + 1];
	uint8_t hash[API_KEY_HASH];
	enum role role;
	char tenant[JOB_MAX_TENANT + 1];
	int64_t expires_us, revoked_us; /* wall; 0: never */
	bool has_quota;
};

struct keys *keys_new(struct orchestrator *);
/* Whoever waits for a key is not told. NULL is fine. */
void keys_free(struct keys *);

/* What was read of it less than KEYS_FRESH_MS ago, until the next call; NULL:
 * it must be looked up. now_us: mono. */
const struct key *keys_get(struct keys *, const char *id, int64_t now_us);

/* What was read of it last, until the next call; NULL: it is not known. If that
 * is not fresh it is read again, for the next time. */
const struct key *keys_peek(struct keys *, const char *id, int64_t now_us);

enum keys_outcome { KEYS_FOUND, KEYS_UNKNOWN, KEYS_AWAY };

/* on_found is called once, now or later; with the key, borrowed, if it was
 * found. */
typedef void keys_on_found(enum keys_outcome, const struct key *, void *arg);
void keys_look_up(struct keys *, const char *id, keys_on_found *, void *arg);

/* It was changed by us: it is read again at its next use. */
void keys_forget(struct keys *, const char *id);

#endif

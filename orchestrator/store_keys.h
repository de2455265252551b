/*
 * The tables api_key, key_quota, key_use and idempotency: the part of the
 * store that keys, quota and idempotency work with.
 */
#ifndef ORCHESTRATOR_STORE_KEYS_H
#define ORCHESTRATOR_STORE_KEYS_H

#include <jansson.h>
#include <stdint.h>

#include "common/pg.h"

struct idempotency;
struct orchestrator;

void store_key_get(
    struct orchestrator *, const char *id, pg_on_answer *, void *arg);
/* It was used now; written at most once a minute. */
void store_key_used(struct orchestrator *, const char *id, int64_t now_us);

struct new_key {
	const char *id, *hash; /* in hex */
	const char *name, *role, *tenant;
	const char *created_by;		/* a key's id; "": none was asked for */
	int64_t created_us, expires_us; /* wall; 0: never */
	const json_t *quotas; /* [{"kind", "jobs", "window_s"}, ...] */
};
/* With its quotas, and then the key as store_key_show has it: the third
 * result. */
void store_key_new(
    struct orchestrator *, const struct new_key *, pg_on_answer *, void *arg);

/* A row with the column body, or none. */
void store_key_show(
    struct orchestrator *, const char *id, pg_on_answer *, void *arg);
void store_key_list(struct orchestrator *, int limit, const char *before,
    pg_on_answer *, void *arg);

/* Done, and then the key as store_key_show has it: the second result. */
void store_key_revoke(struct orchestrator *, const char *id, int64_t now_us,
    pg_on_answer *, void *arg);
void store_key_limit(struct orchestrator *, const char *id,
    const json_t *quotas, pg_on_answer *, void *arg);

void store_quota_take(struct orchestrator *, const char *key_id,
    const char *kind, int64_t now_us, pg_on_answer *, void *arg);
void store_quota_give_back(struct orchestrator *, const char *key_id,
    const char *kind, int64_t taken_us);

/* Two results: of the claim, and who has it now (idempotency_get.sql). */
void store_idempotency_claim(struct orchestrator *, const struct idempotency *,
    int64_t now_us, pg_on_answer *, void *arg);
/* Beside the job's other statements: fails if the claim is another's. */
void store_idempotency_add_done(struct pg_op *, const struct orchestrator *,
    const struct idempotency *, const char *job_id);
void store_idempotency_release(
    struct orchestrator *, const struct idempotency *);
void store_idempotency_forget(struct orchestrator *, int64_t before_us);

#endif

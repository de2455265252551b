/*
 * The tables webhook and webhook_delivery: the part of the store that the
 * webhooks work with. The outbox is worked on over the connection that may take
 * a while; its rows are written by the steps of jobs (job_step.sql).
 */
#ifndef ORCHESTRATOR_STORE_WEBHOOKS_H
#define ORCHESTRATOR_STORE_WEBHOOKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/pg.h"

struct orchestrator;

/* -- the outbox ---------------------------------------------------------- */

struct webhook_busy { /* a receiver, and how many are at it here */
	const char *receiver;
	int n;
};

struct webhook_room {
	int all, of_one; /* at most so many, and of one receiver */
	const struct webhook_busy *busy;
	size_t n_busy;
	int64_t until_us; /* wall: ours until then */
};

/* Rows of webhook_claim.sql. */
void store_webhook_claim(struct orchestrator *, const struct webhook_room *,
    pg_on_answer *, void *arg);

struct webhook_outcome {
	const char *id;
	int tries;  /* which of them it was: of another it is not written */
	int status; /* 0: no answer */
	const char *why; /* it was not taken; NULL: it was */
	int64_t next_us; /* wall: the next one; 0: it has ended */
};

/* A row if it was written. */
void store_webhook_outcome(struct orchestrator *,
    const struct webhook_outcome *, pg_on_answer *, void *arg);
/* A row for each delivery that ends by it. */
void store_webhook_gone(struct orchestrator *, const char *id, int status,
    pg_on_answer *, void *arg);

/* One row, since_us: since when the oldest waits; null: none does. */
void store_webhook_age(struct orchestrator *, pg_on_answer *, void *arg);
/* One row, n: of those that ended before, a lot is forgotten. */
void store_webhook_trim(struct orchestrator *, int64_t before_us, int lot,
    pg_on_answer *, void *arg);

/* -- endpoints ----------------------------------------------------------- */

struct webhook_row {
	const char *id, *tenant, *url, *secret; /* sealed */
	const json_t *events;
};

/* A row, body; none: the tenant has as many as it may. */
void store_webhook_insert(struct orchestrator *, const struct webhook_row *,
    int most, pg_on_answer *, void *arg);
/* One row of webhook_unnamed.sql: what there was goes before what is given. */
void store_webhook_unnamed(struct orchestrator *, const struct webhook_row *,
    pg_on_answer *, void *arg);
/* Rows with body; id NULL: all of the tenant's. */
void store_webhook_list(struct orchestrator *, const char *tenant,
    const char *id, pg_on_answer *, void *arg);
/* A row if there is such an endpoint. */
void store_webhook_delete(struct orchestrator *, const char *tenant,
    const char *id, pg_on_answer *, void *arg);
void store_webhook_rotate(struct orchestrator *, const struct webhook_row *,
    int64_t old_until_us, pg_on_answer *, void *arg);
void store_webhook_test(struct orchestrator *, const char *tenant,
    const char *id, pg_on_answer *, void *arg);
void store_webhook_log(struct orchestrator *, const char *tenant,
    const char *id, int limit, pg_on_answer *, void *arg);

#endif

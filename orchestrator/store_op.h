/*
 * What the store files share: one statement to PostgreSQL by itself, or in the
 * batch of this turn of the loop. Parameters are copied.
 */
#ifndef ORCHESTRATOR_STORE_OP_H
#define ORCHESTRATOR_STORE_OP_H

#include <jansson.h>

#include "common/pg.h"

struct orchestrator;

void store_query(struct orchestrator *, const char *sql,
    const struct pg_params *, pg_on_answer *, void *arg);
/* One whose parameters are an id, the netuid, and the tenant whose it must be;
 * NULL: anybody's. */
void store_query_owned(struct orchestrator *, const char *sql, const char *id,
    const char *tenant, pg_on_answer *, void *arg);
/* What nothing waits for, on the connection that may take a while. */
void store_query_back(struct orchestrator *, const char *sql,
    const struct pg_params *, pg_on_answer *, void *arg);
/* key orders it within the batch (common/pg.h). */
void store_batch(struct orchestrator *, const char *key, const char *sql,
    const struct pg_params *, pg_on_answer *, void *arg);

/* Whether it was answered; logs why not. what is its name. */
bool store_is_done(const struct pg_answer *, const char *what);
/* Why it was not, for whoever asked: it was refused, or never asked. */
const char *store_why(const struct pg_answer *);
/* For writes whose only reader is the next sweep: logs what was not written.
 * arg is its name, a text. */
void store_on_quiet(const struct pg_answer *, void *what);

/* As a parameter, which the caller frees; NULL for NULL. */
char *store_json(const json_t *);

#endif

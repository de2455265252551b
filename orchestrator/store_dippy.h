/* What Dippy's views read. */
#ifndef ORCHESTRATOR_STORE_DIPPY_H
#define ORCHESTRATOR_STORE_DIPPY_H

#include "common/pg.h"

struct orchestrator;

/* Rows of state and row: the job of that id, or the newest if it is NULL. */
void store_dippy_jobs(struct orchestrator *, const char *id, int limit,
    pg_on_answer *, void *arg);

/* One row each, body: the JSON text. */
void store_dippy_miners(struct orchestrator *, pg_on_answer *, void *arg);
void store_dippy_scores(struct orchestrator *, pg_on_answer *, void *arg);
void store_dippy_audit_failures(
    struct orchestrator *, pg_on_answer *, void *arg);
void store_dippy_candidates(struct orchestrator *, pg_on_answer *, void *arg);

#endif

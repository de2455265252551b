/*
 * What /metrics shows of PostgreSQL, on the connection that nothing waits for.
 */
#ifndef ORCHESTRATOR_STORE_GAUGES_H
#define ORCHESTRATOR_STORE_GAUGES_H

#include "common/pg.h"

struct orchestrator;

/* Jobs that wait, by kind: job_waiting.sql. */
void store_waiting(struct orchestrator *, pg_on_answer *, void *arg);
/* Two results: database_state.sql and database_dead.sql. */
void store_database(struct orchestrator *, pg_on_answer *, void *arg);

#endif

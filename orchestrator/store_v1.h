/*
 * What the API shows, as the database makes it: mostly one row with a JSON
 * text. Nothing is written here.
 */
#ifndef ORCHESTRATOR_STORE_V1_H
#define ORCHESTRATOR_STORE_V1_H

#include <stdint.h>

#include "common/pg.h"
#include "orchestrator/page.h"

struct orchestrator;

struct jobs_ask {
	const struct page_cursor *behind;  /* NULL: from the newest on */
	int64_t since_us, until_us;	   /* 0: any */
	const char *kind, *state, *tenant; /* NULL: any */
	int limit;
};
void store_job_list(
    struct orchestrator *, const struct jobs_ask *, pg_on_answer *, void *arg);
/* tenant: whose the job must be; NULL: anybody's. */
void store_job_receipt(struct orchestrator *, const char *id,
    const char *tenant, pg_on_answer *, void *arg);
void store_job_events(struct orchestrator *, const char *id, const char *tenant,
    pg_on_answer *, void *arg);

/* Of uids above behind (-1: all); hotkey NULL: each. */
void store_miner_show(struct orchestrator *, int64_t behind, int limit,
    const char *hotkey, pg_on_answer *, void *arg);
/* policy NULL: of each. */
void store_score_board(struct orchestrator *, const char *policy, int limit,
    pg_on_answer *, void *arg);

#endif

/*
 * Rows to structs and back; with store_miners, the only file of this program
 * that names a query. What writes goes through the batch, ordered by job id.
 */
#ifndef ORCHESTRATOR_STORE_H
#define ORCHESTRATOR_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/pg.h"
#include "orchestrator/job.h"
#include "orchestrator/open_from.h"
#include "orchestrator/states.h"

struct orchestrator;
struct route;

/* A row of sql_job_get as a job; its kind is NULL if we do not know it. */
struct job *store_job_from_row(
    const struct orchestrator *, const PGresult *, int row);

void store_job_insert(
    struct orchestrator *, const struct job *, pg_on_answer *, void *arg);
/* The same, with the attempts of a route, together or not at all; ids as in
 * store_attempts_insert. */
void store_job_accept(struct orchestrator *, const struct job *,
    const struct route *, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *, void *arg);
void store_job_get(
    struct orchestrator *, const char *id, pg_on_answer *, void *arg);
/* Of that tenant; NULL: of any. */
void store_job_show(struct orchestrator *, const char *id, const char *tenant,
    pg_on_answer *, void *arg);
/* Which of these jobs have changed: arrays as texts (job_watch.sql). */
void store_job_watch(struct orchestrator *, const char *ids, const char *marks,
    pg_on_answer *, void *arg);
void store_job_result(struct orchestrator *, const char *id, const char *tenant,
    pg_on_answer *, void *arg);
/* A job that we hold is given up: nobody's, and due then; or at once, as soon
 * as a miner is free for it. */
void store_job_later(
    struct orchestrator *, const char *id, int64_t next_try_us);
void store_job_wait(
    struct orchestrator *, const char *id, pg_on_answer *, void *arg);
/* Queued jobs of these kinds, for so many miners each: rows as those of
 * sql_job_get, in the order of their turns. */
enum { CLAIM_LOT = 50 }; /* most room that is looked at; job_claim.sql */
struct claim_ask {
	const char *kind;
	int room; /* 1..CLAIM_LOT */
};
void store_job_claim(struct orchestrator *, const struct claim_ask *, size_t n,
    pg_on_answer *, void *arg);
/* What waits for nothing any more, of deadlines from and before; 0: all. */
void store_job_unsettled(struct orchestrator *, int64_t from_us, int64_t to_us,
    pg_on_answer *, void *arg);

/*
 * The one way to write a job's state. Written only if the job is in a state
 * from which the event leads somewhere; on_done is told whether it was
 * (false, too, if the database said no). Logs the step. on_done may be NULL.
 */
void store_job_step(struct orchestrator *, const char *id, enum job_event,
    enum job_state to, const char *reason, const char *best,
    void (*on_done)(bool moved, void *arg), void *arg);

/* The same for JOB_REQUEUE: not to be routed before next_try_us. */
void store_job_requeue(struct orchestrator *, const char *id,
    int64_t next_try_us, bool takes_budget);

/* Attempts of a route and the job's step to assigned, together. The ids are
 * filled in by the caller; the answer has a row for each that was made. */
void store_attempts_insert(struct orchestrator *, const struct job *,
    const struct route *, char (*ids)[UUID_TEXT], int64_t deadline_us,
    pg_on_answer *, void *arg);

/* One more attempt of a job beside a slow one, if it is still of use
 * (attempt_hedge.sql). The route has one miner; a row if it was made. */
void store_attempt_hedge(struct orchestrator *, const struct job *,
    const struct route *, char (*id)[UUID_TEXT], const char *slow_id,
    int64_t deadline_us, pg_on_answer *, void *arg);

/* What a step writes down beside the state; 0 and NULL: nothing. */
struct attempt_result {
	const char *type;
	const char *sha256; /* of bytes, whose number follows */
	int64_t bytes;
	const json_t *json;	/* of a JSON output */
	const json_t *measured; /* by us */
	int64_t at_us;		/* wall: of the event; 0: now */
	int64_t sent_us;	/* wall: when the request left */
	int64_t accepted_us;	/* wall: when the miner acknowledged it */
};

/* As store_job_step, for an attempt. Counts the miner's failures and tells
 * subnetd:results when it is over. */
void store_attempt_step(struct orchestrator *, const char *job_id,
    const char *attempt_id, enum attempt_event, enum attempt_state to,
    const char *reason, const struct attempt_result *,
    void (*on_done)(bool moved, void *arg), void *arg);

/* An attempt's step to delivered, and its job's to done: for a job of one
 * miner. ended: the job's step was made, too. */
void store_attempt_finish(struct orchestrator *, const char *job_id,
    const char *attempt_id, enum attempt_event, const struct attempt_result *,
    void (*on_done)(bool moved, bool ended, void *arg), void *arg);

void store_attempt_get(
    struct orchestrator *, const char *id, pg_on_answer *, void *arg);
void store_attempt_drop(struct orchestrator *, const char *job_id);
/* One row, open: how many of ours are under way. */
void store_attempt_open(struct orchestrator *, pg_on_answer *, void *arg);
/* ids, "{id,id}": results of theirs were turned away by us. */
void store_attempt_turned_away(
    struct orchestrator *, const char *ids, pg_on_answer *, void *arg);
/* What nobody is working on, of deadlines from and before; 0: all. */
void store_attempt_stuck(struct orchestrator *, int64_t from_us, int64_t to_us,
    pg_on_answer *, void *arg);
/* The earliest deadlines, before now, of what is open (open_from.sql). */
void store_open_from(struct orchestrator *, const struct open_from *,
    int64_t now_us, pg_on_answer *, void *arg);

#endif

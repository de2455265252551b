/*
 * What happens to a job: it is routed, its attempts are sent, and when one of
 * them ends it is decided what comes next. Nothing is kept in memory between
 * these steps; any instance can take the next one.
 */
#ifndef ORCHESTRATOR_JOBS_H
#define ORCHESTRATOR_JOBS_H

#include "common/pg.h"

struct job;
struct kind;
struct orchestrator;
struct route;

/* Store a new job, and its attempts with it if there are miners to give it
 * to. on_stored gets the database's answer; the job is freed after it. */
void jobs_accept(struct orchestrator *, struct job *,
    void (*on_stored)(const struct pg_answer *, const struct job *, void *arg),
    void *arg);

/* Give a queued job that we have claimed to miners, unless it needs none any
 * more. Takes the job, which is of a kind we know. */
void jobs_take(struct orchestrator *, struct job *);

/* An attempt has ended, or a deadline has passed: end the job, queue it
 * again, or leave it. */
void jobs_settle(struct orchestrator *, const char *job_id);

/* For an attempt made beside others (hedges.h): draw so many miners of those
 * the job has not been at; when it would have to end; and the miner's place
 * given back if it was not made. */
void jobs_draw(
    struct orchestrator *, const struct job *, int wanted, struct route *);
int64_t jobs_attempt_deadline_us(const struct job *);
void jobs_give_back(
    struct orchestrator *, const struct kind *, const char *hotkey);

#endif

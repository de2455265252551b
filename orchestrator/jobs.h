/*
 * What happens to a job: it is routed, its attempts are sent, and when one of
 * them ends it is decided what comes next. Nothing is kept in memory between
 * these steps; any instance can take the next one.
 */
#ifndef ORCHESTRATOR_JOBS_H
#define ORCHESTRATOR_JOBS_H

struct job;
struct orchestrator;

/* Give a queued job, whose lease is ours, to miners. Takes the job. */
void jobs_route(struct orchestrator *, struct job *);

/* The same for one we have just claimed. */
void jobs_take(struct orchestrator *, const char *job_id);

/* An attempt has ended, or a deadline has passed: end the job, queue it
 * again, or leave it. */
void jobs_settle(struct orchestrator *, const char *job_id);

#endif

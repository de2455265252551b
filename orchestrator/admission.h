/*
 * What an ordered job must have before it is made: the name that its client
 * gives the request, if it gives one (idempotency.h), and a place in its API
 * key's quotas (quota.h). Both go back if no job is made.
 *
 * What the client is told of them stands in headers of its answer, which are
 * set here: RateLimit, RateLimit-Policy, Retry-After, Idempotent-Replayed.
 */
#ifndef ORCHESTRATOR_ADMISSION_H
#define ORCHESTRATOR_ADMISSION_H

#include <jansson.h>
#include <stdbool.h>

struct admission;
struct http_req;
struct idempotency;
struct orchestrator;
struct refusal;

/* All is borrowed for the call, but the request until its answer. */
struct admission_request {
	struct http_req *req; /* through the gate */
	const json_t *json;   /* what is asked for */
	const char *kind;
	const char *file_sha256; /* "": no file */
};

/* One of the three is there. */
struct admission_answer {
	struct admission *given; /* the callee's: admission_end */
	const char *job_id;	 /* was made for this request before */
	const struct refusal *refusal;
};

/* on_answer is called once, now or later. */
void admission_ask(struct orchestrator *, const struct admission_request *,
    void (*on_answer)(const struct admission_answer *, void *arg), void *arg);

/* To be written with the job (job.h); NULL: it has no name. */
const struct idempotency *admission_name(const struct admission *);

/* made: the job is committed, or may be. NULL is fine. */
void admission_end(struct admission *, bool made);

#endif

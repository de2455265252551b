/*
 * POST /v1/jobs: from a client's request to a committed job.
 */
#ifndef ORCHESTRATOR_SUBMIT_H
#define ORCHESTRATOR_SUBMIT_H

#include <jansson.h>
#include <stdint.h>

struct err;
struct http_req;
struct job;
struct kinds;

void submit_job(struct http_req *, void *orchestrator);

/*
 * The request's JSON as a job, without id, input or lease. Pure. NULL and
 * the reason: field, limit, fix.
 *
 *   {"kind", "params", "miners"?, "deadline_ms"?, "priority"?, "expect"?}
 */
struct job *submit_parse(
    const struct kinds *, const json_t *request, int64_t now_us, struct err *);

#endif

/*
 * POST /v1/jobs: from a client's request to a committed job.
 */
#ifndef ORCHESTRATOR_SUBMIT_H
#define ORCHESTRATOR_SUBMIT_H

struct http_req;

void submit_job(struct http_req *, void *orchestrator);

#endif

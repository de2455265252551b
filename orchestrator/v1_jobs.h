/*
 * What clients ask of jobs: a list, one of them, its result, why its miners
 * were chosen, and its end. POST /v1/jobs is submit.h, events are v1_events.h.
 */
#ifndef ORCHESTRATOR_V1_JOBS_H
#define ORCHESTRATOR_V1_JOBS_H

struct http_req;

enum { V1_JOBS_LIMIT = 20, V1_JOBS_MAX_LIMIT = 100 };

void v1_job_list(struct http_req *, void *orchestrator);
void v1_job_show(struct http_req *, void *orchestrator);
void v1_job_result(struct http_req *, void *orchestrator);
void v1_job_receipt(struct http_req *, void *orchestrator);
void v1_job_cancel(struct http_req *, void *orchestrator);

#endif

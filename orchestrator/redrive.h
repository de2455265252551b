/*
 * Jobs that came to nothing, begun once more as new ones, by an operator's
 * hand: one, or a group of failures. Each is redriven once, whoever asks.
 */
#ifndef ORCHESTRATOR_REDRIVE_H
#define ORCHESTRATOR_REDRIVE_H

struct http_req;

enum { REDRIVE_MAX = 500 }; /* at once; whoever asks again gets the next */

/* POST /v1/jobs/{id}/redrive, POST /v1/failures/{group}/redrive */
void redrive_job(struct http_req *, void *orchestrator);
void redrive_group(struct http_req *, void *orchestrator);

#endif

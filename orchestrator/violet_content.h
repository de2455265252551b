/*
 * GET /api/v1/miner/{type}/{task}: what a task works on, for the miner that
 * has it at the moment and nobody else.
 */
#ifndef ORCHESTRATOR_VIOLET_CONTENT_H
#define ORCHESTRATOR_VIOLET_CONTENT_H

struct http_req;

void violet_content(struct http_req *, void *orchestrator);

#endif

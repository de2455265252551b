/*
 * Violet's miners ask for their work: GET /api/v1/miners/{uid}/tasks.
 *
 * Who asks is there, for as long as MINERS_POLL_MS, and is drawn for as many
 * tasks as it says it takes. An attempt is sent, and accepted, when it is in
 * the list that its miner asked for.
 */
#ifndef ORCHESTRATOR_VIOLET_MINER_H
#define ORCHESTRATOR_VIOLET_MINER_H

struct http_req;

void violet_miner_tasks(struct http_req *, void *orchestrator);

#endif

/*
 * What Violet's validators ask: finished tasks that they have not seen, and
 * what they have seen. What they say of miners is counted and changes nothing:
 * we measure for ourselves.
 */
#ifndef ORCHESTRATOR_VIOLET_VALIDATOR_H
#define ORCHESTRATOR_VIOLET_VALIDATOR_H

struct http_req;

void violet_validator_tasks(struct http_req *, void *orchestrator);
void violet_validator_mark_seen(struct http_req *, void *orchestrator);
void violet_validator_evaluated(struct http_req *, void *orchestrator);
void violet_validator_miner_status(struct http_req *, void *orchestrator);

#endif

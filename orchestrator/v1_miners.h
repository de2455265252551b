/*
 * Miners, one of them, and the leaderboard: what everybody may see of them.
 */
#ifndef ORCHESTRATOR_V1_MINERS_H
#define ORCHESTRATOR_V1_MINERS_H

struct http_req;

enum {
	V1_MINERS_LIMIT = 100,
	V1_MINERS_MAX_LIMIT = 256,
	V1_MAX_UID = 65535,
	V1_MAX_POLICY = 128, /* bytes of its name */
};

void v1_miner_list(struct http_req *, void *orchestrator);
void v1_miner_show(struct http_req *, void *orchestrator);
void v1_leaderboard(struct http_req *, void *orchestrator);

#endif

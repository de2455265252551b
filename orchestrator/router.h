/*
 * Which miners get a job: weight = min(stake, cap) x score x 1/(1 + recent
 * failures) x availability, drawn without replacement. Pure: the same table,
 * request and seed give the same winners, and the receipt says why.
 *
 * Source of the terms: Dippy's selection (stake cap, score floor, failures),
 * without its faults: nobody banned, failed in an audit, down or full is
 * drawn, not even when every weight is zero.
 */
#ifndef ORCHESTRATOR_ROUTER_H
#define ORCHESTRATOR_ROUTER_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct miner;
struct table;

struct route_policy {
	double stake_cap;     /* alpha; more gives no more work */
	double stake_floor;   /* alpha; so that new miners are tried */
	double score_floor;   /* of a miner that was scored */
	double score_unknown; /* of one that was not yet */
};

struct route_request {
	const char *capacity_key;
	const char *const *tried; /* hotkeys this job has been at */
	size_t n_tried;
	int wanted;
	uint64_t seed;
	const char *sticky; /* key that has its own miners; NULL: by the seed */
	int64_t now_us;
};

struct route {
	struct miner *miners[10];
	json_t *receipts[10]; /* one a winner */
	int n;
	size_t n_candidates; /* that could have been drawn */
	size_t n_untried;    /* that may be, once they are up or free */
};

enum { ROUTE_MAX = 10 };

void route_draw(const struct table *, const struct route_policy *,
    const struct route_request *, struct route *);
void route_clear(struct route *);

#endif

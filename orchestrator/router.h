/*
 * Which miners get a job: weight = min(stake, cap) x score x 1/(1 + recent
 * failures), drawn without replacement from a table of miners as it was read.
 * A miner that is drawn and cannot take the attempt at that moment is passed
 * over, by name, and the next is drawn: the same chances as if it had not been
 * there, and the receipt says so. Pure: the same table, policy, seed and
 * passed-over ones give the same winners.
 *
 * Miners without a score yet are drawn by their stake, and share a part of the
 * work that is bounded both ways: enough to get a score, too little to crowd
 * out those who earned theirs.
 *
 * Source of the terms: Dippy's selection (stake cap, score floor, failures),
 * without its faults: nobody banned, failed in an audit, down or full is
 * drawn, not even when every weight is zero.
 */
#ifndef ORCHESTRATOR_ROUTER_H
#define ORCHESTRATOR_ROUTER_H

#include <stddef.h>
#include <stdint.h>

struct draw;
struct miner;
struct router;
struct table;

struct route_policy {
	double stake_cap;     /* alpha; more gives no more work */
	double stake_floor;   /* alpha; so that new miners are tried */
	double score_floor;   /* of a miner that was scored */
	double score_unknown; /* of one that was not yet */
	double explore_least; /* share of all work that those not scored yet */
	double explore_most;  /* have together; 0..1 */
};

/* The terms of one miner's weight. */
struct route_terms {
	double stake, score, failures, weight;
};

enum { ROUTE_MAX = 10 };

struct route_request {
	const char *capacity_key;
	const char *const *tried; /* hotkeys this job has been at */
	size_t n_tried;
	int wanted;
	uint64_t seed;
	const char *sticky; /* key that has its own miners; NULL: by the seed */
	const char *only;   /* the hotkey that it is for; NULL: anybody's */
	int64_t now_us;
};

struct route {
	struct miner *miners[ROUTE_MAX]; /* the table's */
	char *receipts[ROUTE_MAX];	 /* JSON, one a winner */
	int n;
	size_t n_later; /* that may take it once up, free or in the table */
};

/* The table is borrowed: it must stay as it is but for what is in flight and
 * what miners say, and outlive the router. Who takes a kind only since it was
 * drawn from first is not drawn, and may be later. now_us: when failures are
 * counted. */
struct router *router_new(
    const struct table *, const struct route_policy *, int64_t now_us);
void router_free(struct router *); /* NULL is fine */

/* What the router draws from, as receipts name it and as it is kept for
 * replays: 32 hex digits of the text's SHA-256, and the text (route_text.h).
 * Made when it is first asked for. */
const char *router_id(struct router *);
const char *router_text(struct router *);

void route_draw(struct router *, const struct route_request *, struct route *);
void route_clear(struct route *);

/* What first draws came to: of jobs that no miner has had yet and that are
 * neither for one miner nor of a sticky key, the first whom each fell on,
 * whether he could take it or not. */
struct route_first {
	const char *capacity_key, *hotkey; /* borrowed */
	int uid;
	int64_t draws, drawn;
	double chance; /* of each draw */
};
/* One call for each miner that might have been drawn; they count from nothing
 * again. */
void router_take_firsts(struct router *,
    void (*on_first)(const struct route_first *, void *arg), void *arg);

/* The draw of one capacity key, over the places of the table; the router's. */
struct draw *router_draw(struct router *, const char *capacity_key);

#endif

/*
 * What the files of a run share: run.c holds the inputs and orders the steps,
 * run_fold.c makes a score of a miner's events, run_posts.c of its posts,
 * explain.c asks what if.
 */
#ifndef SCORER_RUN_PARTS_H
#define SCORER_RUN_PARTS_H

#include "scorer/policy.h"
#include "scorer/run.h"

struct run {
	struct policy policy;
	char *policy_text;
	struct run_round round;
	struct run_miner *miners;
	struct run_entry *entries; /* one a miner */
	size_t n, cap;
	struct run_event *events;
	size_t n_events, cap_events;
	struct run_post *posts;
	size_t n_posts, cap_posts;
	char kinds[RUN_MAX_KINDS][POLICY_MAX_NAME];
	const struct policy_kind *rules[RUN_MAX_KINDS]; /* theirs */
	int n_kinds;
};

/* Which events count, and the speed and value of each. */
void run_value_events(struct run *);

/*
 * What these events of a miner come to, its stake_share and all; where nothing
 * could be measured of what it delivered, what it was before. Fills in jobs,
 * successes, speed and accuracy if entry is not NULL.
 */
double run_fold(const struct run *, size_t miner, const struct run_event *,
    size_t n, struct run_entry *entry);

/* What each post gave, and which are whose. */
void run_value_posts(struct run *);

/* Scores of posts, payments and attempts together: these are in the entries'
 * scores. Those who are out, or short of collateral, have none. */
void run_share_posts(struct run *);

/* Win rates and weights of the scores as they are. 0, or -1: nobody has one. */
int run_weigh(struct run *);

#endif

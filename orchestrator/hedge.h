/*
 * Hedged attempts: when an attempt has been out for so long that a second
 * one, at another miner, is worth its cost, and whether the budget has room
 * for it. hedges.c looks at the attempts that are out and asks here. Pure.
 *
 * An attempt is slow when it has been out for longer than most of its kind
 * take: longer than the 95th percentile of the last ones this instance saw.
 * The budget is a bucket of tokens: a first attempt earns a part of one, a
 * hedge costs one. So the extra attempts are a share of all, however slow the
 * miners are, and a bad hour does not double the load.
 */
#ifndef ORCHESTRATOR_HEDGE_H
#define ORCHESTRATOR_HEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HEDGE_KEPT = 256,      /* times of a kind that are remembered */
	HEDGE_LEAST_SEEN = 20, /* before that nobody knows what slow is */
	HEDGE_MOST_TOKENS = 10,
};

/* What the last attempts of a kind took, from sending to the result; zeroed
 * is empty. */
struct hedge_times {
	int64_t ms[HEDGE_KEPT]; /* a ring */
	size_t n, next;
	bool is_known; /* the two below are of what is in the ring */
	int64_t median_ms, slow_ms;
};

void hedge_saw(struct hedge_times *, int64_t ms);

/* Whether an attempt that has been out for so long is slow. least_ms: none is
 * before that. */
bool hedge_is_due(struct hedge_times *, int64_t out_ms, int64_t least_ms);

/* Whether a second attempt can be expected to end in the time that is left. */
bool hedge_has_time(struct hedge_times *, int64_t left_ms);

/* Whether a job in this state is one to hedge: out at miners, with nothing
 * delivered, and with as many attempts as it wants results. */
struct hedge_facts {
	bool is_out; /* assigned or running */
	int open, delivered, wanted;
};
bool hedge_is_wanted(const struct hedge_facts *);

/* In millionths of a token, so that no rounding adds up. */
struct hedge_budget {
	int64_t each; /* that a first attempt earns */
	int64_t held;
};

/* share: of first attempts that may be hedged, 0..1. Begins with nothing. */
void hedge_budget_init(struct hedge_budget *, double share);
void hedge_budget_earn(struct hedge_budget *, int attempts);
/* Whether there was a token; it is taken. */
bool hedge_budget_take(struct hedge_budget *);
/* The hedge was not made after all. */
void hedge_budget_give_back(struct hedge_budget *);

#endif

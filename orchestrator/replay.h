/*
 * A draw drawn again: from the kept table, the receipt's seed (or the job's
 * sticky key) and those passed over, to the same winner or to what differs.
 * And over many of them: what each miner was to expect, and what it got. Pure.
 */
#ifndef ORCHESTRATOR_REPLAY_H
#define ORCHESTRATOR_REPLAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct err;
struct replay;

/* From a kept text; id is what it should hash to. NULL and why. */
struct replay *replay_new(const char *id, const char *text, struct err *);
void replay_free(struct replay *); /* NULL is fine */

/* One that was drawn: at what chance just then, and what came of it: "won",
 * or why it was passed over. */
struct replay_step {
	const char *hotkey;
	int uid;
	double chance;
	const char *what;
};

/*
 * 0 if the draw comes to the receipt's winner, over exactly those whom the
 * receipt says were passed; -1 and the first thing that differs. sticky is the
 * job's key or NULL. on_step may be NULL.
 */
int replay_receipt(struct replay *, const json_t *receipt, const char *sticky,
    void (*on_step)(const struct replay_step *, void *arg), void *arg,
    struct err *);

/*
 * Of one miner, over every receipt replayed so far that was drawn by a seed:
 * how often it was to be drawn (the sum of its chances at each step, and the
 * variance of that), was drawn, and got the attempt. Draws of one job are
 * counted once each, not again at its later places.
 */
struct replay_share {
	const char *hotkey;
	int uid;
	double expected, variance;
	size_t drawn, won;
};
size_t replay_size(const struct replay *);
struct replay_share replay_share(const struct replay *, size_t i);

/*
 * How a miner stands in that table for the kinds of one capacity key: the terms
 * of its weight as they count, and its share of the draws among all that may be
 * drawn. out: why it is not drawn ("banned", "kind", "down"); NULL: it is.
 */
struct replay_standing {
	double alpha, score, failures; /* score: NaN if it has none */
	double stake_term, score_term, failures_term, weight;
	double share;
	const char *out;
	size_t rivals; /* others that may be drawn */
};
/* 0, or -1: it is not in the table. */
int replay_stand(struct replay *, const char *hotkey, const char *capacity_key,
    struct replay_standing *);

/* The stake beyond which there is no more work. */
double replay_stake_cap(const struct replay *);

#endif

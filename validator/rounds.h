/*
 * The rounds: once an epoch the window's judgements become scores, win rates
 * and a weight vector. epoch.c says when, run.c computes, this does the rest.
 */
#ifndef VALIDATOR_ROUNDS_H
#define VALIDATOR_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "validator/epoch.h"

struct metrics;
struct policy;
struct redis;
struct rounds;
struct store;

struct rounds_setup {
	struct store *store;
	struct redis *redis;	     /* to tell of a new vector */
	char *const *policy_text;    /* borrowed; may change between rounds */
	const struct policy *policy; /* of that text */
	struct metrics *metrics;
	struct epoch_rule rule;
	int64_t window_us;
	int64_t started_us;    /* wall; the first round waits until what had */
	int64_t first_wait_us; /* ended then is judged, or so long */
};

struct rounds *rounds_new(const struct rounds_setup *);
void rounds_free(struct rounds *); /* NULL is fine */

/* There may be a new snapshot, or new judgements. */
void rounds_wake(struct rounds *);

void rounds_close(struct rounds *); /* begin no more */
bool rounds_is_idle(const struct rounds *);

#endif

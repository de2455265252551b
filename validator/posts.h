/*
 * The engagement cycle: where the chain is, gists, posts, accounts, and who has
 * what; once a bucket all of it, and in between what could not be done.
 *
 * What it knows is in PostgreSQL, and rounds read it there. No service that is
 * away changes anything. Any number of instances may run.
 */
#ifndef VALIDATOR_POSTS_H
#define VALIDATOR_POSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/posts_plan.h"
#include "validator/watch.h"

struct err;
struct event_base;
struct metrics;
struct policy;
struct posts;
struct store;

struct posts_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	const struct policy *policy; /* borrowed for good: its buckets */
	bool development;	     /* plain http and loopback */
	const char *gists_url;	     /* NULL or "": GitHub's; copied */
	struct watch_service_setup services[WATCH_SERVICES]; /* copied */
	int failures;	/* in a row; a service is left alone then */
	int64_t out_ms; /* for so long at first */
	struct posts_rule rule;
	bool takes_tags;
	uint32_t platforms; /* as of struct claim_rules */
	int64_t new_claims; /* of a hotkey in a day */
	int64_t retry_us;
	int64_t budget, verdict_budget; /* of a hotkey in a bucket */
	int distance; /* bits by which like pictures differ; below 0:
			 not compared */
	int64_t keep; /* buckets of observations */
};

/* NULL, and why, if it cannot be. */
struct posts *posts_new(const struct posts_setup *, struct err *);
void posts_free(struct posts *); /* NULL is fine, here and below */

/* There may be a new snapshot, or it is time. */
void posts_wake(struct posts *);

void posts_close(struct posts *); /* begin no more */
bool posts_is_idle(const struct posts *);

/* "instagram/reel, x/post" to bits of struct claim_rules; empty: all. 0, or -1
 * and which of them is none. */
int posts_platforms(const char *list, uint32_t *platforms, struct err *);

#endif

/*
 * A cycle's second part: posts that are due are measured by the services
 * (watch.h) and written down, so many at once, each hotkey's within what may be
 * asked for it in a bucket.
 *
 * Any number of instances may run: who marks a post first asks about it. What
 * was being asked when an instance died is asked again after a while.
 */
#ifndef VALIDATOR_POSTS_LOOKS_H
#define VALIDATOR_POSTS_LOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct posts_looks;
struct posts_now;
struct posts_rule;
struct event_base;
struct store;
struct watch;

struct posts_looks_setup {
	struct event_base *base;
	struct store *store;
	struct watch *watch;	       /* borrowed for good, as is */
	const struct posts_rule *rule; /* this */
	int64_t retry_us;
	int64_t budget, verdict_budget; /* of a hotkey in a bucket */
};

struct posts_looks *posts_looks_new(const struct posts_looks_setup *);
void posts_looks_free(struct posts_looks *); /* NULL is fine */

struct posts_looks_done {
	size_t ok, gone, unavailable; /* posts */
	bool moved;  /* whose posts are whose may be otherwise now */
	bool failed; /* the database did not answer */
};

/* All that is due; on_done runs once, later. One run at a time. */
void posts_looks_run(struct posts_looks *, const struct posts_now *,
    void (*on_done)(const struct posts_looks_done *, void *arg), void *arg);

/* Begin no more: there is another bucket. */
void posts_looks_hurry(struct posts_looks *);

#endif

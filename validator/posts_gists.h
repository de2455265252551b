/*
 * A cycle's first part: commitments noted, gists that are due read, what they
 * claim written down.
 *
 * A gist that does not answer changes nothing; one that is gone is believed
 * only when that was said often enough (posts_plan.h), and then lists
 * nothing. Any number of instances may run: who marks a gist first reads it.
 */
#ifndef VALIDATOR_POSTS_GISTS_H
#define VALIDATOR_POSTS_GISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct posts_gists;
struct posts_now;
struct posts_rule;
struct err;
struct event_base;
struct metrics;
struct store;

struct posts_gists_setup {
	struct event_base *base;
	struct store *store;
	struct metrics *metrics;
	const struct posts_rule *rule; /* borrowed for good */
	const char *url;	       /* NULL or "": GitHub's; copied */
	bool development;
	bool takes_tags;
	int64_t new_claims; /* of a hotkey in a day */
	int64_t retry_us;
	uint32_t platforms; /* as of struct claim_rules */
};

/* NULL, and why, if it cannot be. */
struct posts_gists *posts_gists_new(
    const struct posts_gists_setup *, struct err *);
void posts_gists_free(struct posts_gists *); /* NULL is fine */

struct posts_gists_done {
	size_t noted, read, away; /* commitments, gists */
	int64_t added;		  /* claims that are new */
	bool failed;		  /* the database did not answer */
};

/* All that is due; on_done runs once, later. One run at a time. */
void posts_gists_run(struct posts_gists *, const struct posts_now *,
    const char *genesis,
    void (*on_done)(const struct posts_gists_done *, void *arg), void *arg);

#endif

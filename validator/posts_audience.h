/*
 * A cycle's third part: a sample of the followers of accounts whose posts
 * count, and how likely they are bots. Once in some buckets an account; what
 * is unavailable leaves what was known.
 */
#ifndef VALIDATOR_POSTS_AUDIENCE_H
#define VALIDATOR_POSTS_AUDIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct posts_audience;
struct posts_now;
struct posts_rule;
struct store;
struct watch;
struct watch_audience;

struct posts_audience_setup {
	struct store *store;
	struct watch *watch;	       /* borrowed for good, as is */
	const struct posts_rule *rule; /* this */
	int64_t budget;		       /* of a hotkey in a bucket */
};

struct posts_audience *posts_audience_new(const struct posts_audience_setup *);
void posts_audience_free(struct posts_audience *); /* NULL is fine */

/* All that are due; on_done runs once, later, with how many were looked at.
 * One run at a time. */
void posts_audience_run(struct posts_audience *, const struct posts_now *,
    void (*on_done)(size_t n, bool failed, void *arg), void *arg);

/* How likely the followers of that sample are bots, and how sure that is.
 * Pure. */
struct posts_bots {
	double probability, confidence;
	const char *risk; /* a word */
};
struct posts_bots posts_bots_of(const struct watch_audience *, int64_t now_us);

#endif

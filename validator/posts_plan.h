/*
 * When posts and gists are looked at, in buckets: spans of blocks, so that
 * every validator has the same ones.
 *
 * Pure. What a service says once it may take back: gone is for good only once
 * it was said so many times over so many buckets, with nothing else between.
 */
#ifndef VALIDATOR_POSTS_PLAN_H
#define VALIDATOR_POSTS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* The cycle's clock. */
struct posts_now {
	int64_t block, bucket;
	int64_t at_us; /* wall */
};

/* In buckets, where nothing else is said. */
struct posts_rule {
	int64_t gist_every;
	int64_t old_after;	/* measurements of a post; then only */
	int64_t old_every;	/* so often */
	int64_t verdict_every;	/* the detector and the moderator */
	int64_t audience_every; /* an account's followers */
	int gone_times;		/* it must be said so often, */
	int64_t gone_buckets;	/* over so many */
};

enum {
	POSTS_DAY = 24,		   /* buckets */
	POSTS_UNPROVEN_EVERY = 24, /* a post that nothing proves is looked at
				     so often, after a few times */
	POSTS_TRIES = 3,
};

struct posts_gone {
	int times;
	int64_t since; /* its first bucket; -1: none */
};

/* It was said once more; whether it is for good. At most once a bucket. */
bool posts_gone_again(
    const struct posts_rule *, struct posts_gone *, int64_t bucket);

/* The bucket in which a post is measured next that has been so many times. */
int64_t posts_next_look(
    const struct posts_rule *, int measured, bool is_proven, int64_t bucket);

#endif

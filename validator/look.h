/*
 * One post looked at: what is known of it, what services say now, and the rows
 * that this comes to.
 *
 * Pure. What is unavailable leaves all as it was; a post is gone only once that
 * was said often enough (posts_plan.h).
 */
#ifndef VALIDATOR_LOOK_H
#define VALIDATOR_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "validator/claim_platform.h"
#include "validator/posts_plan.h"
#include "validator/watch_answer.h"

struct json_t;
struct store_post;

struct look_claim {
	int64_t id;
	char *hotkey, *account, *code; /* NULL: by tag alone */
	const char *unproven_why;      /* NULL: it is proven */
	bool was_proven;	       /* before */
};

/* The detector's and the moderator's. */
struct look_verdict {
	int64_t due;	/* bucket; below 0: it was never asked */
	bool was_asked; /* now, and the rest is what it said */
	enum watch_outcome outcome;
	char why[WATCH_WHY];
	double score; /* NaN: none */
	bool is_illicit, has_hash;
	uint64_t hash;
	char categories[WATCH_CATEGORIES];
};

struct look {
	int64_t id;
	enum claim_platform platform;
	char *content, *hotkey; /* at whose cost */
	char *had_owner;	/* NULL: not known before */
	int measured;
	struct posts_gone gone;
	struct look_claim *claims;
	size_t n_claims;
	struct look_verdict verdicts[WATCH_SERVICES];
	double ai, bot, bot_confidence; /* NaN: not known */
	int illicit;			/* -1: not known */
	/* What came of it: */
	enum watch_outcome outcome;
	bool is_proven; /* any of its claims */
	bool is_gone;	/* for good */
	bool is_dear;	/* its hotkey's budget is used up */
	int64_t views, likes, comments, followers, published_us;
	char owner[WATCH_ACCOUNT];
	char why[WATCH_WHY];
};

/* -1, and nothing to clear, if its platform is not known. */
int look_init(struct look *, const struct store_post *);
void look_clear(struct look *);

/* The tracker has answered. */
void look_take_metrics(struct look *, const struct posts_rule *,
    const struct posts_now *, const struct watch_answer *);

/* Whether a service is to be asked: only about what is somebody's. */
bool look_wants(
    const struct look *, enum watch_service, const struct posts_now *);
/* It has answered. */
void look_take_verdict(
    struct look *, enum watch_service, const struct watch_answer *);

/* Rows of post_look.sql and post_verdicts.sql, added to arrays; members that
 * are as they were, or not known, are left out. */
void look_print(const struct look *, const struct posts_rule *,
    const struct posts_now *, struct json_t *posts, struct json_t *claims,
    struct json_t *verdicts);

/* null where it is not known: NaN. */
struct json_t *look_real(double);

#endif

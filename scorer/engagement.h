/*
 * From what posts gained to a score a miner, by the policy's section
 * [engagement]: which posts count, what is taken off for bots, who has put up
 * enough collateral, and the shares of posts, clients' payments and jobs in
 * the whole.
 *
 * What is not known lowers nobody: a post without a verdict waits for it, and
 * who knows of no followers assumes people. Pure.
 */
#ifndef SCORER_ENGAGEMENT_H
#define SCORER_ENGAGEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "scorer/growth.h"

/* What counts as collateral; of locks that are not known, nothing. */
enum engagement_collateral {
	ENGAGEMENT_ALPHA,      /* stake on the hotkey */
	ENGAGEMENT_LOCKED,     /* towards it, by whomever */
	ENGAGEMENT_LOCKED_OWN, /* by its own coldkey */
	ENGAGEMENT_EITHER,     /* the larger of alpha and locked */
};

struct engagement_rule {
	struct growth_rule growth;
	double ai_least;     /* a post counts above this */
	int needs_ai;	     /* 1: without a verdict it waits */
	double illicit_most; /* above this it does not count */
	int needs_moderation;
	double lead_s; /* published so long before its claim; 0: any time */
	/* From a probability of bots above `bots` and a confidence above
	 * `bots_sure` on: times max(bots_floor, 1 - bots_penalty p). */
	double bots, bots_sure, bots_penalty, bots_floor;
	double gone;	/* of what a post that is gone had gained, owed; 0..1 */
	int collateral; /* enum engagement_collateral */
	double collateral_least; /* alpha; less: no score. 0: no gate */
	double collateral_cap;	 /* more counts no more */
	double collateral_bonus; /* times 1 + this times the share of it */
	double jobs, paid; /* their shares of the whole; the rest is posts' */
	double paid_cap;   /* of a miner's payments */
};

/* -- a post -------------------------------------------------------------- */

/*
 * What a post gives its miner in points, less what it owes; *why: NULL, or a
 * word for what took it all or most of it: its barred word, unlisted, gone,
 * not_observed, not_owned, few_followers, no_ai_verdict, not_ai,
 * no_moderation, illicit, older_than_claim, debt, spike, crowd, thin, bots,
 * follower_burst.
 */
double engagement_gave(const struct engagement_rule *,
    const struct growth_post *, const char **why);

/* -- a miner -------------------------------------------------------------- */

struct engagement_miner {
	double points;			  /* its posts' together */
	double jobs;			  /* its score by attempts, 0..1 */
	double paid;			  /* by clients in the window */
	double alpha, locked, locked_own; /* NaN: not known */
	bool out;			  /* has no part in anything */
};

struct engagement_shares {
	double collateral; /* of those who are in and have points */
	double posts, jobs, paid;
	double score; /* the three together */
};

/* NULL, or why the miner can have no score. */
const char *engagement_gate(
    const struct engagement_rule *, const struct engagement_miner *);

/* Shares of 1 in the order given. What nobody has gives its share to the
 * rest. */
void engagement_share(const struct engagement_rule *,
    const struct engagement_miner *, size_t n, struct engagement_shares *);

#endif

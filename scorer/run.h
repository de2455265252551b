/*
 * One scoring round: a policy, the subnet's miners and what they did in; a
 * score, a win rate and a weight for each out.
 *
 * Pure, and the same bits on every machine: miners are added in the order of
 * their hotkeys' bytes, events in that of (hotkey, time, attempt), and every
 * sum runs in that order. run_text.h writes a round down and reads it again.
 */
#ifndef SCORER_RUN_H
#define SCORER_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scorer/growth.h"
#include "scorer/submission.h"

struct err;
struct policy;
struct run;

enum {
	RUN_MAX_KEY = 64,
	RUN_MAX_KINDS = 64,
	RUN_MAX_MINERS = 65536,
	RUN_MAX_POSTS = 1 << 20,
	RUN_ATTEMPT = 37, /* a uuid's text */
};

/* -- what goes in -------------------------------------------------------- */

struct run_round {
	int netuid, mecid;
	int64_t epoch, block;
	int64_t from_us, at_us; /* the window; at_us is the round's time */
};

struct run_miner {
	char hotkey[RUN_MAX_KEY], coldkey[RUN_MAX_KEY]; /* "": unknown */
	int uid;
	double alpha;
	int64_t block;	  /* of its commitment, or WINRATE_NO_BLOCK */
	int64_t since_us; /* registered; INT64_MIN: unknown, or long ago */
	bool serves;	  /* it has an address; else it is there to burn */
	bool banned;
	int failed_audits; /* that have not expired */
	double previous;   /* weight proven last, of 1; 0: none */
	double consensus;  /* the chain's, 0..1 */
	double before;	   /* its score in the round before; 0: none */
	struct submission submission; /* its model; all 0: none */
	double locked, locked_own;    /* alpha; NaN: not known */
	double paid; /* by clients in the window; below 0: taken back */
};

struct run_event {
	size_t miner; /* its place */
	int kind;     /* of run_kind() */
	int source;   /* enum policy_source */
	bool success;
	int64_t at_us;	 /* the attempt's end */
	double ms;	 /* the miner's part; NaN: not measured */
	double accuracy; /* 0..1; likewise */
	char attempt[RUN_ATTEMPT];
	/* Set by run_finish(): */
	bool counted;
	double speed; /* 0..1; NaN: not measured */
	double value; /* of speed, accuracy and quality together */
};

/* The text is kept. NULL, and why, if it is no policy. */
struct run *run_new(const char *policy_text, struct err *);
void run_free(struct run *); /* NULL is fine */

void run_set_round(struct run *, const struct run_round *);
/* 0, or -1 if the hotkey is out of order, too long or there already. */
int run_add_miner(struct run *, const struct run_miner *);
/* What it has put up and was paid, NaN for a lock that is not known: 0, or -1
 * if one is below 0 or not finite, or a payment is none. */
int run_set_means(
    struct run *, size_t miner, double locked, double locked_own, double paid);
/* Its place, or -1. */
long run_find(const struct run *, const char *hotkey);
/* A kind's number; -1 if there are too many. */
int run_kind(struct run *, const char *name);
/* 0, or -1 if it is out of order, or of nobody. */
int run_add_event(struct run *, const struct run_event *);

/* One post, folded by growth.h. 0, or -1 if it is out of the order of (hotkey,
 * content), of no miner, of no sound numbers, or one too many. */
int run_add_post(struct run *, const struct growth_post *);

const struct policy *run_policy(const struct run *);
const char *run_policy_text(const struct run *);
const struct run_round *run_round(const struct run *);
const struct run_miner *run_miners(const struct run *, size_t *n);
const struct run_event *run_events(const struct run *, size_t *n);
const char *run_kind_name(const struct run *, int kind); /* NULL: none */

/* -- what comes out ------------------------------------------------------ */

struct run_entry {
	size_t first, n; /* its events */
	size_t jobs, successes;
	double latency_p50_ms;	/* NaN: none */
	double speed, accuracy; /* means; NaN: none */
	double stake_share;
	size_t first_post, n_posts; /* its posts */
	double points;		    /* theirs together, not below 0 */
	double collateral_share, posts_share, paid_share, jobs_share;
	double jobs_score; /* by attempts, where posts count, too */
	double score;
	const char *out; /* why it has no rate; NULL: it may have one */
	size_t wins;
	double win_rate; /* minus infinity: none */
	double weight;
};

/* NULL, or why there is no vector: nobody earned anything. */
const char *run_finish(struct run *);

/* Of a finished run: one a miner, in their order; borrowed. */
const struct run_entry *run_entries(const struct run *, size_t *n);

struct run_post {
	size_t miner;
	struct growth_post post;
	/* Set by run_finish(): */
	double gave;	 /* points, less what it owes */
	const char *why; /* a word: what took all or most of it; NULL */
};

/* In their order; borrowed. */
const struct run_post *run_posts(const struct run *, size_t *n);

/* -- what if -------------------------------------------------------------- */

enum run_change {
	RUN_AS_IT_IS,
	RUN_NO_FAILURES, /* as good as its successes, or whole */
	RUN_WHOLE_SPEED,
	RUN_WHOLE_ACCURACY,
	RUN_N_CHANGES,
};

/* Of a finished run: the miner's score had it done so. */
double run_what_if(const struct run *, size_t miner, enum run_change);

#endif

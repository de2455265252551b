/*
 * What InfiniteVibe (SN89) made of posts and accounts, era by era, exactly: for
 * compatibility and for checks from outside. The daemon's own arithmetic is
 * growth.h.
 *
 * Pure. Sums run in the order given.
 */
#ifndef SCORER_ENGAGE_H
#define SCORER_ENGAGE_H

#include <stdbool.h>
#include <stddef.h>

/* -- moving averages of one content -------------------------------------- */

enum engage_ema {
	ENGAGE_ABSOLUTE, /* of the counts; what is not valid makes it 0 */
	ENGAGE_FIRST,	 /* of the changes; the first count is one, too */
	ENGAGE_BASELINE, /* of the changes; the first count is where they begin
			  */
};

/* Begin with `= {0}`. */
struct engage_average {
	double score, previous;
	bool has_previous;
};

/* The next row that there is; of one that the tracker did not give nothing is
 * added. alpha is the newest row's share. */
void engage_average_add(struct engage_average *, enum engage_ema, double alpha,
    double count, bool is_valid);

/* -- of an account -------------------------------------------------------- */

/* The newest row of one post. */
struct engage_post {
	double likes, comments, followers;
	bool is_valid;
};

/* Per cent; the followers are those of the last post that has any, valid or
 * not. No cap and no floor. */
double engage_rate_percent(const struct engage_post *, size_t n);

struct engage_growth {
	double now, before; /* followers */
	double hours;	    /* between them */
	double likes, comments;
	double p_bot, confidence;
};

/* The later form: followers gained, times what engagement says, 0 to 42.14. */
double engage_growth_score(const struct engage_growth *);

/* -- weights --------------------------------------------------------------- */

enum { ENGAGE_TOP = 5 };

struct engage_miner {
	double rate_percent;
	double sum; /* of its contents' averages */
};

/*
 * weights[i] of miners in the order of their uids: the five of the highest
 * rates, equal ones by uid, get their sums as shares of all five; all five
 * alike if nobody has any. In single precision, as upstream.
 */
void engage_top_weights(const struct engage_miner *, size_t n, double *weights);

/* -- penalties for bots ---------------------------------------------------- */

/* What a rate is multiplied by, 0.2 to 1. */
double engage_penalty_linear(double p_bot, double confidence);
/* What share of it is taken off, 0 to 0.8. */
double engage_penalty_ramp(double p_bot, double confidence);

#endif

/*
 * One number for a miner: what it did in the window, folded together with
 * the policy's shares of speed, accuracy, quality and stake.
 *
 * Every attempt that counts is folded in, failed ones as zeros, so that only
 * delivering pays. Sums depend on the order of folding: callers fold in the
 * order of (time, attempt id). Pure.
 */
#ifndef SCORER_SCORE_H
#define SCORER_SCORE_H

#include <stdbool.h>
#include <stddef.h>

/* What each part weighs against the others: any sum above 0. */
struct score_shares {
	double speed, accuracy, quality, stake;
};

/* 0..1 each; NaN: not measured. */
struct score_parts {
	double speed, accuracy, quality, stake;
};

/*
 * The parts, each times its share, over the shares of those that are known:
 * the share of what was not measured goes to the others in their proportion.
 * 0 if nothing is known.
 */
double score_combine(const struct score_shares *, const struct score_parts *);

/* Attempts folded together; begin with `= {0}`. */
struct score_tally {
	size_t jobs, successes;
	double weight; /* of all */
	double speed_sum, speed_weight;
	double accuracy_sum, accuracy_weight;
	double success_weight;
};

struct score_sample {
	bool success;
	double speed;	 /* NaN: not measured, and not counted */
	double accuracy; /* likewise */
	double weight;	 /* against other attempts */
};

void score_fold(struct score_tally *, const struct score_sample *);

/* The means, by weight; NaN where nothing was measured. Quality is the share
 * of successes. stake is NaN. */
struct score_parts score_means(const struct score_tally *);

/* Sorts them; NaN if there are none. */
double score_median(double *values, size_t n);

/* A stake cut at the cap; 0 if it is negative or none. */
double score_capped(double stake, double cap);

/*
 * Each stake, cut at cap, as a share of the sum of all so cut; all 0 if there
 * is none. Negative and NaN count as 0.
 */
void score_stake_shares(
    const double *stakes, size_t n, double cap, double *shares);

/* As score_stake_shares, but as a share of the largest. */
void score_stake_of_max(
    const double *stakes, size_t n, double cap, double *shares);

#endif

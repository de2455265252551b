/*
 * One number for a miner: what it did in the window, folded together with
 * the policy's shares of speed, accuracy and stake.
 *
 * Every attempt that counts is folded in, failed ones as zeros, so that only
 * delivering pays. Sums depend on the order of folding: callers fold in the
 * order of (time, attempt id). Pure.
 */
#ifndef SCORER_SCORE_H
#define SCORER_SCORE_H

#include <stdbool.h>
#include <stddef.h>

struct score_shares {
	double speed, accuracy, stake; /* any positive sum */
	double min_successes;	       /* whole; fewer: the score is 0 */
};

/* What the folding keeps; begin with `= {0}`, end with score_tally_clear. */
struct score_tally {
	size_t jobs, successes;
	double speed_sum, accuracy_sum;
	size_t speed_n, accuracy_n;
	double *latencies; /* of the successes */
	size_t latency_n, latency_cap;
};

struct score_sample {
	bool success;
	double speed;	   /* NaN: not measured, and not counted */
	double accuracy;   /* likewise */
	double latency_ms; /* likewise; only of successes */
};

void score_fold(struct score_tally *, const struct score_sample *);
void score_tally_clear(struct score_tally *);

double score_speed(const struct score_tally *);	   /* mean; 0 if none */
double score_accuracy(const struct score_tally *); /* mean; NaN if none */
double score_latency_p50(struct score_tally *);	   /* NaN if none */

/*
 * speed x share + accuracy x share + stake x share, the shares made to sum to
 * 1. Where there is no accuracy (NaN) its share goes to the other two in
 * their proportion. 0 with fewer than min_successes.
 */
double score_combine(const struct score_shares *, size_t successes,
    double speed, double accuracy, double stake_share);

/*
 * Each stake, cut at cap, as a share of the sum of all so cut; all 0 if there
 * is none. Negative and NaN count as 0.
 */
void score_stake_shares(
    const double *stakes, size_t n, double cap, double *shares);

#endif

/*
 * Dippy's scores (SN11, studio generation): of one job, of which jobs count,
 * and what its router makes of a miner's score.
 *
 *   raw      = 1 - min(max(latency, 0) / 60000, 1); no latency: 0 (speed_score
 *              of speed.h)
 *   weighted = raw times the type's weight (img-h100_pcie .8, base-h100_pcie
 *              .2, others 0: those are not counted at all)
 *
 * Pure. Latencies are milliseconds, NaN where there is none.
 */
#ifndef SCORER_DIPPY_H
#define SCORER_DIPPY_H

#include <stdbool.h>
#include <stddef.h>

enum { DIPPY_MAX_MS = 60000, DIPPY_EDIT_MAX_MS = 15000 };

/* Of a job's type, as it is written: any case, space around it. */
double dippy_type_weight(const char *type);
double dippy_weighted(const char *type, double raw);

/* A success that is none: without a latency, or an edit whose callback took
 * longer than DIPPY_EDIT_MAX_MS. */
bool dippy_success_counts(
    const char *type, double latency_ms, double callback_ms);

/* What the router knows of a miner; scores NaN where there is none. */
struct dippy_miner {
	double alpha_stake;
	double failed_audits, failure_count;
	double scores, ema_score;
};

/* max(.05 p, base p), p = 1 / (1 + failures), base the larger score but at
 * least .05, or 1 without one; 0 after a failed audit. */
double dippy_multiplier(const struct dippy_miner *);

/* weights[i] = min(stake, cap) times multiplier; chances[i] its share, the
 * same for all where the sum is 0. */
void dippy_select(const struct dippy_miner *, size_t n, double cap,
    double *weights, double *chances);

#endif

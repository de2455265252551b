/*
 * How quick a miner was, by the miner's own part of the time: 0..1.
 *
 * Pure. Latencies are milliseconds.
 */
#ifndef SCORER_SPEED_H
#define SCORER_SPEED_H

#include <stddef.h>

enum speed_form {
	SPEED_LINEAR,	   /* 1 at once, in a straight line to 0 at max_ms */
	SPEED_EXPONENTIAL, /* e^(-latency / decay_ms), 0 of no time at all */
	SPEED_STEPS,	   /* 1 up to best_ms, .8 up to twice as long, .6 up to
			      five times, .3 */
	SPEED_PERCENTILE,  /* the share of the others that were slower */
};

struct speed_rule {
	enum speed_form form;
	double max_ms, decay_ms, best_ms; /* positive */
};

/*
 * What is no number gives 0, negative latencies count as none. NaN by
 * SPEED_PERCENTILE, which needs the others.
 */
double speed_of(const struct speed_rule *, double latency_ms);

/* By the linear form. */
double speed_score(double latency_ms, double max_ms);

/* Each one's share of the others that were slower, those as quick counting
 * half; 1 of one alone. NaN stays NaN and is nobody's other. */
void speed_percentiles(const double *latencies_ms, size_t n, double *shares);

#endif

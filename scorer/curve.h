/*
 * From win rates to weights: a softmax over those who scored, then the share
 * that is burnt.
 *
 * Pure. Sums run in the order of the entries, so callers sort by hotkey and
 * every machine gets the same bits.
 */
#ifndef SCORER_CURVE_H
#define SCORER_CURVE_H

#include <stddef.h>

struct curve_rule {
	double temperature; /* positive; the smaller, the steeper */
	double burn_rate;   /* 0..1 */
};

enum { CURVE_NO_TARGET = -1 };

/*
 * weights[i] is 0 where scores[i] is not positive, else
 * exp(rate / temperature) over the sum of all such. With a target (an index)
 * the target then gets burn_rate and the others share the rest; what the
 * target had earned itself is lost to it. Sums to 1 but for rounding.
 *
 * -1, and all weights 0, if nobody has a positive score: there is nothing to
 * be said, and what was said before stands.
 */
int curve_weights(const struct curve_rule *, const double *rates,
    const double *scores, size_t n, long target, double *weights);

#endif

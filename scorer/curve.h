/*
 * From win rates, or scores, to weights: the best so many, a softmax or plain
 * shares, then the share that is burnt by giving it to the subnet's owner.
 *
 * Pure. Sums run in the order of the entries, so callers sort by hotkey and
 * every machine gets the same bits.
 */
#ifndef SCORER_CURVE_H
#define SCORER_CURVE_H

#include <stddef.h>

enum curve_shape {
	CURVE_SOFTMAX, /* exp(value / temperature), over the sum of all such */
	CURVE_LINEAR,  /* value, over the sum of all; all alike if that is 0 */
};

enum curve_burn {
	/* The owner gets the rate and the others share the rest. What the
	 * owner had earned is theirs, too. At a rate of 0 nothing is done. */
	CURVE_CORRECTED,
	/* As Dippy's validator (SN11): what the owner had earned is taken off
	 * the others and then lost, so that after normalising it gets more than
	 * the rate; and where all scores are 0 the owner gets everything, or
	 * without an owner everybody the same. */
	CURVE_COMPAT,
};

struct curve_rule {
	enum curve_shape shape;
	enum curve_burn burn;
	double temperature; /* positive; the smaller, the steeper */
	double top;	    /* whole; 0: all */
	double burn_rate;   /* 0..1 */
};

enum { CURVE_NO_TARGET = -1 };

/*
 * values[i] is minus infinity for who gets nothing; of equal ones at the cut
 * of `top` the earlier ones stay. scores, for CURVE_COMPAT's last rule, may be
 * NULL: they are then all 0 if no value is finite. target is the owner's index.
 *
 * Sums to 1 but for rounding. -1, and all weights 0, if there is nobody to
 * give to: there is nothing to be said, and what was said before stands.
 */
int curve_weights(const struct curve_rule *, const double *values,
    const double *scores, size_t n, long target, double *weights);

#endif

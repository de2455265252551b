/* Doubles to u16, by division alone. */
#include "subtensor/weights.h"

#include <math.h>

#include "common/err.h"

/* The largest; -1 if one of them is none of a weight. */
static double
largest(const uint16_t *uids, const double *weights, size_t n, struct err *err)
{
	double max = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(weights[i]) || weights[i] < 0)
			return err_set(err, "the weight of uid %u is %g",
			    uids[i], weights[i]);
		if (weights[i] > max)
			max = weights[i];
	}
	return max;
}

/* To the nearest, a half to the even neighbour; x is in 0..65535. */
static uint16_t
round_half_even(double x)
{
	uint32_t below = (uint32_t)x;
	double rest = x - below;

	if (rest > 0.5 || (rest == 0.5 && below % 2 == 1))
		below++;
	return below;
}

long
weights_emit(const uint16_t *uids, const double *weights, size_t n,
    bool keep_zeros, uint16_t *out_uids, uint16_t *out_values, struct err *err)
{
	double max = largest(uids, weights, n, err);
	long count = 0;

	if (max <= 0)
		return max < 0 ? -1 : 0;
	for (size_t i = 0; i < n; i++) {
		double x = weights[i] / max * WEIGHTS_MAX_U16;
		uint16_t value = round_half_even(x);

		if (value == 0 && !keep_zeros)
			continue;
		out_uids[count] = uids[i];
		out_values[count] = value;
		count++;
	}
	return count;
}

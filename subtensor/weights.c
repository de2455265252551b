/* Weights on their way to the chain, by + - * and / alone. */
#include "subtensor/weights.h"

#include <math.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/xalloc.h"

/* What the SDK adds to a sum before it divides by it, and what it gives to
 * those without weight where too few have one. */
static const double epsilon = 1e-7, a_little = 1e-5;

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

static double
sum_of(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum;
}

static void
make_equal(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = 1.0 / n;
}

static int
by_size(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;

	return (a > b) - (a < b);
}

/* A copy, smallest first; the caller frees. */
static double *
sorted_copy(const double *x, size_t n)
{
	double *copy = xmemdup(x, n * sizeof(*x));

	qsort(copy, n, sizeof(*copy), by_size);
	return copy;
}

/*
 * The height to cut at, of shares in order of size: the first k of them keep
 * theirs, and the n - k above are cut to the limit of what is then left.
 */
static double
cutoff(const double *share, size_t n, double limit)
{
	double total = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		double level = (n - 1 - i) * share[i];

		total += share[i];
		if (share[i] / (level + total + epsilon) < limit)
			k++;
	}
	return (limit * sum_of(share, k) - epsilon) / (1 - limit * (n - k));
}

/* The sum, of weights made smaller if it was infinite. */
static double
finite_sum(double *weights, size_t n)
{
	double sum = sum_of(weights, n);

	if (!isinf(sum))
		return sum;
	for (size_t i = 0; i < n; i++)
		weights[i] /= n;
	return sum_of(weights, n);
}

void
weights_normalize_max(double *weights, size_t n, double limit)
{
	double sum = finite_sum(weights, n), height, *share;

	if (sum == 0 || n * limit <= 1) {
		make_equal(weights, n);
		return;
	}
	share = sorted_copy(weights, n);
	sum = sum_of(share, n);
	for (size_t i = 0; i < n; i++)
		share[i] /= sum;
	if (share[n - 1] > limit) {
		height = cutoff(share, n, limit) * sum;
		for (size_t i = 0; i < n; i++)
			if (weights[i] > height)
				weights[i] = height;
	}
	free(share);
	sum = sum_of(weights, n);
	for (size_t i = 0; i < n; i++)
		weights[i] /= sum;
}

/* As numpy interpolates: from the nearer of two neighbours. */
static double
quantile(const double *x, size_t n, double q)
{
	double *sorted = sorted_copy(x, n);
	double at = q * (n - 1);
	size_t i = (size_t)at;
	double below = sorted[i], above = sorted[i + 1 < n ? i + 1 : i];
	double part = at - i, step = above - below;

	free(sorted);
	return part < 0.5 ? below + step * part : above - step * (1 - part);
}

/* A quantile out of 65535, but never so much that fewer than min_allowed of
 * n are left. */
static double
excluded_part(size_t n, size_t min_allowed, uint16_t exclude_quantile)
{
	double wanted = exclude_quantile / (double)WEIGHTS_MAX_U16;
	double most = n > min_allowed ? (n - min_allowed) / (double)n : 0;

	return wanted < most ? wanted : most;
}

/* Those above zero, without the smallest of them; the others become 0. */
static void
keep_largest(double *weights, size_t n, const double *above, size_t n_above,
    double part, double limit)
{
	double threshold = quantile(above, n_above, part);
	double *kept = xcalloc(n_above, sizeof(*kept));
	size_t n_kept = 0;

	for (size_t i = 0; i < n_above; i++)
		if (above[i] >= threshold)
			kept[n_kept++] = above[i];
	weights_normalize_max(kept, n_kept, limit);
	n_kept = 0;
	for (size_t i = 0; i < n; i++)
		weights[i] = weights[i] > 0 && weights[i] >= threshold
				 ? kept[n_kept++]
				 : 0;
	free(kept);
}

void
weights_process(double *weights, size_t n, size_t min_allowed, double limit,
    uint16_t exclude_quantile)
{
	double *above = xcalloc(n + 1, sizeof(*above));
	size_t n_above = 0;

	for (size_t i = 0; i < n; i++)
		if (weights[i] > 0)
			above[n_above++] = weights[i];
	if (n_above == 0 || n < min_allowed) {
		make_equal(weights, n);
	} else if (n_above < min_allowed) {
		for (size_t i = 0; i < n; i++)
			weights[i] =
			    a_little + (weights[i] > 0 ? weights[i] : 0);
		weights_normalize_max(weights, n, limit);
	} else {
		keep_largest(weights, n, above, n_above,
		    excluded_part(n_above, min_allowed, exclude_quantile),
		    limit);
	}
	free(above);
}

size_t
weights_pad(uint16_t *uids, uint16_t *values, size_t n, size_t min_allowed,
    size_t n_subnet)
{
	size_t wanted = min_allowed < n_subnet ? min_allowed : n_subnet;
	bool *listed;

	if (n >= wanted)
		return n;
	listed = xcalloc(n_subnet, sizeof(*listed));
	for (size_t i = 0; i < n; i++)
		if (uids[i] < n_subnet)
			listed[uids[i]] = true;
	for (size_t uid = 0; uid < n_subnet && n < wanted; uid++) {
		if (listed[uid])
			continue;
		uids[n] = uid;
		values[n++] = 0;
	}
	free(listed);
	return n;
}

/* Softmax and burn. */
#include "scorer/curve.h"

#include <stdbool.h>

#include "scorer/math.h"

static bool
is_scored(double score)
{
	return score > 0;
}

/* The largest rate is taken off first, so that no exponential overflows. */
static double
largest_rate(const double *rates, const double *scores, size_t n)
{
	double largest = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_scored(scores[i]) && rates[i] > largest)
			largest = rates[i];
	}
	return largest;
}

static int
normalise(double *weights, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	if (!(sum > 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		weights[i] /= sum;
	return 0;
}

static void
burn(double *weights, size_t n, size_t target, double rate)
{
	for (size_t i = 0; i < n; i++)
		weights[i] = i == target ? rate : weights[i] * (1 - rate);
}

int
curve_weights(const struct curve_rule *rule, const double *rates,
    const double *scores, size_t n, long target, double *weights)
{
	double top = largest_rate(rates, scores, n);

	for (size_t i = 0; i < n; i++) {
		weights[i] =
		    is_scored(scores[i])
			? math_exp((rates[i] - top) / rule->temperature)
			: 0;
	}
	if (normalise(weights, n) != 0)
		return -1;
	if (target == CURVE_NO_TARGET || !(rule->burn_rate > 0))
		return 0;
	burn(weights, n, target, rule->burn_rate);
	return normalise(weights, n);
}

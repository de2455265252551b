/* The cut, the shape, the burn. */
#include "scorer/curve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/math.h"

/* -- who gets something ------------------------------------------------- */

struct place {
	double value;
	size_t who;
};

/* The best first; of equal ones the earlier. */
static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->who > y->who) - (x->who < y->who);
}

static void
mark_all(const double *values, size_t n, bool *in)
{
	for (size_t i = 0; i < n; i++)
		in[i] = isfinite(values[i]);
}

static void
mark_top(const double *values, size_t n, size_t top, bool *in)
{
	struct place *places = xcalloc(n + 1, sizeof(*places));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		in[i] = false;
		if (isfinite(values[i]))
			places[count++] = (struct place){values[i], i};
	}
	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 0; i < count && i < top; i++)
		in[places[i].who] = true;
	free(places);
}

/* -- the shape ---------------------------------------------------------- */

/* The largest is taken off first, so that no exponential overflows. */
static double
largest_of(const double *values, const bool *in, size_t n)
{
	double largest = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		if (in[i] && values[i] > largest)
			largest = values[i];
	}
	return largest;
}

static void
softmax(const double *values, const bool *in, size_t n, double temperature,
    double *weights)
{
	double largest = largest_of(values, in, n);

	for (size_t i = 0; i < n; i++)
		weights[i] =
		    in[i] ? math_exp((values[i] - largest) / temperature) : 0;
}

static void
linear(const double *values, const bool *in, size_t n, double *weights)
{
	bool any = largest_of(values, in, n) > 0;

	for (size_t i = 0; i < n; i++) {
		double value = any ? values[i] : 1;

		weights[i] = in[i] && value > 0 ? value : 0;
	}
}

static double
sum_of(const double *weights, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	return sum;
}

static int
normalise(double *weights, size_t n)
{
	double sum = sum_of(weights, n);

	if (!(sum > 0))
		return -1;
	for (size_t i = 0; i < n; i++)
		weights[i] /= sum;
	return 0;
}

/* -- the burn ----------------------------------------------------------- */

static void
give(double *weights, size_t n, long target, double rate, double scale)
{
	for (size_t i = 0; i < n; i++)
		weights[i] = (long)i == target ? rate : weights[i] * scale;
}

static void
burn_corrected(double *weights, size_t n, long target, double rate)
{
	double own = weights[target], others;

	weights[target] = 0;
	others = sum_of(weights, n);
	weights[target] = own;
	if (!(rate > 0))
		return;
	if (others > 0)
		give(weights, n, target, rate, (1 - rate) / others);
	else
		give(weights, n, target, 1, 0);
}

/* Nobody scored, as upstream has it. */
static int
share_nothing(size_t n, long target, double *weights)
{
	for (size_t i = 0; i < n; i++)
		weights[i] = target == CURVE_NO_TARGET ? 1 / (double)n
						       : (long)i == target;
	return 0;
}

static bool
is_all_zero(const double *values, const double *scores, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (scores != NULL ? scores[i] != 0 : isfinite(values[i]))
			return false;
	}
	return true;
}

/* -- the whole ---------------------------------------------------------- */

static int
shape(const struct curve_rule *rule, const double *values, size_t n,
    double *weights)
{
	bool *in = xcalloc(n + 1, sizeof(*in));

	if (rule->top > 0)
		mark_top(values, n, (size_t)rule->top, in);
	else
		mark_all(values, n, in);
	if (rule->shape == CURVE_SOFTMAX)
		softmax(values, in, n, rule->temperature, weights);
	else
		linear(values, in, n, weights);
	free(in);
	return normalise(weights, n);
}

int
curve_weights(const struct curve_rule *rule, const double *values,
    const double *scores, size_t n, long target, double *weights)
{
	bool compat = rule->burn == CURVE_COMPAT;

	if (n == 0)
		return -1;
	if (compat && is_all_zero(values, scores, n))
		return share_nothing(n, target, weights);
	if (shape(rule, values, n, weights) != 0) {
		memset(weights, 0, n * sizeof(*weights));
		if (!compat || target == CURVE_NO_TARGET)
			return -1;
		weights[target] = 1;
		return 0;
	}
	if (target == CURVE_NO_TARGET)
		return 0;
	if (compat)
		give(weights, n, target, rule->burn_rate, 1 - rule->burn_rate);
	else
		burn_corrected(weights, n, target, rule->burn_rate);
	if (normalise(weights, n) == 0)
		return 0;
	memset(weights, 0, n * sizeof(*weights));
	return -1;
}

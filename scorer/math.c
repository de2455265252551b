/*
 * exp(x) = 2^k exp(r), with x = k ln 2 + r and |r| <= ln 2 / 2.
 *
 * r is kept as a sum of two doubles and so are the three largest terms of the
 * series, so that nothing but the last addition rounds visibly.
 */
#include "scorer/math.h"

#include <math.h>

static const double largest = 0x1.62e42fefa39efp9;   /* exp is finite below */
static const double smallest = -0x1.74910d52d3052p9; /* exp is 0 below */
static const double per_ln2 = 0x1.71547652b82fep0;
/* ln 2 in two pieces; the first has 37 bits, so k times it is exact. */
static const double ln2_high = 0x1.62e42fefap-1;
static const double ln2_low = 0x1.cf79abc9e3b3ap-40;

enum { SERIES_END = 16 };

struct pair {
	double high, low;
};

/* a + b exactly (Knuth). */
static struct pair
sum_of(double a, double b)
{
	double sum = a + b;
	double part_b = sum - a;
	double part_a = sum - part_b;

	return (struct pair){sum, (a - part_a) + (b - part_b)};
}

/* The 26 upper bits and the rest (Veltkamp). */
static struct pair
halves_of(double a)
{
	double shifted = a * 134217729.0;
	double high = shifted - (shifted - a);

	return (struct pair){high, a - high};
}

/* a * a exactly (Dekker). */
static struct pair
square_of(double a)
{
	struct pair half = halves_of(a);
	double product = a * a;
	double rest = half.high * half.high - product;

	rest += 2 * half.high * half.low;
	rest += half.low * half.low;
	return (struct pair){product, rest};
}

static double
times_power_of_2(double v, int k)
{
	for (; k > 0; k--)
		v *= 2;
	for (; k < -1000; k++)
		v *= 0.5;
	/* What leaves the normal numbers does so in this one step, and so is
	 * rounded once. */
	if (k < 0) {
		double step = 1;

		for (; k < 0; k++)
			step *= 0.5;
		v *= step;
	}
	return v;
}

/* r^3/3! + r^4/4! + ... */
static double
series_tail(double r)
{
	double sum = 0;

	for (int n = SERIES_END; n > 3; n--)
		sum = (sum + 1) * r / n;
	return (sum + 1) * (r * r) * r / 6;
}

static double
exp_reduced(struct pair r)
{
	struct pair square = square_of(r.high);
	struct pair sum = sum_of(1, r.high);
	struct pair sum2 = sum_of(sum.high, square.high / 2);
	double small = r.low + r.low * r.high + square.low / 2;

	small += sum.low + sum2.low;
	return sum2.high + (small + series_tail(r.high));
}

double
math_exp(double x)
{
	double scaled;
	struct pair r;
	int k;

	if (isnan(x))
		return x;
	if (x > largest)
		return INFINITY;
	if (x < smallest)
		return 0;
	scaled = x * per_ln2;
	k = (int)(scaled + (scaled < 0 ? -0.5 : 0.5));
	r = sum_of(x - k * ln2_high, -(k * ln2_low));
	return times_power_of_2(exp_reduced(r), k);
}

double
math_clamp01(double v)
{
	if (!(v > 0))
		return 0;
	return v < 1 ? v : 1;
}

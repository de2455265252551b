/*
 * exp(x) = 2^k exp(r), with x = k ln 2 + r and |r| <= ln 2 / 2.
 *
 * r is kept as a sum of two doubles and so are the three largest terms of the
 * series, so that nothing but the last addition rounds visibly.
 *
 * log(2^k m) = k ln 2 + 2 (f + f^3/3 + f^5/5 + ...), with f = (m - 1)/(m + 1)
 * and m between the square roots of 1/2 and 2; f, too, is a sum of two.
 */
#include "scorer/math.h"

#include <math.h>

static const double largest = 0x1.62e42fefa39efp9;   /* exp is finite below */
static const double smallest = -0x1.74910d52d3052p9; /* exp is 0 below */
static const double per_ln2 = 0x1.71547652b82fep0;
/* ln 2 in two pieces; the first has 37 bits, so k times it is exact. */
static const double ln2_high = 0x1.62e42fefap-1;
static const double ln2_low = 0x1.cf79abc9e3b3ap-40;
static const double pi = 0x1.921fb54442d18p1;

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

/* a * b exactly (Dekker). */
static struct pair
product_of(double a, double b)
{
	struct pair x = halves_of(a), y = halves_of(b);
	double product = a * b;
	double rest = x.high * y.high - product;

	rest += x.high * y.low;
	rest += x.low * y.high;
	rest += x.low * y.low;
	return (struct pair){product, rest};
}

/* f^3/3 + f^5/5 + ..., |f| <= 0.172 */
static double
atanh_tail(double f)
{
	double square = f * f, sum = 0;

	for (int n = 25; n > 1; n -= 2)
		sum = sum * square + 1.0 / n;
	return sum * square * f;
}

double
math_log(double x)
{
	struct pair under, back, sum, all;
	double m, f, low;
	int k;

	if (isnan(x) || x < 0)
		return NAN;
	if (x == 0)
		return -INFINITY;
	if (isinf(x))
		return x;
	m = frexp(x, &k);
	if (m < 0x1.6a09e667f3bcdp-1) {
		m *= 2;
		k--;
	}
	under = sum_of(m, 1);
	f = (m - 1) / under.high;
	back = product_of(f, under.high);
	low = ((m - 1 - back.high) - back.low - f * under.low) / under.high;
	sum = sum_of(k * ln2_high, 2 * f);
	all = sum_of(sum.high, 2 * atanh_tail(f));
	return all.high + (all.low + sum.low + 2 * low + k * ln2_low);
}

double
math_decibels(double power, double least)
{
	double db;

	if (!(power > 0))
		return least;
	db = math_log(power) * (10 / 0x1.26bb1bbb55516p1);
	return db > least ? db : least;
}

/* The series of sin(y) and cos(y), |y| <= pi / 4. */
static double
sine_series(double y)
{
	double square = y * y, sum = 0;

	for (int n = 18; n > 1; n -= 2)
		sum = -(sum + 1) * square / (n * (n + 1));
	return y + y * sum;
}

static double
cosine_series(double y)
{
	double square = y * y, sum = 0;

	for (int n = 18; n > 0; n -= 2)
		sum = -(sum + 1) * square / (n * (n - 1));
	return 1 + sum;
}

/* Into -1..1, exactly. */
static double
turned_back(double x)
{
	return x - 2 * floor(x / 2 + 0.5);
}

double
math_sin_pi(double x)
{
	double r;

	if (!(fabs(x) <= 0x1p52))
		return NAN;
	r = turned_back(x);
	if (r > 0.5)
		r = 1 - r;
	else if (r < -0.5)
		r = -1 - r;
	if (r > 0.25)
		return cosine_series(pi * (0.5 - r));
	if (r < -0.25)
		return -cosine_series(pi * (0.5 + r));
	return sine_series(pi * r);
}

double
math_cos_pi(double x)
{
	if (!(fabs(x) <= 0x1p52))
		return NAN;
	return math_sin_pi(0.5 - fabs(turned_back(x)));
}

double
math_clamp01(double v)
{
	if (!(v > 0))
		return 0;
	return v < 1 ? v : 1;
}

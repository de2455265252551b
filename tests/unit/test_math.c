/* Our exponential, logarithm and sine against long double's, and their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "scorer/math.h"

enum { STEPS = 400000 };

static double
ulp_of(double v)
{
	return nextafter(v, INFINITY) - v;
}

static double
worst_between(double from, double to)
{
	double worst = 0;

	for (int i = 0; i <= STEPS; i++) {
		double x = from + (to - from) * i / STEPS;
		long double want = expl((long double)x);
		double got = math_exp(x);
		double off = (double)(fabsl(got - want) / ulp_of(got));

		if (off > worst)
			worst = off;
	}
	return worst;
}

static void
exp_is_within_one_ulp(void **state)
{
	static const double ranges[][2] = {
	    {-0.5, 0.5},
	    {-14, 0}, /* (rate - 1) / 0.075 lies here */
	    {-100, 100},
	    {-708, 709},
	    {-745, -708}, /* subnormal results */
	    {-1e-8, 1e-8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		double worst = worst_between(ranges[i][0], ranges[i][1]);

		print_message(
		    "%g..%g: %.4f ulp\n", ranges[i][0], ranges[i][1], worst);
		assert_true(worst <= 1);
	}
}

/* From 2^from to 2^to, evenly in the exponent. */
static double
worst_log_between(double from, double to)
{
	double worst = 0;

	for (int i = 0; i <= STEPS; i++) {
		double x = exp2(from + (to - from) * i / STEPS);
		long double want = logl((long double)x);
		double got = math_log(x);
		double off =
		    got == (double)want
			? 0
			: (double)(fabsl(got - want) / ulp_of(fabs(got)));

		if (off > worst)
			worst = off;
	}
	return worst;
}

static void
log_is_within_one_ulp(void **state)
{
	static const double ranges[][2] = {
	    {-1, 1}, {-1e-6, 1e-6}, {-60, 0}, {-1022, 1023}, {-1074, -1022}};

	(void)state;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		double worst = worst_log_between(ranges[i][0], ranges[i][1]);

		print_message("2^%g..2^%g: %.4f ulp\n", ranges[i][0],
		    ranges[i][1], worst);
		assert_true(worst <= 1);
	}
	assert_true(math_log(1) == 0);
	assert_true(math_log(0) == -INFINITY);
	assert_true(math_log(INFINITY) == INFINITY);
	assert_true(isnan(math_log(-1)));
	assert_true(isnan(math_log(NAN)));
	assert_true(math_log(2) == 0.6931471805599453);
	assert_true(math_log(10) == 2.302585092994046);
}

static void
exp_of_known_values(void **state)
{
	(void)state;
	assert_true(math_exp(0) == 1);
	assert_true(math_exp(-0.0) == 1);
	assert_true(math_exp(1) == 2.718281828459045);
	assert_true(math_exp(-1) == 0.36787944117144233);
	assert_true(math_exp(10) == 22026.465794806718);
}

static void
exp_ends_in_infinity_and_nothing(void **state)
{
	(void)state;
	assert_true(isfinite(math_exp(709.782712893384)));
	assert_true(isinf(math_exp(709.7827128933841)));
	assert_true(isinf(math_exp(INFINITY)));
	assert_true(math_exp(-745.13) > 0);
	assert_true(math_exp(-746) == 0);
	assert_true(math_exp(-INFINITY) == 0);
	assert_true(math_exp(-1e300) == 0);
	assert_true(isnan(math_exp(NAN)));
}

static void
sine_and_cosine_are_close_and_exact_at_halves(void **state)
{
	const long double pi = 3.141592653589793238462643383279502884L;
	double worst = 0;

	(void)state;
	for (int i = 0; i <= STEPS; i++) {
		double x = -5 + 10.0 * i / STEPS;
		long double s = sinl(pi * (long double)x);
		long double c = cosl(pi * (long double)x);

		worst = fmax(worst, (double)fabsl(math_sin_pi(x) - s));
		worst = fmax(worst, (double)fabsl(math_cos_pi(x) - c));
	}
	print_message("off by %.2g at most\n", worst);
	assert_true(worst < 4e-16);
	for (int n = -9; n <= 9; n++) {
		assert_true(math_sin_pi(n) == 0);
		assert_true(math_cos_pi(n) == (n % 2 == 0 ? 1 : -1));
		assert_true(math_cos_pi(n + 0.5) == 0);
		assert_true(math_sin_pi(2 * n + 0.5) == 1);
		assert_true(math_sin_pi(2 * n - 0.5) == -1);
	}
	assert_true(math_sin_pi(0x1p52) == 0);
	assert_true(isnan(math_sin_pi(INFINITY)));
	assert_true(isnan(math_cos_pi(NAN)));
	/* the small ones are themselves, times pi */
	assert_true(math_sin_pi(1e-300) == 1e-300 * (double)pi);
}

static void
decibels_of_powers(void **state)
{
	(void)state;
	assert_true(math_decibels(1, -100) == 0);
	assert_true(fabs(math_decibels(10, -100) - 10) < 1e-14);
	assert_true(fabs(math_decibels(1e-3, -100) + 30) < 1e-13);
	assert_true(math_decibels(1e-300, -100) == -100);
	assert_true(math_decibels(0, -100) == -100);
	assert_true(math_decibels(-1, -100) == -100);
	assert_true(math_decibels(NAN, -100) == -100);
}

static void
clamp_makes_a_share_of_anything(void **state)
{
	(void)state;
	assert_true(math_clamp01(0.5) == 0.5);
	assert_true(math_clamp01(-1) == 0);
	assert_true(math_clamp01(7) == 1);
	assert_true(math_clamp01(INFINITY) == 1);
	assert_true(math_clamp01(NAN) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exp_is_within_one_ulp),
	    cmocka_unit_test(log_is_within_one_ulp),
	    cmocka_unit_test(exp_of_known_values),
	    cmocka_unit_test(exp_ends_in_infinity_and_nothing),
	    cmocka_unit_test(sine_and_cosine_are_close_and_exact_at_halves),
	    cmocka_unit_test(decibels_of_powers),
	    cmocka_unit_test(clamp_makes_a_share_of_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

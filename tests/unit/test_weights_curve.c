/* Win rates to weights to 16 bits: reference Dippy's vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "scorer/curve.h"
#include "scorer/winrate.h"
#include "subtensor/weights.h"

static const struct curve_rule plain = {
    .temperature = 0.075, .burn = CURVE_COMPAT};

static void
rates_of(const double *scores, size_t n, double *rates)
{
	static const struct winrate_rule rule = {
	    .penalty = {.threshold = INFINITY}};
	struct winrate_entry e[8] = {{0}};
	size_t wins[8];

	for (size_t i = 0; i < n; i++)
		e[i].score = scores[i];
	winrate_compute(&rule, e, n, wins, rates);
}

/* The reference computed some of its vectors in 32 bits. */
static void
near(double got, double want, double tolerance)
{
	if (!(fabs(got - want) <= tolerance * want + 1e-300))
		fail_msg("%.17g, not %.17g", got, want);
}

static void
softmax_agrees_with_the_reference(void **state)
{
	static const struct {
		size_t n;
		double scores[5], want[5], tolerance;
	} cases[] = {
	    {3, {3, 2, 1}, {.998727368257, .00127101420717, 1.61753564202e-06},
		1e-11},
	    {5, {5, 4, 3, 2, 1},
		{.964326062369, .0344013615335, .00122723394248,
		    4.37803354997e-05, 1.56181939736e-06},
		1e-11},
	    /* float32 */
	    {4, {.5, .6, .7, 0}, {.000136293369, .0116057312, .988257945, 0},
		1e-6},
	    {3, {.2, .1, 0}, {.998728931, .00127101643, 0}, 1e-6},
	    {2, {.4, .4}, {.5, .5}, 1e-15},
	    {4, {0, 0, .3, 0}, {0, 0, 1, 0}, 1e-15},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = cases[i].n;
		double rates[5], got[5];

		rates_of(cases[i].scores, n, rates);
		assert_int_equal(curve_weights(&plain, rates, cases[i].scores,
				     n, CURVE_NO_TARGET, got),
		    0);
		for (size_t j = 0; j < n; j++)
			near(got[j], cases[i].want[j], cases[i].tolerance);
	}
}

static void
softmax_of_given_rates(void **state)
{
	static const double rates[] = {.9, .8}, scores[] = {1, 1};
	double got[2];

	(void)state;
	curve_weights(&plain, rates, scores, 2, CURVE_NO_TARGET, got);
	near(got[0], .791391472674, 1e-11);
	near(got[1], .208608527326, 1e-11);
}

static void
burning_agrees_with_the_reference(void **state)
{
	static const double scores[] = {.5, .6, .7, 0};
	static const struct {
		double rate, want[4];
		uint16_t u16[4];
	} cases[] = {
	    {.75, {3.40733459e-05, .00290143304, .247064501, .75},
		{3, 254, 21588, 65535}},
	    {1, {0, 0, 0, 1}, {0, 0, 0, 65535}},
	    {.99, {1.36293e-06, .000116057, .00988258, .99},
		{0, 8, 654, 65535}},
	    {0, {.000136293369, .0116057312, .988257945, 0},
		{9, 770, 65535, 0}},
	};
	static const uint16_t uids[] = {0, 1, 2, 3};
	double rates[4];

	(void)state;
	rates_of(scores, 4, rates);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct curve_rule rule = plain;
		double got[4];
		uint16_t to[4], u16[4];

		rule.burn_rate = cases[i].rate;
		assert_int_equal(
		    curve_weights(&rule, rates, scores, 4, 3, got), 0);
		for (size_t j = 0; j < 4; j++)
			near(got[j], cases[i].want[j], 5e-6);
		assert_int_equal(
		    weights_emit(uids, got, 4, true, to, u16, NULL), 4);
		assert_memory_equal(u16, cases[i].u16, sizeof(u16));
	}
}

static void
what_the_target_earned_itself(void **state)
{
	static const double rates[] = {0, 0, 0};
	struct curve_rule rule = plain;
	double got[3];

	(void)state;
	rule.burn_rate = 0.5;
	curve_weights(&rule, rates, NULL, 2, 1, got); /* is lost upstream */
	near(got[0], 1. / 3, 1e-15);		      /* .25 beside .5 */
	near(got[1], 2. / 3, 1e-15);
	rule.burn = CURVE_CORRECTED; /* and here the others' */
	curve_weights(&rule, rates, NULL, 3, 1, got);
	near(got[0], .25, 1e-15);
	near(got[1], .5, 1e-15);
	near(got[2], .25, 1e-15);
	curve_weights(&rule, rates, NULL, 1, 0, got); /* nobody else is there */
	near(got[0], 1, 1e-15);
	rule.burn_rate = 0; /* nothing is burnt: it keeps what it earned */
	curve_weights(&rule, rates, NULL, 3, 1, got);
	near(got[1], 1. / 3, 1e-15);
}

static void
nobody_scored(void **state)
{
	static const double none[] = {-INFINITY, -INFINITY, -INFINITY};
	static const double zeros[] = {0, 0, 0}, some[] = {0, .3, 0};
	struct curve_rule rule = plain;
	double got[3];

	(void)state;
	rule.burn_rate = .75;
	/* upstream: the owner, or everybody alike */
	assert_int_equal(curve_weights(&rule, none, zeros, 3, 2, got), 0);
	assert_true(got[0] == 0 && got[1] == 0 && got[2] == 1);
	assert_int_equal(curve_weights(&rule, none, NULL, 3, -1, got), 0);
	near(got[1], 1. / 3, 1e-15);
	/* some did, and all of them are out: the owner, or nobody */
	assert_int_equal(curve_weights(&rule, none, some, 3, 0, got), 0);
	assert_true(got[0] == 1 && got[1] == 0);
	assert_int_equal(curve_weights(&rule, none, some, 3, -1, got), -1);
	assert_true(got[0] == 0 && got[1] == 0 && got[2] == 0);
	rule.burn = CURVE_CORRECTED; /* here: nothing is said */
	assert_int_equal(curve_weights(&rule, none, zeros, 3, 2, got), -1);
	assert_true(got[2] == 0);
	assert_int_equal(curve_weights(&rule, NULL, NULL, 0, -1, NULL), -1);
}

static void
only_the_best_so_many(void **state)
{
	static const double values[] = {.1, .4, -INFINITY, .4, .2, 0};
	struct curve_rule rule = {
	    .shape = CURVE_LINEAR, .temperature = 1, .top = 3};
	double got[6];

	(void)state;
	assert_int_equal(curve_weights(&rule, values, NULL, 6, -1, got), 0);
	near(got[1], .4, 1e-15);
	near(got[3], .4, 1e-15);
	near(got[4], .2, 1e-15);
	assert_true(got[0] == 0 && got[2] == 0 && got[5] == 0);
	rule.top = 1; /* of equal ones the earlier */
	curve_weights(&rule, values, NULL, 6, -1, got);
	assert_true(got[1] == 1 && got[3] == 0);
	rule.top = 0; /* all; whose share is 0 gets 0 */
	curve_weights(&rule, values, NULL, 6, -1, got);
	near(got[0], .1 / 1.1, 1e-15);
	assert_true(got[5] == 0);
	rule.shape = CURVE_SOFTMAX;
	rule.top = 2;
	curve_weights(&rule, values, NULL, 6, -1, got);
	near(got[1], .5, 1e-15);
	near(got[3], .5, 1e-15);
}

static void
equal_rates_of_nothing_share_alike(void **state)
{
	static const double values[] = {0, -INFINITY, 0};
	const struct curve_rule rule = {.shape = CURVE_LINEAR};
	double got[3];

	(void)state;
	assert_int_equal(curve_weights(&rule, values, NULL, 3, -1, got), 0);
	near(got[0], .5, 1e-15);
	assert_true(got[1] == 0);
}

static void
a_steep_curve_does_not_overflow(void **state)
{
	static const double scores[] = {.1, .2}, rates[] = {0, 1};
	const struct curve_rule steep = {.temperature = 0.0001};
	double got[2];

	(void)state;
	assert_int_equal(curve_weights(&steep, rates, scores, 2, -1, got), 0);
	assert_true(got[0] == 0);
	assert_true(got[1] == 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(softmax_agrees_with_the_reference),
	    cmocka_unit_test(softmax_of_given_rates),
	    cmocka_unit_test(burning_agrees_with_the_reference),
	    cmocka_unit_test(what_the_target_earned_itself),
	    cmocka_unit_test(nobody_scored),
	    cmocka_unit_test(only_the_best_so_many),
	    cmocka_unit_test(equal_rates_of_nothing_share_alike),
	    cmocka_unit_test(a_steep_curve_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

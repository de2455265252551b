/* The validator-trust guard, and the distance between two vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/compare.h"
#include "scorer/guard.h"
#include "tests/lib/dice.h"

enum { N = 16 };

static void
near(double got, double want)
{
	if (!(fabs(got - want) < 1e-12))
		fail_msg("%.17g, not %.17g", got, want);
}

static void
what_is_within_the_trust_stands(void **state)
{
	static const double consensus[] = {.3, .3, .4};
	double w[] = {.5, .4, .1};

	(void)state;
	near(guard_loss(w, consensus, 3), .3);
	assert_true(guard_blend(w, consensus, 3, .5) == 0);
	assert_true(w[0] == .5 && w[1] == .4 && w[2] == .1);
}

static void
what_is_beyond_is_drawn_back_to_just_that(void **state)
{
	static const double consensus[] = {0, 0, 1};
	double w[] = {.5, .5, 0};

	(void)state;
	near(guard_blend(w, consensus, 3, .5), .5);
	near(w[0], .25);
	near(w[1], .25);
	near(w[2], .5);
	near(guard_loss(w, consensus, 3), .5);
}

/* The consensus sums to .3: no blend loses less than .7, so 1.05 x .7 is
 * aimed at. */
static void
an_open_consensus_leaves_more(void **state)
{
	static const double consensus[] = {.1, .2, 0};
	double w[] = {0, 0, 1};

	(void)state;
	assert_true(guard_blend(w, consensus, 3, .5) > 0);
	near(guard_loss(w, consensus, 3), 1.05 * .7);
	near(w[0] + w[1] + w[2], 1);
}

static void
without_a_consensus_they_stand(void **state)
{
	static const double consensus[] = {0, 0};
	double w[] = {.9, .1};

	(void)state;
	assert_true(guard_blend(w, consensus, 2, .5) == 0);
	assert_true(w[0] == .9);
}

static void
fill(struct dice *dice, double *v, double sum)
{
	double all = 0;

	for (size_t i = 0; i < N; i++) {
		v[i] = dice_between(dice, 0, 100);
		all += v[i];
	}
	for (size_t i = 0; i < N; i++)
		v[i] *= sum / all;
}

static void
the_loss_is_never_above_the_target(void **state)
{
	struct dice dice = {3};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		double w[N], c[N], floor = dice_between(&dice, 50, 99) / 100.;
		double open = 1 - dice_between(&dice, 40, 100) / 100.;
		double target = 1 - floor, sum = 0;

		fill(&dice, w, 1);
		fill(&dice, c, 1 - open);
		if (open > target - 1e-9)
			target = 1.05 * open;
		guard_blend(w, c, N, floor);
		assert_true(guard_loss(w, c, N) <= target + 1e-12);
		for (size_t j = 0; j < N; j++)
			sum += w[j];
		near(sum, 1);
	}
}

static void
vectors_are_compared_by_angle_and_by_what_moved(void **state)
{
	static const double a[] = {1, 0}, b[] = {0, 3}, c[] = {2, 2},
			    none[] = {0, 0};

	(void)state;
	near(compare_cosine(a, a, 2), 1);
	near(compare_cosine(a, b, 2), 0);
	near(compare_cosine(a, c, 2), sqrt(.5));
	near(compare_cosine(a, none, 2), 0);
	near(compare_moved(a, a, 2), 0);
	near(compare_moved(a, b, 2), 1);
	near(compare_moved(b, c, 2), .5);
	near(compare_moved(b, none, 2), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_within_the_trust_stands),
	    cmocka_unit_test(what_is_beyond_is_drawn_back_to_just_that),
	    cmocka_unit_test(an_open_consensus_leaves_more),
	    cmocka_unit_test(without_a_consensus_they_stand),
	    cmocka_unit_test(the_loss_is_never_above_the_target),
	    cmocka_unit_test(vectors_are_compared_by_angle_and_by_what_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

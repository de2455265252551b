/* Folding attempts into a score; shares of stake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/score.h"

static const struct score_shares shares = {0.4, 0.4, 0.2, 1};

static void
near(double got, double want)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) < 1e-12))
		fail_msg("%.17g, not %.17g", got, want);
}

static void
parts_are_combined_by_their_shares(void **state)
{
	static const struct {
		size_t successes;
		double speed, accuracy, stake, want;
	} cases[] = {
	    {1, 1, 1, 1, 1},
	    {1, 0.5, 0.25, 0.1, 0.2 + 0.1 + 0.02},
	    {9, 0, 0, 1, 0.2},
	    /* no accuracy: .4 and .2 become 2/3 and 1/3 */
	    {1, 0.9, NAN, 0.3, 0.6 + 0.1},
	    {1, 1, NAN, 1, 1},
	    /* nothing delivered: stake alone earns nothing */
	    {0, 1, 1, 1, 0},
	    {0, 0, NAN, 1, 0},
	    /* out of range is cut */
	    {1, 7, -3, 0.5, 0.5},
	    {1, NAN, 1, 0, 0.4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		near(score_combine(&shares, cases[i].successes, cases[i].speed,
			 cases[i].accuracy, cases[i].stake),
		    cases[i].want);
}

static void
shares_need_not_sum_to_one(void **state)
{
	const struct score_shares doubled = {0.8, 0.8, 0.4, 1};
	const struct score_shares only_accuracy = {0, 1, 0, 3};

	(void)state;
	near(score_combine(&doubled, 1, 0.5, 0.25, 0.1), 0.32);
	near(score_combine(&only_accuracy, 3, 1, 0.7, 1), 0.7);
	near(score_combine(&only_accuracy, 3, 1, NAN, 1), 0);
	near(score_combine(&only_accuracy, 2, 1, 0.7, 1), 0);
}

static void
a_failed_attempt_is_a_zero_in_the_means(void **state)
{
	static const struct score_sample samples[] = {
	    {true, 0.9, 0.8, 1000}, {true, 0.6, 1.0, 4000}, {false, 0, 0, NAN},
	    {true, 0.6, NAN, 3000}, /* its kind has no accuracy */
	};
	struct score_tally tally = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		score_fold(&tally, &samples[i]);
	assert_int_equal(tally.jobs, 4);
	assert_int_equal(tally.successes, 3);
	near(score_speed(&tally), 2.1 / 4);
	near(score_accuracy(&tally), 1.8 / 3);
	near(score_latency_p50(&tally), 3000);
	score_tally_clear(&tally);
}

static void
an_unmeasured_speed_is_not_counted(void **state)
{
	static const struct score_sample samples[] = {
	    {true, NAN, 1, NAN},
	    {true, 0.5, 1, 10},
	    {true, 0.7, 1, 20},
	};
	struct score_tally tally = {0};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		score_fold(&tally, &samples[i]);
	near(score_speed(&tally), 0.6);
	near(score_latency_p50(&tally), 15);
	score_tally_clear(&tally);
}

static void
nothing_folded_gives_nothing(void **state)
{
	struct score_tally tally = {0};

	(void)state;
	near(score_speed(&tally), 0);
	near(score_accuracy(&tally), NAN);
	near(score_latency_p50(&tally), NAN);
	score_tally_clear(&tally);
}

static void
stake_is_cut_at_the_cap_and_shared(void **state)
{
	static const struct {
		double stakes[4], want[4];
	} cases[] = {
	    {{100, 100, 100, 100}, {.25, .25, .25, .25}},
	    {{6000, 500, 0, 1000}, {1. / 3, 1. / 3, 0, 1. / 3}},
	    {{100, 300, -5, NAN}, {.25, .75, 0, 0}},
	    {{0, 0, 0, 0}, {0, 0, 0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double got[4];

		score_stake_shares(cases[i].stakes, 4, 500, got);
		for (size_t j = 0; j < 4; j++)
			near(got[j], cases[i].want[j]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_are_combined_by_their_shares),
	    cmocka_unit_test(shares_need_not_sum_to_one),
	    cmocka_unit_test(a_failed_attempt_is_a_zero_in_the_means),
	    cmocka_unit_test(an_unmeasured_speed_is_not_counted),
	    cmocka_unit_test(nothing_folded_gives_nothing),
	    cmocka_unit_test(stake_is_cut_at_the_cap_and_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

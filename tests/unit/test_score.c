/* Folding attempts into a score; shares of stake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/score.h"

static const struct score_shares shares = {0.4, 0.4, 0, 0.2};

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
		double speed, accuracy, stake, want;
	} cases[] = {
	    {1, 1, 1, 1},
	    {0.5, 0.25, 0.1, 0.2 + 0.1 + 0.02},
	    {0, 0, 1, 0.2},
	    /* no accuracy: .4 and .2 become 2/3 and 1/3 */
	    {0.9, NAN, 0.3, 0.6 + 0.1},
	    {1, NAN, 1, 1},
	    /* no speed: likewise */
	    {NAN, 1, 0, 2. / 3},
	    {NAN, NAN, NAN, 0},
	    /* out of range is cut */
	    {7, -3, 0.5, 0.5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct score_parts parts = {.speed = cases[i].speed,
		    .accuracy = cases[i].accuracy,
		    .quality = NAN,
		    .stake = cases[i].stake};

		near(score_combine(&shares, &parts), cases[i].want);
	}
}

static void
shares_need_not_sum_to_one(void **state)
{
	static const struct score_parts parts = {0.5, 0.25, 1, 0.1};
	static const struct score_parts unknown = {1, NAN, 1, 1};
	static const struct score_shares doubled = {0.8, 0.8, 0, 0.4};
	static const struct score_shares one = {0, 1, 0, 0};
	static const struct score_shares quality = {0.5, 0, 0.5, 0};

	(void)state;
	near(score_combine(&doubled, &parts), 0.32);
	near(score_combine(&one, &parts), 0.25);
	near(score_combine(&one, &unknown), 0);
	near(score_combine(&quality, &parts), 0.75);
}

static void
a_failed_attempt_is_a_zero_in_the_means(void **state)
{
	static const struct score_sample samples[] = {
	    {true, 0.9, 0.8, 1}, {true, 0.6, 1.0, 1}, {false, 0, 0, 1},
	    {true, 0.6, NAN, 1}, /* its kind has no accuracy */
	};
	struct score_tally tally = {0};
	struct score_parts means;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		score_fold(&tally, &samples[i]);
	means = score_means(&tally);
	assert_int_equal(tally.jobs, 4);
	assert_int_equal(tally.successes, 3);
	near(means.speed, 2.1 / 4);
	near(means.accuracy, 1.8 / 3);
	near(means.quality, 3. / 4);
	near(means.stake, NAN);
}

static void
attempts_weigh_what_they_weigh(void **state)
{
	static const struct score_sample samples[] = {
	    {true, 1, 1, 1}, {true, 0, NAN, 0.5}, {false, 0, 0, 0.5}};
	struct score_tally tally = {0};
	struct score_parts means;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		score_fold(&tally, &samples[i]);
	means = score_means(&tally);
	near(means.speed, 0.5);
	near(means.accuracy, 1 / 1.5);
	near(means.quality, 0.75);
}

static void
what_was_not_measured_is_not_counted(void **state)
{
	static const struct score_sample samples[] = {
	    {true, NAN, 1, 1}, {true, 0.5, 1, 1}, {true, 0.7, 1, 1}};
	struct score_tally tally = {0};

	(void)state;
	near(score_means(&tally).speed, NAN);
	near(score_means(&tally).quality, NAN);
	for (size_t i = 0; i < 3; i++)
		score_fold(&tally, &samples[i]);
	near(score_means(&tally).speed, 0.6);
}

static void
the_median(void **state)
{
	double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2};

	(void)state;
	near(score_median(odd, 3), 2);
	near(score_median(even, 4), 2.5);
	near(score_median(NULL, 0), NAN);
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

static void
or_of_the_largest(void **state)
{
	static const double stakes[] = {100, 400, 0, 800}, none[] = {0, NAN};
	double got[4];

	(void)state;
	score_stake_of_max(stakes, 4, 1e12, got);
	near(got[0], .125);
	near(got[1], .5);
	near(got[2], 0);
	near(got[3], 1);
	score_stake_of_max(stakes, 4, 400, got);
	near(got[0], .25);
	near(got[3], 1);
	score_stake_of_max(none, 2, 500, got);
	near(got[0], 0);
	near(got[1], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_are_combined_by_their_shares),
	    cmocka_unit_test(shares_need_not_sum_to_one),
	    cmocka_unit_test(a_failed_attempt_is_a_zero_in_the_means),
	    cmocka_unit_test(attempts_weigh_what_they_weigh),
	    cmocka_unit_test(what_was_not_measured_is_not_counted),
	    cmocka_unit_test(the_median),
	    cmocka_unit_test(stake_is_cut_at_the_cap_and_shared),
	    cmocka_unit_test(or_of_the_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When challenges are born, and after whose likeness. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "validator/challenge.c"
#include "validator/challenge_dice.c"

#define S 1000000LL
#define NOW (1767326400 * S) /* 04:00 */

enum { LOOK_S = 2, MANY = 20000 };

static const struct challenge_rule tenth = {.share = 0.1, .most_per_hour = 1e9};

static struct challenge_dice
dice_of(uint8_t seed)
{
	struct challenge_dice dice = {.n = 0};

	memset(dice.key, seed, sizeof(dice.key));
	return dice;
}

/* n jobs, a gap apart, the last one now. */
static struct challenge_past
past_of(struct challenge_past_job *jobs, size_t n, int64_t gap_us)
{
	for (size_t i = 0; i < n; i++)
		jobs[i] = (struct challenge_past_job){
		    NOW - (int64_t)i * gap_us, true, 0};
	return (struct challenge_past){
	    .from_us = NOW - LOOK_S * S, .now_us = NOW, .jobs = jobs, .n = n};
}

/* How many are born in so many looks, after each of which new ones came. */
static size_t
births_of(const struct challenge_rule *rule, const struct challenge_past *past,
    int looks)
{
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(1);
	size_t n = 0;

	for (int i = 0; i < looks; i++)
		n += challenge_plan(rule, past, LOOK_S * S, &dice, births);
	return n;
}

/* -- dice ----------------------------------------------------------------- */

static void
one_key_gives_one_row_of_throws(void **state)
{
	struct challenge_dice a = dice_of(7), b = dice_of(7), c = dice_of(8);
	int differ = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		uint64_t v = challenge_dice_throw(&a);

		assert_true(v == challenge_dice_throw(&b));
		differ += v != challenge_dice_throw(&c);
	}
	assert_int_equal(differ, 100);
}

static void
throws_are_even(void **state)
{
	struct challenge_dice dice = dice_of(3);
	int counts[10] = {0};
	double low = 9, high = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		double v = challenge_dice_between(&dice, 2, 5);

		low = v < low ? v : low;
		high = v > high ? v : high;
		counts[challenge_dice_below(&dice, 10)]++;
	}
	assert_true(low >= 2 && low < 2.01 && high < 5 && high > 4.99);
	for (int i = 0; i < 10; i++)
		assert_true(abs(counts[i] - MANY / 10) < 200);
}

/* -- the share ------------------------------------------------------------ */

/* Ten came since the last look; a tenth of all is a ninth of theirs. */
static void
the_share_is_of_all_jobs(void **state)
{
	struct challenge_past_job jobs[50];
	struct challenge_past past = past_of(jobs, 50, S / 5);
	size_t n = births_of(&tenth, &past, 2000);

	(void)state;
	assert_true(fabs(n / (2000 * 10 / 9.0) - 1) < 0.07);
}

static void
without_new_jobs_nobody_is_born(void **state)
{
	struct challenge_past_job jobs[50];
	struct challenge_past past = past_of(jobs, 50, S / 5);

	(void)state;
	past.from_us = NOW;
	assert_int_equal(births_of(&tenth, &past, 500), 0);
}

static void
no_share_no_floor_no_births(void **state)
{
	const struct challenge_rule none = {.most_per_hour = 1e9};
	struct challenge_past_job jobs[50];
	struct challenge_past past = past_of(jobs, 50, S / 5);

	(void)state;
	assert_int_equal(births_of(&none, &past, 500), 0);
}

/* An hour away from the table: of 3600 jobs the last 300 s are asked. */
static void
missed_is_missed(void **state)
{
	const struct challenge_rule half = {.share = 0.5, .most_per_hour = 1e9};
	struct challenge_past_job jobs[CHALLENGE_MAX_PAST];
	struct challenge_past past = past_of(jobs, 400, 10 * S);
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(1);

	(void)state;
	past.from_us = NOW - 3600 * S;
	assert_int_equal(
	    challenge_plan(&half, &past, LOOK_S * S, &dice, births), 30);
}

/* -- times ---------------------------------------------------------------- */

/* Gaps of 1 s and of 60 s, one after the other: a child comes so long behind
 * its parent. */
static void
delays_are_gaps_that_were_seen(void **state)
{
	struct challenge_past_job jobs[40];
	struct challenge_past past = past_of(jobs, 40, 0);
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(2);
	int long_ones = 0, all = 0;
	int64_t at_us = NOW;

	(void)state;
	for (int i = 0; i < 40; i++) {
		jobs[i].at_us = at_us;
		at_us -= i % 2 == 0 ? S : 60 * S;
	}
	past.from_us = NOW - 1;
	for (int i = 0; i < 5000; i++) {
		size_t n =
		    challenge_plan(&tenth, &past, LOOK_S * S, &dice, births);

		for (size_t k = 0; k < n; k++, all++) {
			int64_t delay_us = births[k].due_us - NOW;

			assert_true(delay_us == S || delay_us == 60 * S);
			long_ones += delay_us == 60 * S;
		}
	}
	assert_true(all > 400);
	assert_true(fabs((double)long_ones / all - 0.5) < 0.08);
}

/* Gaps of 1 ms: all that are born are overdue. */
static void
the_overdue_are_said(void **state)
{
	struct challenge_past_job jobs[50];
	struct challenge_past past = past_of(jobs, 50, S / 1000);
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(4);
	size_t n;

	(void)state;
	past.now_us = NOW + S / 2;
	do
		n = challenge_plan(&tenth, &past, LOOK_S * S, &dice, births);
	while (n == 0);
	for (size_t k = 0; k < n; k++)
		assert_true(births[k].due_us == past.now_us);
}

/* Of gaps of 1 s and of 60 s, the short ones, and none but those. */
static void
the_overdue_follow_by_short_gaps(void **state)
{
	struct challenge_past_job jobs[40];
	struct challenge_dice dice = dice_of(4);
	int64_t at_us = NOW;

	(void)state;
	for (int i = 0; i < 40; i++) {
		jobs[i].at_us = at_us;
		at_us -= i % 2 == 0 ? S : 60 * S;
	}
	for (int i = 0; i < 100; i++)
		assert_true(challenge_short_gap(jobs, 40, 3 * S, &dice) == S);
	assert_true(challenge_short_gap(jobs, 40, S / 2, &dice) == 0);
	assert_true(challenge_short_gap(jobs, 1, S, &dice) == 0);
	assert_true(challenge_short_gap(jobs, 0, S, &dice) == 0);
}

/* -- the floor ------------------------------------------------------------ */

static void
the_floor_is_filled_up(void **state)
{
	const struct challenge_rule rule = {
	    .share = 0.1, .least_per_hour = 90, .most_per_hour = 1e9};
	struct challenge_past_job jobs[1];
	struct challenge_past past = past_of(jobs, 1, 0);
	size_t n;

	(void)state;
	jobs[0].at_us = NOW - 3600 * S;
	n = births_of(&rule, &past, MANY);
	/* 90 an hour, looks of 2 s */
	assert_true(fabs(n / (MANY * 90 * 2 / 3600.0) - 1) < 0.1);
	past.in_last_hour = 405; /* which bring 45 */
	n = births_of(&rule, &past, MANY);
	assert_true(fabs(n / (MANY * 45 * 2 / 3600.0) - 1) < 0.15);
	past.in_last_hour = 900;
	assert_int_equal(births_of(&rule, &past, MANY), 0);
}

/* And not all at the look. */
static void
the_floor_is_spread(void **state)
{
	const struct challenge_rule rule = {
	    .least_per_hour = 3600 * 5, .most_per_hour = 1e9};
	struct challenge_past_job jobs[1];
	struct challenge_past past = past_of(jobs, 1, 0);
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(4);
	int quarters[4] = {0}, all = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		size_t n =
		    challenge_plan(&rule, &past, LOOK_S * S, &dice, births);

		for (size_t k = 0; k < n; k++, all++) {
			int64_t after_us = births[k].due_us - NOW;

			assert_true(after_us >= 0 && after_us < LOOK_S * S);
			quarters[after_us * 4 / (LOOK_S * S)]++;
		}
	}
	for (int i = 0; i < 4; i++)
		assert_true(fabs(quarters[i] * 4.0 / all - 1) < 0.1);
}

static void
the_floor_goes_by_the_hour(void **state)
{
	const struct challenge_rule rule = {
	    .least_per_hour = 90, .most_per_hour = 1e9};
	struct challenge_past_job jobs[1];
	struct challenge_past past = past_of(jobs, 1, 0);
	size_t n;

	(void)state;
	for (int i = 0; i < CHALLENGE_HOURS; i++)
		past.by_hour[i] = i < 12 ? 30 : 10; /* it is four */
	n = births_of(&rule, &past, MANY);
	assert_true(fabs(n / (MANY * 90 * 2 / 3600.0) - 1.5) < 0.15);
	past.now_us += 12 * 3600 * S;
	past.from_us += 12 * 3600 * S;
	n = births_of(&rule, &past, MANY);
	assert_true(fabs(n / (MANY * 90 * 2 / 3600.0) - 0.5) < 0.1);
	for (int i = 0; i < CHALLENGE_HOURS; i++)
		past.by_hour[i] = i < 12 ? 3 : 1; /* which says nothing */
	assert_true(challenge_hour_weight(past.by_hour, 4) == 1);
}

/* -- the ceiling ---------------------------------------------------------- */

static void
the_ceiling_holds(void **state)
{
	const struct challenge_rule rule = {
	    .share = 0.5, .least_per_hour = 5, .most_per_hour = 7};
	struct challenge_past_job jobs[50];
	struct challenge_past past = past_of(jobs, 50, S / 50);

	(void)state;
	assert_int_equal(births_of(&rule, &past, 1), 7);
	past.born_in_last_hour = 5;
	assert_int_equal(births_of(&rule, &past, 1), 2);
	past.born_in_last_hour = 7;
	assert_int_equal(births_of(&rule, &past, 100), 0);
	past.born_in_last_hour = 100;
	assert_int_equal(births_of(&rule, &past, 100), 0);
}

/* -- templates ------------------------------------------------------------ */

/* Counts of the templates drawn. */
static void
count_templates(
    const struct challenge_past *past, int counts[CHALLENGE_MAX_PAST])
{
	struct challenge_birth births[CHALLENGE_MAX_BIRTHS];
	struct challenge_dice dice = dice_of(5);

	memset(counts, 0, CHALLENGE_MAX_PAST * sizeof(*counts));
	for (int i = 0; i < 10000; i++) {
		size_t n =
		    challenge_plan(&tenth, past, LOOK_S * S, &dice, births);

		for (size_t k = 0; k < n; k++)
			counts[births[k].template]++;
	}
}

static void
templates_are_drawn_evenly_among_the_latest(void **state)
{
	struct challenge_past_job jobs[CHALLENGE_MAX_PAST];
	struct challenge_past past = past_of(jobs, CHALLENGE_MAX_PAST, S / 5);
	int counts[CHALLENGE_MAX_PAST];

	(void)state;
	for (int i = 0; i < CHALLENGE_MAX_PAST; i++)
		jobs[i].is_usable = i % 2 == 1;
	count_templates(&past, counts);
	for (int i = 0; i < CHALLENGE_MAX_PAST; i++) {
		bool is_drawn = i % 2 == 1 && i < 2 * CHALLENGE_TEMPLATES;

		assert_true(is_drawn ? counts[i] > 20 && counts[i] < 100
				     : counts[i] == 0);
	}
}

/* Within bursts (10 ms) jobs are of one sort, after pauses (10 s) never; a
 * second after one it is as after a pause or a burst, whichever is nearer. */
static void
company_goes_by_the_time_since(void **state)
{
	static const struct {
		int64_t after_us;
		double share;
	} cases[] = {{S / 100, 1}, {S / 50, 1}, {0, 1}, {10 * S, 0}, {8 * S, 0},
	    {100 * S, 0}, {S, 0}};
	struct challenge_past_job jobs[200];
	struct challenge_dice dice = dice_of(6);
	int64_t at_us = NOW;

	(void)state;
	for (int i = 0; i < 200; i++) {
		jobs[i] = (struct challenge_past_job){at_us, true, i / 4 % 2};
		at_us -= i % 4 == 3 ? 10 * S : S / 100;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int alike = 0;

		for (int k = 0; k < 200; k++)
			alike += challenge_is_alike(
			    jobs, 200, cases[i].after_us, &dice);
		assert_true(alike == 200 * cases[i].share);
	}
	assert_false(challenge_is_alike(jobs, 1, S, &dice));
	assert_false(challenge_is_alike(jobs, 0, S, &dice));
}

/* Half of those that follow at once are of one sort. */
static void
company_is_as_often_alike_as_theirs(void **state)
{
	struct challenge_past_job jobs[200];
	struct challenge_past past = past_of(jobs, 200, S);
	struct challenge_dice dice = dice_of(6);
	int alike = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		jobs[i].sort = i / 2;
	for (int k = 0; k < 2000; k++)
		alike += challenge_is_alike(jobs, past.n, S, &dice);
	assert_true(abs(alike - 1000) < 120);
}

static void
sorts_differ_by_each_part(void **state)
{
	uint64_t sort = challenge_sort("a", "b", "c");

	(void)state;
	assert_true(sort == challenge_sort("a", "b", "c"));
	assert_true(sort != challenge_sort("x", "b", "c"));
	assert_true(sort != challenge_sort("a", "x", "c"));
	assert_true(sort != challenge_sort("a", "b", "x"));
	assert_true(
	    challenge_sort("a", NULL, "c") == challenge_sort("a", "", "c"));
	assert_true(
	    challenge_sort("a", "b", NULL) != challenge_sort("a", NULL, "b"));
}

static void
templates_of_the_last_day_go_first(void **state)
{
	struct challenge_past_job jobs[4];
	struct challenge_past past = past_of(jobs, 4, S);
	int counts[CHALLENGE_MAX_PAST];

	(void)state;
	jobs[2].at_us = jobs[3].at_us = NOW - 2 * day_us;
	count_templates(&past, counts);
	assert_true(counts[0] > 0 && counts[1] > 0);
	assert_true(counts[2] == 0 && counts[3] == 0);
	jobs[0].is_usable = jobs[1].is_usable = false;
	count_templates(&past, counts);
	assert_true(counts[0] == 0 && counts[1] == 0);
	assert_true(counts[2] > 0 && counts[3] > 0);
	jobs[2].is_usable = jobs[3].is_usable = false;
	assert_int_equal(births_of(&tenth, &past, 100), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_key_gives_one_row_of_throws),
	    cmocka_unit_test(throws_are_even),
	    cmocka_unit_test(the_share_is_of_all_jobs),
	    cmocka_unit_test(without_new_jobs_nobody_is_born),
	    cmocka_unit_test(no_share_no_floor_no_births),
	    cmocka_unit_test(missed_is_missed),
	    cmocka_unit_test(delays_are_gaps_that_were_seen),
	    cmocka_unit_test(the_overdue_are_said),
	    cmocka_unit_test(the_overdue_follow_by_short_gaps),
	    cmocka_unit_test(the_floor_is_filled_up),
	    cmocka_unit_test(the_floor_is_spread),
	    cmocka_unit_test(the_floor_goes_by_the_hour),
	    cmocka_unit_test(the_ceiling_holds),
	    cmocka_unit_test(templates_are_drawn_evenly_among_the_latest),
	    cmocka_unit_test(company_goes_by_the_time_since),
	    cmocka_unit_test(company_is_as_often_alike_as_theirs),
	    cmocka_unit_test(sorts_differ_by_each_part),
	    cmocka_unit_test(templates_of_the_last_day_go_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

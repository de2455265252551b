/* Violet's formulas against figures of its own code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/violet.h"

static const struct {
	double t, accuracy, stake, max_stake, score;
} firsts[] = {
    {0, 1, 1000, 1000, .6},
    {1, 1, 1000, 1000, .961935},
    {2, .9, 500, 1000, .787492},
    {10, 1, 0, 1000, .547152},
    {10, .5, 1000, 1000, .547152},
    {30, 0, 0, 0, .019915},
    {10, .5, 2000, 1000, .547152}, /* no more than a whole share */
    {-1, 0, 0, 0, 0},
};

static void
the_first_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		double got = violet_score_v1(firsts[i].t, firsts[i].accuracy,
		    firsts[i].stake, firsts[i].max_stake);

		if (fabs(got - firsts[i].score) > 5e-7)
			fail_msg("row %zu: %.9f", i, got);
	}
}

static const struct {
	const char *type;
	bool has_output, is_long;
	double claimed, t, quality, score;
} laters[] = {
    {"transcription", true, false, NAN, 1.5, .1, 357.5},
    {"transcription", true, true, NAN, 1.5, .1, 390},
    {"transcription", false, false, NAN, 1.5, .1, 130},
    {"transcription", true, true, NAN, 0, .1, 340},
    {"tts", true, false, NAN, 3, .1, 290},
    {"summarization", false, false, NAN, 2, .1, 110},
    {"summarization", true, false, NAN, 2, .1, 320},
    {"text_translation", true, false, NAN, 1, .1, 350},
    {"document_translation", true, false, NAN, 9, .1, 330},
    {"of no kind", true, false, NAN, 1, .1, 342.5},
    {"transcription", true, false, NAN, NAN, 0, 302.5},
    {"transcription", true, true, .95, 1, 1, 500},
};

static void
the_later_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(laters) / sizeof(laters[0]); i++) {
		double accuracy = violet_accuracy_v2(
		    laters[i].has_output, laters[i].is_long, laters[i].claimed);
		double speed = violet_speed_v2(laters[i].type, laters[i].t);
		double got = violet_score_v2(
		    laters[i].type, accuracy, speed, laters[i].quality);

		if (fabs(got - laters[i].score) > 1e-9)
			fail_msg("row %zu: %.12g", i, got);
	}
}

static const struct {
	const char *type;
	double t, speed;
} steps[] = {
    {"transcription", -1, 1},
    {"transcription", 2, 1},
    {"transcription", 2.001, .8},
    {"transcription", 4, .8},
    {"transcription", 10, .6},
    {"transcription", 10.001, .3},
    {"tts", 3, 1},
    {"tts", 6, .8},
    {"tts", 15, .6},
    {"anything", 5, 1},
    {"anything", 0, .8},
    {"anything", NAN, .8},
    {"anything", 26, .3},
};

static void
speed_goes_by_steps(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		assert_true(violet_speed_v2(steps[i].type, steps[i].t) ==
			    steps[i].speed);
}

/* Its own cases of the tracker: five tasks out and one of them back after
 * 2.5 s; 8 and 3 of 10 done, each second 2 s, each failure 15; new miners. */
static void
what_its_tracker_remembers(void **state)
{
	static const struct {
		struct violet_record r;
		double performance, composite; /* of the largest stake */
	} rows[] = {
	    {{1, 1, 1, 2.5, 4, 5, 0}, .795, .3 + .4 * .795 + .2 * .2},
	    {{10, 8, .8, 4.6, 0, 5, .8}, .814, .3 + .4 * .814 + .2 + .08},
	    {{10, 3, .3, 16.4, 0, 5, .3}, .346, .3 + .4 * .346 + .2 + .03},
	    {{0, 0, 0, 0, 0, 5, 0}, .5, .7},
	};
	static const double shares[] = {
	    .1, .4666666666666667, .1166666666666667, .0833333333333333, .4};
	static const double want[] = {.43, .54, .435, .425, .52};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(fabs(violet_performance(&rows[i].r) -
				 rows[i].performance) < 1e-12);
		assert_true(fabs(violet_composite(&rows[i].r, 7, 7) -
				 rows[i].composite) < 1e-12);
	}
	for (size_t i = 0; i < 5; i++)
		assert_true(fabs(violet_composite(&rows[3].r, shares[i], 1) -
				 want[i]) < 1e-12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_form),
	    cmocka_unit_test(the_later_form),
	    cmocka_unit_test(speed_goes_by_steps),
	    cmocka_unit_test(what_its_tracker_remembers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* How many attempts at once a miner has earned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/earned.c"

static const int64_t minute_us = 60000000, now_us = 60000000000;

static int
is_near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

/* -- one event ------------------------------------------------------------- */

enum event { USED, IDLE, FAIL };

static const struct {
	double slots;
	int said;
	enum event event;
	double then, factor, raise;
} events[] = {
    /* a result delivered raises by one over what there is */
    {4, 10, USED, 4.25, 1, .25},
    {1, 10, USED, 2, 1, 1},
    {9.95, 10, USED, 10, 1, 1 / 9.95}, /* to what is said, not more */
    {10, 10, USED, 10, 1, 0},
    {4, 10, IDLE, 4, 1, 0}, /* nothing was proven by it */
    /* a failure cuts, never under one */
    {4, 10, FAIL, 2.8, .7, 0},
    {1.2, 10, FAIL, 1, .7, 0},
    {1, 10, FAIL, 1, .7, 0},
    {1, 1, FAIL, 1, .7, 0},
};

static void
what_happens_raises_and_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct earned e = {0};

		earned_read(&e, events[i].slots, events[i].said);
		if (events[i].event == FAIL)
			earned_fail(&e, events[i].said, now_us);
		else
			earned_deliver(
			    &e, events[i].said, events[i].event == USED);
		if (!is_near(e.slots, events[i].then))
			fail_msg("%zu: %g", i, e.slots);
		assert_true(is_near(e.factor, events[i].factor));
		assert_true(is_near(e.raise, events[i].raise));
		assert_int_equal(earned_has_news(&e),
		    events[i].factor != 1 || events[i].raise != 0);
	}
}

/* As many successes as there are slots are one more. */
static void
a_window_of_successes_is_about_a_slot(void **state)
{
	struct earned e = {0};

	(void)state;
	earned_read(&e, 8, 100);
	for (int i = 0; i < 8; i++)
		earned_deliver(&e, 100, true);
	assert_true(e.slots > 8.9 && e.slots <= 9);
}

static const struct {
	int64_t after_us[4]; /* failures, since the first */
	int n, cuts;
} bursts[] = {
    {{0}, 1, 1}, {{0, 1, 2, 3}, 4, 1}, {{0, 999999}, 2, 1},
    {{0, 1000000}, 2, 2}, {{0, 500000, 1000000, 1500000}, 4, 2},
    {{0, -1000000}, 2, 2}, /* a clock set back does not stop it for ever */
};

static void
a_burst_of_failures_counts_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bursts) / sizeof(bursts[0]); i++) {
		struct earned e = {0};

		earned_read(&e, 10, 10);
		for (int k = 0; k < bursts[i].n; k++)
			earned_fail(&e, 10, now_us + bursts[i].after_us[k]);
		assert_true(is_near(e.slots, 10 * pow(.7, bursts[i].cuts)));
	}
}

/* -- down ------------------------------------------------------------------ */

static const struct {
	double slots;
	double minutes;
	double then;
} downs[] = {
    {9, 0, 9},
    {9, 5, 5},
    {9, 10, 3},
    {9, 15, 2},
    {1, 5, 1},
    {.5, 5, 1},
    {9, 10000, 1},
    {9, -5, 9},
};

static void
it_is_halved_by_five_minutes_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(downs) / sizeof(downs[0]); i++)
		assert_true(is_near(earned_decayed(downs[i].slots, now_us,
					now_us + (int64_t)(downs[i].minutes *
							   (double)minute_us)),
		    downs[i].then));
	assert_true(earned_decayed(9, 0, now_us) == 9); /* nobody knows */
}

/* -- written down ---------------------------------------------------------- */

/* Two instances learn from one row; written down in either order, the same
 * comes of it, as long as no bound is met; and read again, what one learnt
 * since stays on top. */
static void
what_two_learn_adds_up_in_any_order(void **state)
{
	struct earned a = {0}, b = {0}, c = {0};
	double ab, ba;

	(void)state;
	earned_read(&a, 20, 100);
	earned_read(&b, 20, 100);
	earned_deliver(&a, 100, true);
	earned_deliver(&a, 100, true);
	earned_fail(&b, 100, now_us);
	ab = (20 * a.factor + a.raise) * b.factor + b.raise;
	ba = (20 * b.factor + b.raise) * a.factor + a.raise;
	assert_true(fabs(ab - ba) < .1);
	earned_read(&c, 20, 100);
	earned_fail(&c, 100, now_us);
	earned_deliver(&c, 100, true);
	assert_true(is_near(c.slots, 20 * c.factor + c.raise));
	earned_read(&c, 40, 100);
	assert_true(is_near(c.slots, 40 * .7 + 1 / 14.0));
	earned_told(&c);
	assert_false(earned_has_news(&c));
	earned_read(&c, 40, 100);
	assert_true(is_near(c.slots, 40));
}

static const struct {
	double slots;
	int said, whole;
} wholes[] = {
    {4, 10, 4},
    {4.99, 10, 4},
    {12, 10, 10},
    {0, 10, 1},
    {NAN, 10, 1},
    {-3, 10, 1},
    {5, 1, 1},
    {5, 0, 0},
    {5 - 1e-12, 10, 5},
};

static void
slots_are_whole_and_no_more_than_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wholes) / sizeof(wholes[0]); i++) {
		struct earned e = {.slots = wholes[i].slots};

		if (earned_slots(&e, wholes[i].said) != wholes[i].whole)
			fail_msg(
			    "%zu: %d", i, earned_slots(&e, wholes[i].said));
	}
	assert_true(earned_start(4, 10) == 4);
	assert_true(earned_start(4, 3) == 3);
	assert_true(earned_start(0, 10) == 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_happens_raises_and_cuts),
	    cmocka_unit_test(a_window_of_successes_is_about_a_slot),
	    cmocka_unit_test(a_burst_of_failures_counts_once),
	    cmocka_unit_test(it_is_halved_by_five_minutes_down),
	    cmocka_unit_test(what_two_learn_adds_up_in_any_order),
	    cmocka_unit_test(slots_are_whole_and_no_more_than_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

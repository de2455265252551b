/* How much of the time the database works on what is asked by the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/pace.c"

enum { START_US = 5000000, QUICK_US = 1000, SLOW_US = 1000000 };

static void
the_first_may_be_asked_at_once(void **state)
{
	struct pace p = {.parts = PACE_DUE};

	(void)state;
	assert_true(pace_is_over(&p, START_US));
}

static void
one_is_asked_at_a_time(void **state)
{
	struct pace p = {.parts = PACE_DUE};

	(void)state;
	pace_asked(&p, START_US);
	assert_false(pace_is_over(&p, START_US));
	assert_false(pace_is_over(&p, START_US + 3600 * 1000000LL));
}

/* Asked as often as may be, over an hour: the share of it that went into the
 * answers, which take so long each. */
static int64_t
parts_per_thousand(int parts, int64_t answer_us)
{
	struct pace p = {.parts = parts};
	int64_t hour_us = 3600 * 1000000LL, worked_us = 0;

	for (int64_t now_us = START_US; now_us < START_US + hour_us;) {
		if (!pace_is_over(&p, now_us)) {
			now_us += 100;
			continue;
		}
		pace_asked(&p, now_us);
		now_us += answer_us;
		worked_us += answer_us;
		pace_answered(&p, now_us);
	}
	return worked_us * 1000 / hour_us;
}

static void
a_slow_answer_makes_the_next_wait_in_proportion(void **state)
{
	(void)state;
	assert_in_range(parts_per_thousand(PACE_DUE, SLOW_US), 30, 35);
	assert_in_range(parts_per_thousand(PACE_DUE, QUICK_US), 30, 35);
	assert_in_range(parts_per_thousand(PACE_WHOLE, SLOW_US), 7, 9);
}

/* Ten seconds for a connection that does not come are not made twenty minutes
 * in which nothing is asked. */
static void
what_failed_is_asked_again_soon(void **state)
{
	struct pace p = {.parts = PACE_WHOLE};
	int64_t over_us = START_US + 10 * SLOW_US;

	(void)state;
	pace_asked(&p, START_US);
	pace_failed(&p, over_us);
	assert_false(pace_is_over(&p, over_us + 9 * SLOW_US));
	assert_true(pace_is_over(&p, over_us + 10 * SLOW_US));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_may_be_asked_at_once),
	    cmocka_unit_test(one_is_asked_at_a_time),
	    cmocka_unit_test(a_slow_answer_makes_the_next_wait_in_proportion),
	    cmocka_unit_test(what_failed_is_asked_again_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

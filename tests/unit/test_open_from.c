/* From which deadline on it is looked for what is open. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/open_from.c"

static const int64_t start_us = 1767326400 * 1000000LL;

static void
the_first_look_is_from_the_beginning(void **state)
{
	struct open_from from = {0};

	(void)state;
	open_from_begin(&from, start_us);
	assert_int_equal(from.attempt_us, 0);
	assert_int_equal(from.job_us, 0);
}

static void
where_nothing_is_open_the_next_begins_a_little_before_now(void **state)
{
	struct open_from from = {0};

	(void)state;
	open_from_begin(&from, start_us);
	open_from_found(&from, 0, 0, start_us);
	open_from_begin(&from, start_us + second_us);
	assert_int_equal(from.attempt_us, start_us - SLACK_S * second_us);
	assert_int_equal(from.job_us, start_us - SLACK_S * second_us);
}

static void
what_is_open_is_not_passed(void **state)
{
	int64_t old_us = start_us - 3600 * second_us;
	int64_t new_us = start_us - second_us;
	struct open_from from = {0};

	(void)state;
	open_from_begin(&from, start_us);
	open_from_found(&from, old_us, new_us, start_us);
	assert_int_equal(from.attempt_us, old_us);
	assert_int_equal(from.job_us, start_us - SLACK_S * second_us);
	open_from_found(&from, new_us, old_us, start_us + second_us);
	assert_int_equal(from.job_us, old_us);
	assert_int_equal(
	    from.attempt_us, start_us + second_us - SLACK_S * second_us);
}

static void
now_and_then_all_is_looked_at(void **state)
{
	struct open_from from = {0};

	(void)state;
	open_from_begin(&from, start_us);
	open_from_found(&from, 0, 0, start_us);
	open_from_begin(&from, start_us + (WHOLE_S - 1) * second_us);
	assert_int_not_equal(from.attempt_us, 0);
	open_from_begin(&from, start_us + WHOLE_S * second_us);
	assert_int_equal(from.attempt_us, 0);
	assert_int_equal(from.job_us, 0);
}

static void
a_clock_that_is_set_back_begins_again(void **state)
{
	struct open_from from = {0};

	(void)state;
	open_from_begin(&from, start_us);
	open_from_found(&from, 0, 0, start_us);
	open_from_begin(&from, start_us - second_us);
	assert_int_equal(from.attempt_us, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_look_is_from_the_beginning),
	    cmocka_unit_test(
		where_nothing_is_open_the_next_begins_a_little_before_now),
	    cmocka_unit_test(what_is_open_is_not_passed),
	    cmocka_unit_test(now_and_then_all_is_looked_at),
	    cmocka_unit_test(a_clock_that_is_set_back_begins_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Waits that double, within their bounds, and do not come in step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/backoff.h"

enum { LEAST = 200, MOST = 5000 };

static void
waits_double_to_the_most(void **state)
{
	static const struct {
		int tries;
		int64_t middle_ms; /* without jitter */
	} cases[] = {{0, 200}, {1, 400}, {2, 800}, {3, 1600}, {4, 3200},
	    {5, 5000}, {6, 5000}, {60, 5000}, {INT32_MAX, 5000}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct backoff b = {cases[i].tries, LEAST, MOST};
		int64_t middle = cases[i].middle_ms;

		assert_int_equal(backoff_ms(&b, 0), middle - middle / 4);
		assert_int_equal(backoff_ms(&b, 500), middle);
		assert_in_range(backoff_ms(&b, 999), middle, middle * 5 / 4);
		assert_in_range(
		    backoff_ms(&b, UINT32_MAX), middle * 3 / 4, middle * 5 / 4);
	}
}

static void
zeros_mean_the_usual_bounds(void **state)
{
	const struct backoff first = {0, 0, 0}, late = {50, 0, 0};

	(void)state;
	assert_int_equal(backoff_ms(&first, 500), 100);
	assert_int_equal(backoff_ms(&late, 500), 30000);
}

static void
each_wait_counts_and_a_reset_begins_anew(void **state)
{
	struct backoff b = {0, LEAST, MOST};
	int64_t sum = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		int64_t ms = backoff_next_ms(&b);

		assert_in_range(ms, LEAST * 3 / 4, MOST * 5 / 4);
		sum += ms;
	}
	assert_int_equal(b.tries, 10);
	assert_true(sum > MOST);
	backoff_reset(&b);
	assert_int_equal(b.tries, 0);
	assert_in_range(backoff_next_ms(&b), LEAST * 3 / 4, LEAST * 5 / 4);
}

static void
waits_differ(void **state)
{
	int64_t first;
	int different = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		struct backoff b = {10, LEAST, MOST};
		int64_t ms = backoff_next_ms(&b);

		if (i == 0)
			first = ms;
		different += ms != first;
	}
	assert_true(different > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(waits_double_to_the_most),
	    cmocka_unit_test(zeros_mean_the_usual_bounds),
	    cmocka_unit_test(each_wait_counts_and_a_reset_begins_anew),
	    cmocka_unit_test(waits_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

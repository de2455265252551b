/* Since when a snapshot is held, by what PostgreSQL lets us see of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/held.c"

enum { NOW_US = 50000000 };

static void
none_is_held(void **state)
{
	struct held held = {.seen_us = 0};

	(void)state;
	assert_int_equal(held_since(&held, "", 0, NOW_US), 0);
}

static void
what_postgres_says_counts(void **state)
{
	struct held held = {.seen_us = 0};

	(void)state;
	assert_int_equal(
	    held_since(&held, "700", NOW_US - 9, NOW_US), NOW_US - 9);
	assert_int_equal(
	    held_since(&held, "700", NOW_US - 9, NOW_US + 5), NOW_US - 9);
}

static void
else_it_counts_from_our_first_sight(void **state)
{
	struct held held = {.seen_us = 0};

	(void)state;
	assert_int_equal(held_since(&held, "700", 0, NOW_US), NOW_US);
	assert_int_equal(held_since(&held, "700", 0, NOW_US + 5), NOW_US);
	/* Another one, or the same again after none: it is new. */
	assert_int_equal(held_since(&held, "701", 0, NOW_US + 6), NOW_US + 6);
	assert_int_equal(held_since(&held, "", 0, NOW_US + 7), 0);
	assert_int_equal(held_since(&held, "701", 0, NOW_US + 8), NOW_US + 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(none_is_held),
	    cmocka_unit_test(what_postgres_says_counts),
	    cmocka_unit_test(else_it_counts_from_our_first_sight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a miner that fails gets nothing more, and how it comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/breaker.c"

static const int64_t second_us = 1000000, start_us = 60000000000;
static const struct breaker_policy policy = {5, 30000000};

/*
 * A life: f a failure, d a delivery, digits and letters of time in between (s
 * a second, t ten, m a minute); then what it is (c closed, o out, h half open)
 * and for how many seconds it was last put out.
 */
static const struct {
	const char *events;
	char state;
	int for_s;
} lives[] = {
    {"", 'c', 0},
    {"ffff", 'c', 0},
    {"ffffd", 'c', 0},
    {"ffffdffff", 'c', 0},
    {"fffff", 'o', 30},
    {"ffdffffff", 'o', 30},
    {"ffffftt", 'o', 30},
    {"fffffttsssssssss", 'o', 30},
    {"fffffttt", 'h', 30},
    /* what was sent before does not count against it, nor for it */
    {"fffffff", 'o', 30},
    {"fffffsfff", 'o', 30},
    {"fffffd", 'o', 30},
    {"fffffdttt", 'h', 30},
    /* half open: one decides */
    {"fffffmd", 'c', 0},
    {"fffffmf", 'o', 60},
    {"fffffmfmf", 'o', 120},
    {"fffffmfmfmmf", 'o', 240},
    {"fffffmfmfmmfmmmmf", 'o', 480},
    {"fffffmfmfmmfmmmmfmmmmmmmmf", 'o', 600}, /* ten minutes at most */
    {"fffffmfmfmmfmmmmfmmmmmmmmfmmmmmmmmmmf", 'o', 600},
    /* closed, all is forgotten */
    {"fffffmfmdfffff", 'o', 30},
    {"fffffmdffff", 'c', 0},
};

static int64_t
live(struct breaker *b, const char *events)
{
	int64_t now_us = start_us;

	for (; *events != '\0'; events++) {
		switch (*events) {
		case 'f':
			breaker_fail(b, &policy, now_us);
			break;
		case 'd':
			breaker_deliver(b, now_us);
			break;
		case 's':
			now_us += second_us;
			break;
		case 't':
			now_us += 10 * second_us;
			break;
		case 'm':
			now_us += 60 * second_us;
			break;
		}
	}
	return now_us;
}

static void
it_goes_out_and_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		struct breaker b = {0};
		int64_t now_us = live(&b, lives[i].events);
		char is = "coh"[breaker_state(&b, now_us)];
		int64_t for_us = b.until_us - b.ejected_us;

		if (is != lives[i].state ||
		    for_us != lives[i].for_s * second_us)
			fail_msg("%s: %c %lld", lives[i].events, is,
			    (long long)for_us);
	}
}

static void
changes_are_told(void **state)
{
	struct breaker b = {0};

	(void)state;
	assert_false(breaker_deliver(&b, start_us)); /* nothing to forget */
	for (int i = 0; i < 4; i++)
		assert_false(breaker_fail(&b, &policy, start_us));
	assert_true(breaker_fail(&b, &policy, start_us));
	assert_false(breaker_fail(&b, &policy, start_us));
	assert_false(breaker_deliver(&b, start_us));
	assert_true(breaker_deliver(&b, b.until_us));
	assert_false(breaker_deliver(&b, b.until_us));
	breaker_fail(&b, &policy, start_us);
	assert_true(breaker_deliver(&b, start_us)); /* a streak of one */
}

static void
who_is_let_in_is_half_open(void **state)
{
	struct breaker b = {0};
	int64_t now_us = live(&b, "fffff");

	(void)state;
	b.is_let_in = true;
	assert_int_equal(breaker_state(&b, now_us), BREAKER_HALF_OPEN);
	breaker_fail(&b, &policy, now_us + 1);
	assert_int_equal(breaker_state(&b, now_us + 1), BREAKER_OUT);
	assert_true(b.until_us - b.ejected_us == 60 * second_us);
}

static void
without_a_number_nobody_goes_out(void **state)
{
	static const struct breaker_policy never = {0, 30000000};
	struct breaker b = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_false(breaker_fail(&b, &never, start_us));
	assert_int_equal(breaker_state(&b, start_us), BREAKER_CLOSED);
}

static const struct {
	struct breaker ours, row;
	bool is_ejected;
	int streak, ejections;
	enum breaker_state state;
} merges[] = {
    {{.streak = 1}, {.streak = 3}, false, 3, 0, BREAKER_CLOSED},
    {{.streak = 3}, {.streak = 1}, false, 3, 0, BREAKER_CLOSED},
    /* three here and two there are five */
    {{.streak = 3}, {.streak = 5}, true, 5, 1, BREAKER_OUT},
    /* another has put it out */
    {{.streak = 3}, {5, 1, 60000000000, 60030000000, false}, false, 5, 1,
	BREAKER_OUT},
    {{5, 1, 60000000000, 60030000000, true},
	{6, 2, 60000000000, 60060000000, false}, false, 6, 2, BREAKER_OUT},
    /* ours is later */
    {{6, 2, 60000000000, 60060000000, false},
	{6, 1, 59000000000, 59030000000, false}, false, 6, 2, BREAKER_OUT},
    /* what we let in stays in */
    {{5, 1, 60000000000, 60030000000, true},
	{6, 1, 60000000000, 60030000000, false}, false, 6, 1,
	BREAKER_HALF_OPEN},
};

static void
what_several_see_is_put_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
		struct breaker b = merges[i].ours;
		bool is_ejected =
		    breaker_merge(&b, &merges[i].row, &policy, start_us);

		if (is_ejected != merges[i].is_ejected ||
		    b.streak != merges[i].streak ||
		    b.ejections != merges[i].ejections ||
		    breaker_state(&b, start_us) != merges[i].state)
			fail_msg("%zu: %d %d %d", i, is_ejected, b.streak,
			    b.ejections);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_goes_out_and_comes_back),
	    cmocka_unit_test(changes_are_told),
	    cmocka_unit_test(who_is_let_in_is_half_open),
	    cmocka_unit_test(without_a_number_nobody_goes_out),
	    cmocka_unit_test(what_several_see_is_put_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a service may be asked, by a clock that the test turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "validator/watch_pace.h"

static const struct breaker_policy patience = {
    .after = 3, .eject_us = 10000000};
static const int64_t start = 1000000000;

static const struct watch_answer ok = {.outcome = WATCH_OK},
				 gone = {.outcome = WATCH_GONE};

static struct watch_answer
unavailable(enum watch_blame blame)
{
	return (struct watch_answer){
	    .outcome = WATCH_UNAVAILABLE, .blame = blame};
}

/* How many requests go out within so many microseconds, at once if they may. */
static int
sent_within(struct watch_pace *p, int64_t us)
{
	int n = 0;

	for (int64_t now = start; now < start + us;) {
		int64_t wait = watch_pace_wait(p, now);

		if (wait > 0) {
			now += wait;
			continue;
		}
		watch_pace_sent(p, now);
		n++;
	}
	return n;
}

static void
so_many_a_minute(void **state)
{
	static const struct {
		int64_t per_minute;
		int least, most;
	} cases[] = {{1, 10, 10}, {30, 300, 300}, {60, 600, 600},
	    {600, 6000, 6009}, {6000, 60000, 60099}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct watch_pace p;
		int n;

		watch_pace_init(&p, cases[i].per_minute, &patience);
		n = sent_within(&p, 600 * 1000000LL);
		if (n < cases[i].least || n > cases[i].most)
			fail_msg(
			    "%d at %d a minute", n, (int)cases[i].per_minute);
	}
}

static void
without_a_limit_there_is_no_wait(void **state)
{
	struct watch_pace p;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	for (int i = 0; i < 1000; i++)
		watch_pace_sent(&p, start);
	assert_int_equal(watch_pace_wait(&p, start), 0);
}

static void
a_rest_is_kept(void **state)
{
	struct watch_pace p;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	watch_pace_rest(&p, 5000, start);
	watch_pace_rest(&p, 1000, start); /* shorter: the longer holds */
	assert_int_equal(watch_pace_wait(&p, start + 1), 4999999);
	assert_int_equal(watch_pace_wait(&p, start + 5000000), 0);
}

static void
a_service_that_fails_is_left_alone_and_tried(void **state)
{
	struct watch_answer bad = unavailable(WATCH_BLAME_SERVICE);
	struct watch_pace p;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	assert_false(watch_pace_note(&p, &bad, start));
	assert_false(watch_pace_note(&p, &bad, start));
	assert_int_equal(watch_pace_room(&p, 4, start), 4);
	assert_true(watch_pace_note(&p, &bad, start));
	assert_true(watch_pace_is_out(&p, start + 9999999));
	assert_int_equal(watch_pace_room(&p, 4, start), 0);
	/* One, to see. */
	assert_false(watch_pace_is_out(&p, start + 10000000));
	assert_int_equal(watch_pace_room(&p, 4, start + 10000000), 1);
	assert_true(watch_pace_note(&p, &bad, start + 10000000));
	assert_true(watch_pace_is_out(&p, start + 29999999));
	assert_int_equal(watch_pace_room(&p, 4, start + 30000000), 1);
	assert_true(watch_pace_note(&p, &ok, start + 30000000));
	assert_int_equal(watch_pace_room(&p, 4, start + 30000000), 4);
}

static void
what_is_of_the_question_is_no_failure(void **state)
{
	struct watch_answer bad = unavailable(WATCH_BLAME_SERVICE);
	struct watch_answer refusal = unavailable(WATCH_BLAME_QUESTION);
	struct watch_answer nobody = unavailable(WATCH_BLAME_NOBODY);
	struct watch_pace p;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	for (int i = 0; i < 10; i++) {
		assert_false(watch_pace_note(&p, &bad, start));
		assert_false(watch_pace_note(&p, &bad, start));
		assert_false(watch_pace_note(&p, &nobody, start));
		assert_false(
		    watch_pace_note(&p, i % 2 ? &refusal : &gone, start));
	}
	assert_int_equal(watch_pace_room(&p, 4, start), 4);
}

/* Posts that a service cannot read are anybody's to claim. */
static void
doubtful_failures_count_an_eighth(void **state)
{
	struct watch_answer doubt = unavailable(WATCH_BLAME_EITHER);
	struct watch_pace p;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	for (int i = 0; i < 23; i++)
		assert_false(watch_pace_note(&p, &doubt, start));
	assert_true(watch_pace_note(&p, &doubt, start));
	assert_true(watch_pace_is_out(&p, start));
	/* Half open it is not given eight tries. */
	assert_true(watch_pace_note(&p, &doubt, start + 10000000));
	assert_true(watch_pace_is_out(&p, start + 10000001));
	watch_pace_init(&p, 0, &patience);
	for (int i = 0; i < 100; i++) {
		assert_false(watch_pace_note(&p, &doubt, start));
		if (i % 20 == 19)
			watch_pace_note(&p, &ok, start);
	}
}

static void
a_service_that_has_lost_everything_is_not_believed(void **state)
{
	struct watch_pace p;
	struct watch_answer a;

	(void)state;
	watch_pace_init(&p, 0, &patience);
	for (int i = 0; i < 32; i++) {
		a = gone;
		watch_pace_doubt(&p, &a);
		assert_int_equal(a.outcome, WATCH_GONE);
	}
	for (int i = 0; i < 100; i++) {
		a = gone;
		watch_pace_doubt(&p, &a);
		assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
		assert_int_equal(a.blame, WATCH_BLAME_NOBODY);
	}
	a = unavailable(WATCH_BLAME_SERVICE);
	watch_pace_doubt(&p, &a);
	a = gone;
	watch_pace_doubt(&p, &a);
	assert_int_equal(a.outcome, WATCH_UNAVAILABLE);
	a = ok;
	watch_pace_doubt(&p, &a);
	assert_int_equal(a.outcome, WATCH_OK);
	a = gone;
	watch_pace_doubt(&p, &a);
	assert_int_equal(a.outcome, WATCH_GONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(so_many_a_minute),
	    cmocka_unit_test(without_a_limit_there_is_no_wait),
	    cmocka_unit_test(a_rest_is_kept),
	    cmocka_unit_test(a_service_that_fails_is_left_alone_and_tried),
	    cmocka_unit_test(what_is_of_the_question_is_no_failure),
	    cmocka_unit_test(doubtful_failures_count_an_eighth),
	    cmocka_unit_test(
		a_service_that_has_lost_everything_is_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* When a new job must stand behind others, as one instance knows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/waiting.c"

enum { KINDS = 2, K = 1 };

static int
set_up(void **state)
{
	*state = waiting_new(KINDS);
	return 0;
}

static int
tear_down(void **state)
{
	waiting_free(*state);
	return 0;
}

/* A claim for so many miners that brings so many. */
static bool
claim(struct waiting *w, int asked, int came)
{
	waiting_ask(w, K, asked);
	if (came > 0)
		waiting_take(w, K, came);
	return waiting_answer(w, true);
}

static void
until_it_is_known_everybody_waits(void **state)
{
	assert_true(waiting_is(*state, 0));
	assert_true(waiting_is(*state, K));
	assert_true(waiting_any(*state));
}

static void
a_claim_says_who_waits(void **state)
{
	static const struct {
		int asked, came;
		bool waits;
	} cases[] = {
	    {1, 0, false},
	    {3, 2, false},
	    {3, 3, true},
	    {3, 5, true}, /* the last of them wants more than is left */
	    {1, 1, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool more = claim(*state, cases[i].asked, cases[i].came);

		assert_int_equal(more, cases[i].waits);
		assert_int_equal(waiting_is(*state, K), cases[i].waits);
	}
}

static void
it_says_nothing_of_other_kinds(void **state)
{
	claim(*state, 1, 0);
	assert_false(waiting_is(*state, K));
	assert_true(waiting_is(*state, 0));
	assert_true(waiting_any(*state));
}

static void
several_jobs_count_together(void **state)
{
	waiting_ask(*state, K, 4);
	waiting_take(*state, K, 3);
	waiting_take(*state, K, 1);
	assert_true(waiting_answer(*state, true));
	assert_true(waiting_is(*state, K));
}

static void
who_came_while_it_was_under_way_is_not_forgotten(void **state)
{
	waiting_ask(*state, K, 2);
	waiting_note(*state, K);
	assert_false(waiting_answer(*state, true));
	assert_true(waiting_is(*state, K));
	claim(*state, 2, 0); /* this one could see it */
	assert_false(waiting_is(*state, K));
}

static void
who_came_before_it_is(void **state)
{
	claim(*state, 1, 0);
	waiting_note(*state, K);
	assert_true(waiting_is(*state, K));
	claim(*state, 2, 1);
	assert_false(waiting_is(*state, K));
}

static void
no_answer_says_nothing(void **state)
{
	waiting_ask(*state, K, 1);
	assert_false(waiting_answer(*state, false));
	assert_true(waiting_is(*state, K));
	claim(*state, 1, 0);
	waiting_ask(*state, K, 1);
	assert_false(waiting_answer(*state, false));
	assert_false(waiting_is(*state, K));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		until_it_is_known_everybody_waits, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_claim_says_who_waits, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		it_says_nothing_of_other_kinds, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		several_jobs_count_together, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		who_came_while_it_was_under_way_is_not_forgotten, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		who_came_before_it_is, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		no_answer_says_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which epoch it is, and every state of the rounds with every event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "validator/epoch.c"

static void
epochs_are_counted_by_blocks_or_by_the_tempo(void **state)
{
	static const struct {
		int netuid;
		int64_t blocks, block, tempo, want;
	} cases[] = {
	    {1, 100, 0, 360, 0},
	    {1, 100, 99, 360, 0},
	    {1, 100, 100, 360, 1},
	    {1, 100, 12345, 0, 123},
	    /* (block + netuid + 1) / (tempo + 1) */
	    {1, 0, 358, 360, 0},
	    {1, 0, 359, 360, 1},
	    {1, 0, 719, 360, 1},
	    {1, 0, 720, 360, 2},
	    {11, 0, 1000, 99, 10},
	    {1, 0, 5, 0, -1},
	    {1, 0, 5, -3, -1},
	    {1, 100, -1, 360, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct epoch_rule rule = {cases[i].netuid, cases[i].blocks, 0};

		assert_int_equal(
		    epoch_of(&rule, cases[i].block, cases[i].tempo),
		    cases[i].want);
	}
}

static void
a_round_is_due_once_an_epoch_with_enough_judgements(void **state)
{
	static const struct epoch_rule rule = {1, 100, 10};
	static const struct {
		struct epoch_view view;
		const char *why;
		int64_t number;
	} cases[] = {
	    /* block tempo has epoch last judgements */
	    {{1234, 360, false, 0, 0, 10, false}, NULL, 12},
	    {{1234, 360, false, 0, 0, 9, false},
		"too few judgements in the window", 12},
	    {{1234, 360, true, 12, 1201, 99, false}, "", 12},
	    {{1234, 360, true, 11, 1199, 99, false}, NULL, 12},
	    {{1234, 360, true, 11, 1199, 0, false},
		"too few judgements in the window", 12},
	    /* the newest run is of this very block: by another count */
	    {{1234, 360, true, 3, 1234, 99, false}, "", 12},
	    {{1234, 360, true, 99, 1199, 99, false}, NULL, 12},
	    {{-1, 360, false, 0, 0, 99, false}, "the snapshot has no tempo",
		-1},
	    {{1234, 360, true, 11, 1199, 99, true},
		"what had ended before the start is not judged yet", 12},
	    {{1234, 360, true, 12, 1201, 99, true}, "", 12},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t number;
		const char *why = epoch_is_due(&rule, &cases[i].view, &number);

		assert_int_equal(number, cases[i].number);
		if (cases[i].why == NULL)
			assert_null(why);
		else
			assert_string_equal(why, cases[i].why);
	}
}

static void
every_state_takes_every_event(void **state)
{
	enum { I = EPOCH_IDLE, D = EPOCH_READING, R = EPOCH_RUNNING };
	enum { NO = EPOCH_DO_NOTHING, RD = EPOCH_DO_READ, RUN = EPOCH_DO_RUN };
	static const struct {
		int next, action;
	} want[N_EPOCH_STATES][N_EPOCH_EVENTS] = {
	    /* WAKE  DUE  NOT_DUE  STORED  FAILED */
	    [I] = {{D, RD}, {I, NO}, {I, NO}, {I, NO}, {I, NO}},
	    [D] = {{D, NO}, {R, RUN}, {I, NO}, {D, NO}, {I, NO}},
	    [R] = {{R, NO}, {R, NO}, {R, NO}, {I, NO}, {I, NO}},
	};

	(void)state;
	for (int s = 0; s < N_EPOCH_STATES; s++) {
		for (int e = 0; e < N_EPOCH_EVENTS; e++) {
			struct epoch epoch = {.state = s};

			assert_int_equal(
			    epoch_step(&epoch, e, 1), want[s][e].action);
			assert_int_equal(epoch.state, want[s][e].next);
		}
	}
}

static void
a_wake_while_busy_is_not_forgotten(void **state)
{
	struct epoch e = {0};

	(void)state;
	assert_int_equal(epoch_step(&e, EPOCH_WAKE, 1), EPOCH_DO_READ);
	assert_int_equal(epoch_step(&e, EPOCH_WAKE, 2), EPOCH_DO_NOTHING);
	assert_int_equal(epoch_step(&e, EPOCH_DUE, 3), EPOCH_DO_RUN);
	assert_int_equal(epoch_step(&e, EPOCH_STORED, 4), EPOCH_DO_READ);
	assert_int_equal(e.state, EPOCH_READING);
	assert_int_equal(epoch_step(&e, EPOCH_NOT_DUE, 5), EPOCH_DO_NOTHING);
	assert_int_equal(e.state, EPOCH_IDLE);
}

static void
after_a_failure_it_waits_before_it_looks_again(void **state)
{
	struct epoch e = {0};

	(void)state;
	epoch_step(&e, EPOCH_WAKE, 100);
	epoch_step(&e, EPOCH_WAKE, 100);
	assert_int_equal(epoch_step(&e, EPOCH_FAILED, 100), EPOCH_DO_NOTHING);
	assert_int_equal(e.state, EPOCH_IDLE);
	assert_int_equal(
	    epoch_step(&e, EPOCH_WAKE, 99 + EPOCH_RETRY_US), EPOCH_DO_NOTHING);
	assert_int_equal(
	    epoch_step(&e, EPOCH_WAKE, 100 + EPOCH_RETRY_US), EPOCH_DO_READ);
}

static void
states_have_names(void **state)
{
	(void)state;
	assert_string_equal(epoch_state_name(EPOCH_IDLE), "IDLE");
	assert_string_equal(epoch_state_name(EPOCH_READING), "READING");
	assert_string_equal(epoch_state_name(EPOCH_RUNNING), "RUNNING");
	assert_string_equal(epoch_state_name(N_EPOCH_STATES), "?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(epochs_are_counted_by_blocks_or_by_the_tempo),
	    cmocka_unit_test(
		a_round_is_due_once_an_epoch_with_enough_judgements),
	    cmocka_unit_test(every_state_takes_every_event),
	    cmocka_unit_test(a_wake_while_busy_is_not_forgotten),
	    cmocka_unit_test(after_a_failure_it_waits_before_it_looks_again),
	    cmocka_unit_test(states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

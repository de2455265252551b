/*
 * Several endpoints: weights are sent only where more of them than not have
 * the same finalized block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 20 };

struct fixture {
	struct weights_rig *w;
	struct proc *other; /* a chain of the same beginning */
	char other_port[16];
};

/* The same genesis, other blocks: a fork that never comes back. */
static int
start_other(struct fixture *f)
{
	char *program = paths_program("tests/devchain");
	char *scenario = sandbox_path(f->w->box, "scenario.json");
	const char *argv[] = {
	    program, "--scenario", scenario, "--block-ms", "100", NULL};
	const char *line;

	f->other = sandbox_start(f->w->box, "otherchain", argv, NULL);
	free(program);
	free(scenario);
	line = f->other == NULL
		   ? NULL
		   : proc_wait_event(f->other, "chain.listening", NULL, 0);
	return line == NULL ? -1 : proc_value(line, "port", f->other_port, 16);
}

static int
set_up(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-endpoints", .leave_stopped = true};
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	f->w = weights_rig_new(&o);
	if (f->w == NULL || start_other(f) != 0)
		return -1;
	weights_case_heading();
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	int status = weights_rig_end(f->w, false);

	free(f);
	return status;
}

/* weightsetterd with these endpoints, in that order. */
static void
start_with(struct fixture *f, char *endpoints)
{
	char *line = xasprintf("[subtensor]\nchain_endpoint = %s", endpoints);

	assert_int_equal(weights_rig_configure(f->w, line), 0);
	assert_int_equal(weights_rig_start(f->w), 0);
	assert_int_equal(weights_rig_synced(f->w), 0);
	free(line);
	free(endpoints);
}

/* Who alone is right cannot be told: nothing is sent. */
static void
one_against_one_sends_nothing(void **state)
{
	struct fixture *f = *state;
	size_t before = weights_rig_accepted(f->w);
	char id[40];

	start_with(f, xasprintf("ws://127.0.0.1:%llu ws://127.0.0.1:%s",
			  (unsigned long long)f->w->port, f->other_port));
	assert_int_equal(
	    weights_rig_vector(f->w, WEIGHTS_RIG_NETUID, 0, NULL, id), 0);
	assert_non_null(
	    proc_wait_event(f->w->setter, "chain.disagreed", NULL, 0));
	assert_non_null(proc_wait_event(
	    f->w->setter, "weights.not_sent", "reason=endpoints_disagree", 0));
	assert_non_null(proc_wait_event(f->w->setter, "chain.down", NULL, 0));
	assert_int_equal(weights_rig_accepted(f->w), before);
	assert_int_equal(
	    proc_count_events(f->other, "extrinsic.accepted", NULL), 0);
	weights_rig_kill(f->w);
}

/* Two of one mind outvote the third, which is asked first. */
static void
the_outvoted_endpoint_is_left(void **state)
{
	struct fixture *f = *state;
	struct weights_case c;

	start_with(f, xasprintf("ws://127.0.0.1:%s ws://127.0.0.1:%llu "
				"ws://localhost:%llu",
			  f->other_port, (unsigned long long)f->w->port,
			  (unsigned long long)f->w->port));
	weights_case_begin(&c, f->w, "one of three is on another fork");
	weights_case_vector(&c);
	weights_case_proven(&c, 1, 3 * TEMPO);
	assert_int_equal(
	    proc_count_events(f->other, "extrinsic.accepted", NULL), 0);
	weights_rig_kill(f->w);
}

/* Nobody listens at the first of them. */
static void
a_dead_endpoint_costs_nothing(void **state)
{
	struct fixture *f = *state;
	struct weights_case c;

	start_with(f, xasprintf("ws://127.0.0.1:1 ws://127.0.0.1:%llu "
				"ws://localhost:%llu",
			  (unsigned long long)f->w->port,
			  (unsigned long long)f->w->port));
	weights_case_begin(&c, f->w, "one of three is dead");
	weights_case_vector(&c);
	weights_case_proven(&c, 1, TEMPO);
	weights_rig_kill(f->w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_against_one_sends_nothing),
	    cmocka_unit_test(the_outvoted_endpoint_is_left),
	    cmocka_unit_test(a_dead_endpoint_costs_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

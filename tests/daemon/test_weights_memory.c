/*
 * What weightsetterd weighs with a whole subnet of 256 neurons, once it has
 * read it again and again, and set weights for all of them; and where each of
 * them has committed what a commitment holds, and 64 validators weigh all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/types.h>

#include "common/buf.h"
#include "tests/lib/db.h"
#include "tests/lib/memory.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { LIMIT_KIB = 32 * 1024, BLOCKS = 60, TEMPO = 20 };
enum { NEURONS = 256, VALIDATORS = 64, COMMITMENT = 512 };

static void
assert_fits(struct weights_rig *w)
{
	pid_t pid = proc_pid(w->setter);

	print_message("resident %ld KiB, at most %ld KiB so far\n",
	    memory_status(pid, "VmRSS"), memory_status(pid, "VmHWM"));
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(memory_status(pid, "VmRSS"), 1, LIMIT_KIB);
#endif
}

static void
a_whole_subnet_fits(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-memory", .n_miners = 255};
	struct weights_rig *w = weights_rig_new(&o);
	struct weights_case c;

	*state = w;
	assert_non_null(w);
	weights_case_heading();
	weights_case_begin(&c, w, "256 neurons");
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(w, c.vector, "proven", 0), 0);
	assert_int_equal(
	    weights_rig_wait_block(w, weights_rig_best(w) + BLOCKS), 0);
	assert_fits(w);
}

static void
add_neuron(struct buf *t, int i)
{
	buf_printf(
	    t, i == 0 ? "{\"hotkey\":\"%%s\"," : ",{\"hotkey\":\"//N%d\",", i);
	buf_printf(t,
	    "\"alpha_stake\":1000000000,\"validator_permit\":%s,"
	    "\"axon\":\"203.0.113.7:8091\",\"commitment\":\"",
	    i < VALIDATORS ? "true" : "false");
	for (int k = 0; k < COMMITMENT; k++)
		buf_add_byte(t, 'x');
	buf_add_str(t, "\"}");
}

static void
add_weights(struct buf *t, int validator)
{
	buf_printf(t,
	    "%s{\"pallet\":\"SubtensorModule\",\"entry\":\"Weights\","
	    "\"keys\":[1,%d],\"value\":[",
	    validator == 0 ? "" : ",", validator);
	for (int i = 0; i < NEURONS; i++)
		buf_printf(t, "%s[%d,%d]", i == 0 ? "" : ",", i, 65535 - i);
	buf_add_str(t, "]}");
}

static char *
full_scenario(void)
{
	struct buf t = {0};

	buf_add_str(&t, "{\"subnets\":[{\"netuid\":1,\"owner\":\"//Owner\","
			"\"hyperparameters\":{\"tempo\":20},\"neurons\":[");
	for (int i = 0; i < NEURONS; i++)
		add_neuron(&t, i);
	buf_add_str(&t, "]}],\"storage\":[");
	for (int i = 0; i < VALIDATORS; i++)
		add_weights(&t, i);
	buf_add_str(&t, "]}");
	return buf_take_str(&t);
}

static void
a_subnet_that_says_all_it_can_fits(void **state)
{
	char *scenario = full_scenario();
	const struct weights_rig_options o = {
	    .name = "weights-memory-full", .scenario = scenario};
	struct weights_rig *w = weights_rig_new(&o);

	*state = w;
	free(scenario);
	assert_non_null(w);
	assert_int_equal(
	    weights_rig_wait_block(w, weights_rig_best(w) + BLOCKS), 0);
	assert_int_equal(db_wait_int(w->db, NEURONS, 0,
			     "select count(*) from commitment where "
			     "length(text) = %d",
			     COMMITMENT),
	    0);
	assert_int_equal(db_int(w->db, "select count(*) from "
				       "dash_v1.validator_weights"),
	    VALIDATORS * NEURONS);
	assert_fits(w);
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_whole_subnet_fits, tear_down),
	    cmocka_unit_test_teardown(
		a_subnet_that_says_all_it_can_fits, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What weightsetterd weighs with a whole subnet of 256 neurons, once it has
 * read it again and again, and set weights for all of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/types.h>

#include "tests/lib/memory.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { LIMIT_KIB = 32 * 1024, BLOCKS = 60, TEMPO = 20 };

static void
a_whole_subnet_fits(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-memory", .n_miners = 255};
	struct weights_rig *w = weights_rig_new(&o);
	struct weights_case c;
	pid_t pid;

	*state = w;
	assert_non_null(w);
	weights_case_heading();
	weights_case_begin(&c, w, "256 neurons");
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(w, c.vector, "proven", 0), 0);
	assert_int_equal(
	    weights_rig_wait_block(w, weights_rig_best(w) + BLOCKS), 0);
	pid = proc_pid(w->setter);
	print_message("resident %ld KiB, at most %ld KiB so far\n",
	    memory_status(pid, "VmRSS"), memory_status(pid, "VmHWM"));
#ifndef __SANITIZE_ADDRESS__
	assert_in_range(memory_status(pid, "VmRSS"), 1, LIMIT_KIB);
#endif
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

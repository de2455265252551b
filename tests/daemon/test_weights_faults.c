/*
 * What goes wrong between an intention to set weights and its proof, each
 * played by the development chain: the weights are proven within one tempo
 * once the chain is well again, and never sent twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 20, ERA = 16 };

static int
set_up(void **state)
{
	const struct weights_rig_options o = {
	    .name = "weights-faults", .ini = "era_period = 16\n"};

	*state = weights_rig_new(&o);
	if (*state != NULL)
		weights_case_heading();
	return *state == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return weights_rig_end(*state, false);
}

static void
tell(struct weights_rig *w, const char *method, const char *params)
{
	assert_int_equal(weights_rig_tell(w, method, params), 0);
}

static void
nothing_goes_wrong(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "nothing goes wrong");
	weights_case_vector(&c);
	weights_case_proven(&c, 1, TEMPO);
}

/* Nobody says so; its era has to die before the next may go. */
static void
dropped_silently(void **state)
{
	struct weights_case c;

	weights_case_begin(
	    &c, *state, "dropped, and nobody says so: era death");
	tell(c.w, "dev_dropNext", "[1, \"silent\"]");
	weights_case_vector(&c);
	weights_case_wait_reason(&c, "era_over");
	weights_case_well(&c);
	weights_case_proven(&c, 2, TEMPO);
}

static void
dropped(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "dropped, and the node says so");
	tell(c.w, "dev_dropNext", "[1, \"dropped\"]");
	weights_case_vector(&c);
	weights_case_proven(&c, 2, ERA + TEMPO);
}

/* Its block leaves the chain, and it comes back in another. */
static void
retracted(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "retracted, then in another block");
	tell(c.w, "dev_finality", "[]");
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(c.w, c.vector, "included", 0), 0);
	tell(c.w, "dev_fork", "[3, {\"empty\": true}]");
	tell(c.w, "dev_finality", "[2]");
	weights_case_well(&c);
	weights_case_proven(&c, 1, TEMPO);
}

/* TCP is up and carries nothing from the moment it was sent on. */
static void
stalled(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "no bytes, TCP up, once it was sent");
	tell(c.w, "dev_stop", "[]");
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(c.w, c.vector, "submitted", 0), 0);
	tell(c.w, "dev_stall", "[]");
	tell(c.w, "dev_resume", "[]");
	proc_skip_to_now(c.w->setter);
	assert_non_null(
	    proc_wait_event(c.w->setter, "chain.down", NULL, 90000));
	tell(c.w, "dev_stall", "[0]");
	weights_case_well(&c);
	weights_case_proven(&c, 1, TEMPO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_goes_wrong),
	    cmocka_unit_test(dropped_silently),
	    cmocka_unit_test(dropped),
	    cmocka_unit_test(retracted),
	    cmocka_unit_test(stalled),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

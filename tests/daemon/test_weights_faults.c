/*
 * What goes wrong between an intention to set weights and its proof, each
 * played by the development chain: the weights are proven within one tempo
 * once the chain is well again, and never sent twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
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

/* Another runtime, in which the call has another index, before it is in a
 * block: what was signed is void, and the next is made for the new one. */
static void
upgraded(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "upgrade in mid-flight, its call moved");
	tell(c.w, "dev_stop", "[]");
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(c.w, c.vector, "submitted", 0), 0);
	tell(c.w, "dev_upgrade",
	    "[{\"spec_version\": 425, \"move\": "
	    "{\"SubtensorModule.set_mechanism_weights\": 150}}]");
	tell(c.w, "dev_fork", "[1, {\"build\": 2, \"empty\": true}]");
	tell(c.w, "dev_resume", "[]");
	weights_case_well(&c);
	weights_case_proven(&c, 2, ERA + TEMPO);
}

/* Too little stake is waited for, not hammered at. */
static void
too_little_stake(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "too little stake, until there is");
	tell(c.w, "dev_set",
	    "[{\"pallet\": \"SubtensorModule\", \"entry\": "
	    "\"StakeThreshold\", \"keys\": [], \"value\": "
	    "9000000000000000}]");
	assert_int_equal(
	    weights_rig_wait_block(c.w, weights_rig_best(c.w) + 2), 0);
	proc_skip_to_now(c.w->setter);
	weights_case_vector(&c);
	assert_non_null(
	    proc_wait_event(c.w->setter, "weights.waiting", NULL, 0));
	tell(c.w, "dev_set",
	    "[{\"pallet\": \"SubtensorModule\", \"entry\": "
	    "\"StakeThreshold\", \"keys\": [], \"value\": 0}]");
	weights_case_well(&c);
	weights_case_proven(&c, 1, TEMPO);
}

/* Another has our place: nothing is sent until we have it again. */
static void
deregistered(void **state)
{
	struct weights_case c;
	struct weights_rig *w = *state;
	char *back = xasprintf("[{\"netuid\": 1, \"uid\": 0, \"hotkey\": "
			       "\"%s\", \"validator_permit\": true, "
			       "\"alpha_stake\": 1000000000000}]",
	    w->hotkey);

	weights_case_begin(&c, w, "deregistered, and registered again");
	tell(w, "dev_neuron",
	    "[{\"netuid\": 1, \"uid\": 0, \"hotkey\": \"//Usurper\"}]");
	assert_int_equal(weights_rig_wait_block(w, weights_rig_best(w) + 2), 0);
	weights_case_vector(&c);
	assert_int_equal(db_wait_int(w->db, 1, 0,
			     "select count(*) from setter where alarm is not "
			     "null"),
	    0);
	tell(w, "dev_neuron", back);
	free(back);
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
	    cmocka_unit_test(too_little_stake),
	    cmocka_unit_test(deregistered),
	    cmocka_unit_test(stalled),
	    cmocka_unit_test(upgraded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Runtimes before the one we know best: without timelocked calls, with epochs
 * that the block's number alone says, with metadata that names no runtime
 * API, and all of it at once; without locks. And a beacon whose pulses come
 * late, or too late. Proven is what the chain's storage shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/weights_case.h"
#include "tests/lib/weights_rig.h"

enum { TEMPO = 60 };

static const char committing[] =
    "\"tempo\":60,\"weights_rate_limit\":5,\"min_allowed_weights\":1,"
    "\"commit_reveal\":true";

/* One chain, and what our weights go by on it. */
struct older {
	const char *name;
	const char *hyper; /* NULL: nothing is committed */
	const char *flags[WEIGHTS_RIG_FLAGS];
	int metadata; /* version */
	const char *call, *state;
};

#define HIDE(name) "--hide", "SubtensorModule." name

static const struct older runtimes[] = {
    {"crv3 commits without the hotkey", committing,
	{"--crv3", HIDE("commit_crv3_mechanism_weights")}, 15,
	"commit_crv3_weights", "committed"},
    {"crv3 commits, the hotkey in the payload", committing, {"--crv3"}, 15,
	"commit_crv3_mechanism_weights", "committed"},
    {"epochs by the block's number", committing,
	{HIDE("LastEpochBlock"), HIDE("PendingEpochAt"),
	    HIDE("SubnetEpochIndex")},
	15, "commit_timelocked_mechanism_weights", "committed"},
    {"metadata V14 alone, committed", committing, {"--metadata", "14"}, 14,
	"commit_timelocked_mechanism_weights", "committed"},
    {"metadata V14 alone, set", NULL, {"--metadata", "14"}, 14,
	"set_mechanism_weights", "proven"},
    {"no hyper-parameters v3", committing,
	{"--hide", "SubnetInfoRuntimeApi.get_subnet_hyperparams_v3"}, 15,
	"commit_timelocked_mechanism_weights", "committed"},
    {"no mechanisms", NULL,
	{HIDE("set_mechanism_weights"), HIDE("MechanismCountCurrent")}, 15,
	"set_weights", "proven"},
    {"V14, crv3 and epochs by number: as spec 293", committing,
	{"--metadata", "14", "--crv3", HIDE("commit_crv3_mechanism_weights"),
	    HIDE("SubnetEpochIndex")},
	14, "commit_crv3_weights", "committed"},
};

static void
check_metadata(struct weights_rig *w, int version)
{
	const char *line;
	char text[8];

	proc_rewind(w->setter);
	line = proc_find_event(w->setter, "chain.runtime", NULL);
	assert_non_null(line);
	assert_int_equal(proc_value(line, "metadata", text, sizeof(text)), 0);
	assert_int_equal(atoi(text), version);
}

struct world {
	const struct older *o;
	struct weights_rig *w;
};

/* The runtime comes in as the state. */
static int
set_up_older(void **state)
{
	const struct older *o = *state;
	struct weights_rig_options options = {
	    .name = "weights-older", .hyper = o->hyper};
	struct world *world = xcalloc(1, sizeof(*world));

	memcpy(options.chain_flags, o->flags, sizeof(o->flags));
	world->o = o;
	world->w = weights_rig_new(&options);
	*state = world;
	return world->w == NULL ? -1 : 0;
}

static int
tear_down_older(void **state)
{
	struct world *world = *state;
	int status = weights_rig_end(world->w, false);

	free(world);
	return status;
}

static void
weights_are_proven_on(void **state)
{
	const struct world *world = *state;
	const struct older *o = world->o;
	struct weights_case c;

	check_metadata(world->w, o->metadata);
	weights_case_heading();
	weights_case_begin(&c, world->w, o->name);
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(world->w, c.vector, o->state, 0), 0);
	assert_int_equal(db_int(world->w->db,
			     "select count(*) from ledger where vector_id = "
			     "'%s' and call = '%s'",
			     c.vector, o->call),
	    1);
	weights_case_proven(&c, 1, 3 * TEMPO);
}

/* -- locks --------------------------------------------------------------- */

/* Snapshots are written, weights are set, and of locks nothing is known. */
static void
without_locks(const char *hidden, size_t said)
{
	const struct weights_rig_options o = {
	    .name = "weights-locks", .chain_flags = {"--hide", hidden}};
	struct weights_rig *w = weights_rig_new(&o);
	char id[40];

	assert_non_null(w);
	assert_int_equal(weights_rig_tell(w, "dev_neuron",
			     "[{\"netuid\":1,\"uid\":1,\"locked\":5000}]"),
	    0);
	assert_int_equal(weights_rig_vector(w, 1, 0, NULL, id), 0);
	assert_int_equal(weights_rig_wait(w, id, "proven", 0), 0);
	assert_int_equal(
	    db_wait_int(w->db, 1, 0,
		"select (max(block) - min(block) > 15)::int from snapshot"),
	    0);
	assert_int_equal(
	    db_int(w->db, "select count(*) from neuron where locked is null "
			  "and locked_own is null"),
	    5);
	assert_int_equal(
	    db_int(w->db, "select count(*) from snapshot where has_locks"), 0);
	assert_int_equal(
	    proc_count_events(w->setter, "sync.incomplete", "without=locks"),
	    said);
	assert_int_equal(weights_rig_end(w, false), 0);
}

static void
a_runtime_without_locks(void **state)
{
	(void)state;
	without_locks("SubtensorModule.Lock", 0);
}

/* What we do not know how to read is said once. */
static void
a_runtime_with_other_locks(void **state)
{
	(void)state;
	without_locks("SubtensorModule.DecayingHotkeyLock", 1);
}

/* -- the beacon ------------------------------------------------------------ */

static int
set_up(void **state)
{
	const struct weights_rig_options o = {.name = "weights-beacon",
	    .hyper = committing,
	    .ini = "again_after = 0\n"};

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
hold(struct weights_rig *w, bool held)
{
	assert_int_equal(
	    weights_rig_tell(w, "dev_beacon",
		held ? "[{\"hold\": true}]" : "[{\"hold\": false}]"),
	    0);
}

/* A vector, committed, and the beacon silent from then on. */
static void
commit_and_hold(struct weights_case *c)
{
	weights_case_vector(c);
	assert_int_equal(weights_rig_wait(c->w, c->vector, "committed", 0), 0);
	hold(c->w, true);
}

/* Until weightsetterd has seen a block well within the epoch of the reveal,
 * by when the round would have been out. */
static void
wait_for_reveal_epoch(struct weights_case *c)
{
	enum { WELL_WITHIN = 15 };

	assert_int_equal(db_wait_int(c->w->db, 1, 0,
			     "select count(*) from (select from ledger l, "
			     "snapshot s where l.vector_id = '%s' and "
			     "(s.hyper->>'epoch_index')::int = l.commit_epoch "
			     "+ 1 and s.block >= "
			     "(s.hyper->>'last_epoch_block')::int + %d limit "
			     "1) as one",
			     c->vector, WELL_WITHIN),
	    0);
}

static void
a_pulse_that_comes_late_still_proves(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "a pulse held back, then let go");
	commit_and_hold(&c);
	wait_for_reveal_epoch(&c);
	assert_int_equal(db_int(c.w->db,
			     "select count(*) from ledger where vector_id = "
			     "'%s' and state = 'committed'",
			     c.vector),
	    1);
	hold(c.w, false);
	weights_case_proven(&c, 1, 3 * TEMPO);
}

/* The chain drops what it could not open: that is said, and the same weights
 * are committed once more. */
static void
a_pulse_that_comes_too_late_is_noticed(void **state)
{
	struct weights_case c;

	weights_case_begin(&c, *state, "a pulse held back for an epoch");
	commit_and_hold(&c);
	weights_case_wait_reason(&c, "not_revealed");
	assert_int_equal(
	    proc_count_events(c.w->setter, "weights.not_revealed", NULL), 1);
	assert_int_equal(weights_rig_audit(c.w), 0);
	hold(c.w, false);
	if (db_wait_int(c.w->db, 1, 0,
		"select count(*) from (select from ledger l join weight_vector "
		"v on v.id = l.vector_id where v.origin = '%s' and l.state = "
		"'proven' limit 1) as one",
		c.vector) != 0)
		fail_msg("what was lost is not proven");
	assert_int_equal(weights_rig_audit(c.w), 0);
}

int
main(void)
{
	enum { N = sizeof(runtimes) / sizeof(runtimes[0]) };
	struct CMUnitTest tests[N];
	const struct CMUnitTest locks[] = {
	    cmocka_unit_test(a_runtime_without_locks),
	    cmocka_unit_test(a_runtime_with_other_locks),
	};
	const struct CMUnitTest beacon[] = {
	    cmocka_unit_test(a_pulse_that_comes_late_still_proves),
	    cmocka_unit_test(a_pulse_that_comes_too_late_is_noticed),
	};

	for (size_t i = 0; i < N; i++)
		tests[i] =
		    (struct CMUnitTest)cmocka_unit_test_prestate_setup_teardown(
			weights_are_proven_on, set_up_older, tear_down_older,
			(void *)&runtimes[i]);
	return cmocka_run_group_tests(tests, NULL, NULL) +
	       cmocka_run_group_tests(locks, NULL, NULL) +
	       cmocka_run_group_tests(beacon, set_up, tear_down);
}

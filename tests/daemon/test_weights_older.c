/*
 * Runtimes before the one we know best: without timelocked calls, with epochs
 * that the block's number alone says, with metadata that names no runtime
 * API, and all of it at once. And a beacon whose pulses come late, or too
 * late. Proven is what the chain's storage shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

static void
run_older(const struct older *o)
{
	struct weights_rig_options options = {
	    .name = "weights-older", .hyper = o->hyper};
	struct weights_rig *w;
	struct weights_case c;

	memcpy(options.chain_flags, o->flags, sizeof(o->flags));
	w = weights_rig_new(&options);
	assert_non_null(w);
	check_metadata(w, o->metadata);
	weights_case_begin(&c, w, o->name);
	weights_case_vector(&c);
	assert_int_equal(weights_rig_wait(w, c.vector, o->state, 0), 0);
	assert_int_equal(db_int(w->db,
			     "select count(*) from ledger where vector_id = "
			     "'%s' and call = '%s'",
			     c.vector, o->call),
	    1);
	weights_case_proven(&c, 1, 3 * TEMPO);
	assert_int_equal(weights_rig_end(w, false), 0);
}

static void
weights_are_proven_on_older_runtimes(void **state)
{
	(void)state;
	weights_case_heading();
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		run_older(&runtimes[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weights_are_proven_on_older_runtimes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Our own standing on a subnet, from storage as finney's runtime lays it
 * out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
/* included whole, with what it asks */
#include "weightsetter/own.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define ALICE_HEX                                                              \
	"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
#define BOB_HEX                                                                \
	"8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"

static struct snapshot *
standing(void)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = 11;
	memcpy(s->hotkey, ALICE, sizeof(ALICE));
	s->hyper.mechanisms = 2;
	s->hyper.commit_reveal = true;
	s->hyper.reveal_period = 1;
	s->hyper.epochs = (struct epochs){.is_counted = true,
	    .netuid = 11,
	    .tempo = 360,
	    .last = 1000,
	    .index = 9,
	    .current = 1100};
	s->neurons = xcalloc(2, sizeof(*s->neurons));
	s->n_neurons = 2;
	s->neurons[1].uid = 1;
	memcpy(s->neurons[1].hotkey, ALICE, sizeof(ALICE));
	return s;
}

static void
put(json_t *changes, char *key, const char *hex)
{
	assert_non_null(key);
	json_array_append_new(changes, json_pack("[s, s]", key, hex));
	free(key);
}

static json_t *
answer_of(json_t *changes)
{
	return json_pack("[{s:s, s:o}]", "block", "0x", "changes", changes);
}

static void
what_is_there_is_read_for_each_mechanism(void **state)
{
	struct snapshot *s = standing();
	json_t *changes = json_array(), *answer;
	struct metadata *md;
	struct err err = {{0}};
	const struct own *own = &s->own[1];

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	put(changes, key_last_update(md, 4107),
	    "0x0800010000000000000200000000000000");
	put(changes, key_weights(md, 4107, 1), "0x080000010001000200");
	put(changes, key_hashes(md, 4107, ALICE),
	    "0x04" BOB_HEX "0800000000000000"
	    "4c04000000000000"
	    "0000000000000000");
	put(changes, key_timelocked(md, 4107, 9),
	    "0x08" BOB_HEX "0100000000000000"
	    "0401"
	    "0900000000000000" ALICE_HEX "4d04000000000000"
	    "08abcd"
	    "7b00000000000000");
	answer = answer_of(changes);
	assert_int_equal(own_take(md, s, answer, &err), 0);
	assert_int_equal(s->own[0].last_update, 0);
	assert_int_equal(s->own[0].n_commits, 0);
	assert_int_equal(own->last_update, 2);
	assert_int_equal(own->on_chain.n, 2);
	assert_int_equal(own->on_chain.uids[1], 1);
	assert_int_equal(own->on_chain.weights[1], 2);
	assert_int_equal(own->n_commits, 2);
	assert_string_equal(own->commits[0].hash, "0x" BOB_HEX);
	assert_int_equal(own->commits[0].epoch, 8);
	assert_int_equal(own->commits[0].block, 1100);
	assert_false(own->commits[0].is_timelocked);
	assert_true(own->commits[1].is_timelocked);
	assert_int_equal(own->commits[1].epoch, 9);
	assert_int_equal(own->commits[1].block, 1101);
	assert_int_equal(own->commits[1].round, 123);
	/* blake2b-256 of ab cd */
	assert_string_equal(own->commits[1].hash,
	    "0x9606e52f00c679e548b5155af5026f5a"
	    "f4130d7a15c990a791fff8d652c464f5");
	json_decref(answer);
	snapshot_free(s);
	metadata_free(md);
}

/* Spec 293 had neither timelocked commits nor mechanisms. */
static void
commits_of_an_older_runtime_are_found(void **state)
{
	struct snapshot *s = standing();
	json_t *changes = json_array(), *answer;
	struct metadata *md;
	struct err err = {{0}};
	const struct own *own = &s->own[0];

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("metadata-293.scale");
	s->hyper.mechanisms = 1;
	put(changes, key_timelocked(md, 11, 9),
	    "0x08" BOB_HEX "0401"
	    "0900000000000000" ALICE_HEX "08abcd"
	    "7b00000000000000");
	answer = answer_of(changes);
	if (own_take(md, s, answer, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(own->n_commits, 1);
	assert_true(own->commits[0].is_timelocked);
	assert_int_equal(own->commits[0].epoch, 9);
	assert_int_equal(own->commits[0].block, 0);
	assert_int_equal(own->commits[0].round, 123);
	assert_string_equal(own->commits[0].hash,
	    "0x9606e52f00c679e548b5155af5026f5a"
	    "f4130d7a15c990a791fff8d652c464f5");
	json_decref(answer);
	snapshot_free(s);
	metadata_free(md);
}

/* The entries that are done with stay in metadata, empty. */
static void
the_newest_entry_is_the_one_in_use(void **state)
{
	static const struct {
		const char *file, *entry;
	} cases[] = {
	    {"finney_taohop_20260704.scale", "TimelockedWeightCommits"},
	    {"finney_spec343_v15.scale", "TimelockedWeightCommits"},
	    {"metadata-293.scale", "CRV3WeightCommits"},
	};

	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct metadata *md = chainmeta_load(cases[i].file);

		assert_string_equal(timelocked_of(md), cases[i].entry);
		metadata_free(md);
	}
}

static void
who_is_not_of_the_subnet_asks_for_nothing(void **state)
{
	struct snapshot *s = standing();
	struct metadata *md;
	json_t *keys;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	keys = own_keys(md, s);
	/* update, weights, hashes, epochs 7 to 9; twice */
	assert_int_equal(json_array_size(keys), 12);
	json_decref(keys);
	s->neurons[1].hotkey[0] = '\0';
	keys = own_keys(md, s);
	assert_int_equal(json_array_size(keys), 0);
	json_decref(keys);
	snapshot_free(s);
	metadata_free(md);
}

/* Longer reveal periods than are ever set, and the first epochs of all. */
static void
the_epochs_looked_at_are_few(void **state)
{
	struct snapshot *s = standing();
	uint64_t from;

	(void)state;
	s->hyper.reveal_period = 100;
	s->hyper.epochs.index = 200;
	assert_int_equal(epochs_of(s, &from), MAX_EPOCHS + 1);
	assert_int_equal(from, 200 - MAX_EPOCHS);
	s->hyper.epochs.index = 1;
	assert_int_equal(epochs_of(s, &from), 2);
	assert_int_equal(from, 0);
	s->hyper.commit_reveal = false;
	assert_int_equal(epochs_of(s, &from), 0);
	snapshot_free(s);
}

static void
values_of_another_form_are_refused(void **state)
{
	struct snapshot *s = standing();
	json_t *changes = json_array(), *answer;
	struct metadata *md;
	struct err err = {{0}};

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	put(changes, key_weights(md, 11, 1), "0x0800");
	answer = answer_of(changes);
	assert_int_equal(own_take(md, s, answer, &err), -1);
	assert_non_null(strstr(err.text, "Weights"));
	json_decref(answer);
	snapshot_free(s);
	metadata_free(md);
}

static void
a_shared_snapshot_lives_until_its_last_holder(void **state)
{
	struct snapshot *s = standing();

	(void)state;
	assert_ptr_equal(snapshot_hold(s), s);
	snapshot_free(s);
	assert_string_equal(s->hotkey, ALICE);
	snapshot_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_there_is_read_for_each_mechanism),
	    cmocka_unit_test(commits_of_an_older_runtime_are_found),
	    cmocka_unit_test(the_newest_entry_is_the_one_in_use),
	    cmocka_unit_test(who_is_not_of_the_subnet_asks_for_nothing),
	    cmocka_unit_test(the_epochs_looked_at_are_few),
	    cmocka_unit_test(values_of_another_form_are_refused),
	    cmocka_unit_test(a_shared_snapshot_lives_until_its_last_holder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Whose weights are read when, and what is taken of the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/peers.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

/* Four neurons; uids 0 and 2 have a permit. */
static struct snapshot *
of_four(uint64_t block, uint64_t epoch, size_t mechanisms)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = 1;
	s->block = block;
	s->hyper.mechanisms = mechanisms;
	s->hyper.tempo = 20;
	s->hyper.epochs =
	    (struct epochs){.is_counted = true, .index = epoch, .tempo = 20};
	s->neurons = xcalloc(4, sizeof(*s->neurons));
	s->n_neurons = 4;
	for (size_t i = 0; i < 4; i++) {
		s->neurons[i].uid = (uint16_t)i;
		s->neurons[i].permit = i % 2 == 0;
		s->neurons[i].last_update = 100;
	}
	return s;
}

/* "0:0 0:2": by mechanism and uid. */
static void
assert_plan(
    struct snapshot *s, const struct peers_seen *seen, const char *expected)
{
	char text[128] = "";

	peers_plan(s, seen);
	for (size_t i = 0; i < s->n_peers; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s%u:%u", i == 0 ? "" : " ", s->peers[i].mecid,
		    s->peers[i].uid);
	assert_string_equal(text, expected);
}

static void
remember(struct peers_seen *seen, struct snapshot *s)
{
	s->has_peers = true;
	peers_seen_take(seen, s);
	snapshot_free(s);
}

static void
all_once_then_what_changed(void **state)
{
	struct peers_seen seen = {0};
	struct snapshot *s;

	(void)state;
	s = of_four(200, 7, 1);
	assert_plan(s, &seen, "0:0 0:2");
	peers_seen_take(&seen, s); /* was not read: changes nothing */
	assert_false(seen.is_known);
	remember(&seen, s);
	s = of_four(201, 7, 1);
	assert_plan(s, &seen, "");
	remember(&seen, s);
	s = of_four(202, 7, 1);
	s->neurons[2].last_update = 201;
	s->neurons[3].last_update = 201; /* has no permit */
	assert_plan(s, &seen, "0:2");
	remember(&seen, s);
	s = of_four(203, 7, 1);
	s->neurons[2].last_update = 201;
	s->neurons[3].last_update = 201;
	assert_plan(s, &seen, "");
	snapshot_free(s);
	s = of_four(204, 8, 1); /* an epoch may have revealed */
	assert_plan(s, &seen, "0:0 0:2");
	snapshot_free(s);
	peers_seen_clear(&seen);
}

static void
mechanisms_have_updates_of_their_own(void **state)
{
	struct peers_seen seen = {0};
	struct snapshot *s = of_four(200, 7, 2);

	(void)state;
	assert_plan(s, &seen, "0:0 0:2 1:0 1:2");
	remember(&seen, s);
	s = of_four(201, 7, 2);
	s->own[1].updates = xcalloc(3, sizeof(uint64_t));
	s->own[1].n_updates = 3;
	s->own[1].updates[2] = 201;
	assert_plan(s, &seen, "1:2");
	snapshot_free(s);
	s = of_four(202, 7, 3); /* one more mechanism */
	assert_plan(s, &seen, "2:0 2:2");
	snapshot_free(s);
	peers_seen_clear(&seen);
}

static void
a_new_uid_is_read_when_it_may_set_weights(void **state)
{
	struct peers_seen seen = {0};
	struct snapshot *s = of_four(200, 7, 1);

	(void)state;
	s->n_neurons = 2;
	remember(&seen, s);
	s = of_four(201, 7, 1);
	assert_plan(s, &seen, "0:2");
	snapshot_free(s);
	peers_seen_clear(&seen);
}

static void
epochs_that_are_not_counted(void **state)
{
	struct peers_seen seen = {0};
	struct snapshot *s = of_four(200, 0, 1);

	(void)state;
	s->hyper.epochs.is_counted = false;
	remember(&seen, s);
	for (uint64_t block = 201; block < 222; block++) {
		s = of_four(block, 0, 1);
		s->hyper.epochs.is_counted = false;
		peers_plan(s, &seen);
		/* (block + netuid + 1) mod (tempo + 1) */
		assert_int_equal(s->n_peers > 0, block + 2 >= 210);
		snapshot_free(s);
	}
	peers_seen_clear(&seen);
}

/* What a node says of keys: the first has weights, the second none, the
 * third is broken. */
static json_t *
answer_of(const json_t *keys)
{
	json_t *changes = json_pack("[[O, s], [O, n], [O, s]]",
	    json_array_get(keys, 0), "0x0801000700ffff0000",
	    json_array_get(keys, 1), json_array_get(keys, 2), "0x08010007");

	return json_pack("[{s:s, s:o}]", "block", "0x", "changes", changes);
}

static void
weights_are_taken_and_broken_ones_left(void **state)
{
	struct peers_seen seen = {0};
	struct snapshot *s = of_four(200, 7, 2);
	struct metadata *md;
	json_t *keys, *answer;
	struct err err;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	peers_plan(s, &seen);
	keys = peers_keys(md, s, 0, &err);
	assert_int_equal(json_array_size(keys), 4);
	answer = answer_of(keys);
	peers_take(md, s, 0, answer);
	assert_true(s->peers[0].is_read);
	assert_int_equal(s->peers[0].weights.n, 2);
	assert_int_equal(s->peers[0].weights.uids[1], 65535);
	assert_int_equal(s->peers[0].weights.weights[0], 7);
	assert_true(s->peers[1].is_read);
	assert_int_equal(s->peers[1].weights.n, 0);
	assert_false(s->peers[2].is_read);
	assert_true(s->peers[3].is_read); /* missing is none */
	json_decref(answer);
	json_decref(keys);
	snapshot_free(s);
	metadata_free(md);
}

static void
many_come_in_pages(void **state)
{
	struct snapshot *s = of_four(200, 7, 1);
	struct peers_seen seen = {0};

	(void)state;
	free(s->neurons);
	s->n_neurons = 4096;
	s->neurons = xcalloc(s->n_neurons, sizeof(*s->neurons));
	for (size_t i = 0; i < s->n_neurons; i++)
		s->neurons[i].permit = true;
	peers_plan(s, &seen);
	assert_int_equal(s->n_peers, PEERS_MAX);
	assert_int_equal(peers_in_page(s, 0), PEERS_PAGE);
	assert_int_equal(peers_in_page(s, PEERS_MAX - 3), 3);
	snapshot_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_once_then_what_changed),
	    cmocka_unit_test(mechanisms_have_updates_of_their_own),
	    cmocka_unit_test(a_new_uid_is_read_when_it_may_set_weights),
	    cmocka_unit_test(epochs_that_are_not_counted),
	    cmocka_unit_test(weights_are_taken_and_broken_ones_left),
	    cmocka_unit_test(many_come_in_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

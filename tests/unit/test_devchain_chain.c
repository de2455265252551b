/*
 * The development chain's blocks, pool, forks and finality, and what it takes
 * of an extrinsic's signature, nonce and era.
 */
#include "tests/unit/devchain_rig.h"

#include "subtensor/hash.h"
#include "subtensor/scale.h"

static const char good[] =
    "{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}";

/* A set_weights of Alice's with this nonce. */
static enum submit_result
send(struct rig *r, uint32_t nonce, struct submission *s)
{
	struct extrinsic_env env = rig_env(r, nonce);
	struct buf bytes = {0};

	rig_sign(
	    r, "//Alice", &env, "SubtensorModule", "set_weights", good, &bytes);
	return rig_submit(r, &bytes, s);
}

static struct bytes
weights_of_alice(const struct rig *r)
{
	struct view v = rig_view(r);
	struct bytes b;

	view_get(&v, item_net_uid("Weights", 1, 0), &b);
	return b;
}

static void
headers_hash_to_their_blocks_and_link(void **state)
{
	struct rig *r = *state;
	struct block *b = rig_block(r, 5);

	assert_int_equal(b->place.number, 5);
	for (uint32_t n = 1; n <= 5; n++) {
		struct buf h = {0};
		uint8_t hash[32];

		b = chain_block_at(r->chain, n);
		assert_memory_equal(
		    b->parent_hash, chain_block_at(r->chain, n - 1)->hash, 32);
		buf_add(&h, b->parent_hash, 32);
		scale_put_compact(&h, n);
		buf_add(&h, b->state_root, 32);
		buf_add(&h, b->extrinsics_root, 32);
		scale_put_compact(&h, b->n_logs);
		for (size_t i = 0; i < b->n_logs; i++)
			buf_add(&h, b->logs[i].data, b->logs[i].len);
		hash_blake2_256(h.data, h.len, hash);
		assert_memory_equal(hash, b->hash, 32);
		buf_free(&h);
	}
}

static void
the_same_scenario_has_the_same_genesis(void **state)
{
	struct rig *r = *state;
	void *other;

	rig_set_up(&other);
	assert_memory_equal(r->chain->genesis->hash,
	    ((struct rig *)other)->chain->genesis->hash, 32);
	rig_tear_down(&other);
}

static void
every_blocks_events_decode(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < 45; i++) {
		json_t *events;

		rig_block(r, 1);
		events = rig_events(r);
		assert_int_equal(json_array_size(events), 1);
		json_decref(events);
	}
}

static void
epochs_move_on_by_tempo(void **state)
{
	struct rig *r = *state;
	struct view v;

	rig_block(r, 19);
	v = rig_view(r);
	assert_int_equal(view_uint(&v, item_net("SubnetEpochIndex", 1)), 0);
	assert_int_equal(view_uint(&v, item_net("BlocksSinceLastStep", 1)), 19);
	rig_block(r, 1);
	v = rig_view(r);
	assert_int_equal(view_uint(&v, item_net("SubnetEpochIndex", 1)), 1);
	assert_int_equal(view_uint(&v, item_net("LastEpochBlock", 1)), 20);
	assert_int_equal(view_uint(&v, item_net("BlocksSinceLastStep", 1)), 0);
}

static void
an_extrinsic_goes_from_ready_to_finalized(void **state)
{
	struct rig *r = *state;
	struct submission s;

	rig_block(r, 3);
	assert_int_equal(send(r, 0, &s), SUBMIT_OK);
	assert_string_equal(r->news, "ready ");
	rig_block(r, 3);
	assert_string_equal(r->news, "ready inBlock(4) finalized(4) ");
	assert_null(pool_first(r->chain->pool));
	assert_int_equal(rig_nonce(r, "//Alice"), 1);
}

static void
a_gap_in_the_nonces_waits_to_be_filled(void **state)
{
	struct rig *r = *state;
	struct submission s;

	rig_put(r, "WeightsSetRateLimit", "[1]", "0");
	rig_block(r, 3);
	assert_int_equal(send(r, 1, &s), SUBMIT_OK);
	assert_string_equal(r->news, "future ");
	rig_block(r, 1);
	assert_string_equal(r->news, "future ");
	assert_int_equal(rig_nonce(r, "//Alice"), 0);
	assert_int_equal(send(r, 0, &s), SUBMIT_OK);
	assert_string_equal(r->news, "future ready ready ");
	assert_int_equal(rig_nonce(r, "//Alice"), 2);
	rig_block(r, 1);
	assert_string_equal(
	    r->news, "future ready ready inBlock(5) inBlock(5) ");
}

static void
the_pool_takes_nothing_twice(void **state)
{
	struct rig *r = *state;
	struct submission s;

	rig_block(r, 3);
	assert_int_equal(send(r, 0, &s), SUBMIT_OK);
	assert_int_equal(send(r, 0, &s), SUBMIT_RIVAL);
	rig_block(r, 1);
	assert_int_equal(send(r, 0, &s), SUBMIT_INVALID);
	assert_int_equal(s.validity.invalid, INVALID_STALE);
}

static void
the_same_bytes_are_known_then_banned(void **state)
{
	struct rig *r = *state;
	struct submission s;
	struct buf bytes = {0}, again = {0}, later = {0};
	struct extrinsic_env env;

	rig_block(r, 3);
	env = rig_env(r, 0);
	rig_sign(
	    r, "//Alice", &env, "SubtensorModule", "set_weights", good, &bytes);
	buf_add(&again, bytes.data, bytes.len);
	buf_add(&later, bytes.data, bytes.len);
	assert_int_equal(rig_submit(r, &bytes, &s), SUBMIT_OK);
	assert_int_equal(rig_submit(r, &again, &s), SUBMIT_KNOWN);
	rig_block(r, 1);
	assert_int_equal(rig_submit(r, &later, &s), SUBMIT_BANNED);
}

/* What is signed must be what the chain is. */
static void
a_signature_covers_version_genesis_and_birth(void **state)
{
	struct rig *r = *state;

	rig_block(r, 40);
	for (int wrong = 0; wrong < 5; wrong++) {
		struct extrinsic_env env = rig_env(r, 0);
		struct submission s;
		struct buf bytes = {0};

		if (wrong == 0)
			env.spec_version++;
		else if (wrong == 1)
			env.transaction_version++;
		else if (wrong == 2)
			env.genesis[0] ^= 1;
		else if (wrong == 3)
			env.birth_hash[0] ^= 1;
		else /* an era that is over */
			env.era = era_at(4, 3);
		if (wrong == 4)
			memcpy(env.birth_hash,
			    chain_block_at(r->chain, 3)->hash, 32);
		rig_sign(r, "//Alice", &env, "SubtensorModule", "set_weights",
		    good, &bytes);
		assert_int_equal(rig_submit(r, &bytes, &s), SUBMIT_INVALID);
		assert_int_equal(s.validity.invalid, INVALID_BAD_PROOF);
	}
}

static void
bytes_that_are_no_extrinsic_are_told_apart(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum submit_result result;
	} cases[] = {
	    {"", 0, SUBMIT_BAD_FORMAT}, {"\x10\x84", 2, SUBMIT_BAD_FORMAT},
	    {"\x08\x84\x00", 3, SUBMIT_UNDECODABLE},
	    {"\x0c\x05\xff\x00", 4, SUBMIT_UNDECODABLE},
	    {"\x14\x05\x02\x00\x04\x00", 6, SUBMIT_UNDECODABLE},
	    {"\x10\x05\x02\x00\x04", 5, SUBMIT_INVALID}, /* an inherent */
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct submission s;
		struct buf b = {0};

		buf_add(&b, cases[i].bytes, cases[i].len);
		if (rig_submit(r, &b, &s) != cases[i].result)
			fail_msg("case %zu", i);
	}
}

static void
one_changed_bit_anywhere_is_refused(void **state)
{
	struct rig *r = *state;
	struct extrinsic_env env;
	struct buf bytes = {0};

	rig_block(r, 3);
	env = rig_env(r, 0);
	rig_sign(
	    r, "//Alice", &env, "SubtensorModule", "set_weights", good, &bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		struct submission s;
		struct buf b = {0};

		buf_add(&b, bytes.data, bytes.len);
		b.data[i] ^= 1;
		assert_int_not_equal(rig_submit(r, &b, &s), SUBMIT_OK);
	}
	buf_free(&bytes);
}

static void
a_fork_includes_again_and_sees_its_own_state(void **state)
{
	struct rig *r = *state;
	struct submission s;
	struct block *old;
	struct view v;
	struct bytes b;
	struct err err;

	rig_block(r, 5);
	send(r, 0, &s);
	old = rig_block(r, 1);
	assert_int_equal(weights_of_alice(r).len, 5);
	r->heads[0] = '\0';
	assert_int_equal(chain_fork(r->chain, 1, 2, true, r->now_ms, &err), 0);
	assert_string_equal(r->heads, "7 ");
	assert_string_equal(r->news, "ready inBlock(6) retracted(6) ");
	assert_int_equal(weights_of_alice(r).len, 1);
	assert_true(chain_view(r->chain, old, &v));
	view_get(&v, item_net_uid("Weights", 1, 0), &b);
	assert_int_equal(b.len, 5);
	assert_memory_not_equal(
	    chain_block_at(r->chain, 6)->hash, old->hash, 32);
	rig_block(r, 3);
	assert_string_equal(
	    r->news, "ready inBlock(6) retracted(6) inBlock(8) finalized(8) ");
	assert_int_equal(weights_of_alice(r).len, 5);
}

static void
a_fork_does_again_what_was_done_by_hand(void **state)
{
	struct rig *r = *state;
	struct err err;
	struct view v;

	rig_block(r, 4);
	rig_put(r, "Tempo", "[1]", "77");
	rig_block(r, 1);
	rig_put(r, "Tempo", "[1]", "78");
	rig_block(r, 1);
	assert_int_equal(chain_fork(r->chain, 2, 1, false, r->now_ms, &err), 0);
	v = rig_view(r);
	assert_int_equal(view_uint(&v, item_net("Tempo", 1)), 78);
}

static void
what_is_finalized_is_not_forked_away(void **state)
{
	struct rig *r = *state;
	struct err err;

	rig_block(r, 6);
	assert_int_equal(r->chain->finalized->place.number, 4);
	assert_int_equal(
	    chain_fork(r->chain, 3, 1, false, r->now_ms, &err), -1);
	assert_int_equal(chain_fork(r->chain, 2, 1, false, r->now_ms, &err), 0);
	assert_int_equal(r->chain->best->place.number, 5);
}

static void
a_lost_extrinsic_is_ready_and_no_more(void **state)
{
	struct rig *r = *state;
	struct submission s;

	rig_block(r, 3);
	r->chain->lose_next = 1;
	r->chain->lose = LOSE_SILENTLY;
	assert_int_equal(send(r, 0, &s), SUBMIT_OK);
	rig_block(r, 3);
	assert_string_equal(r->news, "ready ");
	assert_int_equal(rig_nonce(r, "//Alice"), 0);
	assert_int_equal(send(r, 0, &s), SUBMIT_OK);
	rig_block(r, 1);
	assert_string_equal(r->news, "ready ready inBlock(7) ");
}

static void
an_upgrade_makes_waiting_signatures_invalid(void **state)
{
	struct rig *r = *state;
	struct runtime_spec spec = {
	    .spec_version = 425, .transaction_version = 1};
	struct op op = {.kind = OP_RUNTIME};
	struct submission s;
	json_t *events;

	rig_put(r, "WeightsSetRateLimit", "[1]", "0");
	rig_block(r, 3);
	send(r, 1, &s); /* waits for nonce 0 */
	op.runtime = chain_add_runtime(r->chain, &spec);
	ops_add(&r->chain->pending, op);
	rig_block(r, 1);
	assert_int_equal(r->chain->best->runtime->spec.spec_version, 425);
	assert_int_equal(
	    chain_block_at(r->chain, 3)->runtime->spec.spec_version, 424);
	assert_string_equal(r->news, "future invalid ");
	events = rig_events(r);
	assert_non_null(json_object_get(
	    json_object_get(json_array_get(events, 0), "event"), "System"));
	json_decref(events);
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "set_weights", good),
	    "ok");
}

static void
old_storage_is_discarded_and_the_rest_stays(void **state)
{
	struct rig *r = *state;
	struct block *old;
	struct view v;
	uint32_t keep = CHAIN_STATES + CHAIN_FOLD_EVERY;

	old = rig_block(r, 5);
	rig_block(r, keep + 10);
	assert_true(r->chain->floor > 5);
	assert_false(chain_view(r->chain, old, &v));
	assert_true(chain_view(r->chain,
	    chain_block_at(
		r->chain, r->chain->finalized->place.number - CHAIN_STATES + 1),
	    &v));
	v = rig_view(r);
	assert_int_equal(view_uint(&v, item_net("SubnetworkN", 1)), 4);
	assert_int_equal(view_uint(&v, item("System", "Number")), keep + 15);
	assert_ptr_equal(chain_block_at(r->chain, 5), old);
}

static void
forks_are_forgotten_with_the_blocks_around_them(void **state)
{
	struct rig *r = *state;
	struct err err;
	uint8_t hash[32];

	rig_block(r, 5);
	memcpy(hash, r->chain->best->hash, 32);
	assert_int_equal(chain_fork(r->chain, 2, 3, false, r->now_ms, &err), 0);
	assert_non_null(chain_block(r->chain, hash));
	rig_block(r, CHAIN_STATES + 2 * CHAIN_FOLD_EVERY);
	assert_null(chain_block(r->chain, hash));
	assert_non_null(chain_block_at(r->chain, 4));
}

static void
a_recycled_uid_belongs_to_the_new_hotkey(void **state)
{
	struct rig *r = *state;
	struct op op = {.kind = OP_NEURON};
	struct sr25519_keypair dave, eve;
	struct view v;
	json_t *events;
	uint8_t hotkey[32];

	op.neuron = rig_json(
	    "{'netuid': 1, 'uid': 3, 'hotkey': '//Eve', 'alpha_stake': 9}");
	rig_block(r, 1);
	ops_add(&r->chain->pending, op);
	rig_block(r, 1);
	suri_to_keypair("//Dave", &dave, NULL);
	suri_to_keypair("//Eve", &eve, NULL);
	v = rig_view(r);
	view_account(&v, item_net_uid("Keys", 1, 3), hotkey);
	assert_memory_equal(hotkey, eve.public, 32);
	assert_false(view_has(&v, item_net_account("Uids", 1, dave.public)));
	assert_int_equal(
	    view_uint(&v, item_net_account("Uids", 1, eve.public)), 3);
	assert_int_equal(
	    view_uint(&v, item_net_uid("BlockAtRegistration", 1, 3)), 2);
	events = rig_events(r);
	assert_non_null(
	    rig_event(events, "SubtensorModule", "NeuronRegistered"));
	json_decref(events);
}

static void
a_scenario_says_what_is_wrong_with_it(void **state)
{
	static const struct {
		const char *scenario, *why;
	} cases[] = {
	    {"{'subnet': []}", "\"subnet\" means nothing here"},
	    {"{'subnets': [{}]}", "subnet 0: netuid is missing or odd"},
	    {"{'subnets': [{'netuid': 1, 'hyperparameters': {'temp': 1}}]}",
		"subnet 0: there is no hyper-parameter temp"},
	    {"{'subnets': [{'netuid': 1, 'neurons': [{}]}]}",
		"subnet 0: neuron 0: neither uid nor hotkey is given"},
	    {"{'subnets': [{'netuid': 1, 'neurons': [{'uid': 1}]}]}",
		"subnet 0: neuron 0: there is no uid 1"},
	    {"{'subnets': [{'netuid': 1, 'neurons': [{'hotkey': '//A'}, "
	     "{'hotkey': '//A', 'uid': 1}]}]}",
		"subnet 0: neuron 1: the hotkey is at uid 0 already"},
	    {"{'storage': [{'pallet': 'A', 'entry': 'B', 'value': 1}]}",
		"storage 0: there is no storage A.B"},
	};
	const struct runtime_spec spec = {.spec_version = 1};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct chain_hooks hooks = {0};
		struct chain *c = chain_new(&hooks, 2);
		json_t *j = rig_json(cases[i].scenario);
		struct err err = {""};

		assert_int_equal(chain_start(c, chain_add_runtime(c, &spec),
				     scenario_fill, j, &err),
		    -1);
		assert_string_equal(err.text, cases[i].why);
		json_decref(j);
		chain_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RIG_CASE(headers_hash_to_their_blocks_and_link),
	    RIG_CASE(the_same_scenario_has_the_same_genesis),
	    RIG_CASE(every_blocks_events_decode),
	    RIG_CASE(epochs_move_on_by_tempo),
	    RIG_CASE(an_extrinsic_goes_from_ready_to_finalized),
	    RIG_CASE(a_gap_in_the_nonces_waits_to_be_filled),
	    RIG_CASE(the_pool_takes_nothing_twice),
	    RIG_CASE(the_same_bytes_are_known_then_banned),
	    RIG_CASE(a_signature_covers_version_genesis_and_birth),
	    RIG_CASE(bytes_that_are_no_extrinsic_are_told_apart),
	    RIG_CASE(one_changed_bit_anywhere_is_refused),
	    RIG_CASE(a_fork_includes_again_and_sees_its_own_state),
	    RIG_CASE(a_fork_does_again_what_was_done_by_hand),
	    RIG_CASE(what_is_finalized_is_not_forked_away),
	    RIG_CASE(a_lost_extrinsic_is_ready_and_no_more),
	    RIG_CASE(an_upgrade_makes_waiting_signatures_invalid),
	    RIG_CASE(old_storage_is_discarded_and_the_rest_stays),
	    RIG_CASE(forks_are_forgotten_with_the_blocks_around_them),
	    RIG_CASE(a_recycled_uid_belongs_to_the_new_hotkey),
	    cmocka_unit_test(a_scenario_says_what_is_wrong_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

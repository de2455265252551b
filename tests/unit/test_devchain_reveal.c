/*
 * How the development chain opens timelocked commits: in their reveal epoch,
 * by the beacon's round, and what keeps them shut.
 */
#include "tests/unit/devchain_rig.h"

#include "common/hex.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/beacon.h"
#include "tests/fake/devchain/commits.h"
#include "tests/fake/devchain/older.h"

enum { TEMPO = 20 };

static const uint16_t uids[] = {1, 2};
static const uint16_t values[] = {65535, 32768};

/* The round that is stored once block n is. */
static uint64_t
round_of(const struct rig *r, uint32_t n)
{
	uint32_t ahead = n - r->chain->best->place.number;

	return beacon_round(r->now_ms + 1000 * (int64_t)ahead);
}

/* Alice's weights sealed to a round, as "0x..", with that hotkey or, if it is
 * NULL, in the older form. The caller frees. */
static char *
sealed_to(uint64_t round, const char *suri)
{
	struct buf text = {0}, sealed = {0};
	uint8_t public[TIMELOCK_PUBLIC];
	struct timelock_secrets secrets;
	struct sr25519_keypair pair;
	char *hex;

	if (suri != NULL)
		suri_to_keypair(suri, &pair, NULL);
	timelock_weights(
	    suri != NULL ? pair.public : NULL, uids, values, 2, 0, &text);
	beacon_public(public);
	timelock_secrets_new(&secrets);
	assert_int_equal(timelock_encrypt(public, round, &secrets, text.data,
			     text.len, &sealed, NULL),
	    0);
	hex = hex_0x(sealed.data, sealed.len);
	buf_free(&text);
	buf_free(&sealed);
	return hex;
}

static void
commit_crv3(struct rig *r, uint64_t round, const char *suri)
{
	char *hex = sealed_to(round, suri), *args;

	args = xasprintf("{'netuid': 1, 'commit': '%s', 'reveal_round': %llu}",
	    hex, (unsigned long long)round);
	assert_string_equal(rig_call(r, "//Alice", "SubtensorModule",
				"commit_crv3_weights", args),
	    "ok");
	free(args);
	free(hex);
}

/* In block 5, epoch 0, to be opened in epoch 1, which begins at TEMPO. */
static void
commit(struct rig *r, uint64_t round)
{
	char *hex = sealed_to(round, "//Alice"), *args;

	args = xasprintf("{'netuid': 1, 'commit': '%s', 'reveal_round': %llu, "
			 "'commit_reveal_version': 4}",
	    hex, (unsigned long long)round);
	assert_string_equal(rig_call(r, "//Alice", "SubtensorModule",
				"commit_timelocked_weights", args),
	    "ok");
	free(args);
	free(hex);
}

static bool
is_open(const struct rig *r)
{
	struct view v = rig_view(r);

	return view_has(&v, item_net_uid("Weights", 1, 0));
}

static bool
is_kept(const struct rig *r)
{
	struct view v = rig_view(r);

	return view_has(&v, commits_sealed_item(&v, 1, 0));
}

static uint64_t
last_round(const struct rig *r)
{
	struct view v = rig_view(r);

	return view_uint(&v, item("Drand", "LastStoredRound"));
}

static void
enable(struct rig *r)
{
	rig_put(r, "CommitRevealWeightsEnabled", "[1]", "true");
	rig_block(r, 4);
}

static void
a_commit_opens_in_its_epoch(void **state)
{
	struct rig *r = *state;

	enable(r);
	commit(r, round_of(r, TEMPO));
	rig_block(r, TEMPO - 1 - r->chain->best->place.number);
	assert_false(is_open(r));
	rig_block(r, 1);
	assert_true(is_open(r));
	assert_false(is_kept(r));
}

static void
a_commit_waits_for_its_round_within_its_epoch(void **state)
{
	struct rig *r = *state;

	enable(r);
	commit(r, round_of(r, TEMPO + 3));
	rig_block(r, TEMPO + 2 - r->chain->best->place.number);
	assert_false(is_open(r));
	assert_true(is_kept(r));
	rig_block(r, 1);
	assert_true(is_open(r));
}

static void
a_pulse_that_is_held_back_opens_nothing_until_it_is_let_go(void **state)
{
	struct rig *r = *state;
	uint64_t round;

	enable(r);
	commit(r, round_of(r, TEMPO));
	r->chain->beacon_held = true;
	round = last_round(r);
	rig_block(r, TEMPO + 5 - r->chain->best->place.number);
	assert_int_equal(last_round(r), round);
	assert_false(is_open(r));
	assert_true(is_kept(r));
	r->chain->beacon_held = false;
	rig_block(r, 1);
	assert_int_equal(last_round(r), beacon_round(r->now_ms));
	assert_true(is_open(r));
	assert_false(is_kept(r));
}

static void
a_commit_whose_pulse_is_held_too_long_is_lost(void **state)
{
	struct rig *r = *state;

	enable(r);
	commit(r, round_of(r, TEMPO));
	r->chain->beacon_held = true;
	rig_block(r, 2 * TEMPO - r->chain->best->place.number);
	assert_false(is_kept(r));
	r->chain->beacon_held = false;
	rig_block(r, 1);
	assert_false(is_open(r));
}

/* Before there were timelocked calls and counted epochs. */
static int
old_set_up(void **state)
{
	struct runtime_spec spec = {
	    .spec_version = 293, .transaction_version = 1, .crv3 = true};

	assert_int_equal(
	    older_hide(&spec, "SubtensorModule.SubnetEpochIndex", NULL), 0);
	return rig_start(state, &spec);
}

/* (account, bytes, round): the block is not in it. */
static void
check_kept_as_crv3(const struct rig *r, uint64_t epoch)
{
	const struct metadata *md = r->chain->best->runtime->md;
	struct view v = rig_view(r);
	struct bytes b;
	json_t *list;

	assert_null(metadata_storage(
	    md, "SubtensorModule", "TimelockedWeightCommits", NULL));
	assert_true(view_get(&v, commits_sealed_item(&v, 1, epoch), &b));
	list = decode_all(md,
	    metadata_storage(md, "SubtensorModule", "CRV3WeightCommits", NULL)
		->value,
	    b.data, b.len, NULL);
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(json_array_size(json_array_get(list, 0)), 3);
	json_decref(list);
}

/* Subnet 1 with a tempo of 20: epoch 1 is from block 19 on, 2 from 40. */
static void
an_older_commit_opens_by_the_older_rule(void **state)
{
	static const char *const whose[] = {NULL, "//Alice"};
	struct rig *r = *state;

	enable(r);
	for (size_t i = 0; i < 2; i++) {
		uint32_t first = 19 + 21 * (uint32_t)i;
		struct view v;

		commit_crv3(r, round_of(r, first), whose[i]);
		check_kept_as_crv3(r, i);
		rig_block(r, (int)(first - 1 - r->chain->best->place.number));
		assert_false(is_open(r));
		rig_block(r, 1);
		assert_true(is_open(r));
		v = rig_view(r);
		view_delete(&v, item_net_uid("Weights", 1, 0));
	}
}

static void
anothers_hotkey_opens_nothing(void **state)
{
	struct rig *r = *state;

	enable(r);
	commit_crv3(r, round_of(r, 19), "//Bob");
	rig_block(r, 20);
	assert_false(is_kept(r));
	assert_false(is_open(r));
}

#define OLD_CASE(name)                                                         \
	cmocka_unit_test_setup_teardown(name, old_set_up, rig_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RIG_CASE(a_commit_opens_in_its_epoch),
	    RIG_CASE(a_commit_waits_for_its_round_within_its_epoch),
	    RIG_CASE(
		a_pulse_that_is_held_back_opens_nothing_until_it_is_let_go),
	    RIG_CASE(a_commit_whose_pulse_is_held_too_long_is_lost),
	    OLD_CASE(an_older_commit_opens_by_the_older_rule),
	    OLD_CASE(anothers_hotkey_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What the development chain makes of calls: the pool's and the runtime's
 * checks in their order, storage, events.
 */
#include "tests/unit/devchain_rig.h"

#include "subtensor/hash.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/weights.h"

struct put {
	const char *entry, *keys, *value;
};

struct call_case {
	const char *what;
	struct put puts[3];
	const char *suri, *call, *args;
	const char *outcome;
};

static const struct call_case set_cases[] = {
    {"a good vector", {{0}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1, 2], 'weights': [1, 2], 'version_key': 0}",
	"ok"},
    {"the mechanism form of the first mechanism", {{0}}, "//Alice",
	"set_mechanism_weights",
	"{'netuid': 1, 'mecid': 0, 'dests': [1], 'weights': [1], "
	"'version_key': 0}",
	"ok"},
    {"commit-reveal is on", {{"CommitRevealWeightsEnabled", "[1]", "true"}},
	"//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1, 1], 'weights': [1], 'version_key': 0}",
	"SubtensorModule.CommitRevealEnabled"},
    {"the root network, where it is on by default", {{0}}, "//Alice",
	"set_weights",
	"{'netuid': 0, 'dests': [], 'weights': [], 'version_key': 0}",
	"SubtensorModule.CommitRevealEnabled"},
    {"lengths differ", {{0}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1, 2], 'weights': [1], 'version_key': 0}",
	"SubtensorModule.WeightVecNotEqualSize"},
    {"no such mechanism", {{0}}, "//Alice", "set_mechanism_weights",
	"{'netuid': 1, 'mecid': 1, 'dests': [1], 'weights': [1], "
	"'version_key': 0}",
	"SubtensorModule.MechanismDoesNotExist"},
    {"more uids than there are", {{0}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [0,1,2,3,0], 'weights': [1,1,1,1,1], "
	"'version_key': 0}",
	"SubtensorModule.UidsLengthExceedUidsInSubNet"},
    {"not registered", {{0}}, "//Eve", "set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}",
	"Custom error: 19"},
    {"not registered, with commit-reveal on",
	{{"CommitRevealWeightsEnabled", "[1]", "true"}}, "//Eve", "set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}",
	"SubtensorModule.CommitRevealEnabled"},
    {"too little stake", {{"StakeThreshold", "[]", "1001"}}, "//Alice",
	"set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}",
	"Custom error: 1"},
    {"just enough stake", {{"StakeThreshold", "[]", "1000"}}, "//Alice",
	"set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}", "ok"},
    {"an old version key", {{"WeightsVersionKey", "[1]", "5"}}, "//Alice",
	"set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 4}",
	"SubtensorModule.IncorrectWeightVersionKey"},
    {"the version key", {{"WeightsVersionKey", "[1]", "5"}}, "//Alice",
	"set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 5}", "ok"},
    {"too soon",
	{{"LastUpdate", "[1]", "[1, 0, 0, 0]"},
	    {"WeightsSetRateLimit", "[1]", "100"}},
	"//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}",
	"Custom error: 6"},
    {"never before, whatever the limit",
	{{"WeightsSetRateLimit", "[1]", "100"}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}", "ok"},
    {"no permit", {{0}}, "//Bob", "set_weights",
	"{'netuid': 1, 'dests': [0, 0], 'weights': [1, 1], 'version_key': 0}",
	"SubtensorModule.NeuronNoValidatorPermit"},
    {"no permit, but a weight on oneself", {{"MinAllowedWeights", "[1]", "3"}},
	"//Bob", "set_weights",
	"{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}", "ok"},
    {"a uid twice", {{0}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [9, 9], 'weights': [1, 1], 'version_key': 0}",
	"SubtensorModule.DuplicateUids"},
    {"a uid that is not there", {{"MinAllowedWeights", "[1]", "3"}}, "//Alice",
	"set_weights",
	"{'netuid': 1, 'dests': [1, 4], 'weights': [1, 1], 'version_key': 0}",
	"SubtensorModule.UidVecContainInvalidOne"},
    {"too few", {{"MinAllowedWeights", "[1]", "3"}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [1, 2], 'weights': [1, 1], 'version_key': 0}",
	"SubtensorModule.WeightVecLengthIsLow"},
    {"as many as there are, though more are asked for",
	{{"MinAllowedWeights", "[1]", "1024"}}, "//Alice", "set_weights",
	"{'netuid': 1, 'dests': [0, 1, 2, 3], 'weights': [0, 0, 0, 1], "
	"'version_key': 0}",
	"ok"},
};

static void
run_case(const struct call_case *c)
{
	void *state;
	struct rig *r;
	const char *outcome;

	rig_set_up(&state);
	r = state;
	for (size_t i = 0; i < 3 && c->puts[i].entry != NULL; i++)
		rig_put(r, c->puts[i].entry, c->puts[i].keys, c->puts[i].value);
	rig_block(r, 3);
	outcome = rig_call(r, c->suri, "SubtensorModule", c->call, c->args);
	if (strcmp(outcome, c->outcome) != 0)
		fail_msg("%s: %s, not %s", c->what, outcome, c->outcome);
	rig_tear_down(&state);
}

static void
weights_are_checked_in_the_runtimes_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(set_cases) / sizeof(set_cases[0]); i++)
		run_case(&set_cases[i]);
}

static void
weights_are_scaled_to_the_largest(void **state)
{
	static const struct {
		uint16_t in[4], out[4];
	} cases[] = {
	    {{0, 0, 0, 0}, {0, 0, 0, 0}},
	    {{65535, 1, 2, 32768}, {65535, 1, 2, 32768}},
	    {{1, 2, 4, 0}, {16384, 32768, 65535, 0}},
	    {{100, 200, 400, 3}, {16384, 32768, 65535, 492}},
	    {{32768, 1, 0, 16384}, {65535, 2, 0, 32768}},
	    /* The ratio is cut off before it multiplies: not 32767.5. */
	    {{40000, 20000, 1, 3}, {65535, 32767, 2, 5}},
	};
	uint16_t v[4];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(v, cases[i].in, sizeof(v));
		weights_upscale(v, 4);
		for (int k = 0; k < 4; k++)
			if (v[k] != cases[i].out[k])
				fail_msg("case %zu item %d: %u", i, k, v[k]);
	}
}

static void
set_weights_are_stored_dated_and_announced(void **state)
{
	struct rig *r = *state;
	struct view v;
	struct bytes b;
	json_t *events, *j;

	rig_block(r, 4);
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "set_weights",
		"{'netuid': 1, 'dests': [3, 1], 'weights': [1, 2], "
		"'version_key': 0}"),
	    "ok");
	v = rig_view(r);
	view_get(&v, item_net_uid("Weights", 1, 0), &b);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.data, "\x08\x03\x00\x00\x80\x01\x00\xff\xff", 9);
	assert_int_equal(view_nth(&v, item_net("LastUpdate", 1), 0), 5);
	events = rig_events(r);
	j = rig_json("[1, 0]");
	assert_true(
	    json_equal(rig_event(events, "SubtensorModule", "WeightsSet"), j));
	json_decref(j);
	json_decref(events);
}

static const char timelocked[] = "commit_timelocked_mechanism_weights";

static const struct call_case commit_cases[] = {
    {"a hash while commit-reveal is off", {{0}}, "//Alice", "commit_weights",
	"{'netuid': 1, 'commit_hash': "
	"'0x1111111111111111111111111111111111111111111111111111111111111111'}",
	"SubtensorModule.CommitRevealDisabled"},
    {"sealed while commit-reveal is off", {{0}}, "//Alice", timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 4}",
	"SubtensorModule.CommitRevealDisabled"},
    {"sealed", {{"CommitRevealWeightsEnabled", "[1]", "true"}}, "//Alice",
	timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 4}",
	"ok"},
    {"sealed for a mechanism that is not there",
	{{"CommitRevealWeightsEnabled", "[1]", "true"}}, "//Alice", timelocked,
	"{'netuid': 1, 'mecid': 1, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 4}",
	"SubtensorModule.MechanismDoesNotExist"},
    {"sealed by another version",
	{{"CommitRevealWeightsEnabled", "[1]", "true"}}, "//Alice", timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 3}",
	"SubtensorModule.IncorrectCommitRevealVersion"},
    {"sealed until a round that is out",
	{{"CommitRevealWeightsEnabled", "[1]", "true"}}, "//Alice", timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': 5, "
	"'commit_reveal_version': 4}",
	"Custom error: 15"},
    {"sealed by nobody", {{"CommitRevealWeightsEnabled", "[1]", "true"}},
	"//Eve", timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 4}",
	"SubtensorModule.HotKeyNotRegisteredInSubNet"},
    {"sealed too soon",
	{{"CommitRevealWeightsEnabled", "[1]", "true"},
	    {"LastUpdate", "[1]", "[1, 0, 0, 0]"},
	    {"WeightsSetRateLimit", "[1]", "100"}},
	"//Alice", timelocked,
	"{'netuid': 1, 'mecid': 0, 'commit': '0x0102', 'reveal_round': "
	"99999999, 'commit_reveal_version': 4}",
	"SubtensorModule.CommittingWeightsTooFast"},
    {"a reveal of nothing", {{"CommitRevealWeightsEnabled", "[1]", "true"}},
	"//Alice", "reveal_weights",
	"{'netuid': 1, 'uids': [1], 'values': [1], 'salt': [1], "
	"'version_key': 0}",
	"Custom error: 16"},
};

static void
commits_are_checked_in_the_runtimes_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(commit_cases) / sizeof(commit_cases[0]);
	     i++)
		run_case(&commit_cases[i]);
}

static void
a_sealed_commit_is_kept_until_its_reveal_is_over(void **state)
{
	struct rig *r = *state;
	struct buf epoch = {0};
	struct item i;
	struct bytes b;
	struct view v;
	json_t *events;

	rig_put(r, "CommitRevealWeightsEnabled", "[1]", "true");
	rig_block(r, 3);
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", timelocked,
		"{'netuid': 1, 'mecid': 0, 'commit': "
		"'0x010203', 'reveal_round': 99999999, "
		"'commit_reveal_version': 4}"),
	    "ok");
	events = rig_events(r);
	assert_non_null(
	    rig_event(events, "SubtensorModule", "TimelockedWeightsCommitted"));
	json_decref(events);
	scale_put_u64(&epoch, 0);
	i = item_with(
	    item_net("TimelockedWeightCommits", 1), epoch.data, epoch.len);
	buf_free(&epoch);
	v = rig_view(r);
	assert_true(view_get(&v, i, &b));
	assert_int_equal(b.len, 1 + 32 + 8 + 1 + 3 + 8);
	assert_int_equal(view_nth(&v, item_net("LastUpdate", 1), 0), 4);
	rig_block(r, 20); /* epoch 1, in which it could be revealed */
	v = rig_view(r);
	assert_true(view_has(&v, i));
	rig_block(r, 20); /* epoch 2 */
	v = rig_view(r);
	assert_false(view_has(&v, i));
}

static void
a_plain_commit_is_revealed_in_the_next_epoch_only(void **state)
{
	static const char reveal[] =
	    "{'netuid': 1, 'uids': [1, 2], 'values': [5, 5], 'salt': [1, 2, 3],"
	    " 'version_key': 0}";
	struct rig *r = *state;
	struct sr25519_keypair alice;
	struct buf b = {0};
	uint8_t hash[32];
	char hex[65], *args;
	struct view v;

	suri_to_keypair("//Alice", &alice, NULL);
	buf_add(&b, alice.public, 32);
	buf_add(&b, "\x01\x00\x08\x01\x00\x02\x00\x08\x05\x00\x05\x00", 12);
	buf_add(&b, "\x0c\x01\x00\x02\x00\x03\x00\0\0\0\0\0\0\0\0", 15);
	hash_blake2_256(b.data, b.len, hash);
	buf_free(&b);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	args = xasprintf("{'netuid': 1, 'commit_hash': '0x%s'}", hex);
	rig_put(r, "CommitRevealWeightsEnabled", "[1]", "true");
	rig_block(r, 3);
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "commit_weights", args),
	    "ok");
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "reveal_weights", reveal),
	    "Custom error: 17");
	rig_block(r, 18);
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "reveal_weights", reveal),
	    "ok");
	v = rig_view(r);
	assert_true(view_has(&v, item_net_uid("Weights", 1, 0)));
	assert_string_equal(
	    rig_call(r, "//Alice", "SubtensorModule", "reveal_weights", reveal),
	    "Custom error: 16");
	free(args);
}

static const struct call_case axon_cases[] = {
    {"an axon", {{0}}, "//Bob", "serve_axon",
	"{'netuid': 1, 'version': 1, 'ip': 16909060, 'port': 8091, 'ip_type': "
	"4, 'protocol': 4, 'placeholder1': 0, 'placeholder2': 0}",
	"ok"},
    {"an axon on loopback", {{0}}, "//Bob", "serve_axon",
	"{'netuid': 1, 'version': 1, 'ip': 2130706433, 'port': 8091, "
	"'ip_type': 4, 'protocol': 4, 'placeholder1': 0, 'placeholder2': 0}",
	"Custom error: 11"},
    {"an axon of no kind", {{0}}, "//Bob", "serve_axon",
	"{'netuid': 1, 'version': 1, 'ip': 16909060, 'port': 8091, 'ip_type': "
	"5, 'protocol': 4, 'placeholder1': 0, 'placeholder2': 0}",
	"Custom error: 11"},
    {"an axon without a port", {{0}}, "//Bob", "serve_axon",
	"{'netuid': 1, 'version': 1, 'ip': 16909060, 'port': 0, 'ip_type': 4, "
	"'protocol': 4, 'placeholder1': 0, 'placeholder2': 0}",
	"Custom error: 13"},
    {"a stranger's axon", {{0}}, "//Eve", "serve_axon",
	"{'netuid': 1, 'version': 1, 'ip': 16909060, 'port': 8091, 'ip_type': "
	"4, 'protocol': 4, 'placeholder1': 0, 'placeholder2': 0}",
	"Custom error: 10"},
};

static void
axons_are_checked(void **state)
{
	struct rig *r = *state;
	struct sr25519_keypair bob;
	struct view v;
	struct bytes b;

	for (size_t i = 0; i < sizeof(axon_cases) / sizeof(axon_cases[0]); i++)
		run_case(&axon_cases[i]);
	rig_block(r, 1);
	assert_string_equal(rig_call(r, "//Bob", "SubtensorModule",
				"serve_axon", axon_cases[0].args),
	    "ok");
	suri_to_keypair("//Bob", &bob, NULL);
	v = rig_view(r);
	view_get(&v, item_net_account("Axons", 1, bob.public), &b);
	assert_memory_equal(
	    b.data, "\x02\0\0\0\0\0\0\0\x01\0\0\0\x04\x03\x02", 15);
	assert_string_equal(rig_call(r, "//Bob", "SubtensorModule",
				"serve_axon", axon_cases[0].args),
	    "Custom error: 12");
}

static void
a_commitment_is_stored_for_who_is_registered(void **state)
{
	static const char args[] =
	    "{'netuid': 1, 'info': {'fields': [{'Raw5': '0x68656c6c6f'}]}}";
	struct rig *r = *state;
	struct sr25519_keypair dave;
	struct item i =
	    item_with(item("Commitments", "CommitmentOf"), "\x01\x00", 2);
	struct view v;
	struct bytes b;

	rig_block(r, 1);
	assert_string_equal(
	    rig_call(r, "//Dave", "Commitments", "set_commitment", args), "ok");
	suri_to_keypair("//Dave", &dave, NULL);
	v = rig_view(r);
	assert_true(view_get(&v, item_with(i, dave.public, 32), &b));
	assert_memory_equal(
	    b.data, "\0\0\0\0\0\0\0\0\x02\0\0\0\x04\x06hello", b.len);
	assert_string_equal(
	    rig_call(r, "//Eve", "Commitments", "set_commitment", args),
	    "Commitments.AccountNotAllowedCommit");
}

static void
a_call_that_pays_needs_an_account(void **state)
{
	struct rig *r = *state;

	rig_block(r, 1);
	assert_string_equal(
	    rig_call(r, "//Alice", "System", "remark", "{'remark': '0x01'}"),
	    "ok");
	assert_string_equal(
	    rig_call(r, "//Bob", "System", "remark", "{'remark': '0x01'}"),
	    "Inability to pay some fees (e.g. account balance too low)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(weights_are_checked_in_the_runtimes_order),
	    cmocka_unit_test(weights_are_scaled_to_the_largest),
	    RIG_CASE(set_weights_are_stored_dated_and_announced),
	    cmocka_unit_test(commits_are_checked_in_the_runtimes_order),
	    RIG_CASE(a_sealed_commit_is_kept_until_its_reveal_is_over),
	    RIG_CASE(a_plain_commit_is_revealed_in_the_next_epoch_only),
	    RIG_CASE(axons_are_checked),
	    RIG_CASE(a_commitment_is_stored_for_who_is_registered),
	    RIG_CASE(a_call_that_pays_needs_an_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

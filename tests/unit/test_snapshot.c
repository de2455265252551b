/* Neurons, hyper-parameters and addresses out of what the chain says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/address.c"
#include "weightsetter/neurons.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

/* -- values -------------------------------------------------------------- */

static void
numbers_of_either_form(void **state)
{
	static const struct {
		const char *json;
		int rc;
		uint64_t value;
	} cases[] = {
	    {"7", 0, 7},
	    {"\"18446744073709551615\"", 0, UINT64_MAX},
	    {"\"18446744073709551616\"", -1, 0},
	    {"\"9007199254740993\"", 0, 9007199254740993},
	    {"-1", -1, 0},
	    {"\"-1\"", -1, 0},
	    {"\"\"", -1, 0},
	    {"\"7x\"", -1, 0},
	    {"\" 7\"", -1, 0},
	    {"7.0", -1, 0},
	    {"null", -1, 0},
	    {"[]", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		uint64_t v = 0;

		assert_int_equal(value_u64(json, &v), cases[i].rc);
		assert_true(v == cases[i].value);
		json_decref(json);
	}
}

static void
bytes_are_hex_of_a_bounded_length(void **state)
{
	static const struct {
		const char *text;
		int rc;
		size_t len;
	} cases[] = {{"0x", 0, 0}, {"0x00ff", 0, 2}, {"0x0011223344", -1, 0},
	    {"00ff", -1, 0}, {"0x0", -1, 0}, {"0xzz", -1, 0}, {"", -1, 0}};
	struct buf bytes = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_string(cases[i].text);

		buf_reset(&bytes);
		assert_int_equal(value_bytes(json, 4, &bytes), cases[i].rc);
		assert_int_equal(bytes.len, cases[i].len);
		json_decref(json);
	}
	buf_free(&bytes);
}

/* -- addresses ----------------------------------------------------------- */

static json_t *
registration(const char *variant, const char *text)
{
	char hex[2 + 2 * 600 + 1] = "0x";

	hex_encode((const uint8_t *)text, strlen(text), hex + 2);
	return json_pack("{s:s, s:i, s:{s:[{s:n}, {s:s}]}}", "deposit", "0",
	    "block", 7, "info", "fields", "None", variant, hex);
}

static void
addresses_are_host_and_port(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
	    {"127.0.0.1:8091", true},
	    {"miner.example.com:443", true},
	    {"a-b.c1:65535", true},
	    {"localhost:1", true},
	    {"[2001:db8::1]:8091", true},
	    {"[::ffff:1.2.3.4]:80", true},
	    {"2001:db8::1:8091", false},
	    {"[nonsense]:80", false},
	    {"[::1]", false},
	    {"[::1:80", false},
	    {"host", false},
	    {"host:", false},
	    {":80", false},
	    {"host:0", false},
	    {"host:080", false},
	    {"host:65536", false},
	    {"host:99999999999999999999", false},
	    {"host:80 ", false},
	    {" host:80", false},
	    {"ho st:80", false},
	    {"http://host:80", false},
	    {"user@host:80", false},
	    {"host/path:80", false},
	    {"host..com:80", false},
	    {".host:80", false},
	    {"host.:80", false},
	    {"-host:80", false},
	    {"host-:80", false},
	    {"h\xc3\xb6st:80", false},
	    {"host:80\n", false},
	    {"", false},
	};
	char address[SNAPSHOT_MAX_ADDRESS];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *r = registration("Raw9", cases[i].text);

		assert_int_equal(
		    address_read(r, address), cases[i].good ? 0 : -1);
		if (cases[i].good)
			assert_string_equal(address, cases[i].text);
		json_decref(r);
	}
}

static void
only_raw_fields_are_looked_at(void **state)
{
	static const struct {
		const char *variant;
		bool good;
	} cases[] = {{"Raw14", true}, {"Raw0", true}, {"BigRaw", true},
	    {"Raw", true}, {"RawNerve", false}, {"Sha256", false},
	    {"TimelockEncrypted", false}};
	char address[SNAPSHOT_MAX_ADDRESS];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *r = registration(cases[i].variant, "h:80");

		assert_int_equal(
		    address_read(r, address), cases[i].good ? 0 : -1);
		json_decref(r);
	}
}

static void
a_long_or_broken_commitment_is_no_address(void **state)
{
	char text[513], address[SNAPSHOT_MAX_ADDRESS];
	json_t *r;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text + 500, ":8091", 6);
	r = registration("BigRaw", text);
	assert_int_equal(address_read(r, address), -1);
	json_decref(r);
	r = json_pack(
	    "{s:{s:[{s:s}]}}", "info", "fields", "Raw5", "0x00683a38");
	assert_int_equal(address_read(r, address), -1);
	json_decref(r);
	assert_int_equal(address_read(NULL, address), -1);
	r = json_object();
	assert_int_equal(address_read(r, address), -1);
	json_decref(r);
}

static void
commitments_of_a_real_runtime(void **state)
{
	static const struct {
		const char *hex; /* deposit, block, fields */
		const char *address;
	} cases[] = {
	    /* Raw14 "127.0.0.1:8091" */
	    {"0x00000000000000002a000000040f3132372e302e302e313a38303931",
		"127.0.0.1:8091"},
	    /* None, then Raw4 "h:80" */
	    {"0x00000000000000002a000000080005683a3830", "h:80"},
	    /* Raw5 "hello" */
	    {"0x00000000000000002a000000040668656c6c6f", NULL},
	    /* no field at all */
	    {"0x00000000000000002a00000000", NULL},
	};
	char address[SNAPSHOT_MAX_ADDRESS];
	struct metadata *md;
	uint64_t block;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *hex = json_string(cases[i].hex);
		json_t *r =
		    reads_value(md, "Commitments", "CommitmentOf", hex, NULL);

		assert_non_null(r);
		assert_int_equal(
		    value_u64(json_object_get(r, "block"), &block), 0);
		assert_int_equal(block, 42);
		assert_int_equal(address_read(r, address),
		    cases[i].address == NULL ? -1 : 0);
		if (cases[i].address != NULL)
			assert_string_equal(address, cases[i].address);
		json_decref(r);
		json_decref(hex);
	}
	metadata_free(md);
}

/* -- neurons ------------------------------------------------------------- */

/* A recorded answer of finney, decoded. */
static json_t *
recorded(const struct metadata *md, const char *name, const char *method)
{
	json_t *file =
	    chaindata_json("rpc_state_call_recorded_bittensor_sdk_tests.json");
	const json_t *call = json_object_get(file, name);
	struct buf bytes =
	    chainmeta_bytes(json_string_value(json_object_get(call, "result")));
	json_t *value = decode_all(md, metadata_method(md, method)->output,
	    bytes.data, bytes.len, NULL);

	assert_non_null(value);
	buf_free(&bytes);
	json_decref(file);
	return value;
}

static struct snapshot *
empty_snapshot(uint64_t n)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = 1;
	s->hyper.n = n;
	return s;
}

/* What both say of a neuron beside its keys and stakes. */
static void
assert_same_standing(const struct neuron *x, const struct neuron *y)
{
	assert_int_equal(x->active, y->active);
	assert_int_equal(x->trust, y->trust);
	assert_int_equal(x->consensus, y->consensus);
	assert_int_equal(x->incentive, y->incentive);
	assert_int_equal(x->dividends, y->dividends);
	assert_int_equal(x->emission, y->emission);
	assert_string_equal(x->axon.ip, y->axon.ip);
	assert_int_equal(x->axon.port, y->axon.port);
	assert_int_equal(x->axon.protocol, y->axon.protocol);
	assert_int_equal(x->axon.version, y->axon.version);
	assert_int_equal(x->axon.block, y->axon.block);
	assert_in_range(x->trust, 0, 65535);
	assert_true(x->emission >= 0 && x->registered_block > 0);
	assert_true(y->registered_block == -1);
}

static size_t
count_axons(const struct snapshot *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_neurons; i++)
		n += s->neurons[i].axon.ip[0] != '\0';
	return n;
}

static void
two_ways_to_the_same_neurons(void **state)
{
	struct metadata *md;
	struct snapshot *graph = empty_snapshot(1024);
	struct snapshot *lite = empty_snapshot(1024);
	json_t *a, *b;
	struct err err;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	a = recorded(md,
	    "metagraph:SubnetInfoRuntimeApi_get_selective_mechagraph",
	    "SubnetInfoRuntimeApi_get_selective_mechagraph");
	b = recorded(md, "metagraph:NeuronInfoRuntimeApi_get_neurons_lite",
	    "NeuronInfoRuntimeApi_get_neurons_lite");
	if (neurons_take_metagraph(graph, a, &err) != 0 ||
	    neurons_take_lite(lite, b, &err) != 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < 1024; i++) {
		const struct neuron *x = &graph->neurons[i];
		const struct neuron *y = &lite->neurons[i];

		assert_int_equal(x->uid, i);
		assert_string_equal(x->hotkey, y->hotkey);
		assert_string_equal(x->coldkey, y->coldkey);
		assert_int_equal(x->permit, y->permit);
		assert_true(x->last_update == y->last_update);
		assert_same_standing(x, y);
		assert_ptr_equal(snapshot_find(graph, x->hotkey), x);
		assert_ptr_equal(snapshot_at(graph, (uint16_t)i, x->hotkey), x);
	}
	assert_in_range(count_axons(graph), 1, 1023);
	print_message("1024 of 1024 neurons agree between two runtime APIs, "
		      "%zu of them serve\n",
	    count_axons(graph));
	json_decref(a);
	json_decref(b);
	snapshot_free(graph);
	snapshot_free(lite);
	metadata_free(md);
}

static void
axons_are_addresses_or_nothing(void **state)
{
	static const struct {
		const char *json, *ip;
		int port;
	} cases[] = {
	    {"{\"ip\":3405803783,\"port\":8091,\"ip_type\":4}", "203.0.113.7",
		8091},
	    {"{\"ip\":\"42540766411282592856903984951653826561\","
	     "\"port\":1,\"ip_type\":6}",
		"2001:db8::1", 1},
	    {"{\"ip\":\"340282366920938463463374607431768211455\","
	     "\"port\":65535,\"ip_type\":6}",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535},
	    {"{\"ip\":1,\"port\":0,\"ip_type\":4}", "", 0},
	    {"{\"ip\":0,\"port\":8091,\"ip_type\":4}", "", 0},
	    {"{\"ip\":4294967296,\"port\":8091,\"ip_type\":4}", "", 0},
	    {"{\"ip\":7,\"port\":8091,\"ip_type\":5}", "", 0},
	    {"{\"ip\":7,\"port\":65536,\"ip_type\":4}", "", 0},
	    {"{\"ip\":\"7x\",\"port\":8091,\"ip_type\":4}", "", 0},
	    {"{\"ip\":-7,\"port\":8091,\"ip_type\":4}", "", 0},
	    {"{\"port\":8091,\"ip_type\":4}", "", 0},
	    {"{}", "", 0},
	    {"null", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct axon axon;

		neurons_take_axon(json, &axon);
		assert_string_equal(axon.ip, cases[i].ip);
		assert_int_equal(axon.port, cases[i].port);
		json_decref(json);
	}
}

static json_t *
graph_of_two(void)
{
	static const char alice[] =
	    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	static const char bob[] =
	    "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

	return json_pack("{s:[s,s], s:[s,s], s:[b,b], s:[i,i], s:[s,i], "
			 "s:[i,i], s:[s,i]}",
	    "hotkeys", alice, bob, "coldkeys", bob, bob, "validator_permit", 1,
	    0, "last_update", 5, 0, "alpha_stake", "9007199254740993", 1,
	    "tao_stake", 0, 0, "total_stake", "18446744073709551615", 1);
}

static void
large_stakes_are_exact(void **state)
{
	struct snapshot *s = empty_snapshot(2);
	json_t *graph = graph_of_two();

	(void)state;
	assert_int_equal(neurons_take_metagraph(s, graph, NULL), 0);
	assert_true(s->neurons[0].alpha_stake == 9007199254740993);
	assert_true(s->neurons[0].total_stake == UINT64_MAX);
	assert_true(s->neurons[0].permit);
	/* What decides nothing may be missing. */
	assert_int_equal(s->neurons[0].trust, -1);
	assert_true(s->neurons[0].emission == -1);
	assert_string_equal(s->neurons[0].axon.ip, "");
	assert_null(snapshot_at(s, 1, s->neurons[0].hotkey));
	assert_null(snapshot_at(s, 2, s->neurons[0].hotkey));
	assert_null(snapshot_find(s, "nobody"));
	json_decref(graph);
	snapshot_free(s);
}

static void
a_metagraph_that_disagrees_with_itself_is_refused(void **state)
{
	static const char *const columns[] = {"hotkeys", "coldkeys",
	    "validator_permit", "last_update", "alpha_stake", "tao_stake",
	    "total_stake"};
	struct snapshot *s = empty_snapshot(2);
	json_t *graph;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		graph = graph_of_two();
		json_array_remove(json_object_get(graph, columns[i]), 1);
		assert_int_equal(neurons_take_metagraph(s, graph, &err), -1);
		json_object_set_new(graph, columns[i], json_null());
		assert_int_equal(neurons_take_metagraph(s, graph, &err), -1);
		json_decref(graph);
	}
	graph = graph_of_two();
	s->hyper.n = 3;
	assert_int_equal(neurons_take_metagraph(s, graph, &err), -1);
	s->hyper.n = 2;
	json_array_set_new(json_object_get(graph, "hotkeys"), 1,
	    json_string("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX"));
	assert_int_equal(neurons_take_metagraph(s, graph, &err), -1);
	json_decref(graph);
	graph = json_null();
	assert_int_equal(neurons_take_metagraph(s, graph, &err), -1);
	assert_string_equal(err.text, "there is no such subnet");
	snapshot_free(s);
}

/* -- storage ------------------------------------------------------------- */

static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/* An answer in which every key asked for is missing. */
static json_t *
nothing_there(const json_t *keys)
{
	json_t *changes = json_array();
	const json_t *key;
	size_t i;

	json_array_foreach((json_t *)keys, i, key)
	    json_array_append_new(changes, json_pack("[O, n]", (json_t *)key));
	return json_pack("[{s:s, s:o}]", "block", "0x", "changes", changes);
}

static void
missing_values_are_the_defaults_of_metadata(void **state)
{
	static const char *const files[] = {"finney_taohop_20260704.scale",
	    "finney_spec343_v15.scale", "finney_spec343_v14.scale"};
	const struct reads_of of = {11, alice};
	struct err err = {{0}};

	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct metadata *md = chainmeta_load(files[i]);
		struct snapshot *s = empty_snapshot(0);
		json_t *keys = reads_keys(md, &of, &err), *answer, *values;

		assert_non_null(keys);
		answer = nothing_there(keys);
		values = reads_decode(md, &of, answer, &err);
		assert_non_null(values);
		assert_int_equal(reads_take(md, values, s, &err), 0);
		assert_false(s->hyper.exists);
		assert_int_equal(s->hyper.tempo, 360);
		assert_int_equal(s->hyper.weights_rate_limit, 100);
		assert_int_equal(s->hyper.min_allowed_weights, 1024);
		assert_true(s->hyper.commit_reveal);
		assert_int_equal(s->hyper.mechanisms, 1);
		assert_int_equal(s->nonce, 0);
		assert_int_equal(s->hyper.reveal_period, 1);
		assert_int_equal(s->hyper.slot_ms, 12000);
		assert_true(s->beacon.exists);
		assert_memory_equal(
		    s->beacon.public, timelock_quicknet, TIMELOCK_PUBLIC);
		assert_int_equal(s->beacon.times.genesis_s, 1692803367);
		assert_int_equal(s->beacon.times.period_s, 3);
		/* Only the newest of them counts its epochs. */
		assert_int_equal(s->hyper.epochs.is_counted, i == 0);
		json_decref(values);
		json_decref(answer);
		json_decref(keys);
		snapshot_free(s);
		metadata_free(md);
	}
}

/* Set what an answer says of one key. */
static void
put(json_t *answer, const struct metadata *md, const char *pallet,
    const char *item, json_t *map_keys, const char *hex)
{
	char *key = reads_key(md, pallet, item, map_keys, NULL);
	const json_t *changes =
	    json_object_get(json_array_get(answer, 0), "changes");
	bool found = false;
	json_t *pair;
	size_t i;

	json_array_foreach((json_t *)changes, i, pair)
	{
		if (strcmp(json_string_value(json_array_get(pair, 0)), key) !=
		    0)
			continue;
		json_array_set_new(pair, 1, json_string(hex));
		found = true;
	}
	assert_true(found);
	json_decref(map_keys);
	free(key);
}

static void
values_that_are_there_are_read(void **state)
{
	const struct reads_of of = {11, alice};
	struct snapshot *s = empty_snapshot(2);
	json_t *keys, *answer, *values, *graph = graph_of_two();
	struct metadata *md;
	struct err err = {{0}};

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	keys = reads_keys(md, &of, &err);
	answer = nothing_there(keys);
	put(answer, md, "SubtensorModule", "Tempo", json_pack("[i]", 11),
	    "0x1400");
	put(answer, md, "SubtensorModule", "SubnetworkN", json_pack("[i]", 11),
	    "0x0200");
	put(answer, md, "SubtensorModule", "CommitRevealWeightsEnabled",
	    json_pack("[i]", 11), "0x00");
	put(answer, md, "System", "Account", json_pack("[s]", alice),
	    "0x09000000000000000100000000000000992c29697e8d0300000000000000000"
	    "0000000000000000000000000000000000000000000000080");
	put(answer, md, "SubtensorModule", "Tempo", json_pack("[i]", 11),
	    "0x14");
	values = reads_decode(md, &of, answer, &err);
	assert_null(values); /* Tempo breaks off */
	put(answer, md, "SubtensorModule", "Tempo", json_pack("[i]", 11),
	    "0x1400");
	put(answer, md, "SubtensorModule", "SubnetEpochIndex",
	    json_pack("[i]", 11), "0x0700000000000000");
	values = reads_decode(md, &of, answer, &err);
	assert_non_null(values);
	snprintf(s->hotkey, sizeof(s->hotkey), "%s", alice);
	assert_int_equal(reads_take(md, values, s, &err), 0);
	assert_int_equal(s->hyper.tempo, 20);
	assert_int_equal(s->hyper.epochs.tempo, 20);
	assert_int_equal(s->hyper.epochs.index, 7);
	assert_int_equal(s->hyper.n, 2);
	assert_false(s->hyper.commit_reveal);
	assert_int_equal(s->nonce, 9);
	assert_int_equal(
	    json_integer_value(json_object_get(s->hyper_json, "tempo")), 20);
	assert_null(json_object_get(s->hyper_json, "last_update"));
	assert_int_equal(neurons_take_metagraph(s, graph, &err), 0);
	json_decref(values);
	json_decref(answer);
	json_decref(keys);
	json_decref(graph);
	snapshot_free(s);
	metadata_free(md);
}

static void
without_a_hotkey_its_entries_are_not_asked_for(void **state)
{
	const struct reads_of with = {11, alice}, without = {11, ""};
	struct metadata *md;
	json_t *a, *b;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	a = reads_keys(md, &with, NULL);
	b = reads_keys(md, &without, NULL);
	assert_int_equal(json_array_size(a), json_array_size(b) + 2);
	json_decref(a);
	json_decref(b);
	metadata_free(md);
}

static void
a_mechanism_has_an_index_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(snapshot_index(11, 0), 11);
	assert_int_equal(snapshot_index(11, 1), 4107);
	assert_int_equal(snapshot_index(4095, 15), 65535);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_of_either_form),
	    cmocka_unit_test(bytes_are_hex_of_a_bounded_length),
	    cmocka_unit_test(addresses_are_host_and_port),
	    cmocka_unit_test(only_raw_fields_are_looked_at),
	    cmocka_unit_test(a_long_or_broken_commitment_is_no_address),
	    cmocka_unit_test(commitments_of_a_real_runtime),
	    cmocka_unit_test(two_ways_to_the_same_neurons),
	    cmocka_unit_test(axons_are_addresses_or_nothing),
	    cmocka_unit_test(large_stakes_are_exact),
	    cmocka_unit_test(a_metagraph_that_disagrees_with_itself_is_refused),
	    cmocka_unit_test(missing_values_are_the_defaults_of_metadata),
	    cmocka_unit_test(values_that_are_there_are_read),
	    cmocka_unit_test(without_a_hotkey_its_entries_are_not_asked_for),
	    cmocka_unit_test(a_mechanism_has_an_index_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

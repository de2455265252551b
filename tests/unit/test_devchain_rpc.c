/*
 * The development chain's JSON-RPC without a socket: methods, errors, batches
 * and what subscribers are told.
 */
#include "tests/unit/devchain_desk.h"

#include "common/hex.h"

static void
every_listed_method_answers_or_says_why_not(void **state)
{
	struct desk *d = *state;
	json_t *list = desk_ask(d, "rpc_methods", "[]"), *name;
	size_t i;

	assert_true(json_array_size(json_object_get(list, "methods")) > 50);
	d->node.disconnect_all = NULL;
	json_array_foreach(json_object_get(list, "methods"), i, name)
	{
		static const char *const params[] = {"[]", "[null]", "[{}]",
		    "['0x']", "[-1, -1]", "[[[]]]", "['zz', 'zz', 'zz', 'zz']"};
		const char *method = json_string_value(name);

		for (size_t k = 0; k < sizeof(params) / sizeof(params[0]);
		     k++) {
			if (strcmp(method, "dev_disconnect") == 0)
				continue;
			json_decref(desk_ask(d, method, params[k]));
		}
	}
	json_decref(list);
}

static void
errors_have_the_nodes_codes(void **state)
{
	static const struct {
		const char *method, *params;
		int code;
	} cases[] = {
	    {"no_such", "[]", -32601},
	    {"chain_getHeader", "[1]", -32602},
	    {"chain_getHeader", "['0x12']", -32602},
	    {"state_getStorage", "['zz']", -32602},
	    {"state_getStorage",
		"['0x00', '0x00000000000000000000000000000000000000000000000000"
		"00000000000001']",
		4003},
	    {"state_call", "['Nothing_here', '0x']", 4003},
	    {"state_call", "['AccountNonceApi_account_nonce', '0x01']", 4003},
	    {"author_submitExtrinsic", "['0x01']", 1001},
	    {"author_submitExtrinsic", "['0x088400']", 1002},
	    {"author_submitExtrinsic", "['0x1005020004']", 1010},
	    {"author_submitExtrinsic", "['0x1005020004']", 1012},
	    {"system_accountNextIndex", "['nobody']", -32602},
	    {"state_getKeysPaged", "['0x', 2000]", 4003},
	    {"dev_set", "[{'netuid': 1, 'nothing': 2}]", -32602},
	    {"dev_set", "[{'netuid': 1, 'tempo': -2}]", -32602},
	    {"dev_beacon", "[{'hold': 1}]", -32602},
	    {"dev_beacon", "[]", -32602},
	    {"dev_neuron", "[{'uid': 1}]", -32602},
	    {"dev_fork", "[3]", -32602},
	    {"dev_upgrade", "[{'move': {'No.call': 3}}]", -32602},
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int code = desk_code_of(d, cases[i].method, cases[i].params);

		if (code != cases[i].code)
			fail_msg("%s %s: %d", cases[i].method, cases[i].params,
			    code);
	}
}

static void
odd_messages_are_answered(void **state)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
	    {"", -32700},
	    {"{", -32700},
	    {"7", -32600},
	    {"{}", -32600},
	    {"{\"id\": 1, \"method\": 5}", -32600},
	    {"{\"id\": 1, \"method\": \"system_name\", \"params\": {}}",
		-32602},
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *j = desk_say(d, cases[i].text);

		assert_int_equal(json_integer_value(json_object_get(
				     json_object_get(j, "error"), "code")),
		    cases[i].code);
		json_decref(j);
	}
}

static void
a_batch_is_answered_one_by_one(void **state)
{
	struct desk *d = *state;
	json_t *j = desk_say(d, "[{\"id\": 1, \"method\": \"system_name\"},"
				" {\"id\": \"b\", \"method\": \"no_such\"}]");

	assert_int_equal(json_array_size(j), 2);
	assert_string_equal(
	    json_string_value(json_object_get(json_array_get(j, 1), "id")),
	    "b");
	json_decref(j);
}

static void
values_are_read_at_the_block_that_is_named(void **state)
{
	struct desk *d = *state;
	json_t *key, *params, *hash, *j;
	struct buf b = {0};
	char *hex, *text;

	json_decref(desk_ask(d, "dev_newBlock", "[2]"));
	hash = desk_ask(d, "chain_getBlockHash", "[]");
	json_decref(desk_ask(d, "dev_set", "[{'netuid': 1, 'tempo': 258}]"));
	json_decref(desk_ask(d, "dev_newBlock", "[]"));
	item_key(d->node.chain->best->runtime->md, item_net("Tempo", 1), &b);
	hex = hex_0x(b.data, b.len);
	key = json_string(hex);
	for (int old = 0; old < 2; old++) {
		params = old ? json_pack("[O, O]", key, hash)
			     : json_pack("[O]", key);
		text = json_dumps(params, 0);
		j = desk_ask(d, "state_getStorage", text);
		assert_string_equal(
		    json_string_value(j), old ? "0x1400" : "0x0201");
		json_decref(j);
		json_decref(params);
		free(text);
	}
	json_decref(key);
	json_decref(hash);
	free(hex);
	buf_free(&b);
}

static void
a_map_is_paged_through(void **state)
{
	struct desk *d = *state;
	struct buf b = {0};
	char *hex, *params;
	json_t *page, *rest;

	item_key(
	    d->node.chain->best->runtime->md, item_net_uid("Keys", 1, 0), &b);
	b.len -= 4;
	hex = hex_0x(b.data, b.len);
	params = xasprintf("['%s', 3]", hex);
	page = desk_ask(d, "state_getKeysPaged", params);
	assert_int_equal(json_array_size(page), 3);
	free(params);
	params = xasprintf(
	    "['%s', 3, '%s']", hex, json_string_value(json_array_get(page, 2)));
	rest = desk_ask(d, "state_getKeysPaged", params);
	assert_int_equal(json_array_size(rest), 1);
	json_decref(page);
	json_decref(rest);
	free(params);
	free(hex);
	buf_free(&b);
}

static void
subscribers_hear_of_heads_until_they_unsubscribe(void **state)
{
	struct desk *d = *state;
	json_t *id = desk_ask(d, "chain_subscribeNewHeads", "[]"), *j;
	char *params = xasprintf("['%s']", json_string_value(id));

	assert_int_equal(json_array_size(d->told), 1); /* the best at once */
	json_decref(desk_ask(d, "dev_newBlock", "[2]"));
	assert_int_equal(json_array_size(d->told), 3);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(d->told, 2), "number")),
	    "0x2");
	j = desk_ask(d, "chain_unsubscribeNewHeads", params);
	assert_true(json_is_true(j));
	json_decref(j);
	json_decref(desk_ask(d, "dev_newBlock", "[1]"));
	assert_int_equal(json_array_size(d->told), 3);
	json_decref(id);
	free(params);
}

static void
finalized_heads_come_one_by_one(void **state)
{
	struct desk *d = *state;

	json_decref(desk_ask(d, "chain_subscribeFinalizedHeads", "[]"));
	json_decref(desk_ask(d, "dev_finality", "[1000]"));
	json_decref(desk_ask(d, "dev_newBlock", "[4]"));
	assert_int_equal(json_array_size(d->told), 1);
	assert_int_equal(desk_number_of(d, "dev_finalize", "[3]"), 3);
	assert_int_equal(json_array_size(d->told), 4);
}

static void
a_watched_extrinsic_is_followed_to_the_end(void **state)
{
	struct desk *d = *state;
	struct rig rig = {.chain = d->node.chain};
	struct extrinsic_env env;
	struct buf bytes = {0};
	char *hex, *params;

	json_decref(desk_ask(d, "dev_newBlock", "[2]"));
	env = rig_env(&rig, 0);
	rig_sign(&rig, "//Alice", &env, "SubtensorModule", "set_weights",
	    "{'netuid': 1, 'dests': [1], 'weights': [1], 'version_key': 0}",
	    &bytes);
	hex = hex_0x(bytes.data, bytes.len);
	params = xasprintf("['%s']", hex);
	json_decref(desk_ask(d, "author_submitAndWatchExtrinsic", params));
	assert_int_equal(
	    desk_number_of(d, "system_accountNextIndex",
		"['5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY']"),
	    1);
	json_decref(desk_ask(d, "dev_newBlock", "[3]"));
	assert_int_equal(json_array_size(d->told), 3);
	assert_string_equal(
	    json_string_value(json_array_get(d->told, 0)), "ready");
	assert_non_null(json_object_get(json_array_get(d->told, 1), "inBlock"));
	assert_non_null(
	    json_object_get(json_array_get(d->told, 2), "finalized"));
	free(hex);
	free(params);
	buf_free(&bytes);
}

static void
a_connection_that_cannot_hear_may_not_subscribe(void **state)
{
	struct desk *d = *state;

	d->client.can_subscribe = false;
	assert_int_equal(
	    desk_code_of(d, "chain_subscribeNewHeads", "[]"), -32000);
	assert_int_equal(
	    desk_code_of(d, "author_submitAndWatchExtrinsic", "['0x00']"),
	    -32000);
}

static void
faults_are_set_and_ended(void **state)
{
	struct desk *d = *state;

	json_decref(desk_ask(d, "dev_stall", "[]"));
	assert_true(d->node.faults.stalled_until_us == INT64_MAX);
	json_decref(desk_ask(d, "dev_stall", "[0]"));
	assert_true(d->node.faults.stalled_until_us == 0);
	json_decref(desk_ask(d, "dev_delay", "[250, 'state_call']"));
	assert_int_equal(d->node.faults.delay_us, 250000);
	assert_string_equal(d->node.faults.delay_method, "state_call");
	json_decref(desk_ask(d, "dev_resume", "[]"));
	assert_true(d->producing);
	json_decref(desk_ask(d, "dev_stop", "[]"));
	assert_false(d->producing);
	assert_int_equal(d->faults_changed, 3);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(every_listed_method_answers_or_says_why_not),
	    CASE(errors_have_the_nodes_codes),
	    CASE(odd_messages_are_answered),
	    CASE(a_batch_is_answered_one_by_one),
	    CASE(values_are_read_at_the_block_that_is_named),
	    CASE(a_map_is_paged_through),
	    CASE(subscribers_hear_of_heads_until_they_unsubscribe),
	    CASE(finalized_heads_come_one_by_one),
	    CASE(a_watched_extrinsic_is_followed_to_the_end),
	    CASE(a_connection_that_cannot_hear_may_not_subscribe),
	    CASE(faults_are_set_and_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Calls by name and arguments, to the bytes recorded and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

struct call {
	const char *recorded; /* how the file with its bytes names it */
	const char *pallet, *name, *args;
};

static const char bob[] = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/* $H, $A, $B and $C in the arguments stand for these accounts. */
static const struct {
	const char *mark, *account;
} accounts[] = {
    {"$A", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
    {"$B", bob},
    {"$C", "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"},
    {"$H",
	"0xb220508024ce70b0dd91910806fbda4614701cb762f669276fe978636c4ff80c"},
};

static const struct call golden[] = {
    {"Balances.transfer_keep_alive(Id(bob),12345)", "Balances",
	"transfer_keep_alive", "{'dest': {'Id': '$B'}, 'value': 12345}"},
    {"Balances.transfer_allow_death(Id(bob),1)", "Balances",
	"transfer_allow_death", "{'dest': {'Id': '$B'}, 'value': 1}"},
    {"SubtensorModule.add_stake(hotkey,1,1000000000)", "SubtensorModule",
	"add_stake",
	"{'hotkey': '$H', 'netuid': 1, 'amount_staked': 1000000000}"},
    {"SubtensorModule.remove_stake(hotkey,1,5)", "SubtensorModule",
	"remove_stake", "{'hotkey': '$H', 'netuid': 1, 'amount_unstaked': 5}"},
    {"SubtensorModule.burned_register(1,hotkey)", "SubtensorModule",
	"burned_register", "{'netuid': 1, 'hotkey': '$H'}"},
    {"SubtensorModule.set_weights(1,[0,1],[100,200],0)", "SubtensorModule",
	"set_weights",
	"{'netuid': 1, 'dests': [0, 1], 'weights': [100, 200],"
	" 'version_key': 0}"},
    {"System.remark(00010203)", "System", "remark", "{'remark': '0x00010203'}"},
    {"Sudo.sudo(System.remark(deadbeef))", "Sudo", "sudo",
	"{'call': {'System': {'remark': {'remark': '0xdeadbeef'}}}}"},
    {"Utility.batch([transfer_keep_alive 1 bob, transfer_keep_alive 2 "
     "charlie])",
	"Utility", "batch",
	"{'calls': [{'Balances': {'transfer_keep_alive':"
	" {'dest': {'Id': '$B'}, 'value': 1}}},"
	" {'Balances': {'transfer_keep_alive':"
	" {'dest': {'Id': '$C'}, 'value': 2}}}]}"},
    {"Proxy.proxy(real alice, Some(Transfer), transfer_keep_alive 1 bob)",
	"Proxy", "proxy",
	"{'real': {'Id': '$A'}, 'force_proxy_type': 'Transfer',"
	" 'call': {'Balances': {'transfer_keep_alive':"
	" {'dest': {'Id': '$B'}, 'value': 1}}}}"},
};

static const struct call derived[] = {
    {"set_weights(11,[0,5],[65535,32768],1)", "SubtensorModule", "set_weights",
	"{'netuid': 11, 'dests': [0, 5], 'weights': [65535, 32768],"
	" 'version_key': 1}"},
    {"set_mechanism_weights(11,0,[0,5],[65535,32768],10002000)",
	"SubtensorModule", "set_mechanism_weights",
	"{'netuid': 11, 'mecid': 0, 'dests': [0, 5],"
	" 'weights': [65535, 32768], 'version_key': 10002000}"},
    {"commit_mechanism_weights(11,1,hash ab*32)", "SubtensorModule",
	"commit_mechanism_weights",
	"{'netuid': 11, 'mecid': 1, 'commit_hash': '0x"
	"abababababababababababababababababababababababababababababababab'}"},
    {"reveal_mechanism_weights(11,1,[7],[65535],[1,2],3)", "SubtensorModule",
	"reveal_mechanism_weights",
	"{'netuid': 11, 'mecid': 1, 'uids': [7], 'values': [65535],"
	" 'salt': [1, 2], 'version_key': 3}"},
    {"commit_timelocked_mechanism_weights(11,0,[de ad be ef],round "
     "1000,version 4)",
	"SubtensorModule", "commit_timelocked_mechanism_weights",
	"{'netuid': 11, 'mecid': 0, 'commit': '0xdeadbeef',"
	" 'reveal_round': 1000, 'commit_reveal_version': 4}"},
    {"commit_timelocked_weights(11,[de ad be ef],1000,4)", "SubtensorModule",
	"commit_timelocked_weights",
	"{'netuid': 11, 'commit': '0xdeadbeef', 'reveal_round': 1000,"
	" 'commit_reveal_version': 4}"},
    {"batch_set_weights([1,300],[[(0,1),(1,16384)],[]],[0,4294967296])",
	"SubtensorModule", "batch_set_weights",
	"{'netuids': [1, 300], 'weights': [[[0, 1], [1, 16384]], []],"
	" 'version_keys': [0, 4294967296]}"},
    {"commit_weights(11, cd*32)", "SubtensorModule", "commit_weights",
	"{'netuid': 11, 'commit_hash': '0x"
	"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd'}"},
    {"serve_axon(11, version 10002000, 1.2.3.4, 8091, 4, 4, 0, 0)",
	"SubtensorModule", "serve_axon",
	"{'netuid': 11, 'version': 10002000, 'ip': 16909060, 'port': 8091,"
	" 'ip_type': 4, 'protocol': 4, 'placeholder1': 0,"
	" 'placeholder2': 0}"},
    {"Commitments.set_commitment(11, fields [Raw 'hello'])", "Commitments",
	"set_commitment",
	"{'netuid': 11, 'info': {'fields': [{'Raw5': '0x68656c6c6f'}]}}"},
    {"Commitments.set_commitment(11, fields [Raw0, None, BigRaw 'hi'])",
	"Commitments", "set_commitment",
	"{'netuid': 11, 'info': {'fields': [{'Raw0': '0x'}, 'None',"
	" {'BigRaw': '0x6869'}]}}"},
};

/* JSON with ' for " and the accounts put in. */
static json_t *
arguments(const char *text)
{
	struct buf b = {0};
	json_error_t why;
	json_t *json;

	for (; *text != '\0'; text++) {
		size_t i = 0;

		while (i < 4 && strncmp(text, accounts[i].mark, 2) != 0)
			i++;
		if (i < 4) {
			buf_add_str(&b, accounts[i].account);
			text++;
		} else {
			buf_add_byte(&b, *text == '\'' ? '"' : *text);
		}
	}
	json = json_loads(buf_str(&b), 0, &why);
	if (json == NULL)
		fail_msg("%s: %s", buf_str(&b), why.text);
	buf_free(&b);
	return json;
}

/* The enum of all pallets' calls, which no table of ours names. */
static uint32_t
runtime_call_type(const struct metadata *md)
{
	for (uint32_t i = 0; i < md->n_types; i++)
		if (strcmp(md->types[i].path,
			"node_subtensor_runtime::RuntimeCall") == 0)
			return i;
	fail_msg("there is no RuntimeCall");
	return 0;
}

static void
check_call(const struct metadata *md, const struct call *call, const char *hex)
{
	json_t *args = arguments(call->args);
	struct buf out = {0};
	struct err err = {""};

	if (encode_call(md, call->pallet, call->name, args, &out, &err) != 0)
		fail_msg("%s: %s", call->recorded, err.text);
	if (!chainmeta_is(&out, hex))
		fail_msg("%s: other bytes", call->recorded);
	json_decref(chainmeta_round_trip(
	    md, runtime_call_type(md), &out, call->recorded));
	buf_free(&out);
	json_decref(args);
}

static void
calls_of_spec_438_have_the_bytes_recorded(void **state)
{
	struct metadata *md;
	json_t *file, *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	list = json_object_get(file, "calls");
	json_array_foreach(list, i, row)
	{
		assert_string_equal(golden[i].recorded,
		    json_string_value(json_array_get(row, 0)));
		check_call(
		    md, &golden[i], json_string_value(json_array_get(row, 1)));
	}
	print_message("golden_spec438.json calls: %zu of %zu with the "
		      "metadata of 424\n",
	    i, json_array_size(list));
	assert_int_equal(i, sizeof(golden) / sizeof(golden[0]));
	json_decref(file);
	metadata_free(md);
}

static void
derived_calls_have_their_bytes(void **state)
{
	size_t n = sizeof(derived) / sizeof(derived[0]);
	struct metadata *md;
	json_t *file, *calls;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("derived_vectors.json");
	calls = json_object_get(file, "calls");
	for (size_t i = 0; i < n; i++) {
		const char *hex = json_string_value(
		    json_object_get(calls, derived[i].recorded));

		assert_non_null(hex);
		check_call(md, &derived[i], hex);
	}
	print_message("derived_vectors.json calls: %zu of %zu\n", n,
	    json_object_size(calls));
	assert_int_equal(n, json_object_size(calls));
	json_decref(file);
	metadata_free(md);
}

static void
a_call_that_cannot_be_made_is_refused_by_name(void **state)
{
	static const struct {
		const char *pallet, *name, *args, *why;
	} cases[] = {
	    {"Nowhere", "set_weights", "{}", "no call Nowhere.set_weights"},
	    {"SubtensorModule", "set_weight", "{}", "no call"},
	    {"SubtensorModule", "set_weights",
		"{'netuid': 1, 'dests': [0], 'version_key': 0}",
		"SubtensorModule.set_weights.weights: it is missing"},
	    {"SubtensorModule", "set_weights",
		"{'netuid': 1, 'dests': [0], 'weights': [1],"
		" 'version_key': 0, 'mecid': 0}",
		"SubtensorModule.set_weights: there is no field mecid"},
	    {"SubtensorModule", "set_weights",
		"{'netuid': 1, 'dests': [0, 65536], 'weights': [1, 2],"
		" 'version_key': 0}",
		"SubtensorModule.set_weights.dests[1]: it is no integer"},
	    {"SubtensorModule", "set_weights", "[]", "it is no object"},
	    {"Sudo", "sudo",
		"{'call': {'System': {'remark': {'remark': 'hi'}}}}",
		"call.System.remark.remark: it is no text of 0x"},
	};
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *args = arguments(cases[i].args);
		struct buf out = {0};
		struct err err = {""};

		assert_int_equal(encode_call(md, cases[i].pallet, cases[i].name,
				     args, &out, &err),
		    -1);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg(
			    "\"%s\" is not \"%s\"", err.text, cases[i].why);
		assert_int_equal(out.len, 0);
		buf_free(&out);
		json_decref(args);
	}
	metadata_free(md);
}

static void
a_call_without_arguments_needs_none(void **state)
{
	struct metadata *md;
	struct buf out = {0};

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	assert_int_equal(
	    encode_call(md, "SafeMode", "enter", NULL, &out, NULL), 0);
	assert_true(chainmeta_is(&out, "1400"));
	assert_int_equal(
	    encode_call(md, "System", "remark", NULL, &out, NULL), -1);
	buf_free(&out);
	metadata_free(md);
}

/* A batch of batches of batches...: what a hostile block could hold. */
static void
calls_nested_too_deeply_are_refused(void **state)
{
	struct metadata *md;
	struct buf bytes = {0};
	struct err err = {""};

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (int i = 0; i < 100000; i++)
		buf_add(&bytes, "\x0b\x00\x04", 3);
	assert_null(
	    decode_all(md, runtime_call_type(md), bytes.data, bytes.len, &err));
	assert_non_null(strstr(err.text, "nested too deeply"));
	buf_free(&bytes);
	metadata_free(md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_of_spec_438_have_the_bytes_recorded),
	    cmocka_unit_test(derived_calls_have_their_bytes),
	    cmocka_unit_test(a_call_that_cannot_be_made_is_refused_by_name),
	    cmocka_unit_test(a_call_without_arguments_needs_none),
	    cmocka_unit_test(calls_nested_too_deeply_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

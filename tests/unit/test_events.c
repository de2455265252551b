/* The events of a block, and the names of what went wrong in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char metadata_file[] = "finney_taohop_20260704.scale";

static void
the_17_events_of_block_6_decode(void **state)
{
	static const struct {
		size_t record;
		const char *path;
		json_int_t value;
	} want[] = {
	    {0, "phase.ApplyExtrinsic", 0},
	    {16, "phase.ApplyExtrinsic", 6},
	    {11, "event.Balances.Withdraw.amount", 166247},
	    {12, "event.Balances.Transfer.amount", 1000000000},
	    {15, "event.TransactionPayment.TransactionFeePaid.actual_fee",
		166247},
	    {16, "event.System.ExtrinsicSuccess.dispatch_info.weight.ref_time",
		332208000},
	    {16,
		"event.System.ExtrinsicSuccess.dispatch_info.weight.proof_"
		"size",
		7791},
	};
	json_t *file, *events;
	struct metadata *md;
	struct buf bytes;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(metadata_file);
	file = chaindata_json("golden_spec438.json");
	bytes = chainmeta_bytes(
	    json_string_value(chainmeta_at(file, "events_block6.hex")));
	events = chainmeta_round_trip(
	    md, metadata_events_type(md), &bytes, "the events");
	assert_int_equal(json_array_size(events), 17);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_true(json_integer_value(chainmeta_at(
				json_array_get(events, want[i].record),
				want[i].path)) == want[i].value);
	print_message("golden_spec438.json events_block6: 17 of 17 with the "
		      "metadata of 424\n");
	json_decref(events);
	buf_free(&bytes);
	json_decref(file);
	metadata_free(md);
}

static uint32_t
type_called(const struct metadata *md, const char *path)
{
	for (uint32_t i = 0; i < md->n_types; i++)
		if (strcmp(md->types[i].path, path) == 0)
			return i;
	fail_msg("there is no type %s", path);
	return 0;
}

static void
dispatch_errors_have_names(void **state)
{
	static const struct {
		const char *hex, *name;
	} cases[] = {
	    {"00", "Other"},
	    {"01", "CannotLookup"},
	    {"02", "BadOrigin"},
	    {"030735000000", "SubtensorModule.CommitRevealEnabled"},
	    {"030704000000", "SubtensorModule.HotKeyNotRegisteredInSubNet"},
	    {"03076e000000", "SubtensorModule.IncorrectCommitRevealVersion"},
	    {"031202000000", "Commitments.SpaceLimitExceeded"},
	    {"0307ff000000", "SubtensorModule.255"},
	    {"030200000000", "Timestamp.0"}, /* it has no errors */
	    {"03c801000000", "Module.200.1"},
	    {"06", "TooManyConsumers"},
	    {"0700", "Token.FundsUnavailable"},
	    {"0801", "Arithmetic.Overflow"},
	    {"0900", "Transactional.LimitReached"},
	    {"0d", "RootNotAllowed"},
	};
	struct metadata *md;
	uint32_t type;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(metadata_file);
	type = type_called(md, "sp_runtime::DispatchError");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = chainmeta_bytes(cases[i].hex);
		json_t *json =
		    chainmeta_round_trip(md, type, &b, cases[i].name);
		char *name = dispatch_error_name(md, json);

		assert_string_equal(name, cases[i].name);
		free(name);
		json_decref(json);
		buf_free(&b);
	}
	metadata_free(md);
}

static void
what_is_no_dispatch_error_has_a_name_all_the_same(void **state)
{
	static const struct {
		const char *json, *name;
	} cases[] = {
	    {"null", "unknown"},
	    {"[]", "unknown"},
	    {"{}", "unknown"},
	    {"\"BadOrigin\"", "BadOrigin"},
	    {"{\"Module\": null}", "Module"},
	    {"{\"Module\": {\"index\": 7}}", "Module"},
	    {"{\"Module\": {\"index\": 700, \"error\": \"0x00\"}}", "Module"},
	    {"{\"Module\": {\"index\": 7, \"error\": \"zz\"}}", "Module"},
	    {"{\"Module\": {\"index\": 7, \"error\": 53}}",
		"SubtensorModule.CommitRevealEnabled"},
	};
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(metadata_file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		char *name = dispatch_error_name(md, json);

		assert_string_equal(name, cases[i].name);
		free(name);
		json_decref(json);
	}
	metadata_free(md);
}

/* A failed extrinsic as a block would hold it, made and read. */
static void
a_failure_is_found_among_events(void **state)
{
	static const char record[] =
	    "[{'phase': {'ApplyExtrinsic': 2}, 'event': {'System':"
	    " {'ExtrinsicFailed': {'dispatch_error': {'Module':"
	    " {'index': 7, 'error': '0x51000000'}}, 'dispatch_info':"
	    " {'weight': {'ref_time': 1, 'proof_size': 0},"
	    " 'class': 'Normal', 'pays_fee': 'No'}}}}, 'topics': []}]";
	struct buf text = {0}, bytes = {0};
	struct metadata *md;
	struct err err = {""};
	json_t *json;
	char *name;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(metadata_file);
	buf_add_str(&text, record);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\'')
			text.data[i] = '"';
	json = json_loads(buf_str(&text), 0, NULL);
	if (encode_value(md, metadata_events_type(md), json, &bytes, &err) != 0)
		fail_msg("%s", err.text);
	json_decref(json);
	assert_true(chainmeta_is(&bytes, "040002000000000103075100000004000001"
					 "00"));
	json = chainmeta_round_trip(
	    md, metadata_events_type(md), &bytes, "the failure");
	name = dispatch_error_name(
	    md, chainmeta_at(
		    json, "0.event.System.ExtrinsicFailed.dispatch_error"));
	assert_string_equal(name, "SubtensorModule.CommittingWeightsTooFast");
	free(name);
	json_decref(json);
	buf_free(&bytes);
	buf_free(&text);
	metadata_free(md);
}

/* Cut anywhere, in memory of just that size. */
static void
events_cut_short_are_refused(void **state)
{
	struct metadata *md;
	struct buf bytes;
	json_t *file;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(metadata_file);
	file = chaindata_json("golden_spec438.json");
	bytes = chainmeta_bytes(
	    json_string_value(chainmeta_at(file, "events_block6.hex")));
	for (size_t len = 0; len < bytes.len; len++) {
		uint8_t *part = xmemdup(bytes.data, len);

		assert_null(
		    decode_all(md, metadata_events_type(md), part, len, NULL));
		free(part);
	}
	buf_free(&bytes);
	json_decref(file);
	metadata_free(md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_17_events_of_block_6_decode),
	    cmocka_unit_test(dispatch_errors_have_names),
	    cmocka_unit_test(what_is_no_dispatch_error_has_a_name_all_the_same),
	    cmocka_unit_test(a_failure_is_found_among_events),
	    cmocka_unit_test(events_cut_short_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

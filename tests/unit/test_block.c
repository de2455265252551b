/* Our extrinsic in a block, and how it is looked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/block.c"
#include "weightsetter/ledger.h"
#include "weightsetter/value.c"

static const char *
hash_of(const char *hex, char out[SNAPSHOT_HASH])
{
	struct buf bytes = chainmeta_bytes(hex);
	uint8_t hash[32];

	hash_blake2_256(bytes.data, bytes.len, hash);
	memcpy(out, "0x", 3);
	hex_encode(hash, sizeof(hash), out + 2);
	buf_free(&bytes);
	return out;
}

static void
an_extrinsic_is_found_by_its_hash(void **state)
{
	json_t *block = json_pack("{s:{s:[s, s, i, s, s]}}", "block",
	    "extrinsics", "0x0400", "nonsense", 7, "0x", "0x08aabb");
	char hash[SNAPSHOT_HASH];

	(void)state;
	assert_int_equal(block_find(block, hash_of("0x0400", hash)), 0);
	assert_int_equal(block_find(block, hash_of("0x08aabb", hash)), 4);
	assert_int_equal(block_find(block, hash_of("0x08aabc", hash)), -1);
	assert_int_equal(block_find(block, "0x12"), -1);
	assert_int_equal(block_find(block, ""), -1);
	assert_int_equal(block_find(NULL, hash), -1);
	json_decref(block);
}

/* An event of System; each has the fields of a failure, which only a failure
 * is asked for. */
static json_t *
record(const char *phase, json_int_t place, const char *event)
{
	return json_pack("{s:{s:I}, s:{s:{s:{s:{s:{s:i, s:s}}}}}}", "phase",
	    phase, place, "event", "System", event, "dispatch_error", "Module",
	    "index", 7, "error", "0x1d000000");
}

static void
events_of_our_place_decide(void **state)
{
	struct metadata *md;
	json_t *events;
	char reason[REFUSAL_MAX];

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	events = json_array();
	json_array_append_new(
	    events, record("ApplyExtrinsic", 0, "NewAccount"));
	json_array_append_new(
	    events, record("ApplyExtrinsic", 0, "ExtrinsicSuccess"));
	json_array_append_new(
	    events, record("Initialization", 1, "ExtrinsicSuccess"));
	json_array_append_new(
	    events, record("ApplyExtrinsic", 1, "NewAccount"));
	json_array_append_new(
	    events, record("ApplyExtrinsic", 1, "ExtrinsicFailed"));
	assert_int_equal(
	    block_outcome_of(md, events, 0, reason), BLOCK_SUCCESS);
	assert_int_equal(
	    block_outcome_of(md, events, 1, reason), BLOCK_FAILURE);
	assert_string_equal(reason, "SubtensorModule.SettingWeightsTooFast");
	assert_int_equal(block_outcome_of(md, events, 2, reason), BLOCK_SILENT);
	json_decref(events);
	metadata_free(md);
}

static void
the_events_of_a_real_block(void **state)
{
	struct metadata *md;
	json_t *file, *events;
	struct buf bytes;
	char reason[REFUSAL_MAX];

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	bytes = chainmeta_bytes(
	    json_string_value(chainmeta_at(file, "events_block6.hex")));
	events = decode_all(md, (uint32_t)metadata_events_type(md), bytes.data,
	    bytes.len, NULL);
	assert_non_null(events);
	for (long i = 0; i <= 6; i++)
		assert_int_equal(
		    block_outcome_of(md, events, i, reason), BLOCK_SUCCESS);
	assert_int_equal(block_outcome_of(md, events, 7, reason), BLOCK_SILENT);
	json_decref(events);
	json_decref(file);
	buf_free(&bytes);
	metadata_free(md);
}

static void
storage_must_hold_exactly_what_was_sent(void **state)
{
	static const struct {
		const char *json;
		bool same;
	} cases[] = {
	    {"[[1,65535],[7,0]]", true},
	    {"[[1,65535]]", false},
	    {"[[1,65535],[7,1]]", false},
	    {"[[1,65535],[8,0]]", false},
	    {"[[7,0],[1,65535]]", false},
	    {"[[1,65535],[7,0],[8,0]]", false},
	    {"[[1,65535],[7]]", false},
	    {"[]", false},
	    {"null", false},
	};
	uint16_t uids[] = {1, 7}, weights[] = {65535, 0};
	struct uid_weights sent = {uids, weights, 2};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);

		assert_int_equal(block_holds(json, &sent), cases[i].same);
		json_decref(json);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_extrinsic_is_found_by_its_hash),
	    cmocka_unit_test(events_of_our_place_decide),
	    cmocka_unit_test(the_events_of_a_real_block),
	    cmocka_unit_test(storage_must_hold_exactly_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

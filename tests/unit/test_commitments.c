/* Commitments of every variant, by real runtimes, and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hex.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/address.c"
#include "weightsetter/commitments.c"
#include "weightsetter/reads.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

static const char alice[] = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/* A Registration of these fields: deposit 5, block 42. */
static json_t *
registration(const char *fields)
{
	char text[4096];

	snprintf(text, sizeof(text), "0x05000000000000002a000000%s", fields);
	return json_string(text);
}

static void
assert_member(const json_t *row, const char *name, const char *expected)
{
	const json_t *value = json_object_get(row, name);
	char *text;

	if (expected == NULL) {
		assert_true(value == NULL || json_is_null(value));
		return;
	}
	text = json_is_string(value)
		   ? strdup(json_string_value(value))
		   : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

#define H32 "1111111111111111111111111111111111111111111111111111111111111111"
#define X32 "0x" H32

struct sort {
	/* fields NULL: it does not decode */
	const char *bytes, *fields, *text, *hash, *round, *address;
};

static void
assert_row(const struct metadata *md, const struct sort *sort)
{
	json_t *hex = registration(sort->bytes);
	json_t *row = commitments_row(md, alice, hex);
	bool is_decoded = sort->fields != NULL;

	assert_member(row, "hotkey", alice);
	assert_member(row, "fields", sort->fields);
	assert_member(row, "text", sort->text);
	assert_member(row, "hash", sort->hash);
	assert_member(row, "reveal_round", sort->round);
	assert_member(row, "address", sort->address);
	assert_member(row, "block", is_decoded ? "42" : NULL);
	assert_member(row, "deposit", is_decoded ? "5" : NULL);
	assert_member(row, "data", is_decoded ? NULL : json_string_value(hex));
	assert_int_equal(
	    json_is_string(json_object_get(row, "decode_error")), !is_decoded);
	json_decref(row);
	json_decref(hex);
}

static void
every_variant_of_real_runtimes(void **state)
{
	static const struct sort cases[] = {
	    {"00", "[]", NULL, NULL, NULL, NULL},
	    {"0400", "[{\"None\":null}]", NULL, NULL, NULL, NULL},
	    {"0401", "[{\"Raw0\":\"0x\"}]", NULL, NULL, NULL, NULL},
	    {"040668656c6c6f", "[{\"Raw5\":\"0x68656c6c6f\"}]", "hello", NULL,
		NULL, NULL},
	    {"0405683a3830", "[{\"Raw4\":\"0x683a3830\"}]", "h:80", NULL, NULL,
		"h:80"},
	    {"0482" H32, "[{\"BlakeTwo256\":\"" X32 "\"}]", NULL, X32, NULL,
		NULL},
	    {"0483" H32, "[{\"Sha256\":\"" X32 "\"}]", NULL, X32, NULL, NULL},
	    {"0484" H32, "[{\"Keccak256\":\"" X32 "\"}]", NULL, X32, NULL,
		NULL},
	    {"0485" H32, "[{\"ShaThree256\":\"" X32 "\"}]", NULL, X32, NULL,
		NULL},
	    {"048608abcdffffffffffffffff",
		"[{\"TimelockEncrypted\":{\"encrypted\":\"0xabcd\","
		"\"reveal_round\":\"18446744073709551615\"}}]",
		NULL, NULL, "18446744073709551615", NULL},
	    {"0487", "[{\"ResetBondsFlag\":null}]", NULL, NULL, NULL, NULL},
	    {"04880c616263", "[{\"BigRaw\":\"0x616263\"}]", "abc", NULL, NULL,
		NULL},
	    /* Raw2 that is no text, then one that is: the first counts. */
	    {"0803ff000361620000", NULL, NULL, NULL, NULL, NULL},
	    {"0803ff00036162", "[{\"Raw2\":\"0xff00\"},{\"Raw2\":\"0x6162\"}]",
		NULL, NULL, NULL, NULL},
	    {"0c00036162"
	     "8701000000",
		NULL, NULL, NULL, NULL, NULL},
	};
	static const char *const files[] = {"finney_taohop_20260704.scale",
	    "finney_spec343_v15.scale", "finney_spec343_v14.scale"};
	const size_t n = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	chaindata_or_skip();
	for (size_t f = 0; f < 3; f++) {
		struct metadata *md = chainmeta_load(files[f]);

		for (size_t i = 0; i < n; i++)
			assert_row(md, &cases[i]);
		metadata_free(md);
	}
	print_message("%zu commitments by 3 metadata blobs\n", n);
}

static void
raw_of_every_length(void **state)
{
	char bytes[2 * 140], text[140];
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (size_t len = 1; len <= 128; len++) {
		json_t *hex, *row;

		memset(text, 'x', len);
		text[len] = '\0';
		snprintf(bytes, sizeof(bytes), "04%02zx", len + 1);
		hex_encode((const uint8_t *)text, len, bytes + 4);
		hex = registration(bytes);
		row = commitments_row(md, alice, hex);
		assert_member(row, "text", text);
		json_decref(row);
		json_decref(hex);
	}
	metadata_free(md);
}

static void
broken_bytes_are_kept(void **state)
{
	static const char *const cases[] = {"0x", "0x00", "nonsense", "0x0",
	    "0x05000000000000002a00000004ff",
	    "0x05000000000000002a000000040668656c6c",
	    "0x05000000000000002a000000040668656c6c6f00"};
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *hex = json_string(cases[i]);
		json_t *row = commitments_row(md, alice, hex);

		assert_member(row, "data", cases[i]);
		assert_true(
		    json_is_string(json_object_get(row, "decode_error")));
		json_decref(row);
		json_decref(hex);
	}
	metadata_free(md);
}

/* What a later runtime may add is kept, and is none of the sorts we know. */
static void
an_unknown_variant_is_none_of_ours(void **state)
{
	json_t *fields =
	    json_pack("[{s:{s:s}}, {s:n}, {s:s}]", "TimelockRevealFailed",
		"encrypted", "0xabcd", "Rawish", "Raw1", "0x61");
	json_t *row = json_object();

	(void)state;
	take_fields(row, fields);
	assert_member(row, "text", "a");
	assert_int_equal(json_object_size(row), 1);
	json_decref(row);
	json_decref(fields);
}

static void
text_is_printable_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool is_text;
	} cases[] = {{"a b\t\n", 5, true}, {"h\xc3\xb6", 3, true},
	    {"\xf0\x9f\x98\x80", 4, true}, {"", 0, false}, {"a\0b", 3, false},
	    {"\x1b[0m", 4, false}, {"\x7f", 1, false}, {"\xc2\x85", 2, false},
	    {"\xff", 1, false}, {"\xc3", 1, false}, {"\xed\xa0\x80", 3, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *text = commitments_text(cases[i].bytes, cases[i].len);

		assert_int_equal(text != NULL, cases[i].is_text);
		json_decref(text);
	}
}

static void
what_was_revealed(void **state)
{
	/* "hello"; 5 and "hello"; bytes */
	static const char hex[] = "0x0c"
				  "1468656c6c6f0700000000000000"
				  "181468656c6c6f0800000000000000"
				  "08ff000900000000000000";
	struct metadata *md;
	json_t *value = json_string(hex), *row;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	row = commitments_revealed_row(md, alice, value);
	assert_member(row, "revealed",
	    "[{\"block\":7,\"data\":\"0x68656c6c6f\",\"text\":\"hello\"},"
	    "{\"block\":8,\"data\":\"0x1468656c6c6f\",\"text\":\"hello\"},"
	    "{\"block\":9,\"data\":\"0xff00\",\"text\":null}]");
	json_decref(row);
	json_decref(value);
	value = json_string("0x0c14");
	row = commitments_revealed_row(md, alice, value);
	assert_member(row, "data", "0x0c14");
	json_decref(row);
	json_decref(value);
	metadata_free(md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_variant_of_real_runtimes),
	    cmocka_unit_test(raw_of_every_length),
	    cmocka_unit_test(broken_bytes_are_kept),
	    cmocka_unit_test(an_unknown_variant_is_none_of_ours),
	    cmocka_unit_test(text_is_printable_utf8),
	    cmocka_unit_test(what_was_revealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The rules of values as JSON, on a small registry made here: every kind of
 * type there and back, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chainmeta.h"

/* The registry's types; the primitives come first, in their own order. */
enum {
	BOOL,
	CHAR,
	STR,
	U8,
	U16,
	U32,
	U64,
	U128,
	U256,
	I8,
	I16,
	I32,
	I64,
	I128,
	I256,
	UNIT,
	VEC_U8,
	HASH,
	ACCOUNT,
	PAIR,
	VEC_PAIR,
	NET_UID,
	COMPACT_U8,
	COMPACT_NET_UID,
	COMPACT_U128,
	COMPACT_UNIT,
	POINT,
	OPTION_U16,
	OPTION_OPTION,
	OPTION_UNIT,
	SHAPE,
	BITS,
	VEC_UNIT,
	ARRAY_U16,
	TREE,
	VEC_TREE,
	VOID,
	COMPACT_BOOL,
	NAMED_ONE,
	MANY_UNITS,
	N_TYPES,
};

static const struct field hash_field[] = {{.type = HASH}};
static const struct field u16_field[] = {{.type = U16}};
static const struct field u16_pair[] = {{.type = U16}, {.type = U16}};
static const struct field u8_pair[] = {{.type = U8}, {.type = U8}};
static const struct field tree_field[] = {{.type = VEC_TREE}};
static const struct field bits_field[] = {{.name = "bits", .type = U8}};
static const struct field option_field[] = {{.type = OPTION_U16}};
static const struct field unit_field[] = {{.type = UNIT}};
static const struct field point_field[] = {{.name = "point", .type = POINT}};
static const struct field point_fields[] = {
    {.name = "x", .type = U8}, {.name = "y", .type = U16}};

static const struct variant option_u16[] = {
    {"None", 0, NULL, 0}, {"Some", 1, u16_field, 1}};
static const struct variant option_option[] = {
    {"None", 0, NULL, 0}, {"Some", 1, option_field, 1}};
static const struct variant option_unit[] = {
    {"None", 0, NULL, 0}, {"Some", 1, unit_field, 1}};
static const struct variant shapes[] = {{"Empty", 3, NULL, 0},
    {"Circle", 5, u16_field, 1}, {"Box", 7, u8_pair, 2},
    {"At", 9, point_field, 1}};

static const uint8_t primitive_bytes[] = {
    1, 4, 1, 1, 2, 4, 8, 16, 32, 1, 2, 4, 8, 16, 32};

static struct type types[N_TYPES];

static void
add_inner(uint32_t id, enum type_kind kind, uint32_t inner, uint32_t len,
    uint32_t min_bytes)
{
	types[id] = (struct type){.path = "",
	    .kind = kind,
	    .inner = inner,
	    .array_len = len,
	    .min_bytes = min_bytes};
}

static void
add_fields(uint32_t id, enum type_kind kind, const char *path,
    const struct field *fields, size_t n, uint32_t min_bytes)
{
	types[id] = (struct type){.path = path,
	    .kind = kind,
	    .fields = fields,
	    .n_fields = n,
	    .min_bytes = min_bytes};
}

static void
add_enum(
    uint32_t id, const char *path, const struct variant *variants, size_t n)
{
	types[id] = (struct type){.path = path,
	    .kind = TYPE_VARIANT,
	    .variants = variants,
	    .n_variants = n,
	    .min_bytes = 1};
}

static int
make_registry(void **state)
{
	(void)state;
	for (uint32_t i = BOOL; i <= I256; i++)
		types[i] = (struct type){.path = "",
		    .kind = TYPE_PRIMITIVE,
		    .primitive = i,
		    .min_bytes = primitive_bytes[i]};
	add_inner(VEC_U8, TYPE_SEQUENCE, U8, 0, 1);
	add_inner(HASH, TYPE_ARRAY, U8, 32, 32);
	add_inner(VEC_PAIR, TYPE_SEQUENCE, PAIR, 0, 1);
	add_inner(COMPACT_U8, TYPE_COMPACT, U8, 0, 1);
	add_inner(COMPACT_NET_UID, TYPE_COMPACT, NET_UID, 0, 1);
	add_inner(COMPACT_U128, TYPE_COMPACT, U128, 0, 1);
	add_inner(COMPACT_UNIT, TYPE_COMPACT, UNIT, 0, 0);
	add_inner(COMPACT_BOOL, TYPE_COMPACT, BOOL, 0, 1);
	add_inner(BITS, TYPE_BITS, U16, 0, 1);
	add_inner(VEC_UNIT, TYPE_SEQUENCE, UNIT, 0, 1);
	add_inner(ARRAY_U16, TYPE_ARRAY, U16, 2, 4);
	add_inner(VEC_TREE, TYPE_SEQUENCE, TREE, 0, 1);
	add_inner(MANY_UNITS, TYPE_ARRAY, UNIT, UINT32_MAX, 0);
	add_fields(UNIT, TYPE_TUPLE, "", NULL, 0, 0);
	add_fields(ACCOUNT, TYPE_COMPOSITE, "sp_core::crypto::AccountId32",
	    hash_field, 1, 32);
	add_fields(PAIR, TYPE_TUPLE, "", u16_pair, 2, 4);
	add_fields(NET_UID, TYPE_COMPOSITE, "NetUid", u16_field, 1, 2);
	add_fields(POINT, TYPE_COMPOSITE, "Point", point_fields, 2, 3);
	add_fields(TREE, TYPE_COMPOSITE, "Tree", tree_field, 1, 1);
	add_fields(NAMED_ONE, TYPE_COMPOSITE, "", bits_field, 1, 1);
	add_enum(OPTION_U16, "Option", option_u16, 2);
	add_enum(OPTION_OPTION, "Option", option_option, 2);
	add_enum(OPTION_UNIT, "Option", option_unit, 2);
	add_enum(SHAPE, "Shape", shapes, 4);
	add_enum(VOID, "Void", NULL, 0);
	return 0;
}

static const struct metadata md = {.types = types, .n_types = N_TYPES};

static const struct {
	uint32_t type;
	const char *hex, *json;
} both_ways[] = {
    {BOOL, "00", "false"},
    {BOOL, "01", "true"},
    {CHAR, "41000000", "\"A\""},
    {CHAR, "00f60100", "\"\xf0\x9f\x98\x80\""},
    {STR, "086869", "\"hi\""},
    {STR, "08c3a9", "\"\xc3\xa9\""},
    {STR, "00", "\"\""},
    {U8, "ff", "255"},
    {U16, "3412", "4660"},
    {U32, "ffffffff", "4294967295"},
    {U64, "0000000000002000", "9007199254740992"},
    {U64, "0100000000002000", "\"9007199254740993\""},
    {U64, "ffffffffffffffff", "\"18446744073709551615\""},
    {U128, "2a000000000000000000000000000000", "42"},
    {U128, "00000000000000000000000000000080",
	"\"170141183460469231731687303715884105728\""},
    {U128, "ffffffffffffffffffffffffffffffff",
	"\"340282366920938463463374607431768211455\""},
    {U256,
	"ffffffffffffffffffffffffffffffff"
	"ffffffffffffffffffffffffffffffff",
	"\"1157920892373161954235709850086879078532699846656405640394"
	"57584007913129639935\""},
    {I8, "ff", "-1"},
    {I8, "80", "-128"},
    {I16, "0080", "-32768"},
    {I32, "00000080", "-2147483648"},
    {I64, "000000000000e0ff", "-9007199254740992"},
    {I64, "ffffffffffffdfff", "\"-9007199254740993\""},
    {I64, "0000000000000080", "\"-9223372036854775808\""},
    {I64, "ffffffffffffff7f", "\"9223372036854775807\""},
    {I128, "ffffffffffffffffffffffffffffffff", "-1"},
    {I128, "00000000000000000000000000000080",
	"\"-170141183460469231731687303715884105728\""},
    {I256,
	"00000000000000000000000000000000"
	"00000000000000000000000000000080",
	"\"-578960446186580977117854925043439539266349923328202820197"
	"28792003956564819968\""},
    {UNIT, "", "null"},
    {VEC_U8, "0cdeadbe", "\"0xdeadbe\""},
    {VEC_U8, "00", "\"0x\""},
    {HASH,
	"0101010101010101010101010101010101010101010101010101010101"
	"010101",
	"\"0x01010101010101010101010101010101010101010101010101010101"
	"01010101\""},
    {ACCOUNT,
	"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a5"
	"6da27d",
	"\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\""},
    {PAIR, "01000200", "[1, 2]"},
    {VEC_PAIR, "080100020003000400", "[[1, 2], [3, 4]]"},
    {NET_UID, "0b00", "11"},
    {COMPACT_U8, "fd03", "255"},
    {COMPACT_NET_UID, "b104", "300"},
    {COMPACT_U128, "33ffffffffffffffffffffffffffffffff",
	"\"340282366920938463463374607431768211455\""},
    {COMPACT_UNIT, "", "null"},
    {POINT, "010200", "{\"x\": 1, \"y\": 2}"},
    {NAMED_ONE, "07", "{\"bits\": 7}"},
    {OPTION_U16, "00", "null"},
    {OPTION_U16, "010500", "5"},
    {OPTION_OPTION, "00", "null"},
    {OPTION_OPTION, "0100", "{\"Some\": null}"},
    {OPTION_OPTION, "01010500", "{\"Some\": 5}"},
    {OPTION_UNIT, "00", "null"},
    {OPTION_UNIT, "01", "{\"Some\": null}"},
    {SHAPE, "03", "{\"Empty\": null}"},
    {SHAPE, "050100", "{\"Circle\": 1}"},
    {SHAPE, "070102", "{\"Box\": [1, 2]}"},
    {SHAPE, "09010200", "{\"At\": {\"point\": {\"x\": 1, \"y\": 2}}}"},
    {BITS, "00", "{\"bits\": 0, \"bytes\": \"0x\"}"},
    {BITS, "0c0500", "{\"bits\": 3, \"bytes\": \"0x0500\"}"},
    {BITS, "44ffff0100", "{\"bits\": 17, \"bytes\": \"0xffff0100\"}"},
    {VEC_UNIT, "08", "[null, null]"},
    {ARRAY_U16, "01000200", "[1, 2]"},
    {TREE,
	"080400"
	"00",
	"[[[]], []]"},
};

static void
every_kind_goes_there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(both_ways) / sizeof(both_ways[0]); i++) {
		struct buf bytes = chainmeta_bytes(both_ways[i].hex);
		json_t *want =
		    json_loads(both_ways[i].json, JSON_DECODE_ANY, NULL);
		json_t *got = chainmeta_round_trip(
		    &md, both_ways[i].type, &bytes, both_ways[i].json);

		assert_non_null(want);
		if (!json_equal(got, want))
			fail_msg("%s is not %s",
			    json_dumps(got, JSON_ENCODE_ANY),
			    both_ways[i].json);
		json_decref(got);
		json_decref(want);
		buf_free(&bytes);
	}
	print_message("%zu values there and back\n",
	    sizeof(both_ways) / sizeof(both_ways[0]));
}

static void
bytes_that_are_no_value_are_refused(void **state)
{
	static const struct {
		uint32_t type;
		const char *hex, *why;
	} cases[] = {
	    {BOOL, "", "breaks off"},
	    {BOOL, "02", "malformed"},
	    {U32, "010203", "breaks off"},
	    {CHAR, "00d80000", "character"},
	    {CHAR, "00001100", "character"},
	    {STR, "0c6869", "breaks off"},
	    {VEC_U8, "feffffff00", "breaks off"},
	    {VEC_PAIR, "0801000200", "breaks off"},
	    {COMPACT_U8, "0104", "malformed"},
	    {COMPACT_NET_UID, "02000400", "malformed"},
	    {COMPACT_NET_UID, "0100", "malformed"},
	    {COMPACT_BOOL, "04", "no integer"},
	    {SHAPE, "04", "no variant"},
	    {VOID, "00", "no variant"},
	    {OPTION_U16, "02", "no variant"},
	    {VEC_UNIT, "06000400", "malformed"},
	    {MANY_UNITS, "", "too many parts"},
	    {BITS, "44ffff", "breaks off"},
	    {BITS, "0101ff", "more bits"},
	    {U8, "0102", "1 bytes behind"},
	    {UNIT, "00", "1 bytes behind"},
	    {N_TYPES, "00", "no type"},
	    {UINT32_MAX, "00", "no type"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf bytes = chainmeta_bytes(cases[i].hex);
		struct err err = {""};

		assert_null(decode_all(
		    &md, cases[i].type, bytes.data, bytes.len, &err));
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg("case %zu: \"%s\" is not \"%s\"", i, err.text,
			    cases[i].why);
		buf_free(&bytes);
	}
}

static void
a_value_nested_too_deeply_is_refused(void **state)
{
	struct buf bytes = {0};
	struct err err = {""};
	json_t *json;

	(void)state;
	/* Two levels a node: the tree and its vector. */
	for (int i = 0; i < METADATA_MAX_DEPTH / 2 - 1; i++)
		scale_put_compact(&bytes, 1);
	scale_put_compact(&bytes, 0);
	json = chainmeta_round_trip(&md, TREE, &bytes, "the deepest tree");
	json_decref(json);
	bytes.data[bytes.len - 1] = 1 << 2;
	scale_put_compact(&bytes, 0);
	assert_null(decode_all(&md, TREE, bytes.data, bytes.len, &err));
	assert_non_null(strstr(err.text, "nested too deeply"));
	buf_free(&bytes);
}

static void
a_text_that_is_not_utf8_is_shown_as_hex(void **state)
{
	static const uint8_t bad[][4] = {{0x0c, 0xff, 0xfe, 0x41},
	    {0x0c, 0xe2, 0x82, 0x41}, {0x0c, 0xed, 0xa0, 0x80},
	    {0x0c, 0xc0, 0x80, 0x41}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *json = decode_all(&md, STR, bad[i], 4, NULL);

		assert_int_equal(json_string_length(json), 8);
		assert_memory_equal(json_string_value(json), "0x", 2);
		json_decref(json);
	}
}

static const struct {
	uint32_t type;
	const char *json, *why;
} no_values[] = {
    {BOOL, "1", "true nor false"},
    {CHAR, "\"ab\"", "single character"},
    {CHAR, "\"\"", "single character"},
    {STR, "1", "no text"},
    {U8, "256", "fits u8"},
    {U8, "-1", "fits u8"},
    {U8, "1.0", "fits u8"},
    {U8, "\"\"", "fits u8"},
    {U8, "\"1x\"", "fits u8"},
    {U8, "\"-1\"", "fits u8"},
    {U8, "\"+1\"", "fits u8"},
    {U8, "null", "fits u8"},
    {I8, "128", "fits i8"},
    {I8, "-129", "fits i8"},
    {I8, "\"-\"", "fits i8"},
    {U64, "\"18446744073709551616\"", "fits u64"},
    {U64, "-1", "fits u64"},
    {I64, "\"9223372036854775808\"", "fits i64"},
    {U256,
	"\"1157920892373161954235709850086879078532699846656405640394"
	"57584007913129639936\"",
	"fits u256"},
    {I256,
	"\"5789604461865809771178549250434395392663499233282028201972"
	"8792003956564819968\"",
	"fits i256"},
    {I256,
	"\"-578960446186580977117854925043439539266349923328202820197"
	"28792003956564819969\"",
	"fits i256"},
    {UNIT, "0", "must be null"},
    {VEC_U8, "\"deadbe\"", "0x and hex"},
    {VEC_U8, "\"0xabc\"", "0x and hex"},
    {VEC_U8, "\"0xzz\"", "0x and hex"},
    {VEC_U8, "\"0x00\\u0000\"", "0x and hex"},
    {VEC_U8, "[1, 2]", "0x and hex"},
    {HASH, "\"0x01\"", "it has 1 bytes, not 32"},
    {ACCOUNT, "\"0x01\"", "no account"},
    {ACCOUNT, "\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX\"",
	"no account"},
    {ACCOUNT, "1", "no account"},
    {PAIR, "[1]", "no array of 2"},
    {PAIR, "{}", "no array of 2"},
    {VEC_PAIR, "[[1, 2], [3, 65536]]", "[1][1]: it is no integer"},
    {COMPACT_U8, "256", "fits u8"},
    {COMPACT_BOOL, "1", "no integer"},
    {POINT, "[1, 2]", "no object"},
    {POINT, "{\"x\": 1}", "y: it is missing"},
    {POINT, "{\"x\": 1, \"y\": 2, \"z\": 3}", "no field z"},
    {OPTION_OPTION, "5", "Some: it is missing"},
    {SHAPE, "\"Square\"", "no variant Square"},
    {SHAPE, "{}", "variant"},
    {SHAPE, "{\"Empty\": null, \"Circle\": 1}", "variant"},
    {SHAPE, "{\"At\": {\"point\": {\"x\": 1, \"y\": \"no\"}}}",
	"At.point.y: it is no integer"},
    {SHAPE, "\"Circle\"", "Circle: it is no integer"},
    {BITS, "{\"bits\": 17, \"bytes\": \"0xffff\"}", "bits"},
    {BITS, "{\"bits\": -1, \"bytes\": \"0x\"}", "bits"},
    {BITS, "null", "bits"},
    {ARRAY_U16, "[1, 2, 3]", "it has 3 items, not 2"},
    {VOID, "\"x\"", "no variant x"},
    {N_TYPES, "0", "no type"},
};

static void
json_that_is_no_value_is_refused_by_its_path(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(no_values) / sizeof(no_values[0]); i++) {
		json_t *json = json_loads(
		    no_values[i].json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		struct buf out = {0};
		struct err err = {""};

		buf_add_str(&out, "kept");
		assert_int_equal(
		    encode_value(&md, no_values[i].type, json, &out, &err), -1);
		if (strstr(err.text, no_values[i].why) == NULL)
			fail_msg("%s: \"%s\" is not \"%s\"", no_values[i].json,
			    err.text, no_values[i].why);
		assert_int_equal(out.len, 4);
		buf_free(&out);
		json_decref(json);
	}
}

/* What is read besides what is written. */
static void
other_forms_are_read(void **state)
{
	static const struct {
		uint32_t type;
		const char *json, *hex;
	} cases[] = {
	    {SHAPE, "\"Empty\"", "03"},
	    {U64, "\"5\"", "0500000000000000"},
	    {U64, "9007199254740993", "0100000000002000"},
	    {I8, "\"-0\"", "00"},
	    {U8, "\"0007\"", "07"},
	    {UNIT, "[]", ""},
	    {UNIT, "{}", ""},
	    {VEC_U8, "\"0xABcd\"", "08abcd"},
	    {ACCOUNT,
		"\"0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7"
		"a56da27d\"",
		"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a5"
		"6da27d"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
		struct buf out = {0};
		struct err err = {""};

		if (encode_value(&md, cases[i].type, json, &out, &err) != 0)
			fail_msg("%s: %s", cases[i].json, err.text);
		assert_true(chainmeta_is(&out, cases[i].hex));
		buf_free(&out);
		json_decref(json);
	}
}

static void
a_reader_stands_behind_the_value(void **state)
{
	static const uint8_t data[] = {1, 2, 0, 9};
	struct scale_reader r;
	json_t *json;

	(void)state;
	scale_read_init(&r, data, sizeof(data));
	json = decode_value(&md, POINT, &r, NULL);
	assert_non_null(json);
	assert_int_equal(scale_left(&r), 1);
	json_decref(json);
}

static void
an_empty_type_is_known(void **state)
{
	(void)state;
	assert_true(type_is_empty(&md, UNIT));
	assert_true(type_is_empty(&md, COMPACT_UNIT));
	assert_true(type_is_empty(&md, MANY_UNITS));
	assert_false(type_is_empty(&md, VEC_UNIT));
	assert_false(type_is_empty(&md, VOID));
	assert_false(type_is_empty(&md, N_TYPES));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_goes_there_and_back),
	    cmocka_unit_test(bytes_that_are_no_value_are_refused),
	    cmocka_unit_test(a_value_nested_too_deeply_is_refused),
	    cmocka_unit_test(a_text_that_is_not_utf8_is_shown_as_hex),
	    cmocka_unit_test(json_that_is_no_value_is_refused_by_its_path),
	    cmocka_unit_test(other_forms_are_read),
	    cmocka_unit_test(a_reader_stands_behind_the_value),
	    cmocka_unit_test(an_empty_type_is_known),
	};

	return cmocka_run_group_tests(tests, make_registry, NULL);
}

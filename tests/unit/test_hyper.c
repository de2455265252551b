/* Hyper-parameters from the three forms that runtimes have had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"
#include "weightsetter/hyper.c"
#include "weightsetter/uid_weights.h"
#include "weightsetter/value.c"

static const char first[] = "SubnetInfoRuntimeApi_get_subnet_hyperparams";

/* An answer in JSON through its bytes and back, then as one object. */
static json_t *
told(const struct metadata *md, const char *method, const char *text)
{
	uint32_t output = metadata_method(md, method)->output;
	json_t *json = json_loads(text, 0, NULL), *value, *all;
	struct buf bytes = {0};
	struct err err = {{0}};

	assert_non_null(json);
	if (encode_value(md, output, json, &bytes, &err) != 0)
		fail_msg("%s", err.text);
	value = decode_all(md, output, bytes.data, bytes.len, &err);
	assert_non_null(value);
	all = hyper_of(md, value, &err);
	json_decref(json);
	json_decref(value);
	buf_free(&bytes);
	return all;
}

static void
the_newest_form_is_asked_for(void **state)
{
	static const struct {
		const char *file, *method;
	} cases[] = {
	    {"finney_taohop_20260704.scale",
		"SubnetInfoRuntimeApi_get_subnet_hyperparams_v3"},
	    {"finney_spec343_v15.scale",
		"SubnetInfoRuntimeApi_get_subnet_hyperparams_v2"},
	    {"finney_spec343_v14.scale", NULL},
	};

	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct metadata *md = chainmeta_load(cases[i].file);
		const char *name = hyper_method_name(md);

		if (cases[i].method == NULL)
			assert_null(name);
		else
			assert_string_equal(name, cases[i].method);
		metadata_free(md);
	}
}

static void
a_list_of_any_types(void **state)
{
	static const char answer[] =
	    "[{\"name\":\"0x74656d706f\",\"value\":{\"U16\":360}},"
	    "{\"name\":\"0x61\",\"value\":{\"Bool\":true}},"
	    "{\"name\":\"0x62\",\"value\":{\"U64\":\"18446744073709551615\"}},"
	    "{\"name\":\"0x63\",\"value\":{\"TaoBalance\":500000}},"
	    "{\"name\":\"0x64\",\"value\":{\"I32F32\":"
	    "{\"bits\":-6442450944}}},"
	    "{\"name\":\"0x65\",\"value\":{\"U64F64\":"
	    "{\"bits\":\"9223372036854775808\"}}}]";
	struct metadata *md;
	json_t *all, *expected;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	all =
	    told(md, "SubnetInfoRuntimeApi_get_subnet_hyperparams_v3", answer);
	expected =
	    json_pack("{s:i, s:b, s:s, s:i, s:f, s:f}", "tempo", 360, "a", 1,
		"b", "18446744073709551615", "c", 500000, "d", -1.5, "e", 0.5);
	assert_true(json_equal(all, expected));
	json_decref(all);
	json_decref(expected);
	metadata_free(md);
}

/* Beyond 2^53 ours are texts. */
static void
assert_same(const json_t *ours, const json_t *theirs)
{
	const char *name;
	json_t *value;
	char text[32];

	json_object_foreach((json_t *)theirs, name, value)
	{
		const json_t *mine = json_object_get(ours, name);

		if (!json_is_string(mine)) {
			assert_true(json_equal(mine, value));
			continue;
		}
		snprintf(text, sizeof(text), "%lld",
		    (long long)json_integer_value(value));
		assert_string_equal(json_string_value(mine), text);
	}
	assert_int_equal(json_object_size(ours), json_object_size(theirs));
}

/* What spec 438 answered, and what others decoded it to. */
static void
the_first_struct_as_recorded(void **state)
{
	json_t *file, *row, *all;
	struct metadata *md;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "runtime_calls"), i, row)
	{
		const char *method =
		    json_string_value(json_object_get(row, "method"));
		struct buf bytes;
		json_t *value;

		if (strcmp(method, first) != 0)
			continue;
		bytes = chainmeta_bytes(
		    json_string_value(json_object_get(row, "result")));
		value = decode_all(md, metadata_method(md, method)->output,
		    bytes.data, bytes.len, NULL);
		all = hyper_of(md, value, NULL);
		assert_same(all, json_object_get(row, "decoded"));
		n = json_object_size(all);
		json_decref(all);
		json_decref(value);
		buf_free(&bytes);
	}
	print_message("%zu hyper-parameters as recorded\n", n);
	assert_int_equal(n, 27);
	json_decref(file);
	metadata_free(md);
}

static void
fixed_point_in_a_struct(void **state)
{
	struct metadata *md;
	json_t *answer, *all;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	answer =
	    json_pack("{s:{s:I}, s:i, s:b}", "alpha_sigmoid_steepness", "bits",
		(json_int_t)4294967296000, "tempo", 99, "transfers_enabled", 1);
	all = hyper_of(md, answer, NULL);
	assert_float_equal(
	    json_real_value(json_object_get(all, "alpha_sigmoid_steepness")),
	    1000, 0);
	assert_int_equal(json_integer_value(json_object_get(all, "tempo")), 99);
	assert_true(json_is_true(json_object_get(all, "transfers_enabled")));
	json_decref(all);
	json_decref(answer);
	metadata_free(md);
}

static void
nonsense_is_refused(void **state)
{
	static const char *const cases[] = {"null", "5", "[5]", "[{}]",
	    "[{\"name\":\"x\",\"value\":{\"U16\":1}}]",
	    "[{\"name\":\"0x61\",\"value\":{}}]",
	    "[{\"name\":\"0x61\",\"value\":7}]"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *answer = json_loads(cases[i], JSON_DECODE_ANY, NULL);

		assert_null(hyper_of(NULL, answer, &err));
		json_decref(answer);
	}
}

static void
types_with_a_point_by_their_names(void **state)
{
	static const struct {
		const char *name;
		int bits;
	} cases[] = {{"I32F32", 32}, {"U64F64", 64}, {"I96F32", 32},
	    {"U16", -1}, {"F32", -1}, {"IF32", -1}, {"I32F", -1},
	    {"I32F32x", -1}, {"I32F999", -1}, {"", -1}, {NULL, -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(fraction_bits(cases[i].name), cases[i].bits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_newest_form_is_asked_for),
	    cmocka_unit_test(a_list_of_any_types),
	    cmocka_unit_test(the_first_struct_as_recorded),
	    cmocka_unit_test(fixed_point_in_a_struct),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(types_with_a_point_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

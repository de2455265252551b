/* JSON values as Python writes them: what was compared is Python's own. */
#include "common/python_text.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
numbers_are_pythons(void **state)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {
	    {0.0, "0.0"},
	    {-0.0, "-0.0"},
	    {4.0, "4.0"},
	    {2.5, "2.5"},
	    {0.1, "0.1"},
	    {3.9, "3.9"},
	    {100.0, "100.0"},
	    {1.0 / 3, "0.3333333333333333"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {1e15, "1000000000000000.0"},
	    {0x1p53, "9007199254740992.0"},
	    {1e16, "1e+16"},
	    {123456789012345680.0, "1.2345678901234568e+17"},
	    {1e22, "1e+22"},
	    {0.0001, "0.0001"},
	    {0.00001, "1e-05"},
	    {-0.0000125, "-1.25e-05"},
	    {1.5e-7, "1.5e-07"},
	    {5e-324, "5e-324"},
	    {1.7976931348623157e308, "1.7976931348623157e+308"},
	    /* Where the nearest sixteen digits are another number's. */
	    {0x1p-1017, "7.120236347223045e-307"},
	    {-0x1p-921, "-5.641232424577593e-278"},
	};
	char got[PYTHON_MAX_REAL];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		python_real(cases[i].v, got);
		assert_string_equal(got, cases[i].want);
	}
}

static void
json_is_compact_ascii_in_its_order(void **state)
{
	static const char *const cases[][2] = {
	    {"{\"prompt\": \"Caf\xc3\xa9 \xe2\x98\x95 \\\"q\\\" /x\", "
	     "\"seed\": 7, \"f\": 4.0, \"n\": null, \"b\": true, "
	     "\"nested\": {\"z\": 1, \"a\": [1, 2.5]}}",
		"{\"prompt\":\"Caf\\u00e9 \\u2615 \\\"q\\\" /x\",\"seed\":7,"
		"\"f\":4.0,\"n\":null,\"b\":true,"
		"\"nested\":{\"z\":1,\"a\":[1,2.5]}}"},
	    {"\"\\u001f\x7f\\\"\\\\/\\b\\f\\n\\r\\t\xc3\xa9\xe2\x98\x95"
	     "\xf0\x9f\x98\x80\xe2\x80\xa8<>&'\"",
		"\"\\u001f\\u007f\\\"\\\\/\\b\\f\\n\\r\\t\\u00e9\\u2615"
		"\\ud83d\\ude00\\u2028<>&'\""},
	    {"{\"\xc3\xa9\": false}", "{\"\\u00e9\":false}"},
	    {"[]", "[]"},
	    {"{}", "{}"},
	    {"[[], {}, -1, 9223372036854775807]",
		"[[],{},-1,9223372036854775807]"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *v = json_loads(cases[i][0], JSON_DECODE_ANY, NULL);
		char *got;

		assert_non_null(v);
		got = python_json(v);
		assert_string_equal(got, cases[i][1]);
		free(got);
		json_decref(v);
	}
}

static void
a_nul_is_escaped(void **state)
{
	json_t *v = json_stringn("a\0b", 3);
	char *got = python_json(v);

	(void)state;
	assert_string_equal(got, "\"a\\u0000b\"");
	free(got);
	json_decref(v);
}

static void
plain_values_have_a_text(void **state)
{
	static const char *const cases[][2] = {
	    {"\"a \xc3\xa9\"", "a \xc3\xa9"},
	    {"\"\"", ""},
	    {"7", "7"},
	    {"2.50", "2.5"},
	    {"true", "True"},
	    {"false", "False"},
	    {"null", "None"},
	    {"[]", NULL},
	    {"{}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *v = json_loads(cases[i][0], JSON_DECODE_ANY, NULL);
		struct buf out = {0};
		int rc = python_str(v, &out);

		assert_int_equal(rc, cases[i][1] != NULL ? 0 : -1);
		assert_string_equal(
		    buf_str(&out), cases[i][1] != NULL ? cases[i][1] : "");
		buf_free(&out);
		json_decref(v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_pythons),
	    cmocka_unit_test(json_is_compact_ascii_in_its_order),
	    cmocka_unit_test(a_nul_is_escaped),
	    cmocka_unit_test(plain_values_have_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Lines of dumps and of CSV files, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/import_cells.c"

static json_t *
columns_of(const char *text)
{
	json_t *columns = json_loads(text, 0, NULL);

	assert_true(json_is_array(columns));
	return columns;
}

/* The record that a line is read as must be this JSON; "": none. */
static void
check(json_t *(*read)(const json_t *, const char *, size_t, struct err *),
    const json_t *columns, const char *line, size_t len, const char *want)
{
	json_t *got, *wanted = json_loads(want, 0, NULL);
	struct err err = {""};

	got = read(columns, line, len, &err);
	if (wanted == NULL && got != NULL)
		fail_msg("%s is taken", line);
	if (wanted == NULL)
		assert_string_not_equal(err.text, "");
	else if (!json_equal(got, wanted))
		fail_msg("%s: %s", line, err.text);
	json_decref(got);
	json_decref(wanted);
}

static void
a_copy_names_its_table_and_columns(void **state)
{
	static const struct {
		const char *line, *table, *columns;
	} cases[] = {
	    {"COPY public.miners (hotkey, value, scores) FROM stdin;", "miners",
		"[\"hotkey\", \"value\", \"scores\"]"},
	    {"COPY miners (hotkey) FROM stdin;", "miners", "[\"hotkey\"]"},
	    {"COPY \"Odd\".\"Name\" (\"timestamp\", \"a b\") FROM stdin;",
		"Name", "[\"timestamp\", \"a b\"]"},
	};
	static const char *const none[] = {"", "COPY",
	    "copy miners (a) FROM "
	    "stdin;",
	    "COPY miners FROM stdin;", "COPY miners () FROM stdin;",
	    "COPY miners (a, ) FROM stdin;", "COPY miners (a) TO stdout;",
	    "COPY public. (a) FROM stdin;", "-- COPY miners (a) FROM stdin;",
	    "COPY miners (a FROM stdin;"};
	char table[IMPORT_MAX_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *want = columns_of(cases[i].columns);
		json_t *got = import_copy_head(
		    cases[i].line, strlen(cases[i].line), table);

		if (!json_equal(got, want))
			fail_msg("%s", cases[i].line);
		assert_string_equal(table, cases[i].table);
		json_decref(got);
		json_decref(want);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (import_copy_head(none[i], strlen(none[i]), table) != NULL)
			fail_msg("\"%s\" is taken", none[i]);
	}
}

static void
a_line_of_a_dump_is_unescaped(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
	    {"x\ty", "{\"a\": \"x\", \"b\": \"y\"}"},
	    {"\\N\t", "{\"a\": null, \"b\": \"\"}"},
	    {"\\\\N\t\\\\", "{\"a\": \"\\\\N\", \"b\": \"\\\\\"}"},
	    {"1\\t2\t\\n\\r\\b\\f\\v",
		"{\"a\": \"1\\t2\", \"b\": \"\\n\\r\\b\\f\\u000b\"}"},
	    {"\\101\\x42\t\\q", "{\"a\": \"AB\", \"b\": \"q\"}"},
	    {"{\"k\": \"\\\\u00e9\"}\t\xc3\xa9",
		"{\"a\": \"{\\\"k\\\": \\\"\\\\u00e9\\\"}\", "
		"\"b\": \"\\u00e9\"}"},
	    {"\\", ""},
	    {"one", ""},
	    {"1\t2\t3", ""},
	    {"\xff\t", ""},
	    {"\\000\t", ""},
	};
	json_t *columns = columns_of("[\"a\", \"b\"]");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(import_copy_line, columns, cases[i].line,
		    strlen(cases[i].line), cases[i].want);
	json_decref(columns);
}

static void
a_line_of_csv_may_have_anything_in_quotes(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
	    {"x,y", "{\"a\": \"x\", \"b\": \"y\"}"},
	    {",\"\"", "{\"a\": null, \"b\": \"\"}"},
	    {"\"1,2\",\"say \"\"hm\"\"\"",
		"{\"a\": \"1,2\", \"b\": \"say \\\"hm\\\"\"}"},
	    {"\"two\nlines\",3", "{\"a\": \"two\\nlines\", \"b\": \"3\"}"},
	    {"\"\"\"\",x", "{\"a\": \"\\\"\", \"b\": \"x\"}"},
	    {"one", ""},
	    {"1,2,3", ""},
	    {"\xff,1", ""},
	};
	json_t *columns = columns_of("[\"a\", \"b\"]");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(import_csv_line, columns, cases[i].line,
		    strlen(cases[i].line), cases[i].want);
	check(import_csv_line, columns, "a\0b,c", 5, "");
	assert_true(import_csv_is_whole("1,\"2\"", 5));
	assert_false(import_csv_is_whole("1,\"2", 4));
	assert_true(import_csv_is_whole("\"\"\"\"", 4));
	json_decref(columns);
}

static void
a_header_names_each_column(void **state)
{
	json_t *got, *want = columns_of("[\"hotkey\", \"value\"]");
	struct err err = {""};

	(void)state;
	got = import_csv_head("hotkey,value", 12, &err);
	assert_true(json_equal(got, want));
	json_decref(got);
	assert_null(import_csv_head("hotkey,,value", 13, &err));
	assert_string_equal(err.text, "column 2 of the header has no name");
	json_decref(want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_copy_names_its_table_and_columns),
	    cmocka_unit_test(a_line_of_a_dump_is_unescaped),
	    cmocka_unit_test(a_line_of_csv_may_have_anything_in_quotes),
	    cmocka_unit_test(a_header_names_each_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

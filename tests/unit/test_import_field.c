/* Fields of another system's records, however they came; their ids here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "subnetctl/import_field.c"
#include "subnetctl/import_id.c"

static json_t *
record_of(const char *text)
{
	json_t *record = json_loads(text, 0, NULL);

	if (record == NULL)
		fail_msg("no JSON: %s", text);
	return record;
}

/* -- times ---------------------------------------------------------------- */

static void
a_time_is_read_as_any_of_them_wrote_it(void **state)
{
	/* Microseconds by date(1). */
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {
	    {"2025-10-27T05:35:01.224473Z", 1761543301224473},
	    {"2025-10-27 05:35:01.224473+00", 1761543301224473},
	    {"2025-10-27T05:35:01.224473+00:00", 1761543301224473},
	    {"2025-10-27T05:35:01.224473", 1761543301224473},
	    {"2025-10-27T07:35:01.2+02:00", 1761543301200000},
	    {"2025-10-26 23:05:01-0630", 1761543301000000},
	    {"2025-10-27t05:35:01.123456789z", 1761543301123456},
	    {"2000-01-01T00:00:00Z", 946684800000000},
	    {"2024-02-29T12:00:00Z", 1709208000000000},
	    {"2024-12-31T23:59:60Z", 1735689600000000},
	    {"2025-01-31T00:00:00Z", 1738281600000000},
	    {"2025-04-30T00:00:00Z", 1745971200000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t us = 0;

		if (!import_time_of(cases[i].text, &us) || us != cases[i].us)
			fail_msg("%s: %" PRId64, cases[i].text, us);
	}
}

static void
what_is_no_time_is_none(void **state)
{
	static const char *const bad[] = {"", "now", "2025-10-27",
	    "2025-10-27T05:35", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z",
	    "2025-01-32T00:00:00Z", "2025-01-01T24:00:00Z",
	    "2025-01-01T00:60:00Z", "2025-01-01T00:00:61Z",
	    "2025-01-01T00:00:00.Z", "2025-01-01T00:00:00X",
	    "2025-01-01T00:00:00+1", "2025-01-01T00:00:00+99:00",
	    "2025-01-01T00:00:00Zz", "1999-12-31T23:59:59Z",
	    "2025-02-29T00:00:00Z", "2024-02-30T00:00:00Z",
	    "2025-04-31T00:00:00Z", "2025-12-32T00:00:00Z",
	    "2101-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "infinity"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t us = 7;

		if (import_time_of(bad[i], &us))
			fail_msg("\"%s\" is taken for a time", bad[i]);
		assert_int_equal(us, 7);
	}
}

/* -- values --------------------------------------------------------------- */

static void
a_text_says_the_value(void **state)
{
	json_t *r = record_of(
	    "{\"n\": \"12\", \"m\": -3, \"r\": \"1.5\", "
	    "\"w\": 4.0, \"t\": \"t\", \"f\": \"False\", "
	    "\"b\": true, \"i\": 1, \"j\": 2, \"z\": null, \"s\": \" AbC \"}");
	int64_t n = 0;
	double x = 0;
	bool is = false;
	char word[8];

	(void)state;
	assert_true(import_int(r, "n", &n) && n == 12);
	assert_true(import_int(r, "m", &n) && n == -3);
	assert_true(import_int(r, "w", &n) && n == 4);
	assert_false(import_int(r, "r", &n));
	assert_false(import_int(r, "z", &n));
	assert_false(import_int(r, "gone", &n));
	assert_false(import_int(r, "s", &n));
	assert_true(import_real(r, "r", &x) && x == 1.5);
	assert_false(import_real(r, "s", &x));
	assert_true(import_bool(r, "t", &is) && is);
	assert_true(import_bool(r, "f", &is) && !is);
	assert_true(import_bool(r, "b", &is) && is);
	is = false;
	assert_true(import_bool(r, "i", &is) && is);
	assert_false(import_bool(r, "j", &is));
	assert_false(import_bool(r, "s", &is));
	assert_null(import_text(r, "z"));
	assert_null(import_text(r, "m"));
	import_word(r, "s", word, sizeof(word));
	assert_string_equal(word, "abc");
	import_word(r, "z", word, sizeof(word));
	assert_string_equal(word, "");
	json_decref(r);
}

/* What is there and is another thing is not passed over as missing. */
static void
json_is_there_or_missing_or_wrong(void **state)
{
	static const struct {
		const char *value;
		json_type type;
		enum import_outcome outcome;
		bool found;
		const char *why;
	} cases[] = {
	    {"{\"a\": 1}", JSON_OBJECT, IMPORT_TAKEN, true, NULL},
	    {"\"{\\\"a\\\": [1]}\"", JSON_OBJECT, IMPORT_TAKEN, true, NULL},
	    {"[2]", JSON_ARRAY, IMPORT_TAKEN, true, NULL},
	    {"\"[]\"", JSON_ARRAY, IMPORT_TAKEN, true, NULL},
	    {"null", JSON_ARRAY, IMPORT_TAKEN, false, NULL},
	    {"\"\"", JSON_ARRAY, IMPORT_TAKEN, false, NULL},
	    /* As SQLAlchemy writes None into a column of JSON. */
	    {"\"null\"", JSON_ARRAY, IMPORT_TAKEN, false, NULL},
	    {"[2]", JSON_OBJECT, IMPORT_REFUSED, false, "it is no JSON object"},
	    {"17", JSON_OBJECT, IMPORT_REFUSED, false, "it is no JSON object"},
	    {"\"\\\"x\\\"\"", JSON_ARRAY, IMPORT_REFUSED, false,
		"it is no JSON list"},
	    {"\"[1\"", JSON_ARRAY, IMPORT_REFUSED, false,
		"it is no JSON list: ']' expected"},
	    {"\"{\\\"n\\\": 99999999999999999999}\"", JSON_OBJECT,
		IMPORT_REFUSED, false, "too big integer"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_why why = {"", ""};
		json_t *got, *r = json_object();

		json_object_set_new(
		    r, "v", json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
		assert_int_equal(import_json(r, "v", cases[i].type, &got, &why),
		    cases[i].outcome);
		assert_true((got != NULL) == cases[i].found);
		json_decref(got);
		if (cases[i].why != NULL &&
		    (strcmp(why.field, "v") != 0 ||
			strstr(why.text, cases[i].why) == NULL))
			fail_msg("%s: %s", cases[i].value, why.text);
		if (cases[i].outcome == IMPORT_TAKEN && !cases[i].found) {
			assert_int_equal(
			    import_need_json(r, "v", cases[i].type, &got, &why),
			    IMPORT_REFUSED);
			assert_string_equal(why.text, "it is missing");
		}
		json_decref(r);
	}
}

static void
a_refusal_names_the_field(void **state)
{
	json_t *r = record_of("{\"id\": \"5\", \"hotkey\": \"5Grw\", "
			      "\"at\": \"noon\", \"long\": \"abcdef\"}");
	struct import_why why;
	const char *text;
	int64_t us;

	(void)state;
	assert_int_equal(
	    import_need_uuid(r, "id", &text, &why), IMPORT_REFUSED);
	assert_string_equal(why.field, "id");
	assert_string_equal(why.text, "\"5\" is no UUID");
	assert_int_equal(
	    import_need_hotkey(r, "hotkey", &text, &why), IMPORT_REFUSED);
	assert_string_equal(why.text, "\"5Grw\" is no hotkey's address");
	assert_int_equal(import_need_time(r, "at", &us, &why), IMPORT_REFUSED);
	assert_non_null(strstr(why.text, "\"noon\" is no time"));
	assert_int_equal(
	    import_need_text(r, "long", 5, &text, &why), IMPORT_REFUSED);
	assert_string_equal(why.text, "it has more than 5 bytes");
	assert_int_equal(
	    import_need_text(r, "long", 6, &text, &why), IMPORT_TAKEN);
	assert_int_equal(
	    import_need_text(r, "gone", 5, &text, &why), IMPORT_REFUSED);
	assert_string_equal(why.text, "it is missing");
	json_decref(r);
}

/* -- mongoexport ---------------------------------------------------------- */

static void
wrappers_are_taken_off(void **state)
{
	json_t *r = record_of(
	    "{\"_id\": {\"$oid\": \"6863\"}, "
	    "\"relaxed\": {\"$date\": \"2025-07-01T10:05:00Z\"}, "
	    "\"canonical\": {\"$date\": {\"$numberLong\": "
	    "\"1751364300123\"}}, "
	    "\"n\": [{\"$numberInt\": \"5\"}, {\"$numberLong\": \"6\"}, "
	    "{\"$numberDouble\": \"1.5\"}, {\"$numberDouble\": \"NaN\"}], "
	    "\"plain\": {\"a\": {\"b\": 1}}}");
	json_t *want = record_of(
	    "{\"_id\": \"6863\", \"relaxed\": \"2025-07-01T10:05:00Z\", "
	    "\"canonical\": \"2025-07-01T10:05:00.123Z\", "
	    "\"n\": [5, 6, 1.5, null], \"plain\": {\"a\": {\"b\": 1}}}");
	json_t *got = import_unwrapped(r);

	(void)state;
	assert_true(json_equal(got, want));
	json_decref(got);
	json_decref(want);
	json_decref(r);
}

/* -- ids ------------------------------------------------------------------ */

static void
an_id_is_of_its_words(void **state)
{
	char a[UUID_TEXT], b[UUID_TEXT];

	(void)state;
	import_id("attempt", "x", "y", a);
	import_id("attempt", "x", "y", b);
	assert_string_equal(a, b);
	assert_true(uuid_is_valid(a));
	assert_int_equal(a[14], '8');
	assert_non_null(strchr("89ab", a[19]));
	import_id("attempt", "xy", "", b);
	assert_string_not_equal(a, b);
	import_id("attempt", "", "xy", b);
	assert_string_not_equal(a, b);
	import_id("audit", "x", "y", b);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_time_is_read_as_any_of_them_wrote_it),
	    cmocka_unit_test(what_is_no_time_is_none),
	    cmocka_unit_test(a_text_says_the_value),
	    cmocka_unit_test(json_is_there_or_missing_or_wrong),
	    cmocka_unit_test(a_refusal_names_the_field),
	    cmocka_unit_test(wrappers_are_taken_off),
	    cmocka_unit_test(an_id_is_of_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a list is asked with, and what a client prefers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "orchestrator/page.c"
#include "orchestrator/prefer.c"

#define ID "0190a0a0-0000-7000-8000-000000000001"

static void
a_number_has_its_limits(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
	    {NULL, 20},
	    {"1", 1},
	    {"100", 100},
	    {"007", 7},
	    {"0", -1},
	    {"101", -1},
	    {"", -1},
	    {"-1", -1},
	    {"+5", -1},
	    {"5 ", -1},
	    {"5.0", -1},
	    {"0x5", -1},
	    {"99999999999999999999", -1},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err.text[0] = '\0';
		assert_int_equal(
		    page_number("limit", cases[i].text, 20, 1, 100, &err),
		    cases[i].want);
		assert_int_equal(
		    strstr(err.text, "limit") != NULL, cases[i].want < 0);
	}
}

static void
a_cursor_is_one_of_ours(void **state)
{
	static const char *const bad[] = {"", "-", ID, "-" ID, "12" ID,
	    "12-" ID "x", "12--" ID, "1.2-" ID, "12-0190a0a0",
	    "9999999999999999999-" ID};
	struct page_cursor c;
	struct err err;

	(void)state;
	assert_int_equal(
	    page_cursor_parse("1767323045900001-" ID, &c, &err), 0);
	assert_int_equal(c.created_us, 1767323045900001);
	assert_string_equal(c.id, ID);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (page_cursor_parse(bad[i], &c, &err) == 0)
			fail_msg("\"%s\" is taken", bad[i]);
	}
}

static void
a_time_is_of_rfc_3339(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {
	    {"1970-01-01T00:00:00Z", 0},
	    {"2026-01-02T03:04:05Z", 1767323045000000},
	    {"2026-01-02T03:04:05.9Z", 1767323045900000},
	    {"2026-01-02T03:04:05.000001Z", 1767323045000001},
	    {"2026-01-02T03:04:05.1234567Z", 1767323045123456},
	    {"2026-01-02T05:34:05+02:30", 1767323045000000},
	    {"2026-01-01T22:04:05-05:00", 1767323045000000},
	};
	static const char *const bad[] = {"", "2026", "2026-01-02",
	    "2026-01-02T03:04:05", "2026-01-02 03:04:05Z",
	    "2026-13-02T03:04:05Z", "2026-01-32T03:04:05Z",
	    "2026-01-02T24:04:05Z", "2026-01-02T03:60:05Z",
	    "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05z",
	    "2026-01-02T03:04:05+0100", "2026-01-02T03:04:05+24:00",
	    "2026-01-02T03:04:05 01:00", "-026-01-02T03:04:05Z"};
	struct err err;
	int64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
		    page_time("since", good[i].text, &us, &err), 0);
		assert_int_equal(us, good[i].us);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (page_time("since", bad[i], &us, &err) == 0)
			fail_msg("\"%s\" is taken", bad[i]);
		assert_non_null(strstr(err.text, "since"));
	}
}

static void
the_next_page_asks_the_same(void **state)
{
	const struct page_param params[] = {{"kind", "audio.speak"},
	    {"state", NULL}, {"since", "2026-01-02T03:04:05+01:00"},
	    {"tenant", "a&b=c\"> \xc3\xa4"}, {NULL, NULL}};
	struct buf out = {0};

	(void)state;
	page_link(&out, "/v1/jobs", params, "5-x");
	assert_string_equal(buf_str(&out),
	    "</v1/jobs?kind=audio.speak&since=2026-01-02T03%3A04%3A05%2B01"
	    "%3A00&tenant=a%26b%3Dc%22%3E%20%C3%A4&cursor=5-x>; "
	    "rel=\"next\"");
	buf_free(&out);
}

static void
a_client_prefers_to_wait(void **state)
{
	static const struct {
		const char *header;
		int want;
	} cases[] = {
	    {NULL, 0},
	    {"", 0},
	    {"wait=10", 10},
	    {"Wait = 10", 10},
	    {"respond-async, wait=10", 10},
	    {"respond-async,wait=\"10\"", 10},
	    {"wait=10; x=1, return=minimal", 10},
	    {"wait=60", 60},
	    {"wait=61", 60},
	    {"wait=999999999", 60},
	    {"wait=9999999999", 0},
	    {"wait=0", 0},
	    {"wait=-1", 0},
	    {"wait=1s", 0},
	    {"wait", 0},
	    {"wait=\"10", 0},
	    {"waiting=10", 0},
	    {"x=\"y\", wait=3", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int got = prefer_wait_s(cases[i].header);

		if (got != cases[i].want)
			fail_msg("%s: %d", cases[i].header, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_has_its_limits),
	    cmocka_unit_test(a_cursor_is_one_of_ours),
	    cmocka_unit_test(a_time_is_of_rfc_3339),
	    cmocka_unit_test(the_next_page_asks_the_same),
	    cmocka_unit_test(a_client_prefers_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

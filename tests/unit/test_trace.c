/* The header traceparent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/err.h"
#include "orchestrator/secrets.c"
#include "orchestrator/trace.c"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"
#define KEPT "00-" TRACE "-" PARENT "-01"

static void
a_valid_header_is_taken_and_no_other(void **state)
{
	static const struct {
		const char *given, *want;
	} cases[] = {
	    {NULL, ""},
	    {"", ""},
	    {KEPT, KEPT},
	    {"00-" TRACE "-" PARENT "-00", KEPT},
	    {"00-" TRACE "-" PARENT "-ff", KEPT},
	    {"cc-" TRACE "-" PARENT "-01", KEPT},
	    {"cc-" TRACE "-" PARENT "-01-more", KEPT},
	    {"cc-" TRACE "-" PARENT "-01.more", ""},
	    {"00-" TRACE "-" PARENT "-01-more", ""},
	    {"ff-" TRACE "-" PARENT "-01", ""},
	    {"00-" TRACE "-" PARENT "-0", ""},
	    {"00-" TRACE "-" PARENT "-0x", ""},
	    {"00-00000000000000000000000000000000-" PARENT "-01", ""},
	    {"00-" TRACE "-0000000000000000-01", ""},
	    {"00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01", ""},
	    {"00_" TRACE "-" PARENT "-01", ""},
	    {TRACE, ""},
	};
	char out[TRACE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		trace_take(cases[i].given, out);
		assert_string_equal(out, cases[i].want);
	}
}

static void
one_is_made_of_a_job_and_the_secret(void **state)
{
	char a[TRACE_TEXT], b[TRACE_TEXT], again[TRACE_TEXT];
	struct secrets one, other;
	struct err err;

	(void)state;
	assert_int_equal(
	    secrets_init(&one, "0123456789abcdef0123456789abcdef", &err), 0);
	assert_int_equal(
	    secrets_init(&other, "0123456789abcdef0123456789abcdeg", &err), 0);
	trace_make(&one, "0190a0a0-0000-7000-8000-000000000001", a);
	trace_take(a, again);
	assert_string_equal(again, a);
	trace_make(&one, "0190a0a0-0000-7000-8000-000000000001", again);
	assert_string_equal(again, a);
	trace_make(&one, "0190a0a0-0000-7000-8000-000000000002", b);
	assert_string_not_equal(a, b);
	trace_make(&other, "0190a0a0-0000-7000-8000-000000000001", b);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_valid_header_is_taken_and_no_other),
	    cmocka_unit_test(one_is_made_of_a_job_and_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

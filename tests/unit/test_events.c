/* Which of a job's events a listener has been told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "orchestrator/events.c"

#define A "0190a0a0-0000-7000-8000-0000aaaa0001"
#define B "0190a0a0-0000-7000-8000-0000bbbb0002"

static void
an_id_is_what_was_told(void **state)
{
	static const struct {
		const char *attempt;
		char mark;
		const char *id;
	} steps[] = {
	    {NULL, 'q', "q"},
	    {NULL, 'g', "qg"},
	    {B, 's', "qg.bbbb0002s"},
	    {A, 's', "qg.bbbb0002s.aaaa0001s"},
	    {B, 'e', "qg.bbbb0002se.aaaa0001s"},
	    {NULL, 'r', "qgr.bbbb0002se.aaaa0001s"},
	    {A, 'a', "qgr.bbbb0002se.aaaa0001sa"},
	    {NULL, 'e', "qgre.bbbb0002se.aaaa0001sa"},
	};
	struct buf out = {0};
	char id[128] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_false(
		    events_is_told(id, steps[i].attempt, steps[i].mark));
		events_tell(&out, id, steps[i].attempt, steps[i].mark);
		snprintf(id, sizeof(id), "%s", buf_str(&out));
		assert_string_equal(id, steps[i].id);
		assert_true(events_is_id(id));
		for (size_t k = 0; k <= i; k++)
			assert_true(events_is_told(
			    id, steps[k].attempt, steps[k].mark));
	}
	assert_false(events_is_told(id, A, 'e'));
	assert_false(events_is_told(id, B, 'a'));
	buf_free(&out);
}

static void
what_is_no_id_is_not_taken(void **state)
{
	static const char *const good[] = {
	    "", "q", "qgre", ".aaaa0001s", "q.aaaa0001sarel.bbbb0002s"};
	static const char *const bad[] = {"x", "qq", "q.", "q.aaaa0001",
	    "q.aaaa001s", "q.aaaa0001q", "q.aaaa0001ss", "q.AAAA0001s",
	    "q..aaaa0001s", "q.aaaa0001s.", "q aaaa0001s", "q\n"};
	char lengthy[EVENTS_MAX_ID + 32] = "q";
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(events_is_id(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (events_is_id(bad[i]))
			fail_msg("\"%s\" is taken", bad[i]);
	}
	for (at = 1; at + 10 <= EVENTS_MAX_ID; at += 10)
		memcpy(lengthy + at, ".aaaa0001s", 11);
	assert_true(events_is_id(lengthy));
	memcpy(lengthy + at, ".aaaa0001s", 11);
	assert_false(events_is_id(lengthy));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_id_is_what_was_told),
	    cmocka_unit_test(what_is_no_id_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

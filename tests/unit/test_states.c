/* The life of a job and of an attempt: every state with every event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "orchestrator/states.c"
#include "sql.h"

/* Rows are states, columns events; an empty text is: means nothing here. */
static const char *const job_moves[N_JOB_STATES][N_JOB_EVENTS] = {
    /*         assign      accept     requeue   finish  give_up   expire */
    /*         cancel */
    /* queued */
    {"assigned", "", "", "done", "failed", "expired", "cancelled"},
    /* assigned */
    {"", "running", "queued", "done", "failed", "expired", "cancelled"},
    /* running */
    {"", "", "queued", "done", "failed", "expired", "cancelled"},
    {"", "", "", "", "", "", ""}, /* done */
    {"", "", "", "", "", "", ""}, /* failed */
    {"", "", "", "", "", "", ""}, /* expired */
    {"", "", "", "", "", "", ""}, /* cancelled */
};

static const char *const attempt_moves[N_ATTEMPT_STATES][N_ATTEMPT_EVENTS] = {
    /* send, accept, refuse, result, fail, pass, bring, reject, expire, */
    /* drop, abandon */
    /* prepared */
    {"sent", "", "", "", "", "", "", "", "", "cancelled", "abandoned"},
    /* sent */
    {"", "accepted", "refused", "received", "failed", "", "delivered", "", "",
	"cancelled", "abandoned"},
    /* accepted */
    {"", "", "", "received", "failed", "", "delivered", "", "timed_out",
	"cancelled", "abandoned"},
    /* received */
    {"", "", "", "", "", "delivered", "", "failed", "", "cancelled",
	"abandoned"},
    {"", "", "", "", "", "", "", "", "", "", ""},     /* delivered */
    {"", "", "", "", "", "", "", "", "", "", ""},     /* failed */
    {"", "", "", "", "", "", "", "", "", "", ""},     /* refused */
    {"", "", "", "late", "", "", "", "", "", "", ""}, /* timed_out */
    {"", "", "", "", "", "", "", "", "", "", ""},     /* late */
    {"", "", "", "", "", "", "", "", "", "", ""},     /* cancelled */
    {"", "", "", "", "", "", "", "", "", "", ""},     /* abandoned */
};

static void
every_job_state_meets_every_event(void **state)
{
	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++) {
		for (int e = 0; e < N_JOB_EVENTS; e++) {
			int next = job_next(s, e);

			assert_string_equal(
			    next < 0 ? "" : job_state_name(next),
			    job_moves[s][e]);
		}
	}
}

static void
every_attempt_state_meets_every_event(void **state)
{
	(void)state;
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		for (int e = 0; e < N_ATTEMPT_EVENTS; e++) {
			int next = attempt_next(s, e);

			assert_string_equal(
			    next < 0 ? "" : attempt_state_name(next),
			    attempt_moves[s][e]);
		}
	}
}

static void
a_job_that_is_over_stays_over(void **state)
{
	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++) {
		bool moves = false;

		for (int e = 0; e < N_JOB_EVENTS; e++)
			moves |= job_next(s, e) >= 0;
		assert_int_equal(moves, !job_is_over(s));
	}
}

/* An attempt that is over may only become late, and late is over. */
static void
an_attempt_that_is_over_only_turns_late(void **state)
{
	(void)state;
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		for (int e = 0; e < N_ATTEMPT_EVENTS; e++) {
			int next = attempt_next(s, e);

			if (attempt_is_over(s) && next >= 0)
				assert_int_equal(next, ATTEMPT_LATE);
		}
	}
	assert_true(attempt_is_over(ATTEMPT_LATE));
}

/* Whatever state a crash leaves behind, something can still end it. No row is
 * ever prepared. */
static void
every_open_state_can_end(void **state)
{
	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++) {
		if (!job_is_over(s))
			assert_true(job_next(s, JOB_EXPIRE) >= 0 &&
				    job_next(s, JOB_FINISH) >= 0);
	}
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		if (s != ATTEMPT_PREPARED && !attempt_is_over(s))
			assert_int_equal(
			    attempt_next(s, ATTEMPT_DROP), ATTEMPT_CANCELLED);
	}
}

static void
names_and_states_go_both_ways(void **state)
{
	static const char *const no_names[] = {
	    "", "Done", "done ", "don", "queued,assigned", "sending"};

	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++)
		assert_int_equal(job_state_parse(job_state_name(s)), s);
	for (int s = 0; s < N_ATTEMPT_STATES; s++)
		assert_int_equal(attempt_state_parse(attempt_state_name(s)), s);
	for (size_t i = 0; i < sizeof(no_names) / sizeof(no_names[0]); i++) {
		assert_int_equal(job_state_parse(no_names[i]), -1);
		assert_int_equal(attempt_state_parse(no_names[i]), -1);
	}
}

static void
events_have_names_of_their_own(void **state)
{
	(void)state;
	for (int e = 0; e < N_JOB_EVENTS; e++) {
		assert_non_null(job_event_name(e));
		for (int f = 0; f < e; f++)
			assert_string_not_equal(
			    job_event_name(e), job_event_name(f));
	}
	for (int e = 0; e < N_ATTEMPT_EVENTS; e++) {
		assert_non_null(attempt_event_name(e));
		for (int f = 0; f < e; f++)
			assert_string_not_equal(
			    attempt_event_name(e), attempt_event_name(f));
	}
}

/* "create type NAME as enum ('a', 'b')" of the migrations, as "a,b,". */
static char *
enum_of_schema(const char *name)
{
	char *head = NULL;
	struct buf out = {0};

	assert_true(asprintf(&head, "create type %s as enum (", name) > 0);
	for (size_t i = 0; i < n_sql_migrations; i++) {
		const char *at = strstr(sql_migrations[i].text, head);

		if (at == NULL)
			continue;
		for (at += strlen(head); *at != ')'; at++) {
			if (strchr("' \t\n", *at) == NULL)
				buf_add_byte(&out, *at);
		}
	}
	free(head);
	buf_add_byte(&out, ',');
	return buf_take_str(&out);
}

static void
the_schema_has_the_same_names(void **state)
{
	struct buf jobs = {0}, attempts = {0};
	char *text;

	(void)state;
	for (int s = 0; s < N_JOB_STATES; s++)
		buf_printf(&jobs, "%s,", job_state_name(s));
	for (int s = 0; s < N_ATTEMPT_STATES; s++)
		buf_printf(&attempts, "%s,", attempt_state_name(s));
	text = enum_of_schema("job_state");
	assert_string_equal(text, buf_str(&jobs));
	free(text);
	text = enum_of_schema("attempt_state");
	assert_string_equal(text, buf_str(&attempts));
	free(text);
	buf_free(&jobs);
	buf_free(&attempts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_job_state_meets_every_event),
	    cmocka_unit_test(every_attempt_state_meets_every_event),
	    cmocka_unit_test(a_job_that_is_over_stays_over),
	    cmocka_unit_test(an_attempt_that_is_over_only_turns_late),
	    cmocka_unit_test(every_open_state_can_end),
	    cmocka_unit_test(names_and_states_go_both_ways),
	    cmocka_unit_test(events_have_names_of_their_own),
	    cmocka_unit_test(the_schema_has_the_same_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What GET /v1/jobs and a job's events are made of: pages that cost what they
 * show, however few jobs fit, and events of every way that a job can go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>

#include "common/buf.h"
#include "common/err.h"
#include "orchestrator/page.c"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

enum { LOOK = 10000, MORE = 30 };

#define JOB "01890000-0000-7000-8000-00000000ff01"
#define ATTEMPT(n) "01890000-0000-7000-8000-0000000000" n

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "job-list");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 60000, "
	    "1000, 1000, 2, 1, 2, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

/* -- pages ----------------------------------------------------------------- */

/* One every second; the first is of tenant "rare", and assigned. */
static int
add_jobs(void **state)
{
	struct stored *p = *state;

	return db_exec(p->db,
	    "insert into job (id, netuid, kind, state, params, miners_min, "
	    "miners_wanted, retries_left, created_at, deadline_at, rank_at, "
	    "tenant) select ('01890000-0000-7000-8000-' || "
	    "lpad(to_hex(i), 12, '0'))::uuid, 1, 'k', case i when 1 then "
	    "'assigned' else 'queued' end::job_state, '{}', 1, 1, 0, t, t, t, "
	    "case i when 1 then 'rare' else '' end "
	    "from generate_series(1, %d) i, lateral (select timestamptz "
	    "'2026-01-02 00:00Z' + i * interval '1 s' as t) t",
	    LOOK + MORE);
}

static int
drop_jobs(void **state)
{
	return db_exec(((struct stored *)*state)->db,
	    "delete from attempt; delete from job");
}

/* A page behind that cursor ("": the first); the next is put into cursor. How
 * many it has; the first of them into id. */
static int
read_page(struct stored *p, const char *state, const char *tenant,
    const char *limit, char cursor[PAGE_MAX_CURSOR], char id[UUID_TEXT])
{
	struct page_cursor at = {0};
	const char *values[9] = {"1"};
	struct err err;
	PGresult *res;
	json_t *body;
	int n;

	if (cursor[0] != '\0') {
		assert_int_equal(page_cursor_parse(cursor, &at, &err), 0);
		values[1] = db_text(p->db,
		    "select timestamptz 'epoch' + %lld * interval '1 us'",
		    (long long)at.created_us);
		values[2] = at.id;
	}
	values[6] = state;
	values[7] = tenant;
	values[8] = limit;
	res =
	    PQexecParams(p->one, sql_job_list, 9, NULL, values, NULL, NULL, 0);
	free((char *)values[1]);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	body = json_loads(PQgetvalue(res, 0, 0), 0, NULL);
	n = (int)json_array_size(json_object_get(body, "jobs"));
	if (n > 0)
		snprintf(id, UUID_TEXT, "%s",
		    json_string_value(json_object_get(
			json_array_get(json_object_get(body, "jobs"), 0),
			"id")));
	snprintf(cursor, PAGE_MAX_CURSOR, "%s", PQgetvalue(res, 0, 1));
	assert_int_equal(PQgetisnull(res, 0, 1),
	    json_is_null(json_object_get(body, "next")));
	json_decref(body);
	PQclear(res);
	return n;
}

static void
a_page_ends_where_the_next_begins(void **state)
{
	struct stored *p = *state;
	char cursor[PAGE_MAX_CURSOR] = "", id[UUID_TEXT];

	assert_int_equal(read_page(p, NULL, NULL, "7", cursor, id), 7);
	assert_string_equal(id + 24, "00000000272e"); /* 10,030 */
	assert_int_equal(read_page(p, NULL, NULL, "7", cursor, id), 7);
	assert_string_equal(id + 24, "000000002727"); /* 10,023 */
	assert_string_not_equal(cursor, "");
}

static void
a_rare_job_is_found_behind_an_empty_page(void **state)
{
	struct stored *p = *state;
	char cursor[PAGE_MAX_CURSOR] = "", id[UUID_TEXT];

	assert_int_equal(read_page(p, "assigned", NULL, "20", cursor, id), 0);
	assert_string_equal(cursor + strlen(cursor) - 12, "00000000001f");
	assert_int_equal(read_page(p, "assigned", NULL, "20", cursor, id), 1);
	assert_string_equal(id + 24, "000000000001");
	assert_string_equal(cursor, "");
}

/* However many others have come since. */
static void
a_tenants_jobs_are_found_at_once(void **state)
{
	struct stored *p = *state;
	char cursor[PAGE_MAX_CURSOR] = "", id[UUID_TEXT];

	assert_int_equal(read_page(p, NULL, "rare", "20", cursor, id), 1);
	assert_string_equal(id + 24, "000000000001");
	assert_string_equal(cursor, "");
	assert_int_equal(read_page(p, "queued", "rare", "20", cursor, id), 0);
	assert_string_equal(cursor, "");
	assert_int_equal(read_page(p, NULL, "nobody", "20", cursor, id), 0);
	assert_string_equal(cursor, "");
}

/* The ten thousandth is shown, and is where the next page begins. */
static void
the_last_that_was_looked_at_may_fit(void **state)
{
	struct stored *p = *state;
	char cursor[PAGE_MAX_CURSOR], id[UUID_TEXT];

	/* Behind the 10,001st: job 1 is the last that is looked at. */
	snprintf(cursor, sizeof(cursor), "%lld-" ATTEMPT("00"),
	    1767312000000000LL + (LOOK + 1) * 1000000LL);
	assert_int_equal(read_page(p, "assigned", NULL, "1", cursor, id), 1);
	assert_string_equal(id + 24, "000000000001");
	assert_string_equal(cursor + strlen(cursor) - 12, "000000000001");
	assert_int_equal(read_page(p, "assigned", NULL, "1", cursor, id), 0);
	assert_string_equal(cursor, "");
}

static void
the_last_page_says_that_it_is(void **state)
{
	struct stored *p = *state;
	char cursor[PAGE_MAX_CURSOR], id[UUID_TEXT];

	/* Behind the eleventh: ten are left. */
	snprintf(cursor, sizeof(cursor), "%lld-" ATTEMPT("0b"),
	    1767312000000000LL + 11 * 1000000);
	assert_int_equal(read_page(p, NULL, NULL, "10", cursor, id), 10);
	assert_string_equal(cursor, "");
}

/* -- events ---------------------------------------------------------------- */

/* A job that began at 0 s and ended at 20, unless ended is "null". */
static void
add_job(struct stored *p, const char *state, const char *ended)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"rank_at, finished_at) values ('" JOB "', 1, 'k', '%s', '{}', "
		"1, 1, 0, to_timestamp(0), to_timestamp(60), to_timestamp(0), "
		"to_timestamp(%s))",
		state, ended),
	    0);
}

/* Times in seconds, or "null". */
static void
add_attempt(struct stored *p, const char *id, const char *state,
    const char *reason, const char *sent, const char *accepted,
    const char *received, const char *finished)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, reason, receipt, prepared_at, sent_at, "
		"deadline_at, accepted_at, received_at, finished_at) values "
		"('%s', '" JOB "', 1, 'k', '%s', 1, 'x', '%s', %s, '{}', "
		"to_timestamp(%s), to_timestamp(%s), to_timestamp(60), "
		"to_timestamp(%s), to_timestamp(%s), to_timestamp(%s))",
		id, id, state, reason, sent, sent, accepted, received,
		finished),
	    0);
}

/* "job.queued attempt.sent:01 ..." */
static void
assert_events(struct stored *p, const char *want)
{
	const char *const values[] = {JOB, "1", NULL};
	PGresult *res = PQexecParams(
	    p->one, sql_job_events, 3, NULL, values, NULL, NULL, 0);
	struct buf got = {0};

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	for (int i = 0; i < PQntuples(res); i++) {
		const char *attempt =
		    PQgetvalue(res, i, PQfnumber(res, "attempt"));

		buf_printf(&got, "%s%s", i > 0 ? " " : "",
		    PQgetvalue(res, i, PQfnumber(res, "name")));
		if (attempt[0] != '\0')
			buf_printf(&got, ":%s", attempt + 34);
	}
	assert_string_equal(buf_str(&got), want);
	buf_free(&got);
	PQclear(res);
}

static void
what_waits_was_queued(void **state)
{
	add_job(*state, "queued", "null");
	assert_events(*state, "job.queued");
}

static void
events_go_by_their_times(void **state)
{
	add_job(*state, "done", "20");
	add_attempt(*state, ATTEMPT("02"), "refused", "'refused'", "1", "null",
	    "null", "3");
	add_attempt(
	    *state, ATTEMPT("01"), "delivered", "null", "5", "6", "19", "19.5");
	assert_events(*state,
	    "job.queued job.assigned attempt.sent:02 attempt.refused:02 "
	    "attempt.sent:01 attempt.accepted:01 job.running "
	    "attempt.received:01 attempt.delivered:01 job.done");
}

/* By a clock that goes ahead of the other instance's. */
static void
what_ended_a_job_is_told_before_its_end(void **state)
{
	add_job(*state, "done", "20");
	add_attempt(
	    *state, ATTEMPT("01"), "delivered", "null", "1", "2", "21", "21");
	assert_events(*state,
	    "job.queued job.assigned attempt.sent:01 attempt.accepted:01 "
	    "job.running attempt.received:01 attempt.delivered:01 job.done");
}

static void
what_comes_behind_the_end_is_not_told(void **state)
{
	add_job(*state, "done", "20");
	add_attempt(
	    *state, ATTEMPT("01"), "delivered", "null", "1", "2", "19", "20");
	add_attempt(*state, ATTEMPT("02"), "cancelled", "'not_needed'", "1",
	    "2", "null", "21");
	add_attempt(
	    *state, ATTEMPT("03"), "late", "'came_late'", "1", "2", "25", "15");
	assert_events(*state,
	    "job.queued job.assigned attempt.sent:01 attempt.sent:02 "
	    "attempt.sent:03 attempt.accepted:01 attempt.accepted:02 "
	    "attempt.accepted:03 job.running attempt.timed_out:03 "
	    "attempt.received:01 attempt.delivered:01 job.done");
}

static void
what_comes_late_had_timed_out(void **state)
{
	add_job(*state, "running", "null");
	add_attempt(
	    *state, ATTEMPT("03"), "late", "'came_late'", "1", "2", "25", "15");
	assert_events(*state,
	    "job.queued job.assigned attempt.sent:03 attempt.accepted:03 "
	    "job.running attempt.timed_out:03 attempt.late:03");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_page_ends_where_the_next_begins, add_jobs, drop_jobs),
	    cmocka_unit_test_setup_teardown(
		a_rare_job_is_found_behind_an_empty_page, add_jobs, drop_jobs),
	    cmocka_unit_test_setup_teardown(
		a_tenants_jobs_are_found_at_once, add_jobs, drop_jobs),
	    cmocka_unit_test_setup_teardown(
		the_last_that_was_looked_at_may_fit, add_jobs, drop_jobs),
	    cmocka_unit_test_setup_teardown(
		the_last_page_says_that_it_is, add_jobs, drop_jobs),
	    cmocka_unit_test_teardown(what_waits_was_queued, drop_jobs),
	    cmocka_unit_test_teardown(events_go_by_their_times, drop_jobs),
	    cmocka_unit_test_teardown(
		what_ended_a_job_is_told_before_its_end, drop_jobs),
	    cmocka_unit_test_teardown(
		what_comes_behind_the_end_is_not_told, drop_jobs),
	    cmocka_unit_test_teardown(what_comes_late_had_timed_out, drop_jobs),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

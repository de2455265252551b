/*
 * What /metrics shows of PostgreSQL: jobs that wait, snapshots that are held,
 * rows that are dead, what is due to be handed on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define JOB "01890000-0000-7000-8000-0000000000"
#define ATTEMPT "01890000-0000-7000-8000-0000000001"

enum { NOW_S = 1767326400 };

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "gauges");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind select 1, name, 'native', '/', name, 600000, "
	    "1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none' "
	    "from unnest(array['busy', 'idle']) as n (name); "
	    "create role weak");
}

static int
empty(void **state)
{
	struct stored *p = *state;

	if (PQtransactionStatus(p->two) != PQTRANS_IDLE)
		PQclear(PQexec(p->two, "rollback"));
	return db_exec(p->db,
	    "delete from webhook_delivery; delete from reference; "
	    "truncate job cascade");
}

/* Its rows, the caller's to PQclear. */
static PGresult *
ask(PGconn *conn, const char *sql)
{
	static const char *const netuid[] = {"1"};
	int n = strstr(sql, "$1") != NULL;
	PGresult *res = PQexecParams(conn, sql, n, NULL, netuid, NULL, NULL, 0);

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return res;
}

static const char *
cell(const PGresult *res, int row, const char *column)
{
	int at = PQfnumber(res, column);

	assert_true(at >= 0 && row < PQntuples(res));
	return PQgetisnull(res, row, at) ? "null" : PQgetvalue(res, row, at);
}

static void
add_job(struct stored *p, int id, const char *state, int age_s)
{
	bool is_over = strcmp(state, "done") == 0;
	long long born = NOW_S - age_s;

	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"rank_at, finished_at) values ('" JOB "%02d', 1, 'busy', '%s', "
		"'{}', 1, 1, 0, to_timestamp(%lld), to_timestamp(%lld), "
		"to_timestamp(%lld), to_timestamp(%s))",
		id, state, born, born + 600, born,
		is_over ? "1767326400" : "null"),
	    0);
}

/* -- the queue ----------------------------------------------------------- */

static void
jobs_that_wait_are_counted_by_kind(void **state)
{
	struct stored *p = *state;
	PGresult *res;
	int busy;

	add_job(p, 1, "queued", 30);
	add_job(p, 2, "queued", 90);
	add_job(p, 3, "running", 900);
	add_job(p, 4, "done", 900);
	res = ask(p->one, sql_job_waiting);
	assert_int_equal(PQntuples(res), 2);
	busy = strcmp(cell(res, 0, "kind"), "busy") == 0 ? 0 : 1;
	assert_string_equal(cell(res, busy, "kind"), "busy");
	assert_string_equal(cell(res, busy, "n"), "2");
	assert_string_equal(cell(res, busy, "since_us"), "1767326310000000");
	assert_string_equal(cell(res, busy, "deadline_ms"), "600000");
	assert_string_equal(cell(res, !busy, "kind"), "idle");
	assert_string_equal(cell(res, !busy, "n"), "0");
	assert_string_equal(cell(res, !busy, "since_us"), "null");
	PQclear(res);
}

/* -- what is held -------------------------------------------------------- */

/* Somebody reads, and does not end. */
static void
hold(struct stored *p, const char *begin, const char *statement)
{
	PQclear(PQexec(p->two, begin));
	PQclear(PQexec(p->two, statement));
	assert_int_equal(PQtransactionStatus(p->two), PQTRANS_INTRANS);
}

static void
nobody_holds_anything(void **state)
{
	struct stored *p = *state;
	PGresult *res = ask(p->one, sql_database_state);

	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "xmin"), "null");
	assert_string_equal(cell(res, 0, "transactions"), "0");
	assert_string_equal(cell(res, 0, "since_us"), "null");
	assert_true(atof(cell(res, 0, "bytes")) > 1e6);
	PQclear(res);
}

static void
an_open_reader_is_seen_and_since_when(void **state)
{
	struct stored *p = *state;
	PGresult *res;
	double now_us;

	hold(p, "begin isolation level repeatable read",
	    "select count(*) from job");
	for (int i = 1; i < 4; i++)
		add_job(p, i, "queued", 0);
	res = ask(p->one, sql_database_state);
	assert_string_not_equal(cell(res, 0, "xmin"), "null");
	assert_true(atof(cell(res, 0, "transactions")) >= 3);
	now_us = atof(cell(res, 0, "now_us"));
	assert_true(atof(cell(res, 0, "since_us")) <= now_us);
	assert_true(atof(cell(res, 0, "since_us")) > now_us - 600e6);
	PQclear(res);
}

/* It has written and holds no snapshot, but what it wrote may come to be. */
static void
an_open_writer_is_seen_too(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	add_job(p, 1, "queued", 0);
	hold(p, "begin", "update job set priority = 1");
	res = ask(p->one, sql_database_state);
	assert_string_not_equal(cell(res, 0, "xmin"), "null");
	assert_string_not_equal(cell(res, 0, "since_us"), "null");
	PQclear(res);
}

/* Of others a plain user sees the snapshot, and not its age. */
static void
others_snapshots_are_seen_without_their_age(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	hold(p, "begin isolation level repeatable read",
	    "select count(*) from job");
	PQclear(PQexec(p->one, "set role weak"));
	res = ask(p->one, sql_database_state);
	PQclear(PQexec(p->one, "reset role"));
	assert_string_not_equal(cell(res, 0, "xmin"), "null");
	assert_string_equal(cell(res, 0, "since_us"), "null");
	PQclear(res);
}

static void
dead_rows_are_counted(void **state)
{
	struct stored *p = *state;

	add_job(p, 1, "queued", 0);
	assert_int_equal(db_exec(p->db, "update job set priority = 2"), 0);
	assert_int_equal(
	    db_exec(p->db, "select pg_stat_force_next_flush()"), 0);
	assert_int_equal(
	    db_wait_int(p->db, 1, 0,
		"select count(*) from (%s) d where name = 'job' and n > 0",
		sql_database_dead),
	    0);
}

/* -- what is due --------------------------------------------------------- */

static void
add_delivery(
    struct stored *p, const char *receiver, int age_s, int due_s, bool is_over)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into webhook_delivery (netuid, tenant, url, receiver, "
		"event, created_at, next_try_at, ended_at) values (1, 't', "
		"'http://x', '%s', 'job.done', to_timestamp(%d), "
		"to_timestamp(%d), to_timestamp(%s))",
		receiver, NOW_S - age_s, NOW_S + due_s,
		is_over ? "1767326400" : "null"),
	    0);
}

static void
a_message_is_due_when_its_next_try_is(void **state)
{
	struct stored *p = *state;
	PGresult *res = ask(p->one, sql_webhook_age);

	assert_string_equal(cell(res, 0, "since_us"), "null");
	assert_string_equal(cell(res, 0, "due_us"), "null");
	PQclear(res);
	add_delivery(p, "a:443", 900, 60, false);
	add_delivery(p, "b:443", 30, -5, false);
	add_delivery(p, "b:443", 20, 10, false);
	add_delivery(p, "c:443", 9000, -900, true);
	res = ask(p->one, sql_webhook_age);
	assert_string_equal(cell(res, 0, "since_us"), "1767325500000000");
	assert_string_equal(cell(res, 0, "due_us"), "1767326395000000");
	PQclear(res);
}

static void
add_attempt(struct stored *p, int id, int job, int ended_s, bool is_judged)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at, "
		"finished_at, judged_at, reason) values ('" ATTEMPT "%02d', "
		"'" JOB "%02d', 1, 'busy', 'h%d', 1, 'a', 'failed', '{}', "
		"to_timestamp(%d), to_timestamp(%d), to_timestamp(%d), "
		"to_timestamp(%s), 'miner_failed')",
		id, job, id, NOW_S - 900, NOW_S, NOW_S - ended_s,
		is_judged ? "1767326400" : "null"),
	    0);
}

/* What waits for its job's reference waits for no judge. */
static void
the_oldest_attempt_that_may_be_judged_is_found(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	for (int i = 1; i < 4; i++)
		add_job(p, i, "done", 900);
	add_attempt(p, 1, 1, 500, true);
	add_attempt(p, 2, 2, 400, false);
	add_attempt(p, 3, 3, 300, false);
	assert_int_equal(
	    db_exec(p->db,
		"insert into reference (netuid, job_id, state, source, "
		"wanted_at, deadline_at) values (1, '" JOB "02', 'wanted', "
		"'consensus', to_timestamp(%d), to_timestamp(%d))",
		NOW_S - 400, NOW_S),
	    0);
	res = ask(p->one, sql_judge_oldest);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(cell(res, 0, "since_us"), "1767326100000000");
	PQclear(res);
}

#define TEST(f) cmocka_unit_test_setup(f, empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(jobs_that_wait_are_counted_by_kind),
	    TEST(nobody_holds_anything),
	    TEST(an_open_reader_is_seen_and_since_when),
	    TEST(an_open_writer_is_seen_too),
	    TEST(others_snapshots_are_seen_without_their_age),
	    TEST(dead_rows_are_counted),
	    TEST(a_message_is_due_when_its_next_try_is),
	    TEST(the_oldest_attempt_that_may_be_judged_is_found),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

/*
 * A dashboard that keeps its transaction open: it is cut off, and what jobs
 * leave behind in the queue's tables meanwhile is cleared away again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/stored.h"

enum { JOBS = 500, CUT_WAIT_MS = 30000 };

static const char holds[] = "begin isolation level repeatable read";
static const char looks[] = "select count(*) from dash_v1.queue";

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "dash_reader");

	/* Nobody else is to clear the tables. */
	return p != NULL ? db_exec(p->db,
			       "alter table job set (autovacuum_enabled = off)")
			 : -1;
}

static PGresult *
run(PGconn *conn, const char *sql, ExecStatusType expected)
{
	PGresult *res = PQexec(conn, sql);

	if (PQresultStatus(res) != expected)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	return res;
}

/* A session of a dashboard's, or of somebody without limits. */
static PGconn *
session_of(const struct stored *p, const char *user)
{
	char *conninfo =
	    xasprintf("%s user=%s", sandbox_conninfo(p->box), user);
	PGconn *conn = PQconnectdb(conninfo);

	free(conninfo);
	assert_int_equal(PQstatus(conn), CONNECTION_OK);
	return conn;
}

/* It has a snapshot from here on. */
static PGconn *
reader(const struct stored *p, const char *user)
{
	PGconn *conn = session_of(p, user);

	PQclear(run(conn, holds, PGRES_COMMAND_OK));
	PQclear(run(conn, looks, PGRES_TUPLES_OK));
	return conn;
}

static bool
is_there(const struct stored *p, int pid)
{
	return db_int(p->db,
		   "select count(*) from pg_stat_activity where pid = %d",
		   pid) > 0;
}

/* -- the queue ----------------------------------------------------------- */

/* Jobs that come, are taken and end: each leaves rows that are no more. */
static void
churn(const struct stored *p)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"rank_at) select gen_random_uuid(), 1, 'k', 'queued', '{}', 1, "
		"1, 0, now(), now() + interval '1 h', now() "
		"from generate_series(1, %d)",
		JOBS),
	    0);
	assert_int_equal(db_exec(p->db, "update job set state = 'assigned' "
					"where state = 'queued'"),
	    0);
	assert_int_equal(db_exec(p->db, "update job set state = 'running' "
					"where state = 'assigned'"),
	    0);
	assert_int_equal(
	    db_exec(p->db, "update job set state = 'done', finished_at = now() "
			   "where state = 'running'"),
	    0);
	assert_int_equal(db_exec(p->db, "delete from job"), 0);
}

/* Rows that are no more and that a vacuum has to leave where they are. */
static int64_t
left_behind(const struct stored *p)
{
	assert_int_equal(db_exec(p->db, "vacuum job"), 0);
	assert_int_equal(
	    db_exec(p->db, "select pg_stat_force_next_flush()"), 0);
	return db_int(p->db,
	    "select n_dead_tup from pg_stat_user_tables where relname = 'job'");
}

/* Until nothing is: a session that ends is gone from the list of them a moment
 * before its snapshot is, and PostgreSQL's own have one for a moment. */
static void
await_cleared(const struct stored *p)
{
	int64_t until = clock_mono_us() + CUT_WAIT_MS * 1000LL, left;

	while ((left = left_behind(p)) > 0 && clock_mono_us() < until)
		proc_nap();
	assert_int_equal(left, 0);
}

static int64_t
size_of_queue(const struct stored *p)
{
	return db_int(p->db, "select pg_relation_size('job')");
}

/* -- the tests ----------------------------------------------------------- */

/* So it would be without limits: this is what the others are against. */
static void
without_limits_what_was_stays(void **state)
{
	struct stored *p = *state;
	PGconn *conn = reader(p, "subnetd");
	int64_t size;

	churn(p);
	size = size_of_queue(p);
	assert_true(left_behind(p) >= 4 * JOBS);
	churn(p);
	assert_true(size_of_queue(p) > size * 3 / 2);
	assert_true(left_behind(p) >= 8 * JOBS);
	PQclear(run(conn, "rollback", PGRES_COMMAND_OK));
	PQfinish(conn);
	await_cleared(p);
}

/* Jobs go on coming until its limit has ended it; from then on the table stays
 * as large as it is. */
static void
an_idle_reader_is_cut_off_and_the_queue_stays_small(void **state)
{
	struct stored *p = *state;
	PGconn *conn = reader(p, "dash_reader");
	int pid = PQbackendPID(conn);
	int64_t until = clock_mono_us() + CUT_WAIT_MS * 1000LL, size;
	PGresult *res;

	churn(p);
	assert_true(left_behind(p) >= 4 * JOBS);
	while (is_there(p, pid) && clock_mono_us() < until)
		proc_nap();
	assert_false(is_there(p, pid));
	res = PQexec(conn, looks);
	assert_int_equal(PQresultStatus(res), PGRES_FATAL_ERROR);
	PQclear(res);
	assert_int_equal(PQstatus(conn), CONNECTION_BAD);
	PQfinish(conn);

	await_cleared(p);
	churn(p);
	size = size_of_queue(p);
	for (int i = 0; i < 5; i++) {
		await_cleared(p);
		churn(p);
		assert_true(size_of_queue(p) <= size);
	}
}

/* The daemons end it, whatever it has told its session. */
static void
a_stubborn_reader_is_cut_off_too(void **state)
{
	struct stored *p = *state;
	PGconn *conn = session_of(p, "dash_reader");
	int pid = PQbackendPID(conn);
	int64_t until = clock_mono_us() + CUT_WAIT_MS * 1000LL;

	PQclear(run(conn, "set idle_in_transaction_session_timeout = 0",
	    PGRES_COMMAND_OK));
	PQclear(run(conn, holds, PGRES_COMMAND_OK));
	PQclear(run(conn, looks, PGRES_TUPLES_OK));
	churn(p);
	assert_true(left_behind(p) > 0);
	for (int after = 0; after < 2; after++) {
		char *before = db_text(p->db,
		    "select (select xact_start from pg_stat_activity where "
		    "pid = %d) + interval '%d us'",
		    pid, after);
		const char *const params[] = {before};
		PGresult *res = PQexecParams(
		    p->one, sql_dash_cut, 1, NULL, params, NULL, NULL, 0);

		assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
		assert_int_equal(atoi(PQgetvalue(res, 0, 0)), after);
		PQclear(res);
		free(before);
	}
	while (is_there(p, pid) && clock_mono_us() < until)
		proc_nap();
	assert_false(is_there(p, pid));
	PQfinish(conn);
	await_cleared(p);
}

/* Others see the session, but not since when it has been at it: that they may
 * not is said, or it would look as if there was none. */
static void
who_may_not_see_is_told(void **state)
{
	struct stored *p = *state;
	const char *const params[] = {"infinity"};
	PGconn *conn = reader(p, "dash_reader"), *other;
	PGresult *res;

	assert_int_equal(db_exec(p->db, "create role other login"), 0);
	other = session_of(p, "other");
	res = PQexecParams(other, sql_dash_cut, 1, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "n")), "0");
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "may_see")), "f");
	PQclear(res);
	PQfinish(other);
	assert_int_equal(db_exec(p->db, "grant dash_reader to other"), 0);
	other = session_of(p, "other");
	res = PQexecParams(other, sql_dash_cut, 1, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "n")), "1");
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "may_see")), "t");
	PQclear(res);
	PQfinish(other);
	PQfinish(conn);
	assert_int_equal(db_exec(p->db, "drop role other"), 0);
}

static void
a_reader_writes_nothing(void **state)
{
	struct stored *p = *state;
	PGconn *conn = session_of(p, "dash_reader");
	PGresult *res;

	res = PQexec(conn, "select * from public.job");
	assert_string_equal(PQresultErrorField(res, PG_DIAG_SQLSTATE), "42501");
	PQclear(res);
	res = PQexec(conn, "create temp table t (a integer)");
	assert_string_equal(PQresultErrorField(res, PG_DIAG_SQLSTATE), "25006");
	PQclear(res);
	PQclear(run(conn, "show statement_timeout", PGRES_TUPLES_OK));
	PQfinish(conn);
}

/* Two that keep roll-ups at once: the second one leaves it to the first. */
static void
one_keeps_at_a_time(void **state)
{
	struct stored *p = *state;
	const char *const params[] = {"1", "2026-01-01T00:00:00Z", "1e6"};
	PGresult *res;

	PQclear(run(p->one, "begin", PGRES_COMMAND_OK));
	res = PQexecParams(
	    p->one, sql_rollup_keep, 3, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_false(PQgetisnull(res, 0, 0));
	PQclear(res);
	res = PQexecParams(
	    p->two, sql_rollup_keep, 3, NULL, params, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_true(PQgetisnull(res, 0, 0));
	PQclear(res);
	PQclear(run(p->one, "commit", PGRES_COMMAND_OK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_limits_what_was_stays),
	    cmocka_unit_test(
		an_idle_reader_is_cut_off_and_the_queue_stays_small),
	    cmocka_unit_test(a_stubborn_reader_is_cut_off_too),
	    cmocka_unit_test(who_may_not_see_is_told),
	    cmocka_unit_test(a_reader_writes_nothing),
	    cmocka_unit_test(one_keeps_at_a_time),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

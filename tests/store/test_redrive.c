/*
 * Jobs begun once more: by their id or their cause, those of a time, and each
 * once, though two ask at the same moment.
 */
#include <setjmp.h>
#include <stdarg.h>
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
#define NEW "01890000-0000-7000-8000-0000000001"
#define DAY "2026-01-02T00:00:00Z"

enum { N_PARAMS = 5 };

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "redrive");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind select 1, 'busy', 'native', '/', 'busy', 600000, "
	    "1000, 1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none'");
}

/* Jobs 01 to 04 expired, the first a day before the others; the last one is an
 * audit. */
static int
begin(void **state)
{
	struct stored *p = *state;

	if (PQtransactionStatus(p->two) != PQTRANS_IDLE)
		PQclear(PQexec(p->two, "rollback"));
	return db_exec(p->db,
	    "truncate job cascade; "
	    "insert into job (id, netuid, kind, state, params, miners_min, "
	    "miners_wanted, retries_left, created_at, deadline_at, rank_at, "
	    "finished_at, reason, source) select ('" JOB "0' || i)::uuid, 1, "
	    "'busy', 'expired', '{}', 1, 1, 0, at, at, at, at, 'no_miner', "
	    "case i when 4 then 'audit'::job_source else 'client' end from "
	    "generate_series(1, 4) as i cross join lateral (select timestamptz "
	    "'" DAY "' - case i when 1 then interval '1 day' else '0' end as "
	    "at) t");
}

static char *
group(struct stored *p)
{
	return db_text(p->db, "select left(md5('busy|no_miner'), 8)");
}

/* As PQexecParams has them; since NULL: all. */
static int
send_redrive(PGconn *conn, const char *what, const char *ids, const char *since)
{
	const char *const params[] = {"1", what, ids, DAY, since};

	return PQsendQueryParams(
	    conn, sql_ctl_job_redrive, N_PARAMS, NULL, params, NULL, NULL, 0);
}

/* How many were begun; -1: it was refused. */
static int
redriven(PGconn *conn)
{
	PGresult *res = PQgetResult(conn);
	int n = -1;

	if (PQresultStatus(res) == PGRES_TUPLES_OK)
		n = PQntuples(res);
	else
		print_message("%s", PQresultErrorMessage(res));
	PQclear(res);
	assert_null(PQgetResult(conn));
	return n;
}

static int
redrive(PGconn *conn, const char *what, const char *ids, const char *since)
{
	assert_int_equal(send_redrive(conn, what, ids, since), 1);
	return redriven(conn);
}

static void
one_is_found_by_its_id(void **state)
{
	struct stored *p = *state;

	assert_int_equal(redrive(p->one, JOB "02", "{" NEW "01}", NULL), 1);
	assert_int_equal(redrive(p->one, JOB "02", "{" NEW "02}", NULL), 0);
	assert_int_equal(redrive(p->one, JOB "04", "{" NEW "02}", NULL), 0);
	assert_int_equal(redrive(p->one, JOB "09", "{" NEW "02}", NULL), 0);
}

static void
a_group_is_found_by_its_cause(void **state)
{
	struct stored *p = *state;
	char *what = group(p);

	assert_int_equal(
	    redrive(p->one, what, "{" NEW "01," NEW "02}", NULL), 2);
	/* Oldest first. */
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from job where redrive_of = '" JOB "01'"),
	    1);
	assert_int_equal(
	    redrive(p->one, what, "{" NEW "03," NEW "04}", NULL), 1);
	assert_int_equal(redrive(p->one, "00000000", "{" NEW "05}", NULL), 0);
	free(what);
}

/* What a list shows of seven days is what its button begins. */
static void
those_that_ended_before_a_time_are_left(void **state)
{
	struct stored *p = *state;
	char *what = group(p);

	assert_int_equal(
	    redrive(p->one, what, "{" NEW "01," NEW "02," NEW "03}",
		"2026-01-01T12:00:00Z"),
	    2);
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from job where redrive_of = '" JOB "01'"),
	    0);
	free(what);
}

/* The second one waits for the first, and has nothing left to do. */
static void
two_at_a_time_begin_each_once(void **state)
{
	struct stored *p = *state;
	char *what = group(p);

	PQclear(PQexec(p->two, "begin"));
	assert_int_equal(redrive(p->two, JOB "01", "{" NEW "01}", NULL), 1);
	assert_int_equal(
	    send_redrive(p->one, what, "{" NEW "02," NEW "03," NEW "04}", NULL),
	    1);
	assert_int_equal(db_wait_int(p->db, 1, 0,
			     "select count(*) from pg_locks where not granted"),
	    0);
	PQclear(PQexec(p->two, "commit"));
	assert_int_equal(redriven(p->one), 2);
	assert_int_equal(
	    db_int(
		p->db, "select count(*) from job where redrive_of is not null"),
	    3);
	free(what);
}

#define TEST(f) cmocka_unit_test_setup(f, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_is_found_by_its_id),
	    TEST(a_group_is_found_by_its_cause),
	    TEST(those_that_ended_before_a_time_are_left),
	    TEST(two_at_a_time_begin_each_once),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

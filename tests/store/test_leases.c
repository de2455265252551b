/*
 * What an instance says of the jobs it holds: that it holds on to them; when
 * it is told to stop, that those in its queue are anybody's, and how many
 * attempts it waits for. A row that somebody has locked holds up no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"

#define OURS "01890000-0000-7000-8000-0000000000aa"
#define THEIRS "01890000-0000-7000-8000-0000000000bb"
#define JOB "01890000-0000-7000-8000-00000000000"
#define NOW "2026-01-02 04:00:00+00"
#define LATER "2026-01-02 05:00:00+00"

struct place {
	struct sandbox *box;
	struct db *db;
	PGconn *conn; /* an instance's */
	PGconn *lock; /* of somebody who has locked a row */
};

static void
run(PGconn *conn, const char *sql)
{
	PGresult *res = PQexec(conn, sql);
	ExecStatusType status = PQresultStatus(res);

	PQclear(res);
	assert_true(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
}

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "leases", .postgres = true};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->box = sandbox_new(&o);
	if (p->box == NULL)
		return -1;
	p->db = db_open(sandbox_conninfo(p->box));
	p->conn = PQconnectdb(sandbox_conninfo(p->box));
	p->lock = PQconnectdb(sandbox_conninfo(p->box));
	/* What waits for a lock fails, and does not hang. */
	run(p->conn, "set lock_timeout = '3s'");
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status;

	PQfinish(p->lock);
	PQfinish(p->conn);
	db_close(p->db);
	status = sandbox_end(p->box, false);
	free(p);
	return status;
}

static void
add_job(struct place *p, int id, const char *state, const char *owner)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, priority, "
		"created_at, deadline_at, rank_at, lease_owner, lease_until, "
		"next_try_at, finished_at) values ('" JOB "%d', 1, 'k', '%s', "
		"'{}', 1, 1, 0, 0, '" NOW "', '" LATER "', '" NOW "', '%s', "
		"'" NOW "', '" LATER "', case when '%s' = 'done' then "
		"timestamptz '" NOW "' end)",
		id, state, owner, state),
	    0);
}

static void
add_attempt(struct place *p, int id, int job, const char *state)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at, "
		"finished_at) values "
		"('01890000-0000-7000-8000-0000000001%02d', "
		"'" JOB "%d', 1, 'k', 'hotkey-%d', 1, 'a:1', '%s', '{}', "
		"'" NOW "', '" LATER "', case when '%s' = 'refused' then "
		"timestamptz '" NOW "' end)",
		id, job, id, state, state),
	    0);
}

/* Ours: 1 to 3 in the queue, 4 at miners, 5 done. Theirs: 6. */
static int
fill(void **state)
{
	struct place *p = *state;

	if (PQtransactionStatus(p->lock) != PQTRANS_IDLE)
		run(p->lock, "rollback"); /* of a test that failed */
	if (db_exec(p->db, "delete from attempt; delete from job") != 0)
		return -1;
	for (int id = 1; id <= 3; id++)
		add_job(p, id, "queued", OURS);
	add_job(p, 4, "running", OURS);
	add_job(p, 5, "done", OURS);
	add_job(p, 6, "queued", THEIRS);
	return 0;
}

static void
lock_second(struct place *p)
{
	run(p->lock, "begin");
	run(p->lock, "select id from job where id = '" JOB "2' for update");
}

static PGresult *
ask(struct place *p, const char *sql, int n, const char *const *params)
{
	PGresult *res =
	    PQexecParams(p->conn, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(p->conn));
	return res;
}

/* The last digits of the jobs of which that is true. */
static void
assert_jobs(struct place *p, const char *where, const char *digits)
{
	char *got = db_text(p->db,
	    "select coalesce(string_agg(right(id::text, 1), '' order by id), "
	    "'') from job where %s",
	    where);

	assert_non_null(got);
	assert_string_equal(got, digits);
	free(got);
}

static void
it_holds_on_to_all_that_is_not_locked(void **state)
{
	static const char *const params[] = {OURS, LATER, "1"};
	struct place *p = *state;

	lock_second(p);
	PQclear(ask(p, sql_job_renew, 3, params));
	assert_jobs(p, "lease_until = '" LATER "'", "134");
	run(p->lock, "commit");
	PQclear(ask(p, sql_job_renew, 3, params));
	assert_jobs(p, "lease_until = '" LATER "'", "1234");
}

static int
hand_over(struct place *p)
{
	static const char *const params[] = {OURS, "1", NOW};
	PGresult *res = ask(p, sql_drain_hand_over, 3, params);
	int n = PQntuples(res);

	PQclear(res);
	return n;
}

static void
its_queue_is_given_up_and_due(void **state)
{
	struct place *p = *state;

	lock_second(p);
	assert_int_equal(hand_over(p), 2);
	assert_jobs(p, "lease_owner is null and lease_until is null", "13");
	run(p->lock, "commit");
	assert_int_equal(hand_over(p), 1);
	assert_int_equal(hand_over(p), 0);
	assert_jobs(p, "lease_owner is null and lease_until is null", "123");
	assert_jobs(p, "next_try_at = '" NOW "'", "123");
	assert_jobs(p, "lease_owner = '" OURS "'", "45");
	assert_jobs(p, "lease_owner = '" THEIRS "'", "6");
}

static void
attempts_of_its_open_jobs_are_counted(void **state)
{
	static const char *const params[] = {OURS, "1"};
	struct place *p = *state;
	PGresult *res;

	add_attempt(p, 1, 4, "accepted");
	add_attempt(p, 2, 4, "sent");
	add_attempt(p, 3, 4, "refused");
	add_attempt(p, 4, 5, "accepted");
	add_attempt(p, 5, 6, "accepted");
	res = ask(p, sql_drain_open, 2, params);
	assert_string_equal(PQgetvalue(res, 0, 0), "2");
	PQclear(res);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(it_holds_on_to_all_that_is_not_locked, fill),
	    cmocka_unit_test_setup(its_queue_is_given_up_and_due, fill),
	    cmocka_unit_test_setup(attempts_of_its_open_jobs_are_counted, fill),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

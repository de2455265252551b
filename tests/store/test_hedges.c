/*
 * What PostgreSQL decides about hedged attempts: one is made only while it is
 * of use, and of two results that come at once one is delivered.
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

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define ID(n) "01890000-0000-7000-8000-00000000000" #n
#define JOB ID(1)
#define SLOW ID(2)
#define OTHER ID(3)
#define HEDGE ID(4)
#define INSTANCE ID(5)
#define NOW "2026-01-02 04:00:00+00"
#define LATER "2026-01-02 05:00:00+00"

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "hedges");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none', true)");
}

/* Whatever a test that failed left open. */
static int
empty(void **state)
{
	struct stored *p = *state;

	PQclear(PQexec(p->one, "rollback"));
	PQclear(PQexec(p->two, "rollback"));
	return db_exec(p->db, "truncate job, attempt cascade");
}

/* -- what there is --------------------------------------------------------- */

static void
add_job(struct stored *p, const char *state, int wanted)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at, finished_at) values ('" JOB
		"', 1, 'k', '%s', '{}', 1, %d, 2, '" NOW "', '" LATER "', '" NOW
		"', case when '%s' in ('done', 'cancelled') then "
		"'" NOW "'::timestamptz end)",
		state, wanted, state),
	    0);
}

/* hedge_of: a literal or null. */
static void
add_attempt(struct stored *p, const char *id, const char *hotkey,
    const char *state, const char *hedge_of)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, sent_at, deadline_at, "
		"hedge_of, finished_at) values ('%s', '" JOB
		"', 1, 'k', '%s', 1, 'a:1', '%s', '{}', '" NOW "', '" NOW
		"', '" LATER "', %s, case when '%s' in ('delivered', "
		"'failed', 'refused', 'timed_out') then '" NOW
		"'::timestamptz end)",
		id, hotkey, state, hedge_of, state),
	    0);
}

/* -- what is asked --------------------------------------------------------- */

static int
send_hedge(PGconn *conn, const char *hotkey)
{
	char *attempt = xasprintf("[{\"id\":\"" HEDGE "\",\"hotkey\":\"%s\","
				  "\"uid\":7,\"address\":\"b:1\","
				  "\"receipt\":{\"n\":1}}]",
	    hotkey);
	const char *const params[] = {JOB, INSTANCE, NOW, LATER, attempt, SLOW};
	int sent = PQsendQueryParams(
	    conn, sql_attempt_hedge, 6, NULL, params, NULL, NULL, 0);

	free(attempt);
	return sent;
}

static int
send_delivered(PGconn *conn, const char *id)
{
	char *ids = xasprintf("{%s}", id);
	const char *const params[12] = {ids, "{\"{sent,accepted,received}\"}",
	    "{delivered}", "{NULL}", "{" NOW "}"};
	int sent = PQsendQueryParams(
	    conn, sql_attempt_step, 12, NULL, params, NULL, NULL, 0);

	free(ids);
	return sent;
}

static int
send_done(PGconn *conn, const char *best)
{
	char *bests = xasprintf("{%s}", best);
	const char *const params[8] = {"{" JOB "}",
	    "{\"{queued,assigned,running}\"}", "{done}", "{NULL}", "{" NOW "}",
	    bests, NULL, "{0}"};
	int sent = PQsendQueryParams(
	    conn, sql_job_step, 8, NULL, params, NULL, NULL, 0);

	free(bests);
	return sent;
}

/* How many rows came of what was sent. */
static int
rows_of(PGconn *conn)
{
	int n = -1;
	PGresult *res;

	while ((res = PQgetResult(conn)) != NULL) {
		if (PQresultStatus(res) == PGRES_TUPLES_OK)
			n = PQntuples(res);
		else if (PQresultStatus(res) != PGRES_COMMAND_OK)
			fail_msg("%s", PQresultErrorMessage(res));
		PQclear(res);
	}
	return n;
}

static void
run(PGconn *conn, const char *sql)
{
	assert_int_equal(PQsendQuery(conn, sql), 1);
	rows_of(conn);
}

static void
await_blocked(struct stored *p)
{
	assert_int_equal(db_wait_int(p->db, 1, 0,
			     "select count(*) from pg_stat_activity where "
			     "wait_event_type = 'Lock'"),
	    0);
}

static int64_t
count(struct stored *p, const char *where)
{
	return db_int(p->db, "select count(*) from attempt where %s", where);
}

/* -- one more attempt ------------------------------------------------------ */

static const struct {
	const char *job, *slow;
	const char *other; /* another attempt's state, or NULL */
	int wanted;
	const char *hotkey; /* of the hedge */
	int made;
} hedges[] = {
    {"assigned", "sent", NULL, 1, "new", 1},
    {"running", "accepted", NULL, 1, "new", 1},
    {"running", "accepted", "failed", 1, "new", 1},
    {"running", "accepted", "accepted", 2, "new", 1},
    {"queued", "accepted", NULL, 1, "new", 0}, /* it is not out */
    {"done", "accepted", NULL, 1, "new", 0},
    {"cancelled", "accepted", NULL, 1, "new", 0},
    {"running", "received", NULL, 1, "new", 0}, /* it is not slow any more */
    {"running", "failed", NULL, 1, "new", 0},
    {"running", "timed_out", "accepted", 1, "new", 0},
    {"running", "accepted", "delivered", 2, "new", 0},
    {"running", "accepted", NULL, 2, "new", 0}, /* it wants more anyway */
    {"running", "accepted", "failed", 2, "new", 0},
    {"running", "accepted", NULL, 1, "slow", 0}, /* the same miner */
    {"running", "accepted", "failed", 1, "other", 0},
};

static void
it_is_made_only_while_it_is_of_use(void **state)
{
	struct stored *p = *state;

	for (size_t i = 0; i < sizeof(hedges) / sizeof(hedges[0]); i++) {
		int made;

		assert_int_equal(empty(state), 0);
		add_job(p, hedges[i].job, hedges[i].wanted);
		add_attempt(p, SLOW, "slow", hedges[i].slow, "null");
		if (hedges[i].other != NULL)
			add_attempt(p, OTHER, "other", hedges[i].other, "null");
		assert_int_equal(send_hedge(p->one, hedges[i].hotkey), 1);
		made = rows_of(p->one);
		if (made != hedges[i].made)
			fail_msg("case %zu: %d made", i, made);
		assert_int_equal(
		    count(p, "id = '" HEDGE "' and hedge_of = '" SLOW
			     "' and state = 'sent' and hotkey = 'new' and "
			     "uid = 7 and instance = '" INSTANCE "'"),
		    made);
	}
}

static void
a_job_is_hedged_once(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 1);
	add_attempt(p, SLOW, "slow", "accepted", "null");
	add_attempt(p, OTHER, "other", "failed", "'" SLOW "'");
	assert_int_equal(send_hedge(p->one, "new"), 1);
	assert_int_equal(rows_of(p->one), 0);
	assert_int_equal(count(p, "true"), 2);
}

/* Its result is being written down at this moment. */
static void
a_result_that_comes_meanwhile_is_waited_for(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 1);
	add_attempt(p, SLOW, "slow", "accepted", "null");
	run(p->one, "begin");
	assert_int_equal(send_delivered(p->one, SLOW), 1);
	assert_int_equal(rows_of(p->one), 1);
	assert_int_equal(send_hedge(p->two, "new"), 1);
	await_blocked(p);
	assert_int_equal(send_done(p->one, SLOW), 1);
	assert_int_equal(rows_of(p->one), 1);
	run(p->one, "commit");
	assert_int_equal(rows_of(p->two), 0);
	assert_int_equal(count(p, "true"), 1);
}

/* The same, with its client's cancelling it, which touches no attempt. */
static void
a_job_that_ends_meanwhile_is_not_hedged(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 1);
	add_attempt(p, SLOW, "slow", "accepted", "null");
	run(p->one, "begin");
	run(p->one,
	    "update job set state = 'cancelled', finished_at = '" NOW "'");
	assert_int_equal(send_hedge(p->two, "new"), 1);
	await_blocked(p);
	run(p->one, "commit");
	assert_int_equal(rows_of(p->two), 0);
	assert_int_equal(count(p, "true"), 1);
}

/* -- two results ----------------------------------------------------------- */

static void
of_two_results_at_once_one_is_delivered(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 1);
	add_attempt(p, SLOW, "slow", "received", "null");
	add_attempt(p, HEDGE, "new", "accepted", "'" SLOW "'");
	run(p->one, "begin");
	assert_int_equal(send_delivered(p->one, HEDGE), 1);
	assert_int_equal(rows_of(p->one), 1);
	assert_int_equal(send_delivered(p->two, SLOW), 1);
	await_blocked(p);
	assert_int_equal(send_done(p->one, HEDGE), 1);
	assert_int_equal(rows_of(p->one), 1);
	run(p->one, "commit");
	assert_int_equal(rows_of(p->two), 0);
	assert_int_equal(count(p, "state = 'delivered'"), 1);
	assert_int_equal(count(p, "id = '" SLOW "' and state = 'received'"), 1);
}

/* The first one was taken back: the second counts after all. */
static void
the_second_counts_if_the_first_does_not(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 1);
	add_attempt(p, SLOW, "slow", "received", "null");
	add_attempt(p, HEDGE, "new", "accepted", "'" SLOW "'");
	run(p->one, "begin");
	assert_int_equal(send_delivered(p->one, HEDGE), 1);
	assert_int_equal(rows_of(p->one), 1);
	assert_int_equal(send_delivered(p->two, SLOW), 1);
	await_blocked(p);
	run(p->one, "rollback");
	assert_int_equal(rows_of(p->two), 1);
	assert_int_equal(
	    count(p, "id = '" SLOW "' and state = 'delivered'"), 1);
}

/* Jobs that are not hedged pay nothing for it: no row is waited for. */
static void
without_a_hedge_nobody_waits(void **state)
{
	struct stored *p = *state;

	add_job(p, "running", 2);
	add_attempt(p, SLOW, "slow", "received", "null");
	add_attempt(p, OTHER, "other", "received", "null");
	run(p->one, "begin");
	run(p->one, "select from job for update");
	assert_int_equal(send_delivered(p->two, SLOW), 1);
	assert_int_equal(rows_of(p->two), 1);
	run(p->one, "rollback");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(it_is_made_only_while_it_is_of_use, empty),
	    cmocka_unit_test_setup(a_job_is_hedged_once, empty),
	    cmocka_unit_test_setup(
		a_result_that_comes_meanwhile_is_waited_for, empty),
	    cmocka_unit_test_setup(
		a_job_that_ends_meanwhile_is_not_hedged, empty),
	    cmocka_unit_test_setup(
		of_two_results_at_once_one_is_delivered, empty),
	    cmocka_unit_test_setup(
		the_second_counts_if_the_first_does_not, empty),
	    cmocka_unit_test_setup(without_a_hedge_nobody_waits, empty),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

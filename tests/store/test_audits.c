/*
 * What PostgreSQL decides about audits: begun once, within the hour's budget;
 * settled once; a failure counts until it expires.
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
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/stored.h"

#define ID(n) "01890000-0000-7000-8000-00000000000" #n
#define JOB ID(1)
#define DONE ID(2)
#define AGAIN ID(3)  /* the audit's job */
#define AGAIN2 ID(4) /* another one */
#define OTHER ID(5)
#define AT(minute) "2026-01-02 04:" minute ":00+00"
#define LATER "2026-01-02 05:10:00+00"

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "audits");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'dippy', '/', 'k', 60000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'image', true, "
	    "true)");
}

static int
add_attempt(struct stored *p, const char *id, const char *job,
    const char *hotkey, const char *sha256)
{
	return db_exec(p->db,
	    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
	    "address, state, receipt, prepared_at, deadline_at, finished_at, "
	    "judged_at, result_sha256, measured) values ('%s', '%s', 1, 'k', "
	    "'%s', 1, 'a:1', 'delivered', '{}', '" AT("00") "', '" AT(
		"30") "',"
		      " '" AT("01") "', '" AT(
			  "01") "', '%s', '{\"phash\": \"%s\"}')",
	    id, job, hotkey, sha256, sha256);
}

static int
fresh(void **state)
{
	struct stored *p = *state;

	PQclear(PQexec(p->one, "rollback"));
	PQclear(PQexec(p->two, "rollback"));
	if (db_exec(p->db, "truncate job, attempt, audit, audit_failure "
			   "cascade") != 0)
		return -1;
	if (db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"input_sha256, input_type, input_bytes, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"rank_at, finished_at) values ('" JOB "', 1, 'k', 'done', "
		"'{\"prompt\": \"x\"}', 'f00d', 'image/png', 9, 1, 1, 0, "
		"'" AT("00") "', '" AT("30") "', '" AT(
		    "00") "', "
			  "'" AT("01") "')") != 0)
		return -1;
	return add_attempt(p, DONE, JOB, "worker", "aa");
}

/* -- what is asked -------------------------------------------------------- */

static PGresult *
ask(PGconn *conn, const char *sql, size_t n, const char *const *params)
{
	PGresult *res = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return res;
}

static int
count(PGconn *conn, const char *sql, size_t n, const char *const *params)
{
	PGresult *res = ask(conn, sql, n, params);
	int rows = PQntuples(res);

	PQclear(res);
	return rows;
}

static int
begin(PGconn *conn, const char *attempt, const char *job, const char *seed,
    const char *now, const char *budget)
{
	const char *const params[] = {
	    attempt, job, "trusted", seed, now, budget};

	return count(conn, sql_audit_begin, 6, params);
}

static int
settle(PGconn *conn, const char *state, const char *why)
{
	const char *const params[] = {
	    DONE, state, AT("05"), "aa", "bb", why, AT("50")};

	return count(conn, sql_audit_settle, 7, params);
}

static PGresult *
due(PGconn *conn)
{
	static const char *const params[] = {"1", "50"};

	return ask(conn, sql_audit_due, 2, params);
}

static bool
is_out(PGconn *conn, const char *now)
{
	const char *const params[] = {"1", now, now, "0"};
	PGresult *res = ask(conn, sql_miner_table, 4, params);
	bool is;

	assert_int_equal(PQntuples(res), 1);
	is = PQgetvalue(res, 0, PQfnumber(res, "is_out"))[0] == 't';
	PQclear(res);
	return is;
}

/* -- what comes of it ----------------------------------------------------- */

static void
an_audit_is_the_same_job_for_one_miner(void **state)
{
	struct stored *p = *state;
	char *row;

	assert_int_equal(begin(p->one, DONE, AGAIN, "7", AT("02"), "9"), 1);
	row = db_text(p->db,
	    "select format('%%s %%s %%s %%s %%s %%s %%s %%s %%s %%s', source, "
	    "state, kind, params, input_of, input_sha256, miners_wanted, "
	    "retries_left, only_hotkey, extract(epoch from deadline_at - "
	    "created_at)::int) from job where id = '" AGAIN "'");
	assert_string_equal(row,
	    "audit queued k {\"seed\": 7, \"prompt\": \"x\"} " JOB
	    " f00d 1 0 trusted 60");
	free(row);
}

static void
the_parameters_own_seed_stays(void **state)
{
	struct stored *p = *state;
	char *params;

	assert_int_equal(
	    db_exec(p->db, "update job set params = '{\"seed\": 1}'"), 0);
	assert_int_equal(begin(p->one, DONE, AGAIN, "7", AT("02"), "9"), 1);
	params =
	    db_text(p->db, "select params from job where id = '" AGAIN "'");
	assert_string_equal(params, "{\"seed\": 1}");
	free(params);
}

static void
an_attempt_is_audited_once(void **state)
{
	struct stored *p = *state;

	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "9"), 1);
	assert_int_equal(begin(p->two, DONE, AGAIN2, NULL, AT("02"), "9"), 0);
	assert_int_equal(db_int(p->db, "select count(*) from job"), 2);
	assert_int_equal(settle(p->one, "passed", "so"), 1);
	assert_int_equal(begin(p->two, DONE, AGAIN2, NULL, AT("06"), "9"), 0);
	/* Nor is an audit. */
	assert_int_equal(add_attempt(p, OTHER, AGAIN, "worker", "cc"), 0);
	assert_int_equal(begin(p->one, OTHER, AGAIN2, NULL, AT("06"), "9"), 0);
}

static void
what_was_not_judged_or_is_the_trusted_ones_is_not_audited(void **state)
{
	struct stored *p = *state;

	assert_int_equal(
	    db_exec(p->db, "update attempt set judged_at = null"), 0);
	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "9"), 0);
	assert_int_equal(db_exec(p->db, "update attempt set judged_at = now(), "
					"hotkey = 'trusted'"),
	    0);
	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "9"), 0);
}

static void
the_budget_is_of_the_last_hour(void **state)
{
	struct stored *p = *state;

	assert_int_equal(add_attempt(p, OTHER, JOB, "worker 2", "cc"), 0);
	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "0"), 0);
	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "1"), 1);
	assert_int_equal(begin(p->one, OTHER, AGAIN2, NULL, AT("59"), "1"), 0);
	assert_int_equal(begin(p->one, OTHER, AGAIN2, NULL, LATER, "1"), 1);
}

static void
an_audit_is_due_when_its_job_is_over(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	assert_int_equal(begin(p->one, DONE, AGAIN, NULL, AT("02"), "9"), 1);
	res = due(p->one);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	assert_int_equal(add_attempt(p, OTHER, AGAIN, "trusted", "bb"), 0);
	assert_int_equal(db_exec(p->db, "update job set state = 'done', "
					"finished_at = now() where id = "
					"'" AGAIN "'"),
	    0);
	res = due(p->one);
	assert_int_equal(PQntuples(res), 1);
	assert_string_equal(
	    PQgetvalue(res, 0, PQfnumber(res, "own_sha256")), "aa");
	assert_string_equal(
	    PQgetvalue(res, 0, PQfnumber(res, "own_phash")), "aa");
	assert_string_equal(
	    PQgetvalue(res, 0, PQfnumber(res, "trusted_sha256")), "bb");
	assert_string_equal(
	    PQgetvalue(res, 0, PQfnumber(res, "trusted_phash")), "bb");
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "is_lost")), "f");
	PQclear(res);
	assert_int_equal(
	    db_exec(p->db, "delete from attempt where id = '" DONE "'"), 0);
	res = due(p->one);
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "is_lost")), "t");
	PQclear(res);
	settle(p->one, "void", "so");
	res = due(p->one);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
}

static void
a_failure_counts_once_until_it_expires(void **state)
{
	struct stored *p = *state;

	assert_int_equal(
	    db_exec(p->db,
		"insert into neuron (netuid, uid, hotkey, coldkey, block, "
		"alpha_stake, tao_stake, total_stake, validator_permit, "
		"last_update, address) values (1, 1, 'worker', 'c', 1, 1, 1, "
		"1, false, 1, 'a:1') on conflict do nothing"),
	    0);
	begin(p->one, DONE, AGAIN, NULL, AT("02"), "9");
	assert_false(is_out(p->one, AT("05")));
	assert_int_equal(settle(p->one, "failed", "so"), 1);
	assert_int_equal(settle(p->two, "failed", "so"), 0);
	assert_int_equal(settle(p->two, "passed", "so"), 0);
	assert_int_equal(
	    db_int(p->db, "select count(*) from audit_failure where hotkey = "
			  "'worker' and reason = 'so'"),
	    1);
	assert_true(is_out(p->one, AT("49")));
	assert_false(is_out(p->one, AT("50")));
}

static void
neither_success_nor_nothing_counts(void **state)
{
	static const char *const states[] = {"passed", "void"};
	struct stored *p = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(fresh(state), 0);
		begin(p->one, DONE, AGAIN, NULL, AT("02"), "9");
		assert_int_equal(settle(p->one, states[i], "so"), 1);
		assert_int_equal(
		    db_int(p->db, "select count(*) from audit_failure"), 0);
	}
}

/* What was a number without an end is so many failures without one. */
static void
what_counted_before_still_does(void **state)
{
	struct stored *p = *state;
	char *conninfo = cluster_conninfo_of(sandbox_cluster(p->box), "empty");
	struct db *db = db_open(conninfo);
	size_t n = 0;

	free(conninfo);
	assert_non_null(db);
	while (n < n_sql_migrations &&
	       strncmp(sql_migrations[n].name, "0011", 4) != 0)
		assert_int_equal(
		    db_exec(db, "%s", sql_migrations[n++].text), 0);
	assert_int_equal(
	    db_exec(db, "insert into miner (netuid, hotkey, failed_audits) "
			"values (1, 'liar', 2), (1, 'honest', 0)"),
	    0);
	assert_int_equal(db_exec(db, "%s", sql_migrations[n].text), 0);
	assert_int_equal(
	    db_int(db, "select count(*) from audit_failure where hotkey = "
		       "'liar' and expires_at = 'infinity'"),
	    2);
	assert_int_equal(db_int(db, "select count(*) from audit_failure"), 2);
	db_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		an_audit_is_the_same_job_for_one_miner, fresh),
	    cmocka_unit_test_setup(the_parameters_own_seed_stays, fresh),
	    cmocka_unit_test_setup(an_attempt_is_audited_once, fresh),
	    cmocka_unit_test_setup(
		what_was_not_judged_or_is_the_trusted_ones_is_not_audited,
		fresh),
	    cmocka_unit_test_setup(the_budget_is_of_the_last_hour, fresh),
	    cmocka_unit_test_setup(an_audit_is_due_when_its_job_is_over, fresh),
	    cmocka_unit_test_setup(
		a_failure_counts_once_until_it_expires, fresh),
	    cmocka_unit_test(what_counted_before_still_does),
	    cmocka_unit_test_setup(neither_success_nor_nothing_counts, fresh),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

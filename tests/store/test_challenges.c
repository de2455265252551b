/*
 * Table challenge: planned once, taken once, made once, whoever tries; and what
 * makes a challenge's job a job apart in the queue: it costs its tenant no
 * turn, and who had its item is not asked again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/stored.h"

#define ID "01890000-0000-7000-8000-0000000000"
#define T0 "2026-01-02 04:00:00+00"
#define T1 "2026-01-02 04:00:10+00"
#define T2 "2026-01-02 05:30:00+00"
#define T0_US "1767326400000000"
#define BIRTHS                                                                 \
	"[{\"id\": \"" ID "a1\", \"template\": \"" ID                          \
	"01\", \"due_us\": 1767326405000000},"                                 \
	" {\"id\": \"" ID "a2\", \"template\": \"" ID                          \
	"02\", \"due_us\": 1767326400000000}]"

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "challenge-rows");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 60000, "
	    "1000, 1000, 2, 1, 2, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

/* Two clients' jobs, of which the first has been claimed and retried. */
static int
begin(void **state)
{
	struct stored *p = *state;

	return db_exec(p->db,
	    "delete from challenge; delete from challenge_plan; delete from "
	    "attempt; delete from job; delete from tenant_turn; delete from "
	    "miner;"
	    "insert into job (id, netuid, kind, state, params, miners_min, "
	    "miners_wanted, priority, retries_left, created_at, deadline_at, "
	    "rank_at, tenant, sticky, finished_at) values "
	    "('" ID "01', 1, 'k', 'done', '{\"a\": 1}', 1, 2, 5, 0, '" T0
	    "', '" T0 "'::timestamptz + interval '17 s', '" T0
	    "'::timestamptz - interval '9 s', 'acme', 'st', '" T0 "'),"
	    "('" ID "02', 1, 'k', 'done', '{}', 1, 1, 0, 2, '" T0 "', '" T1
	    "', '" T0 "', '', null, '" T0 "')");
}

/* The answer to a statement; how many rows it must have. */
static PGresult *
ask(PGconn *conn, int rows, const char *sql, int n, const char *const *values)
{
	PGresult *res = PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(conn));
	assert_int_equal(PQntuples(res), rows);
	return res;
}

#define ASK(conn, rows, sql, ...)                                              \
	ask(conn, rows, sql,                                                   \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),       \
	    (const char *const[]){__VA_ARGS__})

static const char *
cell(const PGresult *res, int row, const char *column)
{
	return PQgetvalue(res, row, PQfnumber(res, column));
}

/* -- planned, taken, made ------------------------------------------------- */

static void
a_time_is_planned_once(void **state)
{
	struct stored *p = *state;

	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	PQclear(ASK(p->two, 0, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	assert_int_equal(db_int(p->db, "select count(*) from challenge"), 2);
	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", T0_US, T1, "[]"));
	PQclear(ASK(p->two, 0, sql_challenge_bear, "1", T0_US, T1,
	    "[{\"id\": \"" ID "a9\", \"template\": \"" ID
	    "01\", \"due_us\": 1}]"));
	assert_int_equal(db_int(p->db, "select count(*) from challenge"), 2);
}

static void
take_all(struct stored *p, int conn, const char *owner, const char *now,
    const char *lease, int rows)
{
	PQclear(ASK(conn == 0 ? p->one : p->two, rows, sql_challenge_take, "1",
	    owner, now, T1, lease, "10"));
}

static void
each_is_one_instances_until_its_lease_ends(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	res =
	    ASK(p->one, 1, sql_challenge_take, "1", ID "f1", T0, T0, T1, "10");
	assert_string_equal(cell(res, 0, "id"), ID "a2"); /* is due now */
	assert_string_equal(cell(res, 0, "due_us"), T0_US);
	assert_string_equal(cell(res, 0, "kind"), "k");
	assert_string_equal(cell(res, 0, "input_of"), ID "02");
	PQclear(res);
	take_all(p, 1, ID "f2", T0, T2, 1); /* the other */
	take_all(p, 1, ID "f2", T0, T2, 0);
	take_all(p, 1, ID "f2", "2026-01-02 04:00:11+00", T2, 1);
}

static void
make(struct stored *p, const char *id, const char *owner, const char *item,
    int rows)
{
	PQclear(ASK(p->one, rows, sql_challenge_make, id, "1", owner, T1,
	    "{\"b\": 2}", NULL, NULL, NULL, NULL, item));
}

static void
it_is_made_once_by_whom_it_is(void **state)
{
	struct stored *p = *state;

	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	make(p, ID "a1", ID "f1", NULL, 0); /* taken by nobody */
	take_all(p, 0, ID "f1", T0, T2, 2);
	make(p, ID "a1", ID "f2", NULL, 0);
	make(p, ID "a1", ID "f1", NULL, 1);
	make(p, ID "a1", ID "f1", NULL, 0);
	PQclear(ASK(p->one, 0, sql_challenge_drop, ID "a2", "1", ID "f1", T1,
	    "no reason"));
	make(p, ID "a2", ID "f1", NULL, 0);
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from job where id = '" ID
		"a1' and source = 'challenge' and state = 'queued' and "
		"tenant = 'acme' and sticky = 'st' and priority = 5 and "
		"miners_min = 1 and miners_wanted = 2 and retries_left = 2 "
		"and deadline_at - created_at = interval '17 s' and "
		"created_at - rank_at = interval '9 s' and created_at = '" T1
		"' and next_try_at = created_at and paid and params = "
		"'{\"b\": 2}' and expect is null and item is null"),
	    1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where source <> 'client'"),
	    1);
}

static void
without_its_template_there_is_none(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	db_exec(p->db, "delete from job");
	res =
	    ASK(p->one, 2, sql_challenge_take, "1", ID "f1", T0, T1, T2, "10");
	assert_true(PQgetisnull(res, 0, PQfnumber(res, "kind")));
	PQclear(res);
}

static void
clients_jobs_are_read_and_no_others(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	db_exec(p->db, "update job set source = 'schedule', created_at = '" T2
		       "' where id = '" ID "02'");
	res = ASK(p->one, 1, sql_challenge_past, "1", "2026-01-01", "9");
	assert_string_equal(cell(res, 0, "id"), ID "01");
	assert_string_equal(cell(res, 0, "at_us"), T0_US);
	PQclear(res);
	res = ASK(p->one, 1, sql_challenge_latest, "1");
	assert_string_equal(cell(res, 0, "at_us"), T0_US);
	PQclear(res);
	res = ASK(p->one, 1, sql_challenge_hours, "1", "2026-01-01", "9");
	assert_string_equal(cell(res, 0, "hour"), "4");
	assert_string_equal(cell(res, 0, "n"), "1");
	PQclear(res);
	PQclear(ASK(p->one, 0, sql_challenge_past, "1", "2026-01-03", "9"));
}

static void
the_old_are_forgotten(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	PQclear(ASK(p->one, 1, sql_challenge_bear, "1", NULL, T0, BIRTHS));
	res = ASK(p->one, 1, sql_challenge_state, "1", "2026-01-01");
	assert_string_equal(cell(res, 0, "born"), "2");
	assert_string_equal(cell(res, 0, "seen_us"), T0_US);
	PQclear(res);
	PQclear(ASK(p->one, 0, sql_challenge_forget, "1", T0));
	assert_int_equal(db_int(p->db, "select count(*) from challenge"), 2);
	PQclear(ASK(p->one, 0, sql_challenge_forget, "1", T1));
	assert_int_equal(db_int(p->db, "select count(*) from challenge"), 0);
}

/* -- in the queue --------------------------------------------------------- */

/* A queued job of the client's or a challenge, as others are made. */
static void
queue_job(struct stored *p, int n, const char *source, const char *tenant,
    const char *item)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, source, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, next_try_at, rank_at, tenant, paid, item) values "
		"('" ID "%02x', 1, 'k', 'queued', '%s', '{}', 1, 1, 2, '" T0
		"'::timestamptz + interval '%d ms', '" T2 "', '" T0 "', '" T0
		"'::timestamptz + interval '%d ms', '%s', '%s' = "
		"'challenge', nullif('%s', ''))",
		n, source, n, n, tenant, source, item),
	    0);
}

/* So many of each tenant among the first that are claimed. */
static int
claim_for(struct stored *p, const char *room, const char *tenant)
{
	PGresult *res = PQexecParams(p->one, sql_job_claim, 6, NULL,
	    (const char *const[]){"1", ID "f1", T1, T2, "{k}", room}, NULL,
	    NULL, 0);
	int n = 0;

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	for (int i = 0; i < PQntuples(res); i++)
		n += db_int(p->db,
		    "select count(*) from job where id = '%s' and tenant = "
		    "'%s' and source = 'client'",
		    cell(res, i, "id"), tenant);
	PQclear(res);
	return n;
}

/* Of two tenants with ten jobs each, one has ten challenges between its own:
 * it gets as many of its own done as the other. */
static void
a_challenge_takes_no_tenants_turn(void **state)
{
	struct stored *p = *state;
	char room[16];
	int of_a;

	for (int i = 0; i < 10; i++) {
		queue_job(p, 16 + 3 * i, "challenge", "a", "");
		queue_job(p, 17 + 3 * i, "client", "a", "");
		queue_job(p, 18 + 3 * i, "client", "b", "");
	}
	snprintf(room, sizeof(room), "{%d}", 15);
	of_a = claim_for(p, room, "a");
	assert_in_range(of_a, 4, 6);
	assert_in_range(
	    db_int(p->db, "select count(*) from job where lease_owner is not "
			  "null and source = 'client' and tenant = 'b'"),
	    4, 6);
}

static void
queued_again_it_costs_none_either(void **state)
{
	struct stored *p = *state;

	queue_job(p, 16, "challenge", "a", "");
	queue_job(p, 17, "client", "a", "");
	claim_for(p, "{2}", "a");
	for (int i = 16; i < 18; i++) {
		char *id = xasprintf(ID "%02x", i);
		char *attempt = xasprintf(
		    "[{\"id\": \"" ID "e%d\", \"hotkey\": \"m\", \"uid\": 1, "
		    "\"address\": \"x\", \"receipt\": {}}]",
		    i % 10);

		PQclear(ASK(p->one, 1, sql_attempt_insert, id, ID "f1", T1, T2,
		    attempt, "sent"));
		free(id);
		free(attempt);
	}
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where paid and source = "
			  "'challenge'"),
	    1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where paid and source = "
			  "'client'"),
	    0);
}

/* -- items ---------------------------------------------------------------- */

static void
add_attempt(struct stored *p, int n, int job, const char *hotkey)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at) values "
		"('" ID "%02x', '" ID "%02x', 1, 'k', '%s', 1, 'x', 'sent', "
		"'{}', '" T0 "', '" T1 "')",
		n, job, hotkey),
	    0);
}

static void
who_had_an_item_counts_as_tried(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	queue_job(p, 16, "challenge", "a", "i1");
	queue_job(p, 17, "challenge", "a", "i1");
	queue_job(p, 18, "challenge", "a", "i2");
	queue_job(p, 19, "client", "a", "");
	add_attempt(p, 32, 16, "m1");
	add_attempt(p, 33, 18, "m2");
	add_attempt(p, 34, 19, "m3");
	res = ASK(p->one, 1, sql_job_get, ID "11", "1");
	assert_string_equal(cell(res, 0, "tried"), "[\"m1\"]");
	assert_string_equal(cell(res, 0, "open"), "0");
	PQclear(res);
	res = ASK(p->one, 1, sql_job_get, ID "13", "1");
	assert_string_equal(cell(res, 0, "tried"), "[\"m3\"]");
	PQclear(res);
	res = ASK(p->one, 4, sql_job_claim, "1", ID "f1", T1, T2, "{k}", "{9}");
	for (int i = 0; i < 4; i++) {
		static const char *const tried[] = {
		    "[\"m1\"]", "[\"m1\"]", "[\"m2\"]", "[\"m3\"]"};
		int n = strtol(cell(res, i, "id") + 34, NULL, 16) - 16;

		assert_string_equal(cell(res, i, "tried"), tried[n]);
	}
	PQclear(res);
}

static void
miners_left_for_an_item_are_counted(void **state)
{
	struct stored *p = *state;
	PGresult *res;

	db_exec(p->db, "insert into miner (netuid, hotkey, is_up) values "
		       "(1, 'm1', true), (1, 'm2', true), (1, 'm3', false), "
		       "(2, 'm4', true)");
	queue_job(p, 16, "challenge", "a", "i1");
	add_attempt(p, 32, 16, "m1");
	add_attempt(p, 33, 16, "m3");
	res = ASK(p->one, 2, sql_challenge_uses, "1", "{i1,i2}");
	for (int i = 0; i < 2; i++)
		assert_string_equal(cell(res, i, "left_over"),
		    strcmp(cell(res, i, "item"), "i1") == 0 ? "1" : "2");
	PQclear(res);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_time_is_planned_once, begin),
	    cmocka_unit_test_setup(
		each_is_one_instances_until_its_lease_ends, begin),
	    cmocka_unit_test_setup(it_is_made_once_by_whom_it_is, begin),
	    cmocka_unit_test_setup(without_its_template_there_is_none, begin),
	    cmocka_unit_test_setup(clients_jobs_are_read_and_no_others, begin),
	    cmocka_unit_test_setup(the_old_are_forgotten, begin),
	    cmocka_unit_test_setup(a_challenge_takes_no_tenants_turn, begin),
	    cmocka_unit_test_setup(queued_again_it_costs_none_either, begin),
	    cmocka_unit_test_setup(who_had_an_item_counts_as_tried, begin),
	    cmocka_unit_test_setup(miners_left_for_an_item_are_counted, begin),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

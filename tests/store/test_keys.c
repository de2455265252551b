/*
 * What the statements of API keys do against each other: places in quotas are
 * counted once however many ask at once, and given back; a name is claimed
 * once, taken over from the dead, and a job is not made by who has lost it.
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
#include "tests/lib/sandbox.h"
#include "tests/lib/stored.h"

#define KEY "aaaaaaaaaaaaaaaa"
#define ALIVE "01890000-0000-7000-8000-0000000000aa"
#define DEAD "01890000-0000-7000-8000-0000000000bb"
#define JOB "01890000-0000-7000-8000-000000000001"

enum { CONNECTIONS = 8, EACH = 25, PLACES = 60 };

static int
set_up(void **state)
{
	return stored_new(state, "keys") != NULL ? 0 : -1;
}

static PGresult *
run(PGconn *conn, const char *sql, const char *const *params, int n)
{
	return PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);
}

/* A key with those quotas. */
static void
make_key(struct stored *p, const char *quotas)
{
	const char *const params[] = {KEY, "1", quotas};
	PGresult *res;

	assert_int_equal(db_exec(p->db, "delete from api_key"), 0);
	assert_int_equal(
	    db_exec(p->db, "insert into api_key (id, netuid, hash, name, role, "
			   "tenant, created_at) values ('" KEY "', 1, '00', "
			   "'', 'client', 'acme', '2026-01-01')"),
	    0);
	res = run(p->one, sql_key_limit, params, 3);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
}

/* -- quotas ------------------------------------------------------------- */

/* "kind used taken" of each row, as text. */
static void
take(PGconn *conn, const char *kind, const char *now, char out[128])
{
	const char *const params[] = {KEY, kind, now};
	PGresult *res = run(conn, sql_quota_take, params, 3);
	size_t n = 0;

	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	out[0] = '\0';
	for (int i = 0; i < PQntuples(res); i++)
		n += snprintf(out + n, 128 - n, "%s%s %s %s", i > 0 ? ", " : "",
		    PQgetvalue(res, i, 0), PQgetvalue(res, i, 3),
		    PQgetvalue(res, i, 5));
	PQclear(res);
}

#define ANY_2_A_MINUTE "{\"kind\":\"*\",\"jobs\":2,\"window_s\":60}"
#define ONE_SPEAK "{\"kind\":\"speak\",\"jobs\":1,\"window_s\":3600}"

static void
a_place_is_taken_in_all_or_in_none(void **state)
{
	static const struct {
		const char *kind, *now, *wanted;
	} steps[] = {
	    {"speak", "2026-01-02 04:00:30+00", "* 1 t, speak 1 t"},
	    {"speak", "2026-01-02 04:00:31+00", "* 1 f, speak 1 f"},
	    {"other", "2026-01-02 04:00:32+00", "* 2 t"},
	    {"other", "2026-01-02 04:00:59.9+00", "* 2 f"},
	    /* The minute is over, the hour is not. */
	    {"speak", "2026-01-02 04:01:00+00", "* 0 f, speak 1 f"},
	    {"other", "2026-01-02 04:01:00+00", "* 1 t"},
	    /* A clock that is behind counts to the window that is there. */
	    {"other", "2026-01-02 04:00:59+00", "* 2 t"},
	    {"other", "2026-01-02 04:01:01+00", "* 2 f"},
	    {"speak", "2026-01-02 05:00:00+00", "* 1 t, speak 1 t"},
	};
	struct stored *p = *state;
	char got[128];

	make_key(p, "[" ANY_2_A_MINUTE "," ONE_SPEAK "]");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		take(p->one, steps[i].kind, steps[i].now, got);
		if (strcmp(got, steps[i].wanted) != 0)
			fail_msg(
			    "step %zu: %s, not %s", i, got, steps[i].wanted);
	}
}

static void
a_window_ends_at_a_multiple_of_its_length(void **state)
{
	const char *const params[] = {KEY, "x", "2026-01-02 04:00:30.5+00"};
	struct stored *p = *state;
	PGresult *res;

	make_key(p, "[" ANY_2_A_MINUTE "]");
	res = run(p->one, sql_quota_take, params, 3);
	assert_string_equal(PQgetvalue(res, 0, 4), "1767326460000000");
	PQclear(res);
}

static void
a_key_without_quotas_is_not_counted(void **state)
{
	struct stored *p = *state;
	char got[128];

	make_key(p, "[]");
	take(p->one, "speak", "2026-01-02 04:00:30+00", got);
	assert_string_equal(got, "");
	assert_int_equal(db_int(p->db, "select count(*) from key_use"), 0);
}

static void
give_back(struct stored *p, const char *kind, const char *taken)
{
	const char *const params[] = {KEY, kind, taken};
	PGresult *res = run(p->one, sql_quota_give_back, params, 3);

	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
}

static void
a_place_goes_back_to_its_window(void **state)
{
	struct stored *p = *state;
	char got[128];

	make_key(p, "[" ANY_2_A_MINUTE "," ONE_SPEAK "]");
	take(p->one, "speak", "2026-01-02 04:00:30+00", got);
	give_back(p, "speak", "2026-01-02 04:00:30+00");
	take(p->one, "speak", "2026-01-02 04:00:31+00", got);
	assert_string_equal(got, "* 1 t, speak 1 t");
	/* The minute has begun anew meanwhile: nothing of it was taken. */
	take(p->one, "other", "2026-01-02 04:01:05+00", got);
	assert_string_equal(got, "* 1 t");
	give_back(p, "speak", "2026-01-02 04:00:31+00");
	take(p->one, "speak", "2026-01-02 04:01:06+00", got);
	assert_string_equal(got, "* 2 t, speak 1 t");
}

static void
quotas_are_changed_and_what_was_used_stays(void **state)
{
	const char *const more[] = {
	    KEY, "1", "[{\"kind\":\"*\",\"jobs\":3,\"window_s\":60}]"};
	const char *const nobody[] = {"bbbbbbbbbbbbbbbb", "1", "[]"};
	struct stored *p = *state;
	PGresult *res;
	char got[128];

	make_key(p, "[" ANY_2_A_MINUTE "," ONE_SPEAK "]");
	take(p->one, "speak", "2026-01-02 04:00:30+00", got);
	res = run(p->one, sql_key_limit, more, 3);
	assert_int_equal(PQntuples(res), 1);
	PQclear(res);
	take(p->one, "speak", "2026-01-02 04:00:31+00", got);
	assert_string_equal(got, "* 2 t");
	take(p->one, "speak", "2026-01-02 04:00:32+00", got);
	assert_string_equal(got, "* 3 t");
	res = run(p->one, sql_key_limit, nobody, 3);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
}

/* All connections ask at once, again and again. */
static void
many_at_once_get_each_place_once(void **state)
{
	static const char *const params[] = {
	    KEY, "speak", "2026-01-02 04:00:30+00"};
	struct stored *p = *state;
	PGconn *conns[CONNECTIONS];
	int taken = 0;

	make_key(p, "[{\"kind\":\"*\",\"jobs\":60,\"window_s\":60},"
		    "{\"kind\":\"speak\",\"jobs\":1000,\"window_s\":60}]");
	for (int i = 0; i < CONNECTIONS; i++) {
		conns[i] = PQconnectdb(sandbox_conninfo(p->box));
		assert_int_equal(PQstatus(conns[i]), CONNECTION_OK);
	}
	for (int round = 0; round < EACH; round++) {
		for (int i = 0; i < CONNECTIONS; i++)
			assert_true(PQsendQueryParams(conns[i], sql_quota_take,
			    3, NULL, params, NULL, NULL, 0));
		for (int i = 0; i < CONNECTIONS; i++) {
			PGresult *res = PQgetResult(conns[i]);

			assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
			taken += strcmp(PQgetvalue(res, 0, 5), "t") == 0;
			PQclear(res);
			assert_null(PQgetResult(conns[i]));
		}
	}
	assert_int_equal(taken, PLACES);
	assert_int_equal(
	    db_int(p->db, "select used from key_use where kind = '*'"), PLACES);
	assert_int_equal(
	    db_int(p->db, "select used from key_use where kind = 'speak'"),
	    PLACES);
	for (int i = 0; i < CONNECTIONS; i++)
		PQfinish(conns[i]);
}

/* The last place is asked for while another's asking is not committed yet. */
static void
who_comes_second_counts_the_first(void **state)
{
	static const char *const params[] = {
	    KEY, "speak", "2026-01-02 04:00:30+00"};
	struct stored *p = *state;
	PGresult *res;
	char got[128];

	make_key(p, "[" ONE_SPEAK "]");
	PQclear(PQexec(p->one, "begin"));
	take(p->one, "speak", params[2], got);
	assert_string_equal(got, "speak 1 t");
	assert_true(PQsendQueryParams(
	    p->two, sql_quota_take, 3, NULL, params, NULL, NULL, 0));
	assert_int_equal(db_wait_int(p->db, 1, 0,
			     "select count(*) from pg_stat_activity where "
			     "pid = %d and wait_event_type = 'Lock'",
			     PQbackendPID(p->two)),
	    0);
	PQclear(PQexec(p->one, "commit"));
	res = PQgetResult(p->two);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(res, 0, 5), "f");
	PQclear(res);
	assert_null(PQgetResult(p->two));
	assert_int_equal(db_int(p->db, "select used from key_use"), 1);
}

/* -- names -------------------------------------------------------------- */

static int
forget_names(void **state)
{
	struct stored *p = *state;

	return db_exec(p->db, "delete from idempotency") != 0 ||
	       db_exec(p->db, "delete from instance") != 0 ||
	       db_exec(p->db,
		   "insert into instance (id, program, netuid, started_at, "
		   "seen_at) values ('" ALIVE "', 'orchestratord', 1, "
		   "'2026-01-02 03:00:00+00', '2026-01-02 04:00:00+00'), "
		   "('" DEAD "', 'orchestratord', 1, "
		   "'2026-01-02 03:00:00+00', '2026-01-02 03:59:50+00')");
}

/* A claim of that last digit at that time, by that instance; whose it is then:
 * the last digit, as 1, 2, .. */
static int
claim(struct stored *p, int digit, const char *instance, const char *now_s)
{
	char id[40], now[40], dead[64], old[64], kept[64];
	const char *const params[] = {
	    "1", KEY, "name", "print", id, instance, now, dead, old, kept};
	const char *const get[] = {"1", KEY, "name"};
	PGresult *res;
	int got;

	snprintf(
	    id, sizeof(id), "01890000-0000-7000-8000-0000000000c%d", digit);
	snprintf(now, sizeof(now), "2026-01-0%s+00", now_s);
	/* What a program works out by its clock. */
	res = PQexecParams(p->one,
	    "select $1::timestamptz - interval '5 s', $1::timestamptz - "
	    "interval '120 s', $1::timestamptz - interval '24 h'",
	    1, NULL, (const char *const[]){now}, NULL, NULL, 0);
	snprintf(dead, sizeof(dead), "%s", PQgetvalue(res, 0, 0));
	snprintf(old, sizeof(old), "%s", PQgetvalue(res, 0, 1));
	snprintf(kept, sizeof(kept), "%s", PQgetvalue(res, 0, 2));
	PQclear(res);
	res = run(p->one, sql_idempotency_claim, params, 10);
	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
	res = run(p->one, sql_idempotency_get, get, 3);
	assert_int_equal(PQntuples(res), 1);
	got = PQgetvalue(res, 0, 0)[35] - '0';
	PQclear(res);
	return got;
}

/* Whether the job of that claim may be made. */
static bool
finish(struct stored *p, int digit)
{
	char id[40];
	const char *const params[] = {"1", KEY, "name", id, JOB};
	PGresult *res;
	bool done;

	snprintf(
	    id, sizeof(id), "01890000-0000-7000-8000-0000000000c%d", digit);
	res = run(p->one, sql_idempotency_done, params, 5);
	done = PQresultStatus(res) == PGRES_TUPLES_OK;
	if (!done)
		assert_string_equal(
		    PQresultErrorField(res, PG_DIAG_SQLSTATE), "22012");
	PQclear(res);
	return done;
}

static void
a_name_is_claimed_once(void **state)
{
	struct stored *p = *state;

	assert_int_equal(claim(p, 1, ALIVE, "2 04:00:00"), 1);
	assert_int_equal(claim(p, 2, ALIVE, "2 04:00:01"), 1);
	assert_true(finish(p, 1));
	assert_false(finish(p, 1));
	assert_false(finish(p, 2));
	/* Done it stays, whoever dies, for a day. */
	assert_int_equal(claim(p, 3, ALIVE, "3 03:59:59"), 1);
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from idempotency where job_id = '" JOB "'"),
	    1);
	assert_int_equal(claim(p, 4, ALIVE, "3 04:00:01"), 4);
	assert_true(finish(p, 4));
}

static void
what_a_dead_instance_began_is_taken_over(void **state)
{
	struct stored *p = *state;

	assert_int_equal(claim(p, 1, DEAD, "2 03:59:50"), 1);
	assert_int_equal(claim(p, 2, ALIVE, "2 03:59:55"), 1);
	assert_int_equal(claim(p, 3, ALIVE, "2 03:59:56"), 3);
	/* It was not dead, after all: its job is not made. */
	assert_false(finish(p, 1));
	assert_true(finish(p, 3));
}

static void
what_takes_too_long_is_given_up(void **state)
{
	struct stored *p = *state;

	assert_int_equal(claim(p, 1, ALIVE, "2 03:57:59"), 1);
	assert_int_equal(claim(p, 2, ALIVE, "2 03:59:59"), 1);
	assert_int_equal(claim(p, 3, ALIVE, "2 04:00:00"), 3);
	assert_false(finish(p, 1));
}

static void
what_came_to_nothing_is_free_again(void **state)
{
	const char *const params[] = {
	    "1", KEY, "name", "01890000-0000-7000-8000-0000000000c1"};
	struct stored *p = *state;

	assert_int_equal(claim(p, 1, ALIVE, "2 04:00:00"), 1);
	PQclear(run(p->one, sql_idempotency_release, params, 4));
	assert_int_equal(claim(p, 2, ALIVE, "2 04:00:01"), 2);
	/* By now it is another's. */
	PQclear(run(p->one, sql_idempotency_release, params, 4));
	assert_int_equal(claim(p, 3, ALIVE, "2 04:00:02"), 2);
	assert_true(finish(p, 2));
}

static void
a_release_forgets_no_job(void **state)
{
	const char *const params[] = {
	    "1", KEY, "name", "01890000-0000-7000-8000-0000000000c1"};
	struct stored *p = *state;

	assert_int_equal(claim(p, 1, ALIVE, "2 04:00:00"), 1);
	assert_true(finish(p, 1));
	PQclear(run(p->one, sql_idempotency_release, params, 4));
	assert_int_equal(claim(p, 2, ALIVE, "2 04:00:02"), 1);
}

static void
old_names_are_forgotten_in_lots(void **state)
{
	static const char *const params[] = {
	    "1", "2026-01-02 04:00:00+00", "2"};
	static const int left[] = {3, 2, 2};
	struct stored *p = *state;

	assert_int_equal(
	    db_exec(p->db, "insert into idempotency (netuid, key_id, name, "
			   "fingerprint, claim, instance, claimed_at) select "
			   "1, '" KEY "', 'n' || i, 'f', '" ALIVE "', '" ALIVE
			   "', '2026-01-02 03:59:57+00'::timestamptz + i * "
			   "interval '1 s' from generate_series(0, 4) i"),
	    0);
	for (int i = 0; i < 3; i++) {
		PQclear(run(p->one, sql_idempotency_forget, params, 3));
		assert_int_equal(
		    db_int(p->db, "select count(*) from idempotency"), left[i]);
	}
}

#define NAMES(test) cmocka_unit_test_setup(test, forget_names)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_place_is_taken_in_all_or_in_none),
	    cmocka_unit_test(a_window_ends_at_a_multiple_of_its_length),
	    cmocka_unit_test(a_key_without_quotas_is_not_counted),
	    cmocka_unit_test(a_place_goes_back_to_its_window),
	    cmocka_unit_test(quotas_are_changed_and_what_was_used_stays),
	    cmocka_unit_test(many_at_once_get_each_place_once),
	    cmocka_unit_test(who_comes_second_counts_the_first),
	    NAMES(a_name_is_claimed_once),
	    NAMES(what_a_dead_instance_began_is_taken_over),
	    NAMES(what_takes_too_long_is_given_up),
	    NAMES(what_came_to_nothing_is_free_again),
	    NAMES(a_release_forgets_no_job),
	    NAMES(old_names_are_forgotten_in_lots),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

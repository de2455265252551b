/*
 * What PostgreSQL decides about references: wanted once, asked for by one at a
 * time, settled once; and which attempts wait for them.
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
#define ONE ID(1)   /* a job of one miner */
#define THREE ID(3) /* of three */
#define AT(minute) "2026-01-02 04:" minute ":00+00"
#define WAIT "600000" /* ms */

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "references");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'transcript', true)");
}

static int
add_job(struct stored *p, const char *id, int wanted)
{
	return db_exec(p->db,
	    "insert into job (id, netuid, kind, state, params, miners_min, "
	    "miners_wanted, retries_left, created_at, deadline_at, rank_at) "
	    "values ('%s', 1, 'k', 'running', '{}', 1, %d, 0, '" AT(
		"00") "', "
		      "'" AT("30") "', '" AT("00") "')",
	    id, wanted);
}

static int
fresh(void **state)
{
	struct stored *p = *state;

	PQclear(PQexec(p->one, "rollback"));
	PQclear(PQexec(p->two, "rollback"));
	if (db_exec(p->db, "truncate job, attempt, reference, judgement, "
			   "audit, miner cascade") != 0)
		return -1;
	return add_job(p, ONE, 1) | add_job(p, THREE, 3);
}

/* state: "delivered" or "accepted"; its text is its number. */
static void
add_attempt(struct stored *p, const char *job, int n, const char *state)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at, "
		"finished_at, result_json) values ('01890000-0000-7000-8000-"
		"0000000001%02d', '%s', 1, 'k', 'h%d', 1, 'a:1', '%s', '{}', "
		"'" AT("00") "', '" AT(
		    "30") "', case when '%s' = 'delivered' "
			  "then '" AT(
			      "01") "'::timestamptz end, '{\"text\": \"%d\"}')",
		n, job, n, state, state, n),
	    0);
}

static void
end_job(struct stored *p, const char *job)
{
	assert_int_equal(
	    db_exec(p->db,
		"update job set state = 'done', finished_at = '" AT(
		    "02") "' where id = '%s'",
		job),
	    0);
}

/* -- what is asked -------------------------------------------------------- */

/* The rows of it, which the caller clears. */
static PGresult *
ask(PGconn *conn, const char *sql, size_t n, const char *const *params)
{
	PGresult *res = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);

	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    PQresultStatus(res) != PGRES_COMMAND_OK)
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

static void
want(PGconn *conn, const char *job, const char *source, const char *now)
{
	const char *const params[] = {"1", job, source, now, WAIT};

	count(conn, sql_reference_want, 5, params);
}

static int
take(PGconn *conn, const char *now, const char *until)
{
	const char *const params[] = {"1", now, until, "4"};

	return count(conn, sql_reference_take, 4, params);
}

/* has_trusted: "t" or "f". */
static int
expire_to(
    PGconn *conn, const char *now, const char *is_out, const char *has_trusted)
{
	const char *const params[] = {"1", now, is_out, "3", WAIT, has_trusted};

	return count(conn, sql_reference_expire, 6, params);
}

static int
expire(PGconn *conn, const char *now, const char *is_out)
{
	return expire_to(conn, now, is_out, "f");
}

/* text NULL: none, and why. */
static int
settle_to(PGconn *conn, const char *job, const char *source, const char *text,
    const char *why, const char *has_trusted)
{
	const char *const params[] = {"1", job, source, AT("05"), text, NULL,
	    why, NULL, NULL, NULL, "3", WAIT, has_trusted};

	return count(conn, sql_reference_settle, 13, params);
}

static int
settle(PGconn *conn, const char *job, const char *source, const char *text,
    const char *why)
{
	return settle_to(conn, job, source, text, why, "f");
}

/* To one of these, as that job. */
static int
give_within(PGconn *conn, const char *budget, const char *now, const char *as,
    const char *hotkeys)
{
	const char *const params[] = {"1", now, as, hotkeys, budget, WAIT, "3"};

	return count(conn, sql_reference_give, 7, params);
}

static int
give(PGconn *conn, const char *now, const char *as, const char *hotkeys)
{
	return give_within(conn, "60", now, as, hotkeys);
}

/* The text that a trusted miner gave, a dash if it gave none; NULL: nobody is
 * done. The caller frees. */
static char *
heard(PGconn *conn, const char *max_text)
{
	const char *const params[] = {"1", max_text};
	PGresult *res = ask(conn, sql_reference_heard, 2, params);
	char *text = NULL;

	if (PQntuples(res) > 0) {
		int column = PQfnumber(res, "text");

		text = xstrdup(PQgetisnull(res, 0, column)
				   ? "-"
				   : PQgetvalue(res, 0, column));
	}
	PQclear(res);
	return text;
}

static int
due(PGconn *conn)
{
	static const char *const params[] = {"1", "1000"};

	return count(conn, sql_reference_due, 2, params);
}

static int
unjudged(PGconn *conn)
{
	static const char *const params[] = {"1", "100"};

	return count(conn, sql_judge_unjudged, 2, params);
}

/* "source state why text", with a dash for null. */
static void
assert_reference(struct stored *p, const char *job, const char *expected)
{
	char *is = db_text(p->db,
	    "select format('%%s %%s %%s %%s', source, state, coalesce(why, "
	    "'-'), coalesce(text, '-')) from reference where job_id = '%s'",
	    job);

	assert_string_equal(is, expected);
	free(is);
}

/* -- what comes of it ----------------------------------------------------- */

static void
one_is_wanted_once(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	assert_int_equal(settle(p->one, ONE, "service", "so", NULL), 1);
	want(p->two, ONE, "consensus", AT("02"));
	assert_reference(p, ONE, "service ready - so");
}

static void
one_is_asked_for_by_one_at_a_time(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	want(p->one, THREE, "consensus", AT("01"));
	PQclear(PQexec(p->one, "begin"));
	assert_int_equal(take(p->one, AT("01"), AT("03")), 1);
	assert_int_equal(take(p->two, AT("01"), AT("03")), 0);
	PQclear(PQexec(p->one, "commit"));
	assert_int_equal(take(p->two, AT("02"), AT("04")), 0);
	/* Who asked is dead by now. */
	assert_int_equal(take(p->two, AT("03"), AT("05")), 1);
	assert_int_equal(take(p->one, AT("04"), AT("06")), 0);
	/* Nobody waits any longer. */
	assert_int_equal(take(p->one, AT("11"), AT("13")), 0);
}

static void
one_is_settled_once(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	take(p->one, AT("01"), AT("02"));
	assert_int_equal(settle(p->one, ONE, "service", NULL, "no"), 1);
	assert_int_equal(settle(p->two, ONE, "service", "so", NULL), 0);
	assert_reference(p, ONE, "service none no -");
}

static void
without_the_service_three_miners_are_waited_for(void **state)
{
	struct stored *p = *state;

	want(p->one, THREE, "service", AT("01"));
	take(p->one, AT("01"), AT("02"));
	assert_int_equal(settle(p->one, THREE, "service", NULL, "no"), 1);
	assert_reference(p, THREE, "consensus wanted no -");
	/* The service's late answer is nobody's. */
	assert_int_equal(settle(p->one, THREE, "service", "so", NULL), 0);
	/* It has the job's time, and a while. */
	assert_int_equal(expire(p->one, AT("39"), "f"), 0);
	assert_int_equal(settle(p->one, THREE, "consensus", NULL, "few"), 1);
	assert_reference(p, THREE, "consensus none few -");
}

static void
nobody_waits_for_ever(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	want(p->one, THREE, "service", AT("01"));
	take(p->one, AT("01"), AT("02"));
	assert_int_equal(expire(p->one, AT("10"), "f"), 0);
	assert_int_equal(expire(p->one, AT("11"), "f"), 2);
	assert_reference(p, ONE, "service none no reference came in time -");
	assert_reference(
	    p, THREE, "consensus wanted no reference came in time -");
	assert_int_equal(expire(p->one, AT("39"), "f"), 0);
	assert_int_equal(expire(p->one, AT("40"), "f"), 1);
	assert_reference(
	    p, THREE, "consensus none no reference came in time -");
	assert_int_equal(expire(p->one, AT("59"), "t"), 0);
}

static void
a_service_that_is_out_is_not_waited_for(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	assert_int_equal(expire(p->one, AT("02"), "t"), 1);
	assert_reference(p, ONE, "service none the reference service is out -");
	assert_int_equal(fresh(state), 0);
	/* One that is being asked has its time. */
	want(p->one, ONE, "service", AT("01"));
	take(p->one, AT("01"), AT("03"));
	assert_int_equal(expire(p->one, AT("02"), "t"), 0);
	assert_int_equal(expire(p->one, AT("03"), "t"), 1);
	/* A consensus has nothing to do with it. */
	want(p->one, THREE, "consensus", AT("01"));
	assert_int_equal(expire(p->one, AT("02"), "t"), 0);
}

static void
a_job_is_due_when_it_is_over(void **state)
{
	struct stored *p = *state;

	want(p->one, THREE, "consensus", AT("01"));
	add_attempt(p, THREE, 1, "delivered");
	add_attempt(p, THREE, 2, "delivered");
	add_attempt(p, THREE, 3, "accepted");
	assert_int_equal(due(p->one), 0);
	end_job(p, THREE);
	assert_int_equal(due(p->one), 0);
	assert_int_equal(
	    db_exec(p->db, "update attempt set state = 'cancelled', "
			   "finished_at = now() where hotkey = 'h3'"),
	    0);
	assert_int_equal(due(p->one), 2);
	assert_int_equal(settle(p->one, THREE, "consensus", NULL, "few"), 1);
	assert_int_equal(due(p->one), 0);
}

static void
a_text_beyond_bounds_is_none(void **state)
{
	static const char *const params[] = {"1", "1"};
	struct stored *p = *state;
	PGresult *res;

	want(p->one, THREE, "consensus", AT("01"));
	add_attempt(p, THREE, 9, "delivered");
	add_attempt(p, THREE, 10, "delivered");
	end_job(p, THREE);
	res = ask(p->one, sql_reference_due, 2, params);
	assert_int_equal(PQntuples(res), 2);
	assert_string_equal(PQgetvalue(res, 0, PQfnumber(res, "text")), "9");
	assert_true(PQgetisnull(res, 1, PQfnumber(res, "text")));
	PQclear(res);
}

/* NULL: it says none. */
static void
assert_language(PGconn *conn, const char *sql, const char *const *params,
    const char *expected)
{
	PGresult *res = ask(conn, sql, 2, params);
	int column = PQfnumber(res, "language");

	assert_int_equal(PQntuples(res), 1);
	if (expected == NULL)
		assert_true(PQgetisnull(res, 0, column));
	else
		assert_string_equal(PQgetvalue(res, 0, column), expected);
	PQclear(res);
}

static void
attempts_wait_for_what_is_looked_for(void **state)
{
	static const char *const named[] = {
	    "1", "{01890000-0000-7000-8000-000000000101}"};
	struct stored *p = *state;

	add_attempt(p, ONE, 1, "delivered");
	assert_int_equal(unjudged(p->one), 1);
	want(p->one, ONE, "service", AT("01"));
	assert_int_equal(unjudged(p->one), 0);
	assert_int_equal(count(p->one, sql_judge_named, 2, named), 0);
	take(p->one, AT("01"), AT("02"));
	assert_int_equal(unjudged(p->one), 0);
	settle(p->one, ONE, "service", "so", NULL);
	assert_int_equal(unjudged(p->one), 1);
	assert_int_equal(count(p->one, sql_judge_named, 2, named), 1);
}

/* By which a text is compared whose job names no language. */
static void
what_the_kind_assumes_is_told(void **state)
{
	static const char *const params[] = {"1", "100"};
	static const char *const named[] = {
	    "1", "{01890000-0000-7000-8000-000000000101}"};
	struct stored *p = *state;

	add_attempt(p, ONE, 1, "delivered");
	assert_language(p->one, sql_judge_unjudged, params, NULL);
	assert_int_equal(
	    db_exec(p->db,
		"update kind set params = '{\"language\": {\"type\": "
		"\"language\", \"assumed\": \"ja\"}}'"),
	    0);
	assert_language(p->one, sql_judge_unjudged, params, "ja");
	assert_language(p->one, sql_judge_named, named, "ja");
	want(p->one, ONE, "consensus", AT("01"));
	end_job(p, ONE);
	assert_language(p->one, sql_reference_due, params, "ja");
	assert_int_equal(db_exec(p->db, "update kind set params = '{}'"), 0);
}

/* -- trusted miners ------------------------------------------------------- */

#define AGAIN ID(5)
#define THEN ID(6)

static void
assert_heard(PGconn *conn, const char *expected)
{
	char *is = heard(conn, "1000");

	if (expected == NULL)
		assert_null(is);
	else
		assert_string_equal(is, expected);
	free(is);
}

/* Over, one of them by h1 alone, the other by h1, h2 and h3. */
static void
end_both(struct stored *p)
{
	add_attempt(p, ONE, 1, "delivered");
	end_job(p, ONE);
	for (int i = 1; i <= 3; i++)
		add_attempt(p, THREE, i + 10, "delivered");
	assert_int_equal(
	    db_exec(
		p->db, "update attempt set hotkey = 'h' || right(hotkey, 1)"),
	    0);
	end_job(p, THREE);
}

/* Its only attempt, at h9. */
static void
answer_again(struct stored *p, const char *state)
{
	add_attempt(p, AGAIN, 9, state);
	end_job(p, AGAIN);
}

static void
a_job_is_given_when_it_is_over(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 0);
	end_job(p, ONE);
	add_attempt(p, ONE, 1, "accepted");
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 0);
	assert_int_equal(
	    db_exec(p->db, "update attempt set state = 'cancelled', "
			   "finished_at = now()"),
	    0);
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 1);
	assert_reference(p, ONE, "audit asked - -");
	assert_int_equal(
	    db_int(p->db, "select count(*) from reference where trusted = "
			  "'h9' and audit_job = '" AGAIN "' and asked_at = "
			  "'" AT("02") "' and deadline_at = '" AT("12") "'"),
	    1);
}

static void
what_is_given_is_the_same_job_for_one_alone(void **state)
{
	struct stored *p = *state;

	assert_int_equal(
	    db_exec(p->db,
		"update job set params = '{\"language\": \"en\"}', expect = "
		"'{\"words\": 3}', input_sha256 = repeat('a', 64), "
		"input_type = 'audio/wav', input_bytes = 7, miners_wanted = 2, "
		"sticky = 'x' where id = '" ONE "'"),
	    0);
	want(p->one, ONE, "audit", AT("01"));
	end_job(p, ONE);
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 1);
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from job a join job j using (netuid, kind, "
		"params, input_sha256, input_type, input_bytes) where a.id = "
		"'" AGAIN "' and j.id = '" ONE "' and a.input_of = j.id and "
		"a.source = 'audit' and a.only_hotkey = 'h9' and a.state = "
		"'queued' and a.miners_wanted = 1 and a.retries_left = 0 and "
		"a.expect is null and a.sticky is null"),
	    1);
}

static void
a_job_is_given_once(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "audit", AT("01"));
	end_job(p, ONE);
	PQclear(PQexec(p->one, "begin"));
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 1);
	assert_int_equal(give(p->two, AT("02"), THEN, "h9"), 0);
	PQclear(PQexec(p->one, "commit"));
	assert_int_equal(give(p->two, AT("02"), THEN, "h9"), 0);
	want(p->two, ONE, "audit", AT("03"));
	assert_int_equal(give(p->two, AT("03"), THEN, "h9"), 0);
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where source = 'audit'"),
	    1);
}

/* A giver that dies before it has said so has given nothing. */
static void
what_is_not_committed_is_not_given(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "audit", AT("01"));
	end_job(p, ONE);
	PQclear(PQexec(p->one, "begin"));
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h9"), 1);
	PQclear(PQexec(p->one, "rollback"));
	assert_int_equal(give(p->two, AT("02"), THEN, "h9"), 1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where source = 'audit'"),
	    1);
}

static void
none_of_its_own_miners_is_given_it(void **state)
{
	struct stored *p = *state;

	end_both(p);
	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(give(p->one, AT("02"), AGAIN, "h1 h9"), 1);
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where source = 'audit' "
			  "and only_hotkey = 'h9'"),
	    1);
	/* All are: what its miners agree on counts, or nothing does. */
	want(p->one, THREE, "audit", AT("03"));
	assert_int_equal(give(p->one, AT("04"), THEN, "h1 h2"), 1);
	assert_reference(p, THREE,
	    "consensus wanted all trusted miners were among its own -");
	assert_int_equal(due(p->one), 3);
	assert_int_equal(
	    db_exec(p->db, "update reference set state = 'wanted', audit_job = "
			   "null, trusted = null where job_id = '" ONE "'"),
	    0);
	assert_int_equal(give(p->one, AT("04"), THEN, "h1"), 1);
	assert_reference(
	    p, ONE, "audit none all trusted miners were among its own -");
	assert_int_equal(
	    db_int(p->db, "select count(*) from job where source = 'audit'"),
	    1);
}

/* One of many that are down, do not take the kind, are full or banned. To any
 * of them if none is better. */
static void
one_that_is_up_and_takes_the_kind_is_given_it(void **state)
{
	struct stored *p = *state;
	char *all;

	end_both(p);
	assert_int_equal(
	    db_exec(p->db,
		"insert into miner (netuid, hotkey, is_up, capacity, "
		"banned_at) values (1, 'good', true, '{\"k\": 2}', null), "
		"(2, 'h9', true, '{\"k\": 2}', null); "
		"insert into miner (netuid, hotkey, is_up, capacity, "
		"banned_at) select 1, what || n, what <> 'down', case what "
		"when 'other' then '{\"l\": 2}' when 'full' then '{\"k\": 0}' "
		"else '{\"k\": 2}' end::jsonb, case what when 'banned' then "
		"now() end from generate_series(1, 20) n, unnest('{down, "
		"other, full, banned}'::text[]) what"),
	    0);
	all = db_text(p->db, "select string_agg(hotkey, ' ') from miner");
	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(give(p->one, AT("02"), AGAIN, all), 1);
	free(all);
	want(p->one, THREE, "audit", AT("03"));
	assert_int_equal(give(p->one, AT("04"), THEN, "h1 down1"), 1);
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from reference where (job_id, "
		"trusted) in (('" ONE "', 'good'), ('" THREE "', 'down1'))"),
	    2);
}

static void
no_more_are_given_than_the_hour_has(void **state)
{
	struct stored *p = *state;

	end_both(p);
	want(p->one, ONE, "audit", AT("01"));
	want(p->one, THREE, "audit", AT("02"));
	assert_int_equal(give_within(p->one, "1", AT("03"), AGAIN, "h9"), 1);
	assert_int_equal(give_within(p->one, "1", AT("04"), THEN, "h9"), 1);
	assert_reference(p, ONE, "audit asked - -");
	assert_reference(
	    p, THREE, "consensus wanted the audits of this hour are used up -");
	/* Audits of other kinds are of the same budget. */
	assert_int_equal(fresh(state), 0);
	end_both(p);
	assert_int_equal(
	    db_exec(p->db,
		"insert into audit (attempt_id, netuid, kind, hotkey, trusted, "
		"job_id, at) values (gen_random_uuid(), 1, 'k', 'h1', 'h9', "
		"gen_random_uuid(), '" AT("00") "')"),
	    0);
	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(give_within(p->one, "1", AT("03"), AGAIN, "h9"), 1);
	assert_reference(
	    p, ONE, "audit none the audits of this hour are used up -");
}

static void
an_audit_knows_what_was_given(void **state)
{
	static const char *const begin[] = {
	    "01890000-0000-7000-8000-000000000111", THEN, "h9", NULL, AT("04"),
	    "1"};
	struct stored *p = *state;

	end_both(p);
	assert_int_equal(
	    db_exec(p->db, "update attempt set judged_at = finished_at"), 0);
	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(give(p->one, AT("03"), AGAIN, "h9"), 1);
	assert_int_equal(count(p->one, sql_audit_begin, 6, begin), 0);
	assert_int_equal(
	    db_exec(p->db, "update reference set asked_at = asked_at - "
			   "interval '2 h'"),
	    0);
	assert_int_equal(count(p->one, sql_audit_begin, 6, begin), 1);
}

static void
what_a_trusted_miner_says_is_the_reference(void **state)
{
	struct stored *p = *state;

	end_both(p);
	want(p->one, ONE, "audit", AT("01"));
	give(p->one, AT("02"), AGAIN, "h9");
	assert_heard(p->one, NULL);
	assert_int_equal(unjudged(p->one), 3);
	answer_again(p, "delivered");
	assert_heard(p->one, "9");
	assert_int_equal(settle(p->one, ONE, "audit", "9", NULL), 1);
	assert_reference(p, ONE, "audit ready - 9");
	assert_int_equal(settle(p->two, ONE, "audit", "8", NULL), 0);
	assert_heard(p->one, NULL);
	assert_int_equal(unjudged(p->one), 5);
}

static void
a_trusted_miner_that_says_nothing_is_heard(void **state)
{
	struct stored *p = *state;
	char *text;

	want(p->one, ONE, "audit", AT("01"));
	end_job(p, ONE);
	give(p->one, AT("02"), AGAIN, "h9");
	answer_again(p, "accepted");
	assert_int_equal(
	    db_exec(p->db, "update attempt set state = 'cancelled', "
			   "finished_at = now()"),
	    0);
	assert_heard(p->one, "-");
	assert_int_equal(
	    db_exec(p->db, "update attempt set state = 'delivered', "
			   "result_json = '{\"text\": \" \\n\"}'"),
	    0);
	assert_heard(p->one, "-");
	assert_int_equal(
	    db_exec(p->db,
		"update attempt set result_json = '{\"text\": \"ten\"}'"),
	    0);
	text = heard(p->one, "2");
	assert_string_equal(text, "-");
	free(text);
	text = heard(p->one, "3");
	assert_string_equal(text, "ten");
	free(text);
	assert_int_equal(settle(p->one, ONE, "audit", NULL, "no"), 1);
	assert_reference(p, ONE, "audit none no -");
}

static void
without_a_trusted_miner_three_are_waited_for(void **state)
{
	struct stored *p = *state;

	end_both(p);
	want(p->one, THREE, "audit", AT("01"));
	give(p->one, AT("02"), AGAIN, "h9");
	assert_int_equal(due(p->one), 0);
	assert_int_equal(settle_to(p->one, THREE, "audit", NULL, "no", "t"), 1);
	assert_reference(p, THREE, "consensus wanted no -");
	assert_int_equal(settle(p->one, THREE, "audit", "late", NULL), 0);
	assert_int_equal(due(p->one), 3);
	assert_int_equal(settle(p->one, THREE, "consensus", "so", NULL), 1);
	assert_reference(p, THREE, "consensus ready - so");
}

static void
a_trusted_miner_is_not_waited_for_for_ever(void **state)
{
	struct stored *p = *state;

	/* Not given: the job's time, and a while. */
	want(p->one, ONE, "audit", AT("01"));
	assert_int_equal(expire_to(p->one, AT("39"), "t", "t"), 0);
	assert_int_equal(expire_to(p->one, AT("40"), "t", "t"), 1);
	assert_reference(p, ONE, "audit none no reference came in time -");
	/* Given: a while from then on. */
	want(p->one, THREE, "audit", AT("01"));
	end_job(p, THREE);
	give(p->one, AT("02"), AGAIN, "h9");
	assert_int_equal(expire_to(p->one, AT("11"), "t", "t"), 0);
	assert_int_equal(expire_to(p->one, AT("12"), "t", "t"), 1);
	assert_reference(
	    p, THREE, "consensus wanted no reference came in time -");
	answer_again(p, "delivered");
	assert_heard(p->one, NULL);
}

static void
a_trusted_miner_stands_in_for_the_service(void **state)
{
	struct stored *p = *state;

	want(p->one, ONE, "service", AT("01"));
	want(p->one, THREE, "service", AT("01"));
	assert_int_equal(expire_to(p->one, AT("02"), "t", "t"), 2);
	assert_reference(p, ONE, "audit wanted the reference service is out -");
	assert_reference(
	    p, THREE, "audit wanted the reference service is out -");
	assert_int_equal(expire_to(p->one, AT("39"), "t", "t"), 0);
	assert_int_equal(fresh(state), 0);
	want(p->one, ONE, "service", AT("01"));
	take(p->one, AT("01"), AT("02"));
	assert_int_equal(settle_to(p->one, ONE, "service", NULL, "no", "t"), 1);
	assert_reference(p, ONE, "audit wanted no -");
	end_job(p, ONE);
	assert_int_equal(give(p->one, AT("06"), AGAIN, "h9"), 1);
	assert_reference(p, ONE, "audit asked - -");
}

/* -- plans ---------------------------------------------------------------- */

/* Of a million attempts and jobs, a few are looked at. */
static void
what_is_looked_for_is_found_by_an_index(void **state)
{
	static const struct {
		const char *sql, *explain;
	} asked[] = {
	    {sql_judge_unjudged, "explain execute s (1, 100)"},
	    {sql_judge_named, "explain execute s (1, '{" ONE "}')"},
	    {sql_reference_take,
		"explain execute s (1, '" AT("01") "', '" AT("01") "', 4)"},
	    {sql_reference_expire,
		"explain execute s (1, '" AT("01") "', false, 3, 1, true)"},
	    {sql_reference_due, "explain execute s (1, 1000)"},
	    {sql_reference_settle,
		"explain execute s (1, '" ONE "', 'service', '" AT(
		    "01") "', "
			  "'', '', '', null, null, null, 3, 1, true)"},
	    {sql_reference_give, "explain execute s (1, '" AT("01") "', '" ID(
				     9) "', 'a b', 60, 1, 3)"},
	    {sql_reference_heard, "explain execute s (1, 1000)"},
	};
	struct stored *p = *state;
	PGconn *conn = p->two;

	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"rank_at, finished_at) select gen_random_uuid(), 1, 'k', "
		"'done', '{}', 1, 1, 0, now(), now(), now(), now() from "
		"generate_series(1, 20000); "
		"insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
		"address, state, receipt, prepared_at, deadline_at, "
		"finished_at, judged_at) select gen_random_uuid(), id, 1, 'k', "
		"'h', 1, 'a:1', 'delivered', '{}', now(), now(), now(), now() "
		"from job where state = 'done'; "
		"insert into reference (netuid, job_id, source, state, "
		"wanted_at, deadline_at) select 1, id, 'service', 'ready', "
		"now(), now() from job where state = 'done'; "
		"analyze job, attempt, reference"),
	    0);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		PGresult *plan;

		PQclear(PQprepare(conn, "s", asked[i].sql, 0, NULL));
		PQclear(
		    PQexec(conn, "set plan_cache_mode = force_generic_plan"));
		plan = PQexec(conn, asked[i].explain);
		if (PQntuples(plan) == 0)
			fail_msg("%zu: %s", i, PQerrorMessage(conn));
		for (int k = 0; k < PQntuples(plan); k++) {
			const char *line = PQgetvalue(plan, k, 0);

			if (strstr(line, "Seq Scan on job") != NULL ||
			    strstr(line, "Seq Scan on attempt") != NULL ||
			    strstr(line, "Seq Scan on reference") != NULL)
				fail_msg("%zu: %s", i, line);
		}
		PQclear(plan);
		PQclear(PQexec(conn, "deallocate s"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(one_is_wanted_once, fresh),
	    cmocka_unit_test_setup(one_is_asked_for_by_one_at_a_time, fresh),
	    cmocka_unit_test_setup(one_is_settled_once, fresh),
	    cmocka_unit_test_setup(
		without_the_service_three_miners_are_waited_for, fresh),
	    cmocka_unit_test_setup(nobody_waits_for_ever, fresh),
	    cmocka_unit_test_setup(
		a_service_that_is_out_is_not_waited_for, fresh),
	    cmocka_unit_test_setup(a_job_is_due_when_it_is_over, fresh),
	    cmocka_unit_test_setup(a_text_beyond_bounds_is_none, fresh),
	    cmocka_unit_test_setup(attempts_wait_for_what_is_looked_for, fresh),
	    cmocka_unit_test_setup(what_the_kind_assumes_is_told, fresh),
	    cmocka_unit_test_setup(a_job_is_given_when_it_is_over, fresh),
	    cmocka_unit_test_setup(
		what_is_given_is_the_same_job_for_one_alone, fresh),
	    cmocka_unit_test_setup(a_job_is_given_once, fresh),
	    cmocka_unit_test_setup(what_is_not_committed_is_not_given, fresh),
	    cmocka_unit_test_setup(none_of_its_own_miners_is_given_it, fresh),
	    cmocka_unit_test_setup(
		one_that_is_up_and_takes_the_kind_is_given_it, fresh),
	    cmocka_unit_test_setup(no_more_are_given_than_the_hour_has, fresh),
	    cmocka_unit_test_setup(an_audit_knows_what_was_given, fresh),
	    cmocka_unit_test_setup(
		what_a_trusted_miner_says_is_the_reference, fresh),
	    cmocka_unit_test_setup(
		a_trusted_miner_that_says_nothing_is_heard, fresh),
	    cmocka_unit_test_setup(
		without_a_trusted_miner_three_are_waited_for, fresh),
	    cmocka_unit_test_setup(
		a_trusted_miner_is_not_waited_for_for_ever, fresh),
	    cmocka_unit_test_setup(
		a_trusted_miner_stands_in_for_the_service, fresh),
	    cmocka_unit_test_setup(
		what_is_looked_for_is_found_by_an_index, fresh),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

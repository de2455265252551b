/*
 * Which queued jobs of one tenant an instance claims, and in which order: by
 * priority, which ages; how it gives one up; and how PostgreSQL finds them
 * among many. Tenants against each other: test_fairness.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "orchestrator/queue.c"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define OURS "01890000-0000-7000-8000-0000000000aa"
#define THEIRS "01890000-0000-7000-8000-0000000000bb"
#define NOW "2026-01-02 04:00:00+00"

enum {
	AGEING_MS = 30000,
	NOW_S = 1767326400,
	QUEUED = 100000,
	DONE = 200000,
	MOST_PAGES = 3000,
	JIT_ABOVE = 100000,
};

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "claim");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

static int
empty(void **state)
{
	struct stored *p = *state;

	return db_exec(p->db, "truncate job cascade");
}

/* A job of that last digit that came so long ago; more: columns and values. */
static void
add(struct stored *p, int id, int age_s, int priority, const char *owner,
    const char *lease_until, const char *next_try)
{
	int64_t created = NOW_S - age_s;
	int64_t rank =
	    queue_rank_us(created * 1000000, priority, AGEING_MS) / 1000000;

	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, priority, "
		"created_at, deadline_at, rank_at, lease_owner, lease_until, "
		"next_try_at) values ('01890000-0000-7000-8000-00000000000%d', "
		"1, 'k', 'queued', '{}', 1, 1, 0, %d, to_timestamp(%lld), "
		"to_timestamp(%lld), to_timestamp(%lld), %s, %s, %s)",
		id, priority, (long long)created, (long long)created + 86400,
		(long long)rank, owner, lease_until, next_try),
	    0);
}

static void
add_waiting(struct stored *p, int id, int age_s, int priority)
{
	add(p, id, age_s, priority, "null", "null", "'" NOW "'");
}

/* The last digits of what is claimed one at a time, in that order. */
static void
claim_all(struct stored *p, const char *owner, const char *now, char *out)
{
	const char *const params[] = {"1", owner, now, now, "{k}", "{1}"};

	for (int i = 0; i < 10; i++) {
		PGresult *res = PQexecParams(
		    p->one, sql_job_claim, 6, NULL, params, NULL, NULL, 0);

		assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
		if (PQntuples(res) == 1) {
			const char *id = PQgetvalue(res, 0, 0);

			*out++ = id[strlen(id) - 1];
		}
		PQclear(res);
	}
	*out = '\0';
}

static void
assert_claimed(struct stored *p, const char *wanted)
{
	char got[16];

	claim_all(p, OURS, NOW, got);
	assert_string_equal(got, wanted);
}

/* By another instance, at that time. */
static void
assert_they_claim(struct stored *p, const char *now, const char *wanted)
{
	char got[16];

	claim_all(p, THEIRS, now, got);
	assert_string_equal(got, wanted);
}

static void
who_came_first_is_served_first(void **state)
{
	add_waiting(*state, 1, 10, 0);
	add_waiting(*state, 2, 30, 0);
	add_waiting(*state, 3, 20, 0);
	assert_claimed(*state, "231");
}

static void
priority_goes_first(void **state)
{
	add_waiting(*state, 1, 20, 0);
	add_waiting(*state, 2, 1, 5);
	add_waiting(*state, 3, 10, -5);
	assert_claimed(*state, "213");
}

/* Ten points are worth five minutes: who waits longer has had his time. */
static void
priority_ages(void **state)
{
	add_waiting(*state, 1, 290, 0);
	add_waiting(*state, 2, 310, 0);
	add_waiting(*state, 3, 0, 10);
	assert_claimed(*state, "231");
}

static void
only_what_is_due_and_nobodys_is_claimed(void **state)
{
	struct stored *p = *state;

	add(p, 1, 9, 0, "'" OURS "'", "'2026-01-02 05:00:00+00'",
	    "'" NOW "'"); /* our own */
	add(p, 2, 8, 0, "'" THEIRS "'", "'2026-01-02 05:00:00+00'",
	    "'" NOW "'"); /* held */
	add(p, 3, 7, 0, "'" THEIRS "'", "'2026-01-02 03:00:00+00'",
	    "'" NOW "'"); /* held no more */
	add(p, 4, 6, 0, "null", "null",
	    "'2026-01-02 04:00:01+00'"); /* not due */
	assert_claimed(p, "13");
}

/* One of these statements about job 1, on our behalf. */
static void
give_up(struct stored *p, const char *sql, const char *next_try)
{
	const char *const params[] = {
	    "01890000-0000-7000-8000-000000000001", OURS, next_try};
	PGresult *res =
	    PQexecParams(p->one, sql, 3, NULL, params, NULL, NULL, 0);

	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
}

/* Job 1: nobody has a lease on it, and it has been tried so often. */
static void
assert_nobodys(struct stored *p, int tries, const char *next_try)
{
	assert_int_equal(
	    db_int(p->db,
		"select count(*) from job where lease_owner is null and "
		"lease_until is null and tries = %d and next_try_at = '%s' "
		"and id = '01890000-0000-7000-8000-000000000001'",
		tries, next_try),
	    1);
}

static void
what_waits_is_anybodys_at_once(void **state)
{
	add_waiting(*state, 1, 20, 0);
	add_waiting(*state, 2, 10, 0);
	assert_claimed(*state, "12");
	assert_they_claim(*state, NOW, "");
	give_up(*state, sql_job_wait, NOW);
	assert_nobodys(*state, 0, NOW);
	assert_they_claim(*state, NOW, "1");
}

static void
what_is_tried_later_is_anybodys_then(void **state)
{
	add_waiting(*state, 1, 20, 0);
	assert_claimed(*state, "1");
	give_up(*state, sql_job_later, "2026-01-02 04:00:03+00");
	assert_nobodys(*state, 1, "2026-01-02 04:00:03+00");
	assert_claimed(*state, "");
	assert_they_claim(*state, "2026-01-02 04:00:03+00", "1");
}

static void
only_its_holder_gives_it_up(void **state)
{
	add(*state, 1, 9, 0, "'" THEIRS "'", "'2026-01-02 05:00:00+00'",
	    "'2026-01-02 04:00:02+00'");
	give_up(*state, sql_job_wait, NOW);
	give_up(*state, sql_job_later, NOW);
	assert_int_equal(db_int(((struct stored *)*state)->db,
			     "select count(*) from job where lease_owner = "
			     "'" THEIRS "' and tries = 0"),
	    1);
}

static void
only_what_there_is_room_for_is_touched(void **state)
{
	static const char *const rooms[] = {"{0}", "{-1}", "{}"};
	const char *params[] = {"1", OURS, NOW, NOW, "{k}", NULL};
	struct stored *p = *state;

	add_waiting(p, 1, 10, 0);
	for (size_t i = 0; i < 3; i++) {
		PGresult *res;

		params[5] = rooms[i];
		params[4] = i == 2 ? "{}" : "{k}";
		res = PQexecParams(
		    p->one, sql_job_claim, 6, NULL, params, NULL, NULL, 0);
		assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
		assert_int_equal(PQntuples(res), 0);
		PQclear(res);
	}
	assert_nobodys(p, 0, NOW);
}

/* So that one function reads the rows of both. */
static void
a_claim_has_the_columns_of_a_job(void **state)
{
	static const char *const names[] = {"claim", "get"};
	const char *const texts[] = {sql_job_claim, sql_job_get};
	struct stored *p = *state;
	PGresult *res[2];

	for (int i = 0; i < 2; i++) {
		PQclear(PQprepare(p->one, names[i], texts[i], 0, NULL));
		res[i] = PQdescribePrepared(p->one, names[i]);
		assert_int_equal(PQresultStatus(res[i]), PGRES_COMMAND_OK);
	}
	assert_int_equal(PQnfields(res[0]), PQnfields(res[1]));
	for (int i = 0; i < PQnfields(res[1]); i++)
		assert_true(PQfnumber(res[0], PQfname(res[1], i)) >= 0);
	PQclear(res[0]);
	PQclear(res[1]);
}

/* -- among many --------------------------------------------------------- */

/* As PostgreSQL carried the statement out, its lines in one; undone. */
static char *
claims_plan(struct stored *p)
{
	char *prepare = xasprintf("prepare claim as %s", sql_job_claim);
	struct buf plan = {0};
	PGresult *res;

	PQclear(PQexec(p->one, "deallocate all"));
	PQclear(PQexec(p->one, "begin"));
	res = PQexec(p->one, prepare);
	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
	res =
	    PQexec(p->one, "explain (analyze, buffers) execute claim (1, '" OURS
			   "', '" NOW "', '" NOW "', '{k}', '{50}')");
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(res); i++)
		buf_printf(&plan, "%s ", PQgetvalue(res, i, 0));
	PQclear(res);
	PQclear(PQexec(p->one, "rollback"));
	free(prepare);
	return buf_take_str(&plan);
}

/* That many jobs, of so many tenants in turn: queued, or finished. */
static void
fill(struct stored *p, const char *state, int n, int tenants)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at, next_try_at, finished_at, tenant) "
		"select gen_random_uuid(), 1, 'k', '%s', '{}', 1, 1, 0, "
		"'" NOW "', '" NOW "', to_timestamp(%d - i), '" NOW "', "
		"case when '%s' = 'done' then '" NOW "'::timestamptz end, "
		"'t' || i %% %d from generate_series(1, %d) i",
		state, NOW_S, state, tenants, n),
	    0);
}

/* The number behind a word, the first time it is there; 0. */
static long
number_behind(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at != NULL ? strtol(at + strlen(word), NULL, 10) : 0;
}

/*
 * Found by the index, in its order, however many there are: no other way to
 * the queue, a number of pages that goes with the claim, and a cost at which
 * PostgreSQL does not begin to compile (jit_above_cost).
 */
static void
assert_found_by_index(struct stored *p)
{
	char *plan = claims_plan(p);
	long pages = number_behind(plan, "Buffers: shared hit=") +
		     number_behind(plan, " read=");

	if (strstr(plan, "using job_turn on job") == NULL ||
	    strstr(plan, "Seq Scan on job") != NULL ||
	    strstr(plan, "Bitmap Index Scan on job_turn") != NULL ||
	    strstr(plan, "job_page") != NULL ||
	    strstr(plan, "job_open") != NULL ||
	    strstr(plan, "rows=50 loops=1") == NULL || pages > MOST_PAGES ||
	    number_behind(plan, "..") > JIT_ABOVE)
		fail_msg("%ld pages: %s", pages, plan);
	free(plan);
}

static void
many_jobs_of_one_tenant(void **state)
{
	struct stored *p = *state;

	fill(p, "done", DONE, 1);
	fill(p, "queued", QUEUED, 1);
	db_exec(p->db, "analyze job");
	assert_found_by_index(p);
}

static void
many_jobs_of_many_tenants(void **state)
{
	struct stored *p = *state;

	db_exec(p->db, "update job set tenant = 't' || abs(hashtext(id::text)) "
		       "%% 20 where state = 'queued'");
	db_exec(p->db, "analyze job");
	assert_found_by_index(p);
}

/* What PostgreSQL knows of the queue may be from a time when it was empty. */
static void
many_jobs_where_none_were_expected(void **state)
{
	struct stored *p = *state;

	db_exec(p->db, "delete from job where state = 'queued'");
	db_exec(p->db, "vacuum analyze job");
	fill(p, "queued", QUEUED, 1);
	assert_found_by_index(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(who_came_first_is_served_first, empty),
	    cmocka_unit_test_setup(priority_goes_first, empty),
	    cmocka_unit_test_setup(priority_ages, empty),
	    cmocka_unit_test_setup(
		only_what_is_due_and_nobodys_is_claimed, empty),
	    cmocka_unit_test_setup(what_waits_is_anybodys_at_once, empty),
	    cmocka_unit_test_setup(what_is_tried_later_is_anybodys_then, empty),
	    cmocka_unit_test_setup(only_its_holder_gives_it_up, empty),
	    cmocka_unit_test_setup(
		only_what_there_is_room_for_is_touched, empty),
	    cmocka_unit_test(a_claim_has_the_columns_of_a_job),
	    cmocka_unit_test_setup(many_jobs_of_one_tenant, empty),
	    cmocka_unit_test(many_jobs_of_many_tenants),
	    cmocka_unit_test(many_jobs_where_none_were_expected),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

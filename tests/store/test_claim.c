/*
 * Which queued jobs an instance claims, and in which order: by priority, which
 * ages; and how PostgreSQL finds them among many.
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
#include "tests/lib/sandbox.h"

#define OURS "01890000-0000-7000-8000-0000000000aa"
#define THEIRS "01890000-0000-7000-8000-0000000000bb"
#define NOW "2026-01-02 04:00:00+00"

enum { AGEING_MS = 30000, NOW_S = 1767326400 };

struct place {
	struct sandbox *box;
	struct db *db;
	PGconn *conn;
};

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "claim", .postgres = true};
	struct place *p = xcalloc(1, sizeof(*p));

	*state = p;
	p->box = sandbox_new(&o);
	if (p->box == NULL)
		return -1;
	p->db = db_open(sandbox_conninfo(p->box));
	p->conn = PQconnectdb(sandbox_conninfo(p->box));
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 1000, 1000, "
	    "1000, 2, 1, 1, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status;

	PQfinish(p->conn);
	db_close(p->db);
	status = sandbox_end(p->box, false);
	free(p);
	return status;
}

static int
empty(void **state)
{
	struct place *p = *state;

	return db_exec(p->db, "delete from job");
}

/* A job of that last digit that came so long ago; more: columns and values. */
static void
add(struct place *p, int id, int age_s, int priority, const char *owner,
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
add_waiting(struct place *p, int id, int age_s, int priority)
{
	add(p, id, age_s, priority, "null", "null", "'" NOW "'");
}

/* The last digits of what is claimed one at a time, in that order. */
static void
claim_all(struct place *p, char *out)
{
	const char *const params[] = {"1", OURS, NOW, NOW, "1"};

	for (int i = 0; i < 10; i++) {
		PGresult *res = PQexecParams(
		    p->conn, sql_job_claim, 5, NULL, params, NULL, NULL, 0);

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
assert_claimed(struct place *p, const char *wanted)
{
	char got[16];

	claim_all(p, got);
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
	struct place *p = *state;

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

/* As PostgreSQL means to carry the statement out, its lines in one. */
static char *
claims_plan(struct place *p)
{
	char *prepare = xasprintf("prepare claim as %s", sql_job_claim);
	struct buf plan = {0};
	PGresult *res = PQexec(p->conn, prepare);

	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
	res = PQexec(p->conn,
	    "explain execute claim (1, '" OURS "', '" NOW "', '" NOW "', 50)");
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(res); i++)
		buf_printf(&plan, "%s ", PQgetvalue(res, i, 0));
	PQclear(res);
	free(prepare);
	return buf_take_str(&plan);
}

/* Found by the index, in its order, however many there are. */
static void
many_jobs_are_not_sorted(void **state)
{
	struct place *p = *state;
	char *plan;

	db_exec(p->db,
	    "insert into job (id, netuid, kind, state, params, miners_min, "
	    "miners_wanted, retries_left, created_at, deadline_at, rank_at, "
	    "next_try_at, finished_at) select gen_random_uuid(), 1, 'k', "
	    "case when i %% 10 = 0 then 'queued' else 'done' end::job_state, "
	    "'{}', 1, 1, 0, '" NOW "', '" NOW "', to_timestamp(%d - i), "
	    "'" NOW "', case when i %% 10 = 0 then null else '" NOW
	    "'::timestamptz end from generate_series(1, 50000) i",
	    NOW_S);
	db_exec(p->db, "analyze job");
	plan = claims_plan(p);
	assert_non_null(strstr(plan, "job_queue"));
	assert_null(strstr(plan, "Sort"));
	free(plan);
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
	    cmocka_unit_test_setup(many_jobs_are_not_sorted, empty),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

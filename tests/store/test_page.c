/*
 * What the page asks, where it is easily counted wrong: jobs that take longer
 * than it looks back, attempts that were imported.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <libpq-fe.h>

#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

static const char now[] = "2026-01-01 10:00:00Z";

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "page");

	return p != NULL ? db_exec(p->db,
			       "insert into job (id, netuid, kind, state, "
			       "params, miners_min, miners_wanted, "
			       "retries_left, created_at, finished_at, "
			       "deadline_at, rank_at) "
			       "select gen_random_uuid(), 1, kind, "
			       "state::job_state, '{}', 1, 1, 0, created, "
			       "finished, created + interval '7 d', created "
			       "from (select kind, state, "
			       "('2026-01-01 ' || c || 'Z')::timestamptz, "
			       "('2026-01-01 ' || f || 'Z')::timestamptz "
			       "from (values "
			       "('quick', 'done', '09:59:50', '09:59:51'), "
			       "('quick', 'failed', '09:50:00', '09:50:10'), "
			       "('quick', 'done', '09:44:00', '09:44:59'), "
			       "('quick', 'queued', '09:59:00', null), "
			       "('long', 'done', '07:59:00', '09:59:00'), "
			       "('long', 'expired', '02:00:00', '09:46:00'), "
			       "('long', 'cancelled', '02:00:00', '09:47:00'), "
			       "('other', 'queued', '03:00:00', null)) "
			       "as v (kind, state, c, f)) "
			       "as j (kind, state, created, finished)")
			 : -1;
}

/* The caller's to decref. */
static json_t *
ask(const struct stored *p)
{
	const char *const params[] = {"1", now, "0"};
	PGresult *res =
	    PQexecParams(p->one, sql_page_now, 3, NULL, params, NULL, NULL, 0);
	json_t *body;

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	body = json_loads(PQgetvalue(res, 0, 0), 0, NULL);
	assert_non_null(body);
	PQclear(res);
	return body;
}

static void
check(const json_t *of, int accepted, int done, int failed, double p50_ms)
{
	assert_int_equal(
	    json_integer_value(json_object_get(of, "accepted")), accepted);
	assert_int_equal(json_integer_value(json_object_get(of, "done")), done);
	assert_int_equal(
	    json_integer_value(json_object_get(of, "failed")), failed);
	assert_true(json_number_value(json_object_get(of, "p50_ms")) == p50_ms);
}

static int64_t
sum(const json_t *body, const char *name)
{
	const json_t *steps =
	    json_object_get(json_object_get(body, "steps"), name);
	int64_t n = 0;

	assert_int_equal(json_array_size(steps), 90);
	for (size_t i = 0; i < json_array_size(steps); i++)
		n += json_integer_value(json_array_get(steps, i));
	return n;
}

static void
a_job_that_took_hours_ends_when_it_ends(void **state)
{
	json_t *body = ask(*state);
	const json_t *kinds = json_object_get(body, "kinds");

	check(json_object_get(body, "all"), 3, 2, 2, 3600500);
	assert_int_equal(json_array_size(kinds), 3);
	check(json_array_get(kinds, 0), 0, 1, 1, 7200000); /* long */
	check(json_array_get(kinds, 1), 0, 0, 0, 0);	   /* other */
	check(json_array_get(kinds, 2), 3, 1, 1, 1000);	   /* quick */
	assert_int_equal(sum(body, "accepted"), 3);
	assert_int_equal(sum(body, "done"), 2);
	assert_int_equal(sum(body, "failed"), 2);
	assert_string_equal(json_string_value(json_object_get(body, "since")),
	    "2026-01-01T09:45:00+00:00");
	json_decref(body);
}

/* -- receipts ------------------------------------------------------------- */

/* One of now, and one of another system's, whose id is no time. */
static int
have_attempts(const struct stored *p)
{
	return db_exec(p->db,
	    "with of as (select (lpad(to_hex((extract(epoch from now()) * "
	    "1000)::bigint), 12, '0') || '7fff8fffffffffffffff')::uuid as "
	    "ours, "
	    "uuid 'c0ffee00-0000-8000-8000-000000000001' as theirs), "
	    "made as (insert into job (id, netuid, kind, state, params, "
	    "miners_min, miners_wanted, retries_left, created_at, "
	    "deadline_at, rank_at) select id, 1, 'k', 'running', '{}', 1, 1, "
	    "0, now(), now(), now() from of "
	    "cross join lateral (values (ours), (theirs)) as v (id)) "
	    "insert into attempt (id, job_id, netuid, kind, hotkey, uid, "
	    "address, state, receipt, prepared_at, deadline_at) "
	    "select id, id, 1, 'k', name, 1, 'x', 'sent', '{}', now(), now() "
	    "from of cross join lateral (values (ours, 'ours'), "
	    "(theirs, 'theirs')) as v (id, name)");
}

static int
count_rows(
    const struct stored *p, const char *sql, int n, const char *const *params)
{
	PGresult *res =
	    PQexecParams(p->one, sql, n, NULL, params, NULL, NULL, 0);
	int rows;

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(p->one));
	rows = PQntuples(res);
	PQclear(res);
	return rows;
}

static void
what_was_imported_is_not_the_latest(void **state)
{
	const struct stored *p = *state;
	static const char *const page[] = {"1", NULL, "10"};
	static const char *const since[] = {
	    "1", NULL, "2026-01-01 00:00:00Z", "10"};
	static const char *const all[] = {"1", NULL, NULL, "10"};
	static const char *const job[] = {
	    "1", "c0ffee00-0000-8000-8000-000000000001", NULL, "10"};

	assert_int_equal(have_attempts(p), 0);
	assert_int_equal(count_rows(p, sql_page_receipts, 3, page), 1);
	assert_int_equal(count_rows(p, sql_ctl_route_receipts, 4, since), 1);
	assert_int_equal(count_rows(p, sql_ctl_route_receipts, 4, all), 1);
	assert_int_equal(count_rows(p, sql_ctl_route_receipts, 4, job), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_job_that_took_hours_ends_when_it_ends),
	    cmocka_unit_test(what_was_imported_is_not_the_latest),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

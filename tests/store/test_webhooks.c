/*
 * Tables webhook and webhook_delivery: whom the end of a job is told to, who
 * may take a delivery, and what becomes of it. Two instances are two
 * connections.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>

#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/stored.h"

#define NOW "2026-01-02 04:00:00+00"
#define LATER "2026-01-02 04:01:00+00"
#define JOB "01890000-0000-7000-8000-0000000000"
#define HOOK "01890000-0000-7000-8000-0000000001"

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "webhooks");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 60000, "
	    "1000, 1000, 2, 1, 2, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

static int
empty(void **state)
{
	struct stored *p = *state;

	if (PQtransactionStatus(p->one) != PQTRANS_IDLE)
		PQclear(PQexec(p->one, "rollback"));
	return db_exec(p->db,
	    "delete from webhook_delivery; delete from webhook; "
	    "delete from job");
}

/* Its rows, the caller's to PQclear. */
static PGresult *
query(PGconn *conn, const char *sql, int n, const char *const *params)
{
	PGresult *res = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return res;
}

/* How many rows it has. */
static int
rows(PGconn *conn, const char *sql, int n, const char *const *params)
{
	PGresult *res = query(conn, sql, n, params);
	int n_rows = PQntuples(res);

	PQclear(res);
	return n_rows;
}

static int64_t
count(struct stored *p, const char *where)
{
	return db_int(
	    p->db, "select count(*) from webhook_delivery where %s", where);
}

/* -- whom the end of a job is told to ------------------------------------ */

/* Job n of a tenant, running, with a source and, perhaps, a URL. */
static void
add_job(struct stored *p, int n, const char *tenant, const char *source,
    const char *url)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, miners_min, "
		"miners_wanted, retries_left, created_at, deadline_at, "
		"next_try_at, rank_at, tenant, source, webhook_url) values "
		"('" JOB "%02d', 1, 'k', 'running', '{}', 1, 1, 3, '" NOW
		"', '" LATER "', '" NOW "', '" NOW "', '%s', '%s', %s%s%s)",
		n, tenant, source, url != NULL ? "'" : "",
		url != NULL ? url : "null", url != NULL ? "'" : ""),
	    0);
}

static void
add_hook(
    struct stored *p, int n, int netuid, const char *tenant, const char *events)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into webhook (id, netuid, tenant, url, secret, events, "
		"created_at) values ('" HOOK "%02d', %d, '%s', "
		"'https://h%d.test:8443/a?b', 's', '%s', '" NOW "')",
		n, netuid, tenant, n, events),
	    0);
}

/* Whether the step was made; told is what it says of webhooks. */
static bool
step(struct stored *p, int n, const char *to, bool *told)
{
	char id[48];
	const char *const params[] = {id, "{\"{running,queued,assigned}\"}", to,
	    "{null}", "{\"" NOW "\"}", "{null}", "{null}", "{0}"};
	PGresult *res;
	bool made;

	snprintf(id, sizeof(id), "{" JOB "%02d}", n);
	res = query(p->one, sql_job_step, 8, params);
	made = PQntuples(res) == 1;
	*told = made &&
		strcmp(PQgetvalue(res, 0, PQfnumber(res, "told")), "t") == 0;
	PQclear(res);
	return made;
}

static void
end_job(struct stored *p, int n, const char *to, int messages)
{
	int64_t before = count(p, "true");
	bool told;

	assert_true(step(p, n, to, &told));
	assert_int_equal(told, messages > 0);
	if (count(p, "true") - before != messages)
		fail_msg("job %d to %s: %d messages", n, to,
		    (int)(count(p, "true") - before));
}

static void
whoever_wants_to_know_is_told(void **state)
{
	struct stored *p = *state;

	add_job(p, 1, "a", "client", NULL);
	end_job(p, 1, "{done}", 0);
	add_hook(p, 1, 1, "a", "{}");
	add_hook(p, 2, 1, "a", "{job.failed,job.expired}");
	add_hook(p, 3, 1, "b", "{}");
	add_hook(p, 4, 2, "a", "{}");
	add_job(p, 2, "a", "client", NULL);
	end_job(p, 2, "{done}", 1);
	add_job(p, 3, "a", "client", NULL);
	end_job(p, 3, "{expired}", 2);
	add_job(p, 4, "", "client", NULL);
	end_job(p, 4, "{done}", 0);
	add_job(p, 5, "b", "client", "https://named.test/x");
	end_job(p, 5, "{cancelled}", 2);
	assert_int_equal(
	    count(p,
		"webhook is null and url = 'https://named.test/x' and receiver "
		"= 'named.test' and event = 'job.cancelled' and tenant = 'b'"),
	    1);
	assert_int_equal(
	    count(p, "webhook = '" HOOK "01' and event = 'job.done' "
		     "and receiver = 'h1.test:8443' and job_id = "
		     "'" JOB "02' and created_at = '" NOW "' and "
		     "next_try_at = '" NOW "' and tries = 0"),
	    1);
}

static void
what_is_no_end_or_no_clients_is_told_to_nobody(void **state)
{
	static const char *const sources[] = {"schedule", "audit", "challenge"};
	struct stored *p = *state;
	bool told;

	add_hook(p, 1, 1, "", "{}");
	add_job(p, 1, "", "client", "https://named.test/");
	end_job(p, 1, "{queued}", 0);
	end_job(p, 1, "{done}", 2);
	/* It has ended: another step finds nothing to do. */
	assert_false(step(p, 1, "{done}", &told));
	assert_int_equal(count(p, "true"), 2);
	for (int i = 0; i < 3; i++) {
		add_job(p, 10 + i, "", sources[i], "https://named.test/");
		end_job(p, 10 + i, "{done}", 0);
	}
	assert_int_equal(db_exec(p->db, "update webhook set disabled_at = '" NOW
					"', why = 'gone'"),
	    0);
	add_job(p, 2, "", "client", NULL);
	end_job(p, 2, "{failed}", 0);
}

/* As a batch sends them: each row knows whether it is told of. */
static void
steps_of_a_batch_tell_each_their_own(void **state)
{
	const char *const params[] = {"{" JOB "01," JOB "02," JOB "03}",
	    "{\"{running}\",\"{running}\",\"{running}\"}",
	    "{done,queued,failed}", "{null,null,null}",
	    "{" NOW "," NOW "," NOW "}", "{null,null,null}", "{null,null,null}",
	    "{0,0,0}"};
	struct stored *p = *state;
	PGresult *res;

	add_job(p, 1, "a", "client", NULL);
	add_job(p, 2, "b", "client", "https://named.test/");
	add_job(p, 3, "b", "client", "https://named.test/");
	res = query(p->one, sql_job_step, 8, params);
	assert_int_equal(PQntuples(res), 3);
	for (int i = 0; i < 3; i++) {
		bool told = *PQgetvalue(res, i, PQfnumber(res, "told")) == 't';

		assert_int_equal(told,
		    strcmp(PQgetvalue(res, i, PQfnumber(res, "row")), "3") ==
			0);
	}
	PQclear(res);
	assert_int_equal(count(p, "true"), 1);
}

/* -- who takes it -------------------------------------------------------- */

static void
add_due(struct stored *p, const char *receiver, int n, const char *due)
{
	assert_int_equal(
	    db_exec(p->db,
		"insert into webhook_delivery (netuid, tenant, url, receiver, "
		"event, created_at, next_try_at) select 1, 'a', "
		"'https://%s/', '%s', 'job.done', '" NOW "', timestamptz '%s' "
		"- interval '1 s' * i from generate_series(1, %d) i",
		receiver, receiver, due, n),
	    0);
}

struct ask {
	const char *now, *all, *of_one, *busy, *counts;
};

/* How many it takes. */
static int
claim(PGconn *conn, const struct ask *a)
{
	const char *const params[] = {"1", a->now, "2026-01-02 05:00:00+00",
	    a->all, a->of_one, a->busy != NULL ? a->busy : "{}",
	    a->counts != NULL ? a->counts : "{}"};

	return rows(conn, sql_webhook_claim, 7, params);
}

static void
one_receiver_takes_no_others_place(void **state)
{
	struct stored *p = *state;

	add_due(p, "slow.test", 500, "2026-01-01 00:00:00+00");
	add_due(p, "a.test", 3, NOW);
	add_due(p, "z.test", 3, NOW);
	add_due(p, "later.test", 3, LATER);
	assert_int_equal(
	    claim(p->one, &(struct ask){NOW, "64", "4", NULL, NULL}), 10);
	assert_int_equal(count(p, "tries = 1 and receiver = 'slow.test'"), 4);
	assert_int_equal(count(p, "tries = 1 and receiver = 'a.test'"), 3);
	assert_int_equal(count(p, "tries = 1 and receiver = 'z.test'"), 3);
	/* Those it has count, wherever they stand in the alphabet. */
	assert_int_equal(claim(p->one, &(struct ask){NOW, "64", "4",
					   "{slow.test,x.test}", "{4,1}"}),
	    0);
	assert_int_equal(
	    claim(p->one, &(struct ask){NOW, "64", "4", "{slow.test}", "{3}"}),
	    1);
}

/* Of few places the longest due get theirs. */
static void
the_longest_due_goes_first(void **state)
{
	struct stored *p = *state;

	add_due(p, "a.test", 2, NOW);
	add_due(p, "z.test", 2, "2026-01-01 00:00:00+00");
	assert_int_equal(
	    claim(p->one, &(struct ask){NOW, "2", "4", NULL, NULL}), 2);
	assert_int_equal(count(p, "tries = 1 and receiver = 'z.test'"), 2);
}

static void
what_is_taken_is_nobody_elses_until_its_time_is_over(void **state)
{
	struct stored *p = *state;

	add_due(p, "a.test", 4, NOW);
	PQclear(PQexec(p->one, "begin"));
	assert_int_equal(
	    claim(p->one, &(struct ask){NOW, "2", "4", NULL, NULL}), 2);
	/* Neither while the other is at it, nor when it has it. */
	assert_int_equal(
	    claim(p->two, &(struct ask){NOW, "64", "1", NULL, NULL}), 0);
	PQclear(PQexec(p->one, "commit"));
	assert_int_equal(
	    claim(p->two, &(struct ask){NOW, "64", "4", NULL, NULL}), 2);
	assert_int_equal(
	    claim(p->two, &(struct ask){NOW, "64", "4", NULL, NULL}), 0);
	assert_int_equal(claim(p->two, &(struct ask){"2026-01-02 05:00:00+00",
					   "64", "4", NULL, NULL}),
	    4);
	assert_int_equal(count(p, "tries = 2"), 4);
}

/* -- what becomes of it -------------------------------------------------- */

static int
outcome(struct stored *p, const char *id, const char *try, const char *next,
    const char *ended)
{
	const char *const params[] = {
	    id, try, "500", "answered with 500", next, ended, "f"};

	return rows(p->one, sql_webhook_outcome, 7, params);
}

static void
only_the_last_try_says_what_came_of_it(void **state)
{
	struct stored *p = *state;
	char *id;

	add_due(p, "a.test", 1, NOW);
	assert_int_equal(
	    claim(p->one, &(struct ask){NOW, "1", "1", NULL, NULL}), 1);
	id = db_text(p->db, "select id from webhook_delivery");
	assert_int_equal(outcome(p, id, "2", LATER, NULL), 0);
	assert_int_equal(outcome(p, id, "1", LATER, NULL), 1);
	assert_int_equal(
	    count(p, "next_try_at = '" LATER "' and ended_at is null"), 1);
	assert_int_equal(outcome(p, id, "1", NULL, NOW), 1);
	assert_int_equal(outcome(p, id, "1", LATER, NULL), 0);
	assert_int_equal(count(p, "ended_at = '" NOW "' and not delivered"), 1);
	free(id);
}

static void
a_receiver_that_is_gone_takes_its_own_with_it(void **state)
{
	const char *const params[] = {NULL, NOW, "410"};
	const char *given[3];
	struct stored *p = *state;
	char *id;

	add_hook(p, 1, 1, "a", "{}");
	add_due(p, "a.test", 3, NOW);
	add_due(p, "b.test", 2, NOW);
	assert_int_equal(
	    db_exec(p->db, "update webhook_delivery set webhook = '" HOOK
			   "01' where receiver = 'a.test'; "
			   "update webhook_delivery set tenant = 'other' "
			   "where ctid = (select ctid from webhook_delivery "
			   "where receiver = 'a.test' limit 1)"),
	    0);
	id = db_text(p->db, "select id from webhook_delivery where receiver = "
			    "'a.test' and tenant = 'a' limit 1");
	memcpy(given, params, sizeof(given));
	given[0] = id;
	assert_int_equal(rows(p->one, sql_webhook_gone, 3, given), 2);
	assert_int_equal(count(p, "why = 'gone' and receiver = 'a.test'"), 2);
	assert_int_equal(count(p, "status = 410"), 1);
	assert_int_equal(count(p, "ended_at is null"), 3);
	assert_int_equal(db_int(p->db, "select count(*) from webhook where "
				       "disabled_at = '" NOW "' and why = "
				       "'gone'"),
	    1);
	free(id);
}

static void
what_has_ended_is_forgotten_in_lots(void **state)
{
	const char *const params[] = {"1", "2026-01-01 12:00:00+00", "3"};
	struct stored *p = *state;

	add_due(p, "a.test", 5, NOW);
	add_due(p, "b.test", 2, NOW);
	assert_int_equal(
	    db_exec(p->db, "update webhook_delivery set ended_at = case when "
			   "receiver = 'a.test' then timestamptz '2026-01-01 "
			   "00:00:00+00' else '" NOW "' end"),
	    0);
	add_due(p, "c.test", 1, "2025-01-01 00:00:00+00");
	rows(p->one, sql_webhook_trim, 3, params);
	assert_int_equal(count(p, "true"), 5);
	rows(p->one, sql_webhook_trim, 3, params);
	assert_int_equal(count(p, "true"), 3);
	assert_int_equal(count(p, "receiver = 'a.test'"), 0);
}

/* -- endpoints ----------------------------------------------------------- */

static void
a_tenant_has_so_many_endpoints(void **state)
{
	struct stored *p = *state;

	for (int i = 0; i < 4; i++) {
		char id[40];
		const char *const params[] = {id, "1", i < 3 ? "a" : "b",
		    "https://a.test/", "s", "{}", NOW, "2"};

		snprintf(id, sizeof(id), HOOK "%02d", i);
		assert_int_equal(
		    rows(p->one, sql_webhook_insert, 8, params), i != 2);
	}
}

/* Of two instances that make it at once, one does. */
static void
a_tenants_own_secret_is_made_once(void **state)
{
	static const char *const first[] = {HOOK "01", "1", "a", "s1", NOW};
	static const char *const second[] = {HOOK "02", "1", "a", "s2", NOW};
	struct stored *p = *state;

	for (int i = 0; i < 2; i++) {
		PGresult *res = query(i == 0 ? p->one : p->two,
		    sql_webhook_unnamed, 5, i == 0 ? first : second);

		assert_int_equal(PQntuples(res), 1);
		assert_string_equal(
		    PQgetvalue(res, 0, PQfnumber(res, "id")), HOOK "01");
		assert_string_equal(
		    PQgetvalue(res, 0, PQfnumber(res, "secret")), "s1");
		PQclear(res);
	}
}

/* Of tables that grow while the plan is kept. */
static void
deliveries_are_found_by_their_indexes(void **state)
{
	static const struct {
		const char *sql, *explain;
	} all[] = {
	    {sql_webhook_claim, "explain execute s (null, null, null, null, "
				"null, null, null)"},
	    {sql_webhook_outcome, "explain execute s (null, null, null, null, "
				  "null, null, null)"},
	    {sql_webhook_age, "explain execute s (null)"},
	};
	struct stored *p = *state;

	PQclear(PQexec(p->one, "set plan_cache_mode = force_generic_plan"));
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		PGresult *plan;
		int scans = 0;

		PQclear(PQprepare(p->one, "s", all[i].sql, 0, NULL));
		plan = PQexec(p->one, all[i].explain);
		assert_true(PQntuples(plan) > 0);
		for (int k = 0; k < PQntuples(plan); k++) {
			const char *line = PQgetvalue(plan, k, 0);

			scans += strstr(line, "Index") != NULL;
			if (strstr(line, "Seq Scan on webhook") != NULL)
				fail_msg("%zu: %s", i, line);
		}
		assert_true(scans > 0);
		PQclear(plan);
		PQclear(PQexec(p->one, "deallocate s"));
	}
}

#define TEST(f) cmocka_unit_test_setup(f, empty)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(whoever_wants_to_know_is_told),
	    TEST(what_is_no_end_or_no_clients_is_told_to_nobody),
	    TEST(steps_of_a_batch_tell_each_their_own),
	    TEST(one_receiver_takes_no_others_place),
	    TEST(the_longest_due_goes_first),
	    TEST(what_is_taken_is_nobody_elses_until_its_time_is_over),
	    TEST(only_the_last_try_says_what_came_of_it),
	    TEST(a_receiver_that_is_gone_takes_its_own_with_it),
	    TEST(what_has_ended_is_forgotten_in_lots),
	    TEST(a_tenant_has_so_many_endpoints),
	    TEST(a_tenants_own_secret_is_made_once),
	    TEST(deliveries_are_found_by_their_indexes),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

/*
 * Table schedule: the file taken over, due times fired once whoever looks,
 * and what subnetctl does with it. Two instances are two connections; one
 * more is schedules.c itself on a loop of ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>
#include <jansson.h>
#include <libpq-fe.h>

#include "common/xalloc.h"
#include "orchestrator/cron.c"
#include "orchestrator/queue.c"
#include "orchestrator/schedule.c"
#include "orchestrator/schedules.c"
#include "orchestrator/store_schedules.c"
#include "sql.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/stored.h"

#define NOW "2026-01-02 04:00:00+00"
#define NOW_US "1767326400000000"
#define NEXT_US "1767326700000000" /* 04:05 */
#define ID "01890000-0000-7000-8000-0000000000"

enum { RACES = 40, LOOP_S = 30 };

struct claim {
	struct event_base *base;
	int claims;
};

/* -- the world around schedules.c ----------------------------------------- */

void
claim_in(struct claim *claim, int64_t ms)
{
	assert_int_equal(ms, 0);
	claim->claims++;
	event_base_loopbreak(claim->base);
}

/* There is no file here. */
struct job *
order_parse(const struct kinds *kinds, const json_t *request, int64_t at_us,
    struct err *err)
{
	(void)kinds;
	(void)request;
	(void)at_us;
	err_set(err, "nothing is submitted");
	return NULL;
}

void
job_free(struct job *job)
{
	(void)job;
}

/* -- the sandbox ---------------------------------------------------------- */

static int
set_up(void **state)
{
	struct stored *p = stored_new(state, "schedules");

	if (p == NULL)
		return -1;
	return db_exec(p->db,
	    "insert into kind values (1, 'k', 'native', '/', 'k', 60000, "
	    "1000, 1000, 2, 1, 2, 3, '{}', 0, '{}', 1000, '{}', 'none')");
}

/* Whatever a test that failed left open, too. */
static int
empty(void **state)
{
	struct stored *p = *state;

	for (int i = 0; i < 2; i++)
		PQclear(PQexec(i == 0 ? p->one : p->two, "rollback"));
	return db_exec(p->db, "delete from schedule; delete from job");
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

static void
seed(struct stored *p, const char *rows)
{
	const char *const params[] = {"1", rows};

	PQclear(query(p->one, sql_schedule_seed, 2, params));
}

#define ROW(name, cron, job)                                                   \
	"{\"netuid\": 1, \"name\": \"" name "\", \"cron\": \"" cron            \
	"\", \"jitter_ms\": 0, \"kind\": \"k\", \"job\": " job                 \
	", \"in_file\": true, \"enabled\": true}"
#define PLAIN "{\"params\": {\"a\": 1}, \"priority\": 0, \"lead_ms\": 0}"

static void
seed_due(struct stored *p, const char *rows)
{
	seed(p, rows);
	assert_int_equal(
	    db_exec(p->db, "update schedule set next_at = '" NOW "'"), 0);
}

static char *
due(const char *name, const char *due_us, const char *next_us, int id)
{
	return xasprintf("[{\"name\": \"%s\", \"due_us\": %s, "
			 "\"next_us\": %s, \"job\": \"" ID "%02d\"}]",
	    name, due_us, next_us, id);
}

/* How many were fired. */
static int
fire(PGconn *conn, const char *name, const char *due_us, int id)
{
	char *rows = due(name, due_us, NEXT_US, id);
	const char *const params[] = {"1", rows, NOW};
	PGresult *res = query(conn, sql_schedule_fire, 3, params);
	int n = PQntuples(res);

	PQclear(res);
	free(rows);
	return n;
}

static void
assert_text(struct stored *p, const char *sql, const char *wanted)
{
	char *got = db_text(p->db, "%s", sql);

	assert_non_null(got);
	assert_string_equal(got, wanted);
	free(got);
}

#define assert_rows(p, wanted, ...)                                            \
	assert_int_equal(                                                      \
	    db_int((p)->db, "select count(*) from " __VA_ARGS__), wanted)

/* -- the file ------------------------------------------------------------- */

static const char two[] =
    "[" ROW("a", "@daily", PLAIN) "," ROW("b", "@daily", PLAIN) "]";

static void
the_file_is_taken_over(void **state)
{
	struct stored *p = *state;

	seed(p, two);
	assert_rows(p, 2, "schedule where next_at is null and enabled");
	seed_due(p, two);
	assert_rows(p, 2, "schedule where next_at = '" NOW "'");
	/* Said otherwise, it is due anew. */
	seed(
	    p, "[" ROW("a", "@hourly", PLAIN) "," ROW("b", "@daily", "{}") "]");
	assert_rows(p, 1,
	    "schedule where name = 'a' and cron = '@hourly' and "
	    "next_at is null");
	assert_rows(p, 1,
	    "schedule where name = 'b' and job = '{}' and "
	    "next_at = '" NOW "'");
}

static void
what_is_not_in_it_any_more_does_not_fire(void **state)
{
	struct stored *p = *state;

	seed_due(p, two);
	seed(p, "[" ROW("a", "@daily", PLAIN) "]");
	assert_rows(p, 1, "schedule where name = 'b' and not in_file");
	assert_int_equal(fire(p->one, "b", NOW_US, 1), 0);
	assert_int_equal(fire(p->one, "a", NOW_US, 2), 1);
	seed(p, "[]");
	assert_rows(p, 2, "schedule where not in_file");
	/* Back, but not for what it missed. */
	seed(p, two);
	assert_rows(p, 2, "schedule where in_file and next_at is null");
}

static void
another_subnets_schedules_stay(void **state)
{
	struct stored *p = *state;

	assert_int_equal(
	    db_exec(p->db,
		"insert into kind select 2, 'k', protocol, path, "
		"capacity_key, deadline_ms, attempt_ms, answer_ms, "
		"retry_budget, miners_min, miners_wanted, miners_max, "
		"input_types, max_input_bytes, output_types, "
		"max_output_bytes, params, scoring from kind where netuid = 1 "
		"on conflict do nothing; insert into schedule values (2, 'a', "
		"'@daily', 0, 'k', '{}', true, true, '" NOW "')"),
	    0);
	seed(p, "[]");
	assert_rows(p, 1, "schedule where netuid = 2 and in_file");
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 0);
}

/* -- firing --------------------------------------------------------------- */

static void
a_job_is_made_as_for_a_client(void **state)
{
	struct stored *p = *state;

	seed_due(p, "[" ROW("a", "@daily", PLAIN) "]");
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	assert_rows(p, 1,
	    "job where id = '" ID "01' and source = 'schedule' and "
	    "state = 'queued' and kind = 'k' and params = '{\"a\": 1}' and "
	    "expect is null and sticky is null and lease_owner is null and "
	    "lease_until is null and miners_min = 1 and miners_wanted = 2 and "
	    "priority = 0 and retries_left = 2 and created_at = '" NOW "' and "
	    "deadline_at = '2026-01-02 04:01:00+00' and next_try_at = '" NOW
	    "' and rank_at = '" NOW "'");
	assert_rows(p, 1,
	    "schedule where last_job = '" ID "01' and "
	    "next_at = '2026-01-02 04:05:00+00'");
}

static void
a_job_is_what_its_schedule_says(void **state)
{
	struct stored *p = *state;

	seed_due(p,
	    "[" ROW("a", "@daily",
		"{\"params\": {}, \"expect\": {\"text\": \"x\"}, \"miners\": 3,"
		" \"deadline_ms\": 1500, \"priority\": -2, \"lead_ms\": -60000,"
		" \"sticky\": \"s\"}") "]");
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	assert_rows(p, 1,
	    "job where expect = '{\"text\": \"x\"}' and sticky = 's' and "
	    "miners_wanted = 3 and priority = -2 and "
	    "deadline_at = '2026-01-02 04:00:01.5+00' and "
	    "rank_at = '2026-01-02 04:01:00+00'");
}

/* One holds the row when the other comes, and has fired when it comes again. */
static void
of_two_who_fire_one_makes_a_job(void **state)
{
	struct stored *p = *state;

	seed_due(p, "[" ROW("a", "@daily", PLAIN) "]");
	PQclear(query(p->two, "set lock_timeout = '5s'", 0, NULL));
	PQclear(query(p->one, "begin", 0, NULL));
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	assert_int_equal(fire(p->two, "a", NOW_US, 2), 0);
	PQclear(query(p->one, "commit", 0, NULL));
	assert_int_equal(fire(p->two, "a", NOW_US, 3), 0);
	assert_rows(p, 1, "job");
	assert_int_equal(fire(p->two, "a", NEXT_US, 4), 1);
	assert_rows(p, 2, "job");
}

static int
rows_of_answer(PGconn *conn)
{
	PGresult *res = PQgetResult(conn);
	int n = PQntuples(res);

	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	PQclear(res);
	assert_null(PQgetResult(conn));
	return n;
}

static void
of_two_at_once_one_makes_a_job(void **state)
{
	struct stored *p = *state;

	seed(p, "[" ROW("a", "@daily", PLAIN) "]");
	for (int i = 0; i < RACES; i++) {
		assert_int_equal(
		    db_exec(p->db, "update schedule set next_at = '" NOW "'"),
		    0);
		for (int c = 0; c < 2; c++) {
			char *rows = due("a", NOW_US, NEXT_US, 2 * i + c);
			const char *const params[] = {"1", rows, NOW};

			assert_int_equal(
			    PQsendQueryParams(c == 0 ? p->one : p->two,
				sql_schedule_fire, 3, NULL, params, NULL, NULL,
				0),
			    1);
			free(rows);
		}
		assert_int_equal(
		    rows_of_answer(p->one) + rows_of_answer(p->two), 1);
	}
	assert_rows(p, RACES, "job");
}

static void
one_that_is_never_due_again_is_left_alone(void **state)
{
	struct stored *p = *state;
	char *rows = due("a", NOW_US, "null", 1);
	const char *const params[] = {"1", rows, NOW};
	const char *const netuid[] = {"1"};
	PGresult *res;

	seed_due(p, "[" ROW("a", "@daily", PLAIN) "]");
	PQclear(query(p->one, sql_schedule_fire, 3, params));
	assert_rows(p, 1, "schedule where next_at = 'infinity'");
	res = query(p->one, sql_schedule_list, 1, netuid);
	assert_int_equal(PQntuples(res), 0);
	PQclear(res);
	free(rows);
}

/* -- schedules.c on a loop ------------------------------------------------ */

struct instance {
	struct orchestrator o;
	struct claim claim;
	struct schedules *s;
};

static void
instance_start(struct stored *p, struct instance *in)
{
	memset(in, 0, sizeof(*in));
	in->o.netuid = 1;
	in->claim.base = in->o.service.base = event_base_new();
	in->o.claim = &in->claim;
	in->o.pg =
	    pg_new(in->o.service.base, sandbox_conninfo(p->box), NULL, NULL);
	in->s = schedules_new(&in->o, "");
	in->s->is_read = true; /* what is there is what the file said */
	schedules_start(in->s);
}

static void
instance_end(struct instance *in)
{
	schedules_free(in->s);
	pg_free(in->o.pg);
	event_base_free(in->o.service.base);
}

/* Until it has fired. */
static void
run_until_claimed(struct instance *in)
{
	struct timeval limit = {LOOP_S, 0};

	event_base_loopexit(in->o.service.base, &limit);
	event_base_dispatch(in->o.service.base);
	assert_int_equal(in->claim.claims, 1);
}

/* Nobody was there for a day: of 1440 due times, one is fired. */
static void
an_outage_makes_one_job(void **state)
{
	struct stored *p = *state;
	struct instance in;

	seed(p, "[" ROW("a", "* * * * *", PLAIN) "," ROW(
		    "b", "@hourly", PLAIN) "]");
	assert_int_equal(
	    db_exec(p->db, "update schedule set next_at = "
			   "date_trunc('hour', now() - interval '1 day')"),
	    0);
	instance_start(p, &in);
	run_until_claimed(&in);
	instance_end(&in);
	assert_rows(p, 2, "job");
	assert_rows(p, 2,
	    "schedule s join job j on j.id = s.last_job where "
	    "s.next_at = date_trunc(case s.name when 'a' then 'minute' else "
	    "'hour' end, j.created_at) + case s.name when 'a' then "
	    "interval '1 min' else interval '1 h' end");
}

/* A new one waits for its time; one that does not fire does not. */
static void
what_is_new_is_planned(void **state)
{
	struct stored *p = *state;
	struct instance in;

	seed(p, "[" ROW("a", "@monthly", PLAIN) "," ROW(
		    "b", "@monthly", PLAIN) "," ROW("c", "@hourly", PLAIN) "]");
	assert_int_equal(
	    db_exec(p->db,
		"update schedule set enabled = false where name = 'b'; "
		"update schedule set next_at = '" NOW "' where name = 'c'"),
	    0);
	instance_start(p, &in);
	run_until_claimed(&in);
	instance_end(&in);
	assert_rows(p, 1, "job");
	assert_rows(p, 1,
	    "schedule a, job j where a.name = 'a' and a.last_job is null and "
	    "a.next_at = (date_trunc('month', j.created_at at time zone "
	    "'utc') + interval '1 month') at time zone 'utc'");
	assert_rows(p, 1, "schedule where name = 'b' and next_at is null");
}

/* -- subnetctl ------------------------------------------------------------ */

/* With --json; the caller decrefs. */
static json_t *
ctl(struct stored *p, int status, const char *a, const char *b, const char *c)
{
	const char *const args[] = {"--json", a, b, c, NULL};
	struct proc_output got;
	json_t *json;

	sandbox_ctl(p->box, args, &got);
	if (got.status != status)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	json = json_loads(got.out, 0, NULL);
	assert_non_null(json);
	proc_output_clear(&got);
	return json;
}

static const char *
text_at(const json_t *rows, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(rows, i), key));
}

static void
schedules_are_listed(void **state)
{
	struct stored *p = *state;
	const json_t *rows;
	json_t *json;

	seed_due(p, two);
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	seed(p, "[" ROW("a", "@daily", PLAIN) "]");
	json = ctl(p, 0, "schedules", "list", NULL);
	rows = json_object_get(json, "schedules");
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(text_at(rows, 0, "name"), "a");
	assert_string_equal(text_at(rows, 0, "cron"), "@daily");
	assert_string_equal(text_at(rows, 0, "fires"), "yes");
	assert_string_equal(
	    text_at(rows, 0, "next_at"), "2026-01-02T04:05:00Z");
	assert_string_equal(text_at(rows, 0, "last_job"), ID "01");
	assert_string_equal(text_at(rows, 0, "last_state"), "queued");
	assert_string_equal(text_at(rows, 1, "fires"), "not in file");
	assert_null(text_at(rows, 1, "next_at"));
	json_decref(json);
}

static void
an_operator_stops_and_starts_one(void **state)
{
	struct stored *p = *state;

	seed_due(p, two);
	json_decref(ctl(p, 0, "schedules", "disable", "a"));
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 0);
	assert_int_equal(fire(p->one, "b", NOW_US, 2), 1);
	seed(p, two); /* the file does not undo it */
	assert_text(p, "select enabled from schedule where name = 'a'", "f");
	json_decref(ctl(p, 0, "schedules", "enable", "a"));
	assert_rows(
	    p, 1, "schedule where name = 'a' and enabled and next_at is null");
	json_decref(ctl(p, 0, "schedules", "enable", "b")); /* as it is */
	assert_rows(p, 1,
	    "schedule where name = 'b' and "
	    "next_at = '2026-01-02 04:05:00+00'");
	json_decref(ctl(p, 2, "schedules", "enable", "c"));
}

static void
an_operator_runs_one_now(void **state)
{
	struct stored *p = *state;
	json_t *json;

	seed_due(p, two);
	json_decref(ctl(p, 0, "schedules", "disable", "a"));
	json = ctl(p, 0, "schedules", "run", "a");
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(json, "schedule"), "name")),
	    "a");
	json_decref(json);
	assert_rows(p, 1,
	    "job j join schedule s on s.last_job = j.id where "
	    "s.name = 'a' and j.source = 'schedule' and j.state = 'queued' "
	    "and j.params = '{\"a\": 1}' and j.retries_left = 2 and "
	    "j.miners_wanted = 2 and j.deadline_at = j.created_at + "
	    "interval '60 s' and j.rank_at = j.created_at and "
	    "j.next_try_at = j.created_at");
	/* Beside those that are due. */
	assert_int_equal(fire(p->one, "b", NOW_US, 1), 1);
	json_decref(ctl(p, 2, "schedules", "run", "c"));
	seed(p, "[]");
	json_decref(ctl(p, 2, "schedules", "run", "a"));
	assert_rows(p, 2, "job");
}

static void
jobs_are_told_apart_by_their_source(void **state)
{
	struct stored *p = *state;
	const json_t *jobs;
	json_t *json;

	seed_due(p, two);
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	assert_int_equal(
	    db_exec(p->db,
		"insert into job (id, netuid, kind, state, params, "
		"miners_min, miners_wanted, retries_left, created_at, "
		"deadline_at, rank_at) values ('" ID "99', 1, 'k', 'queued', "
		"'{}', 1, 1, 2, '" NOW "', '" NOW "', '" NOW "')"),
	    0);
	json = ctl(p, 0, "jobs", "list", "--source=schedule");
	jobs = json_object_get(json, "jobs");
	assert_int_equal(json_array_size(jobs), 1);
	assert_string_equal(text_at(jobs, 0, "id"), ID "01");
	assert_string_equal(text_at(jobs, 0, "source"), "schedule");
	json_decref(json);
	json = ctl(p, 0, "jobs", "list", NULL);
	assert_int_equal(json_array_size(json_object_get(json, "jobs")), 2);
	json_decref(json);
	json = ctl(p, 0, "jobs", "show", ID "99");
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(json, "job"), "source")),
	    "client");
	json_decref(json);
	json_decref(ctl(p, 64, "jobs", "list", "--source=nobody"));
	assert_text(p,
	    "select string_agg(source::text, ' ' order by id) "
	    "from dash_v1.jobs",
	    "schedule client");
}

/* Tried once more, a probe is a probe. */
static void
a_redriven_job_keeps_its_source(void **state)
{
	struct stored *p = *state;

	seed_due(p, two);
	assert_int_equal(fire(p->one, "a", NOW_US, 1), 1);
	assert_int_equal(
	    db_exec(p->db,
		"update job set state = 'failed', finished_at = '" NOW
		"', reason = 'no_budget'"),
	    0);
	json_decref(ctl(p, 0, "jobs", "redrive", ID "01"));
	assert_rows(
	    p, 1, "job where redrive_of = '" ID "01' and source = 'schedule'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(the_file_is_taken_over, empty),
	    cmocka_unit_test_setup(
		what_is_not_in_it_any_more_does_not_fire, empty),
	    cmocka_unit_test_setup(another_subnets_schedules_stay, empty),
	    cmocka_unit_test_setup(a_job_is_made_as_for_a_client, empty),
	    cmocka_unit_test_setup(a_job_is_what_its_schedule_says, empty),
	    cmocka_unit_test_setup(of_two_who_fire_one_makes_a_job, empty),
	    cmocka_unit_test_setup(of_two_at_once_one_makes_a_job, empty),
	    cmocka_unit_test_setup(
		one_that_is_never_due_again_is_left_alone, empty),
	    cmocka_unit_test_setup(an_outage_makes_one_job, empty),
	    cmocka_unit_test_setup(what_is_new_is_planned, empty),
	    cmocka_unit_test_setup(schedules_are_listed, empty),
	    cmocka_unit_test_setup(an_operator_stops_and_starts_one, empty),
	    cmocka_unit_test_setup(an_operator_runs_one_now, empty),
	    cmocka_unit_test_setup(jobs_are_told_apart_by_their_source, empty),
	    cmocka_unit_test_setup(a_redriven_job_keeps_its_source, empty),
	};

	return cmocka_run_group_tests(tests, set_up, stored_free);
}

/*
 * The dashboards, on a database that the suite has filled: every panel's query
 * is run as Grafana would, by the role that it has, and returns the columns
 * that the panel draws. And what the daemons keep for them is true.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/jobs.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"
#include "tests/lib/tool.h"

enum { JOBS = 16, WAIT_MS = 90000, MINERS = 3, FAILED = 3 };

static const char spoken[] = "{\"kind\":\"audio.speak\",\"miners\":2,"
			     "\"params\":{\"text\":\"a line to be spoken\","
			     "\"language\":\"en\"}}";

/* PostgreSQL's numbers of types. */
enum {
	OID_BOOL = 16,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_VARCHAR = 1043,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
};

struct place {
	struct suite *s;
	PGconn *reader; /* as Grafana's */
	char *from, *to;
};

/* -- the suite ----------------------------------------------------------- */

/* All two hours earlier than it was, some of the jobs failed, and roll-ups from
 * nothing: what a minute came to is written down once it is over, which a test
 * does not wait for. */
static int
make_earlier(struct suite *s)
{
	return db_exec(s->db,
	    "begin; delete from rollup_state; "
	    "update job set created_at = created_at - interval '2 h', "
	    "finished_at = finished_at - interval '2 h'; "
	    "update job set state = 'failed', reason = 'no_budget' "
	    "where id in (select id from job order by id limit %d); "
	    "update attempt set finished_at = finished_at - interval '2 h'; "
	    "delete from rollup_job; delete from rollup_attempt; "
	    "delete from rollup_reason; delete from rollup_failure; commit",
	    FAILED);
}

static int
have_jobs(struct suite *s, int n, const char *job)
{
	struct jobs jobs = {0};
	int failed = 0;

	for (int i = 0; i < n; i++)
		failed |= jobs_submit(s, &jobs, job, 0);
	jobs_clear(&jobs);
	return failed | jobs_wait_quiet(s, WAIT_MS);
}

/* A round, and its weights on chain; the roll-ups of what was earlier. */
static int
have_rest(struct suite *s)
{
	return db_wait_int(s->db, 1, WAIT_MS,
		   "select least(count(*), 1) from ledger "
		   "where state = 'proven'") |
	       db_wait_int(s->db, 1, WAIT_MS,
		   "select least(count(*), 1) from endpoint_weather") |
	       db_wait_int(s->db, 1, WAIT_MS,
		   "select least(count(*), 1) from route_share") |
	       db_wait_int(s->db, 1, WAIT_MS,
		   "select least(count(*), 1) from rollup_job "
		   "where seconds = 3600 and done > 0") |
	       db_wait_int(s->db, 1, WAIT_MS,
		   "select count(*) from rollup_state "
		   "where fresh_to > now() - interval '2 min'");
}

static int
fill(struct suite *s)
{
	char *rows = edit_file("tests/dash/fixture/engagement.sql", NULL);
	int failed = db_exec(s->db, "%s", rows);

	free(rows);
	return failed;
}

static int
open_reader(struct place *p)
{
	char *conninfo =
	    xasprintf("%s user=dash_reader", sandbox_conninfo(p->s->box));

	p->reader = PQconnectdb(conninfo);
	free(conninfo);
	p->from = db_text(p->s->db, "select now() - interval '30 d'");
	p->to = db_text(p->s->db, "select now() + interval '1 min'");
	return PQstatus(p->reader) == CONNECTION_OK ? 0 : -1;
}

static int
set_up(void **state)
{
	static const struct suite_options o = {.name = "dashboards",
	    .block_ms = 300,
	    .n_miners = MINERS,
	    .miners = {{.alpha = 100},
		{.alpha = 400, .flags = {"--delay-ms", "300"}},
		{.alpha = 200, .flags = {"--fail-every", "2"}}},
	    .ini = "[orchestrator]\nrollup = 1s\n"};
	static struct place p;

	*state = &p;
	p.s = suite_new(&o);
	if (p.s == NULL || suite_wait_ready(p.s, MINERS) != 0 ||
	    have_jobs(p.s, JOBS, spoken) != 0 || make_earlier(p.s) != 0 ||
	    have_jobs(p.s, JOBS, spoken) != 0 || have_rest(p.s) != 0 ||
	    fill(p.s) != 0)
		return -1;
	return open_reader(&p);
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	PQfinish(p->reader);
	free(p->from);
	free(p->to);
	return suite_end(p->s, false);
}

/* -- what is kept is true ------------------------------------------------ */

static void
roll_ups_are_what_there_was(void **state)
{
	static const char *const views[] = {"throughput", "throughput_hours"};
	static const char *const work[] = {"miner_work", "miner_work_hours"};
	struct place *p = *state;
	struct db *db = p->s->db;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_wait_int(db, 0, WAIT_MS,
				     "select (select sum(accepted) from "
				     "dash_v1.%s) - count(*) from job",
				     views[i]),
		    0);
		assert_int_equal(
		    db_wait_int(db, 0, WAIT_MS,
			"select (select sum(done) from dash_v1.%s) - "
			"count(*) from job where state = 'done'",
			views[i]),
		    0);
		assert_int_equal(
		    db_wait_int(db, 0, WAIT_MS,
			"select (select sum(attempts) from dash_v1.%s) - "
			"count(*) from attempt where finished_at is not null",
			work[i]),
		    0);
		assert_int_equal(
		    db_wait_int(db, 0, WAIT_MS,
			"select (select sum(delivered) from dash_v1.%s) - "
			"count(*) from attempt where state = 'delivered'",
			work[i]),
		    0);
	}
	assert_true(db_int(db, "select count(*) from rollup_job "
			       "where seconds = 60") > 0);
	assert_int_equal(
	    db_int(db, "select sum(jobs) from dash_v1.failures"), FAILED);
}

/* Each draw falls on somebody, and was to: both come to the same in all. */
static void
draws_are_all_accounted_for(void **state)
{
	struct place *p = *state;
	struct db *db = p->s->db;

	assert_int_equal(db_wait_int(db, 2 * JOBS, WAIT_MS,
			     "select least(sum(drawn), %d) from "
			     "dash_v1.routing_shares "
			     "where capacity_key = 'audio.speak'",
			     2 * JOBS),
	    0);
	assert_true(db_real(db, "select abs(sum(expected) - sum(drawn)) from "
				"dash_v1.routing_shares") < 1e-6);
	assert_int_equal(db_int(db, "select count(*) from "
				    "dash_v1.routing_shares where high < low "
				    "or drawn > draws"),
	    0);
}

/* -- Grafana's words ----------------------------------------------------- */

/* The name of the macro at p ends there. */
static bool
is_macro(const char *p, const char *name)
{
	size_t len = strlen(name);

	return strncmp(p, name, len) == 0 && p[len] == '(';
}

/* What stands between the brackets behind; *p comes to stand behind them. */
static char *
take_argument(const char **p)
{
	const char *open = strchr(*p, '('), *close = strchr(open, ')');

	assert_non_null(close);
	*p = close + 1;
	return xasprintf("%.*s", (int)(close - open - 1), open + 1);
}

static bool
expand_macro(const struct place *place, const char **p, struct buf *out)
{
	char *argument;

	if (is_macro(*p, "$__timeFilter")) {
		argument = take_argument(p);
		buf_printf(out, "%s BETWEEN '%s' AND '%s'", argument,
		    place->from, place->to);
	} else if (is_macro(*p, "$__timeGroupAlias")) {
		argument = take_argument(p);
		buf_printf(out,
		    "floor(extract(epoch from %.*s)/60)*60 AS \"time\"",
		    (int)strcspn(argument, ","), argument);
	} else if (is_macro(*p, "$__timeFrom") || is_macro(*p, "$__timeTo")) {
		buf_printf(out, "'%s'",
		    is_macro(*p, "$__timeFrom") ? place->from : place->to);
		argument = take_argument(p);
	} else {
		return false;
	}
	free(argument);
	return true;
}

static bool
expand_variable(const struct place *place, const char **p, struct buf *out)
{
	const char *const values[][2] = {{"$netuid", "1"}, {"$mecid", "0"},
	    {"$hotkey", place->s->miner_hotkeys[MINERS - 1]}};

	for (int i = 0; i < 3; i++) {
		size_t len = strlen(values[i][0]);

		if (strncmp(*p, values[i][0], len) == 0) {
			buf_add_str(out, values[i][1]);
			*p += len;
			return true;
		}
	}
	return false;
}

/* The caller frees. */
static char *
expand(const struct place *place, const char *sql)
{
	struct buf out = {0};

	for (const char *p = sql; *p != '\0';) {
		if (*p != '$')
			buf_add_byte(&out, (uint8_t)*p++);
		else if (!expand_macro(place, &p, &out) &&
			 !expand_variable(place, &p, &out))
			fail_msg("what is %.20s in %s", p, sql);
	}
	return buf_take_str(&out);
}

/* -- what a panel draws -------------------------------------------------- */

static bool
is_number(const PGresult *res, int column)
{
	switch (PQftype(res, column)) {
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC:
		return true;
	default:
		return false;
	}
}

static bool
is_text(const PGresult *res, int column)
{
	Oid type = PQftype(res, column);

	return type == OID_TEXT || type == OID_NAME || type == OID_VARCHAR;
}

static int
count_columns(
    const PGresult *res, bool (*is)(const PGresult *, int), const char *but)
{
	int n = 0;

	for (int i = 0; i < PQnfields(res); i++)
		n += is(res, i) && strcmp(PQfname(res, i), but) != 0;
	return n;
}

/* Points in the order of time, a number each, and whose they are. */
static const char *
check_series(const PGresult *res)
{
	int time = PQfnumber(res, "time");

	if (time < 0)
		return "there is no column time";
	if (PQftype(res, time) != OID_TIMESTAMPTZ && !is_number(res, time))
		return "time is no time";
	if (count_columns(res, is_number, "time") < 1)
		return "there is no number to draw";
	if (count_columns(res, is_text, "metric") > 0)
		return "a text is not called metric";
	for (int i = 0; i < PQntuples(res); i++) {
		const char *at = PQgetvalue(res, i, time);
		const char *before = PQgetvalue(res, i > 0 ? i - 1 : 0, time);

		if (PQgetisnull(res, i, time))
			return "a point has no time";
		if (PQftype(res, time) == OID_TIMESTAMPTZ
			? strcmp(at, before) < 0
			: atof(at) < atof(before))
			return "points are not in the order of time";
	}
	return NULL;
}

static const char *
check_kind(const char *type, const json_t *panel, const PGresult *res)
{
	const char *x = json_string_value(
	    json_object_get(json_object_get(panel, "options"), "xField"));

	if (strcmp(type, "timeseries") == 0)
		return check_series(res);
	if (strcmp(type, "stat") == 0)
		return PQntuples(res) <= 1 && PQnfields(res) == 1 &&
			       is_number(res, 0)
			   ? NULL
			   : "it is not one number";
	if (strcmp(type, "bargauge") == 0)
		return PQnfields(res) == 2 && is_text(res, 0) &&
			       is_number(res, 1)
			   ? NULL
			   : "it is not a name and a number";
	if (strcmp(type, "barchart") == 0)
		return x != NULL && PQfnumber(res, x) >= 0 &&
			       count_columns(res, is_number, x) > 0
			   ? NULL
			   : "there are no bars";
	return strcmp(type, "table") == 0 ? NULL : "what is it?";
}

/* Grafana's drivers differ in what they make of other types: enums are an error
 * to some of them. */
static const char *
check_types(const PGresult *res)
{
	for (int i = 0; i < PQnfields(res); i++) {
		if (!is_number(res, i) && !is_text(res, i) &&
		    PQftype(res, i) != OID_BOOL &&
		    PQftype(res, i) != OID_TIMESTAMPTZ)
			return "a column is no number, text, time or boolean";
	}
	return NULL;
}

/* Whatever is said of a column is said of one that there is. */
static const char *
check_overrides(const json_t *panel, const PGresult *res)
{
	const json_t *config = json_object_get(panel, "fieldConfig");
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(config, "overrides"), i, item)
	{
		const char *name = json_string_value(json_object_get(
		    json_object_get(item, "matcher"), "options"));

		if (name == NULL || PQfnumber(res, name) < 0)
			return "an override is of no column";
	}
	return NULL;
}

/* Those that rightly show nothing here: no job waits, and the chain gives a
 * miner that fails nothing. */
static bool
may_be_empty(const char *title)
{
	static const char *const titles[] = {
	    "Queue", "What validators give it"};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		if (strcmp(titles[i], title) == 0)
			return true;
	}
	return false;
}

static void
say(const char *board, const char *title, const char *what)
{
	print_error("%s: %s: %s\n", board, title, what);
}

/* How many faults it has, each said. */
static int
check_panel(const struct place *p, const char *board, const json_t *panel)
{
	const char *type = json_string_value(json_object_get(panel, "type"));
	const char *title = json_string_value(json_object_get(panel, "title"));
	const json_t *target =
	    json_array_get(json_object_get(panel, "targets"), 0);
	const char *raw = json_string_value(json_object_get(target, "rawSql"));
	const char *why;
	PGresult *res;
	char *sql;
	int faults = 0;

	if (type != NULL && strcmp(type, "row") == 0)
		return 0;
	assert_non_null(type);
	assert_non_null(title);
	assert_non_null(raw);
	sql = expand(p, raw);
	res = PQexec(p->reader, sql);
	if (PQresultStatus(res) != PGRES_TUPLES_OK) {
		say(board, title, PQerrorMessage(p->reader));
		faults++;
	} else {
		why = check_kind(type, panel, res);
		if (why == NULL)
			why = check_types(res);
		if (why == NULL)
			why = check_overrides(panel, res);
		if (why == NULL && PQntuples(res) == 0 && !may_be_empty(title))
			why = "it has no rows";
		if (why != NULL)
			say(board, title, why);
		faults += why != NULL;
	}
	PQclear(res);
	free(sql);
	return faults;
}

static int
check_variables(const struct place *p, const char *board, const json_t *list)
{
	const json_t *item;
	int faults = 0;
	size_t i;

	json_array_foreach(list, i, item)
	{
		char *sql = expand(
		    p, json_string_value(json_object_get(item, "query")));
		PGresult *res = PQexec(p->reader, sql);

		if (PQresultStatus(res) != PGRES_TUPLES_OK ||
		    PQntuples(res) == 0) {
			say(board,
			    json_string_value(json_object_get(item, "name")),
			    PQerrorMessage(p->reader));
			faults++;
		}
		PQclear(res);
		free(sql);
	}
	return faults;
}

static int
check_board(const struct place *p, const char *path, size_t *n_panels)
{
	json_error_t error;
	json_t *board = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const json_t *panel;
	int faults = 0;
	size_t i;

	if (board == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	faults += check_variables(p, path,
	    json_object_get(json_object_get(board, "templating"), "list"));
	json_array_foreach(json_object_get(board, "panels"), i, panel)
	{
		json_t *source = json_object_get(panel, "datasource");
		const char *uid =
		    json_string_value(json_object_get(source, "uid"));

		if (source != NULL &&
		    (uid == NULL || strcmp(uid, "subnetd") != 0)) {
			say(path, "a panel", "reads elsewhere");
			faults++;
		}
		faults += check_panel(p, path, panel);
	}
	*n_panels += i;
	json_decref(board);
	return faults;
}

static void
every_panel_gets_what_it_draws(void **state)
{
	glob_t found;
	size_t n_panels = 0;
	int faults = 0;

	assert_int_equal(
	    glob("deploy/grafana/dashboards/*.json", 0, NULL, &found), 0);
	assert_int_equal(found.gl_pathc, 4);
	for (size_t i = 0; i < found.gl_pathc; i++)
		faults += check_board(*state, found.gl_pathv[i], &n_panels);
	printf("# %zu panels\n", n_panels);
	assert_true(n_panels > 50);
	assert_int_equal(faults, 0);
	globfree(&found);
}

/* -- Weights & Biases ---------------------------------------------------- */

static void
check_history(const json_t *line, int64_t *step)
{
	const char *const must[] = {"_timestamp", "_runtime", "round/block",
	    "round/judgements", "weights/effective_miners"};
	const json_t *value;
	const char *name;

	assert_true(json_integer_value(json_object_get(line, "_step")) > *step);
	*step = json_integer_value(json_object_get(line, "_step"));
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		assert_non_null(json_object_get(line, must[i]));
	json_object_foreach((json_t *)(uintptr_t)line, name, value)
	    assert_true(json_is_number(value));
}

/* A round a line, all numbers; the last one of this hotkey is the last. */
static void
rounds_are_exported_line_by_line(void **state)
{
	struct place *p = *state;
	const char *args[] = {
	    "-c", p->s->ini, "export", "wandb", "--since", "1h", NULL};
	char *name = xasprintf("miner/%s/score", p->s->miner_hotkeys[0]);
	struct tool_answer got;
	int64_t step = -1, n = 0;
	int scores = 0;

	tool_run(args, NULL, 0, &got);
	assert_int_equal(got.status, 0);
	for (char *at = got.out, *end; *at != '\0'; at = end + 1) {
		json_t *line;

		end = strchr(at, '\n');
		assert_non_null(end);
		line = json_loadb(at, (size_t)(end - at), 0, NULL);
		assert_non_null(line);
		check_history(line, &step);
		scores += json_object_get(line, name) != NULL;
		json_decref(line);
		n++;
	}
	assert_true(n > 0 && scores > 0);
	assert_true(n <= db_int(p->s->db, "select count(*) from score_run"));
	tool_answer_clear(&got);
	free(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(roll_ups_are_what_there_was),
	    cmocka_unit_test(draws_are_all_accounted_for),
	    cmocka_unit_test(every_panel_gets_what_it_draws),
	    cmocka_unit_test(rounds_are_exported_line_by_line),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* A round by posts, written down and read again as subnetctl export does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "sql.h"
#include "tests/lib/edit.h"
#include "tests/lib/sandbox.h"
#include "validator/run_rows.c"

static const char run_id[] = "01890000-0000-7000-8000-00000000abcd";

struct place {
	struct sandbox *sb;
	PGconn *conn;
};

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {
	    .name = "run_posts", .postgres = true};
	static struct place p;

	p.sb = sandbox_new(&o);
	if (p.sb == NULL)
		return -1;
	p.conn = PQconnectdb(sandbox_conninfo(p.sb));
	*state = &p;
	return PQstatus(p.conn) == CONNECTION_OK ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;

	PQfinish(p->conn);
	return sandbox_end(p->sb, false);
}

static PGresult *
ask(PGconn *conn, const char *sql, int n, const char *const *params)
{
	PGresult *res = PQexecParams(conn, sql, n, NULL, params, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(res);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(conn));
	return res;
}

/* -- the round ----------------------------------------------------------- */

static struct run *
empty(void)
{
	static const struct run_round round = {.netuid = 89,
	    .mecid = 1,
	    .epoch = 4,
	    .block = 9000,
	    .from_us = 5000000,
	    .at_us = 1700000000000000};
	char *text = edit_file("deploy/policies/sn89.ini", NULL);
	struct err err;
	struct run *run = run_new(text, &err);

	assert_non_null(run);
	run_set_round(run, &round);
	free(text);
	return run;
}

static void
add_miner(
    struct run *run, const char *hotkey, int uid, double locked, double paid)
{
	struct run_miner m = {.uid = uid,
	    .alpha = 100.25,
	    .block = 7,
	    .since_us = INT64_MIN,
	    .locked = locked,
	    .locked_own = locked / 3,
	    .paid = paid};

	snprintf(m.hotkey, sizeof(m.hotkey), "%s", hotkey);
	assert_int_equal(run_add_miner(run, &m), 0);
}

static struct growth_post
post(const char *hotkey, const char *content, double value)
{
	struct growth_post p = {.listed = true,
	    .owned = true,
	    .ai = .9,
	    .illicit = NAN,
	    .bots = 1 / 3.,
	    .bots_confidence = .6,
	    .followers = 1234,
	    .burst = 2 / 9.,
	    .published_us = -5,
	    .claimed_us = INT64_MIN,
	    .observed = 17,
	    .waiting = 1 / 7.,
	    .gained = value + 3,
	    .spike = 1,
	    .crowd = 2,
	    .value = value};

	snprintf(p.hotkey, sizeof(p.hotkey), "%s", hotkey);
	snprintf(p.content, sizeof(p.content), "%s", content);
	return p;
}

static struct run *
round_of_posts(void)
{
	struct run *run = empty();
	struct growth_post p[] = {post("5A", "instagram/reel:B", 100. / 3),
	    post("5A", "instagram/reel:a\"b", 5), post("5b", "x/post:1", 70),
	    post("5b", "x/post:2", 9)};

	add_miner(run, "5A", 3, 20.125, 2.5);
	add_miner(run, "5B", 1, NAN, 0);
	add_miner(run, "5b", 2, 0, -1);
	p[1].debt = 1e-3;
	snprintf(p[2].barred, sizeof(p[2].barred), "same_picture");
	p[3].gone = true;
	for (int i = 0; i < 4; i++)
		assert_int_equal(run_add_post(run, &p[i]), 0);
	assert_null(run_finish(run));
	return run;
}

static void
write_down(PGconn *conn, const struct run *run)
{
	char *miners = run_rows_print_miners(run);
	char *entries = run_rows_print_entries(run);
	char *posts = run_rows_print_posts(run);
	const char *const params[] = {run_id, "89", "4", "9000",
	    "2023-11-14T22:13:20Z", "sn89", "1970-01-01T00:00:05Z", "ab",
	    run_policy_text(run), "1:1:", "0", "cd", miners, entries, "1"};
	const char *const of_posts[] = {run_id, posts};

	PQclear(ask(conn, sql_run_store, 15, params));
	PQclear(ask(conn, sql_run_posts_store, 2, of_posts));
	free(miners);
	free(entries);
	free(posts);
}

static struct run *
read_again(PGconn *conn)
{
	const char *const id[] = {run_id};
	struct run *run = empty();
	PGresult *miners = ask(conn, sql_ctl_export_miners, 1, id);
	PGresult *posts = ask(conn, sql_ctl_export_posts, 1, id);

	assert_null(run_rows_miners(run, miners));
	assert_null(run_rows_posts(run, posts));
	PQclear(miners);
	PQclear(posts);
	return run;
}

static void
a_round_is_read_as_it_was_written(void **state)
{
	struct place *p = *state;
	struct run *run = round_of_posts(), *again;
	char first[RUN_ROWS_HASH], second[RUN_ROWS_HASH];
	struct buf x = {0}, y = {0};

	write_down(p->conn, run);
	again = read_again(p->conn);
	run_text_write(run, &x);
	run_text_write(again, &y);
	assert_string_equal(buf_str(&x), buf_str(&y));
	run_rows_hash(run, first);
	run_rows_hash(again, second);
	assert_string_equal(first, second);
	assert_null(run_finish(again));
	buf_reset(&x);
	buf_reset(&y);
	run_text_write_weights(run, &x);
	run_text_write_weights(again, &y);
	assert_string_equal(buf_str(&x), buf_str(&y));
	buf_free(&x);
	buf_free(&y);
	run_free(run);
	run_free(again);
}

static void
dashboards_see_what_each_post_gave(void **state)
{
	static const char sql[] =
	    "select string_agg(hotkey || ' ' || content || ' ' || "
	    "coalesce(why, '-') || ' ' || round(gave::numeric, 3), ', ' order "
	    "by hotkey collate \"C\", content collate \"C\") from "
	    "dash_v1.post_scores "
	    "where netuid = 89 and mecid = 1 and epoch = 4";
	struct place *p = *state;
	PGresult *res = ask(p->conn, sql, 0, NULL);

	assert_string_equal(PQgetvalue(res, 0, 0),
	    "5A instagram/reel:B - 33.333, 5A instagram/reel:a\"b - 4.999, "
	    "5b x/post:1 same_picture 0.000, 5b x/post:2 gone -4.500");
	PQclear(res);
}

static void
who_posted_has_an_entry(void **state)
{
	struct place *p = *state;
	PGresult *res = ask(p->conn,
	    "select string_agg(hotkey, ' ' order by hotkey collate \"C\") "
	    "from score_entry",
	    0, NULL);

	assert_string_equal(PQgetvalue(res, 0, 0), "5A 5b");
	PQclear(res);
}

/* They go with their round. */
static void
posts_go_with_their_round(void **state)
{
	struct place *p = *state;
	PGresult *res;

	PQclear(ask(p->conn, "delete from score_run", 0, NULL));
	res = ask(p->conn, "select count(*) from run_post", 0, NULL);
	assert_string_equal(PQgetvalue(res, 0, 0), "0");
	PQclear(res);
}

static void
count_notice(void *arg, const char *text)
{
	int *n = arg;

	(void)text;
	++*n;
}

/* As pg.c sends it, in front of what a round reads; and PostgreSQL has nothing
 * to say to it, which would stand in its log at every round. */
static void
what_a_round_reads_is_of_one_moment(void **state)
{
	static const char how[] = "select current_setting("
				  "'transaction_isolation')";
	struct place *p = *state;
	int n_notices = 0;
	PGresult *res;

	PQsetNoticeProcessor(p->conn, count_notice, &n_notices);
	assert_true(PQenterPipelineMode(p->conn));
	assert_true(PQsendQueryParams(
	    p->conn, sql_run_begin, 0, NULL, NULL, NULL, NULL, 0));
	assert_true(
	    PQsendQueryParams(p->conn, how, 0, NULL, NULL, NULL, NULL, 0));
	assert_true(PQpipelineSync(p->conn));
	res = PQgetResult(p->conn);
	assert_int_equal(PQresultStatus(res), PGRES_COMMAND_OK);
	PQclear(res);
	assert_null(PQgetResult(p->conn));
	res = PQgetResult(p->conn);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_string_equal(PQgetvalue(res, 0, 0), "repeatable read");
	PQclear(res);
	assert_null(PQgetResult(p->conn));
	res = PQgetResult(p->conn);
	assert_int_equal(PQresultStatus(res), PGRES_PIPELINE_SYNC);
	PQclear(res);
	assert_true(PQexitPipelineMode(p->conn));
	assert_int_equal(n_notices, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_round_is_read_as_it_was_written),
	    cmocka_unit_test(dashboards_see_what_each_post_gave),
	    cmocka_unit_test(who_posted_has_an_entry),
	    cmocka_unit_test(posts_go_with_their_round),
	    cmocka_unit_test(what_a_round_reads_is_of_one_moment),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

/* common/pg.c against a PostgreSQL that is there, fails, dies, comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>
#include <stdio.h>
#include <xxhash.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/pg.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/sandbox.h"

enum { WAIT_MS = 30000, MANY = 500, N_ANSWERS = 1000, TICK_US = 20000 };

static const char sql_number[] = "select $1::bigint as n";
static const char sql_insert[] =
    "insert into thing (id, txid) values ($1, txid_current())";
static const char sql_named[] =
    "select count(*) as n from pg_prepared_statements "
    "where name = 's' || $1 and statement = $2";
static const char sql_sleep[] = "select pg_sleep($1)";
static const char sql_absent[] = "select count(*) as n from absent";
static const char sql_values[] = "select $1::text as a, $2::bigint as b, "
				 "$3::float8 as c, $4::boolean as d, "
				 "$5::timestamptz as e, $6::text as f";

/* These take a row of each operation. */
static const char sql_insert_rows[] =
    "insert into thing (id, txid) select id, txid_current() "
    "from unnest($1::int[]) as g (id)";
static const char sql_echo_rows[] =
    "select row, a, b from unnest($1::text[], $2::bigint[]) "
    "with ordinality as g (a, b, row) "
    "where b is not null order by row desc";

/* What the answers were, in their order. */
struct answers {
	size_t n, done, refused, unknown;
	int64_t values[N_ANSWERS]; /* of a column n, or -1 */
	char sqlstate[6];
	char why[200];
};

struct place {
	struct sandbox *sb;
	struct event_base *base;
	struct event *tick; /* so that the loop looks at its deadline */
	struct pg *pg;
	struct db *db;
	int ups;
	struct answers got;
};

/* -- around each test --------------------------------------------------- */

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "pg", .postgres = true};
	struct place *p = calloc(1, sizeof(*p));

	log_init("test_pg", LOG_FATAL);
	p->sb = sandbox_new(&o);
	*state = p;
	return p->sb != NULL ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;
	int failed = sandbox_end(p->sb, false);

	free(p);
	return failed;
}

static void
on_up(struct pg *pg, void *arg)
{
	struct place *p = arg;

	assert_ptr_equal(pg, p->pg);
	p->ups++;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static int
connect_pg(void **state)
{
	const struct timeval often = {0, TICK_US};
	struct place *p = *state;

	p->base = event_base_new();
	p->tick = event_new(p->base, -1, EV_PERSIST, on_tick, NULL);
	event_add(p->tick, &often);
	p->pg = pg_new(p->base, sandbox_conninfo(p->sb), on_up, p);
	p->db = db_open(sandbox_conninfo(p->sb));
	p->ups = 0;
	p->got = (struct answers){0};
	if (db_exec(p->db, "drop table if exists thing, absent") != 0)
		return -1;
	return db_exec(p->db, "create table thing (id int primary key, "
			      "txid bigint, place serial)");
}

static int
disconnect_pg(void **state)
{
	struct place *p = *state;

	pg_free(p->pg);
	event_free(p->tick);
	event_base_free(p->base);
	db_close(p->db);
	return 0;
}

/* -- running ------------------------------------------------------------ */

static void
on_answer(const struct pg_answer *answer, void *arg)
{
	struct answers *got = arg;
	int64_t value = -1;

	assert_true(got->n < N_ANSWERS);
	switch (answer->outcome) {
	case PG_DONE:
		got->done++;
		if (PQnfields(answer->results[0]) == 1 &&
		    strcmp(PQfname(answer->results[0], 0), "n") == 0)
			value = pg_int(answer->results[0], 0, "n");
		break;
	case PG_REFUSED:
		got->refused++;
		break;
	case PG_UNKNOWN:
		got->unknown++;
		break;
	}
	got->values[got->n++] = value;
	snprintf(got->sqlstate, sizeof(got->sqlstate), "%s", answer->sqlstate);
	snprintf(got->why, sizeof(got->why), "%s", answer->why);
}

/* Turn the loop until so many answers have come, or connections. */
static void
await(struct place *p, size_t n, int ups)
{
	int64_t until = clock_mono_us() + WAIT_MS * 1000LL;

	while (p->got.n < n || p->ups < ups) {
		if (clock_mono_us() > until)
			fail_msg("%zu of %zu answers, %d of %d connections",
			    p->got.n, n, p->ups, ups);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

/* Turn the loop until the server sees us asleep in it. */
static void
await_asleep(struct place *p)
{
	int64_t until = clock_mono_us() + WAIT_MS * 1000LL;

	while (db_int(p->db, "select count(*) from pg_stat_activity "
			     "where wait_event = 'PgSleep'") == 0) {
		assert_true(clock_mono_us() < until);
		event_base_loop(p->base, EVLOOP_ONCE);
	}
}

static void
end_sleeper(struct place *p)
{
	assert_int_equal(
	    db_int(p->db, "select count(pg_terminate_backend(pid)) "
			  "from pg_stat_activity where wait_event = 'PgSleep'"),
	    1);
}

static void
ask_number(struct place *p, int64_t n)
{
	struct pg_params params = {.n = 0};

	pg_add_int(&params, n);
	pg_query(
	    p->pg, sql_number, params.n, params.values, on_answer, &p->got);
}

static void
ask_sleep(struct place *p, double seconds)
{
	struct pg_params params = {.n = 0};

	pg_add_real(&params, seconds);
	pg_query(p->pg, sql_sleep, params.n, params.values, on_answer, &p->got);
}

static struct pg_op *
insert_op(const char *key, int64_t id)
{
	struct pg_op *op = pg_op_new(key);
	struct pg_params params = {.n = 0};

	pg_add_int(&params, id);
	pg_op_add(op, sql_insert, params.n, params.values);
	return op;
}

/* -- the tests ---------------------------------------------------------- */

static void
many_queries_are_answered_in_their_order(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < MANY; i++)
		ask_number(p, i);
	assert_int_equal(pg_pending(p->pg), MANY);
	assert_int_equal(p->got.n, 0); /* never inside the call */
	await(p, MANY, 1);
	assert_int_equal(p->got.done, MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(p->got.values[i], i);
	assert_int_equal(pg_pending(p->pg), 0);
}

/* What has been sent is unknown when the connection goes; what has not would
 * be sent again, and done. */
static void
queries_are_sent_without_waiting_for_answers(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	ask_sleep(p, 60);
	for (int i = 0; i < 4; i++)
		ask_number(p, i);
	await_asleep(p);
	end_sleeper(p);
	await(p, 5, 2);
	assert_int_equal(p->got.unknown, 5);
}

static void
every_kind_of_value_comes_back(void **state)
{
	struct place *p = *state;
	struct pg_params params = {.n = 0};
	PGconn *conn = PQconnectdb(sandbox_conninfo(p->sb));
	PGresult *res;

	pg_add_text(&params, "it's \"here\"");
	pg_add_int(&params, INT64_MIN);
	pg_add_real(&params, 0.1);
	pg_add_bool(&params, true);
	pg_add_us(&params, 1700000000123456);
	pg_add_text(&params, NULL);
	res = PQexecParams(
	    conn, sql_values, params.n, NULL, params.values, NULL, NULL, 0);
	assert_int_equal(PQresultStatus(res), PGRES_TUPLES_OK);
	assert_string_equal(pg_text(res, 0, "a"), "it's \"here\"");
	assert_true(pg_int(res, 0, "b") == INT64_MIN);
	assert_true(pg_real(res, 0, "c") == 0.1);
	assert_true(pg_bool(res, 0, "d"));
	assert_string_equal(
	    pg_text(res, 0, "e"), "2023-11-14 22:13:20.123456+00");
	assert_true(pg_is_null(res, 0, "f"));
	PQclear(res);
	PQfinish(conn);
}

static void
an_operation_is_done_whole_or_not_at_all(void **state)
{
	struct place *p = *state;
	struct pg_op *op = insert_op("a", 1);
	struct pg_params params = {.n = 0};

	pg_add_int(&params, 1);
	pg_op_add(op, sql_insert, params.n, params.values);
	pg_op_run(p->pg, op, on_answer, &p->got);
	await(p, 1, 1);
	assert_int_equal(p->got.refused, 1);
	assert_string_equal(p->got.sqlstate, "23505");
	assert_int_equal(db_int(p->db, "select count(*) from thing"), 0);
}

static void
a_refused_query_harms_no_other(void **state)
{
	struct place *p = *state;

	ask_number(p, 1);
	pg_query(p->pg, sql_absent, 0, NULL, on_answer, &p->got);
	ask_number(p, 2);
	await(p, 3, 1);
	assert_int_equal(p->got.done, 2);
	assert_int_equal(p->got.refused, 1);
	assert_int_equal(p->got.values[2], 2);
}

/* So that a session which is another program's, too, has no name that means
 * one thing there and another here. */
static void
a_statement_is_named_by_what_it_says(void **state)
{
	struct place *p = *state;
	char hash[24];
	const char *params[] = {hash, sql_number};

	snprintf(hash, sizeof(hash), "%016llx",
	    (unsigned long long)XXH64(sql_number, strlen(sql_number), 0));
	ask_number(p, 7);
	pg_query(p->pg, sql_named, 2, params, on_answer, &p->got);
	await(p, 2, 1);
	assert_int_equal(p->got.values[0], 7);
	assert_int_equal(p->got.values[1], 1);
}

/* Tables may come with a migration that runs beside us. */
static void
a_statement_may_fail_often_and_then_succeed(void **state)
{
	struct place *p = *state;

	for (int i = 0; i < MANY; i++) {
		pg_query(p->pg, sql_absent, 0, NULL, on_answer, &p->got);
		await(p, i + 1, 1);
	}
	assert_int_equal(p->got.refused, MANY);
	assert_string_equal(p->got.sqlstate, "42P01");
	assert_int_equal(db_exec(p->db, "create table absent (id int)"), 0);
	pg_query(p->pg, sql_absent, 0, NULL, on_answer, &p->got);
	await(p, MANY + 1, 1);
	assert_int_equal(p->got.done, 1);
	assert_int_equal(p->ups, 1);
}

static void
a_batch_is_one_transaction_in_the_order_of_keys(void **state)
{
	static const char *const keys[] = {"c", "a", "b", "a"};
	struct place *p = *state;

	await(p, 0, 1);
	for (int i = 0; i < 4; i++)
		pg_op_batch(p->pg, insert_op(keys[i], i), on_answer, &p->got);
	await(p, 4, 1);
	assert_int_equal(p->got.done, 4);
	assert_int_equal(
	    db_int(p->db, "select count(distinct txid) from thing"), 1);
	assert_int_equal(
	    db_int(p->db, "select string_agg(id::text, '' order by place)::int "
			  "from thing"),
	    1203); /* the second of one key is behind the first of all */
}

static struct pg_op *
insert_row_op(const char *key, int64_t id)
{
	struct pg_op *op = pg_op_new(key);
	char text[8];

	snprintf(text, sizeof(text), "%d", (int)id);
	pg_op_add_row(op, sql_insert_rows, 1, (const char *[]){text});
	return op;
}

static void
rows_of_one_statement_go_out_as_one(void **state)
{
	static const char *const keys[] = {"c", "a", "b", "a", "a"};
	struct place *p = *state;

	await(p, 0, 1);
	for (int i = 0; i < 5; i++)
		pg_op_batch(
		    p->pg, insert_row_op(keys[i], i), on_answer, &p->got);
	await(p, 5, 1);
	assert_int_equal(p->got.done, 5);
	assert_int_equal(
	    db_int(p->db, "select count(distinct txid) from thing"), 1);
	assert_int_equal(
	    db_int(p->db, "select string_agg(id::text, '' order by place)::int "
			  "from thing"),
	    12034);
	assert_int_equal(
	    db_int(p->db, "select string_agg(n::text, '' order by first)::int "
			  "from (select count(*) as n, min(place) as first "
			  "from thing group by cmin::text) as s"),
	    311);
}

static const struct {
	const char *text, *number;
} echoed[] = {
    {"plain", "1"},
    {"", "2"},
    {NULL, "3"},
    {"NULL", "4"},
    {"it's \"here\", in {braces}", "5"},
    {"of \"us\" there is no row", NULL},
    {"a\\b\\\"c\\", "6"},
    {"\nlines\t and \xc3\xa9", "-7"},
};

enum { N_ECHOED = sizeof(echoed) / sizeof(echoed[0]) };

static void
on_echo(const struct pg_answer *answer, void *arg)
{
	struct place *p = arg;
	size_t i = p->got.n++;
	const PGresult *res;

	assert_int_equal(answer->outcome, PG_DONE);
	assert_int_equal(answer->n_results, 1);
	res = answer->results[0];
	assert_int_equal(PQntuples(res), echoed[i].number != NULL);
	if (echoed[i].number == NULL)
		return;
	assert_string_equal(pg_text(res, 0, "b"), echoed[i].number);
	assert_int_equal(pg_is_null(res, 0, "a"), echoed[i].text == NULL);
	if (echoed[i].text != NULL)
		assert_string_equal(pg_text(res, 0, "a"), echoed[i].text);
}

static struct pg_op *
echo_op(size_t i)
{
	const char *const params[] = {echoed[i].text, echoed[i].number};
	char key[] = {(char)('a' + i), '\0'};
	struct pg_op *op = pg_op_new(key);

	pg_op_add_row(op, sql_echo_rows, 2, params);
	return op;
}

static void
each_gets_what_came_of_its_own_row(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	for (size_t i = 0; i < N_ECHOED; i++)
		pg_op_batch(p->pg, echo_op(i), on_echo, p);
	await(p, N_ECHOED, 1);
	p->got.n = 0;
	for (size_t i = 0; i < N_ECHOED; i++)
		pg_op_run(p->pg, echo_op(i), on_echo, p);
	await(p, N_ECHOED, 1);
}

static void
one_bad_row_harms_no_other(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	for (int i = 0; i < 50; i++) {
		char key[8];

		snprintf(key, sizeof(key), "%03d", i);
		pg_op_batch(p->pg, insert_row_op(key, i == 9 ? 8 : i),
		    on_answer, &p->got);
	}
	await(p, 50, 1);
	assert_int_equal(p->got.done, 49);
	assert_int_equal(p->got.refused, 1);
	assert_int_equal(db_int(p->db, "select count(*) from thing"), 49);
}

static void
one_bad_operation_of_a_batch_harms_no_other(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	assert_int_equal(
	    db_exec(p->db, "insert into thing (id) values (7)"), 0);
	for (int i = 0; i < 50; i++)
		pg_op_batch(p->pg, insert_op("k", i), on_answer, &p->got);
	await(p, 50, 1);
	assert_int_equal(p->got.done, 49);
	assert_int_equal(p->got.refused, 1);
	assert_int_equal(db_int(p->db, "select count(*) from thing"), 50);
}

static void
what_was_under_way_when_the_connection_went_is_unknown(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	ask_sleep(p, 60);
	await_asleep(p);
	pg_op_batch(p->pg, insert_op("k", 1), on_answer, &p->got);
	event_base_loop(p->base, EVLOOP_ONCE);
	event_base_loop(p->base, EVLOOP_ONCE);
	end_sleeper(p);
	await(p, 2, 1);
	assert_int_equal(p->got.unknown, 2);
	assert_false(pg_is_up(p->pg));
	ask_number(p, 5);
	await(p, 3, 2);
	assert_int_equal(p->got.done, 1);
	assert_int_equal(p->got.values[2], 5);
	assert_int_equal(db_int(p->db, "select count(*) from thing"), 0);
}

static void
an_idle_connection_that_went_is_made_again(void **state)
{
	struct place *p = *state;

	ask_number(p, 1);
	await(p, 1, 1);
	assert_int_equal(
	    db_exec(p->db, "select pg_terminate_backend(pid) "
			   "from pg_stat_activity where datname = 'subnetd' "
			   "and pid <> pg_backend_pid()"),
	    0);
	await(p, 1, 2);
	ask_number(p, 2); /* prepared on the new connection */
	await(p, 2, 2);
	assert_int_equal(p->got.done, 2);
}

static void
queries_wait_for_a_server_that_restarts(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	cluster_halt(sandbox_cluster(p->sb), CLUSTER_IMMEDIATE);
	while (pg_is_up(p->pg))
		event_base_loop(p->base, EVLOOP_ONCE);
	for (int i = 0; i < 10; i++)
		ask_number(p, i);
	pg_op_batch(p->pg, insert_op("k", 1), on_answer, &p->got);
	assert_int_equal(cluster_start(sandbox_cluster(p->sb)), 0);
	await(p, 11, 2);
	assert_int_equal(p->got.done, 11);
	assert_int_equal(db_int(p->db, "select count(*) from thing"), 1);
}

static void
a_query_is_refused_when_no_server_comes(void **state)
{
	struct place *p = *state;
	struct pg *nowhere =
	    pg_new(p->base, "host=/nowhere dbname=subnetd", NULL, NULL);
	struct pg_params params = {.n = 0};

	pg_add_int(&params, 1);
	pg_query(
	    nowhere, sql_number, params.n, params.values, on_answer, &p->got);
	pg_op_batch(nowhere, insert_op("k", 1), on_answer, &p->got);
	await(p, 2, 0);
	assert_int_equal(p->got.refused, 2);
	assert_string_equal(p->got.sqlstate, "");
	assert_int_equal(pg_pending(nowhere), 0);
	pg_free(nowhere);
}

static void
freeing_it_calls_nobody_back(void **state)
{
	struct place *p = *state;

	await(p, 0, 1);
	ask_sleep(p, 60);
	pg_op_batch(p->pg, insert_op("k", 1), on_answer, &p->got);
	await_asleep(p);
	ask_number(p, 1);
	pg_free(p->pg);
	p->pg = NULL;
	event_base_loop(p->base, EVLOOP_ONCE);
	assert_int_equal(p->got.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, connect_pg, disconnect_pg)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(many_queries_are_answered_in_their_order),
	    TEST(queries_are_sent_without_waiting_for_answers),
	    TEST(every_kind_of_value_comes_back),
	    TEST(an_operation_is_done_whole_or_not_at_all),
	    TEST(a_refused_query_harms_no_other),
	    TEST(a_statement_is_named_by_what_it_says),
	    TEST(a_statement_may_fail_often_and_then_succeed),
	    TEST(a_batch_is_one_transaction_in_the_order_of_keys),
	    TEST(one_bad_operation_of_a_batch_harms_no_other),
	    TEST(rows_of_one_statement_go_out_as_one),
	    TEST(each_gets_what_came_of_its_own_row),
	    TEST(one_bad_row_harms_no_other),
	    TEST(what_was_under_way_when_the_connection_went_is_unknown),
	    TEST(an_idle_connection_that_went_is_made_again),
	    TEST(queries_wait_for_a_server_that_restarts),
	    TEST(a_query_is_refused_when_no_server_comes),
	    TEST(freeing_it_calls_nobody_back),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

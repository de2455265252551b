/* subnetctl migrate: once, twice, all at the same time, and never back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "sql.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

enum { N_RACERS = 5, EXIT_REFUSED = 2, EXIT_WRONG_USAGE = 64 };

/* A fresh database of its own for each test. */
struct place {
	struct sandbox *sb;
	char *conninfo;
	struct db *db;
};

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "migrate", .postgres = true};
	struct place *p = calloc(1, sizeof(*p));

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

static int
make_database(void **state)
{
	struct place *p = *state;
	char *conninfo =
	    cluster_conninfo_of(sandbox_cluster(p->sb), "postgres");
	struct db *db = db_open(conninfo);
	int failed = db_exec(db, "drop database if exists fresh") ||
		     db_exec(db, "create database fresh");

	db_close(db);
	free(conninfo);
	p->conninfo = cluster_conninfo_of(sandbox_cluster(p->sb), "fresh");
	p->db = db_open(p->conninfo);
	return failed || p->db == NULL ? -1 : 0;
}

static int
leave_database(void **state)
{
	struct place *p = *state;

	db_close(p->db);
	free(p->conninfo);
	return 0;
}

/* What migrate says, as JSON; the caller decrefs. */
static json_t *
migrate(struct place *p, int expected_status)
{
	const char *const args[] = {
	    "migrate", "--json", "--db.url", p->conninfo, NULL};
	struct proc_output got;
	json_t *json;

	sandbox_ctl(p->sb, args, &got);
	if (got.status != expected_status)
		fail_msg("exit %d: %s%s", got.status, got.out, got.err);
	json = json_loads(got.out, 0, NULL);
	assert_non_null(json);
	proc_output_clear(&got);
	return json;
}

static size_t
n_applied(json_t *json)
{
	size_t n = json_array_size(json_object_get(json, "applied"));

	json_decref(json);
	return n;
}

static void
an_empty_database_gets_every_migration(void **state)
{
	struct place *p = *state;

	assert_int_equal(n_applied(migrate(p, 0)), n_sql_migrations);
	assert_int_equal(db_int(p->db, "select count(*) from schema_migration"),
	    n_sql_migrations);
	assert_int_equal(db_int(p->db, "select count(*) from job"), 0);
}

static void
the_second_time_changes_nothing(void **state)
{
	struct place *p = *state;
	char *before, *after;

	json_decref(migrate(p, 0));
	before = db_text(p->db, "select json_agg(m)::text "
				"from schema_migration m");
	assert_int_equal(n_applied(migrate(p, 0)), 0);
	after = db_text(p->db, "select json_agg(m)::text "
			       "from schema_migration m");
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
many_at_once_apply_each_migration_once(void **state)
{
	struct place *p = *state;
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {program, "-c", "/dev/null", "migrate", "--db.url",
	    p->conninfo, NULL};
	struct proc *racers[N_RACERS];

	for (int i = 0; i < N_RACERS; i++) {
		racers[i] = sandbox_start(p->sb, "migrate", argv, NULL);
		assert_non_null(racers[i]);
	}
	for (int i = 0; i < N_RACERS; i++) {
		assert_int_equal(proc_wait(racers[i], 0), 0);
		sandbox_drop(p->sb, racers[i]);
	}
	assert_int_equal(db_int(p->db, "select count(*) from schema_migration"),
	    n_sql_migrations);
	free(program);
}

static void
a_newer_schema_is_refused_and_left_alone(void **state)
{
	struct place *p = *state;
	json_t *json;

	json_decref(migrate(p, 0));
	db_exec(p->db, "insert into schema_migration "
		       "values (9999, '9999_from_tomorrow', now())");
	json = migrate(p, EXIT_REFUSED);
	assert_non_null(
	    strstr(json_string_value(json_object_get(json, "error")),
		"9999_from_tomorrow"));
	json_decref(json);
	assert_int_equal(db_int(p->db, "select count(*) from schema_migration"),
	    n_sql_migrations + 1);
}

static void
another_history_is_refused(void **state)
{
	struct place *p = *state;

	json_decref(migrate(p, 0));
	db_exec(p->db, "update schema_migration set name = '0001_other' "
		       "where version = 1");
	json_decref(migrate(p, EXIT_REFUSED));
}

static void
a_migration_that_fails_leaves_nothing_behind(void **state)
{
	struct place *p = *state;
	json_t *json;

	/* One of the last things the first migration makes. */
	db_exec(p->db, "create table instance (id integer)");
	json = migrate(p, 1);
	assert_non_null(strstr(
	    json_string_value(json_object_get(json, "error")), "0001_init"));
	json_decref(json);
	assert_int_equal(
	    db_int(p->db, "select count(*) from schema_migration"), 0);
	assert_int_equal(
	    db_int(p->db, "select (to_regclass('job') is null)::int"), 1);
	db_exec(p->db, "drop table instance");
	assert_int_equal(n_applied(migrate(p, 0)), n_sql_migrations);
}

static void
told_to_wait_it_waits_for_the_server(void **state)
{
	struct place *p = *state;
	struct cluster *cluster = sandbox_cluster(p->sb);
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {program, "-c", "/dev/null", "migrate", "--wait",
	    "--db.url", p->conninfo, NULL};
	struct proc *waiting;

	cluster_halt(cluster, CLUSTER_FAST);
	waiting = sandbox_start(p->sb, "migrate-waits", argv, NULL);
	assert_non_null(waiting);
	assert_non_null(proc_wait_event(waiting, "migrate.waiting", NULL, 0));
	assert_int_equal(cluster_start(cluster), 0);
	assert_int_equal(proc_wait(waiting, 0), 0);
	sandbox_drop(p->sb, waiting);
	assert_int_equal(n_applied(migrate(p, 0)), 0);
	free(program);
}

static void
it_does_not_wait_for_ever(void **state)
{
	static const char *const args[] = {"migrate", "--wait", "--wait_limit",
	    "100ms", "--db.url", "host=/nowhere dbname=subnetd", NULL};
	struct place *p = *state;
	struct proc_output got;

	sandbox_ctl(p->sb, args, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "no connection to PostgreSQL"));
	proc_output_clear(&got);
}

static void
wrong_words_are_wrong_usage(void **state)
{
	static const char *const cases[][5] = {{NULL}, {"migrat", NULL},
	    {"migrate", "now", NULL}, {"jobs", NULL}, {"jobs", "show", NULL},
	    {"jobs", "show", "7", NULL}, {"jobs", "list", "asleep", NULL},
	    {"scores", "show", "5x", NULL}, {"--db.ulr", "x", "migrate", NULL}};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct proc_output got;

		sandbox_ctl(p->sb, cases[i], &got);
		assert_int_equal(got.status, EXIT_WRONG_USAGE);
		assert_true(got.err[0] != '\0');
		proc_output_clear(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		an_empty_database_gets_every_migration, make_database,
		leave_database),
	    cmocka_unit_test_setup_teardown(
		the_second_time_changes_nothing, make_database, leave_database),
	    cmocka_unit_test_setup_teardown(
		many_at_once_apply_each_migration_once, make_database,
		leave_database),
	    cmocka_unit_test_setup_teardown(
		a_newer_schema_is_refused_and_left_alone, make_database,
		leave_database),
	    cmocka_unit_test_setup_teardown(
		another_history_is_refused, make_database, leave_database),
	    cmocka_unit_test_setup_teardown(
		a_migration_that_fails_leaves_nothing_behind, make_database,
		leave_database),
	    cmocka_unit_test_setup_teardown(
		told_to_wait_it_waits_for_the_server, make_database,
		leave_database),
	    cmocka_unit_test(it_does_not_wait_for_ever),
	    cmocka_unit_test(wrong_words_are_wrong_usage),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

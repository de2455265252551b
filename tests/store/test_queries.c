/* Every statement of sql/queries, prepared against the migrated schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "sql.h"
#include "tests/lib/sandbox.h"

enum { LONGEST_NAME = 63 }; /* what PostgreSQL keeps of a name */

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "queries", .postgres = true};

	*state = sandbox_new(&o);
	return *state != NULL ? 0 : -1;
}

static int
end_sandbox(void **state)
{
	return sandbox_end(*state, false);
}

static void
every_statement_can_be_prepared(void **state)
{
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));
	size_t failed = 0;

	assert_int_equal(PQstatus(conn), CONNECTION_OK);
	assert_true(n_sql_queries > 0);
	for (size_t i = 0; i < n_sql_queries; i++) {
		PGresult *res = PQprepare(
		    conn, sql_queries[i].name, sql_queries[i].text, 0, NULL);

		if (PQresultStatus(res) != PGRES_COMMAND_OK) {
			print_error("sql/queries/%s.sql: %s",
			    sql_queries[i].name, PQerrorMessage(conn));
			failed++;
		}
		PQclear(res);
	}
	PQfinish(conn);
	assert_int_equal(failed, 0);
}

/* Of tables that nobody has analyzed, which grow while the plan is kept. */
static void
steps_find_their_rows_by_id(void **state)
{
	static const struct {
		const char *sql, *explain;
	} steps[] = {
	    {sql_attempt_step,
		"explain execute s (null, null, null, null, null, null, null, "
		"null, null, null, null, null)"},
	    {sql_job_step, "explain execute s (null, null, null, null, null, "
			   "null, null, null)"},
	};
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));

	PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		PGresult *plan;

		PQclear(PQprepare(conn, "s", steps[i].sql, 0, NULL));
		plan = PQexec(conn, steps[i].explain);
		assert_true(PQntuples(plan) > 0);
		for (int k = 0; k < PQntuples(plan); k++) {
			const char *line = PQgetvalue(plan, k, 0);

			if (strstr(line, "Seq Scan") != NULL ||
			    strstr(line, "Hash Join") != NULL)
				fail_msg("step %zu: %s", i, line);
		}
		PQclear(plan);
		PQclear(PQexec(conn, "deallocate s"));
	}
	PQfinish(conn);
}

/* Whoever asks for a miner's score does not have all judgements read. */
static void
a_page_of_a_score_finds_its_judgements_by_hotkey(void **state)
{
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));
	size_t by_hotkey = 0;
	PGresult *plan;

	PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
	PQclear(PQprepare(conn, "s", sql_score_show, 0, NULL));
	plan = PQexec(conn, "explain execute s (null, null, null, null, null)");
	assert_true(PQntuples(plan) > 0);
	for (int k = 0; k < PQntuples(plan); k++) {
		const char *line = PQgetvalue(plan, k, 0);

		if (strstr(line, "Scan on judgement") != NULL ||
		    strstr(line, "Sort") != NULL)
			fail_msg("%s", line);
		by_hotkey += strstr(line, "using judgement_of_hotkey") != NULL;
		if (strstr(line, "Index Cond") != NULL &&
		    strstr(line, "hotkey = $2") != NULL &&
		    strstr(line, "at >= ") != NULL &&
		    strstr(line, "at <= ") != NULL)
			by_hotkey += strstr(line, "ROW(") != NULL;
	}
	assert_int_equal(by_hotkey, 2);
	PQclear(plan);
	PQfinish(conn);
}

/* A page of jobs, all or a tenant's, is read where it stands, and sorted
 * nowhere, whatever the table has become since the plan was made. */
static void
a_page_of_jobs_is_read_in_its_order(void **state)
{
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));
	int all = 0, of_one = 0, behind = 0;
	PGresult *plan;

	PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
	PQclear(PQprepare(conn, "s", sql_job_list, 0, NULL));
	plan = PQexec(conn, "explain execute s (null, null, null, null, null, "
			    "null, null, null, null)");
	assert_true(PQntuples(plan) > 0);
	for (int k = 0; k < PQntuples(plan); k++) {
		const char *line = PQgetvalue(plan, k, 0);

		if (strstr(line, "Seq Scan") != NULL ||
		    strstr(line, "Bitmap") != NULL ||
		    strstr(line, "Sort") != NULL)
			fail_msg("%s", line);
		all += strstr(line, "using job_page on job") != NULL;
		of_one += strstr(line, "using job_page_of on job") != NULL;
		behind += strstr(line, "Index Cond") != NULL &&
			  strstr(line, "ROW(created_at, id) < ROW(") != NULL;
	}
	assert_int_equal(all, 1);
	assert_int_equal(of_one, 1);
	assert_int_equal(behind, 2);
	PQclear(plan);
	PQfinish(conn);
}

/* The newest jobs as Dippy's door shows them are found where they stand; one of
 * them by its id. */
static void
what_is_recent_is_read_in_its_order(void **state)
{
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));
	int by_page = 0, by_id = 0;
	PGresult *plan;

	PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
	PQclear(PQexec(conn, "set enable_seqscan = off")); /* it is empty */
	PQclear(PQprepare(conn, "s", sql_dippy_jobs, 0, NULL));
	plan = PQexec(conn, "explain execute s (null, null, null)");
	assert_true(PQntuples(plan) > 0);
	for (int k = 0; k < PQntuples(plan); k++) {
		const char *line = PQgetvalue(plan, k, 0);

		by_page += strstr(line, "using job_page on job") != NULL;
		by_id += strstr(line, "using job_pkey on job") != NULL;
	}
	assert_int_equal(by_page, 1);
	assert_int_equal(by_id, 2);
	PQclear(plan);
	PQfinish(conn);
}

/* An old snapshot keeps in these indexes all that was open since: a look reads
 * no more of them than its deadlines. */
static void
looks_for_what_is_open_go_by_deadline(void **state)
{
	static const struct {
		const char *sql, *explain;
		int ranges;
	} looks[] = {
	    {sql_open_from, "explain execute s (null, null, null, null)", 2},
	    {sql_attempt_stuck,
		"explain execute s (null, null, null, null, null)", 1},
	    {sql_job_unsettled, "explain execute s (null, null, null, null)",
		1},
	    {sql_miner_open, "explain execute s (null, null, null)", 1},
	};
	PGconn *conn = PQconnectdb(sandbox_conninfo(*state));

	PQclear(PQexec(conn, "set plan_cache_mode = force_generic_plan"));
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		PGresult *plan;
		int ranges = 0;

		PQclear(PQprepare(conn, "s", looks[i].sql, 0, NULL));
		plan = PQexec(conn, looks[i].explain);
		for (int k = 0; k < PQntuples(plan); k++) {
			const char *line = PQgetvalue(plan, k, 0);

			ranges += strstr(line, "Index Cond") != NULL &&
				  strstr(line, "deadline_at >= ") != NULL;
		}
		if (ranges != looks[i].ranges)
			fail_msg("look %zu: %d ranges", i, ranges);
		PQclear(plan);
		PQclear(PQexec(conn, "deallocate s"));
	}
	PQfinish(conn);
}

static void
every_statement_opens_with_a_comment(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_sql_queries; i++) {
		assert_int_equal(strncmp(sql_queries[i].text, "-- ", 3), 0);
		assert_true(strlen(sql_queries[i].name) <= LONGEST_NAME);
	}
}

static void
migrations_are_numbered_from_one_without_a_gap(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_sql_migrations; i++)
		assert_int_equal(
		    strtol(sql_migrations[i].name, NULL, 10), i + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_statement_can_be_prepared),
	    cmocka_unit_test(steps_find_their_rows_by_id),
	    cmocka_unit_test(a_page_of_a_score_finds_its_judgements_by_hotkey),
	    cmocka_unit_test(a_page_of_jobs_is_read_in_its_order),
	    cmocka_unit_test(what_is_recent_is_read_in_its_order),
	    cmocka_unit_test(looks_for_what_is_open_go_by_deadline),
	    cmocka_unit_test(every_statement_opens_with_a_comment),
	    cmocka_unit_test(migrations_are_numbered_from_one_without_a_gap),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

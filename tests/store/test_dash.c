/*
 * What dashboards read: tests/dash/ in PostgreSQL itself, by pgTAP, and that
 * docs/dashboards.md says what every view has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "tests/lib/cluster_template.h"
#include "tests/lib/db.h"
#include "tests/lib/edit.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

struct place {
	struct sandbox *box;
	struct db *db;
};

static int
make_sandbox(void **state)
{
	const struct sandbox_options o = {.name = "dash", .postgres = true};
	static struct place p;

	p.box = sandbox_new(&o);
	if (p.box == NULL)
		return -1;
	p.db = db_open(sandbox_conninfo(p.box));
	*state = &p;
	return p.db != NULL ? db_exec(p.db, "create extension pgtap") : -1;
}

static int
end_sandbox(void **state)
{
	struct place *p = *state;

	db_close(p->db);
	return sandbox_end(p->box, false);
}

/* -- pgTAP --------------------------------------------------------------- */

/* Lines that begin so. */
static size_t
count_lines(const char *text, const char *beginning)
{
	size_t n = 0, len = strlen(beginning);

	for (const char *p = text; p != NULL && *p != '\0';) {
		n += strncmp(p, beginning, len) == 0;
		p = strchr(p, '\n');
		p += p != NULL;
	}
	return n;
}

/* How many tests it has; fails if one of them does, or is missing. */
static size_t
run_file(const struct place *p, const char *path)
{
	char *psql = cluster_program("psql");
	const char *argv[] = {psql, "-X", "-q", "-A", "-t", "-v",
	    "ON_ERROR_STOP=1", "-d", sandbox_conninfo(p->box), "-f", path,
	    NULL};
	const struct proc_options o = {.name = "psql", .argv = argv};
	struct proc_output got;
	const char *plan;
	size_t passed;

	proc_run(&o, 0, &got);
	passed = count_lines(got.out, "ok ");
	plan = strstr(got.out, "1..");
	if (got.status != 0 || plan == NULL ||
	    strtoul(plan + 3, NULL, 10) != passed ||
	    count_lines(got.out, "not ok ") > 0)
		fail_msg(
		    "%s: exit %d\n%s%s", path, got.status, got.out, got.err);
	proc_output_clear(&got);
	free(psql);
	return passed;
}

static void
what_the_database_says_of_itself(void **state)
{
	glob_t found;

	assert_int_equal(glob("tests/dash/*.sql", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 3);
	for (size_t i = 0; i < found.gl_pathc; i++)
		printf("# %s: %zu passed\n", found.gl_pathv[i],
		    run_file(*state, found.gl_pathv[i]));
	globfree(&found);
}

/* -- what is written of it ----------------------------------------------- */

/* Whether the page's row of that view names the column. */
static bool
is_named(const char *page, const char *view, const char *column)
{
	char *row = xasprintf("\n| `%s` |", view);
	char *word = xasprintf("`%s`", column);
	const char *at = strstr(page, row), *end, *name;
	bool found = false;

	if (at != NULL) {
		end = at + 1 + strcspn(at + 1, "\n");
		name = strstr(at + strlen(row), word);
		found = name != NULL && name < end;
	}
	free(row);
	free(word);
	return found;
}

static void
the_page_names_every_column(void **state)
{
	struct place *p = *state;
	char *page = edit_file("docs/dashboards.md", NULL);
	PGresult *res = db_rows(p->db,
	    "select table_name, column_name from information_schema.columns "
	    "where table_schema = 'dash_v1' order by table_name, "
	    "ordinal_position");
	size_t missing = 0;

	assert_non_null(page);
	assert_non_null(res);
	assert_true(PQntuples(res) > 300);
	for (int i = 0; i < PQntuples(res); i++) {
		const char *view = PQgetvalue(res, i, 0);
		const char *column = PQgetvalue(res, i, 1);

		if (is_named(page, view, column))
			continue;
		print_error(
		    "docs/dashboards.md lacks dash_v1.%s.%s\n", view, column);
		missing++;
	}
	assert_int_equal(missing, 0);
	PQclear(res);
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_the_database_says_of_itself),
	    cmocka_unit_test(the_page_names_every_column),
	};

	return cmocka_run_group_tests(tests, make_sandbox, end_sandbox);
}

/*
 * Every command that looks after a suite, with --json, on a database with
 * nothing in it and nothing else there: one JSON object on stdout, whatever
 * happens; and an exit status that says whether there is an error in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

#define ID "01890000-0000-7000-8000-0000000000ff"
#define HOTKEY "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

enum { MAX_ARGS = 16 };

/* The words, and how it ends. */
static const struct {
	const char *words[8];
	int status;
} commands[] = {
    {{"migrate"}, 0},
    {{"doctor"}, 1},
    {{"jobs", "list"}, 0},
    {{"jobs", "list", "nonsense"}, 64},
    {{"jobs", "show", ID}, 1},
    {{"jobs", "show", "nonsense"}, 64},
    {{"jobs", "route", ID}, 1},
    {{"jobs", "failures"}, 0},
    {{"jobs", "redrive", ID}, 0},
    {{"jobs", "redrive", "nonsense"}, 64},
    {{"jobs", "cancel", ID}, 1},
    {{"jobs", "cancel", "nonsense"}, 64},
    {{"schedules", "list"}, 0},
    {{"schedules", "run", "nobody"}, 2},
    {{"schedules", "enable", "nobody"}, 2},
    {{"schedules", "disable", "nobody"}, 2},
    {{"miners", "list"}, 0},
    {{"miners", "show", HOTKEY}, 1},
    {{"miners", "explain", HOTKEY}, 1},
    {{"miners", "shares"}, 0},
    {{"miners", "ban", HOTKEY}, 0},
    {{"miners", "ban", "nonsense"}, 64},
    {{"miners", "unban", HOTKEY}, 0},
    {{"miners", "unban", HOTKEY}, 2},
    {{"tenants", "list"}, 0},
    {{"tenants", "weight", "me", "3"}, 0},
    {{"tenants", "weight", "me", "nonsense"}, 64},
    {{"keys", "new", "--role", "client"}, 0},
    {{"keys", "new", "--role", "nonsense"}, 64},
    {{"keys", "list"}, 0},
    {{"keys", "revoke", "abcdefgh"}, 1},
    {{"keys", "rotate", "abcdefgh"}, 1},
    {{"scores", "show"}, 0},
    {{"scores", "show", "nonsense"}, 64},
    {{"scores", "explain", HOTKEY}, 1},
    {{"scores", "statement", HOTKEY}, 1},
    {{"export"}, 1},
    {{"weights", "history"}, 0},
    {{"weights", "plan"}, 0},
    {{"weights", "status"}, 0},
    {{"weights", "submit"}, 64},
    {{"weights", "prove"}, 1},
    {{"audit-weights"}, 1},
    {{"engagement", "claim", "nonsense", "me"}, 64},
    {{"engagement", "explain", HOTKEY}, 1},
    {{"engagement", "task", "list"}, 0},
    {{"engagement", "task", "add", "x"}, 64},
    {{"top"}, 0},
    {{"nonsense"}, 64},
    {{"jobs"}, 64},
    {{"jobs", "show"}, 64},
    {{"jobs", "show", "\xff"}, 64}, /* no UTF-8 */
    {{"jobs", "list", "--nonsense", "x"}, 64},
    {{"jobs", "list", "--limit", "0"}, 64},
    {{"help", "nonsense"}, 64},
    {{"key", "inspect"}, 64},
    {{"key", "inspect", "nonsense"}, 1},
    {{"ss58", "decode", "\xff"}, 1},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "ctl-json", .postgres = true};

	*state = sandbox_new(&o);
	return *state == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	return sandbox_end(*state, false);
}

/* Nothing of this machine is asked: no chain, no signerd. */
static void
run(struct sandbox *box, const char *const *words, struct proc_output *got)
{
	const char *args[MAX_ARGS + 1] = {"--subtensor.chain_endpoint",
	    "ws://127.0.0.1:1", "--signer.socket", "", "--json"};
	size_t n = 5;

	for (; *words != NULL && n < MAX_ARGS; words++)
		args[n++] = *words;
	sandbox_ctl(box, args, got);
}

/* How it ended and what it said; the caller decrefs. NULL: it said no JSON
 * object, or how it ended is not in it. */
static json_t *
ask(struct sandbox *box, const char *const *words, int *status)
{
	struct proc_output got;
	bool has_error;
	json_t *json;

	run(box, words, &got);
	*status = got.status;
	json = json_loads(got.out, 0, NULL);
	has_error = json_object_get(json, "error") != NULL ||
		    json_is_false(json_object_get(json, "ok"));
	if (!json_is_object(json) || has_error != (got.status != 0)) {
		print_error("%s %s: exit %d\n%s%s", words[0],
		    words[1] != NULL ? words[1] : "", got.status, got.out,
		    got.err);
		json_decref(json);
		json = NULL;
	}
	proc_output_clear(&got);
	return json;
}

static void
every_command_speaks_json(void **state)
{
	size_t bad = 0;

	for (size_t i = 0; i < N_COMMANDS; i++) {
		const char *const *w = commands[i].words;
		int status;
		json_t *json = ask(*state, w, &status);

		if (json != NULL && status != commands[i].status)
			print_error("%s %s: exit %d\n", w[0],
			    w[1] != NULL ? w[1] : "", status);
		bad += json == NULL || status != commands[i].status;
		json_decref(json);
	}
	assert_int_equal(bad, 0);
}

/* A database that nobody migrated, or whose tables are older: whoever reads
 * them is told what to do. */
static void
a_database_without_tables_wants_to_be_migrated(void **state)
{
	struct sandbox *box = *state;
	struct db *db = db_open(sandbox_conninfo(box));
	char *bare = cluster_conninfo_of(sandbox_cluster(box), "bare");
	size_t told = 0;

	assert_int_equal(db_exec(db, "create database bare"), 0);
	for (size_t i = 1; i < N_COMMANDS; i++) {
		const char *words[10] = {"--db.url", bare};
		const char *why;
		json_t *json;
		int status;

		memcpy(&words[2], commands[i].words, sizeof(commands[i].words));
		json = ask(box, words, &status);
		assert_non_null(json);
		why = json_string_value(json_object_get(json, "error"));
		if (why != NULL && strstr(why, "does not exist") != NULL) {
			assert_int_equal(status, 1);
			assert_non_null(strstr(why, "run: subnetctl migrate"));
			told++;
		}
		assert_true(status != 0);
		json_decref(json);
	}
	assert_true(told > 20);
	db_close(db);
	free(bare);
}

/* A key that nobody was told of is no success. */
static void
who_cannot_be_told_makes_it_fail(void **state)
{
	char *program = paths_program("bin/subnetctl");
	char *line =
	    xasprintf("exec %s keys new --role client -c /dev/null --db.url "
		      "'%s' >/dev/full",
		program, sandbox_conninfo(*state));
	const char *argv[] = {"sh", "-c", line, NULL};
	const struct proc_options o = {.name = "sh", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	assert_int_equal(got.status, 1);
	assert_non_null(strstr(got.err, "stdout cannot be written to"));
	proc_output_clear(&got);
	free(program);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_command_speaks_json),
	    cmocka_unit_test(a_database_without_tables_wants_to_be_migrated),
	    cmocka_unit_test(who_cannot_be_told_makes_it_fail),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

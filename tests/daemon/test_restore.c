/*
 * A suite at work, its database dumped meanwhile, and then lost: what
 * docs/operations.md says to do brings it back. What was done stays done,
 * what was under way ends, what came behind the dump is not there and said so;
 * weights that the restored rows know nothing of are noticed, and ours are
 * proven again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/cluster_template.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/kinds.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { N_MINERS = 2, PROOF_MS = 90000, TOOL_MS = 60000 };

/* Short, as what was under way at the dump must run out of time first. */
static const struct kind_row kind = {
    "word", "word", WORK_TEXT, "4s", "1s", "2m", 3, 1};

static int
set_up(void **state)
{
	char *kinds = kinds_write("restore-kinds", &kind, 1);
	const struct suite_options o = {.name = "restore",
	    .kinds = kinds,
	    .n_miners = N_MINERS,
	    .miners = {{100, {"--offer", "word", "--delay-ms", "1500"}},
		{100, {"--offer", "word", "--delay-ms", "1500"}}}};

	*state = kinds != NULL ? suite_new(&o) : NULL;
	free(kinds);
	return *state != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

/* -- jobs and weights --------------------------------------------------- */

static void
submit(struct suite *s, char id[40])
{
	char *job = kinds_job(&kind);

	assert_int_equal(suite_submit(s, job, id), 202);
	free(job);
}

static void
await_job(struct suite *s, const char *id, const char *state)
{
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from job where id = '%s' "
			     "and state = '%s'",
			     id, state),
	    0);
}

static int
job_status(struct suite *s, const char *id)
{
	char *url = xasprintf("%s/v1/jobs/%s", s->api_url, id);
	struct fetch_answer answer;
	int status;

	fetch_get(url, &answer);
	status = answer.status;
	fetch_clear(&answer);
	free(url);
	return status;
}

static int64_t
proven_block(struct suite *s)
{
	return db_int(s->db, "select coalesce(max(proven_block), 0) from "
			     "ledger where state = 'proven'");
}

/* Weights that were proven at a later block than that. */
static void
await_proof(struct suite *s, int64_t block)
{
	assert_int_equal(db_wait_int(s->db, 1, PROOF_MS,
			     "select (count(*) > 0)::integer from ledger "
			     "where state = 'proven' and proven_block > %lld",
			     (long long)block),
	    0);
}

/* -- the operator's steps ----------------------------------------------- */

/* A program of PostgreSQL's, on the database. */
static void
run_tool(struct suite *s, const char *name, const char *flag, const char *file)
{
	char *program = cluster_program(name);
	const char *argv[] = {
	    program, "-d", sandbox_conninfo(s->box), flag, file, NULL};
	struct proc_options o = {.name = name, .argv = argv};
	struct proc_output got;

	if (file == NULL)
		argv[3] = NULL;
	proc_run(&o, TOOL_MS, &got);
	if (got.status != 0)
		fail_msg("%s: exit %d\n%s", name, got.status, got.err);
	proc_output_clear(&got);
	free(program);
}

static void
dump(struct suite *s, const char *path)
{
	char *to = xasprintf("--file=%s", path);

	run_tool(s, "pg_dump", "-Fc", to);
	free(to);
}

static void
stop_all(struct suite *s)
{
	for (int i = N_SUITE_DAEMONS - 1; i >= 0; i--)
		assert_int_equal(suite_stop(s, i), 0);
}

static void
restore(struct suite *s, const char *path)
{
	char *other = cluster_conninfo_of(sandbox_cluster(s->box), "empty");
	struct db *db = db_open(other);

	assert_non_null(db);
	db_close(s->db);
	assert_int_equal(db_exec(db, "drop database subnetd"), 0);
	assert_int_equal(db_exec(db, "create database subnetd"), 0);
	db_close(db);
	free(other);
	run_tool(s, "pg_restore", "--exit-on-error", path);
	s->db = db_open(sandbox_conninfo(s->box));
	assert_non_null(s->db);
}

static void
assert_noticed(struct suite *s)
{
	struct proc *setter = s->daemons[SUITE_WEIGHTSETTER];

	assert_non_null(
	    proc_wait_event(setter, "weights.foreign_update", NULL, PROOF_MS));
}

static void
a_restored_suite_goes_on(void **state)
{
	struct suite *s = *state;
	char *path = sandbox_path(s->box, "subnetd.dump");
	char before[40], under_way[40], behind[40], after[40];
	int64_t dumped;

	assert_int_equal(suite_wait_ready(s, N_MINERS), 0);
	submit(s, before);
	await_job(s, before, "done");
	await_proof(s, 0);
	submit(s, under_way);
	await_job(s, under_way, "running");
	dumped = proven_block(s);
	dump(s, path);
	submit(s, behind);
	await_job(s, behind, "done");
	await_proof(s, dumped);
	stop_all(s);

	restore(s, path);
	assert_int_equal(suite_start(s, SUITE_SIGNER), 0);
	assert_int_equal(suite_start(s, SUITE_WEIGHTSETTER), 0);
	assert_noticed(s);
	assert_int_equal(suite_start(s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(suite_start(s, SUITE_VALIDATOR), 0);
	assert_int_equal(job_status(s, before), 200);
	assert_int_equal(job_status(s, behind), 404);
	await_job(s, before, "done");
	await_job(s, under_way, "done");
	dumped = proven_block(s);
	submit(s, after);
	await_job(s, after, "done");
	await_proof(s, dumped);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_restored_suite_goes_on, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * PgBouncer between the suite and PostgreSQL, as docs/scaling.md says: with
 * pools of sessions everything works, a killed instance is known to be dead at
 * once, as without it; with pools of transactions what only reads does.
 * Skipped where there is no PgBouncer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { N_MINERS = 2, N_JOBS = 5, PORT = 6432, PROOF_MS = 90000 };

static const char pgbouncer[] = "/usr/sbin/pgbouncer";

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"}}";

/* What pg.c asks of a session, and PgBouncer does not hand on: the role's. */
static const char settings[] =
    "alter role subnetd set lock_timeout = '1s';"
    "alter role subnetd set jit = off;"
    "alter role subnetd set plan_cache_mode = force_generic_plan";

struct rig {
	struct suite *s;
	struct proc *pool;
	char *conninfo; /* through it */
};

/* -- PgBouncer ---------------------------------------------------------- */

static void
write_ini(struct suite *s, const char *path, const char *mode)
{
	const char *dir = cluster_dir(sandbox_cluster(s->box));
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f,
	    "[databases]\nsubnetd = host=%s port=5432 user=subnetd\n"
	    "[pgbouncer]\nlisten_port = %d\nunix_socket_dir = %s\n"
	    "auth_type = any\npool_mode = %s\ndefault_pool_size = 20\n"
	    "ignore_startup_parameters = options\n",
	    dir, PORT, dir, mode);
	fclose(f);
}

/* Until it answers. */
static void
await_pool(struct rig *r)
{
	struct db *db = NULL;

	for (int i = 0; i < 300 && db == NULL; i++) {
		if (!proc_is_alive(r->pool)) {
			proc_show_log(r->pool, 20);
			fail_msg("PgBouncer has ended");
		}
		if (PQping(r->conninfo) == PQPING_OK)
			db = db_open(r->conninfo);
		if (db == NULL)
			proc_nap();
	}
	assert_non_null(db);
	db_close(db);
}

static void
start_pool(struct rig *r, const char *mode)
{
	struct cluster *cluster = sandbox_cluster(r->s->box);
	char *ini = xasprintf("%s/pgbouncer.ini", cluster_dir(cluster));
	char *log = sandbox_path(r->s->box, "pgbouncer.log");
	const char *argv[] = {pgbouncer, ini, NULL};
	struct proc_options o = {.name = "pgbouncer", .log = log, .argv = argv};

	write_ini(r->s, ini, mode);
	cluster_user(&o.uid, &o.gid);
	r->conninfo = xasprintf("host=%s port=%d user=subnetd dbname=subnetd",
	    cluster_dir(cluster), PORT);
	r->pool = proc_start(&o);
	assert_non_null(r->pool);
	await_pool(r);
	free(ini);
	free(log);
}

/* -- the suite ---------------------------------------------------------- */

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "pgbouncer",
	    .n_miners = N_MINERS,
	    .miners = {{100, {NULL}}, {100, {NULL}}},
	    .leave_stopped = {true, true, true, true}};
	struct rig *r = xcalloc(1, sizeof(*r));

	*state = r;
	if (access(pgbouncer, X_OK) != 0)
		return 0;
	r->s = suite_new(&o);
	return r->s != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct rig *r = *state;
	int status;

	/* The daemons end before what carries their questions. */
	for (int i = N_SUITE_DAEMONS - 1; r->s != NULL && i >= 0; i--) {
		if (r->s->daemons[i] != NULL)
			suite_stop(r->s, i);
	}
	if (r->pool != NULL)
		proc_stop(r->pool);
	proc_free(r->pool);
	status = suite_end(r->s, false);
	free(r->conninfo);
	free(r);
	return status;
}

static struct rig *
rig_or_skip(void **state)
{
	struct rig *r = *state;

	if (r->s == NULL)
		skip();
	return r;
}

static void
start_daemons(struct rig *r)
{
	char *ini = xasprintf("[db]\nurl = %s\n", r->conninfo);

	assert_int_equal(db_exec(r->s->db, "%s", settings), 0);
	assert_int_equal(suite_configure(r->s, ini), 0);
	for (int i = 0; i < N_SUITE_DAEMONS; i++)
		assert_int_equal(suite_start(r->s, i), 0);
	assert_int_equal(suite_wait_ready(r->s, N_MINERS), 0);
	free(ini);
}

/* Sessions of instances, each of which holds a lock of its own. */
static int
await_instances(struct rig *r, int n)
{
	return db_wait_int(r->s->db, n, 0,
	    "select count(*) from pg_locks where locktype = 'advisory' and "
	    "mode = 'ShareLock'");
}

/* -- the tests ---------------------------------------------------------- */

static void
pools_of_sessions_carry_the_whole_suite(void **state)
{
	struct rig *r = rig_or_skip(state);
	char id[40];

	start_pool(r, "session");
	start_daemons(r);
	for (int i = 0; i < N_JOBS; i++)
		assert_int_equal(suite_submit(r->s, job, id), 202);
	assert_int_equal(db_wait_int(r->s->db, N_JOBS, 0,
			     "select count(*) from job where state = 'done'"),
	    0);
	assert_int_equal(db_wait_int(r->s->db, 1, PROOF_MS,
			     "select (count(*) > 0)::integer from ledger "
			     "where state = 'proven'"),
	    0);
	assert_int_equal(await_instances(r, 1), 0);
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	assert_int_equal(await_instances(r, 0), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(await_instances(r, 1), 0);
}

static void
assert_tells(struct rig *r, const char *first, const char *second)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {program, "-c", "/dev/null", "--db.url",
	    r->conninfo, first, second, "--json", NULL};
	struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0)
		fail_msg("subnetctl %s %s: exit %d\n%s%s", first, second,
		    got.status, got.out, got.err);
	proc_output_clear(&got);
	free(program);
}

static void
pools_of_transactions_serve_those_who_read(void **state)
{
	static const char *const lists[][2] = {{"jobs", "list"},
	    {"jobs", "failures"}, {"miners", "list"}, {"scores", "show"},
	    {"weights", "history"}, {"weights", "status"}, {"keys", "list"}};
	struct rig *r = rig_or_skip(state);

	start_pool(r, "transaction");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_tells(r, lists[i][0], lists[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		pools_of_sessions_carry_the_whole_suite, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		pools_of_transactions_serve_those_who_read, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

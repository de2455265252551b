/*
 * Started before anything they need, as by a supervisor that knows no order:
 * no PostgreSQL, then one without tables, no Redis, no chain, no signerd.
 * Each daemon lives, says what it misses, and goes to work when it is there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { N_MINERS = 2, WAIT_MS = 60000, N_WAITING = 3, N_JOBS = 3 };

static const enum suite_daemon waiting[N_WAITING] = {
    SUITE_ORCHESTRATOR, SUITE_VALIDATOR, SUITE_WEIGHTSETTER};

static const char job[] =
    "{\"kind\":\"audio.speak\",\"miners\":2,\"params\":{\"text\":"
    "\"it was worth waiting for\",\"language\":\"en\"}}";

/* -- taking away, giving back ------------------------------------------- */

/* Everything the daemons need, and the database they are told of is one that
 * nobody has migrated. */
static int
take_all_away(struct suite *s)
{
	struct cluster *cluster = sandbox_cluster(s->box);
	char *url = cluster_conninfo_of(cluster, "empty");
	char *ini = xasprintf("[db]\nurl = %s\n", url);
	int failed = suite_configure(s, ini);

	db_close(s->db);
	s->db = NULL;
	cluster_halt(cluster, CLUSTER_FAST);
	sandbox_redis_halt(s->box);
	failed |= proc_stop(s->chain);
	sandbox_drop(s->box, s->chain);
	s->chain = NULL;
	free(ini);
	free(url);
	return failed;
}

static void
give_postgres(struct suite *s)
{
	struct cluster *cluster = sandbox_cluster(s->box);
	char *url = cluster_conninfo_of(cluster, "empty");

	assert_int_equal(cluster_start(cluster), 0);
	s->db = db_open(url);
	assert_non_null(s->db);
	free(url);
}

static void
give_tables(struct suite *s)
{
	char *url = cluster_conninfo_of(sandbox_cluster(s->box), "empty");
	const char *const args[] = {"migrate", "--db.url", url, NULL};
	struct proc_output got;

	sandbox_ctl(s->box, args, &got);
	if (got.status != 0)
		fail_msg("%s%s", got.out, got.err);
	proc_output_clear(&got);
	free(url);
}

/* The same chain, at the port it had. */
static void
give_chain(struct suite *s)
{
	char *program = paths_program("tests/devchain");
	char *scenario = sandbox_path(s->box, "scenario.json");
	const char *argv[] = {program, "--port", strrchr(s->chain_url, ':') + 1,
	    "--block-ms", "250", "--scenario", scenario, NULL};

	s->chain = sandbox_start(s->box, "devchain-again", argv, NULL);
	assert_non_null(s->chain);
	assert_non_null(proc_wait_event(s->chain, "chain.listening", NULL, 0));
	free(scenario);
	free(program);
}

/* -- looking ------------------------------------------------------------ */

static void
ask(struct suite *s, enum suite_daemon which, const char *path,
    struct fetch_answer *answer)
{
	char *url = xasprintf("http://127.0.0.1:%d%s", s->ports[which], path);

	assert_int_equal(fetch_get(url, answer), 0);
	free(url);
}

/* It lives, and is not ready for want of this. */
static void
assert_waits_for(struct suite *s, enum suite_daemon which, const char *what)
{
	struct fetch_answer answer;

	ask(s, which, "/livez", &answer);
	assert_int_equal(answer.status, 200);
	fetch_clear(&answer);
	ask(s, which, "/readyz", &answer);
	assert_int_equal(answer.status, 503);
	if (strstr(answer.body, what) == NULL)
		fail_msg("%s is not in: %s", what, answer.body);
	fetch_clear(&answer);
}

static void
assert_is_ready_in_time(struct suite *s, enum suite_daemon which)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	struct fetch_answer answer;

	ask(s, which, "/readyz", &answer);
	while (answer.status != 200 && clock_mono_us() < until_us) {
		proc_nap();
		fetch_clear(&answer);
		ask(s, which, "/readyz", &answer);
	}
	if (answer.status != 200)
		fail_msg("it still waits for: %s", answer.body);
	fetch_clear(&answer);
}

/* -- the tests ---------------------------------------------------------- */

static int
make_suite(void **state)
{
	const struct suite_options o = {.name = "waiting",
	    .n_miners = N_MINERS,
	    .miners = {{.alpha = 200}, {.alpha = 300}},
	    .leave_stopped = {true, true, true, true}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s != NULL ? take_all_away(s) : -1;
}

static int
end_suite(void **state)
{
	return suite_end(*state, false);
}

static void
nothing_is_there_and_each_says_so(void **state)
{
	struct suite *s = *state;

	for (int i = 0; i < N_WAITING; i++)
		assert_int_equal(suite_start(s, waiting[i]), 0);
	for (int i = 0; i < N_WAITING; i++)
		assert_waits_for(s, waiting[i], "postgres");
	assert_waits_for(s, SUITE_ORCHESTRATOR, "redis");
	assert_waits_for(s, SUITE_ORCHESTRATOR, "signer");
	assert_waits_for(s, SUITE_VALIDATOR, "redis");
	assert_waits_for(s, SUITE_WEIGHTSETTER, "chain");
}

/* There are no tables yet: each has had that for an answer, and lives. */
static void
a_database_without_tables_ends_nobody(void **state)
{
	struct suite *s = *state;

	give_postgres(s);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select (count(*) >= 4)::integer from "
			     "pg_stat_activity where datname = 'empty'"),
	    0);
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "kinds.not_stored", NULL, 0));
	assert_waits_for(s, SUITE_ORCHESTRATOR, "kinds");
	for (int i = 0; i < N_WAITING; i++)
		assert_true(proc_is_alive(s->daemons[waiting[i]]));
}

static void
with_all_of_it_they_are_ready(void **state)
{
	struct suite *s = *state;

	give_tables(s);
	assert_int_equal(sandbox_redis_start(s->box), 0);
	give_chain(s);
	assert_int_equal(suite_start(s, SUITE_SIGNER), 0);
	for (int i = 0; i < N_WAITING; i++)
		assert_is_ready_in_time(s, waiting[i]);
}

static void
and_do_their_work(void **state)
{
	struct suite *s = *state;
	struct jobs jobs = {0};

	assert_int_equal(suite_wait_ready(s, N_MINERS), 0);
	for (int i = 0; i < N_JOBS; i++)
		assert_int_equal(jobs_submit(s, &jobs, job, WAIT_MS), 0);
	jobs_clear(&jobs);
	assert_int_equal(jobs_wait_quiet(s, WAIT_MS), 0);
	assert_int_equal(db_wait_int(s->db, 1, WAIT_MS,
			     "select (count(*) > 0)::integer from ledger "
			     "where state = 'proven'"),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_there_and_each_says_so),
	    cmocka_unit_test(a_database_without_tables_ends_nobody),
	    cmocka_unit_test(with_all_of_it_they_are_ready),
	    cmocka_unit_test(and_do_their_work),
	};

	return cmocka_run_group_tests(tests, make_suite, end_suite);
}

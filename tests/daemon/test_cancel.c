/*
 * A job that its client cancels, or an operator by subnetctl, is taken back
 * from its miner, who stops, calls nobody back, and has room for another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":1}";

/* A miner of one job at a time, which it never comes to the end of. */
static int
set_up(void **state)
{
	const struct suite_options o = {.name = "cancel",
	    .n_miners = 1,
	    .miners = {{.alpha = 10,
		.flags = {"--capacity", "1", "--delay-ms", "600000"}}}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, 1) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

/* A job that its miner has taken; its attempt's id. */
static void
submit(struct suite *s, char id[40], char attempt[40])
{
	char *text;

	assert_int_equal(suite_submit(s, job, id), 202);
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from attempt where job_id = "
			     "'%s' and state = 'accepted'",
			     id),
	    0);
	text = db_text(s->db, "select id from attempt where job_id = '%s'", id);
	snprintf(attempt, 40, "%s", text);
	free(text);
}

static void
a_cancelled_job_is_taken_back(void **state)
{
	struct suite *s = *state;
	char id[40], attempt[40], next[40];
	char *pairs;

	submit(s, id, attempt);
	assert_int_equal(jobs_cancel(s, id), 200);
	pairs = xasprintf("job=%s", attempt);
	assert_non_null(
	    proc_wait_event(s->miners[0], "miner.cancelled", pairs, 0));
	free(pairs);
	pairs = xasprintf("id=%s status=200", attempt);
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "attempt.withdrawn", pairs, 0));
	free(pairs);
	submit(s, next, attempt); /* there is room again */
	assert_int_equal(jobs_cancel(s, next), 200);
	assert_int_equal(
	    proc_count_events(s->miners[0], "miner.called_back", NULL), 0);
}

/* subnetctl jobs cancel, which must end with that status and say that. */
static void
cancel(struct suite *s, const char *id, int status, const char *says)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {
	    program, "-c", s->ini, "jobs", "cancel", id, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != status ||
	    (strstr(got.out, says) == NULL && strstr(got.err, says) == NULL))
		fail_msg("%d: %s%s", got.status, got.out, got.err);
	proc_output_clear(&got);
	free(program);
}

static void
an_operator_cancels_anybodys_job(void **state)
{
	struct suite *s = *state;
	char id[40], attempt[40], waiting[40];
	char *pairs;

	submit(s, id, attempt);
	assert_int_equal(suite_submit(s, job, waiting), 202);
	cancel(s, waiting, 0, "cancelled"); /* its miner is full: queued */
	cancel(s, id, 0, "its miners are told");
	assert_int_equal(db_int(s->db,
			     "select count(*) from job where id in ('%s', "
			     "'%s') and state = 'cancelled' and reason = "
			     "'cancelled'",
			     id, waiting),
	    2);
	pairs = xasprintf("job=%s", attempt);
	assert_non_null(
	    proc_wait_event(s->miners[0], "miner.cancelled", pairs, 0));
	free(pairs);
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from attempt where id = '%s' "
			     "and state = 'cancelled' and reason = "
			     "'not_needed'",
			     attempt),
	    0);
	submit(s, id, attempt); /* there is room again */
	cancel(s, id, 0, "running");
}

/* PostgreSQL is the truth: who comes back finds the job ended, and ends what it
 * left. */
static void
cancelling_needs_no_orchestratord(void **state)
{
	struct suite *s = *state;
	char id[40], attempt[40];

	submit(s, id, attempt);
	suite_kill(s, SUITE_ORCHESTRATOR);
	cancel(s, id, 0, "its miners are told");
	cancel(s, id, 2, "nothing to cancel");
	assert_int_equal(suite_start(s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(db_wait_int(s->db, 1, 0,
			     "select count(*) from attempt where id = '%s' "
			     "and state = 'cancelled' and reason = "
			     "'not_needed'",
			     attempt),
	    0);
	assert_int_equal(db_int(s->db,
			     "select count(*) from job where id = '%s' and "
			     "state = 'cancelled'",
			     id),
	    1);
}

static void
what_cannot_be_cancelled_is_refused(void **state)
{
	struct suite *s = *state;
	char *over = db_text(
	    s->db, "select id from job where state = 'cancelled' limit 1");

	cancel(s, over, 2, "nothing to cancel");
	cancel(s, "01890000-0000-7000-8000-0000000000ff", 1, "no job");
	cancel(s, "nonsense", 64, "no id of a job");
	free(over);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cancelled_job_is_taken_back),
	    cmocka_unit_test(an_operator_cancels_anybodys_job),
	    cmocka_unit_test(cancelling_needs_no_orchestratord),
	    cmocka_unit_test(what_cannot_be_cancelled_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

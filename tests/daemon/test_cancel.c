/*
 * A job that its client cancels is taken back from its miner, who stops, calls
 * nobody back, and has room for another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cancelled_job_is_taken_back),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

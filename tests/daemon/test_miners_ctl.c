/*
 * subnetctl miners ban and unban: orchestratord sends a banned miner nothing,
 * however much it weighs, and something again once it may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { MINERS = 2, JOBS = 8, MAX_ARGS = 12 };

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":1}";

/* subnetctl miners ..., which must end with that status. */
static void
ctl(struct suite *s, int status, const char *word, const char *hotkey,
    const char *reason)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {
	    program, "-c", s->ini, "miners", word, hotkey, reason, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != status)
		fail_msg("%s: %d: %s", word, got.status, got.err);
	proc_output_clear(&got);
	free(program);
}

/* That many jobs, to their end; how many of them the miner got. */
static int64_t
got_of_jobs(struct suite *s, const char *hotkey)
{
	char id[40];
	int64_t n = 0;

	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(suite_submit(s, job, id), 202);
		assert_int_equal(db_wait_int(s->db, 1, 0,
				     "select count(*) from job where id = "
				     "'%s' and state = 'done'",
				     id),
		    0);
		n += db_int(s->db,
		    "select count(*) from attempt where job_id = '%s' and "
		    "hotkey = '%s'",
		    id, hotkey);
	}
	return n;
}

/* Until orchestratord knows that so many are out. */
static void
wait_for_out(struct suite *s, const char *pairs)
{
	assert_non_null(proc_wait_event(
	    s->daemons[SUITE_ORCHESTRATOR], "miners.out", pairs, 0));
}

static void
a_banned_miner_gets_nothing(void **state)
{
	struct suite *s = *state;
	const char *heavy = s->miner_hotkeys[0];

	assert_true(got_of_jobs(s, heavy) > 0);
	ctl(s, 0, "ban", heavy, "it lied");
	wait_for_out(s, "n=1 of=2");
	assert_int_equal(got_of_jobs(s, heavy), 0);
	assert_int_equal(db_int(s->db,
			     "select count(*) from miner where hotkey = '%s' "
			     "and banned_at is not null and ban_reason = "
			     "'it lied'",
			     heavy),
	    1);
	ctl(s, 0, "unban", heavy, NULL);
	wait_for_out(s, "n=0 of=2");
	assert_true(got_of_jobs(s, heavy) > 0);
}

static void
what_makes_no_sense_is_refused(void **state)
{
	struct suite *s = *state;

	ctl(s, 2, "unban", s->miner_hotkeys[1], NULL);
	ctl(s, 64, "ban", "5Nobody", NULL);
	ctl(s, 64, "ban", NULL, NULL);
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "miners-ctl",
	    .n_miners = MINERS,
	    .miners = {{.alpha = 500}, {.alpha = 1}}};
	struct suite *s = suite_new(&o);

	*state = s;
	return s == NULL || suite_wait_ready(s, MINERS) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	return suite_end(*state, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_banned_miner_gets_nothing),
	    cmocka_unit_test(what_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

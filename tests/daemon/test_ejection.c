/*
 * A miner that fails again and again gets nothing for a while, then one
 * attempt; when it fails that, it is out for longer, and when it delivers, it
 * is as the others. Over a restart, too; and it is asked for its capacity all
 * the time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

/* LIKELY: of so many jobs it would have got one, were it not out. */
enum {
	MINERS = 2,
	AFTER = 3,
	LIKELY = 60,
	MOST_JOBS = 100,
	WAIT_US = 30000000
};

static const char job[] =
    "{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","
    "\"language\":\"en\",\"target_language\":\"fr\"},\"miners\":1}";

/* What failed goes to nobody else: each request is a job's first. */
static void
no_retries(json_t *kinds)
{
	json_object_set_new(sample_kind(kinds, "text.translate"),
	    "retry_budget", json_integer(0));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "ejection",
	    .ini = "[orchestrator]\neject_after = 3\neject_for = 3s\n"
		   "probe_interval = 1s\ncapacity_start = 0\n"
		   "score_floor = 1\nscore_unknown = 1\n"};

	return rig_set_up(state, &o, MINERS, no_retries);
}

static void
end_task(struct rig *r, struct hand_task *task, bool well)
{
	struct callback_told told;

	callback_json(task, task->secret,
	    well ? "{\"output\":{\"text\":\"bonjour\"}}"
		 : "{\"status\":\"failed\"}",
	    &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
}

/* One more job, and who gets it first. */
static struct hand_task *
next_task(struct rig *r)
{
	struct hand_task *task = NULL;
	struct jobs jobs = {0};

	assert_int_equal(jobs_submit(r->s, &jobs, job, 0), 0);
	task = rig_next(r, jobs.ids[0]);
	assert_non_null(task);
	jobs_clear(&jobs);
	return task;
}

/* Jobs until that miner has failed n of its own; the other delivers all. */
static void
fail_jobs(struct rig *r, int miner, int n)
{
	for (int i = 0; n > 0 && i < MOST_JOBS; i++) {
		struct hand_task *task = next_task(r);
		bool is_it = task->miner == miner;

		end_task(r, task, !is_it);
		n -= is_it;
	}
	assert_int_equal(n, 0);
}

static const char *
wait_for(struct rig *r, const char *event, int miner)
{
	char *pairs = xasprintf("hotkey=%s", r->s->miner_hotkeys[miner]);
	const char *line =
	    proc_wait_event(r->s->daemons[SUITE_ORCHESTRATOR], event, pairs, 0);

	free(pairs);
	assert_non_null(line);
	return line;
}

static void
wait_for_out(struct rig *r, const char *for_ms)
{
	char got[16];

	assert_int_equal(proc_value(wait_for(r, "miner.ejected", 0), "for_ms",
			     got, sizeof(got)),
	    0);
	assert_string_equal(got, for_ms);
	assert_int_equal(
	    db_wait_int(r->s->db, 1, 0,
		"select count(*) from miner where hotkey = '%s' and "
		"ejected_until - ejected_at = interval '%s ms'",
		r->s->miner_hotkeys[0], for_ms),
	    0);
}

/* What was made for the miner since it was put out, by the rows: so many in
 * its time, and so many after. */
static void
assert_made(struct rig *r, int in_time, int after)
{
	static const char *const which[] = {"<", ">="};
	const int wanted[] = {in_time, after};

	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    db_int(r->s->db,
			"select count(*) from attempt a join miner m on "
			"m.netuid = a.netuid and m.hotkey = a.hotkey where "
			"a.hotkey = '%s' and a.prepared_at > m.ejected_at and "
			"a.prepared_at %s m.ejected_until",
			r->s->miner_hotkeys[0], which[i]),
		    wanted[i]);
}

/* Jobs, all of which the other one delivers, until the first gets one. */
static struct hand_task *
until_it_is_tried(struct rig *r)
{
	int64_t until_us = clock_mono_us() + WAIT_US;

	for (;;) {
		struct hand_task *task = next_task(r);

		assert_true(clock_mono_us() < until_us);
		if (task->miner == 0)
			return task;
		end_task(r, task, true);
	}
}

static void
who_fails_is_out_and_is_asked_once(void **state)
{
	struct rig *r = *state;
	struct hand_task *probe;

	fail_jobs(r, 0, AFTER);
	wait_for_out(r, "3000");
	probe = until_it_is_tried(r);
	assert_made(r, 0, 1);
	/* As long as that one is out, it gets no other. */
	for (int i = 0; i < LIKELY; i++) {
		struct hand_task *task = next_task(r);

		assert_int_equal(task->miner, 1);
		end_task(r, task, true);
	}
	assert_made(r, 0, 1);
	end_task(r, probe, false);
	wait_for_out(r, "6000");
}

/* Another orchestratord knows it from the row; meanwhile it was probed. */
static void
a_restart_keeps_it_out(void **state)
{
	struct rig *r = *state;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and probed_at > ejected_at and is_up",
			     r->s->miner_hotkeys[0]),
	    0);
	end_task(r, until_it_is_tried(r), true);
	wait_for(r, "miner.well", 0);
	assert_int_equal(db_wait_int(r->s->db, 1, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and streak = 0 and ejections = 0 and "
			     "ejected_until is null",
			     r->s->miner_hotkeys[0]),
	    0);
}

/* Closed, it gets several at once again. */
static void
who_delivers_is_as_the_others(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[MOST_JOBS];
	int n = 0, its = 0;

	while (its < 2 && n < MOST_JOBS) {
		tasks[n] = next_task(r);
		its += tasks[n++]->miner == 0;
	}
	assert_int_equal(its, 2);
	while (n > 0)
		end_task(r, tasks[--n], true);
}

/* With the one out for long, the other's failures put it out, and the first is
 * let in long before its time: somebody always is there. */
static void
not_all_are_out(void **state)
{
	struct rig *r = *state;
	struct hand_task *task;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(
	    suite_configure(r->s, "[orchestrator]\neject_for = 1h\n"), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	fail_jobs(r, 0, AFTER);
	wait_for_out(r, "3600000");
	for (int i = 0; i < AFTER; i++) {
		task = next_task(r);
		assert_int_equal(task->miner, 1);
		end_task(r, task, false);
	}
	wait_for(r, "miner.ejected", 1);
	task = next_task(r);
	assert_int_equal(task->miner, 0);
	end_task(r, task, true);
	wait_for(r, "miner.well", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_fails_is_out_and_is_asked_once),
	    cmocka_unit_test(a_restart_keeps_it_out),
	    cmocka_unit_test(who_delivers_is_as_the_others),
	    cmocka_unit_test(not_all_are_out),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

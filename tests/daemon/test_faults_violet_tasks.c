/*
 * What goes wrong in Violet's three assigners, shown not to go wrong here. A
 * test has the number of the paragraph that describes the fault (23: 2.3) and
 * says the fault's name; docs/faults.md has them all, test_faults_violet.c
 * those of responses.
 *
 * fault                          what is done instead
 * 21 assigned, and stuck there without a response: the job ends, and is judged
 * 23 stale miners get work, since nobody looks: who does not answer is down
 * 23 miners get what they do not do, for want of others: nobody is asked
 * 23 assigners race, and ask more than the most: each job has what it wants,
 *    with two instances at it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/db.h"
#include "tests/lib/jobs.h"
#include "tests/lib/paths.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/throng.h"

enum { HANDS = 4, STAKE = 200, RACED = 8 };

/* The kind that no hand takes has a capacity of the throng's. */
static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	kind = sample_kind_copy(kinds, "text.translate", "text.brief");
	json_object_set_new(kind, "attempt", json_string("1s"));
	kind = sample_kind_copy(kinds, "text.translate", "text.throng");
	json_object_set_new(kind, "capacity_key", json_string("throng"));
}

static int
set_up(void **state)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct suite_options o = {.name = "faults-tasks"};

	*state = r;
	r->kinds = sample_kinds("faults-tasks-kinds.json", edit_kinds);
	r->hand = hand_new(HANDS, "text.translate text.brief");
	if (r->kinds == NULL || r->hand == NULL)
		return -1;
	o.kinds = r->kinds;
	hand_join(r->hand, &o);
	r->s = suite_new(&o);
	if (r->s == NULL)
		return -1;
	hand_meet(r->hand, r->s);
	if (suite_wait_ready(r->s, HANDS) != 0)
		return -1;
	return suite_stop(r->s, SUITE_WEIGHTSETTER);
}

/* -- 21: stuck ------------------------------------------------------------ */

static void
violet_21_assigned_without_responses_ends(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40];

	tasks[0] =
	    play_accepted(r, PLAY_TRANSLATE("text.brief", ",\"miners\":2"), id);
	tasks[1] = rig_next(r, id);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	for (int i = 0; i < 2; i++) {
		assert_non_null(tasks[i]);
		assert_int_equal(
		    play_ended(r->s, tasks[i]->id, "timed_out", "no_result"),
		    0);
		assert_int_equal(play_judged(r->s, tasks[i]->id, false), 0);
		hand_drop(r->hand, tasks[i]);
	}
}

/* -- 23: who is asked ----------------------------------------------------- */

#define THRONG_JOB(more) PLAY_TRANSLATE("text.throng", more)

static void
violet_23_nobody_gets_what_it_does_not_do(void **state)
{
	struct rig *r = *state;
	char id[40];

	assert_int_equal(
	    suite_submit(r->s, THRONG_JOB(",\"deadline_ms\":1000"), id), 202);
	assert_int_equal(play_asked_nobody(r->s, id), 0);
}

static void
violet_23_stale_miners_get_nothing(void **state)
{
	const struct throng_answer ill = {.status = 500};
	const struct throng_answer well = {
	    .status = 200, .body = "{\"throng\":1}"};
	struct rig *r = *state;
	struct throng *c = throng_new(1, well.body);
	char id[40];

	assert_non_null(c);
	assert_int_equal(throng_join(c, r->s, STAKE), 0);
	throng_say(c, 0, THRONG_PROBE, &ill);
	assert_int_equal(throng_probe(c, r->s), 0);
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from miner where hotkey = '%s' "
			     "and is_up",
			     throng_hotkey(c, 0)),
	    0);
	assert_int_equal(
	    suite_submit(r->s, THRONG_JOB(",\"deadline_ms\":1000"), id), 202);
	assert_int_equal(play_asked_nobody(r->s, id), 0);
	assert_int_equal(throng_called(c, 0, THRONG_WORK), 0);
	/* A job that waits for it is its own once it is back. */
	assert_int_equal(suite_submit(r->s, THRONG_JOB(""), id), 202);
	throng_say(c, 0, THRONG_PROBE, &well);
	assert_int_equal(throng_probe(c, r->s), 0);
	assert_int_equal(attempt_await_job(r->s, id, "running"), 0);
	assert_int_equal(throng_called(c, 0, THRONG_WORK), 1);
	assert_int_equal(jobs_cancel(r->s, id), 200);
	assert_int_equal(throng_leave(c, r->s), 0);
	throng_free(c);
}

static struct proc *
start_another(struct rig *r)
{
	char *program = paths_program("bin/orchestratord");
	const char *argv[] = {
	    program, "-c", r->s->ini, "--listen", "127.0.0.1:0", NULL};
	struct proc *other =
	    sandbox_start(r->s->box, "orchestratord-2", argv, NULL);

	free(program);
	assert_non_null(other);
	assert_non_null(proc_wait_event(other, "service.ready", NULL, 0));
	return other;
}

/* Until so many instances stand before the same door: they have claimed jobs,
 * and are about to write down who gets them. */
static void
await_instances(struct rig *r, int n)
{
	assert_int_equal(
	    db_wait_int(r->s->db, n, 0,
		"select count(distinct l.pid) from pg_locks l join "
		"pg_stat_activity a using (pid) where not l.granted and "
		"l.relation = 'attempt'::regclass and a.query like "
		"'%%insert into attempt%%'"),
	    0);
}

/* Jobs that wait for signerd, and then for a table that is locked; meanwhile
 * the lease of who claimed them runs out, and the other claims them, too. */
static void
violet_23_assigners_do_not_race(void **state)
{
	struct rig *r = *state;
	struct proc *other = start_another(r);
	struct db *lock = db_open(sandbox_conninfo(r->s->box));
	struct jobs jobs = {0};
	char *ids;

	assert_int_equal(suite_stop(r->s, SUITE_SIGNER), 0);
	for (int i = 0; i < RACED; i++)
		assert_int_equal(
		    jobs_submit(r->s, &jobs,
			PLAY_TRANSLATE("text.translate", ",\"miners\":1"), 0),
		    0);
	ids = jobs_array(&jobs);
	assert_int_equal(
	    db_exec(
		lock, "begin; lock table attempt in share row exclusive mode"),
	    0);
	assert_int_equal(suite_start(r->s, SUITE_SIGNER), 0);
	await_instances(r, 1);
	assert_int_equal(db_exec(r->s->db,
			     "update job set lease_until = null "
			     "where id = any ('%s')",
			     ids),
	    0);
	await_instances(r, 2);
	assert_int_equal(db_exec(lock, "commit"), 0);
	assert_int_equal(db_wait_int(r->s->db, RACED, 0,
			     "select count(*) from job where id = any ('%s') "
			     "and state in ('assigned', 'running')",
			     ids),
	    0);
	for (size_t i = 0; i < jobs.n; i++)
		assert_int_equal(jobs_cancel(r->s, jobs.ids[i]), 200);
	assert_int_equal(proc_stop(other), 0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from attempt where job_id = any "
			     "('%s') and reason <> 'not_sent'",
			     ids),
	    RACED);
	db_close(lock);
	free(ids);
	jobs_clear(&jobs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(violet_21_assigned_without_responses_ends),
	    cmocka_unit_test(violet_23_nobody_gets_what_it_does_not_do),
	    cmocka_unit_test(violet_23_stale_miners_get_nothing),
	    cmocka_unit_test(violet_23_assigners_do_not_race),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

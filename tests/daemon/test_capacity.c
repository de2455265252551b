/*
 * A miner that says it takes three at once never has more, from however many
 * instances of orchestratord; and begins with less, which it earns, loses and
 * keeps over a restart.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "common/xalloc.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sandbox.h"

#define KEY "text.translate"
/* What is under way, what waits, and both. */
#define AT_WORK "select count(*) from attempt where finished_at is null"
#define WAITING                                                                \
	"select count(*) from job where state = 'queued' "                     \
	"and lease_owner is null"
#define BOTH "select (" AT_WORK ") + (" WAITING ")"

enum { SLOTS = 3, JOBS = 12 };

/* Another instance beside the suite's, from start_second on. */
static struct proc *second;
static char *second_url; /* where it takes jobs */

static const char job[] =
    "{\"kind\":\"" KEY
    "\",\"params\":{\"text\":\"good day\",\"language\":\"en\","
    "\"target_language\":\"fr\"},\"miners\":1}";

static void
as_shipped(json_t *kinds)
{
	(void)kinds;
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "capacity",
	    .ini = "[orchestrator]\ncapacity_start = 1\nprobe_interval = 1s\n"
		   "lease = 60s\n"}; /* who stands still is there yet */
	struct rig *r;

	if (rig_set_up(state, &o, 1, as_shipped) != 0)
		return -1;
	r = *state;
	hand_say(r->hand, KEY, SLOTS);
	return db_wait_int(r->s->db, SLOTS, 0,
	    "select (capacity->>'" KEY "')::integer from miner where is_up");
}

static void
end_task(struct rig *r, struct hand_task *task, const char *json)
{
	struct callback_told told;

	callback_json(task, task->secret, json, &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
}

static void
deliver(struct rig *r, struct hand_task *task)
{
	end_task(r, task, "{\"output\":{\"text\":\"bonjour\"}}");
}

/* In hundredths of a slot, as PostgreSQL has it. */
static void
wait_for_earned(struct rig *r, int hundredths)
{
	assert_int_equal(
	    db_wait_int(r->s->db, hundredths, 0,
		"select round(earned * 100)::integer from lane where "
		"netuid = 1 and hotkey = '%s' and capacity_key = '" KEY "'",
		r->s->miner_hotkeys[0]),
	    0);
}

static struct hand_task *
task(struct rig *r)
{
	char id[40];
	struct hand_task *task = rig_task(r, job, id);

	assert_non_null(task);
	return task;
}

/* Until so many wait, nobody's. */
static void
wait_for_waiting(struct rig *r, int n)
{
	assert_int_equal(db_wait_int(r->s->db, n, 0, WAITING), 0);
}

static void
slots_are_earned_one_by_one(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40];

	tasks[0] = task(r);
	assert_int_equal(suite_submit(r->s, job, id), 202);
	wait_for_waiting(r, 1); /* it begins with one */
	deliver(r, tasks[0]);
	wait_for_earned(r, 200);
	tasks[0] = rig_next(r, id);
	tasks[1] = task(r);
	assert_int_equal(suite_submit(r->s, job, id), 202);
	wait_for_waiting(r, 1); /* it has two */
	deliver(r, tasks[0]);
	wait_for_earned(r, 250);
	deliver(r, tasks[1]);
	tasks[0] = rig_next(r, id);
	deliver(r, tasks[0]);
	wait_for_earned(r, 300);
	deliver(r, task(r)); /* and no more than it says */
	wait_for_earned(r, 300);
}

/* Another orchestratord is told by the row what was earned. */
static void
a_restart_keeps_them(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[SLOTS];

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), 0);
	assert_int_equal(
	    db_int(r->s->db, "select count(*) from instance where left_at is "
			     "not null"),
	    1);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "miners.shared", "in=yes", 0));
	for (int i = 0; i < SLOTS; i++)
		tasks[i] = task(r);
	for (int i = 0; i < SLOTS; i++)
		deliver(r, tasks[i]);
}

/* Two at one time are a burst, and one cut. */
static void
failures_cut_them(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2] = {task(r), task(r)};

	for (int i = 0; i < 2; i++)
		end_task(r, tasks[i], "{\"status\":\"failed\"}");
	wait_for_earned(r, 210);
}

/* -- two instances --------------------------------------------------------- */

/* It has a port of its own; and both have a share. */
static void
start_second(struct rig *r)
{
	char *program = paths_program("bin/orchestratord");
	char *public = xasprintf("--public_url=%s", r->s->api_url);
	const char *argv[] = {
	    program, "-c", r->s->ini, "--listen", "127.0.0.1:0", public, NULL};
	const char *line;
	char port[16];

	second = sandbox_start(r->s->box, "second", argv, NULL);
	assert_non_null(second);
	line = proc_wait_event(second, "api.listening", NULL, 0);
	assert_non_null(line);
	assert_int_equal(proc_value(line, "port", port, sizeof(port)), 0);
	second_url = xasprintf("http://127.0.0.1:%s/v1/jobs", port);
	assert_non_null(
	    proc_wait_event(second, "miners.shared", "among=2 in=yes", 0));
	assert_non_null(proc_wait_event(r->s->daemons[SUITE_ORCHESTRATOR],
	    "miners.shared", "among=2 in=yes", 0));
	free(program);
	free(public);
}

/* Until the miner has earned all its slots again. */
static void
earn_all(struct rig *r)
{
	for (int ended = 0; ended < 2 * SLOTS; ended++)
		deliver(r, task(r));
	wait_for_earned(r, 100 * SLOTS);
}

/* While the other stands still, one sends its own share and not a job more;
 * when it goes on, all are done. */
static void
one_alone_sends_no_more_than_its_share(void **state)
{
	struct rig *r = *state;
	int at_work;

	start_second(r);
	earn_all(r);
	proc_signal(second, SIGSTOP);
	for (int i = 0; i < SLOTS; i++)
		assert_int_equal(suite_submit(r->s, job, (char[40]){0}), 202);
	assert_int_equal(db_wait_int(r->s->db, SLOTS, 0, BOTH), 0);
	at_work = db_int(r->s->db, AT_WORK);
	proc_signal(second, SIGCONT);
	assert_in_range(at_work, SLOTS / 2, SLOTS / 2 + 1);
	for (int i = 0; i < SLOTS; i++)
		deliver(r, hand_take(r->hand, 0));
}

static void
submit_to_second(void)
{
	struct fetch_answer answer;

	fetch_post_json(second_url, job, &answer);
	assert_int_equal(answer.status, 202);
	fetch_clear(&answer);
}

static void
take_on(struct hand_task *at_work[SLOTS], int *n, struct hand_task *task)
{
	assert_non_null(task);
	if (*n == SLOTS)
		fail_msg("it has %d at work, and gets another", SLOTS);
	at_work[(*n)++] = task;
}

/* At once it has three and not one more, though each of the others was tried;
 * and whenever one ends, another may come, until all are done. */
static void
two_instances_never_send_more_than_it_says(void **state)
{
	struct rig *r = *state;
	struct hand_task *at_work[SLOTS];
	int n = 0, ended;

	for (int i = 0; i < JOBS / 2; i++) {
		submit_to_second();
		assert_int_equal(suite_submit(r->s, job, (char[40]){0}), 202);
	}
	while (n < SLOTS)
		take_on(at_work, &n, hand_take(r->hand, 0));
	wait_for_waiting(r, JOBS - SLOTS);
	assert_null(hand_take(r->hand, 1));
	assert_int_equal(
	    db_int(r->s->db, "select count(distinct instance) from attempt "
			     "where finished_at is null"),
	    2);
	for (ended = 0; ended < JOBS; ended++) {
		struct hand_task *next;

		deliver(r, at_work[--n]);
		while ((next = hand_take(r->hand, 1)) != NULL)
			take_on(at_work, &n, next);
		if (n == 0 && ended + 1 < JOBS)
			take_on(at_work, &n, hand_take(r->hand, 0));
	}
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from job where state not in "
			     "('done', 'failed')"),
	    0);
	free(second_url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slots_are_earned_one_by_one),
	    cmocka_unit_test(a_restart_keeps_them),
	    cmocka_unit_test(failures_cut_them),
	    cmocka_unit_test(one_alone_sends_no_more_than_its_share),
	    cmocka_unit_test(two_instances_never_send_more_than_it_says),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

/*
 * Hedged attempts: a job whose miner is slow gets another one beside it, and
 * the first result ends it, at no cost to the slow miner; within a budget, and
 * of kinds that say so. The miners are played by hand.
 *
 * A miner is slow here once it has taken two seconds, which no quick one does
 * however busy the machine is. The tests build on what was seen before: first
 * come the quick jobs that say what is quick.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/http_child.h"
#include "tests/lib/paths.h"
#include "tests/lib/probe_gate.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

#define TRANSLATE(kind)                                                        \
	"{\"kind\":\"" kind "\",\"params\":{\"text\":\"good day\","            \
	"\"language\":\"en\",\"target_language\":\"de\"}}"

enum { MINERS = 3, QUICK = 25, SLOW = 100, PER_CENT = 5 };

static const char hedged[] = TRANSLATE("text.translate");
static const char patient[] = TRANSLATE("text.patient");
static const char speak[] =
    "{\"kind\":\"audio.speak\",\"params\":{\"text\":\"one two three four\","
    "\"language\":\"en\"}}";
static const char result[] =
    "{\"status\":\"completed\",\"output\":{\"text\":\"guten Tag\"}}";

static void
edit_kinds(json_t *kinds)
{
	json_t *kind =
	    sample_kind_copy(kinds, "text.translate", "text.patient");

	json_object_del(kind, "hedge");
}

static int
set_up_with(void **state, const char *name, const char *ini)
{
	const struct suite_options o = {.name = name, .ini = ini};

	return rig_set_up(state, &o, MINERS, edit_kinds);
}

static int
set_up(void **state)
{
	return set_up_with(state, "hedge",
	    "[orchestrator]\ncapacity_start = 0\nhedge_least = 2s\n");
}

/* Every job may be hedged; and results can be kept from being looked at. */
static int
set_up_generous(void **state)
{
	struct rig *r;

	if (set_up_with(state, "hedge-all",
		"[orchestrator]\nhedge_least = 2s\nhedge_budget = 1\n") != 0)
		return -1;
	r = *state;
	suite_stop(r->s, SUITE_ORCHESTRATOR);
	if (probe_gate_add(r->s) != 0 ||
	    suite_start(r->s, SUITE_ORCHESTRATOR) != 0 ||
	    proc_wait_event(r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read",
		NULL, 0) == NULL)
		return -1;
	return suite_wait_ready(r->s, MINERS);
}

/* -- helpers ------------------------------------------------------------ */

static void
bring(const struct hand_task *task, int status, const char *word)
{
	struct callback_told told;

	callback_json(task, task->secret, result, &told);
	assert_int_equal(told.status, status);
	assert_string_equal(told.word, word);
}

static void
bring_sound(const struct hand_task *task)
{
	struct callback_told told;
	struct buf wav = {0};

	sample_wav(440, 1.0, &wav);
	callback_file(task, task->secret, "result", "audio/wav", wav.data,
	    wav.len, &told);
	assert_int_equal(told.status, 200);
	buf_free(&wav);
}

/* Jobs that are done as soon as a miner is asked. */
static void
be_quick(struct rig *r, const char *job, int n)
{
	for (int i = 0; i < n; i++) {
		struct hand_task *task;
		char id[40];

		task = rig_task(r, job, id);
		assert_non_null(task);
		if (strcmp(job, speak) == 0)
			bring_sound(task);
		else
			bring(task, 200, "accepted");
		assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
		hand_drop(r->hand, task);
	}
}

/* A job whose first miner stays silent, and the hedge that another gets. */
static void
be_slow(struct rig *r, const char *job, char id[40], struct hand_task *tasks[2])
{
	char *of;

	tasks[0] = rig_task(r, job, id);
	assert_non_null(tasks[0]);
	tasks[1] = rig_next(r, id);
	assert_non_null(tasks[1]);
	assert_int_not_equal(tasks[0]->miner, tasks[1]->miner);
	of = attempt_column(r->s, tasks[1]->id, "hedge_of");
	assert_string_equal(of, tasks[0]->id);
	free(of);
}

static int64_t
hedges(struct rig *r)
{
	return db_int(r->s->db,
	    "select count(*) from attempt where hedge_of is not null");
}

static double
hedges_that(struct rig *r, const char *outcome)
{
	char *series =
	    xasprintf("subnetd_hedges_total{outcome=\"%s\"}", outcome);
	double n = attempt_metric(r->s, series);

	free(series);
	return n;
}

/* What is held against a miner, and what it has earned. */
static char *
standing(struct rig *r, int miner)
{
	return db_text(r->s->db,
	    "select concat_ws(' ', m.failures, m.streak, m.ejections, "
	    "(select string_agg(l.capacity_key || '=' || l.earned, ' ' "
	    "order by l.capacity_key) from lane l where l.hotkey = m.hotkey)) "
	    "from miner m where m.hotkey = '%s'",
	    r->s->miner_hotkeys[miner]);
}

static void
assert_ended(
    struct rig *r, const char *id, const char *state, const char *reason)
{
	char *is;

	assert_int_equal(attempt_await(r->s, id, state), 0);
	is = attempt_column(r->s, id, "reason");
	if (reason == NULL)
		assert_null(is);
	else
		assert_string_equal(is, reason);
	free(is);
}

/* -- a slow miner --------------------------------------------------------- */

/* subnetctl jobs WORD ID says so. */
static void
assert_ctl_says(struct rig *r, const char *word, const char *id,
    const char *more, const char *says)
{
	char *program = paths_program("bin/subnetctl");
	const char *argv[] = {
	    program, "-c", r->s->ini, "jobs", word, id, more, NULL};
	const struct proc_options o = {.name = "subnetctl", .argv = argv};
	struct proc_output got;

	proc_run(&o, 0, &got);
	if (got.status != 0 || strstr(got.out, says) == NULL)
		fail_msg(
		    "jobs %s: %d: %s%s", word, got.status, got.out, got.err);
	proc_output_clear(&got);
	free(program);
}

/* Its receipt is one as any other; which of the two it is, is told. */
static void
assert_accounted_for(struct rig *r, const char *id, struct hand_task *tasks[2])
{
	char *of = xasprintf("\"hedge_of\": \"%s\"", tasks[0]->id);

	assert_ctl_says(r, "show", id, "--json", of);
	free(of);
	assert_ctl_says(r, "route", id, "--replay", tasks[1]->id);
}

static void
a_silent_miner_is_overtaken(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40], *before, *after, *pairs;

	be_quick(r, hedged, QUICK);
	assert_int_equal(hedges(r), 0);
	be_slow(r, hedged, id, tasks);
	pairs = xasprintf("id=%s job=%s of=%s", tasks[1]->id, id, tasks[0]->id);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "attempt.hedged", pairs, 0));
	free(pairs);
	before = standing(r, tasks[0]->miner);
	bring(tasks[1], 200, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_ended(r, tasks[1]->id, "delivered", NULL);
	assert_ended(r, tasks[0]->id, "cancelled", "not_needed");
	assert_int_equal(
	    hand_await_cancel(r->hand, tasks[0]->miner, tasks[0]->id), 0);
	after = standing(r, tasks[0]->miner);
	assert_string_equal(before, after);
	free(before);
	free(after);
	assert_accounted_for(r, id, tasks);
	assert_true(hedges_that(r, "won") == 1);
	assert_true(hedges_that(r, "failed") == 0);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

/* The one that was overtaken: its miner is not judged, and what it brings all
 * the same changes nothing. */
static void
what_the_slow_one_brings_is_not_taken(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40], *before, *after;

	be_quick(r, hedged, QUICK);
	be_slow(r, hedged, id, tasks);
	bring(tasks[1], 200, "accepted");
	assert_ended(r, tasks[0]->id, "cancelled", "not_needed");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(attempt_await_judged(r->s, tasks[0]->id), 0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from judgement where "
			     "attempt_id = '%s'",
			     tasks[0]->id),
	    0);
	before = attempt_all(r->s, tasks[0]->id);
	bring(tasks[0], 409, "closed");
	after = attempt_all(r->s, tasks[0]->id);
	assert_string_equal(before, after);
	free(before);
	free(after);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

/* The slow one may come first after all: then the hedge is not needed. */
static void
a_hedge_may_come_too_late(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	double lost = hedges_that(r, "lost");
	char id[40];

	be_quick(r, hedged, QUICK);
	be_slow(r, hedged, id, tasks);
	bring(tasks[0], 200, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_ended(r, tasks[0]->id, "delivered", NULL);
	assert_ended(r, tasks[1]->id, "cancelled", "not_needed");
	assert_int_equal(
	    hand_await_cancel(r->hand, tasks[1]->miner, tasks[1]->id), 0);
	assert_true(hedges_that(r, "lost") == lost + 1);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

/* -- what is not hedged ---------------------------------------------------- */

/* Every attempt of that kind which is out has been for a second longer than
 * one may be: each has been looked at since it was. */
static void
await_slow(struct rig *r, const char *kind, int n)
{
	assert_int_equal(
	    db_wait_int(r->s->db, n, 0,
		"select count(*) from attempt where kind = '%s' and "
		"finished_at is null and hedge_of is null and "
		"sent_at < now() - interval '3 s'",
		kind),
	    0);
}

/* There is money for it, and enough was seen. */
static void
a_kind_that_does_not_say_so_is_never_hedged(void **state)
{
	struct rig *r = *state;
	int64_t before = hedges(r);
	struct hand_task *task;
	char id[40];

	be_quick(r, hedged, QUICK);
	be_quick(r, patient, QUICK);
	task = rig_task(r, patient, id);
	assert_non_null(task);
	await_slow(r, "text.patient", 1);
	bring(task, 200, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(hedges(r), before);
	hand_drop(r->hand, task);
}

/* The next request that is no hedge. */
static struct hand_task *
take_first(struct rig *r)
{
	struct hand_task *task;

	while ((task = hand_take(r->hand, 0)) != NULL) {
		if (db_int(r->s->db,
			"select count(*) from attempt where id = '%s' and "
			"hedge_of is null",
			task->id) == 1)
			return task;
		hand_drop(r->hand, task);
	}
	return NULL;
}

static void
submit_all(struct rig *r, struct hand_task **tasks)
{
	char id[40];

	for (int i = 0; i < SLOW; i++)
		assert_int_equal(suite_submit(r->s, hedged, id), 202);
	for (int i = 0; i < SLOW; i++) {
		tasks[i] = take_first(r);
		assert_non_null(tasks[i]);
	}
}

/* All are slow; of a hundred attempts five are made beside others. */
static void
the_budget_holds_when_all_are_slow(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[SLOW];
	int64_t firsts, earned;

	be_quick(r, hedged, QUICK);
	submit_all(r, tasks);
	await_slow(r, "text.translate", SLOW);
	firsts = db_int(r->s->db,
	    "select count(*) from attempt where hedge_of is null and kind = "
	    "'text.translate'");
	earned = firsts * PER_CENT / 100;
	assert_int_equal(db_wait_int(r->s->db, earned, 0,
			     "select count(*) from attempt where hedge_of is "
			     "not null"),
	    0);
	for (int i = 0; i < SLOW; i++) {
		bring(tasks[i], 200, "accepted");
		hand_drop(r->hand, tasks[i]);
	}
	assert_int_equal(db_wait_int(r->s->db, 0, 0,
			     "select count(*) from job where state <> 'done'"),
	    0);
	assert_int_equal(hedges(r), earned);
}

/* -- both at once ---------------------------------------------------------- */

static void
assert_one_counts(struct rig *r, const char *id)
{
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(
	    db_wait_int(r->s->db, 0, 0,
		"select count(*) from attempt where job_id = '%s' and "
		"finished_at is null",
		id),
	    0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from attempt where job_id = '%s' "
			     "and state = 'delivered'",
			     id),
	    1);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from attempt where job_id = '%s' "
			     "and state = 'cancelled' and reason = "
			     "'not_needed'",
			     id),
	    1);
}

/* Both results are here, and neither is looked at; then both are. */
static void
of_two_results_one_counts(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40];

	be_quick(r, speak, QUICK);
	be_slow(r, speak, id, tasks);
	assert_int_equal(probe_gate_close(r->s), 0);
	bring_sound(tasks[0]);
	bring_sound(tasks[1]);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    attempt_await(r->s, tasks[i]->id, "received"), 0);
	probe_gate_open(r->s);
	assert_one_counts(r, id);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

/* The miner's call is in our kernel's hands; whoever serves it is stopped. */
static int
call_unread(struct rig *r, const struct hand_task *task)
{
	const char *path = task->callback_url + strlen(r->s->api_url);
	int fd = raw_dial(atoi(strrchr(r->s->api_url, ':') + 1));
	char *call = xasprintf("POST %s HTTP/1.1\r\nHost: h\r\n"
			       "X-Callback-Secret: %s\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: %zu\r\n\r\n%s",
	    path, task->secret, strlen(result), result);

	raw_send_str(fd, call);
	free(call);
	return fd;
}

/* Both results are read in one turn of the loop, and written down together:
 * the second before anybody could take it back. */
static void
of_two_in_one_moment_one_counts(void **state)
{
	struct rig *r = *state;
	struct proc *daemon = r->s->daemons[SUITE_ORCHESTRATOR];
	struct hand_task *tasks[2];
	struct raw_answer *answers = xcalloc(2, sizeof(*answers));
	int calls[2];
	char id[40];

	be_quick(r, hedged, QUICK);
	be_slow(r, hedged, id, tasks);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    attempt_await(r->s, tasks[i]->id, "accepted"), 0);
	proc_signal(daemon, SIGSTOP);
	for (int i = 0; i < 2; i++)
		calls[i] = call_unread(r, tasks[i]);
	proc_signal(daemon, SIGCONT);
	for (int i = 0; i < 2; i++) {
		raw_read(calls[i], &answers[i], false);
		close(calls[i]);
	}
	assert_int_equal(answers[0].status + answers[1].status, 200 + 409);
	assert_one_counts(r, id);
	free(answers);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

/* A job is hedged once, even if its hedge is as slow, or fails. */
static void
a_job_is_hedged_once(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	struct callback_told told;
	char id[40];

	be_quick(r, hedged, QUICK);
	be_slow(r, hedged, id, tasks);
	callback_json(
	    tasks[1], tasks[1]->secret, "{\"status\":\"failed\"}", &told);
	assert_int_equal(told.status, 200);
	assert_ended(r, tasks[1]->id, "failed", "miner_failed");
	await_slow(r, "text.translate", 1);
	bring(tasks[0], 200, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(
	    db_int(r->s->db, "select count(*) from attempt where job_id = '%s'",
		id),
	    2);
	assert_true(hedges_that(r, "failed") == 1);
	hand_drop(r->hand, tasks[0]);
	hand_drop(r->hand, tasks[1]);
}

int
main(void)
{
	const struct CMUnitTest within_budget[] = {
	    cmocka_unit_test(a_silent_miner_is_overtaken),
	    cmocka_unit_test(a_kind_that_does_not_say_so_is_never_hedged),
	    cmocka_unit_test(the_budget_holds_when_all_are_slow),
	};
	const struct CMUnitTest generous[] = {
	    cmocka_unit_test(what_the_slow_one_brings_is_not_taken),
	    cmocka_unit_test(a_hedge_may_come_too_late),
	    cmocka_unit_test(of_two_results_one_counts),
	    cmocka_unit_test(of_two_in_one_moment_one_counts),
	    cmocka_unit_test(a_job_is_hedged_once),
	};

	return cmocka_run_group_tests(within_budget, set_up, rig_tear_down) +
	       cmocka_run_group_tests(generous, set_up_generous, rig_tear_down);
}

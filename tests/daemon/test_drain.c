/*
 * One of two orchestrators is told to stop. It takes no more jobs, but the
 * results of what it has asked for; its queue is the other's at once, though
 * its leases are good for an hour; and what takes longer than it may wait is
 * finished at the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/http_child.h"
#include "tests/lib/jobs.h"
#include "tests/lib/pair.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { N_MINERS = 2, N_QUEUED = 3 };

static const char result[] =
    "{\"status\": \"completed\", \"output\": {\"text\": \"done\"}}";

struct two {
	struct pair pair;
	struct hand *hand;
};

/* -- steps -------------------------------------------------------------- */

static int
get_status(const struct pair *p, const char *path)
{
	char *url = xasprintf("http://127.0.0.1:%d%s", p->ports[0], path);
	struct fetch_answer answer;
	int status;

	fetch_get(url, &answer);
	status = answer.status;
	fetch_clear(&answer);
	free(url);
	return status;
}

static void
await_status(const struct pair *p, const char *path, int status)
{
	for (int i = 0; i < 3000 && get_status(p, path) != status; i++)
		proc_nap();
	assert_int_equal(get_status(p, path), status);
}

static bool
is_of_the_first(struct two *two, const char *attempt)
{
	return db_int(two->pair.s->db,
		   "select count(*) from attempt a "
		   "join instance i on i.id = a.instance "
		   "where a.id = '%s' and i.url = 'http://127.0.0.1:%d'",
		   attempt, two->pair.ports[0]) == 1;
}

/* A job of the first, at a miner who has said that it takes it. What had to
 * wait may be the other's. */
static struct hand_task *
begin_job(struct two *two, char id[40])
{
	struct callback_told told;
	struct hand_task *task;

	for (int i = 0; i < 50; i++) {
		assert_int_equal(suite_submit(two->pair.s, pair_job, id), 202);
		task = hand_take(two->hand, 0);
		assert_non_null(task);
		assert_int_equal(
		    attempt_await(two->pair.s, task->id, "accepted"), 0);
		if (is_of_the_first(two, task->id))
			return task;
		callback_json(task, task->secret, result, &told);
		hand_drop(two->hand, task);
	}
	fail_msg("no job was the first's");
	return NULL;
}

static void
tell_to_stop(struct pair *p)
{
	proc_skip_to_now(p->at[0]);
	proc_signal(p->at[0], SIGTERM);
	assert_non_null(proc_wait_event(p->at[0], "service.draining", NULL, 0));
}

static void
assert_done_by_one(struct suite *s, const char *id)
{
	assert_int_equal(attempt_await_job(s, id, "done"), 0);
	assert_int_equal(db_int(s->db,
			     "select count(*) from attempt "
			     "where job_id = '%s'",
			     id),
	    1);
}

static void
configure(struct two *two, const char *ini)
{
	assert_int_equal(suite_configure(two->pair.s, ini), 0);
	assert_int_equal(pair_start(&two->pair, 0), 0);
	assert_non_null(proc_wait_event(
	    two->pair.at[0], "miners.shared", "among=2 in=yes", 0));
}

/* -- what holds --------------------------------------------------------- */

static void
results_are_taken_while_it_stops(void **state)
{
	struct two *two = *state;
	struct pair *p = &two->pair;
	struct callback_told told;
	struct hand_task *task;
	char id[40], none[40];

	configure(two, "[orchestrator]\ndrain = 25s\n");
	task = begin_job(two, id);
	tell_to_stop(p);
	assert_int_equal(get_status(p, "/readyz"), 503);
	assert_int_equal(suite_submit(p->s, pair_job, none), 503);
	assert_true(proc_is_alive(p->at[0]));
	callback_json(task, task->secret, result, &told);
	assert_int_equal(told.status, 200);
	assert_string_equal(told.word, "accepted");
	assert_int_equal(pair_await_end(p, 0), 0);
	assert_done_by_one(p->s, id);
	hand_drop(two->hand, task);
}

static void
its_queue_is_the_others_at_once(void **state)
{
	struct two *two = *state;
	struct pair *p = &two->pair;
	struct callback_told told;
	struct hand_task *task;
	struct jobs jobs = {0};
	char id[40];

	configure(two, "[orchestrator]\ndrain = 25s\n");
	suite_kill(p->s, SUITE_SIGNER); /* without it, jobs wait */
	await_status(p, "/readyz", 503);
	for (int i = 0; i < N_QUEUED; i++) {
		assert_int_equal(suite_submit(p->s, pair_job, id), 202);
		jobs_add(&jobs, id);
	}
	tell_to_stop(p);
	assert_non_null(proc_wait_event(p->at[0], "drain.over", "open=0", 0));
	assert_int_equal(pair_await_end(p, 0), 0);
	assert_int_equal(suite_start(p->s, SUITE_SIGNER), 0);
	for (int i = 0; i < N_QUEUED; i++) {
		task = hand_take(two->hand, 0);
		assert_non_null(task);
		callback_json(task, task->secret, result, &told);
		assert_int_equal(told.status, 200);
		hand_drop(two->hand, task);
	}
	for (int i = 0; i < N_QUEUED; i++)
		assert_done_by_one(p->s, jobs.ids[i]);
	jobs_clear(&jobs);
}

/* The same place at the other's door, as behind one public URL. */
static char *
url_at_other(const struct pair *p, const struct hand_task *task)
{
	const char *path = strchr(task->callback_url + strlen("http://"), '/');

	return xasprintf("http://127.0.0.1:%d%s", p->ports[1], path);
}

static void
what_takes_longer_is_finished_at_the_other(void **state)
{
	struct two *two = *state;
	struct pair *p = &two->pair;
	struct hand_task *task, at_other;
	struct callback_told told;
	char id[40], *url;

	configure(two, "[orchestrator]\ndrain = 500ms\n");
	task = begin_job(two, id);
	tell_to_stop(p);
	assert_non_null(proc_wait_event(p->at[0], "drain.over", "open=1", 0));
	assert_int_equal(pair_await_end(p, 0), 0);
	url = url_at_other(p, task);
	at_other = *task;
	at_other.callback_url = url;
	callback_json(&at_other, task->secret, result, &told);
	assert_int_equal(told.status, 200);
	assert_string_equal(told.word, "accepted");
	assert_done_by_one(p->s, id);
	free(url);
	hand_drop(two->hand, task);
}

/* The beginning of a request, and nothing more; what came behind it is
 * answered, so that it is there. */
static int
begin_asking(const struct pair *p)
{
	int fd = raw_dial(p->ports[0]);

	raw_send_str(fd, "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: "
			 "application/json\r\nContent-Length: 100\r\n\r\n{");
	assert_int_equal(get_status(p, "/readyz"), 200);
	return fd;
}

static void
nobody_who_is_slow_to_ask_keeps_it(void **state)
{
	struct two *two = *state;
	struct pair *p = &two->pair;
	const char *line;
	char why[32];
	int fd;

	configure(two, "[orchestrator]\ndrain = 25s\n");
	fd = begin_asking(p);
	tell_to_stop(p);
	assert_non_null(proc_wait_event(p->at[0], "drain.over", "open=0", 0));
	line = proc_wait_event(p->at[0], "service.stopped", NULL, 60000);
	assert_non_null(line);
	assert_int_equal(proc_value(line, "why", why, sizeof(why)), 0);
	assert_string_equal(why, "time is up");
	assert_int_equal(pair_await_end(p, 0), 0);
	close(fd);
}

/* -- the whole ---------------------------------------------------------- */

static int
start(void **state)
{
	struct two *two = xcalloc(1, sizeof(*two));
	struct suite_options o = {.name = "drain",
	    .ini = "\n[orchestrator]\nlease = 1h\nsweep = 250ms\n",
	    .leave_stopped = {[SUITE_ORCHESTRATOR] = true}};

	*state = two;
	two->hand = hand_new(N_MINERS, "chore");
	if (two->hand == NULL)
		return -1;
	return pair_begin(&two->pair, two->hand, &o, "20s") == 0
		   ? suite_wait_ready(two->pair.s, N_MINERS)
		   : -1;
}

/* Whatever a test that failed left behind. */
static int
mend(void **state)
{
	struct two *two = *state;

	if (two->pair.at[0] != NULL)
		pair_kill(&two->pair, 0);
	if (two->pair.s->daemons[SUITE_SIGNER] == NULL)
		return suite_start(two->pair.s, SUITE_SIGNER);
	return 0;
}

static int
end(void **state)
{
	struct two *two = *state;
	int failed = suite_end(two->pair.s, false);

	hand_free(two->hand);
	free(two);
	return failed;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(results_are_taken_while_it_stops, mend),
	    cmocka_unit_test_teardown(its_queue_is_the_others_at_once, mend),
	    cmocka_unit_test_teardown(
		what_takes_longer_is_finished_at_the_other, mend),
	    cmocka_unit_test_teardown(nobody_who_is_slow_to_ask_keeps_it, mend),
	};

	return cmocka_run_group_tests(tests, start, end);
}

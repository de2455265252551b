/*
 * A job's events, as a client hears them from two instances of which one is
 * killed or stopped meanwhile; and answers that wait for a job.
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

#include "common/buf.h"
#include "common/xalloc.h"
#include "orchestrator/v1_events.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/cluster.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/hand.h"
#include "tests/lib/http_child.h"
#include "tests/lib/jobs.h"
#include "tests/lib/memory.h"
#include "tests/lib/pair.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/sse.h"
#include "tests/lib/suite.h"

enum {
	N_MINERS = 2,
	MAX_HEARD = 32,
	IDLE = V1_MAX_STREAMS,
	FIRST = 20,
	IDLE_BYTES = 6144
};

static const char result[] =
    "{\"status\": \"completed\", \"output\": {\"text\": \"done\"}}";
static const char failure[] = "{\"status\": \"failed\", \"error\": \"x\"}";

struct two {
	struct pair pair;
	struct hand *hand;
};

/* What a client has heard, in this order. */
struct heard {
	struct sse_event events[MAX_HEARD];
	int n;
};

/* -- steps ----------------------------------------------------------------- */

static char *
events_path(const char *id)
{
	return xasprintf("/v1/jobs/%s/events", id);
}

static struct sse *
listen_at(struct two *two, int i, const char *id, const char *last)
{
	char *path = events_path(id);
	struct sse *s = sse_open(two->pair.ports[i], path, last);

	assert_int_equal(sse_status(s), 200);
	free(path);
	return s;
}

/* Up to the event of that name; NULL: to the end. */
static void
hear(struct sse *s, struct heard *h, const char *name)
{
	bool found = false;

	while (!found && sse_next(s, &h->events[h->n], 0)) {
		found = name != NULL && strcmp(h->events[h->n].name, name) == 0;
		h->n++;
		assert_true(h->n < MAX_HEARD);
	}
	if (name != NULL && !found)
		fail_msg("no %s behind %d events", name, h->n);
}

static const char *
last_id(const struct heard *h)
{
	return h->n > 0 ? h->events[h->n - 1].id : NULL;
}

/* Miners call back at the second instance, whichever asked them. */
static void
call_back(struct two *two, const struct hand_task *task, const char *body)
{
	struct hand_task at_second = *task;
	const char *path = strstr(task->callback_url + 8, "/");
	struct callback_told told;
	char *url =
	    xasprintf("http://127.0.0.1:%d%s", two->pair.ports[1], path);

	at_second.callback_url = url;
	callback_json(&at_second, task->secret, body, &told);
	assert_int_equal(told.status, 200);
	free(url);
}

/* A job ordered of the first, and at a miner. */
static struct hand_task *
begin_job(struct two *two, char id[40])
{
	struct hand_task *task;

	assert_int_equal(suite_submit(two->pair.s, pair_job, id), 202);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	assert_int_equal(attempt_await(two->pair.s, task->id, "accepted"), 0);
	return task;
}

static void
start_first(struct two *two)
{
	assert_int_equal(pair_start(&two->pair, 0), 0);
	assert_non_null(proc_wait_event(
	    two->pair.at[0], "miners.shared", "among=2 in=yes", 0));
}

/* The same events, with the same ids, in the same order. */
static void
assert_same(const struct heard *a, const struct heard *b)
{
	for (int i = 0; i < a->n || i < b->n; i++)
		print_message("# %-20s %-42s %s\n", a->events[i].name,
		    a->events[i].id, i < b->n ? b->events[i].id : "-");
	assert_int_equal(a->n, b->n);
	for (int i = 0; i < a->n; i++) {
		assert_string_equal(a->events[i].id, b->events[i].id);
		assert_string_equal(a->events[i].name, b->events[i].name);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(
			    a->events[i].id, a->events[k].id);
	}
}

/* -- what holds ------------------------------------------------------------ */

static const char *const names[] = {"job.queued", "job.assigned",
    "attempt.sent", "attempt.accepted", "job.running", "attempt.received",
    "attempt.failed", "attempt.sent", "attempt.accepted", "attempt.received",
    "attempt.delivered", "job.done"};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

static void
a_stream_goes_on_at_the_other_when_one_is_killed(void **state)
{
	struct two *two = *state;
	struct heard heard = {.n = 0}, whole = {.n = 0};
	struct hand_task *task;
	struct sse *s;
	char id[40], *type;

	start_first(two);
	task = begin_job(two, id);
	s = listen_at(two, 0, id, NULL);
	type = sse_header(s, "Content-Type");
	assert_string_equal(type, "text/event-stream");
	hear(s, &heard, "job.running");
	assert_int_equal(sse_retry_ms(s), 1000);
	pair_kill(&two->pair, 0);
	hear(s, &heard, NULL);
	assert_false(sse_is_whole(s));
	sse_close(s);
	/* Something happens while nobody listens, and something then. */
	call_back(two, task, failure);
	assert_int_equal(attempt_await(two->pair.s, task->id, "failed"), 0);
	hand_drop(two->hand, task);
	s = listen_at(two, 1, id, last_id(&heard));
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	assert_int_equal(attempt_await(two->pair.s, task->id, "accepted"), 0);
	hear(s, &heard, "attempt.accepted");
	call_back(two, task, result);
	hear(s, &heard, NULL);
	assert_true(sse_is_whole(s));
	sse_close(s);
	s = listen_at(two, 1, id, NULL);
	hear(s, &whole, NULL);
	assert_true(sse_is_whole(s));
	sse_close(s);
	assert_same(&heard, &whole);
	assert_int_equal(whole.n, N_NAMES);
	for (int i = 0; i < N_NAMES; i++)
		assert_string_equal(whole.events[i].name, names[i]);
	assert_non_null(strstr(whole.events[6].data, "miner_failed"));
	hand_drop(two->hand, task);
	free(type);
}

static int
head_of(struct two *two, const char *path)
{
	char *url =
	    xasprintf("http://127.0.0.1:%d%s", two->pair.ports[1], path);
	const struct fetch_ask ask = {.method = "HEAD", .url = url};
	struct fetch_answer answer;
	int status;

	fetch(&ask, &answer);
	status = answer.status;
	fetch_clear(&answer);
	free(url);
	return status;
}

/* Whoever comes back when all was told is told not to. */
static void
a_stream_that_was_told_to_its_end_does_not_begin(void **state)
{
	struct two *two = *state;
	struct heard heard = {.n = 0};
	struct hand_task *task;
	struct sse *s;
	char id[40], *path;

	start_first(two);
	task = begin_job(two, id);
	assert_int_equal(jobs_cancel(two->pair.s, id), 200);
	s = listen_at(two, 1, id, NULL);
	hear(s, &heard, NULL);
	sse_close(s);
	assert_string_equal(heard.events[heard.n - 1].name, "job.cancelled");
	path = events_path(id);
	s = sse_open(two->pair.ports[1], path, last_id(&heard));
	assert_int_equal(sse_status(s), 204);
	sse_close(s);
	assert_int_equal(head_of(two, path), 200);
	s = sse_open(two->pair.ports[1], path, "7");
	assert_int_equal(sse_status(s), 400);
	sse_close(s);
	s = sse_open(two->pair.ports[1],
	    "/v1/jobs/0190a0a0-0000-7000-8000-000000000001/events", NULL);
	assert_int_equal(sse_status(s), 404);
	sse_close(s);
	hand_drop(two->hand, task);
	free(path);
}

static void
assert_no_job_is_taken(struct two *two)
{
	char *url =
	    xasprintf("http://127.0.0.1:%d/v1/jobs", two->pair.ports[0]);
	struct fetch_answer answer;
	char *after;

	fetch_post_json(url, pair_job, &answer);
	assert_int_equal(answer.status, 503);
	after = fetch_header(&answer, "Retry-After");
	assert_non_null(after);
	assert_true(atoi(after) > 0);
	fetch_clear(&answer);
	free(after);
	free(url);
}

static void
a_stream_ends_with_a_word_where_one_is_stopped(void **state)
{
	struct two *two = *state;
	struct heard heard = {.n = 0}, whole = {.n = 0};
	struct hand_task *task;
	struct sse *s;
	char id[40];

	start_first(two);
	task = begin_job(two, id);
	s = listen_at(two, 0, id, NULL);
	hear(s, &heard, "job.running");
	/* One more attempt, so that the stream has come to rest. */
	call_back(two, task, failure);
	hand_drop(two->hand, task);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	hear(s, &heard, "attempt.accepted");
	proc_signal(two->pair.at[0], SIGTERM);
	hear(s, &heard, NULL);
	assert_true(sse_is_whole(s));
	assert_non_null(strstr(sse_comment(s), "stopping"));
	sse_close(s);
	assert_no_job_is_taken(two);
	s = listen_at(two, 1, id, last_id(&heard));
	call_back(two, task, result);
	hear(s, &heard, NULL);
	sse_close(s);
	s = listen_at(two, 1, id, NULL);
	hear(s, &whole, NULL);
	sse_close(s);
	assert_same(&heard, &whole);
	assert_int_equal(pair_await_end(&two->pair, 0), 0);
	hand_drop(two->hand, task);
}

/* So that what stands between us does not take the stream for dead. */
static void
a_quiet_stream_says_that_it_is_there(void **state)
{
	struct two *two = *state;
	struct heard heard = {.n = 0};
	struct hand_task *task;
	struct sse *s;
	char id[40];

	start_first(two);
	task = begin_job(two, id);
	s = listen_at(two, 1, id, NULL);
	hear(s, &heard, "job.running");
	assert_true(sse_await_comment(s, "still here"));
	call_back(two, task, result);
	hear(s, &heard, NULL);
	assert_string_equal(
	    last_id(&heard) != NULL ? heard.events[heard.n - 1].name : "",
	    "job.done");
	sse_close(s);
	hand_drop(two->hand, task);
}

static void
open_streams(
    struct two *two, const char *id, struct sse **all, int from, int to)
{
	for (int i = from; i < to; i++) {
		struct heard heard = {.n = 0};

		all[i] = listen_at(two, 1, id, NULL);
		hear(all[i], &heard, "job.running");
	}
}

static void
an_idle_stream_costs_little_memory(void **state)
{
	struct two *two = *state;
	struct sse **all = xcalloc(IDLE, sizeof(struct sse *));
	pid_t pid = proc_pid(two->pair.at[1]);
	struct hand_task *task;
	long before, after;
	struct sse *more;
	char id[40], *path, *again;

	start_first(two);
	task = begin_job(two, id);
	open_streams(two, id, all, 0, FIRST);
	before = memory_status(pid, "VmRSS");
	open_streams(two, id, all, FIRST, IDLE);
	after = memory_status(pid, "VmRSS");
	print_message("# RSS KiB an idle stream: %.2f\n",
	    (double)(after - before) / (IDLE - FIRST));
#ifndef __SANITIZE_ADDRESS__
	assert_true((after - before) * 1024 <= IDLE_BYTES * (IDLE - FIRST));
#endif
	/* One more is one too many. */
	path = events_path(id);
	more = sse_open(two->pair.ports[1], path, NULL);
	assert_int_equal(sse_status(more), 503);
	again = sse_header(more, "Retry-After");
	assert_non_null(again);
	sse_close(more);
	free(again);
	free(path);
	for (int i = 0; i < IDLE; i++)
		sse_close(all[i]);
	assert_int_equal(jobs_cancel(two->pair.s, id), 200);
	hand_drop(two->hand, task);
	free(all);
}

/* -- answers that wait ----------------------------------------------------- */

static int
send_waiting(int port, const char *start, int wait_s, const char *body)
{
	int fd = raw_dial(port);
	char *request = xasprintf(
	    "%s HTTP/1.1\r\nHost: x\r\nPrefer: respond-async, wait=%d\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    start, wait_s, strlen(body), body);

	raw_send_str(fd, request);
	free(request);
	return fd;
}

/* An answer of that status, with the job in that state. */
static void
assert_answer(int fd, int status, const char *applied, const char *job_state)
{
	struct raw_answer answer;
	char *preference, *state = xasprintf("\"state\" : \"%s\"", job_state);

	raw_read(fd, &answer, false);
	close(fd);
	preference = raw_header(&answer, "Preference-Applied");
	assert_int_equal(answer.status, status);
	assert_non_null(preference);
	assert_string_equal(preference, applied);
	if (strstr(answer.body, state) == NULL)
		fail_msg("no %s in %s", state, answer.body);
	free(preference);
	free(state);
}

static void
an_answer_waits_for_its_job(void **state)
{
	struct two *two = *state;
	int *ports = two->pair.ports, post, get;
	struct hand_task *task;
	char *path, *id;

	start_first(two);
	post = send_waiting(ports[0], "POST /v1/jobs", 30, pair_job);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	id = db_text(two->pair.s->db,
	    "select job_id from attempt where id = '%s'", task->id);
	path = xasprintf("GET /v1/jobs/%s", id);
	get = send_waiting(ports[1], path, 99, "");
	call_back(two, task, result);
	assert_answer(post, 200, "wait=30", "done");
	assert_answer(get, 200, "wait=60", "done");
	hand_drop(two->hand, task);
	free(path);
	free(id);
}

static void
an_answer_waits_no_longer_than_was_asked(void **state)
{
	struct two *two = *state;
	struct hand_task *task;
	int post;

	start_first(two);
	post = send_waiting(two->pair.ports[0], "POST /v1/jobs", 1, pair_job);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	assert_int_equal(attempt_await(two->pair.s, task->id, "accepted"), 0);
	assert_answer(post, 202, "wait=1", "running");
	call_back(two, task, result);
	hand_drop(two->hand, task);
}

/* Its job goes on without it. */
static void
who_waits_is_answered_when_we_stop(void **state)
{
	struct two *two = *state;
	struct hand_task *task;
	char *id;
	int post;

	start_first(two);
	post = send_waiting(two->pair.ports[0], "POST /v1/jobs", 60, pair_job);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	assert_int_equal(attempt_await(two->pair.s, task->id, "accepted"), 0);
	id = db_text(two->pair.s->db,
	    "select job_id from attempt where id = '%s'", task->id);
	proc_signal(two->pair.at[0], SIGTERM);
	assert_answer(post, 202, "wait=60", "running");
	call_back(two, task, result);
	assert_int_equal(attempt_await_job(two->pair.s, id, "done"), 0);
	assert_int_equal(pair_await_end(&two->pair, 0), 0);
	hand_drop(two->hand, task);
	free(id);
}

/* Nobody is told that nothing was done, and orders it again. */
static void
who_ordered_is_told_so_while_the_database_is_away(void **state)
{
	struct two *two = *state;
	struct cluster *cluster = sandbox_cluster(two->pair.s->box);
	struct raw_answer answer;
	struct hand_task *task;
	char *location, *path;
	int post;

	start_first(two);
	post = send_waiting(two->pair.ports[0], "POST /v1/jobs", 60, pair_job);
	task = hand_take(two->hand, 0);
	assert_non_null(task);
	assert_int_equal(attempt_await(two->pair.s, task->id, "accepted"), 0);
	path = db_text(two->pair.s->db,
	    "select '/v1/jobs/' || job_id from attempt where id = '%s'",
	    task->id);
	cluster_halt(cluster, CLUSTER_FAST);
	proc_signal(two->pair.at[0], SIGTERM);
	raw_read(post, &answer, false);
	close(post);
	location = raw_header(&answer, "Location");
	assert_int_equal(answer.status, 503);
	assert_non_null(strstr(answer.body, "\"unknown\""));
	assert_non_null(location);
	assert_string_equal(location, path);
	assert_int_equal(cluster_start(cluster), 0);
	call_back(two, task, result);
	hand_drop(two->hand, task);
	free(location);
	free(path);
}

/* -- the whole ------------------------------------------------------------- */

static int
start(void **state)
{
	struct two *two = xcalloc(1, sizeof(*two));
	struct suite_options o = {.name = "v1-events",
	    .ini = "\n[orchestrator]\ndrain = 25s\nsweep = 250ms\n",
	    .leave_stopped = {[SUITE_ORCHESTRATOR] = true}};

	*state = two;
	two->hand = hand_new(N_MINERS, "chore");
	if (two->hand == NULL)
		return -1;
	return pair_begin(&two->pair, two->hand, &o, "10m") == 0
		   ? suite_wait_ready(two->pair.s, N_MINERS)
		   : -1;
}

/* The first is each test's own. */
static int
mend(void **state)
{
	struct two *two = *state;

	if (two->pair.at[0] != NULL)
		pair_kill(&two->pair, 0);
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
	    cmocka_unit_test_teardown(
		a_stream_goes_on_at_the_other_when_one_is_killed, mend),
	    cmocka_unit_test_teardown(
		a_stream_that_was_told_to_its_end_does_not_begin, mend),
	    cmocka_unit_test_teardown(
		a_stream_ends_with_a_word_where_one_is_stopped, mend),
	    cmocka_unit_test_teardown(
		a_quiet_stream_says_that_it_is_there, mend),
	    cmocka_unit_test_teardown(an_idle_stream_costs_little_memory, mend),
	    cmocka_unit_test_teardown(an_answer_waits_for_its_job, mend),
	    cmocka_unit_test_teardown(
		an_answer_waits_no_longer_than_was_asked, mend),
	    cmocka_unit_test_teardown(who_waits_is_answered_when_we_stop, mend),
	    cmocka_unit_test_teardown(
		who_ordered_is_told_so_while_the_database_is_away, mend),
	};

	return cmocka_run_group_tests(tests, start, end);
}

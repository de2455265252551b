/*
 * What goes wrong with Violet's responses, shown not to go wrong here. A test
 * has the number of the paragraph that describes the fault (24: 2.4, 91: 9.1)
 * and says the fault's name; docs/faults.md has them all,
 * test_faults_violet_tasks.c those of assigning.
 *
 * fault                          what is done instead
 * 24 the first response waits for a buffer: it is there with its answer
 * 24 one miner's duplicates complete a task: each counts once
 * 24 unsolicited responses make phantom miners: nothing makes one
 * 24 miners say how good they are, and are believed: only we measure
 * 24 late responses are appended to what is over: they are kept as late
 * 26 "broken file" is a success: it is a failure
 * 91 whoever knows a task may respond to it: only who was asked
 * 92 responses overwrite each other: each is a row
 * 92 one miner has a task twice: the table does not allow it
 * 92 times wrap after a day, sizes after 2 GiB: they do not
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/play.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { HANDS = 4, HEAD_START_MS = 100 };

#define DAY_AND_TWO_HOURS_MS (26 * 3600e3)

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
	kind = sample_kind_copy(kinds, "text.translate", "text.long");
	json_object_set_new(kind, "attempt", json_string("7d"));
	json_object_set_new(kind, "deadline", json_string("7d"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "faults-violet"};

	return rig_set_up(state, &o, HANDS, edit_kinds);
}

/* The tasks of a job that n miners get. */
static void
accepted_tasks(struct rig *r, const char *job_json, int n, char id[40],
    struct hand_task *tasks[])
{
	tasks[0] = play_accepted(r, job_json, id);
	assert_non_null(tasks[0]);
	for (int i = 1; i < n; i++) {
		tasks[i] = rig_next(r, id);
		assert_non_null(tasks[i]);
		assert_int_equal(
		    attempt_await(r->s, tasks[i]->id, "accepted"), 0);
	}
}

static void
drop_tasks(struct rig *r, struct hand_task *tasks[], int n)
{
	for (int i = 0; i < n; i++)
		hand_drop(r->hand, tasks[i]);
}

static void
answer(const struct hand_task *task, const char *json, const char *word)
{
	struct callback_told told;

	callback_json(task, task->secret, json, &told);
	assert_int_equal(play_told(&told, 200, word), 0);
}

static int64_t
count(struct rig *r, const char *table, const char *job_id, const char *state)
{
	return db_int(r->s->db,
	    "select count(*) from %s where job_id = '%s' and state = '%s'",
	    table, job_id, state);
}

static void
assert_job(struct rig *r, const char *id, const char *state)
{
	char *is =
	    db_text(r->s->db, "select state from job where id = '%s'", id);

	assert_string_equal(is, state);
	free(is);
}

/* -- 24: responses -------------------------------------------------------- */

static void
violet_24_the_first_response_is_there_at_once(void **state)
{
	struct rig *r = *state;
	char id[40], *path;
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);

	assert_non_null(task);
	path = xasprintf("/v1/jobs/%s/result", id);
	assert_int_equal(play_get(r->s, path, 409), 0);
	answer(task, PLAY_OUTPUT, "accepted");
	assert_int_equal(play_get(r->s, path, 200), 0); /* and not later */
	assert_job(r, id, "done");
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from job where id = '%s' and "
			     "best_attempt = '%s'",
			     id, task->id),
	    1);
	free(path);
	hand_drop(r->hand, task);
}

static void
violet_24_duplicates_complete_nothing(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[3];
	char id[40];

	accepted_tasks(
	    r, PLAY_TRANSLATE("text.translate", ",\"miners\":3"), 3, id, tasks);
	for (int i = 0; i < 3; i++)
		answer(
		    tasks[0], PLAY_OUTPUT, i == 0 ? "accepted" : "duplicate");
	/* By the end of a job begun now the duplicates are long dealt with. */
	assert_int_equal(play_job(r), 0);
	assert_job(r, id, "running");
	assert_int_equal(count(r, "attempt", id, "delivered"), 1);
	answer(tasks[1], PLAY_OUTPUT, "accepted");
	answer(tasks[2], PLAY_OUTPUT, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(count(r, "attempt", id, "delivered"), 3);
	drop_tasks(r, tasks, 3);
}

static char *
miners_listed(struct rig *r)
{
	return db_text(r->s->db,
	    "select string_agg(hotkey, ' ' order by hotkey) from miner");
}

/* Whoever sends what was not asked for, in whatever words. */
static void
violet_24_nothing_makes_phantom_miners(void **state)
{
	static const char *const bodies[] = {
	    "{\"miner_uid\":77,\"task_id\":\"x\",\"output\":{\"text\":\"y\"}}",
	    "{\"hotkey\":\"5Phantom\",\"is_serving\":true,\"output\":1}",
	    PLAY_OUTPUT,
	};
	struct rig *r = *state;
	char id[40], *before = miners_listed(r), *after;
	int64_t attempts = db_int(r->s->db, "select count(*) from attempt");
	struct hand_task *task;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		char unasked[UUID_TEXT], *url;
		struct hand_task phantom = {.callback_url = NULL};
		struct callback_told told;

		uuid_new(unasked);
		url = xasprintf(
		    "%s/v1/attempts/%s/result", r->s->api_url, unasked);
		phantom.callback_url = url;
		callback_json(&phantom, "x", bodies[i], &told);
		assert_int_equal(play_told(&told, 403, "bad_secret"), 0);
		free(url);
	}
	assert_int_equal(
	    db_int(r->s->db, "select count(*) from attempt"), attempts);
	/* Nor does one who was asked become another by saying so. */
	task = play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);
	assert_non_null(task);
	answer(task, bodies[1], "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from attempt where id = '%s' and "
			     "hotkey = '%s'",
			     task->id, r->s->miner_hotkeys[task->miner]),
	    1);
	after = miners_listed(r);
	assert_string_equal(after, before);
	free(before);
	free(after);
	hand_drop(r->hand, task);
}

/* The second is slower, and says that it is better and quicker. */
static void
violet_24_nobody_scores_itself(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40];
	double quick_ms, slow_ms;

	accepted_tasks(
	    r, PLAY_TRANSLATE("text.translate", ",\"miners\":2"), 2, id, tasks);
	answer(tasks[0],
	    "{\"output\":{\"text\":\"x\"},\"accuracy_score\":0,"
	    "\"speed_score\":0,\"processing_time\":9}",
	    "accepted");
	quick_ms = db_real(r->s->db,
	    "select miner_ms from attempt where id = '%s'", tasks[0]->id);
	while ((clock_mono_us() - tasks[1]->arrived_us) / 1e3 <
	       quick_ms + HEAD_START_MS)
		proc_nap();
	answer(tasks[1],
	    "{\"output\":{\"text\":\"x\",\"accuracy_score\":1},"
	    "\"accuracy_score\":1,\"speed_score\":1,\"processing_time\":0.001,"
	    "\"miner_ms\":0,\"score\":1}",
	    "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	slow_ms = db_real(r->s->db,
	    "select miner_ms from attempt where id = '%s'", tasks[1]->id);
	assert_true(slow_ms >= quick_ms + HEAD_START_MS);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from job where id = '%s' and "
			     "best_attempt = '%s'",
			     id, tasks[0]->id),
	    1);
	drop_tasks(r, tasks, 2);
}

/* One of two has delivered in time, which is enough; then the other comes. */
static void
violet_24_late_responses_change_no_result(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2];
	char id[40], *before, *after;

	accepted_tasks(
	    r, PLAY_TRANSLATE("text.brief", ",\"miners\":2"), 2, id, tasks);
	answer(tasks[0], PLAY_OUTPUT, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(attempt_await(r->s, tasks[1]->id, "timed_out"), 0);
	before = db_text(r->s->db,
	    "select (to_jsonb(j) - 'lease_until')::text from job j "
	    "where id = '%s'",
	    id);
	answer(tasks[1], "{\"output\":{\"text\":\"late\"}}", "late");
	assert_int_equal(
	    play_ended(r->s, tasks[1]->id, "late", "came_late"), 0);
	assert_int_equal(play_judged(r->s, tasks[1]->id, false), 0);
	after = db_text(r->s->db,
	    "select (to_jsonb(j) - 'lease_until')::text from job j "
	    "where id = '%s'",
	    id);
	assert_string_equal(after, before);
	free(before);
	free(after);
	drop_tasks(r, tasks, 2);
}

/* -- 26: broken files ----------------------------------------------------- */

static void
violet_26_a_broken_file_is_no_success(void **state)
{
	struct rig *r = *state;
	struct buf wav = {0};
	struct hand_task *task;
	char id[40];

	sample_wav(440, 0.5, &wav);
	assert_int_equal(
	    suite_submit_file(r->s,
		"{\"kind\":\"audio.transcribe\",\"params\":{\"language\":"
		"\"en\"}}",
		wav.data, wav.len, "audio/wav", id),
	    202);
	task = rig_next(r, id);
	assert_non_null(task);
	answer(task,
	    "{\"transcript\":\"broken file\",\"confidence\":0.0,"
	    "\"processing_time\":0.0,\"language\":\"en\",\"error\":\"broken\","
	    "\"status\":\"completed_broken_file\"}",
	    "failed");
	assert_int_equal(
	    play_ended(r->s, task->id, "failed", "miner_failed"), 0);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	assert_int_equal(play_judged(r->s, task->id, false), 0);
	buf_free(&wav);
	hand_drop(r->hand, task);
}

/* -- 91: who may respond -------------------------------------------------- */

/* Each of those asked has a secret that is good for nobody else's attempt, and
 * for no other job. */
static void
violet_91_only_who_was_asked_may_respond(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[2], *other;
	struct callback_told told;
	char id[40], other_id[40], *before[2];

	accepted_tasks(
	    r, PLAY_TRANSLATE("text.translate", ",\"miners\":2"), 2, id, tasks);
	other =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), other_id);
	assert_non_null(other);
	for (int i = 0; i < 2; i++)
		before[i] = attempt_all(r->s, tasks[i]->id);
	for (int i = 0; i < 2; i++) {
		const char *const wrong[] = {
		    tasks[1 - i]->secret, other->secret, id, NULL};

		for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
			callback_json(tasks[i], wrong[k], PLAY_OUTPUT, &told);
			assert_int_equal(
			    play_told(&told, 403, "bad_secret"), 0);
		}
		assert_int_equal(
		    play_unchanged(r->s, tasks[i]->id, before[i]), 0);
	}
	for (int i = 0; i < 2; i++) {
		free(before[i]);
		answer(tasks[i], PLAY_OUTPUT, "accepted");
	}
	answer(other, PLAY_OUTPUT, "accepted");
	drop_tasks(r, tasks, 2);
	hand_drop(r->hand, other);
}

/* -- 92: races and numbers ------------------------------------------------ */

/* A response but for its last byte. */
static int
respond_all_but(struct rig *r, const struct hand_task *task)
{
	struct raw_answer answer;
	int fd = raw_dial(r->s->ports[SUITE_ORCHESTRATOR]);
	char *head =
	    xasprintf("POST %s HTTP/1.1\r\nHost: x\r\n"
		      "X-Callback-Secret: %s\r\nContent-Length: %zu\r\n"
		      "Content-Type: application/json\r\n"
		      "Expect: 100-continue\r\n\r\n",
		strstr(task->callback_url, "/v1/"), task->secret,
		strlen(PLAY_OUTPUT));

	raw_send_str(fd, head);
	raw_read(fd, &answer, true);
	assert_int_equal(answer.status, 100);
	raw_send(fd, PLAY_OUTPUT, strlen(PLAY_OUTPUT) - 1);
	free(head);
	return fd;
}

static void
violet_92_responses_at_once_are_all_kept(void **state)
{
	struct rig *r = *state;
	struct hand_task *tasks[HANDS];
	int fds[HANDS];
	char id[40];

	accepted_tasks(r, PLAY_TRANSLATE("text.translate", ",\"miners\":4"),
	    HANDS, id, tasks);
	for (int i = 0; i < HANDS; i++)
		fds[i] = respond_all_but(r, tasks[i]);
	for (int i = 0; i < HANDS; i++)
		raw_send(fds[i], "}", 1);
	for (int i = 0; i < HANDS; i++) {
		struct raw_answer told;

		raw_read(fds[i], &told, false);
		assert_int_equal(told.status, 200);
		assert_non_null(strstr(told.body, "accepted"));
		close(fds[i]);
	}
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from attempt where job_id = '%s' and state = "
		"'delivered' and result_json ->> 'text' = 'guten Tag'",
		id),
	    HANDS);
	drop_tasks(r, tasks, HANDS);
}

static void
violet_92_a_miner_has_a_task_once(void **state)
{
	struct rig *r = *state;
	char id[40], other[UUID_TEXT];
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);

	assert_non_null(task);
	uuid_new(other);
	assert_int_equal(db_exec(r->s->db,
			     "insert into attempt (id, job_id, netuid, kind, "
			     "hotkey, uid, address, state, receipt, "
			     "prepared_at, deadline_at) select '%s', job_id, "
			     "netuid, kind, hotkey, uid, address, state, "
			     "receipt, prepared_at, deadline_at from attempt "
			     "where id = '%s'",
			     other, task->id),
	    -1);
	answer(task, PLAY_OUTPUT, "accepted");
	hand_drop(r->hand, task);
}

/* As if it had been sent so long ago, to an instance that is gone. */
static void
violet_92_a_day_and_two_hours_are_26_hours(void **state)
{
	struct rig *r = *state;
	char id[40];
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.long", ""), id);
	double ms;

	assert_non_null(task);
	suite_kill(r->s, SUITE_ORCHESTRATOR);
	assert_int_equal(db_exec(r->s->db,
			     "update attempt set state = 'accepted', sent_at = "
			     "now() - interval '26 hours', accepted_at = now() "
			     "- interval '26 hours' where id = '%s'",
			     task->id),
	    0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	answer(task, PLAY_OUTPUT, "accepted");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	ms = db_real(
	    r->s->db, "select miner_ms from attempt where id = '%s'", task->id);
	assert_true(ms >= DAY_AND_TWO_HOURS_MS);
	assert_true(ms < DAY_AND_TWO_HOURS_MS + 600e3);
	hand_drop(r->hand, task);
}

static void
violet_92_sizes_go_beyond_two_gib(void **state)
{
	struct rig *r = *state;
	char id[40], *shown;
	struct hand_task *task =
	    play_accepted(r, PLAY_TRANSLATE("text.translate", ""), id);
	struct fetch_answer job;

	assert_non_null(task);
	answer(task, PLAY_OUTPUT, "accepted");
	assert_int_equal(db_exec(r->s->db,
			     "update attempt set result_bytes = 5000000000 "
			     "where id = '%s'",
			     task->id),
	    0);
	shown = xasprintf("%s/v1/jobs/%s", r->s->api_url, id);
	fetch_get(shown, &job);
	assert_int_equal(job.status, 200);
	assert_non_null(strstr(job.body, "5000000000"));
	fetch_clear(&job);
	free(shown);
	hand_drop(r->hand, task);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(violet_24_the_first_response_is_there_at_once),
	    cmocka_unit_test(violet_24_duplicates_complete_nothing),
	    cmocka_unit_test(violet_24_nothing_makes_phantom_miners),
	    cmocka_unit_test(violet_24_nobody_scores_itself),
	    cmocka_unit_test(violet_24_late_responses_change_no_result),
	    cmocka_unit_test(violet_26_a_broken_file_is_no_success),
	    cmocka_unit_test(violet_91_only_who_was_asked_may_respond),
	    cmocka_unit_test(violet_92_responses_at_once_are_all_kept),
	    cmocka_unit_test(violet_92_a_miner_has_a_task_once),
	    cmocka_unit_test(violet_92_a_day_and_two_hours_are_26_hours),
	    cmocka_unit_test(violet_92_sizes_go_beyond_two_gib),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

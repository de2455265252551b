/*
 * What miners send back, in the native form: who may, when, how often, and
 * what becomes of it. The miners are played by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { HOLD_MS = 300, ROUNDS = 6, SMALL = 65536 };

#define SPEAK(kind)                                                            \
	"{\"kind\":\"" kind                                                    \
	"\",\"params\":{\"text\":\"one two three four\",\"language\":\"en\"}}"
#define TRANSLATE(kind, more)                                                  \
	"{\"kind\":\"" kind                                                    \
	"\",\"params\":{\"text\":\"good day\",\"language\":\"en\","            \
	"\"target_language\":\"de\"}" more "}"
#define OUTPUT "{\"output\":{\"text\":\"guten Tag\"}}"
#define DELIVERED "subnetd_attempts_over_total{state=\"delivered\"}"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	kind = sample_kind_copy(kinds, "audio.speak", "audio.small");
	json_object_set_new(kind, "max_output_bytes", json_integer(SMALL));
	kind = sample_kind_copy(kinds, "text.translate", "text.brief");
	json_object_set_new(kind, "attempt", json_string("1s"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "callbacks"};

	return rig_set_up(state, &o, 2, edit_kinds);
}

/* -- helpers ------------------------------------------------------------ */

/* A task its miner has accepted. */
static struct hand_task *
accepted_task(struct rig *r, const char *job_json, char id[40])
{
	struct hand_task *task = rig_task(r, job_json, id);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	return task;
}

static void
assert_told(const struct callback_told *told, int status, const char *word,
    const char *what)
{
	if (told->status != status || strcmp(told->word, word) != 0)
		fail_msg("%s: %d %s (%s), not %d %s", what, told->status,
		    told->word, told->detail, status, word);
}

static void
assert_column(
    struct rig *r, const char *id, const char *column, const char *want)
{
	char *is = attempt_column(r->s, id, column);

	if ((is == NULL) != (want == NULL) ||
	    (is != NULL && strcmp(is, want) != 0))
		fail_msg("%s is %s, not %s", column, is != NULL ? is : "null",
		    want != NULL ? want : "null");
	free(is);
}

static void
assert_unchanged(
    struct rig *r, const char *id, const char *before, const char *what)
{
	char *now = attempt_all(r->s, id);

	if (strcmp(before, now) != 0)
		fail_msg("%s: was\n%s\nis\n%s", what, before, now);
	free(now);
}

/* One verdict, and it says that. */
static void
assert_judged(struct rig *r, const char *id, bool success)
{
	assert_int_equal(attempt_await_judged(r->s, id), 0);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from judgement "
			     "where attempt_id = '%s' and success = %s",
			     id, success ? "true" : "false"),
	    1);
}

static void
assert_result(struct rig *r, const char *job_id, const void *data, size_t len)
{
	char *url = xasprintf("%s/v1/jobs/%s/result", r->s->api_url, job_id);
	struct fetch_answer answer;

	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, len);
	assert_memory_equal(answer.body, data, len);
	fetch_clear(&answer);
	free(url);
}

/* -- what is sent out --------------------------------------------------- */

static void
a_request_is_signed_and_says_where_to_send_what(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *task;
	char id[40], *url;

	task = accepted_task(r,
	    TRANSLATE("text.translate", ",\"expect\":{\"text\":\"secret\"}"),
	    id);
	assert_string_equal(task->unsigned_why, "");
	assert_string_equal(task->signed_by, r->s->hotkey);
	assert_string_equal(task->path, "/jobs/text.translate");
	url = xasprintf("%s/v1/attempts/%s/result", r->s->api_url, task->id);
	assert_string_equal(task->callback_url, url);
	assert_int_equal(strlen(task->secret), 64);
	assert_string_equal(
	    json_string_value(json_object_get(task->body, "kind")),
	    "text.translate");
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(task->body, "params"), "target_language")),
	    "de");
	assert_non_null(json_object_get(task->body, "deadline"));
	assert_null(json_object_get(task->body, "expect"));
	assert_null(json_object_get(task->body, "input"));
	assert_column(r, task->id, "hotkey", r->s->miner_hotkeys[task->miner]);
	callback_json(task, task->secret, OUTPUT, &told);
	assert_told(&told, 200, "accepted", "the result");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	free(url);
	hand_drop(r->hand, task);
}

/* -- whose it is -------------------------------------------------------- */

static void
a_wrong_secret_changes_nothing(void **state)
{
	struct rig *r = *state;
	char id[40], other_id[40], one_off[65], upper[65], *before;
	struct hand_task *other =
	    accepted_task(r, SPEAK("audio.speak"), other_id);
	struct hand_task *task = accepted_task(r, SPEAK("audio.speak"), id);
	const char *const wrong[] = {NULL, "", "x", one_off, upper,
	    other->secret, task->id,
	    "00000000000000000000000000000000000000000000000000000000000000000",
	    "0000000000000000000000000000000000000000000000000000000000000000"};
	double refused, seen;
	struct callback_told told;
	struct buf wav = {0};

	snprintf(one_off, sizeof(one_off), "%s", task->secret);
	one_off[63] = one_off[63] == '0' ? '1' : '0';
	for (int i = 0; i < 65; i++)
		upper[i] = task->secret[i] >= 'a' ? task->secret[i] - 32
						  : task->secret[i];
	sample_wav(440, 0.5, &wav);
	before = attempt_all(r->s, task->id);
	refused = attempt_metric(r->s, DELIVERED);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *what = wrong[i] != NULL ? wrong[i] : "no secret";

		callback_file(task, wrong[i], "result", "audio/wav", wav.data,
		    wav.len, &told);
		assert_told(&told, 403, "bad_secret", what);
		callback_json(task, wrong[i], "{\"status\":\"failed\"}", &told);
		assert_told(&told, 403, "bad_secret", what);
		assert_unchanged(r, task->id, before, what);
	}
	seen = attempt_metric(r->s, DELIVERED);
	assert_true(seen == refused);
	/* It is open as before: its own secret is still good. */
	callback_file(task, task->secret, "result", "audio/wav", wav.data,
	    wav.len, &told);
	assert_told(&told, 200, "accepted", "its own secret");
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_result(r, id, wav.data, wav.len);
	callback_json(other, other->secret, "{\"status\":\"failed\"}", &told);
	free(before);
	buf_free(&wav);
	hand_drop(r->hand, task);
	hand_drop(r->hand, other);
}

static void
a_callback_for_another_miners_attempt_is_refused(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct hand_task *tasks[2];
	char id[40], *before;

	tasks[0] =
	    accepted_task(r, TRANSLATE("text.translate", ",\"miners\":2"), id);
	tasks[1] = rig_next(r, id);
	assert_non_null(tasks[1]);
	assert_int_equal(attempt_await(r->s, tasks[1]->id, "accepted"), 0);
	assert_int_not_equal(tasks[0]->miner, tasks[1]->miner);
	for (int i = 0; i < 2; i++) {
		before = attempt_all(r->s, tasks[i]->id);
		callback_json(tasks[i], tasks[1 - i]->secret, OUTPUT, &told);
		assert_told(&told, 403, "bad_secret", "the other's secret");
		assert_unchanged(r, tasks[i]->id, before, "the other's secret");
		free(before);
	}
	for (int i = 0; i < 2; i++) {
		callback_json(tasks[i], tasks[i]->secret, OUTPUT, &told);
		assert_told(&told, 200, "accepted", "its own secret");
	}
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	for (int i = 0; i < 2; i++) {
		assert_judged(r, tasks[i]->id, true);
		hand_drop(r->hand, tasks[i]);
	}
}

static void
an_attempt_that_is_not_there_is_not_found(void **state)
{
	struct rig *r = *state;
	static const struct {
		const char *path;
		int status;
		const char *word;
	} cases[] = {
	    {"/v1/attempts/0190a0a0-0000-7000-8000-000000000001/result", 403,
		"bad_secret"},
	    {"/v1/attempts/nonsense/result", 404, "not_found"},
	    {"/v1/attempts/0190A0A0-0000-7000-8000-000000000001/result", 404,
		"not_found"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *url = xasprintf("%s%s", r->s->api_url, cases[i].path);
		const struct hand_task task = {.callback_url = url};
		struct callback_told told;

		callback_json(&task, "x", OUTPUT, &told);
		assert_told(
		    &told, cases[i].status, cases[i].word, cases[i].path);
		free(url);
	}
}

/* -- how often ---------------------------------------------------------- */

static void
a_second_callback_is_answered_and_counted_once(void **state)
{
	static const int hz[] = {440, 880, 440};
	struct rig *r = *state;
	char id[40], *before = NULL;
	struct hand_task *task = accepted_task(r, SPEAK("audio.speak"), id);
	double counted = attempt_metric(r->s, DELIVERED);
	struct callback_told told;
	struct buf wav[3] = {{0}, {0}, {0}};

	for (int i = 0; i < 3; i++) {
		sample_wav(hz[i], 2, &wav[i]);
		callback_file(task, task->secret, "result", "audio/wav",
		    wav[i].data, wav[i].len, &told);
		assert_told(&told, 200, i == 0 ? "accepted" : "duplicate", "");
	}
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_judged(r, task->id, true);
	assert_int_equal(attempt_await_files(r->s, task->id, 1), 0);
	before = attempt_all(r->s, task->id);
	for (int i = 0; i < 3; i++) {
		callback_file(task, task->secret, "result", "audio/wav",
		    wav[i].data, wav[i].len, &told);
		assert_told(&told, 200, "duplicate", "once it is judged");
	}
	callback_json(task, task->secret, "{\"status\":\"failed\"}", &told);
	assert_told(&told, 200, "duplicate", "a change of mind");
	assert_unchanged(r, task->id, before, "duplicates");
	assert_true(attempt_metric(r->s, DELIVERED) == counted + 1);
	assert_result(r, id, wav[0].data, wav[0].len);
	for (int i = 0; i < 3; i++)
		buf_free(&wav[i]);
	free(before);
	hand_drop(r->hand, task);
}

struct racer {
	int fd;
	struct buf body;
	size_t file_at, file_len; /* in the body */
};

/* Go as far as a request can before its last byte: the attempt's row has been
 * read and takes a result. */
static void
race_to_the_line(
    struct racer *racer, struct rig *r, const struct hand_task *task, int hz)
{
	const char *path = strstr(task->callback_url, "/v1/");
	struct raw_answer answer;
	char *head;

	buf_add_str(&racer->body, "--b\r\nContent-Disposition: form-data; "
				  "name=\"result\"; filename=\"r.wav\"\r\n"
				  "Content-Type: audio/wav\r\n\r\n");
	racer->file_at = racer->body.len;
	sample_wav(hz, 0.5, &racer->body);
	racer->file_len = racer->body.len - racer->file_at;
	buf_add_str(&racer->body, "\r\n--b--\r\n");
	head = xasprintf("POST %s HTTP/1.1\r\nHost: x\r\n"
			 "X-Callback-Secret: %s\r\nContent-Length: %zu\r\n"
			 "Content-Type: multipart/form-data; boundary=b\r\n"
			 "Expect: 100-continue\r\n\r\n",
	    path, task->secret, racer->body.len);
	racer->fd = raw_dial(r->s->ports[SUITE_ORCHESTRATOR]);
	raw_send_str(racer->fd, head);
	raw_read(racer->fd, &answer, true);
	assert_int_equal(answer.status, 100);
	raw_send(racer->fd, racer->body.data, racer->body.len - 1);
	free(head);
}

/* Of two at once with these tones one wins, and it is its file that stays. */
static void
race(struct rig *r, int hz, int other_hz)
{
	const int tones[2] = {hz, other_hz};
	char id[40];
	struct hand_task *task = accepted_task(r, SPEAK("audio.speak"), id);
	struct racer racers[2] = {{0}, {0}};
	struct raw_answer answers[2];
	int winner = -1;

	for (int i = 0; i < 2; i++)
		race_to_the_line(&racers[i], r, task, tones[i]);
	for (int i = 0; i < 2; i++)
		raw_send(racers[i].fd, "\n", 1);
	for (int i = 0; i < 2; i++) {
		raw_read(racers[i].fd, &answers[i], false);
		assert_int_equal(answers[i].status, 200);
		if (strstr(answers[i].body, "accepted") != NULL)
			winner = i;
	}
	assert_int_not_equal(winner, -1);
	assert_non_null(strstr(answers[1 - winner].body, "duplicate"));
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_result(r, id, racers[winner].body.data + racers[winner].file_at,
	    racers[winner].file_len);
	assert_int_equal(attempt_await_files(r->s, task->id, 1), 0);
	assert_judged(r, task->id, true);
	for (int i = 0; i < 2; i++) {
		close(racers[i].fd);
		buf_free(&racers[i].body);
	}
	hand_drop(r->hand, task);
}

static void
of_two_callbacks_at_once_one_is_accepted(void **state)
{
	struct rig *r = *state;
	double counted = attempt_metric(r->s, DELIVERED);

	for (int i = 0; i < ROUNDS; i++)
		race(r, 300, i % 2 == 0 ? 500 : 300);
	assert_true(attempt_metric(r->s, DELIVERED) == counted + ROUNDS);
}

/* -- when --------------------------------------------------------------- */

/* Deliver before the request is answered, then answer it with this. */
static void
overtake(struct rig *r, int answer_with)
{
	int64_t start_us = clock_mono_us();
	char id[40], other_id[40], *before, *ms;
	struct hand_task *task, *other;
	struct callback_told told;
	double miner_ms;

	hand_hold(r->hand, true);
	task = rig_task(r, TRANSLATE("text.translate", ""), id);
	hand_hold(r->hand, false);
	assert_non_null(task);
	while (clock_mono_us() < task->arrived_us + HOLD_MS * 1000)
		proc_nap();
	assert_column(r, task->id, "state", "sent");
	callback_json(task, task->secret, OUTPUT, &told);
	assert_told(&told, 200, "accepted", "before the answer");
	ms = attempt_column(r->s, task->id, "miner_ms");
	assert_non_null(ms);
	miner_ms = strtod(ms, NULL);
	free(ms);
	assert_true(miner_ms >= HOLD_MS);
	assert_true(miner_ms <= (clock_mono_us() - start_us) / 1e3);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_judged(r, task->id, true);
	before = attempt_all(r->s, task->id);
	hand_answer(r->hand, task, answer_with);
	/* By the end of a job begun now the answer has long been read. */
	other = accepted_task(r, TRANSLATE("text.translate", ""), other_id);
	callback_json(other, other->secret, OUTPUT, &told);
	assert_int_equal(attempt_await_job(r->s, other_id, "done"), 0);
	assert_column(r, task->id, "state", "delivered");
	assert_unchanged(r, task->id, before, "the answer");
	free(before);
	hand_drop(r->hand, task);
	hand_drop(r->hand, other);
}

static void
a_callback_before_the_answer_is_timed_from_the_sending(void **state)
{
	static const int answers[] = {202, 500};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		overtake(*state, answers[i]);
}

static void
a_late_result_is_kept_as_late_and_is_no_success(void **state)
{
	struct rig *r = *state;
	char id[40], *url;
	struct hand_task *task =
	    accepted_task(r, TRANSLATE("text.brief", ""), id);
	double delivered = attempt_metric(r->s, DELIVERED);
	struct callback_told told;
	struct fetch_answer answer;

	assert_int_equal(attempt_await(r->s, task->id, "timed_out"), 0);
	assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
	callback_json(task, task->secret, OUTPUT, &told);
	assert_told(&told, 200, "late", "after the deadline");
	assert_column(r, task->id, "state", "late");
	assert_column(r, task->id, "reason", "came_late");
	assert_column(r, task->id, "result_json ->> 'text'", "guten Tag");
	assert_column(r, task->id, "received_at is not null", "true");
	callback_json(task, task->secret, OUTPUT, &told);
	assert_told(&told, 200, "duplicate", "late, again");
	assert_judged(r, task->id, false);
	url = xasprintf("%s/v1/jobs/%s/result", r->s->api_url, id);
	fetch_get(url, &answer);
	assert_int_equal(answer.status, 409);
	fetch_clear(&answer);
	assert_true(attempt_metric(r->s, DELIVERED) == delivered);
	free(url);
	hand_drop(r->hand, task);
}

/* As soon as the deadline is over, whether or not a sweep has seen it. */
static void
a_result_is_late_from_the_deadline_on(void **state)
{
	struct rig *r = *state;

	for (int i = 0; i < ROUNDS / 2; i++) {
		char id[40];
		struct hand_task *task =
		    accepted_task(r, TRANSLATE("text.brief", ""), id);
		int64_t deadline_us = db_int(r->s->db,
		    "select (extract(epoch from deadline_at) * 1e6)::bigint "
		    "from attempt where id = '%s'",
		    task->id);
		struct callback_told told;

		while (clock_wall_us() <= deadline_us)
			proc_nap();
		callback_json(task, task->secret, OUTPUT, &told);
		assert_told(&told, 200, "late", "just after the deadline");
		assert_column(r, task->id, "state", "late");
		assert_int_equal(attempt_await_job(r->s, id, "failed"), 0);
		assert_judged(r, task->id, false);
		hand_drop(r->hand, task);
	}
}

static void
a_cancelled_jobs_attempt_takes_nothing(void **state)
{
	struct rig *r = *state;
	char id[40], *before;
	struct hand_task *task = accepted_task(r, SPEAK("audio.speak"), id);
	char *url = xasprintf("%s/v1/jobs/%s", r->s->api_url, id);
	const struct fetch_ask ask = {.method = "DELETE", .url = url};
	struct fetch_answer answer;
	struct callback_told told;
	struct buf wav = {0};

	fetch(&ask, &answer);
	assert_int_equal(answer.status, 200);
	fetch_clear(&answer);
	assert_int_equal(attempt_await_job(r->s, id, "cancelled"), 0);
	assert_int_equal(attempt_await(r->s, task->id, "cancelled"), 0);
	assert_int_equal(attempt_await_judged(r->s, task->id), 0);
	before = attempt_all(r->s, task->id);
	sample_wav(440, 0.5, &wav);
	callback_file(task, task->secret, "result", "audio/wav", wav.data,
	    wav.len, &told);
	assert_told(&told, 409, "closed", "after the cancelling");
	callback_json(task, task->secret, "{\"status\":\"failed\"}", &told);
	assert_told(&told, 409, "closed", "after the cancelling");
	assert_unchanged(r, task->id, before, "after the cancelling");
	buf_free(&wav);
	free(before);
	free(url);
	hand_drop(r->hand, task);
}

static void
nothing_half_written_is_left(void **state)
{
	struct rig *r = *state;

	assert_int_equal(attempt_files_open(r->s), 0);
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from attempt a join reason on name = reason "
		"where side = 'us' and name <> 'not_needed'"),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_is_signed_and_says_where_to_send_what),
	    cmocka_unit_test(a_wrong_secret_changes_nothing),
	    cmocka_unit_test(a_callback_for_another_miners_attempt_is_refused),
	    cmocka_unit_test(an_attempt_that_is_not_there_is_not_found),
	    cmocka_unit_test(a_second_callback_is_answered_and_counted_once),
	    cmocka_unit_test(of_two_callbacks_at_once_one_is_accepted),
	    cmocka_unit_test(
		a_callback_before_the_answer_is_timed_from_the_sending),
	    cmocka_unit_test(a_late_result_is_kept_as_late_and_is_no_success),
	    cmocka_unit_test(a_result_is_late_from_the_deadline_on),
	    cmocka_unit_test(a_cancelled_jobs_attempt_takes_nothing),
	    cmocka_unit_test(nothing_half_written_is_left),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

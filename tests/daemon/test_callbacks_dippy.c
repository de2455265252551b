/*
 * Dippy's wire form as its miners know it: the requests they get, the
 * callbacks they send, and the files they fetch. The miners are played by
 * hand.
 */
#include "orchestrator/secrets.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

#define GENERATE                                                               \
	"{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"a boat\"}}"
#define EDIT "{\"kind\":\"image.edit\",\"params\":{\"prompt\":\"a boat\"}}"
#define TRANSCRIBE                                                             \
	"{\"kind\":\"audio.transcribe\",\"params\":{\"language\":\"en\"}}"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "dippy"};

	return rig_set_up(state, &o, 2, edit_kinds);
}

/* -- helpers ------------------------------------------------------------ */

static struct hand_task *
accepted_task(struct rig *r, const char *job_json, char id[40])
{
	struct hand_task *task = rig_task(r, job_json, id);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	return task;
}

static struct hand_task *
task_with_file(struct rig *r, const char *job_json, const struct buf *file,
    const char *type, char id[40])
{
	struct hand_task *task;

	assert_int_equal(
	    suite_submit_file(r->s, job_json, file->data, file->len, type, id),
	    202);
	task = rig_next(r, id);
	assert_non_null(task);
	return task;
}

static void
assert_told(const struct callback_told *told, int status, const char *word,
    const char *detail)
{
	if (told->status != status || strcmp(told->word, word) != 0 ||
	    strcmp(told->detail, detail) != 0)
		fail_msg("%d \"%s\" (%s), not %d \"%s\" (%s)", told->status,
		    told->word, told->detail, status, word, detail);
}

/* {"status": word, "message": "Callback processed for job ID"} */
static void
assert_processed(
    const struct callback_told *told, const char *word, const char *id)
{
	char *message = xasprintf("Callback processed for job %s", id);

	assert_told(told, 200, word, message);
	free(message);
}

static void
assert_unchanged(struct rig *r, const char *id, const char *before)
{
	char *now = attempt_all(r->s, id);

	assert_string_equal(now, before);
	free(now);
}

/* What this orchestrator makes its secrets of. */
static void
know_secrets(struct rig *r, struct secrets *secrets)
{
	struct err err;

	(void)r;
	assert_int_equal(
	    secrets_init(secrets, "0123456789abcdef0123456789abcdef", &err), 0);
}

static const char *
text_of(const struct hand_task *task, const char *key)
{
	const char *text = json_string_value(json_object_get(task->body, key));

	return text != NULL ? text : "";
}

/* -- requests ----------------------------------------------------------- */

static void
a_request_has_what_dippys_miners_read(void **state)
{
	struct rig *r = *state;
	char id[40], *url;
	struct hand_task *task = accepted_task(r, GENERATE, id);
	struct callback_told told;
	struct callback_dippy c = {.job_id = task->id, .status = "failed"};

	url = xasprintf("%s/results/callback", r->s->api_url);
	assert_string_equal(task->unsigned_why, "");
	assert_string_equal(task->signed_by, r->s->hotkey);
	assert_string_equal(task->path, "/inference");
	assert_string_equal(task->callback_url, url);
	assert_string_equal(text_of(task, "task_type"), "base-h100_pcie");
	assert_string_equal(text_of(task, "flux_mode"), "dev");
	assert_string_equal(text_of(task, "prompt"), "a boat");
	assert_int_equal(strlen(task->secret), 64);
	assert_true(json_is_integer(json_object_get(task->body, "seed")));
	assert_int_equal(
	    json_integer_value(json_object_get(task->body, "width")), 1024);
	callback_dippy(task, task->secret, &c, &told);
	free(url);
	hand_drop(r->hand, task);
}

/* -- callbacks ---------------------------------------------------------- */

static void
an_image_is_taken_once(void **state)
{
	struct rig *r = *state;
	char id[40], *before, *url;
	struct hand_task *task = accepted_task(r, GENERATE, id);
	struct buf png[2] = {{0}, {0}};
	struct callback_dippy c = {.job_id = task->id,
	    .status = "completed",
	    .image_type = "image/png"};
	struct callback_told told;
	struct fetch_answer answer;

	for (int i = 0; i < 2; i++)
		sample_png(i, &png[i]);
	c.image = png[0].data;
	c.len = png[0].len;
	callback_dippy(task, task->secret, &c, &told);
	assert_processed(&told, "success", task->id);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(attempt_await_judged(r->s, task->id), 0);
	before = attempt_all(r->s, task->id);
	c.image = png[1].data;
	callback_dippy(task, task->secret, &c, &told);
	assert_processed(&told, "success", task->id);
	c.status = "failed";
	callback_dippy(task, task->secret, &c, &told);
	assert_processed(&told, "success", task->id);
	assert_unchanged(r, task->id, before);
	url = xasprintf("%s/v1/jobs/%s/result", r->s->api_url, id);
	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, png[0].len);
	assert_memory_equal(answer.body, png[0].data, answer.len);
	fetch_clear(&answer);
	free(url);
	free(before);
	for (int i = 0; i < 2; i++)
		buf_free(&png[i]);
	hand_drop(r->hand, task);
}

static void
a_failure_is_answered_with_error(void **state)
{
	static const struct {
		const char *status, *error;
		bool has_image;
		const char *word, *state, *reason;
	} cases[] = {
	    {"failed", NULL, false, "error", "failed", "miner_failed"},
	    {" error ", "CUDA out of memory", false, "error", "failed",
		"miner_failed"},
	    {"\tFailed ", NULL, true, "error", "failed", "miner_failed"},
	    {"completed", "boom", true, "error", "failed", "miner_failed"},
	    {"completed", NULL, false, "error", "failed", "empty_result"},
	    {"banana", NULL, true, "success", "delivered", NULL},
	    {"completed", " ", true, "success", "delivered", NULL},
	};
	struct rig *r = *state;
	struct buf png = {0};

	sample_png(0, &png);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char id[40], *reason;
		struct hand_task *task = accepted_task(r, GENERATE, id);
		const struct callback_dippy c = {
		    .job_id = task->id,
		    .status = cases[i].status,
		    .error = cases[i].error,
		    .image_type = "image/png",
		    .image = cases[i].has_image ? png.data : NULL,
		    .len = png.len,
		};
		struct callback_told told;

		callback_dippy(task, task->secret, &c, &told);
		assert_processed(&told, cases[i].word, task->id);
		assert_int_equal(
		    attempt_await(r->s, task->id, cases[i].state), 0);
		reason = attempt_column(r->s, task->id, "reason");
		if (cases[i].reason != NULL)
			assert_string_equal(reason, cases[i].reason);
		else
			assert_null(reason);
		free(reason);
		hand_drop(r->hand, task);
	}
	buf_free(&png);
}

static void
what_cannot_be_placed_is_refused_and_changes_nothing(void **state)
{
	static const char unknown[] = "0190a0a0-0000-7000-8000-000000000001";
	struct rig *r = *state;
	char id[40], other_id[40], unknown_secret[SECRET_TEXT], *before;
	struct hand_task *task = accepted_task(r, GENERATE, id);
	struct hand_task *other = accepted_task(r, GENERATE, other_id);
	struct secrets secrets;
	const struct {
		const char *job_id, *secret;
		int status;
		const char *detail;
	} cases[] = {
	    {"nonsense", task->secret, 400, "Invalid job_id provided"},
	    {"", task->secret, 400, "Invalid job_id provided"},
	    {NULL, task->secret, 400, "Invalid job_id provided"},
	    {unknown, task->secret, 404, "no such attempt"},
	    {unknown, NULL, 404, "no such attempt"},
	    {unknown, unknown_secret, 404, "no such attempt"},
	    {id, task->secret, 404, "no such attempt"},
	    {task->id, NULL, 403, "Callback secret mismatch"},
	    {task->id, "", 403, "Callback secret mismatch"},
	    {task->id, "wrong", 403, "Callback secret mismatch"},
	    {task->id, other->secret, 403, "Callback secret mismatch"},
	    {other->id, task->secret, 403, "Callback secret mismatch"},
	};
	struct buf png = {0};
	struct callback_told told;
	struct callback_dippy c = {.image_type = "image/png"};

	know_secrets(r, &secrets);
	secrets_callback(&secrets, unknown, unknown_secret);
	sample_png(0, &png);
	c.image = png.data;
	c.len = png.len;
	before = attempt_all(r->s, task->id);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		c.job_id = cases[i].job_id;
		for (int k = 0; k < 2; k++) {
			c.status = k == 0 ? "completed" : "failed";
			callback_dippy(task, cases[i].secret, &c, &told);
			assert_told(
			    &told, cases[i].status, "", cases[i].detail);
		}
		assert_unchanged(r, task->id, before);
	}
	assert_int_equal(attempt_await_files(r->s, task->id, 0), 0);
	c.status = "completed";
	c.job_id = task->id;
	callback_dippy(task, task->secret, &c, &told);
	assert_processed(&told, "success", task->id);
	c.job_id = other->id;
	callback_dippy(other, other->secret, &c, &told);
	assert_processed(&told, "success", other->id);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_int_equal(attempt_await_job(r->s, other_id, "done"), 0);
	free(before);
	buf_free(&png);
	hand_drop(r->hand, task);
	hand_drop(r->hand, other);
}

static void
after_the_cancelling_it_is_too_late(void **state)
{
	struct rig *r = *state;
	char id[40], *before;
	struct hand_task *task = accepted_task(r, GENERATE, id);
	char *url = xasprintf("%s/v1/jobs/%s", r->s->api_url, id);
	const struct fetch_ask ask = {.method = "DELETE", .url = url};
	const struct callback_dippy c = {
	    .job_id = task->id, .status = "failed"};
	struct fetch_answer answer;
	struct callback_told told;

	fetch(&ask, &answer);
	assert_int_equal(answer.status, 200);
	fetch_clear(&answer);
	assert_int_equal(attempt_await(r->s, task->id, "cancelled"), 0);
	assert_int_equal(attempt_await_judged(r->s, task->id), 0);
	before = attempt_all(r->s, task->id);
	callback_dippy(task, task->secret, &c, &told);
	assert_told(
	    &told, 409, "", "the attempt has ended and takes no result");
	assert_unchanged(r, task->id, before);
	free(before);
	free(url);
	hand_drop(r->hand, task);
}

/* -- inputs ------------------------------------------------------------- */

static void
assert_input(const char *url, const struct buf *file, const char *type)
{
	struct fetch_answer answer;
	char *is;

	fetch_get(url, &answer);
	assert_int_equal(answer.status, 200);
	is = fetch_header(&answer, "Content-Type");
	assert_string_equal(is, type);
	assert_int_equal(answer.len, file->len);
	assert_memory_equal(answer.body, file->data, file->len);
	fetch_clear(&answer);
	free(is);
}

/* Takes the URL. */
static void
assert_no_input(char *url)
{
	struct fetch_answer answer;

	fetch_get(url, &answer);
	if (answer.status != 403 ||
	    strstr(answer.body, "bad_signature") == NULL)
		fail_msg("%s: %d %s", url, answer.status, answer.body);
	fetch_clear(&answer);
	free(url);
}

static char *
input_url(struct rig *r, const char *id, long long expires, const char *more)
{
	return xasprintf("%s/v1/attempts/%s/input?expires=%lld%s",
	    r->s->api_url, id, expires, more);
}

/* With the right signature for that attempt and time. */
static char *
signed_url(struct rig *r, const char *id, long long expires)
{
	struct secrets secrets;
	char signature[SECRET_TEXT], *more, *url;

	know_secrets(r, &secrets);
	secrets_url(&secrets, SECRETS_INPUT, id, expires, signature);
	more = xasprintf("&signature=%s", signature);
	url = input_url(r, id, expires, more);
	free(more);
	return url;
}

static void
an_input_is_given_to_the_holder_of_its_url(void **state)
{
	static const char *const jobs[] = {EDIT, TRANSCRIBE};
	static const char *const types[] = {"image/png", "audio/wav"};
	struct rig *r = *state;

	for (int i = 0; i < 2; i++) {
		struct buf file = {0};
		struct hand_task *task;
		char id[40];

		if (i == 0)
			sample_png(0, &file);
		else
			sample_wav(440, 1, &file);
		task = task_with_file(r, jobs[i], &file, types[i], id);
		assert_string_equal(task->unsigned_why, "");
		assert_non_null(task->input_url);
		assert_input(task->input_url, &file, types[i]);
		assert_input(task->input_url, &file, types[i]); /* again */
		buf_free(&file);
		hand_drop(r->hand, task);
	}
}

static void
an_input_is_given_to_nobody_else(void **state)
{
	struct rig *r = *state;
	long long now_s = clock_wall_us() / 1000000, expires;
	struct hand_task *task, *other;
	char id[40], other_id[40], *url, *at;
	struct buf file = {0};
	const char *signature;

	sample_wav(440, 1, &file);
	task = task_with_file(r, TRANSCRIBE, &file, "audio/wav", id);
	other = task_with_file(r, TRANSCRIBE, &file, "audio/wav", other_id);
	expires = strtoll(strstr(task->input_url, "expires=") + 8, NULL, 10);
	signature = strstr(task->input_url, "&signature=");
	assert_true(expires > now_s);
	/* It is made as we make it here. */
	url = signed_url(r, task->id, expires);
	assert_string_equal(url, task->input_url);
	free(url);
	/* One digit off; none; of another time; of another attempt. */
	url = xstrdup(task->input_url);
	at = url + strlen(url) - 1;
	*at = *at == '0' ? '1' : '0';
	assert_no_input(url);
	assert_no_input(input_url(r, task->id, expires, ""));
	assert_no_input(input_url(r, task->id, expires, "&signature="));
	assert_no_input(input_url(r, task->id, expires + 1, signature));
	assert_no_input(input_url(r, other->id, expires, signature));
	assert_no_input(input_url(r, "nonsense", expires, signature));
	url = xasprintf("%s/v1/attempts/%s/input?%s", r->s->api_url, task->id,
	    signature + 1);
	assert_no_input(url);
	/* Good once, and good for a time. */
	assert_no_input(signed_url(r, task->id, now_s - 1));
	assert_no_input(signed_url(r, task->id, 0));
	assert_no_input(signed_url(r, task->id, -now_s));
	url = signed_url(r, task->id, now_s + 60);
	assert_input(url, &file, "audio/wav");
	free(url);
	buf_free(&file);
	hand_drop(r->hand, task);
	hand_drop(r->hand, other);
}

/* Signed, but there is no such attempt, or its job has no input. */
static void
an_input_that_is_not_there_is_not_found(void **state)
{
	struct rig *r = *state;
	long long later_s = clock_wall_us() / 1000000 + 60;
	char id[40], unknown[UUID_TEXT];
	struct hand_task *task = accepted_task(r, GENERATE, id);
	const char *ids[2] = {task->id, unknown};

	uuid_new(unknown);
	for (int i = 0; i < 2; i++) {
		char *url = signed_url(r, ids[i], later_s);
		struct fetch_answer answer;

		fetch_get(url, &answer);
		assert_int_equal(answer.status, 404);
		fetch_clear(&answer);
		free(url);
	}
	hand_drop(r->hand, task);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_has_what_dippys_miners_read),
	    cmocka_unit_test(an_image_is_taken_once),
	    cmocka_unit_test(a_failure_is_answered_with_error),
	    cmocka_unit_test(
		what_cannot_be_placed_is_refused_and_changes_nothing),
	    cmocka_unit_test(after_the_cancelling_it_is_too_late),
	    cmocka_unit_test(an_input_is_given_to_the_holder_of_its_url),
	    cmocka_unit_test(an_input_is_given_to_nobody_else),
	    cmocka_unit_test(an_input_that_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

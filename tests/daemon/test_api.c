/*
 * The API as a client meets it: what a request is answered with, by status,
 * code and words, and what can be read of a job on its way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"
#include "tests/lib/sandbox.h"

enum { SMALL = 65536, MAX_JSON = 4 << 20 };

#define SPEAK                                                                  \
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"one two\","          \
	"\"language\":\"en\"}}"
#define IMAGE(params) "{\"kind\":\"image.generate\",\"params\":{" params "}}"
#define TRANSLATE(more)                                                        \
	"{\"kind\":\"text.translate\",\"params\":{\"text\":\"good day\","      \
	"\"language\":\"en\",\"target_language\":\"de\"}" more "}"
#define TRANSCRIBE(kind)                                                       \
	"{\"kind\":\"" kind "\",\"params\":{\"language\":\"en\"}}"
#define NO_JOB "0190a0a0-0000-7000-8000-000000000001"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind = sample_kind_copy(kinds, "audio.transcribe", "small");

	json_object_set_new(kind, "max_input_bytes", json_integer(SMALL));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "api"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- asking ------------------------------------------------------------- */

/* method path, with no body; clear the answer. */
static void
ask(struct rig *r, const char *method, const char *path,
    struct fetch_answer *answer)
{
	char *url = xasprintf("%s%s", r->s->api_url, path);
	const struct fetch_ask a = {.method = method, .url = url};

	fetch(&a, answer);
	free(url);
}

/* The body as JSON, the caller's to decref. */
static json_t *
get_json(struct rig *r, const char *path, int status)
{
	struct fetch_answer answer;
	json_t *body;
	char *type;

	ask(r, "GET", path, &answer);
	assert_int_equal(answer.status, status);
	type = fetch_header(&answer, "Content-Type");
	assert_non_null(type);
	assert_string_equal(type, "application/json");
	body = fetch_json(&answer);
	assert_non_null(body);
	fetch_clear(&answer);
	free(type);
	return body;
}

static const char *
text_of(const json_t *body, const char *key)
{
	const char *text = json_string_value(json_object_get(body, key));

	return text != NULL ? text : "";
}

/* A problem of RFC 9457 with that code, whose detail has all these words,
 * separated by |. Clears the answer. */
static void
assert_problem(struct fetch_answer *answer, int status, const char *code,
    const char *words, const char *what)
{
	json_t *body = fetch_json(answer);
	char *type = fetch_header(answer, "Content-Type");
	char *id = fetch_header(answer, "X-Request-Id");
	char *copy = xstrdup(words), *rest = copy, *word;

	if (answer->status != status ||
	    strcmp(text_of(body, "code"), code) != 0)
		fail_msg("%s: %d %s %s, not %d %s", what, answer->status,
		    answer->why, answer->body, status, code);
	while ((word = strtok_r(rest, "|", &rest)) != NULL) {
		if (strstr(text_of(body, "detail"), word) == NULL)
			fail_msg("%s: no \"%s\" in \"%s\"", what, word,
			    text_of(body, "detail"));
	}
	assert_string_equal(type, "application/problem+json");
	assert_int_equal(
	    json_integer_value(json_object_get(body, "status")), status);
	assert_string_not_equal(text_of(body, "title"), "");
	assert_string_not_equal(text_of(body, "type"), "");
	assert_string_equal(text_of(body, "request_id"), id);
	json_decref(body);
	fetch_clear(answer);
	free(copy);
	free(type);
	free(id);
}

static void
assert_refused(struct rig *r, const char *method, const char *path, int status,
    const char *code, const char *words)
{
	struct fetch_answer answer;

	ask(r, method, path, &answer);
	assert_problem(&answer, status, code, words, path);
}

static char *
job_path(const char *id, const char *more)
{
	return xasprintf("/v1/jobs/%s%s", id, more);
}

static int
count_files(struct rig *r)
{
	char *pattern = xasprintf("%s/files/*/*", sandbox_dir(r->s->box));
	glob_t found = {0};
	int n = glob(pattern, 0, NULL, &found) == 0 ? (int)found.gl_pathc : 0;

	globfree(&found);
	free(pattern);
	return n + attempt_files_open(r->s);
}

/* Refused files are removed behind the answer's back. */
static void
await_files(struct rig *r, int want)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;

	while (count_files(r) != want) {
		if (clock_mono_us() > until_us)
			fail_msg("%d files, not %d", count_files(r), want);
		proc_nap();
	}
}

/* -- refusals of JSON --------------------------------------------------- */

static const char json[] = "application/json";

static const struct refusal {
	const char *what, *type, *body;
	int status;
	const char *code, *words;
} refusals[] = {
    {"half a JSON", json, "{\"kind\":", 400, "bad_body", "JSON|line 1"},
    {"nothing", json, "", 400, "bad_body", "empty"},
    {"a list", json, "[]", 400, "bad_body", "JSON object"},
    {"a member twice", json, "{\"kind\":\"a\",\"kind\":\"b\"}", 400, "bad_body",
	"duplicate"},
    {"too big a number", json, "{\"miners\":99999999999999999999}", 400,
	"bad_body", "big"},
    {"a NUL", json, IMAGE("\"prompt\":\"a\\u0000b\""), 400, "bad_body", "000"},
    {"no UTF-8", json, IMAGE("\"prompt\":\"\xff\""), 400, "bad_body", "0xff"},
    {"another type", "text/plain", SPEAK, 415, "bad_content_type",
	"application/json|multipart/form-data|job|input"},
    {"a type that begins so", "application/jsonp", SPEAK, 415,
	"bad_content_type", "application/json"},
    {"no kind", json, "{}", 422, "bad_job",
	"kind is missing|audio.speak|text.translate"},
    {"a kind that is none", json, "{\"kind\":\"audio.spek\"}", 422, "bad_job",
	"no kind|audio.spek|audio.speak"},
    {"a kind that is no text", json, "{\"kind\":7}", 422, "bad_job",
	"kind|string|audio.speak"},
    {"an unknown field", json, TRANSLATE(",\"webhook\":\"x\""), 422, "bad_job",
	"webhook|kind, params, miners, deadline_ms, priority, tenant, "
	"sticky, expect, input_file and webhook_url"},
    {"no params", json, "{\"kind\":\"audio.speak\"}", 422, "bad_job",
	"params.|is missing"},
    {"no text", json,
	"{\"kind\":\"audio.speak\",\"params\":{\"language\":\"en\"}}", 422,
	"bad_job", "params.text is missing|string"},
    {"params that are none", json, "{\"kind\":\"audio.speak\",\"params\":[]}",
	422, "bad_job", "params must be an object"},
    {"a number for a text", json, IMAGE("\"prompt\":5"), 422, "bad_job",
	"params.prompt must be a string"},
    {"a text for a number", json, IMAGE("\"prompt\":\"x\",\"width\":\"64\""),
	422, "bad_job", "params.width must be a whole number"},
    {"half a pixel", json, IMAGE("\"prompt\":\"x\",\"width\":64.5"), 422,
	"bad_job", "params.width must be a whole number"},
    {"too wide", json, IMAGE("\"prompt\":\"x\",\"width\":2049"), 422, "bad_job",
	"params.width is 2049|the most is 2048"},
    {"too narrow", json, IMAGE("\"prompt\":\"x\",\"width\":63"), 422, "bad_job",
	"params.width is 63|the least is 64"},
    {"too much guidance", json,
	IMAGE("\"prompt\":\"x\",\"guidance_scale\":20.5"), 422, "bad_job",
	"params.guidance_scale is 20.5|the most is 20"},
    {"an empty text", json, IMAGE("\"prompt\":\"\""), 422, "bad_job",
	"params.prompt is 0 characters long|the least is 1"},
    {"an unknown parameter", json, IMAGE("\"prompt\":\"x\",\"colour\":1"), 422,
	"bad_job", "params.colour|prompt|width|seed"},
    {"no language", json,
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"x\","
	"\"language\":\"english\"}}",
	422, "bad_job", "params.language|two-letter|en"},
    {"no such language", json,
	"{\"kind\":\"audio.speak\",\"params\":{\"text\":\"x\","
	"\"language\":\"xx\"}}",
	422, "bad_job", "params.language|two-letter"},
    {"no miner", json, TRANSLATE(",\"miners\":0"), 422, "bad_job",
	"miners must be|between 1 and 5"},
    {"many miners", json, TRANSLATE(",\"miners\":6"), 422, "bad_job",
	"miners must be|between 1 and 5"},
    {"miners in words", json, TRANSLATE(",\"miners\":\"2\""), 422, "bad_job",
	"miners must be a whole number"},
    {"a null of miners", json, TRANSLATE(",\"miners\":null"), 422, "bad_job",
	"miners must be a whole number"},
    {"no time", json, TRANSLATE(",\"deadline_ms\":999"), 422, "bad_job",
	"deadline_ms must be|between 1000 and 600000"},
    {"too much time", json, TRANSLATE(",\"deadline_ms\":600001"), 422,
	"bad_job", "deadline_ms must be|between 1000 and 600000"},
    {"too important", json, TRANSLATE(",\"priority\":101"), 422, "bad_job",
	"priority must be|between -100 and 100"},
    {"an answer in words", json, TRANSLATE(",\"expect\":\"x\""), 422, "bad_job",
	"expect must be an object"},
    {"no file", json, TRANSCRIBE("audio.transcribe"), 422, "input_missing",
	"multipart/form-data|job|input"},
};

static void
a_bad_job_is_refused_by_name_and_limit(void **state)
{
	struct rig *r = *state;
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *c = &refusals[i];
		char *type = xasprintf("Content-Type: %s", c->type);
		const char *const headers[] = {type, NULL};
		const struct fetch_ask a = {.url = url,
		    .headers = headers,
		    .body = c->body,
		    .len = strlen(c->body)};
		struct fetch_answer answer;

		fetch(&a, &answer);
		assert_problem(&answer, c->status, c->code, c->words, c->what);
		free(type);
	}
	assert_int_equal(db_int(r->s->db, "select count(*) from job"), 0);
	free(url);
}

/* With a prompt of that many letters, or as many spaces behind it. */
static int
submit_long(
    struct rig *r, size_t letters, size_t spaces, struct fetch_answer *answer)
{
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	struct buf body = {0};

	buf_add_str(
	    &body, "{\"kind\":\"image.generate\",\"params\":{\"prompt\":\"");
	memset(buf_reserve(&body, letters), 'x', letters);
	body.len += letters;
	buf_add_str(&body, "\"}}");
	memset(buf_reserve(&body, spaces), ' ', spaces);
	body.len += spaces;
	fetch_post_json(url, buf_str(&body), answer);
	buf_free(&body);
	free(url);
	return answer->status;
}

static void
a_long_job_is_refused_by_its_limit(void **state)
{
	struct rig *r = *state;
	struct fetch_answer answer;

	submit_long(r, 10001, 0, &answer);
	assert_problem(&answer, 422, "bad_job",
	    "params.prompt is 10001 characters long|the most is 10000",
	    "10001 letters");
	submit_long(r, 10, MAX_JSON, &answer);
	assert_problem(&answer, 413, "too_large", "the JSON is over 4194304",
	    "more than 4 MiB");
	assert_int_equal(submit_long(r, 10000, 1000, &answer), 202);
	fetch_clear(&answer);
}

/* -- refusals of forms -------------------------------------------------- */

static void
fill_words(struct buf *out)
{
	buf_add_str(out, "these are but words\n");
}

static void
fill_nothing(struct buf *out)
{
	buf_reserve(out, 1);
}

static void
fill_wav(struct buf *out)
{
	sample_wav(440, 0.5, out);
}

static void
fill_png(struct buf *out)
{
	sample_png(0, out);
}

static void
fill_broken_wav(struct buf *out)
{
	fill_wav(out);
	memset(out->data + 8, 'x', 32);
}

static void
fill_too_much(struct buf *out)
{
	sample_wav(440, 2.1, out);
	assert_true(out->len > SMALL);
}

static const struct form_refusal {
	const char *what, *job_part, *job;
	const char *input_part; /* NULL: none */
	void (*fill)(struct buf *);
	int status;
	const char *code, *words;
} form_refusals[] = {
    {"no job", "jobs", SPEAK, NULL, fill_nothing, 422, "bad_job", "job"},
    {"a job that is no JSON", "job", "kind=audio.speak", NULL, fill_nothing,
	422, "bad_job", "job|not JSON|line 1"},
    {"a job that is a list", "job", "[]", NULL, fill_nothing, 422, "bad_job",
	"job|JSON object"},
    {"a file nobody wants", "job", SPEAK, "input", fill_wav, 422,
	"input_unexpected", "takes no file|input"},
    {"a file under another name", "job", TRANSCRIBE("audio.transcribe"), "file",
	fill_wav, 422, "input_missing", "input"},
    {"words for a recording", "job", TRANSCRIBE("audio.transcribe"), "input",
	fill_words, 415, "wrong_input_type",
	"text/plain|audio.transcribe takes audio/wav, audio/mpeg"},
    {"a picture for a recording", "job", TRANSCRIBE("audio.transcribe"),
	"input", fill_png, 415, "wrong_input_type",
	"image/png|audio.transcribe takes audio/wav"},
    {"a broken recording", "job", TRANSCRIBE("audio.transcribe"), "input",
	fill_broken_wav, 422, "bad_media",
	"cannot be read|audio.transcribe takes audio/wav"},
    {"an empty file", "job", TRANSCRIBE("audio.transcribe"), "input",
	fill_nothing, 413, "input_size", "0 bytes|takes 1 to 536870912"},
    {"too large a file", "job", TRANSCRIBE("small"), "input", fill_too_much,
	413, "input_size", "67244 bytes|small takes 1 to 65536"},
};

static void
a_bad_input_is_refused_and_not_kept(void **state)
{
	struct rig *r = *state;
	char *url = xasprintf("%s/v1/jobs", r->s->api_url);
	int64_t jobs = db_int(r->s->db, "select count(*) from job");
	size_t n = sizeof(form_refusals) / sizeof(form_refusals[0]);
	int files = count_files(r);

	for (size_t i = 0; i < n; i++) {
		const struct form_refusal *c = &form_refusals[i];
		struct buf file = {0};
		struct fetch_part parts[] = {
		    {c->job_part, NULL, json, c->job, strlen(c->job)},
		    {c->input_part, "input", "audio/wav", NULL, 0},
		    {NULL, NULL, NULL, NULL, 0}};
		const struct fetch_ask a = {.url = url, .parts = parts};
		struct fetch_answer answer;

		c->fill(&file);
		parts[1].data = file.data;
		parts[1].len = file.len;
		fetch(&a, &answer);
		assert_problem(&answer, c->status, c->code, c->words, c->what);
		buf_free(&file);
	}
	assert_int_equal(db_int(r->s->db, "select count(*) from job"), jobs);
	await_files(r, files);
	free(url);
}

static void
what_is_not_there_is_said_so(void **state)
{
	static const struct {
		const char *method, *path;
		int status;
		const char *code, *words;
	} cases[] = {
	    {"GET", "/nothing", 404, "not_found", ""},
	    {"GET", "/v2/jobs", 404, "not_found", ""},
	    {"PUT", "/v1/jobs", 405, "method_not_allowed", "POST, GET, HEAD"},
	    {"PUT", "/v1/jobs/" NO_JOB, 405, "method_not_allowed",
		"GET, HEAD, DELETE"},
	    {"GET", "/v1/jobs/" NO_JOB, 404, "not_found", "no such job"},
	    {"DELETE", "/v1/jobs/" NO_JOB, 404, "not_found", "no such job"},
	    {"GET", "/v1/jobs/" NO_JOB "/result", 404, "not_found",
		"no such job"},
	    {"GET", "/v1/jobs/nonsense", 404, "not_found", "no such job"},
	    {"DELETE", "/v1/jobs/%27", 404, "not_found", "no such job"},
	    {"GET", "/v1/jobs/nonsense/result", 404, "not_found",
		"no such job"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_refused(*state, cases[i].method, cases[i].path,
		    cases[i].status, cases[i].code, cases[i].words);
}

/* -- a job on its way --------------------------------------------------- */

static void
assert_state(struct rig *r, const char *id, const char *state)
{
	char *path = job_path(id, "");
	json_t *job = get_json(r, path, 200);

	assert_string_equal(text_of(job, "state"), state);
	json_decref(job);
	free(path);
}

static void
a_submission_is_answered_with_where_to_look(void **state)
{
	struct rig *r = *state;
	char *url = xasprintf("%s/v1/jobs", r->s->api_url), *location;
	struct fetch_answer answer;
	json_t *body, *job;

	fetch_post_json(url,
	    TRANSLATE(",\"deadline_ms\":60000,\"priority\":-3,"
		      "\"expect\":{\"text\":\"x\"}"),
	    &answer);
	assert_int_equal(answer.status, 202);
	location = fetch_header(&answer, "Location");
	assert_non_null(location);
	body = fetch_json(&answer);
	assert_string_equal(text_of(body, "kind"), "text.translate");
	assert_string_equal(text_of(body, "state"), "queued");
	assert_int_equal(strlen(text_of(body, "created_at")), 20);
	job = get_json(r, location, 200);
	assert_string_equal(text_of(job, "id"), text_of(body, "id"));
	assert_string_equal(
	    text_of(json_object_get(job, "params"), "text"), "good day");
	/* The known answer is the client's and the validator's. */
	assert_null(strstr(answer.body, "expect"));
	assert_null(json_object_get(job, "expect"));
	assert_int_equal(
	    db_int(r->s->db,
		"select count(*) from job where id = '%s' and priority = -3 "
		"and deadline_at = created_at + interval '60 s' "
		"and expect = '{\"text\":\"x\"}'",
		text_of(body, "id")),
	    1);
	json_decref(body);
	json_decref(job);
	fetch_clear(&answer);
	free(location);
	free(url);
}

/* What is shown of a job that is done, and of its attempt. */
static void
assert_shown(struct rig *r, const char *id, const struct hand_task *task)
{
	char *path = job_path(id, ""), *result = job_path(id, "/result");
	json_t *job = get_json(r, path, 200);
	const json_t *best = json_object_get(job, "result");
	const json_t *attempts = json_object_get(job, "attempts");
	const json_t *a = json_array_get(attempts, 0);

	assert_string_equal(text_of(job, "state"), "done");
	assert_string_equal(text_of(best, "url"), result);
	assert_string_equal(text_of(best, "attempt"), task->id);
	assert_string_equal(
	    text_of(best, "hotkey"), r->s->miner_hotkeys[task->miner]);
	assert_int_equal(json_array_size(attempts), 1);
	assert_string_equal(text_of(a, "id"), task->id);
	assert_string_equal(text_of(a, "state"), "delivered");
	assert_true(json_is_number(json_object_get(a, "miner_ms")));
	assert_string_equal(text_of(json_object_get(a, "receipt"), "hotkey"),
	    r->s->miner_hotkeys[task->miner]);
	assert_null(json_object_get(a, "callback_secret"));
	json_decref(job);
	free(result);
	free(path);
}

static void
a_file_can_be_read_once_it_is_there(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	struct fetch_answer answer;
	struct buf wav = {0};
	char id[40], *result, *type, *file;
	struct hand_task *task = rig_task(r, SPEAK, id);

	assert_non_null(task);
	result = job_path(id, "/result");
	assert_int_equal(attempt_await_job(r->s, id, "running"), 0);
	assert_state(r, id, "running");
	assert_refused(r, "GET", result, 409, "no_result", "running|no result");
	sample_wav(440, 1, &wav);
	callback_file(task, task->secret, "result", "audio/wav", wav.data,
	    wav.len, &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_shown(r, id, task);
	ask(r, "GET", result, &answer);
	assert_int_equal(answer.status, 200);
	type = fetch_header(&answer, "Content-Type");
	assert_string_equal(type, "audio/wav");
	assert_int_equal(answer.len, wav.len);
	assert_memory_equal(answer.body, wav.data, wav.len);
	fetch_clear(&answer);
	free(type);
	ask(r, "HEAD", result, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.len, 0);
	fetch_clear(&answer);
	/* Somebody has cleared the disk. */
	type = attempt_column(r->s, task->id, "left(result_sha256, 16)");
	file = xasprintf("%s/files/%s/%s.%s", sandbox_dir(r->s->box),
	    task->id + 34, task->id, type);
	assert_int_equal(unlink(file), 0);
	assert_refused(r, "GET", result, 410, "gone", "no longer");
	free(file);
	free(type);
	free(result);
	buf_free(&wav);
	hand_drop(r->hand, task);
}

static void
an_output_is_read_as_json(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	char id[40], *path;
	struct hand_task *task = rig_task(r, TRANSLATE(""), id);
	json_t *output;

	assert_non_null(task);
	path = job_path(id, "/result");
	callback_json(task, task->secret,
	    "{\"output\":{\"text\":\"na\\u00efve\"}}", &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_shown(r, id, task);
	output = get_json(r, path, 200);
	assert_string_equal(text_of(output, "text"), "na\xc3\xafve");
	json_decref(output);
	free(path);
	hand_drop(r->hand, task);
}

/* DELETE is answered with the job as it is then. */
static void
assert_deleted(struct rig *r, const char *id, const char *state)
{
	char *path = job_path(id, "");
	struct fetch_answer answer;
	json_t *job;

	ask(r, "DELETE", path, &answer);
	assert_int_equal(answer.status, 200);
	job = fetch_json(&answer);
	assert_string_equal(text_of(job, "state"), state);
	json_decref(job);
	fetch_clear(&answer);
	free(path);
}

static void
a_job_is_cancelled_while_it_is_open(void **state)
{
	struct rig *r = *state;
	struct callback_told told;
	char id[40], *path;
	struct hand_task *task = rig_task(r, TRANSLATE(""), id);

	assert_non_null(task);
	path = job_path(id, "/result");
	assert_deleted(r, id, "cancelled");
	assert_deleted(r, id, "cancelled");
	assert_refused(r, "GET", path, 409, "no_result", "cancelled|no result");
	assert_int_equal(attempt_await(r->s, task->id, "cancelled"), 0);
	hand_drop(r->hand, task);
	free(path);
	task = rig_task(r, TRANSLATE(""), id);
	assert_non_null(task);
	callback_json(task, task->secret, "{\"output\":1}", &told);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	assert_deleted(r, id, "done");
	assert_state(r, id, "done");
	hand_drop(r->hand, task);
}

/* -- who is there ------------------------------------------------------- */

static void
the_miners_are_listed(void **state)
{
	struct rig *r = *state;
	json_t *body = get_json(r, "/v1/miners", 200);
	const json_t *miners = json_object_get(body, "miners");
	const json_t *m = json_array_get(miners, 0);
	char *address = xasprintf("127.0.0.1:%d", r->s->miner_ports[0]);

	assert_int_equal(json_array_size(miners), 1);
	assert_string_equal(text_of(m, "hotkey"), r->s->miner_hotkeys[0]);
	assert_string_equal(text_of(m, "address"), address);
	assert_true(json_is_true(json_object_get(m, "is_up")));
	assert_true(json_is_false(json_object_get(m, "banned")));
	assert_true(
	    json_number_value(json_object_get(m, "alpha_stake")) == 200);
	assert_true(json_integer_value(json_object_get(
			json_object_get(m, "capacity"), "audio.speak")) > 0);
	json_decref(body);
	free(address);
}

/* Whoever reaches it is an operator, and none makes an admin of himself. */
static void
an_open_door_is_said_to_be_and_makes_no_keys(void **state)
{
	struct rig *r = *state;

	assert_int_equal(proc_count_events(r->s->daemons[SUITE_ORCHESTRATOR],
			     "keys.open", NULL),
	    1);
	assert_refused(
	    r, "GET", "/v1/keys", 403, "forbidden", "admin|operator");
	assert_refused(
	    r, "POST", "/v1/keys", 403, "forbidden", "admin|operator");
}

static void
the_instance_says_who_it_is(void **state)
{
	struct rig *r = *state;
	json_t *body = get_json(r, "/v1/instance", 200);

	assert_int_equal(
	    json_integer_value(json_object_get(body, "netuid")), SUITE_NETUID);
	assert_int_equal(db_int(r->s->db,
			     "select count(*) from instance where id = '%s' "
			     "and program = 'orchestratord' and url = '%s'",
			     text_of(body, "instance"), r->s->api_url),
	    1);
	json_decref(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bad_job_is_refused_by_name_and_limit),
	    cmocka_unit_test(a_long_job_is_refused_by_its_limit),
	    cmocka_unit_test(a_bad_input_is_refused_and_not_kept),
	    cmocka_unit_test(what_is_not_there_is_said_so),
	    cmocka_unit_test(a_submission_is_answered_with_where_to_look),
	    cmocka_unit_test(a_file_can_be_read_once_it_is_there),
	    cmocka_unit_test(an_output_is_read_as_json),
	    cmocka_unit_test(a_job_is_cancelled_while_it_is_open),
	    cmocka_unit_test(the_miners_are_listed),
	    cmocka_unit_test(an_open_door_is_said_to_be_and_makes_no_keys),
	    cmocka_unit_test(the_instance_says_who_it_is),
	};

	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

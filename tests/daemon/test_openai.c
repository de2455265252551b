/*
 * The OpenAI door: its models, each way in which a request is refused, in
 * OpenAI's form, and how a request ends whose job comes to nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/media.h"
#include "tests/lib/media_files.h"
#include "tests/lib/openai_ask.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	/* One that takes a second. */
	kind = sample_kind_copy(kinds, "audio.transcribe", "brief");
	json_object_set_new(kind, "deadline", json_string("1s"));
	json_object_set_new(kind, "attempt", json_string("1s"));
	json_object_set_new(kind, "openai",
	    json_pack(
		"{s:{s:{s:s}}}", "transcriptions", "params", "language", "en"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "openai"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- models ---------------------------------------------------------------- */

static void
models_are_listed(void **state)
{
	static const char *const some[] = {"whisper-1", "tts-1", "gpt-image-1",
	    "audio.transcribe", "image.edit", NULL};
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/models");
	struct fetch_answer a;

	fetch_get(url, &a);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "\"object\":\"list\""));
	assert_null(strstr(a.body, "lora.train"));
	for (size_t i = 0; some[i] != NULL; i++) {
		char *path = xasprintf("%s/%s", url, some[i]);
		char *id = xasprintf("\"id\":\"%s\"", some[i]);
		struct fetch_answer one;

		assert_non_null(strstr(a.body, id));
		fetch_get(path, &one);
		assert_int_equal(one.status, 200);
		assert_non_null(strstr(one.body, id));
		fetch_clear(&one);
		free(path);
		free(id);
	}
	fetch_clear(&a);
	free(url);
}

/* -- refusals -------------------------------------------------------------- */

#define SPEECH "/v1/audio/speech"
#define DRAW "/v1/images/generations"
#define SPOKEN(more) "{\"model\":\"tts-1\",\"input\":\"x\"" more "}"
#define DRAWN(more) "{\"model\":\"dall-e-2\",\"prompt\":\"x\"" more "}"

static const struct {
	const char *path, *json;
	int status;
	const char *code, *param, *words;
} bad_json[] = {
    {SPEECH, "{", 400, "bad_body", NULL, "not JSON"},
    {SPEECH, "[]", 400, "bad_body", NULL, "JSON object"},
    {SPEECH, "{\"input\":\"x\"}", 400, "missing_field", "model", "missing"},
    {SPEECH, "{\"model\":7}", 400, "missing_field", "model", "missing"},
    {SPEECH, "{\"model\":\"gpt-5\"}", 404, "model_not_found", "model",
	"no model gpt-5"},
    {SPEECH, "{\"model\":\"whisper-1\"}", 404, "model_not_found", "model",
	"for speech"},
    {SPEECH, "{\"model\":\"tts-1\"}", 400, "invalid_value", "input",
	"input is missing"},
    {SPEECH, "{\"model\":\"tts-1\",\"input\":\"\"}", 400, "bad_job", "input",
	"input is 0 characters long; the least is 1"},
    {SPEECH, SPOKEN(",\"voice\":7"), 400, "invalid_value", "voice", "string"},
    {SPEECH, SPOKEN(",\"response_format\":\"ogg\""), 400, "invalid_value",
	"response_format", "mp3, opus"},
    {SPEECH, SPOKEN(",\"speed\":9"), 400, "invalid_value", "speed",
	"between 0.25 and 4"},
    {SPEECH, SPOKEN(",\"speed\":\"1\""), 400, "invalid_value", "speed",
	"number"},
    {SPEECH, SPOKEN(",\"stream_format\":\"sse\""), 400, "invalid_value",
	"stream_format", "not supported"},
    {SPEECH, SPOKEN(",\"language\":\"English\""), 400, "bad_job", "language",
	"two-letter"},
    {DRAW, "{\"model\":\"dall-e-2\"}", 400, "bad_job", "prompt", "missing"},
    {DRAW, DRAWN(",\"n\":0"), 400, "invalid_value", "n", "between 1 and 10"},
    {DRAW, DRAWN(",\"n\":11"), 400, "invalid_value", "n", "between 1 and 10"},
    {DRAW, DRAWN(",\"n\":1.5"), 400, "invalid_value", "n", "whole"},
    {DRAW, DRAWN(",\"size\":\"big\""), 400, "invalid_value", "size",
	"1024x1024"},
    {DRAW, DRAWN(",\"size\":\"4096x64\""), 400, "bad_job", "size",
	"size: width is 4096; the most is 2048"},
    {DRAW, DRAWN(",\"quality\":\"best\""), 400, "invalid_value", "quality",
	"must be one of"},
    {DRAW, DRAWN(",\"style\":\"natural\""), 400, "invalid_value", "style",
	"not supported"},
    {DRAW, DRAWN(",\"background\":\"transparent\""), 400, "invalid_value",
	"background", "not supported"},
    {DRAW, DRAWN(",\"output_format\":\"webp\""), 400, "invalid_value",
	"output_format", "not supported"},
    {DRAW, DRAWN(",\"stream\":true"), 400, "invalid_value", "stream",
	"not supported"},
    {DRAW, DRAWN(",\"response_format\":\"png\""), 400, "invalid_value",
	"response_format", "url, b64_json"},
    {"/v1/audio/transcriptions", "{}", 400, "bad_content_type", NULL,
	"multipart/form-data"},
    {"/v1/images/edits", "{}", 400, "bad_content_type", NULL,
	"multipart/form-data"},
    {"/v1/audio/nothing", "{}", 404, "not_found", NULL, "nothing"},
    {"/v1/images", "{}", 404, "not_found", NULL, "nothing"},
    {"/v1/chat/completions", "{}", 404, "not_found", NULL, "nothing"},
    {"/v1/models", "", 405, "method_not_allowed", NULL, "GET"},
    {"/v1/models/tts-1", "{}", 405, "method_not_allowed", NULL, "GET"},
};

static void
bad_json_is_refused_in_openais_form(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(bad_json) / sizeof(bad_json[0]); i++) {
		struct fetch_answer a;

		openai_post_json(r, bad_json[i].path, bad_json[i].json, &a);
		openai_assert_error(&a, bad_json[i].status, bad_json[i].code,
		    bad_json[i].param, bad_json[i].words);
		fetch_clear(&a);
	}
}

static const struct {
	const char *path, *file; /* its part; NULL: none */
	const char *fields[7];
	int status;
	const char *code, *param, *words;
} bad_forms[] = {
    {"/v1/audio/transcriptions", "file", {NULL}, 400, "missing_field", "model",
	"missing"},
    {"/v1/audio/transcriptions", NULL, {"model", "whisper-1"}, 400,
	"invalid_value", "file", "file is missing"},
    {"/v1/audio/transcriptions", "audio", {"model", "whisper-1"}, 400,
	"invalid_value", "file", "file is missing"},
    {"/v1/audio/transcriptions", "file", {"model", "whisper-9"}, 404,
	"model_not_found", "model", "no model whisper-9"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "response_format", "ass"}, 400, "invalid_value",
	"response_format", "json, text, srt, vtt, verbose_json"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "temperature", "2"}, 400, "invalid_value",
	"temperature", "between 0 and 1"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "temperature", "warm"}, 400, "invalid_value",
	"temperature", "number"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "stream", "true"}, 400, "invalid_value",
	"stream", "not supported"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "include[]", "logprobs"}, 400, "invalid_value",
	"include[]", "not supported"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "timestamp_granularities[]", "word"}, 400,
	"invalid_value", "timestamp_granularities[]", "only for"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "timestamp_granularities[]", "line",
	    "response_format", "verbose_json"},
	400, "invalid_value", "timestamp_granularities[]", "segment or word"},
    {"/v1/audio/transcriptions", "file",
	{"model", "whisper-1", "language", "xx"}, 400, "bad_job", "language",
	"two-letter"},
    {"/v1/images/edits", "image", {"model", "gpt-image-1", "prompt", "\xff"},
	400, "bad_job", "prompt", "must be a string"},
    {"/v1/images/edits", NULL, {"model", "gpt-image-1", "prompt", "x"}, 400,
	"invalid_value", "image", "image is missing"},
    {"/v1/images/edits", "image",
	{"model", "gpt-image-1", "prompt", "x", "mask", "y"}, 400,
	"invalid_value", "mask", "not supported"},
    {"/v1/images/edits", "image",
	{"model", "gpt-image-1", "prompt", "x", "size", "512x512"}, 400,
	"invalid_value", "size", "size of its own"},
    {"/v1/images/edits", "image[]", {"model", "gpt-image-1", "prompt", "x"},
	400, "invalid_value", "image[]", "not supported"},
    {"/v1/images/edits", "image", {"model", "gpt-image-1", "prompt", "x"}, 400,
	"wrong_input_type", "image", "image is audio/wav by its bytes"},
    {"/v1/audio/speech", "file", {"model", "tts-1"}, 400, "bad_content_type",
	NULL, "application/json"},
};

static void
bad_forms_are_refused_in_openais_form(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(bad_forms) / sizeof(bad_forms[0]); i++) {
		char *url = openai_url(r, bad_forms[i].path);
		struct openai_form f = {0};

		if (bad_forms[i].file != NULL)
			openai_add_wav(&f, bad_forms[i].file);
		for (const char *const *p = bad_forms[i].fields; *p != NULL;
		     p += 2)
			openai_add_part(&f, p[0], p[1]);
		if (f.n == 0)
			openai_add_part(&f, "nothing", "x");
		openai_assert_refused(openai_send_form(url, &f),
		    bad_forms[i].status, bad_forms[i].code, bad_forms[i].param,
		    bad_forms[i].words);
		buf_free(&f.file);
		free(url);
	}
}

/* As POST /v1/jobs says it, of each sort of file that is broken. */
static void
a_broken_recording_has_its_reason(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/transcriptions");
	char *folder = paths_make_tmp();
	size_t n = 0;

	media_files(folder);
	for (const struct media_broken *b = media_broken; b->name != NULL;
	     b++) {
		struct openai_form f = {0};

		if (b->sort != MEDIA_SOUND ||
		    (b->fault == NULL && !b->is_other))
			continue;
		media_read(folder, b->name, &f.file);
		openai_add_file(&f, "file", b->name, b->says);
		openai_add_part(&f, "model", "whisper-1");
		if (f.file.len > 0)
			openai_assert_refused(openai_send_form(url, &f), 400,
			    b->fault != NULL ? b->fault : "wrong_input_type",
			    "file", b->words);
		n += f.file.len > 0;
		buf_free(&f.file);
	}
	assert_true(n > 10);
	paths_remove(folder);
	free(folder);
	free(url);
}

/* -- ends ------------------------------------------------------------------ */

static void
a_job_that_fails_is_told_with_its_reasons(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, SPEECH), *id, *retry;
	struct asking *asking = openai_send_json(url, SPOKEN(""));
	struct hand_task *task = openai_task(r);
	struct callback_told told;
	struct fetch_answer a;

	callback_json(task, task->secret,
	    "{\"status\":\"failed\",\"error\":\"no voice\"}", &told);
	hand_drop(r->hand, task);
	asking_end(asking, &a);
	openai_assert_error(
	    &a, 502, "job_failed", NULL, "ended as miner_failed");
	id = fetch_header(&a, "X-Job-Id");
	assert_non_null(strstr(a.body, id));
	retry = fetch_header(&a, "X-Should-Retry");
	assert_string_equal(retry, "false");
	free(retry);
	free(id);
	fetch_clear(&a);
	free(url);
}

static void
a_job_that_expires_is_a_504(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/transcriptions");
	struct openai_form f = openai_recording("brief", NULL);
	struct asking *asking = openai_send_form(url, &f);

	hand_drop(r->hand, openai_task(r));
	openai_assert_refused(
	    asking, 504, "deadline_exceeded", NULL, "is expired (deadline)");
	buf_free(&f.file);
	free(url);
}

static void
a_job_that_is_cancelled_is_a_409(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, SPEECH), *path;
	struct asking *asking = openai_send_json(url, SPOKEN(""));
	struct hand_task *task = openai_task(r);
	char *id = attempt_column(r->s, task->id, "job_id");
	struct fetch_answer a;
	struct fetch_ask ask = {.method = "DELETE"};

	path = xasprintf("%s/v1/jobs/%s", r->s->api_url, id);
	ask.url = path;
	fetch(&ask, &a);
	assert_int_equal(a.status, 200);
	fetch_clear(&a);
	openai_assert_refused(
	    asking, 409, "job_cancelled", NULL, "is cancelled (cancelled)");
	hand_drop(r->hand, task);
	free(path);
	free(id);
	free(url);
}

static void
a_client_that_hangs_up_leaves_its_job_running(void **state)
{
	static const char body[] = SPOKEN(",\"response_format\":\"wav\"");
	struct rig *r = *state;
	int fd = raw_dial(r->s->ports[SUITE_ORCHESTRATOR]);
	char *head = xasprintf("POST " SPEECH " HTTP/1.1\r\nHost: x\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: %zu\r\n\r\n%s",
	    strlen(body), body);
	struct hand_task *task;
	struct buf wav = {0};
	char *id;

	raw_send_str(fd, head);
	task = openai_task(r);
	shutdown(fd, SHUT_WR);
	raw_is_closed(fd);
	close(fd);
	id = attempt_column(r->s, task->id, "job_id");
	sample_wav(440, 0.5, &wav);
	openai_bring_wav(r, task, &wav);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	buf_free(&wav);
	free(id);
	free(head);
}

/* Last: the daemon is no more then. */
static void
an_instance_that_stops_tells_those_who_wait(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, SPEECH), *id, *when;
	struct asking *asking;
	struct hand_task *task;
	struct fetch_answer a;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), EXIT_SUCCESS);
	assert_int_equal(
	    suite_configure(r->s, "[orchestrator]\ndrain = 0s\n"), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	asking = openai_send_json(url, SPOKEN(""));
	task = openai_task(r);
	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), EXIT_SUCCESS);
	asking_end(asking, &a);
	openai_assert_error(&a, 503, "unavailable", NULL, "X-Job-Id");
	when = fetch_header(&a, "Retry-After");
	assert_string_equal(when, "1");
	free(when);
	id = attempt_column(r->s, task->id, "job_id");
	assert_non_null(strstr(a.headers, id));
	free(id);
	fetch_clear(&a);
	hand_drop(r->hand, task);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(models_are_listed),
	    cmocka_unit_test(bad_json_is_refused_in_openais_form),
	    cmocka_unit_test(bad_forms_are_refused_in_openais_form),
	    cmocka_unit_test(a_broken_recording_has_its_reason),
	    cmocka_unit_test(a_job_that_fails_is_told_with_its_reasons),
	    cmocka_unit_test(a_job_that_expires_is_a_504),
	    cmocka_unit_test(a_job_that_is_cancelled_is_a_409),
	    cmocka_unit_test(a_client_that_hangs_up_leaves_its_job_running),
	    cmocka_unit_test(an_instance_that_stops_tells_those_who_wait),
	};

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

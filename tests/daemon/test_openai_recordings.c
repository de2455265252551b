/*
 * The OpenAI door: recordings transcribed and translated, in each form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "tests/lib/attempt.h"
#include "tests/lib/hand.h"
#include "tests/lib/openai_ask.h"
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
	/* One whose translations need a kind that is not there. */
	kind = sample_kind_copy(kinds, "audio.transcribe", "at.once");
	json_object_set_new(kind, "openai",
	    json_pack("{s:{}, s:{s:{s:s}, s:{s:s}}}", "transcriptions",
		"translations", "params", "language", "en", "then", "kind",
		"nothing"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "openai-recordings"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- transcriptions -------------------------------------------------------- */

#define HEARD                                                                  \
	"{\"text\":\"one two\",\"language\":\"en\",\"segments\":["             \
	"{\"start\":0,\"end\":1.5,\"text\":\"one\"},"                          \
	"{\"start\":1.5,\"end\":125.5,\"text\":\"two\"}],"                     \
	"\"words\":[{\"word\":\"one\",\"start\":0.25,\"end\":1}]}"

static const struct {
	const char *fields[5]; /* name, text, .. */
	const char *type, *body;
} transcripts[] = {
    {{NULL}, "application/json", "{\"text\":\"one two\"}"},
    {{"response_format", "json"}, "application/json", "{\"text\":\"one two\"}"},
    {{"response_format", "text"}, "text/plain", "one two\n"},
    {{"response_format", "srt"}, "application/x-subrip",
	"1\n00:00:00,000 --> 00:00:01,500\none\n\n"
	"2\n00:00:01,500 --> 00:02:05,500\ntwo\n"},
    {{"response_format", "vtt"}, "text/vtt",
	"WEBVTT\n\n00:00:00.000 --> 00:00:01.500\none\n\n"
	"00:00:01.500 --> 00:02:05.500\ntwo\n"},
    {{"response_format", "verbose_json"}, "application/json",
	"{\"task\":\"transcribe\",\"language\":\"en\",\"duration\":125.5,"
	"\"text\":\"one two\",\"segments\":[{\"id\":0,\"start\":0.0,\"end\":"
	"1.5,\"text\":\"one\"},{\"id\":1,\"start\":1.5,\"end\":125.5,"
	"\"text\":\"two\"}]}"},
    {{"response_format", "verbose_json", "timestamp_granularities[]", "word"},
	"application/json",
	"{\"task\":\"transcribe\",\"language\":\"en\",\"duration\":1.0,"
	"\"text\":\"one two\",\"words\":[{\"word\":\"one\",\"start\":0.25,"
	"\"end\":1.0}]}"},
};

static void
a_recording_is_transcribed_in_each_form(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/transcriptions");

	for (size_t i = 0; i < sizeof(transcripts) / sizeof(transcripts[0]);
	     i++) {
		struct openai_form f =
		    openai_recording("whisper-1", transcripts[i].fields);
		struct asking *asking = openai_send_form(url, &f);
		struct hand_task *task = openai_task(r);

		assert_string_equal(task->path, "/jobs/audio.transcribe");
		assert_null(openai_task_param(task, "language"));
		openai_bring_json(r, task, HEARD);
		openai_assert_body(
		    asking, 200, transcripts[i].type, transcripts[i].body);
		buf_free(&f.file);
	}
	free(url);
}

/* By its kind's own name, too; hints that it has no parameter for and what is
 * only about the sender are passed over. */
static void
the_jobs_id_and_the_language_are_the_requests(void **state)
{
	static const char *const fields[] = {"language", "fr", "prompt", "x",
	    "temperature", "0.2", "user", "u", NULL};
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/transcriptions"), *id;
	struct openai_form f = openai_recording("audio.transcribe", fields);
	struct asking *asking = openai_send_form(url, &f);
	struct hand_task *task = openai_task(r);
	struct fetch_answer a;

	assert_string_equal(openai_task_param(task, "language"), "fr");
	assert_int_equal(
	    json_object_size(json_object_get(task->body, "params")), 1);
	openai_bring_json(r, task, "{\"text\":\"un\"}");
	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	id = fetch_header(&a, "X-Job-Id");
	assert_non_null(id);
	assert_int_equal(attempt_await_job(r->s, id, "done"), 0);
	free(id);
	fetch_clear(&a);
	buf_free(&f.file);
	free(url);
}

static void
times_that_no_miner_gave_are_not_made_up(void **state)
{
	static const char *const forms[] = {"srt", "vtt", "verbose_json"};
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/transcriptions"), *retry;

	for (size_t i = 0; i < 3; i++) {
		const char *const fields[] = {
		    "response_format", forms[i], NULL};
		struct openai_form f = openai_recording("whisper-1", fields);
		struct asking *asking = openai_send_form(url, &f);
		struct fetch_answer a;

		openai_bring_json(
		    r, openai_task(r), "{\"text\":\"one\",\"model\":\"m\"}");
		asking_end(asking, &a);
		openai_assert_error(&a, 502, "no_timestamps", "response_format",
		    "the miner's answer has no segments");
		assert_non_null(strstr(a.body, "it has text, model"));
		retry = fetch_header(&a, "X-Should-Retry");
		assert_string_equal(retry, "false");
		free(retry);
		fetch_clear(&a);
		buf_free(&f.file);
	}
	free(url);
}

/* -- translations ---------------------------------------------------------- */

static void
a_translation_is_two_jobs_in_a_row(void **state)
{
	static const char *const fields[] = {
	    "language", "de", "response_format", "text", NULL};
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/translations");
	struct openai_form f = openai_recording("whisper-1", fields);
	struct asking *asking = openai_send_form(url, &f);
	struct hand_task *task = openai_task(r);

	assert_string_equal(task->path, "/jobs/audio.transcribe");
	assert_string_equal(openai_task_param(task, "language"), "de");
	openai_bring_json(r, task, "{\"text\":\"guten Tag\"}");
	task = openai_task(r);
	assert_string_equal(task->path, "/jobs/text.translate");
	assert_string_equal(openai_task_param(task, "text"), "guten Tag");
	assert_string_equal(openai_task_param(task, "language"), "de");
	assert_string_equal(openai_task_param(task, "target_language"), "en");
	openai_bring_json(r, task, "{\"text\":\"good day\"}");
	openai_assert_body(asking, 200, "text/plain", "good day\n");
	buf_free(&f.file);
	free(url);
}

/* The second miner finds out. */
static void
a_language_that_nobody_knows_is_none(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/translations");
	struct openai_form f = openai_recording("whisper-1", NULL);
	struct asking *asking = openai_send_form(url, &f);
	struct hand_task *task = openai_task(r);

	assert_null(openai_task_param(task, "language"));
	openai_bring_json(r, task, "{\"text\":\"guten Tag\"}");
	task = openai_task(r);
	assert_string_equal(task->path, "/jobs/text.translate");
	assert_null(openai_task_param(task, "language"));
	openai_bring_json(r, task, "{\"text\":\"good day\"}");
	openai_assert_body(
	    asking, 200, "application/json", "{\"text\":\"good day\"}");
	buf_free(&f.file);
	free(url);
}

static const struct {
	const char *language; /* that the client says; NULL: none */
	const char *output, *body;
} untranslated[] = {
    {"en", "{\"text\":\"good day\"}", "{\"text\":\"good day\"}"},
    {NULL, "{\"text\":\"good day\",\"language\":\"en\"}",
	"{\"text\":\"good day\"}"},
    {"de", "{\"text\":\" \"}", "{\"text\":\" \"}"},
};

static void
what_is_english_or_nothing_is_one_job(void **state)
{
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/translations");

	for (size_t i = 0; i < sizeof(untranslated) / sizeof(untranslated[0]);
	     i++) {
		const char *const fields[] = {
		    "language", untranslated[i].language, NULL};
		struct openai_form f = openai_recording("whisper-1",
		    untranslated[i].language != NULL ? fields : NULL);
		struct asking *asking = openai_send_form(url, &f);

		openai_bring_json(r, openai_task(r), untranslated[i].output);
		openai_assert_body(
		    asking, 200, "application/json", untranslated[i].body);
		buf_free(&f.file);
	}
	free(url);
}

static void
a_translation_has_no_times(void **state)
{
	static const char *const fields[] = {"response_format", "srt", NULL};
	struct rig *r = *state;
	char *url = openai_url(r, "/v1/audio/translations");
	struct openai_form f = openai_recording("whisper-1", fields);

	openai_assert_refused(openai_send_form(url, &f), 400, "invalid_value",
	    "response_format", "has no times");
	buf_free(&f.file);
	f = openai_recording("at.once", NULL);
	openai_assert_refused(openai_send_form(url, &f), 404, "not_configured",
	    NULL, "need the kind nothing");
	buf_free(&f.file);
	free(url);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_recording_is_transcribed_in_each_form),
	    cmocka_unit_test(the_jobs_id_and_the_language_are_the_requests),
	    cmocka_unit_test(times_that_no_miner_gave_are_not_made_up),
	    cmocka_unit_test(a_translation_is_two_jobs_in_a_row),
	    cmocka_unit_test(a_language_that_nobody_knows_is_none),
	    cmocka_unit_test(what_is_english_or_nothing_is_one_job),
	    cmocka_unit_test(a_translation_has_no_times),
	};

	if (sodium_init() < 0)
		return EXIT_FAILURE;
	return cmocka_run_group_tests(tests, set_up, rig_tear_down);
}

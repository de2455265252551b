/*
 * The OpenAI door: each endpoint with the miners played by hand, and each way
 * in which it is refused, in OpenAI's form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "tests/lib/asking.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/db.h"
#include "tests/lib/fetch.h"
#include "tests/lib/http_child.h"
#include "tests/lib/proc.h"
#include "tests/lib/rig.h"
#include "tests/lib/sample.h"

enum { MAX_PARTS = 8, LARGE = 3000001 };

static const char *const json_headers[] = {
    "Content-Type: application/json", NULL};

static void
edit_kinds(json_t *kinds)
{
	json_t *kind;
	size_t i;

	json_array_foreach(kinds, i, kind)
	{
		json_object_set_new(kind, "retry_budget", json_integer(0));
	}
	/* One that gives pictures as the shipped one, and takes a second. */
	kind = sample_kind_copy(kinds, "audio.transcribe", "brief");
	json_object_set_new(kind, "deadline", json_string("1s"));
	json_object_set_new(kind, "attempt", json_string("1s"));
	json_object_set_new(kind, "openai",
	    json_pack(
		"{s:{s:{s:s}}}", "transcriptions", "params", "language", "en"));
	kind = sample_kind_copy(kinds, "audio.transcribe", "at.once");
	json_object_set_new(kind, "openai",
	    json_pack("{s:{}, s:{s:{s:s}, s:{s:s}}}", "transcriptions",
		"translations", "params", "language", "en", "then", "kind",
		"nothing"));
}

static int
set_up(void **state)
{
	const struct suite_options o = {.name = "openai"};

	return rig_set_up(state, &o, 1, edit_kinds);
}

/* -- asking ---------------------------------------------------------------- */

/* A form being put together. */
struct form {
	struct fetch_part parts[MAX_PARTS];
	size_t n;
	struct buf file;
};

static void
add_part(struct form *f, const char *name, const char *text)
{
	f->parts[f->n++] = (struct fetch_part){
	    .name = name, .data = text, .len = strlen(text)};
}

static void
add_wav(struct form *f, const char *name)
{
	sample_wav(440, 0.5, &f->file);
	f->parts[f->n++] = (struct fetch_part){.name = name,
	    .filename = "a.wav",
	    .content_type = "audio/wav",
	    .data = f->file.data,
	    .len = f->file.len};
}

static void
add_png(struct form *f, const char *name)
{
	sample_png(0, &f->file);
	f->parts[f->n++] = (struct fetch_part){.name = name,
	    .filename = "a.png",
	    .content_type = "image/png",
	    .data = f->file.data,
	    .len = f->file.len};
}

static char *
url_of(struct rig *r, const char *path)
{
	return xasprintf("%s%s", r->s->api_url, path);
}

/* A form with model and file, and the fields behind: name, text, ..., NULL. */
static struct form
recording(const char *model, const char *const *fields)
{
	struct form f = {0};

	add_wav(&f, "file");
	add_part(&f, "model", model);
	for (; fields != NULL && fields[0] != NULL; fields += 2)
		add_part(&f, fields[0], fields[1]);
	return f;
}

static struct asking *
send_form(const char *url, const struct form *f)
{
	const struct fetch_ask ask = {.url = url, .parts = f->parts};

	return asking_begin(&ask);
}

static struct asking *
send_json(const char *url, const char *json)
{
	const struct fetch_ask ask = {.url = url,
	    .headers = json_headers,
	    .body = json,
	    .len = strlen(json)};

	return asking_begin(&ask);
}

static void
post_json(
    struct rig *r, const char *path, const char *json, struct fetch_answer *a)
{
	char *url = url_of(r, path);

	fetch_post_json(url, json, a);
	free(url);
}

/* -- miners ---------------------------------------------------------------- */

static struct hand_task *
next_task(struct rig *r)
{
	struct hand_task *task = hand_take(r->hand, 0);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	return task;
}

static const char *
param_of(const struct hand_task *task, const char *name)
{
	return json_string_value(
	    json_object_get(json_object_get(task->body, "params"), name));
}

static void
bring_json(struct rig *r, struct hand_task *task, const char *output)
{
	char *body = xasprintf("{\"output\":%s}", output);
	struct callback_told told;

	callback_json(task, task->secret, body, &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
	free(body);
}

static void
bring_wav(struct rig *r, struct hand_task *task, struct buf *wav)
{
	struct callback_told told;

	callback_file(task, task->secret, "result", "audio/wav", wav->data,
	    wav->len, &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
}

static void
bring_png(struct rig *r, struct hand_task *task, int colour)
{
	struct callback_told told;
	struct buf png = {0};
	struct callback_dippy c;

	sample_png(colour, &png);
	c = (struct callback_dippy){.job_id = task->id,
	    .status = "completed",
	    .image_type = "image/png",
	    .image = png.data,
	    .len = png.len};
	callback_dippy(task, task->secret, &c, &told);
	assert_int_equal(told.status, 200);
	buf_free(&png);
	hand_drop(r->hand, task);
}

/* -- answers --------------------------------------------------------------- */

static void
assert_body(
    struct asking *asking, int status, const char *type, const char *body)
{
	struct fetch_answer a;
	char *is_type;

	asking_end(asking, &a);
	if (a.status != status || strcmp(a.body, body) != 0)
		fail_msg("%d %s\nnot\n%d %s", a.status, a.body, status, body);
	is_type = fetch_header(&a, "Content-Type");
	assert_non_null(strstr(is_type, type));
	free(is_type);
	fetch_clear(&a);
}

/* In OpenAI's form, with these; NULL: any. */
static void
assert_error(const struct fetch_answer *a, int status, const char *code,
    const char *param, const char *words)
{
	json_t *body = fetch_json(a);
	const json_t *e = json_object_get(body, "error");
	const char *is_code = json_string_value(json_object_get(e, "code"));
	const char *why = json_string_value(json_object_get(e, "message"));
	const json_t *is_param = json_object_get(e, "param");

	if (a->status != status || is_code == NULL || why == NULL ||
	    !json_is_string(json_object_get(e, "type")) ||
	    strcmp(is_code, code) != 0 || strstr(why, words) == NULL ||
	    (param == NULL ? !json_is_null(is_param)
			   : !json_is_string(is_param) ||
				 strcmp(json_string_value(is_param), param)))
		fail_msg("%d %s %s, not %d %s %s %s", a->status, a->why,
		    a->body, status, code, param != NULL ? param : "-", words);
	json_decref(body);
}

static void
assert_refused(struct asking *asking, int status, const char *code,
    const char *param, const char *words)
{
	struct fetch_answer a;

	asking_end(asking, &a);
	assert_error(&a, status, code, param, words);
	fetch_clear(&a);
}

/* -- transcriptions -------------------------------------------------------- */

#define HEARD                                                                  \
	"{\"text\":\"one two\",\"segments\":["                                 \
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
	char *url = url_of(r, "/v1/audio/transcriptions");

	for (size_t i = 0; i < sizeof(transcripts) / sizeof(transcripts[0]);
	     i++) {
		struct form f = recording("whisper-1", transcripts[i].fields);
		struct asking *asking = send_form(url, &f);
		struct hand_task *task = next_task(r);

		assert_string_equal(task->path, "/jobs/audio.transcribe");
		assert_string_equal(param_of(task, "language"), "en");
		bring_json(r, task, HEARD);
		assert_body(
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
	char *url = url_of(r, "/v1/audio/transcriptions"), *id;
	struct form f = recording("audio.transcribe", fields);
	struct asking *asking = send_form(url, &f);
	struct hand_task *task = next_task(r);
	struct fetch_answer a;

	assert_string_equal(param_of(task, "language"), "fr");
	assert_int_equal(
	    json_object_size(json_object_get(task->body, "params")), 1);
	bring_json(r, task, "{\"text\":\"un\"}");
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
	char *url = url_of(r, "/v1/audio/transcriptions"), *retry;

	for (size_t i = 0; i < 3; i++) {
		const char *const fields[] = {
		    "response_format", forms[i], NULL};
		struct form f = recording("whisper-1", fields);
		struct asking *asking = send_form(url, &f);
		struct fetch_answer a;

		bring_json(
		    r, next_task(r), "{\"text\":\"one\",\"model\":\"m\"}");
		asking_end(asking, &a);
		assert_error(&a, 502, "no_timestamps", "response_format",
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
	char *url = url_of(r, "/v1/audio/translations");
	struct form f = recording("whisper-1", fields);
	struct asking *asking = send_form(url, &f);
	struct hand_task *task = next_task(r);

	assert_string_equal(task->path, "/jobs/audio.transcribe");
	assert_string_equal(param_of(task, "language"), "de");
	bring_json(r, task, "{\"text\":\"guten Tag\"}");
	task = next_task(r);
	assert_string_equal(task->path, "/jobs/text.translate");
	assert_string_equal(param_of(task, "text"), "guten Tag");
	assert_string_equal(param_of(task, "language"), "de");
	assert_string_equal(param_of(task, "target_language"), "en");
	bring_json(r, task, "{\"text\":\"good day\"}");
	assert_body(asking, 200, "text/plain", "good day\n");
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
	char *url = url_of(r, "/v1/audio/translations");

	for (size_t i = 0; i < sizeof(untranslated) / sizeof(untranslated[0]);
	     i++) {
		const char *const fields[] = {
		    "language", untranslated[i].language, NULL};
		struct form f = recording("whisper-1",
		    untranslated[i].language != NULL ? fields : NULL);
		struct asking *asking = send_form(url, &f);

		bring_json(r, next_task(r), untranslated[i].output);
		assert_body(
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
	char *url = url_of(r, "/v1/audio/translations");
	struct form f = recording("whisper-1", fields);

	assert_refused(send_form(url, &f), 400, "invalid_value",
	    "response_format", "has no times");
	buf_free(&f.file);
	f = recording("at.once", NULL);
	assert_refused(send_form(url, &f), 404, "not_configured", NULL,
	    "need the kind nothing");
	buf_free(&f.file);
	free(url);
}

/* -- speech ---------------------------------------------------------------- */

static const struct {
	const char *more, *type;
	size_t at;
	const char *magic; /* there */
	double seconds;	   /* of 16-bit mono at 24 kHz; 0: not looked at */
} speeches[] = {
    {"", "audio/mpeg", 0, "ID3", 0},
    {",\"response_format\":\"mp3\"", "audio/mpeg", 0, "ID3", 0},
    {",\"response_format\":\"opus\"", "audio/ogg", 28, "OpusHead", 0},
    {",\"response_format\":\"aac\"", "audio/aac", 0, "\xff\xf1", 0},
    {",\"response_format\":\"flac\"", "audio/flac", 0, "fLaC", 0},
    {",\"response_format\":\"wav\"", "audio/wav", 8, "WAVEfmt ", 0},
    {",\"response_format\":\"pcm\"", "audio/pcm", 0, "", 1},
    {",\"response_format\":\"pcm\",\"speed\":2", "audio/pcm", 0, "", 0.5},
    {",\"response_format\":\"pcm\",\"speed\":0.25", "audio/pcm", 0, "", 4},
};

static void
assert_speech(struct asking *asking, size_t i)
{
	struct fetch_answer a;
	double bytes = speeches[i].seconds * 24000 * 2;
	char *type;

	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	type = fetch_header(&a, "Content-Type");
	assert_string_equal(type, speeches[i].type);
	assert_true(a.len > 100);
	assert_memory_equal(a.body + speeches[i].at, speeches[i].magic,
	    strlen(speeches[i].magic));
	if (bytes > 0 && (a.len < bytes * 0.9 || a.len > bytes * 1.1))
		fail_msg("%s: %zu bytes", speeches[i].more, a.len);
	free(type);
	fetch_clear(&a);
}

static void
a_text_is_spoken_in_each_form(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/audio/speech");
	struct buf wav = {0};

	sample_wav(440, 1, &wav);
	for (size_t i = 0; i < sizeof(speeches) / sizeof(speeches[0]); i++) {
		char *json = xasprintf("{\"model\":\"tts-1\",\"input\":\"one "
				       "two\",\"voice\":\"alloy\"%s}",
		    speeches[i].more);
		struct asking *asking = send_json(url, json);
		struct hand_task *task = next_task(r);

		assert_string_equal(task->path, "/jobs/audio.speak");
		assert_string_equal(param_of(task, "text"), "one two");
		assert_string_equal(param_of(task, "voice"), "slt");
		bring_wav(r, task, &wav);
		assert_speech(asking, i);
		free(json);
	}
	buf_free(&wav);
	free(url);
}

/* What a miner gave in the form asked for is what the client has. */
static void
a_wav_is_the_miners_own(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/audio/speech");
	struct asking *asking = send_json(url,
	    "{\"model\":\"audio.speak\",\"input\":\"x\",\"voice\":\"rms\","
	    "\"response_format\":\"wav\",\"language\":\"de\"}");
	struct hand_task *task = next_task(r);
	struct fetch_answer a;
	struct buf wav = {0};

	assert_string_equal(param_of(task, "voice"), "rms");
	assert_string_equal(param_of(task, "language"), "de");
	sample_wav(880, 0.5, &wav);
	bring_wav(r, task, &wav);
	asking_end(asking, &a);
	assert_int_equal(a.len, wav.len);
	assert_memory_equal(a.body, wav.data, wav.len);
	fetch_clear(&a);
	buf_free(&wav);
	free(url);
}

/* -- pictures -------------------------------------------------------------- */

static void
assert_same_png(const void *data, size_t len, int colour)
{
	struct buf png = {0};

	sample_png(colour, &png);
	assert_int_equal(len, png.len);
	assert_memory_equal(data, png.data, len);
	buf_free(&png);
}

/* The nth of an answer's data, as base64 or behind its URL. */
static void
assert_picture(const json_t *body, size_t i, int colour)
{
	const json_t *one = json_array_get(json_object_get(body, "data"), i);
	const char *b64 = json_string_value(json_object_get(one, "b64_json"));
	const char *url = json_string_value(json_object_get(one, "url"));
	uint8_t bytes[4096];
	struct fetch_answer a;
	size_t len = 0;

	if (b64 != NULL) {
		assert_int_equal(
		    sodium_base642bin(bytes, sizeof(bytes), b64, strlen(b64),
			NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL),
		    0);
		assert_same_png(bytes, len, colour);
		return;
	}
	assert_non_null(url);
	fetch_get(url, &a);
	assert_int_equal(a.status, 200);
	assert_same_png(a.body, a.len, colour);
	fetch_clear(&a);
}

static void
assert_pictures(struct asking *asking, size_t n, const char *member)
{
	struct fetch_answer a;
	json_t *body;

	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, member));
	body = fetch_json(&a);
	assert_non_null(body);
	assert_true(json_integer_value(json_object_get(body, "created")) > 0);
	assert_int_equal(json_array_size(json_object_get(body, "data")), n);
	for (size_t i = 0; i < n; i++)
		assert_picture(body, i, 0);
	json_decref(body);
	fetch_clear(&a);
}

static const struct {
	const char *json;
	size_t n;
	const char *member;
	int width, height, steps;
} drawings[] = {
    {"{\"model\":\"gpt-image-1\",\"prompt\":\"a\"}", 1, "b64_json", 1024, 1024,
	28},
    {"{\"model\":\"dall-e-3\",\"prompt\":\"a\"}", 1, "url", 1024, 1024, 28},
    {"{\"model\":\"dall-e-3\",\"prompt\":\"a\",\"response_format\":"
     "\"b64_json\",\"size\":\"512x768\",\"n\":3,\"quality\":\"hd\"}",
	3, "b64_json", 512, 768, 50},
    {"{\"model\":\"image.generate\",\"prompt\":\"a\",\"n\":2,\"size\":\"auto\","
     "\"quality\":\"low\",\"style\":\"vivid\",\"user\":\"u\","
     "\"moderation\":\"low\",\"output_format\":\"png\",\"stream\":false}",
	2, "url", 1024, 1024, 12},
};

static int
int_of(const struct hand_task *task, const char *name)
{
	return (int)json_integer_value(json_object_get(task->body, name));
}

static void
n_pictures_are_n_jobs(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/images/generations");

	for (size_t i = 0; i < sizeof(drawings) / sizeof(drawings[0]); i++) {
		struct asking *asking = send_json(url, drawings[i].json);

		for (size_t n = 0; n < drawings[i].n; n++) {
			struct hand_task *task = next_task(r);

			assert_string_equal(task->path, "/inference");
			assert_int_equal(
			    int_of(task, "width"), drawings[i].width);
			assert_int_equal(
			    int_of(task, "height"), drawings[i].height);
			assert_int_equal(int_of(task, "num_inference_steps"),
			    drawings[i].steps);
			bring_png(r, task, 0);
		}
		assert_pictures(asking, drawings[i].n, drawings[i].member);
	}
	free(url);
}

/* Larger than what is sent at once, by far; behind the picture's end is
 * whatever there is. */
static void
a_large_picture_comes_whole(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/images/generations");
	struct asking *asking =
	    send_json(url, "{\"model\":\"gpt-image-1\",\"prompt\":\"a\"}");
	struct hand_task *task = next_task(r);
	struct callback_dippy c = {.job_id = task->id,
	    .status = "completed",
	    .image_type = "image/png"};
	struct callback_told told;
	struct fetch_answer a;
	struct buf png = {0};
	const char *b64;
	uint8_t *bytes = xmalloc(LARGE);
	json_t *body;
	size_t len;

	sample_png(0, &png);
	for (uint32_t v = 1; png.len < LARGE; v = v * 1664525 + 1013904223)
		buf_add_byte(&png, v >> 24);
	c.image = png.data;
	c.len = png.len;
	callback_dippy(task, task->secret, &c, &told);
	assert_int_equal(told.status, 200);
	asking_end(asking, &a);
	assert_int_equal(a.status, 200);
	body = fetch_json(&a);
	b64 = json_string_value(json_object_get(
	    json_array_get(json_object_get(body, "data"), 0), "b64_json"));
	assert_int_equal(sodium_base642bin(bytes, LARGE, b64, strlen(b64), NULL,
			     &len, NULL, sodium_base64_VARIANT_ORIGINAL),
	    0);
	assert_int_equal(len, png.len);
	assert_memory_equal(bytes, png.data, len);
	json_decref(body);
	fetch_clear(&a);
	free(bytes);
	buf_free(&png);
	hand_drop(r->hand, task);
	free(url);
}

/* A seed asked for is the first one's. */
static void
pictures_of_one_request_have_seeds_of_their_own(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/images/generations"), *ids;
	struct asking *asking = send_json(url,
	    "{\"model\":\"dall-e-2\",\"prompt\":\"a\",\"n\":2,\"seed\":41}");
	struct fetch_answer a;
	int sum = 0;

	for (size_t n = 0; n < 2; n++) {
		struct hand_task *task = next_task(r);

		sum += int_of(task, "seed");
		bring_png(r, task, 0);
	}
	assert_int_equal(sum, 41 + 42);
	asking_end(asking, &a);
	ids = fetch_header(&a, "X-Job-Id");
	assert_int_equal(strlen(ids), 2 * 36 + 2);
	free(ids);
	fetch_clear(&a);
	free(url);
}

static void
a_picture_is_edited(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/images/edits");
	struct form f = {0};
	struct asking *asking;

	add_png(&f, "image");
	add_part(&f, "model", "gpt-image-1");
	add_part(&f, "prompt", "bluer");
	add_part(&f, "n", "2");
	add_part(&f, "guidance_scale", "3.5");
	asking = send_form(url, &f);
	for (size_t n = 0; n < 2; n++) {
		struct hand_task *task = next_task(r);
		struct fetch_answer a;

		assert_string_equal(task->path, "/edit");
		assert_true(json_number_value(json_object_get(
				task->body, "guidance_scale")) == 3.5);
		fetch_get(
		    json_string_value(json_object_get(task->body, "image_url")),
		    &a);
		assert_int_equal(a.status, 200);
		assert_same_png(a.body, a.len, 0);
		fetch_clear(&a);
		bring_png(r, task, 0);
	}
	assert_pictures(asking, 2, "b64_json");
	buf_free(&f.file);
	free(url);
}

/* One byte of what a picture's URL says is another: it is not ours. */
static void
a_pictures_url_is_signed(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/images/generations"), *spoilt;
	struct asking *asking =
	    send_json(url, "{\"model\":\"dall-e-2\",\"prompt\":\"a\"}");
	struct fetch_answer a, b;
	const char *given;
	json_t *body;

	bring_png(r, next_task(r), 0);
	asking_end(asking, &a);
	body = fetch_json(&a);
	given = json_string_value(json_object_get(
	    json_array_get(json_object_get(body, "data"), 0), "url"));
	for (const char *at = strstr(given, "results/") + 8; *at != '\0';
	     at += 7) {
		spoilt = xstrdup(given);
		spoilt[at - given] = *at == '0' ? '1' : '0';
		fetch_get(spoilt, &b);
		assert_error(&b, 403, "bad_signature", NULL, "not ours");
		fetch_clear(&b);
		free(spoilt);
	}
	json_decref(body);
	fetch_clear(&a);
	free(url);
}

/* -- models ---------------------------------------------------------------- */

static void
models_are_listed(void **state)
{
	static const char *const some[] = {"whisper-1", "tts-1", "gpt-image-1",
	    "audio.transcribe", "image.edit", NULL};
	struct rig *r = *state;
	char *url = url_of(r, "/v1/models");
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
    {DRAW, DRAWN(",\"size\":\"4096x64\""), 400, "bad_job", "width",
	"the most is 2048"},
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

		post_json(r, bad_json[i].path, bad_json[i].json, &a);
		assert_error(&a, bad_json[i].status, bad_json[i].code,
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
	"wrong_input_type", "image", "takes image/png"},
    {"/v1/audio/speech", "file", {"model", "tts-1"}, 400, "bad_content_type",
	NULL, "application/json"},
};

static void
bad_forms_are_refused_in_openais_form(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(bad_forms) / sizeof(bad_forms[0]); i++) {
		char *url = url_of(r, bad_forms[i].path);
		struct form f = {0};

		if (bad_forms[i].file != NULL)
			add_wav(&f, bad_forms[i].file);
		for (const char *const *p = bad_forms[i].fields; *p != NULL;
		     p += 2)
			add_part(&f, p[0], p[1]);
		if (f.n == 0)
			add_part(&f, "nothing", "x");
		assert_refused(send_form(url, &f), bad_forms[i].status,
		    bad_forms[i].code, bad_forms[i].param, bad_forms[i].words);
		buf_free(&f.file);
		free(url);
	}
}

/* What a job is not stored for is told in the form of the door, too. */
static void
a_recording_that_is_none_is_refused(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, "/v1/audio/transcriptions");
	struct form f = {0};

	add_png(&f, "file");
	add_part(&f, "model", "whisper-1");
	assert_refused(send_form(url, &f), 400, "wrong_input_type", "file",
	    "input is image/png by its bytes");
	f.file.data[20] ^= 0xff;
	f.file.len /= 2;
	f.parts[0].len = f.file.len;
	assert_refused(
	    send_form(url, &f), 400, "bad_input", "file", "does not decode");
	buf_free(&f.file);
	free(url);
}

/* -- ends ------------------------------------------------------------------ */

static void
a_job_that_fails_is_told_with_its_reasons(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, SPEECH), *id, *retry;
	struct asking *asking = send_json(url, SPOKEN(""));
	struct hand_task *task = next_task(r);
	struct callback_told told;
	struct fetch_answer a;

	callback_json(task, task->secret,
	    "{\"status\":\"failed\",\"error\":\"no voice\"}", &told);
	hand_drop(r->hand, task);
	asking_end(asking, &a);
	assert_error(&a, 502, "job_failed", NULL, "ended as miner_failed");
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
	char *url = url_of(r, "/v1/audio/transcriptions");
	struct form f = recording("brief", NULL);
	struct asking *asking = send_form(url, &f);

	hand_drop(r->hand, next_task(r));
	assert_refused(
	    asking, 504, "deadline_exceeded", NULL, "is expired (deadline)");
	buf_free(&f.file);
	free(url);
}

static void
a_job_that_is_cancelled_is_a_409(void **state)
{
	struct rig *r = *state;
	char *url = url_of(r, SPEECH), *path;
	struct asking *asking = send_json(url, SPOKEN(""));
	struct hand_task *task = next_task(r);
	char *id = attempt_column(r->s, task->id, "job_id");
	struct fetch_answer a;
	struct fetch_ask ask = {.method = "DELETE"};

	path = xasprintf("%s/v1/jobs/%s", r->s->api_url, id);
	ask.url = path;
	fetch(&ask, &a);
	assert_int_equal(a.status, 200);
	fetch_clear(&a);
	assert_refused(
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
	task = next_task(r);
	shutdown(fd, SHUT_WR);
	raw_is_closed(fd);
	close(fd);
	id = attempt_column(r->s, task->id, "job_id");
	sample_wav(440, 0.5, &wav);
	bring_wav(r, task, &wav);
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
	char *url = url_of(r, SPEECH), *id;
	struct asking *asking;
	struct hand_task *task;
	struct fetch_answer a;

	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), EXIT_SUCCESS);
	assert_int_equal(
	    suite_configure(r->s, "[orchestrator]\ndrain = 0s\n"), 0);
	assert_int_equal(suite_start(r->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    r->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	asking = send_json(url, SPOKEN(""));
	task = next_task(r);
	assert_int_equal(suite_stop(r->s, SUITE_ORCHESTRATOR), EXIT_SUCCESS);
	asking_end(asking, &a);
	assert_error(&a, 503, "unavailable", NULL, "X-Job-Id");
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
	    cmocka_unit_test(a_recording_is_transcribed_in_each_form),
	    cmocka_unit_test(the_jobs_id_and_the_language_are_the_requests),
	    cmocka_unit_test(times_that_no_miner_gave_are_not_made_up),
	    cmocka_unit_test(a_translation_is_two_jobs_in_a_row),
	    cmocka_unit_test(what_is_english_or_nothing_is_one_job),
	    cmocka_unit_test(a_translation_has_no_times),
	    cmocka_unit_test(a_text_is_spoken_in_each_form),
	    cmocka_unit_test(a_wav_is_the_miners_own),
	    cmocka_unit_test(n_pictures_are_n_jobs),
	    cmocka_unit_test(a_large_picture_comes_whole),
	    cmocka_unit_test(pictures_of_one_request_have_seeds_of_their_own),
	    cmocka_unit_test(a_picture_is_edited),
	    cmocka_unit_test(a_pictures_url_is_signed),
	    cmocka_unit_test(models_are_listed),
	    cmocka_unit_test(bad_json_is_refused_in_openais_form),
	    cmocka_unit_test(bad_forms_are_refused_in_openais_form),
	    cmocka_unit_test(a_recording_that_is_none_is_refused),
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

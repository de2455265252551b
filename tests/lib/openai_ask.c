/* Requests at the OpenAI door whose miners are played by hand. */
#include "tests/lib/openai_ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/xalloc.h"
#include "tests/lib/attempt.h"
#include "tests/lib/callback.h"
#include "tests/lib/sample.h"

static const char *const json_headers[] = {
    "Content-Type: application/json", NULL};

/* -- asking ---------------------------------------------------------------- */

void
openai_add_part(struct openai_form *f, const char *name, const char *text)
{
	f->parts[f->n++] = (struct fetch_part){
	    .name = name, .data = text, .len = strlen(text)};
}

void
openai_add_file(struct openai_form *f, const char *name, const char *filename,
    const char *type)
{
	f->parts[f->n++] = (struct fetch_part){.name = name,
	    .filename = filename,
	    .content_type = type,
	    .data = f->file.data,
	    .len = f->file.len};
}

void
openai_add_wav(struct openai_form *f, const char *name)
{
	sample_wav(440, 0.5, &f->file);
	openai_add_file(f, name, "a.wav", "audio/wav");
}

void
openai_add_png(struct openai_form *f, const char *name)
{
	sample_png(0, &f->file);
	openai_add_file(f, name, "a.png", "image/png");
}

char *
openai_url(const struct rig *r, const char *path)
{
	return xasprintf("%s%s", r->s->api_url, path);
}

struct openai_form
openai_recording(const char *model, const char *const *fields)
{
	struct openai_form f = {0};

	openai_add_wav(&f, "file");
	openai_add_part(&f, "model", model);
	for (; fields != NULL && fields[0] != NULL; fields += 2)
		openai_add_part(&f, fields[0], fields[1]);
	return f;
}

struct asking *
openai_send_form(const char *url, const struct openai_form *f)
{
	const struct fetch_ask ask = {.url = url, .parts = f->parts};

	return asking_begin(&ask);
}

struct asking *
openai_send_json(const char *url, const char *json)
{
	const struct fetch_ask ask = {.url = url,
	    .headers = json_headers,
	    .body = json,
	    .len = strlen(json)};

	return asking_begin(&ask);
}

void
openai_post_json(const struct rig *r, const char *path, const char *json,
    struct fetch_answer *a)
{
	char *url = openai_url(r, path);

	fetch_post_json(url, json, a);
	free(url);
}

/* -- miners ---------------------------------------------------------------- */

struct hand_task *
openai_task(struct rig *r)
{
	struct hand_task *task = hand_take(r->hand, 0);

	assert_non_null(task);
	assert_int_equal(attempt_await(r->s, task->id, "accepted"), 0);
	return task;
}

const char *
openai_task_param(const struct hand_task *task, const char *name)
{
	return json_string_value(
	    json_object_get(json_object_get(task->body, "params"), name));
}

void
openai_bring_json(struct rig *r, struct hand_task *task, const char *output)
{
	char *body = xasprintf("{\"output\":%s}", output);
	struct callback_told told;

	callback_json(task, task->secret, body, &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
	free(body);
}

void
openai_bring_wav(struct rig *r, struct hand_task *task, const struct buf *wav)
{
	struct callback_told told;

	callback_file(task, task->secret, "result", "audio/wav", wav->data,
	    wav->len, &told);
	assert_int_equal(told.status, 200);
	hand_drop(r->hand, task);
}

void
openai_bring_png(struct rig *r, struct hand_task *task, int colour)
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

void
openai_assert_body(
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

void
openai_assert_error(const struct fetch_answer *a, int status, const char *code,
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

void
openai_assert_refused(struct asking *asking, int status, const char *code,
    const char *param, const char *words)
{
	struct fetch_answer a;

	asking_end(asking, &a);
	openai_assert_error(&a, status, code, param, words);
	fetch_clear(&a);
}

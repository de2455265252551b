/* Tasks of Violet's clients. */
#include "orchestrator/violet_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/xalloc.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/refusal.h"
#include "orchestrator/violet.h"

enum { MAX_FIELD = 1024 * 1024, MAX_FILE_NAME = 256 };

static const char blanks[] = " \t\r\n";

struct task {
	struct orchestrator *o;
	struct http_req *req;
	const struct violet_type *type;
	const struct kind *kind;
	struct form *form;
};

static void
task_free(struct task *t)
{
	form_free(t->form);
	free(t);
}

/* -- the form ------------------------------------------------------------ */

/* A field, or what it is where it was left out or is empty. */
static const char *
field_of(const struct task *t, const char *name, const char *otherwise)
{
	const char *text = form_field(t->form, name);

	return text != NULL && text[0] != '\0' ? text : otherwise;
}

static bool
has_param(const struct task *t, const char *name)
{
	return json_object_get(t->kind->params, name) != NULL;
}

/* NULL: there is no point in it. */
static const char *
extension_of(const char *file_name)
{
	const char *dot = strrchr(file_name, '.');

	return dot != NULL ? dot + 1 : NULL;
}

static bool
has_extension(const struct violet_type *type, const char *extension)
{
	for (int i = 0; type->extensions[i] != NULL; i++) {
		if (strcasecmp(type->extensions[i], extension) == 0)
			return true;
	}
	return false;
}

/* By what its sender says it is, or for some by its name; its bytes are looked
 * at later. */
static bool
is_of_sort(
    const struct violet_type *type, const char *extension, const char *media)
{
	if (type->media != NULL &&
	    strncasecmp(media, type->media, strlen(type->media)) == 0)
		return true;
	return type->by_name && extension != NULL;
}

static int
check_file(const struct task *t, struct refusal *r)
{
	const struct violet_type *type = t->type;
	const char *extension = extension_of(form_file_name(t->form));
	const char *media = form_file_type(t->form);

	if (media[0] == '\0')
		refusal_set(r, 422, "bad_job", "%s is missing: send %s as it",
		    type->file, type->sort);
	else if (form_file_bytes(t->form) == 0)
		refusal_set(r, 422, "bad_job", "%s is empty", type->file);
	else if (extension != NULL && !has_extension(type, extension))
		refusal_set(r, 422, "bad_job",
		    "File type not supported: \".%.16s\" is no name of %s",
		    extension, type->sort);
	else if (!is_of_sort(type, extension, media))
		refusal_set(r, 422, "bad_job", "File must be %s", type->sort);
	else
		return 0;
	return -1;
}

/* Blanks at the ends do not count. */
static int
check_text(const struct task *t, struct refusal *r)
{
	const char *text = field_of(t, "text", "");
	size_t n;

	if (!violet_is_utf8(text)) {
		refusal_set(r, 422, "bad_job", "text is not UTF-8");
		return -1;
	}
	text += strspn(text, blanks);
	n = violet_length(text);
	for (size_t i = strlen(text);
	     i > 0 && strchr(blanks, text[i - 1]) != NULL; i--)
		n--;
	if (n >= (size_t)t->type->min_text)
		return 0;
	refusal_set(r, 422, "bad_job",
	    "text has %zu characters and must have %d or more", n,
	    t->type->min_text);
	return -1;
}

static int
check_languages(const struct task *t, struct refusal *r)
{
	const char *target = field_of(t, "target_language", NULL);

	if (!t->type->has_target)
		return 0;
	if (target == NULL)
		refusal_set(r, 422, "bad_job",
		    "target_language is missing: a language code such as "
		    "\"de\"");
	else if (strcmp(field_of(t, "source_language", "en"), target) == 0)
		refusal_set(r, 422, "bad_job",
		    "source_language and target_language must differ");
	else
		return 0;
	return -1;
}

/* A voice is one of those that the kind has, if it names any. */
static int
check_voice(const struct task *t, struct refusal *r)
{
	const char *voice = field_of(t, "voice_name", NULL);
	const json_t *voices = json_object_get(
	    json_object_get(t->kind->params, "voice"), "one_of");
	json_t *one;
	size_t i;

	if (voice == NULL || voices == NULL)
		return 0;
	json_array_foreach(voices, i, one)
	{
		if (strcmp(json_string_value(one), voice) == 0)
			return 0;
	}
	refusal_set(r, 404, "not_found", "Voice '%.64s' not found", voice);
	return -1;
}

static int
check_form(const struct task *t, int *priority, struct refusal *r)
{
	const char *word = field_of(t, "priority", "normal");

	if (form_json(t->form) != NULL) {
		refusal_set(r, 422, "bad_job", "%s", violet_send_a_form);
		return -1;
	}
	if (violet_priority(word, priority) != 0) {
		refusal_set(r, 422, "bad_job",
		    "priority is \"%.32s\" and must be low, normal, high or "
		    "urgent",
		    word);
		return -1;
	}
	if ((t->type->file != NULL ? check_file(t, r) : check_text(t, r)) != 0)
		return -1;
	return check_languages(t, r) == 0 ? check_voice(t, r) : -1;
}

/* What of the form its kind knows. */
static json_t *
params_of(const struct task *t)
{
	const struct {
		const char *param, *value;
	} all[] = {
	    {"text", t->type->file == NULL ? field_of(t, "text", NULL) : NULL},
	    {"language", field_of(t, "source_language", "en")},
	    {"target_language", t->type->has_target
				    ? field_of(t, "target_language", NULL)
				    : NULL},
	    {"voice", field_of(t, "voice_name", NULL)},
	    {"model", field_of(t, "model_id", NULL)},
	};
	json_t *params = json_object();

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all[i].value != NULL && has_param(t, all[i].param))
			json_object_set_new(params, all[i].param,
			    violet_text_or_null(all[i].value));
	}
	return params;
}

static json_t *
order_of(const struct task *t, int priority)
{
	return json_pack("{s:s, s:o, s:i}", "kind", t->type->kind, "params",
	    params_of(t), "priority", priority);
}

/* -- the answer ---------------------------------------------------------- */

static void
say_text(const struct task *t, json_t *body)
{
	const char *text = form_field(t->form, "text");

	json_object_set_new(
	    body, "text_length", json_integer(violet_length(text)));
	json_object_set_new(
	    body, "word_count", json_integer(violet_words(text)));
	if (t->type->has_target)
		return;
	json_object_set_new(body, "detected_language",
	    json_string(field_of(t, "source_language", "en")));
	json_object_set_new(body, "language_confidence", json_real(1.0));
}

static void
say_file(const struct task *t, const struct job *job, json_t *body)
{
	char name[MAX_FILE_NAME];
	const char *extension;

	violet_safe_name(form_file_name(t->form), name, sizeof(name));
	extension = extension_of(name);
	json_object_set_new(body, "file_id", json_string(job->id));
	json_object_set_new(body, "file_name", json_string(name));
	json_object_set_new(
	    body, "file_size", json_integer(form_file_bytes(t->form)));
	if (t->type->extensions != NULL && t->type->has_target)
		json_object_set_new(
		    body, "file_format", violet_text_or_null(extension));
}

static json_t *
answer_of(const struct task *t, const struct job *job)
{
	json_t *body = json_pack("{s:b, s:s, s:b, s:s}", "success", 1,
	    "task_id", job->id, "auto_assigned", job->state == JOB_ASSIGNED,
	    "message", "Task submitted successfully");

	json_object_set_new(body, "model_id",
	    violet_text_or_null(field_of(t, "model_id", t->type->model)));
	json_object_set_new(body, "source_language",
	    json_string(field_of(t, "source_language", "en")));
	if (t->type->has_target)
		json_object_set_new(body, "target_language",
		    json_string(field_of(t, "target_language", "")));
	if (t->type->file == NULL)
		say_text(t, body);
	else
		say_file(t, job, body);
	return body;
}

static void
on_placed(const struct job *job, const struct refusal *r, void *arg)
{
	struct task *t = arg;

	if (job != NULL)
		violet_reply(t->req, 200, answer_of(t, job));
	else
		violet_refuse_input(t->req, r);
	task_free(t);
}

/* -- the whole ----------------------------------------------------------- */

static void
place(struct task *t, int priority)
{
	json_t *json = order_of(t, priority);
	struct order_request request = {
	    .req = t->req,
	    .json = json,
	    .file_type = form_file_type(t->form),
	    .file = t->type->file != NULL ? form_take_file(t->form) : NULL,
	};

	order_place(t->o, &request, on_placed, t);
	json_decref(json);
}

static void
on_read(struct form *form, const struct refusal *why, void *arg)
{
	struct task *t = arg;
	struct refusal r;
	int priority;

	t->form = form;
	if (form == NULL) {
		violet_refuse_input(t->req, why);
	} else if (check_form(t, &priority, &r) == 0) {
		place(t, priority);
		return;
	} else if (r.status == 404) {
		violet_refuse(t->req, 404, "%s", r.why);
	} else {
		violet_refuse_input(t->req, &r);
	}
	task_free(t);
}

static void
take(struct http_req *req, struct orchestrator *o, const char *path)
{
	struct task *t = xcalloc(1, sizeof(*t));
	struct body_wish wish = {.max_field = MAX_FIELD};
	struct refusal r;

	t->o = o;
	t->req = req;
	t->type = violet_type_by_path(path);
	t->kind = kinds_find(o->kinds, t->type->kind);
	if (order_check_open(o, &r) != 0) {
		violet_refuse(req, r.status, "%s", r.why);
		task_free(t);
	} else if (t->kind == NULL) {
		violet_refuse(req, 503,
		    "There is no kind %s here: this type "
		    "of task is not taken",
		    t->type->kind);
		task_free(t);
	} else {
		wish.file_part = t->type->file != NULL ? t->type->file : "";
		wish.max_file_bytes = t->type->max_file;
		body_read_as(req, o, &wish, on_read, t);
	}
}

void
violet_form_transcription(struct http_req *req, void *o)
{
	take(req, o, "transcription");
}

void
violet_form_tts(struct http_req *req, void *o)
{
	take(req, o, "tts");
}

void
violet_form_summarization(struct http_req *req, void *o)
{
	take(req, o, "summarization");
}

void
violet_form_video(struct http_req *req, void *o)
{
	take(req, o, "video-transcription");
}

void
violet_form_text(struct http_req *req, void *o)
{
	take(req, o, "text-translation");
}

void
violet_form_document(struct http_req *req, void *o)
{
	take(req, o, "document-translation");
}

void
violet_form_enhancement(struct http_req *req, void *o)
{
	take(req, o, "audio-enhancement");
}

/*
 * POST /v1/audio/transcriptions and /v1/audio/translations. A translation is
 * one job, or two where the kind says which other kind does the second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "orchestrator/form.h"
#include "orchestrator/kinds.h"
#include "orchestrator/openai.h"
#include "orchestrator/openai_call.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_request.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/transcript.h"

struct audio {
	struct openai_request r; /* first */
	struct transcript_ask ask;
	char language[16];  /* as asked of the miner; "": nothing was */
	bool says_language; /* the client did */
	const json_t *then; /* the second job; NULL: none */
};

/* -- the answer ------------------------------------------------------------ */

static void
answer(struct openai_call *call, struct audio *a, const json_t *output)
{
	bool is_plain =
	    a->ask.form == TRANSCRIPT_JSON || a->ask.form == TRANSCRIPT_TEXT;
	struct buf body = {0};
	struct err err;
	const struct openai_error e = {
	    .status = 502,
	    .code = is_plain ? "bad_answer" : "no_timestamps",
	    .param = "response_format",
	    .why = err.text,
	    .is_final = true,
	};

	if (transcript_write(output, &a->ask, &body, &err) == 0)
		openai_call_answer(
		    call, transcript_type(a->ask.form), body.data, body.len);
	else
		openai_call_refuse(call, &e);
	buf_free(&body);
}

static void
on_last(struct openai_call *call, void *arg)
{
	answer(call, arg, openai_call_result(call, 0)->json);
}

/* -- the second job -------------------------------------------------------- */

static const char *
target_of(const struct audio *a)
{
	return json_string_value(json_object_get(
	    json_object_get(a->then, "params"), "target_language"));
}

/* Nothing was said, or it is in the language wanted: by the miner's word, or
 * by the client's. */
static bool
needs_no_translation(
    const struct audio *a, const char *text, const char *language)
{
	const char *target = target_of(a);

	if (text[strspn(text, " \t\r\n")] == '\0')
		return true;
	return target != NULL && language != NULL &&
	       strcmp(language, target) == 0;
}

/* language "": nobody knows. */
static json_t *
second_job(const struct audio *a, const char *text, const char *language)
{
	json_t *given = json_object_get(a->then, "params");
	json_t *params = given != NULL ? json_deep_copy(given) : json_object();

	json_object_set_new(params, "text", json_string(text));
	if (language[0] != '\0')
		json_object_set_new(params, "language", json_string(language));
	return json_pack("{s:O, s:o}", "kind", json_object_get(a->then, "kind"),
	    "params", params);
}

static void
on_transcribed(struct openai_call *call, void *arg)
{
	struct audio *a = arg;
	const json_t *output = openai_call_result(call, 0)->json;
	const char *text = json_string_value(json_object_get(output, "text"));
	const char *heard =
	    json_string_value(json_object_get(output, "language"));
	struct openai_order order = {.n = 1};
	json_t *job;

	if (heard == NULL && a->says_language)
		heard = a->language;
	if (text == NULL || needs_no_translation(a, text, heard)) {
		answer(call, a, output);
		return;
	}
	job = second_job(a, text, heard != NULL ? heard : a->language);
	order.jobs[0] = job;
	openai_call_place(call, &order, on_last);
	json_decref(job);
}

/* -- the request ----------------------------------------------------------- */

/* Both are made of the same list. */
static int
take_granularity(struct audio *a, const char *word, struct openai_fault *fault)
{
	if (strcmp(word, "segment") == 0)
		a->ask.segments = true;
	else if (strcmp(word, "word") == 0)
		a->ask.words = true;
	else
		return openai_fault_set(fault, "timestamp_granularities[]",
		    "timestamp_granularities[] must be segment or word");
	return 0;
}

static int
take_granularities(struct audio *a, struct openai_fault *fault)
{
	static const char *const names[] = {
	    "timestamp_granularities[]", "timestamp_granularities"};
	const char *word;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0;
		     (word = form_field_nth(a->r.form, names[i], j)) != NULL;
		     j++, n++) {
			if (take_granularity(a, word, fault) != 0)
				return -1;
		}
	}
	if (n > 0 && a->ask.form != TRANSCRIPT_VERBOSE)
		return openai_fault_set(fault, names[0],
		    "timestamp_granularities[] is only for response_format "
		    "verbose_json");
	if (n == 0)
		a->ask.segments = true;
	return 0;
}

static int
take_form(struct audio *a, struct openai_fault *fault)
{
	int form = openai_request_word(
	    &a->r, "response_format", transcript_forms, fault);
	double temperature = 0;

	if (form < 0 || openai_request_number(&a->r, "temperature", 0, 1,
			    &temperature, fault) != 0)
		return -1;
	a->ask.form = form;
	return take_granularities(a, fault);
}

/* What is made of a text alone has no times. */
static int
check_then(const struct audio *a, struct openai_fault *fault)
{
	if (a->then != NULL && a->ask.form != TRANSCRIPT_JSON &&
	    a->ask.form != TRANSCRIPT_TEXT)
		return openai_fault_set(fault, "response_format",
		    "a translation is made of the transcript's text and has no "
		    "times: response_format must be json or text");
	return 0;
}

static void
note_language(struct audio *a, const json_t *job)
{
	json_t *given = openai_field(&a->r.fields, "language");
	const char *language = json_string_value(
	    json_object_get(json_object_get(job, "params"), "language"));

	a->says_language = given != NULL;
	json_decref(given);
	if (language == NULL)
		return;
	snprintf(a->language, sizeof(a->language), "%s", language);
	a->ask.language = a->language;
}

static void
place(struct openai_call *call, struct audio *a)
{
	struct openai_order order = {
	    .n = 1,
	    .file_type = form_file_type(a->r.form),
	    .file_field = "file",
	    .table = a->r.table,
	};
	struct openai_fault fault;
	json_t *job = NULL;

	if (take_form(a, &fault) == 0 && check_then(a, &fault) == 0) {
		if (form_file_bytes(a->r.form) == 0)
			openai_fault_set(&fault, "file",
			    "file is missing or empty: send the recording as "
			    "the part file");
		else
			job = openai_request_job(&a->r, &fault);
	}
	if (job == NULL) {
		openai_call_fault(call, &fault);
		return;
	}
	note_language(a, job);
	order.jobs[0] = job;
	order.file = form_take_file(a->r.form);
	openai_call_place(
	    call, &order, a->then != NULL ? on_transcribed : on_last);
	json_decref(job);
}

static void
start_transcription(struct openai_call *call, struct openai_request *r)
{
	struct audio *a = (struct audio *)r;

	a->ask.task = "transcribe";
	place(call, a);
}

static void
start_translation(struct openai_call *call, struct openai_request *r)
{
	struct audio *a = (struct audio *)r;
	const char *second;
	char why[256];
	const struct openai_error e = {
	    .status = 404, .code = "not_configured", .why = why};

	a->ask.task = "translate";
	a->then = json_object_get(r->table, "then");
	second = json_string_value(json_object_get(a->then, "kind"));
	if (a->then != NULL && kinds_find(r->o->kinds, second) == NULL) {
		snprintf(why, sizeof(why),
		    "translations by %s need the kind %s, which is not "
		    "configured",
		    r->kind->name, second);
		openai_call_refuse(call, &e);
		return;
	}
	place(call, a);
}

void
openai_transcribe(struct http_req *req, void *orchestrator)
{
	openai_request_read(req, orchestrator, OPENAI_TRANSCRIPTIONS,
	    sizeof(struct audio), start_transcription);
}

void
openai_translate(struct http_req *req, void *orchestrator)
{
	openai_request_read(req, orchestrator, OPENAI_TRANSLATIONS,
	    sizeof(struct audio), start_translation);
}

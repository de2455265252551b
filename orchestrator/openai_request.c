/* A request at the OpenAI door read and understood. */
#include "orchestrator/openai_request.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/kinds.h"
#include "orchestrator/openai_call.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/refusal.h"

/* What each endpoint is sent: a form with a file, or JSON. */
static const char *const file_parts[] = {
    [OPENAI_TRANSCRIPTIONS] = "file",
    [OPENAI_TRANSLATIONS] = "file",
    [OPENAI_SPEECH] = NULL,
    [OPENAI_GENERATIONS] = NULL,
    [OPENAI_EDITS] = "image",
};

/*
 * Fields that a kind without them cannot honour, and the values that ask for
 * nothing else than what is done. Everything else that is not known is passed
 * over: hints, and what is only about the sender.
 */
static const struct {
	const char *name;
	const char *values; /* with a blank around each; of JSON as its text */
} neutral[] = {
    {"stream", " false "},
    {"stream_format", " audio "},
    {"include", " "},
    {"include[]", " "},
    {"quality", " auto standard "},
    {"style", " vivid "},
    {"background", " auto opaque "},
    {"output_format", " png "},
    {"output_compression", " 100 "},
    {"partial_images", " 0 "},
    {"input_fidelity", " low "},
    {"mask", ""},
    {"image[]", ""},
};

/* -- fields ---------------------------------------------------------------- */

int
openai_request_number(const struct openai_request *r, const char *name,
    double least, double most, double *out, struct openai_fault *fault)
{
	json_t *given = openai_field(&r->fields, name);
	const char *text = json_string_value(given);
	double v = json_number_value(given);
	bool is_number = json_is_number(given);
	char *end;

	if (given == NULL)
		return 0;
	if (text != NULL && r->form != NULL && form_json(r->form) == NULL) {
		v = strtod(text, &end);
		is_number = end != text && *end == '\0';
	}
	json_decref(given);
	if (!is_number || !(v >= least) || !(v <= most))
		return openai_fault_set(fault, name,
		    "%s must be a number between %.15g and %.15g", name, least,
		    most);
	*out = v;
	return 0;
}

int
openai_request_word(const struct openai_request *r, const char *name,
    const char *const *names, struct openai_fault *fault)
{
	json_t *given = openai_field(&r->fields, name);
	const char *text = json_string_value(given);
	struct buf known = {0};
	int found = given == NULL ? 0 : -1;

	for (int i = 0; names[i] != NULL; i++) {
		if (text != NULL && strcmp(names[i], text) == 0)
			found = i;
		buf_printf(&known, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	if (found < 0)
		openai_fault_set(
		    fault, name, "%s must be one of %s", name, buf_str(&known));
	json_decref(given);
	buf_free(&known);
	return found;
}

json_t *
openai_request_job(const struct openai_request *r, struct openai_fault *fault)
{
	json_t *params = openai_params(r->kind, r->table, &r->fields, fault);

	if (params == NULL)
		return NULL;
	return json_pack("{s:s, s:o}", "kind", r->kind->name, "params", params);
}

static bool
is_neutral(const json_t *given, const char *values)
{
	const char *s = json_string_value(given);
	char *text =
	    s != NULL ? xstrdup(s) : json_dumps(given, JSON_ENCODE_ANY);
	char *word = xasprintf(" %s ", text != NULL ? text : "?");
	bool found = strstr(values, word) != NULL;

	free(word);
	free(text);
	return found;
}

/* To take such a field and do nothing about it would be a lie. */
static int
check_neutral(const struct openai_request *r, struct openai_fault *fault)
{
	for (size_t i = 0; i < sizeof(neutral) / sizeof(neutral[0]); i++) {
		const char *name = neutral[i].name;
		json_t *given = openai_field(&r->fields, name);
		bool is_good = given == NULL ||
			       is_neutral(given, neutral[i].values) ||
			       openai_has_field(r->kind, r->table, name);

		json_decref(given);
		if (!is_good)
			return openai_fault_set(fault, name,
			    "%s is not supported by %s as it was given: leave "
			    "it out",
			    name, r->kind->name);
	}
	return 0;
}

/* -- reading --------------------------------------------------------------- */

static void
request_free(void *arg)
{
	struct openai_request *r = arg;

	form_free(r->form);
	free(r);
}

static void
refuse(struct openai_request *r, int status, const char *code,
    const char *param, const char *why)
{
	const struct openai_error e = {
	    .status = status, .code = code, .param = param, .why = why};

	openai_error_reply(r->req, &e);
	request_free(r);
}

/* A second file, mask say, is to the form a field that is too large. */
static void
refuse_body(struct openai_request *r, const struct refusal *why)
{
	const char *part = file_parts[r->endpoint];
	char field[64] = "", words[512];
	const char *code = why->code;
	int status = why->status;

	snprintf(words, sizeof(words), "%s", why->why);
	if (sscanf(why->why, "the field %63s is over", field) == 1 &&
	    (strcmp(field, "mask") == 0 || strcmp(field, "image[]") == 0)) {
		snprintf(words, sizeof(words),
		    "%s is not supported: send one picture, as image", field);
		status = 400;
		code = "invalid_value";
	} else if (part != NULL && why->status == 413 &&
		   strncmp(words, part, strlen(part)) == 0) {
		snprintf(field, sizeof(field), "%s", part);
	} else if (why->status == 415) {
		snprintf(words, sizeof(words), "send %s",
		    part != NULL ? "multipart/form-data with the parts model "
				   "and file, or image"
				 : "application/json");
	}
	refuse(r, status, code, field, words);
}

static int
find_kind(struct openai_request *r)
{
	json_t *model = openai_field(&r->fields, "model");
	const char *name = json_string_value(model);
	char why[256];

	if (name != NULL && name[0] != '\0') {
		snprintf(r->model, sizeof(r->model), "%s", name);
		r->kind = openai_kind_find(r->o->kinds, r->endpoint, name);
	}
	json_decref(model);
	if (r->model[0] == '\0') {
		refuse(r, 400, "missing_field", "model",
		    "model is missing, or no string; GET /v1/models lists "
		    "them");
		return -1;
	}
	if (r->kind == NULL) {
		snprintf(why, sizeof(why),
		    "there is no model %.64s for %s; GET /v1/models lists what "
		    "there is",
		    r->model, openai_endpoint_name(r->endpoint));
		refuse(r, 404, "model_not_found", "model", why);
		return -1;
	}
	r->table = openai_kind_table(r->kind, r->endpoint);
	return 0;
}

static void
go_on(struct openai_request *r)
{
	struct openai_fault fault;
	struct openai_call *call;

	if (find_kind(r) != 0)
		return;
	call = openai_call_new(r->o, r->req, request_free, r);
	if (check_neutral(r, &fault) != 0)
		openai_call_fault(call, &fault);
	else
		r->start(call, r);
}

static void
on_read(struct form *form, const struct refusal *why, void *arg)
{
	struct openai_request *r = arg;
	const char *part = file_parts[r->endpoint];

	if (form == NULL) {
		refuse_body(r, why);
		return;
	}
	r->form = form;
	r->fields.json = form_json(form);
	r->fields.form = r->fields.json == NULL ? form : NULL;
	if (part == NULL && r->fields.json == NULL)
		refuse(
		    r, 415, "bad_content_type", NULL, "send application/json");
	else if (part != NULL && r->fields.json != NULL)
		refuse(r, 415, "bad_content_type", NULL,
		    "send multipart/form-data with the file in it");
	else
		go_on(r);
}

static uint64_t
largest_file(const struct orchestrator *o, enum openai_endpoint endpoint)
{
	int64_t most = 0;

	for (size_t i = 0; i < o->kinds->n; i++) {
		const struct kind *k = &o->kinds->items[i];

		if (openai_kind_table(k, endpoint) != NULL &&
		    k->max_input_bytes > most)
			most = k->max_input_bytes;
	}
	return most;
}

void
openai_request_read(struct http_req *req, struct orchestrator *o,
    enum openai_endpoint endpoint, size_t size,
    void (*start)(struct openai_call *, struct openai_request *))
{
	struct openai_request *r = xcalloc(1, size);
	const char *part = file_parts[endpoint];
	struct refusal why;

	r->endpoint = endpoint;
	r->o = o;
	r->req = req;
	r->start = start;
	if (order_check_open(o, &why) != 0)
		refuse(r, why.status, why.code, NULL, why.why);
	else if (!openai_kind_any(o->kinds, endpoint))
		refuse(r, 404, "not_configured", NULL,
		    "no kind of job is configured for this endpoint");
	else
		body_read(req, o, part != NULL ? part : "",
		    largest_file(o, endpoint), on_read, r);
}

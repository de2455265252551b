/* Violet's miners bring what they made of their tasks. */
#include "orchestrator/violet_response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/accept.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/refusal.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/turned_away.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_answer.h"
#include "orchestrator/violet_proof.h"

enum { MAX_FIELD = 4 * 1024 * 1024 };

struct response {
	struct orchestrator *o;
	struct http_req *req;
	struct form *form;
	const struct violet_type *type; /* of the route; NULL: any */
	char digest[65];
	int64_t at_us; /* wall: the last byte's arrival */
	int64_t uid;
	char task_id[UUID_TEXT];
	struct arrival arrival;
	struct violet_answer answer;
};

static void
response_free(struct response *r)
{
	form_free(r->form);
	arrival_clear(&r->arrival);
	violet_answer_clear(&r->answer);
	free(r);
}

static void
on_refused(void *arg)
{
	response_free(arg);
}

/* -- the end ------------------------------------------------------------- */

static void
say(struct response *r, const char *message, const char *status)
{
	violet_reply(r->req, 200,
	    json_pack("{s:b, s:s, s:s, s:I, s:s}", "success",
		strcmp(status, "failed") != 0, "message", message, "task_id",
		r->task_id, "miner_uid", (json_int_t)r->uid, "status", status));
}

static void
turn_away(struct response *r)
{
	turned_away_note(r->o->turned_away, r->arrival.attempt_id);
	violet_refuse(
	    r->req, 503, "The response could not be stored; send it again");
}

static void
on_kept(const char *status, void *arg)
{
	struct response *r = arg;

	if (status == NULL)
		turn_away(r);
	else if (strcmp(status, "duplicate") == 0)
		violet_refuse(r->req, 400,
		    "Duplicate response: miner %lld has already submitted a "
		    "response for task %s",
		    (long long)r->uid, r->task_id);
	else if (strcmp(status, "closed") == 0)
		violet_refuse(r->req, 409,
		    "Task %s is not at this miner: it has ended, or was not "
		    "asked for",
		    r->task_id);
	else if (strcmp(status, "late") == 0)
		say(r, "Response kept as late: it came after the deadline",
		    status);
	else if (strcmp(status, "failed") == 0)
		say(r, "Response kept as a failure", status);
	else
		say(r, "Response submitted successfully", status);
	response_free(r);
}

/* -- what the form holds --------------------------------------------------- */

static const char *
need(struct response *r, const char *name)
{
	const char *text = form_field(r->form, name);

	if (text != NULL && text[strspn(text, " \t\r\n")] != '\0')
		return text;
	violet_refuse(r->req, 400, "%s is missing or empty", name);
	return NULL;
}

/* A text as the file that its kind asks for. */
static int
text_to_file(struct response *r)
{
	struct arrival *a = &r->arrival;
	const char *text =
	    json_string_value(json_object_get(r->answer.output, "text"));
	struct err err;

	if (text == NULL)
		return 0;
	a->file = blob_begin(r->o->blobs, strlen(text), &err);
	if (a->file == NULL ||
	    blob_write(a->file, text, strlen(text), &err) != 0) {
		log_error("store.disk", "why=\"%s\"", err.text);
		turn_away(r);
		return -1;
	}
	a->bytes = strlen(text);
	snprintf(a->type, sizeof(a->type), "text/plain");
	return 0;
}

static int
take_text(struct response *r)
{
	struct arrival *a = &r->arrival;

	a->says_failed = r->answer.says_failed;
	if (json_array_size(a->kind->output_types) > 0)
		return text_to_file(r);
	a->output = json_incref(r->answer.output);
	if (a->output != NULL)
		a->output_bytes =
		    json_string_length(json_object_get(a->output, "text"));
	return 0;
}

/* The sound itself. */
static int
take_sound(struct response *r)
{
	struct arrival *a = &r->arrival;

	if (form_file_type(r->form)[0] == '\0') {
		violet_refuse(r->req, 400, "audio_file is missing");
		return -1;
	}
	if (form_file_bytes(r->form) == 0) {
		violet_refuse(r->req, 400, "audio_file is empty");
		return -1;
	}
	a->bytes = form_file_bytes(r->form);
	a->file = form_take_file(r->form);
	snprintf(a->type, sizeof(a->type), "%s", form_file_type(r->form));
	return 0;
}

/* By the route that its type has, or by /miner/response. 0, or -1: it was
 * answered. */
static int
take_form(struct response *r, const struct violet_type *type)
{
	const char *text;
	struct err err;

	if (r->type != NULL && type->field == NULL)
		return take_sound(r);
	text = need(r, r->type != NULL ? type->field : "response_data");
	if (text == NULL)
		return -1;
	if (r->type != NULL) {
		violet_answer_text(
		    &r->answer, text, form_field(r->form, "language"));
		if (strcmp(text, "broken file") == 0)
			r->answer.says_failed = true;
	} else if (violet_answer_parse(type, text, &r->answer, &err) != 0) {
		violet_refuse(r->req, 400, "%s", err.text);
		return -1;
	}
	return take_text(r);
}

/* -- whose it is ----------------------------------------------------------- */

/* A second response is told so, whatever is in it. */
static void
take(struct response *r, const PGresult *res)
{
	const struct violet_type *type =
	    violet_type_of(pg_text(res, 0, "job_kind"));
	const char *done;

	if (arrival_take_row(&r->arrival, r->o, res) != 0) {
		violet_refuse(r->req, 404, "Task not found");
		response_free(r);
		return;
	}
	r->arrival.at_us = r->at_us;
	r->arrival.is_alone = pg_int(res, 0, "wanted") == 1;
	done = arrival_answered(r->arrival.state);
	if (done != NULL)
		on_kept(done, r);
	else if (take_form(r, type) == 0)
		arrival_accept(r->o, &r->arrival, on_kept, r);
	else
		response_free(r);
}

static void
on_attempt(const struct pg_answer *answer, void *arg)
{
	struct response *r = arg;
	const struct violet_type *type;
	const PGresult *res;

	if (!violet_is_read(r->req, answer)) {
		response_free(r);
		return;
	}
	res = answer->results[0];
	type = violet_type_of(pg_text(res, 0, "job_kind"));
	if (!pg_bool(res, 0, "is_miner")) {
		violet_refuse(r->req, 403,
		    "miner_uid %lld is not that hotkey's on this subnet",
		    (long long)r->uid);
	} else if (type == NULL) {
		violet_refuse(r->req, 404, "Task not found");
	} else if (pg_is_null(res, 0, "id")) {
		violet_refuse(r->req, 403, "Task is not given to this miner");
	} else if (r->type != NULL && r->type != type) {
		violet_refuse(r->req, 400,
		    "Task is a %s task: a result of %s is none of it",
		    type->name, r->type->name);
	} else {
		take(r, res);
		return;
	}
	response_free(r);
}

static void
on_proven(const char *hotkey, void *arg)
{
	struct response *r = arg;

	store_violet_attempt(r->o, r->task_id, hotkey, r->uid, on_attempt, r);
}

/* -- the form -------------------------------------------------------------- */

static void
on_read(struct form *form, const struct refusal *why, void *arg)
{
	struct response *r = arg;
	const char *id;

	r->form = form;
	r->at_us = clock_wall_us();
	if (form == NULL) {
		violet_refuse_input(r->req, why);
		response_free(r);
		return;
	}
	id = form_field(form, "task_id");
	if (form_json(form) != NULL) {
		violet_refuse(r->req, 400, "%s", violet_send_a_form);
		response_free(r);
	} else if (id == NULL || !uuid_is_valid(id)) {
		violet_refuse(r->req, id == NULL ? 400 : 404,
		    id == NULL ? "task_id is missing" : "Task not found");
		response_free(r);
	} else if (!violet_number(form_field(form, "miner_uid"), 0,
		       VIOLET_MAX_UID, &r->uid)) {
		violet_refuse(r->req, 400,
		    "miner_uid is missing, or no number up to %d",
		    VIOLET_MAX_UID);
		response_free(r);
	} else {
		snprintf(r->task_id, sizeof(r->task_id), "%s", id);
		violet_prove(r->o, r->req, r->digest, on_proven, on_refused, r);
	}
}

/* The most that the type's kind takes; a text's file is of our making. */
static uint64_t
most_bytes(const struct orchestrator *o, const struct violet_type *type)
{
	const struct kind *kind =
	    type != NULL ? kinds_find(o->kinds, type->kind) : NULL;

	return kind != NULL ? kind->max_output_bytes : 0;
}

static void
read_body(void *arg)
{
	struct response *r = arg;
	struct body_wish wish = {.max_field = MAX_FIELD, .digest = r->digest};

	wish.file_part =
	    r->type != NULL && r->type->field == NULL ? "audio_file" : "";
	wish.max_file_bytes = most_bytes(r->o, r->type);
	body_read_as(r->req, r->o, &wish, on_read, r);
}

static void
begin(struct http_req *req, struct orchestrator *o, const char *path)
{
	struct response *r;

	if (o->kinds == NULL) {
		violet_refuse(req, 503, "Starting; send the response again");
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->o = o;
	r->req = req;
	r->type = path != NULL ? violet_type_by_path(path) : NULL;
	violet_proof_expect(o, req, read_body, on_refused, r);
}

void
violet_response_any(struct http_req *req, void *o)
{
	begin(req, o, NULL);
}

void
violet_response_tts(struct http_req *req, void *o)
{
	begin(req, o, "tts");
}

void
violet_response_enhancement(struct http_req *req, void *o)
{
	begin(req, o, "audio-enhancement");
}

void
violet_response_video(struct http_req *req, void *o)
{
	begin(req, o, "video-transcription");
}

void
violet_response_text(struct http_req *req, void *o)
{
	begin(req, o, "text-translation");
}

void
violet_response_document(struct http_req *req, void *o)
{
	begin(req, o, "document-translation");
}

/* What Violet's clients read of their tasks. */
#include "orchestrator/violet_tasks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/violet.h"
#include "orchestrator/violet_record.h"

enum { MAX_LIST = 1000, LIST = 100 };

struct reading {
	struct orchestrator *o;
	struct http_req *req;
	const struct violet_type *type; /* that the path names, or NULL */
	json_t *(*answer_of)(const struct reading *, const PGresult *);
	char id[UUID_TEXT];
};

/* -- one task ------------------------------------------------------------ */

static void
on_task(const struct pg_answer *answer, void *arg)
{
	struct reading *r = arg;
	const PGresult *res;
	json_t *body;

	if (!violet_is_read(r->req, answer)) {
		free(r);
		return;
	}
	res = answer->results[0];
	if (PQntuples(res) == 0 || violet_record_type(res, 0) == NULL) {
		violet_refuse(r->req, 404, "Task not found");
	} else {
		body = r->answer_of(r, res);
		if (body != NULL)
			violet_reply(r->req, 200, body);
	}
	free(r);
}

static struct reading *
reading_new(struct orchestrator *o, struct http_req *req)
{
	struct reading *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->req = req;
	return r;
}

static void
read_task(struct http_req *req, struct orchestrator *o,
    json_t *(*answer_of)(const struct reading *, const PGresult *))
{
	const char *id = http_req_param(req, "id");
	struct reading *r;

	if (!uuid_is_valid(id)) {
		violet_refuse(req, 404, "Task not found");
		return;
	}
	r = reading_new(o, req);
	r->answer_of = answer_of;
	snprintf(r->id, sizeof(r->id), "%s", id);
	store_violet_task(o, id, violet_tenant(req), on_task, r);
}

static json_t *
record_of(const struct reading *r, const PGresult *res)
{
	return violet_record(r->o, res, 0);
}

static size_t
count_answers(const PGresult *res)
{
	json_t *answers = violet_record_answers(res, 0);
	size_t n = json_array_size(answers);

	json_decref(answers);
	return n;
}

static json_t *
status_of(const struct reading *r, const PGresult *res)
{
	json_t *base = violet_record_base(res, 0);
	json_t *body = json_pack("{s:s, s:O, s:O, s:O, s:O, s:I, s:O}",
	    "task_id", r->id, "status", json_object_get(base, "status"),
	    "task_type", json_object_get(base, "task_type"), "created_at",
	    json_object_get(base, "created_at"), "assigned_miners",
	    json_object_get(base, "assigned_miners"), "miner_responses",
	    (json_int_t)count_answers(res), "required_miner_count",
	    json_object_get(base, "required_miner_count"));

	json_decref(base);
	return body;
}

static double
seconds_of(const json_t *answer)
{
	return json_number_value(json_object_get(answer, "ms")) / 1000;
}

/* Nobody's own word on how good it is: who judges says so elsewhere. */
static json_t *
best_response(const struct reading *r, const PGresult *res)
{
	json_t *answers = violet_record_answers(res, 0), *body;
	const json_t *best =
	    violet_record_best(answers, pg_text(res, 0, "best"));

	if (best == NULL) {
		json_decref(answers);
		return json_null();
	}
	body = json_pack("{s:O, s:O, s:o, s:f, s:n, s:n, s:o}", "miner_uid",
	    json_object_get(best, "uid"), "hotkey",
	    json_object_get(best, "hotkey"), "output_data",
	    violet_record_output(r->o, violet_record_type(res, 0), best),
	    "processing_time", seconds_of(best), "accuracy_score",
	    "speed_score", "submitted_at",
	    violet_time(json_integer_value(json_object_get(best, "at_us"))));
	json_decref(answers);
	return body;
}

static json_t *
responses_of(const struct reading *r, const PGresult *res)
{
	json_t *base = violet_record_base(res, 0);
	json_t *body = json_pack("{s:s, s:O, s:O, s:O, s:o, s:{s:I, s:O, s:O}}",
	    "task_id", r->id, "task_type", json_object_get(base, "task_type"),
	    "status", json_object_get(base, "status"), "created_at",
	    json_object_get(base, "created_at"), "best_response",
	    best_response(r, res), "task_summary", "total_responses_received",
	    (json_int_t)count_answers(res), "required_miner_count",
	    json_object_get(base, "required_miner_count"), "task_priority",
	    json_object_get(base, "priority"));

	json_decref(base);
	return body;
}

void
violet_tasks_status(struct http_req *req, void *o)
{
	read_task(req, o, status_of);
}

void
violet_tasks_responses(struct http_req *req, void *o)
{
	read_task(req, o, responses_of);
}

void
violet_tasks_show(struct http_req *req, void *o)
{
	read_task(req, o, record_of);
}

/* -- results ------------------------------------------------------------- */

static json_t *
not_yet(const struct reading *r, const PGresult *res, const char *status)
{
	json_t *base = violet_record_base(res, 0);
	json_t *body = json_pack(
	    "{s:b, s:s, s:s, s:s, s:b, s:O, s:O, s:{s:I, s:I, s:O}}", "success",
	    0, "task_id", r->id, "message",
	    strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0
		? "The task has ended without a result"
		: "The task has no result yet",
	    "status", status, "available", 0, "task_type",
	    json_object_get(base, "task_type"), "created_at",
	    json_object_get(base, "created_at"), "progress", "assigned_miners",
	    (json_int_t)pg_int(res, 0, "asked"), "miner_responses",
	    (json_int_t)count_answers(res), "required_miner_count",
	    json_object_get(base, "required_miner_count"));

	json_decref(base);
	return body;
}

/* What a summary makes of its text. */
static void
say_lengths(json_t *body, const PGresult *res)
{
	json_t *params = json_loads(pg_text(res, 0, "params"), 0, NULL);
	const char *text = json_string_value(json_object_get(params, "text"));
	const char *summary =
	    json_string_value(json_object_get(body, "summary"));
	size_t was = text != NULL ? violet_length(text) : 0;
	size_t is = summary != NULL ? violet_length(summary) : 0;

	json_object_set_new(body, "original_text_length", json_integer(was));
	json_object_set_new(body, "summary_length", json_integer(is));
	json_object_set_new(body, "compression_ratio",
	    json_real(was > 0 ? round(100.0 * is / was) / 100 : 0));
	json_decref(params);
}

/* What a transcript's readers look for, whether or not its miner said it. */
static void
say_transcript(json_t *body, const PGresult *res)
{
	json_t *params = json_loads(pg_text(res, 0, "params"), 0, NULL);

	if (json_object_get(body, "language") == NULL)
		json_object_set_new(body, "language",
		    violet_text_or_null(json_string_value(
			json_object_get(params, "language"))));
	json_object_set_new(body, "confidence", json_null());
	json_decref(params);
}

/* Where the file is, under the name that Violet's clients look for. */
static void
say_file(json_t *body, const struct violet_type *type)
{
	const char *name = type->field == NULL ? "audio_file" : "file";
	json_t *url =
	    json_object_get(json_object_get(body, name), "download_url");

	if (url != NULL)
		json_object_set(body,
		    type->field == NULL ? "audio_url" : "document_url", url);
}

static json_t *
found(const struct reading *r, const PGresult *res, const char *status,
    const json_t *best)
{
	const struct violet_type *type = violet_record_type(res, 0);
	json_t *body = violet_record_output(r->o, type, best);

	json_object_update_new(body,
	    json_pack("{s:b, s:s, s:s, s:b, s:s, s:f, s:O, s:n, s:n}",
		"success", 1, "task_id", r->id, "status", status, "available",
		1, "task_type", type->name, "processing_time", seconds_of(best),
		"miner_uid", json_object_get(best, "uid"), "accuracy_score",
		"speed_score"));
	if (strcmp(type->name, "summarization") == 0)
		say_lengths(body, res);
	if (json_object_get(body, "transcript") != NULL)
		say_transcript(body, res);
	say_file(body, type);
	return body;
}

/* The first result is there at once, whether or not more are waited for. */
static json_t *
result_of(const struct reading *r, const PGresult *res)
{
	const char *status = violet_record_status(res, 0);
	json_t *answers, *body;
	const json_t *best;

	if (r->type != NULL && r->type != violet_record_type(res, 0)) {
		violet_refuse(r->req, 400, "Task is not a %s task but %s",
		    r->type->name, violet_record_type(res, 0)->name);
		return NULL;
	}
	answers = violet_record_answers(res, 0);
	best = violet_record_best(answers, pg_text(res, 0, "best"));
	body = best != NULL ? found(r, res, status, best)
			    : not_yet(r, res, status);
	json_decref(answers);
	return body;
}

/* Violet's clients are told 200 of a task that is not there, too. */
static void
on_result(const struct pg_answer *answer, void *arg)
{
	struct reading *r = arg;

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 0) {
		violet_reply(r->req, 200,
		    json_pack("{s:b, s:s, s:s, s:s, s:b}", "success", 0,
			"task_id", r->id, "message", "Task not found", "status",
			"not_found", "available", 0));
		free(r);
		return;
	}
	on_task(answer, r);
}

void
violet_tasks_result(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *path = http_req_param(req, "type");
	const struct violet_type *type = violet_type_by_path(path);
	const char *id = http_req_param(req, "id");
	struct reading *r;

	if (type == NULL && strcmp(path, "task") != 0) {
		violet_refuse(req, 404, "Not Found");
		return;
	}
	r = reading_new(o, req);
	r->type = type;
	r->answer_of = result_of;
	/* What is no id is not found either. */
	snprintf(r->id, sizeof(r->id), "%s",
	    uuid_is_valid(id) ? id : "00000000-0000-0000-0000-000000000000");
	store_violet_task(o, r->id, violet_tenant(req), on_result, r);
}

/* -- the list ------------------------------------------------------------ */

static void
on_list(const struct pg_answer *answer, void *arg)
{
	struct reading *r = arg;
	json_t *list;

	if (violet_is_read(r->req, answer)) {
		list = json_array();
		for (int i = 0; i < PQntuples(answer->results[0]); i++)
			json_array_append_new(
			    list, violet_record(r->o, answer->results[0], i));
		violet_reply(r->req, 200, list);
	}
	free(r);
}

void
violet_tasks_list(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *status = http_req_query(req, "status");
	const char *limit = http_req_query(req, "limit");
	const char *behind = http_req_query(req, "after");
	const char *states = status != NULL ? violet_states(status) : NULL;
	int64_t n = LIST;

	if (status != NULL && states == NULL)
		violet_refuse(req, 400,
		    "status must be pending, assigned, in_progress, "
		    "completed, failed or cancelled");
	else if (limit != NULL && !violet_number(limit, 1, MAX_LIST, &n))
		violet_refuse(
		    req, 400, "limit must be between 1 and %d", MAX_LIST);
	else if (behind != NULL && !uuid_is_valid(behind))
		violet_refuse(
		    req, 400, "after must be the id of the last task seen");
	else
		store_violet_tasks(o, violet_tenant(req), states, behind, n,
		    on_list, reading_new(o, req));
}

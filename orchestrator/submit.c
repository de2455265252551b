/*
 * POST /v1/jobs: the body is read (an input goes to the blobs as it comes)
 * and ordered; when the job is committed, and not before, the client has its
 * 202.
 */
#include "orchestrator/submit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "orchestrator/body.h"
#include "orchestrator/form.h"
#include "orchestrator/job.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/prefer.h"
#include "orchestrator/refusal.h"
#include "orchestrator/v1_wait.h"

static const char wanted[] =
    "send application/json, or multipart/form-data with the parts job and "
    "input";

struct submit {
	struct orchestrator *o;
	struct http_req *req;
};

/* -- answers ------------------------------------------------------------ */

static void
refuse(struct submit *s, int status, const char *code, const char *why)
{
	http_reply_problem(s->req, status, code, "%s", why);
	free(s);
}

static void
format_time(int64_t wall_us, char out[32])
{
	time_t s = wall_us / 1000000;
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void
answer_accepted(struct submit *s, const struct job *job)
{
	char created[32], deadline[32], location[64];
	json_t *body;
	char *text;

	format_time(job->created_us, created);
	format_time(job->deadline_us, deadline);
	body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", job->id, "kind",
	    job->kind->name, "state", "queued", "created_at", created,
	    "deadline_at", deadline);
	text = json_dumps(body, JSON_COMPACT);
	snprintf(location, sizeof(location), "/v1/jobs/%s", job->id);
	http_reply_header(s->req, "Location", location);
	if (job->trace[0] != '\0')
		http_reply_header(s->req, "traceparent", job->trace);
	http_reply(s->req, 202, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

static void
on_placed(const struct job *job, const struct refusal *r, void *arg)
{
	struct submit *s = arg;
	int wait_s = prefer_wait_s(http_req_header(s->req, "Prefer"));

	if (job == NULL)
		refusal_reply(s->req, r);
	else if (wait_s > 0)
		v1_wait(s->o, s->req, job->id, wait_s, true);
	else
		answer_accepted(s, job);
	free(s);
}

/* -- the body ----------------------------------------------------------- */

static json_t *
request_of(const struct form *form, struct err *err)
{
	const char *text = form_field(form, "job");
	json_error_t why;
	json_t *request;

	if (form_json(form) != NULL)
		return json_incref((json_t *)form_json(form));
	if (text == NULL) {
		err_set(err, "the form has no part named job");
		return NULL;
	}
	request = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(request))
		return request;
	if (request != NULL)
		err_set(err, "the part job must be a JSON object");
	else
		err_set(err, "the part job is not JSON: line %d: %s", why.line,
		    why.text);
	json_decref(request);
	return NULL;
}

static void
on_read(struct form *form, const struct refusal *r, void *arg)
{
	struct submit *s = arg;
	struct order_request request = {
	    .traceparent = http_req_header(s->req, "traceparent")};
	struct err err;
	json_t *json;

	if (form == NULL) {
		refuse(
		    s, r->status, r->code, r->status == 415 ? wanted : r->why);
		return;
	}
	json = request_of(form, &err);
	if (json == NULL) {
		refuse(s, 422, "bad_job", err.text);
	} else {
		request.req = s->req;
		request.json = json;
		request.file_type = form_file_type(form);
		request.file = form_take_file(form);
		order_place(s->o, &request, on_placed, s);
	}
	json_decref(json);
	form_free(form);
}

static uint64_t
largest_input(const struct kinds *kinds)
{
	int64_t most = 0;

	for (size_t i = 0; i < kinds->n; i++) {
		if (kinds->items[i].max_input_bytes > most)
			most = kinds->items[i].max_input_bytes;
	}
	return most;
}

void
submit_job(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	struct submit *s = xcalloc(1, sizeof(*s));
	struct refusal r;

	s->o = o;
	s->req = req;
	if (order_check_open(o, &r) != 0)
		refuse(s, r.status, r.code, r.why);
	else
		body_read(req, o, "input", largest_input(o->kinds), on_read, s);
}

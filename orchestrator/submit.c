/*
 * POST /v1/jobs: the body is read (an input goes to the blobs as it comes),
 * the request checked, the input looked at, the row written; and when that
 * is committed, and not before, the client has its 202.
 */
#include "orchestrator/submit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/draw.h"
#include "orchestrator/form.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/params.h"
#include "orchestrator/probe.h"
#include "orchestrator/probe_verdict.h"

enum { MAX_PRIORITY = 100, MIN_DEADLINE_MS = 1000 };

static const char *const known_fields[] = {"kind", "params", "miners",
    "deadline_ms", "priority", "tenant", "sticky", "expect", NULL};

static const char tenant_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

struct submit {
	struct orchestrator *o;
	struct http_req *req;
	struct form *form;
	struct job *job;
};

/* -- the request as a job ----------------------------------------------- */

static int
check_fields(const json_t *request, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)request, name, value)
	{
		int i = 0;

		while (known_fields[i] != NULL &&
		       strcmp(known_fields[i], name) != 0)
			i++;
		if (known_fields[i] == NULL)
			return err_set(err,
			    "%s is not a field of a job, which has kind, "
			    "params, miners, deadline_ms, priority, tenant, "
			    "sticky and expect",
			    name);
	}
	return 0;
}

/* An optional whole number within limits. */
static int
take_int(const json_t *request, const char *name, int64_t least, int64_t most,
    int64_t *out, struct err *err)
{
	const json_t *value = json_object_get(request, name);

	if (value == NULL)
		return 0;
	*out = json_integer_value(value);
	if (!json_is_integer(value) || *out < least || *out > most)
		return err_set(err,
		    "%s must be a whole number between %lld and %lld", name,
		    (long long)least, (long long)most);
	return 0;
}

static int
take_numbers(const json_t *request, struct job *job, struct err *err)
{
	const struct kind *kind = job->kind;
	int64_t miners = kind->miners_wanted, priority = 0;
	int64_t deadline_ms = kind->deadline_ms;

	if (take_int(request, "miners", kind->miners_min, kind->miners_max,
		&miners, err) != 0 ||
	    take_int(request, "priority", -MAX_PRIORITY, MAX_PRIORITY,
		&priority, err) != 0 ||
	    take_int(request, "deadline_ms", MIN_DEADLINE_MS, kind->deadline_ms,
		&deadline_ms, err) != 0)
		return -1;
	job->min = kind->miners_min;
	job->wanted = miners;
	job->priority = priority;
	job->retries_left = kind->retry_budget;
	job->deadline_us = job->created_us + deadline_ms * 1000;
	return 0;
}

static int
take_sticky(const json_t *request, struct job *job, struct err *err)
{
	const json_t *value = json_object_get(request, "sticky");
	size_t len = json_string_length(value);

	if (value == NULL)
		return 0;
	if (!json_is_string(value) || len < 1 || len > DRAW_MAX_KEY)
		return err_set(err, "sticky must be a string of 1 to %d bytes",
		    DRAW_MAX_KEY);
	job->sticky = xstrdup(json_string_value(value));
	return 0;
}

static int
take_tenant(const json_t *request, struct job *job, struct err *err)
{
	const json_t *value = json_object_get(request, "tenant");
	const char *name = json_string_value(value);

	if (value == NULL)
		return 0;
	if (name == NULL || json_string_length(value) > JOB_MAX_TENANT ||
	    name[0] == '\0' || name[strspn(name, tenant_characters)] != '\0')
		return err_set(err,
		    "tenant must be a name of 1 to %d letters, digits, dots, "
		    "dashes and underscores",
		    JOB_MAX_TENANT);
	snprintf(job->tenant, sizeof(job->tenant), "%s", name);
	return 0;
}

/* kind is what stands there, NULL if nothing. Always -1. */
static int
refuse_kind(const struct kinds *kinds, const json_t *kind, struct err *err)
{
	const char *name = json_string_value(kind);
	struct buf known = {0};

	for (size_t i = 0; i < kinds->n; i++)
		buf_printf(
		    &known, "%s%s", i > 0 ? ", " : "", kinds->items[i].name);
	if (name != NULL)
		err_set(err, "there is no kind \"%s\"; there are %s", name,
		    buf_str(&known));
	else
		err_set(err, "kind %s; there are %s",
		    kind != NULL ? "must be a string" : "is missing",
		    buf_str(&known));
	buf_free(&known);
	return -1;
}

struct job *
submit_parse(const struct kinds *kinds, const json_t *request, int64_t now_us,
    struct err *err)
{
	const char *name = json_string_value(json_object_get(request, "kind"));
	const json_t *expect = json_object_get(request, "expect");
	struct job *job = xcalloc(1, sizeof(*job));

	job->created_us = now_us;
	job->kind = name != NULL ? kinds_find(kinds, name) : NULL;
	job->tried = json_array();
	if (check_fields(request, err) != 0)
		goto fail;
	if (job->kind == NULL) {
		refuse_kind(kinds, json_object_get(request, "kind"), err);
		goto fail;
	}
	if (expect != NULL && !json_is_object(expect)) {
		err_set(err, "expect must be an object");
		goto fail;
	}
	if (expect != NULL)
		job->expect = json_deep_copy(expect);
	job->params = params_check(
	    job->kind->params, json_object_get(request, "params"), err);
	if (job->params == NULL || take_numbers(request, job, err) != 0 ||
	    take_tenant(request, job, err) != 0 ||
	    take_sticky(request, job, err) != 0)
		goto fail;
	return job;
fail:
	job_free(job);
	return NULL;
}

/* -- answers ------------------------------------------------------------ */

static void
submit_free(struct submit *s)
{
	form_free(s->form);
	job_free(s->job);
	free(s);
}

static void
refuse(struct submit *s, int status, const char *code, const char *why)
{
	http_reply_problem(s->req, status, code, "%s", why);
	submit_free(s);
}

/* Nothing was stored: its input is not needed any more. */
static void
refuse_input(struct submit *s, const struct job *job, int status,
    const char *code, const char *why)
{
	if (job->input_sha256[0] != '\0')
		blob_remove(s->o->blobs, job->id, job->input_sha256);
	refuse(s, status, code, why);
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
	http_reply(s->req, 202, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

static void
on_stored(const struct pg_answer *answer, const struct job *job, void *arg)
{
	struct submit *s = arg;

	if (answer->outcome != PG_DONE) {
		log_warn(
		    "job.not_stored", "id=%s why=\"%s\"", job->id, answer->why);
		if (answer->outcome == PG_UNKNOWN)
			refuse(s, 503, "unknown",
			    "the database went away while the job was stored; "
			    "it may or may not be there");
		else
			refuse_input(s, job, 503, "unavailable",
			    "the job cannot be stored now; nothing was");
		return;
	}
	log_info("job.accepted", "id=%s kind=%s miners=%d", job->id,
	    job->kind->name, job->wanted);
	metric_add(s->o->counters.jobs_accepted, 1);
	redis_send(s->o->out, redis_accepted, job->id, job->kind->name);
	answer_accepted(s, job);
	submit_free(s);
}

/* Nobody but the database decides from here on. */
static void
store(struct submit *s)
{
	struct job *job = s->job;

	s->job = NULL;
	jobs_accept(s->o, job, on_stored, s);
}

/* -- the input ---------------------------------------------------------- */

static void
on_looked_at(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct submit *s = arg;
	const char *type = json_string_value(json_object_get(measured, "type"));
	struct probe_verdict verdict;

	probe_judge_input(s->job->kind, outcome, measured, &verdict);
	if (verdict.status != 200) {
		refuse_input(
		    s, s->job, verdict.status, verdict.code, verdict.why);
		return;
	}
	s->job->input_measured = json_incref((json_t *)measured);
	free(s->job->input_type);
	s->job->input_type = xstrdup(type);
	store(s);
}

static void
take_input(struct submit *s)
{
	struct job *job = s->job;
	struct blob_writer *file = form_take_file(s->form);
	uint64_t bytes = form_file_bytes(s->form);
	struct err err = {"it cannot be opened again"};
	char why[256];
	int fd = -1;

	if (bytes == 0 || bytes > (uint64_t)job->kind->max_input_bytes) {
		blob_abort(file);
		snprintf(why, sizeof(why),
		    "input has %llu bytes; %s takes 1 to %lld",
		    (unsigned long long)bytes, job->kind->name,
		    (long long)job->kind->max_input_bytes);
		refuse(s, 413, "input_size", why);
		return;
	}
	job->input_bytes = bytes;
	job->input_type = xstrdup(form_file_type(s->form));
	if (blob_commit(file, job->id, job->input_sha256, &err) == 0)
		fd = blob_open(s->o->blobs, job->id, job->input_sha256, &bytes);
	if (fd < 0) {
		log_error("store.disk", "why=\"%s\"", err.text);
		refuse_input(s, s->job, 503, "unavailable",
		    "the input cannot be stored now");
		return;
	}
	probe_start(s->o->probes, job->id, fd, on_looked_at, s);
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
go_on(struct submit *s)
{
	bool takes = json_array_size(s->job->kind->input_types) > 0;
	bool given = form_file_type(s->form)[0] != '\0';

	uuid_new(s->job->id);
	if (takes && !given)
		refuse(s, 422, "input_missing",
		    "this kind works on a file: send multipart/form-data "
		    "with the parts job and input");
	else if (!takes && given)
		refuse(s, 422, "input_unexpected",
		    "this kind takes no file: leave out the part input");
	else if (given)
		take_input(s);
	else
		store(s);
}

static void
refuse_form(struct submit *s)
{
	enum form_fault fault = form_fault(s->form);
	struct err err;

	form_finish(s->form, &err);
	if (fault == FORM_UNSTORED)
		log_error("store.disk", "why=\"%s\"", err.text);
	refuse(s, form_fault_status(fault), form_fault_code(fault),
	    fault == FORM_UNSTORED ? "the input cannot be stored now"
				   : err.text);
}

static void
on_end(struct http_req *req, bool ok, void *arg)
{
	struct submit *s = arg;
	struct err err = {""};
	json_t *request;

	(void)req;
	if (!ok) {
		refuse(s, 400, "incomplete", "the body did not come whole");
		return;
	}
	if (form_finish(s->form, &err) != 0) {
		refuse_form(s);
		return;
	}
	request = request_of(s->form, &err);
	if (request != NULL)
		s->job =
		    submit_parse(s->o->kinds, request, clock_wall_us(), &err);
	json_decref(request);
	if (s->job == NULL)
		refuse(s, 422, "bad_job", err.text);
	else
		go_on(s);
}

/* What will be refused is not read to its end. */
static void
on_data(struct http_req *req, const void *data, size_t len, void *arg)
{
	struct submit *s = arg;

	(void)req;
	form_feed(s->form, data, len);
	if (form_fault(s->form) != FORM_GOOD)
		refuse_form(s);
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
	struct err err;

	s->o = o;
	s->req = req;
	if (o->service.draining || o->kinds == NULL) {
		refuse(s, 503, "unavailable",
		    o->kinds == NULL ? "starting" : "stopping");
		return;
	}
	s->form = form_new(o->blobs, http_req_header(req, "Content-Type"),
	    "input", largest_input(o->kinds), &err);
	if (s->form == NULL)
		refuse(s, 415, "bad_content_type",
		    "send application/json, or multipart/form-data with the "
		    "parts job and input");
	else
		http_req_read(req, on_data, on_end, s);
}

/*
 * POST /v1/jobs: a request as a job, and the way from its last byte to the
 * answer. The form, the files, the probe and the store are played here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hex.h"
#include "orchestrator/body.c"
#include "orchestrator/order.c"
#include "orchestrator/order_parse.c"
#include "orchestrator/overhead.c"
#include "orchestrator/params.c"
#include "orchestrator/prefer.c"
#include "orchestrator/principal.c"
#include "orchestrator/probe_verdict.c"
#include "orchestrator/refusal.c"
#include "orchestrator/secrets.c"
#include "orchestrator/submit.c"
#include "orchestrator/trace.c"

static const int64_t now_us = 1767323045900000;

/* -- the world around it ------------------------------------------------- */

struct http_req {
	int answers, status;
	char code[32], detail[512], location[64], body[512];
	char traceparent[64];
	void (*on_data)(struct http_req *, const void *, size_t, void *);
	void (*on_end)(struct http_req *, bool, void *);
	void *arg;
};

struct form {
	const char *type; /* of the file; "" none */
	uint64_t bytes;
	json_t *json;
	const char *job; /* the field */
	enum form_fault fault;
};

struct blob_writer {
	int dummy;
};

/* What is found when the file is looked at, and what the database says. */
struct world {
	struct orchestrator o; /* first: what the fakes are handed */
	struct kind kinds[2];
	struct kinds all;
	struct form form;
	struct blob_writer file;
	struct http_req req;
	enum probe_outcome probe;
	const char *measured;
	enum pg_outcome stored;
	const char *sqlstate;
	int removed, inserted, probed, told;
	bool keeps;
	/* a file sent before: its type NULL: there is none */
	const char *file_type, *file_bytes;
	bool file_away;
	int used;
	char input_of[UUID_TEXT], input_sha256[65];
	char webhook[32]; /* of the job that was stored */
	struct principal who;
	enum { GIVE, REPEAT, REFUSE } admits;
	int asked, ended, made; /* of admissions */
};

static struct world *
world_of(const struct orchestrator *o)
{
	return (struct world *)o;
}

struct form *
form_new(struct blobs *blobs, const char *content_type, const char *file_part,
    uint64_t max_file_bytes, struct err *err)
{
	struct world *w = (struct world *)blobs;

	assert_string_equal(file_part, "input");
	assert_int_equal(max_file_bytes, 1000); /* the largest kind's */
	if (content_type == NULL) {
		err_set(err, "no");
		return NULL;
	}
	return &w->form;
}

void
form_free(struct form *f)
{
	if (f == NULL)
		return;
	json_decref(f->json);
	f->json = NULL;
}

void
form_widen(struct form *f, size_t max_field)
{
	(void)f;
	(void)max_field;
}

void
form_feed(struct form *f, const void *data, size_t len)
{
	(void)f;
	(void)data;
	(void)len;
}

int
form_finish(struct form *f, struct err *err)
{
	return f->fault == FORM_GOOD ? 0 : err_set(err, "the form's reason");
}

enum form_fault
form_fault(const struct form *f)
{
	return f->fault;
}

int
form_fault_status(enum form_fault fault)
{
	return fault == FORM_TOO_LARGE	? 413
	       : fault == FORM_UNSTORED ? 503
					: 400;
}

const char *
form_fault_code(enum form_fault fault)
{
	return fault == FORM_TOO_LARGE ? "too_large" : "other";
}

const char *
form_field(const struct form *f, const char *name)
{
	return strcmp(name, "job") == 0 ? f->job : NULL;
}

const json_t *
form_json(const struct form *f)
{
	return f->json;
}

const char *
form_file_type(const struct form *f)
{
	return f->type;
}

uint64_t
blob_bytes(const struct blob_writer *file)
{
	const struct world *w =
	    (const struct world *)((const char *)file -
				   offsetof(struct world, file));

	return w->form.bytes;
}

struct blob_writer *
form_take_file(struct form *f)
{
	struct world *w =
	    (struct world *)((char *)f - offsetof(struct world, form));

	return f->type[0] != '\0' ? &w->file : NULL;
}

void
blob_commit(struct blob_writer *w, const char *id, char sha256[65],
    blob_on_done *on_done, void *arg)
{
	struct world *world =
	    (struct world *)((char *)w - offsetof(struct world, file));

	assert_true(uuid_is_valid(id));
	snprintf(sha256, 65, "5ha");
	on_done(world->keeps ? NULL : "disk full", arg);
}

void
blob_abort(struct blob_writer *w)
{
	(void)w;
}

void
blob_open(struct blobs *blobs, const char *id, const char *sha256,
    blob_on_open *on_open, void *arg)
{
	(void)blobs;
	assert_true(uuid_is_valid(id));
	assert_string_equal(sha256, "5ha");
	on_open(BLOB_DONE, dup(0), 10, "", arg);
}

/* -- a file sent before ------------------------------------------------- */

#define FILE_ID "0189abcd-0000-7000-8000-000000000001"

static PGresult *
file_row(const struct world *w)
{
	enum { N = 4 };
	static const char *const columns[N] = {
	    "sha256", "bytes", "type", "measured"};
	char measured[64];
	const char *const cells[N] = {
	    "5ha2", w->file_bytes, w->file_type, measured};
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attributes[N] = {0};

	snprintf(measured, sizeof(measured), "{\"type\":\"%s\"}", w->file_type);
	for (int i = 0; i < N; i++)
		attributes[i].name = (char *)columns[i];
	PQsetResultAttrs(res, N, attributes);
	for (int i = 0; i < N && w->file_type != NULL; i++)
		PQsetvalue(res, 0, i, (char *)cells[i], strlen(cells[i]));
	return res;
}

void
store_file_use(struct orchestrator *o, const char *id, const char *tenant,
    int64_t now_us, pg_on_answer *on_answer, void *arg)
{
	struct world *w = world_of(o);
	PGresult *res = file_row(w);
	struct pg_answer answer = {
	    w->file_away ? PG_UNKNOWN : PG_DONE, &res, 1, "why", ""};

	assert_string_equal(id, FILE_ID);
	assert_string_equal(tenant, "theirs");
	assert_true(now_us > 0);
	w->used++;
	on_answer(&answer, arg);
	PQclear(res);
}

void
blob_remove(struct blobs *blobs, const char *id, const char *sha256)
{
	assert_true(uuid_is_valid(id));
	assert_string_equal(sha256, "5ha");
	((struct world *)blobs)->removed++;
}

void
probe_start(struct probes *probes, const char *id, int fd,
    void (*on_done)(enum probe_outcome, const json_t *, void *), void *arg)
{
	struct world *w = (struct world *)probes;
	json_t *measured = NULL;

	close(fd);
	w->probed++;
	assert_true(uuid_is_valid(id));
	if (w->probe == PROBE_MEASURED)
		measured = json_pack("{s:s}", "type", w->measured);
	on_done(w->probe, measured, arg);
	json_decref(measured);
}

const char redis_accepted[] = "accepted";

void
redis_send(
    struct redis *out, const char *stream, const char *id, const char *kind)
{
	struct world *w = (struct world *)out;

	assert_string_equal(stream, redis_accepted);
	assert_true(uuid_is_valid(id));
	assert_non_null(kinds_find(&w->all, kind));
	w->told++;
}

/* -- admission ----------------------------------------------------------- */

#define EARLIER "01890000-0000-7000-8000-0000000000ee"

void *
http_req_user(const struct http_req *req)
{
	struct world *w =
	    (struct world *)((char *)req - offsetof(struct world, req));

	return &w->who;
}

void
admission_ask(struct orchestrator *o, const struct admission_request *request,
    void (*on_answer)(const struct admission_answer *, void *), void *arg)
{
	struct world *w = world_of(o);
	struct admission_answer answer = {0};
	struct refusal r;

	assert_ptr_equal(request->req, &w->req);
	assert_non_null(request->json);
	assert_non_null(kinds_find(&w->all, request->kind));
	assert_string_equal(request->file_sha256, w->used > 0 ? "5ha2"
						  : w->form.type[0] != '\0'
						      ? "5ha"
						      : "");
	assert_int_equal(w->probed + w->inserted, 0); /* before both */
	w->asked++;
	refusal_set(&r, 409, "in_flight", "it is");
	if (w->admits == GIVE)
		answer.given = (struct admission *)w;
	else if (w->admits == REPEAT)
		answer.job_id = EARLIER;
	else
		answer.refusal = &r;
	on_answer(&answer, arg);
}

const struct idempotency *
admission_name(const struct admission *a)
{
	(void)a;
	return NULL;
}

void
admission_end(struct admission *a, bool made)
{
	struct world *w = (struct world *)a;

	if (w == NULL)
		return;
	w->ended++;
	w->made += made;
}

void
store_job_get(
    struct orchestrator *o, const char *id, pg_on_answer *on_answer, void *arg)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = {.name = "id"};
	struct pg_answer answer = {PG_DONE, &res, 1, "", ""};

	(void)o;
	assert_string_equal(id, EARLIER);
	PQsetResultAttrs(res, 1, &column);
	PQsetvalue(res, 0, 0, EARLIER, strlen(EARLIER));
	on_answer(&answer, arg);
	PQclear(res);
}

struct job *
store_job_from_row(const struct orchestrator *o, const PGresult *res, int row)
{
	struct job *job = xcalloc(1, sizeof(*job));

	snprintf(job->id, sizeof(job->id), "%s", PQgetvalue(res, row, 0));
	job->kind = &world_of(o)->kinds[0];
	return job;
}

/* -- the store ----------------------------------------------------------- */

void
jobs_accept(struct orchestrator *o, struct job *job,
    void (*on_stored)(const struct pg_answer *, const struct job *, void *),
    void *arg)
{
	struct pg_answer answer = {world_of(o)->stored, NULL, 0, "why",
	    world_of(o)->sqlstate != NULL ? world_of(o)->sqlstate : ""};

	assert_true(uuid_is_valid(job->id));
	assert_int_equal(world_of(o)->req.answers, 0); /* not before */
	memcpy(world_of(o)->input_of, job->input_of, UUID_TEXT);
	memcpy(world_of(o)->input_sha256, job->input_sha256, 65);
	snprintf(world_of(o)->webhook, sizeof(world_of(o)->webhook), "%s",
	    job->webhook_url != NULL ? job->webhook_url : "");
	world_of(o)->inserted++;
	on_stored(&answer, job, arg);
	job_free(job);
}

/* Told where its end is told, if that is a good place. */
int
webhooks_take(
    struct orchestrator *o, const json_t *request, char **url, struct err *err)
{
	const char *value =
	    json_string_value(json_object_get(request, "webhook_url"));

	(void)o;
	*url = NULL;
	if (value == NULL)
		return 0;
	if (strcmp(value, "bad") == 0)
		return err_set(err, "webhook_url: no");
	*url = xstrdup(value);
	return 0;
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	json_decref(job->params);
	json_decref(job->expect);
	json_decref(job->tried);
	free(job->webhook_url);
	json_decref(job->input_measured);
	free(job->input_type);
	free(job);
}

const struct kind *
kinds_find(const struct kinds *kinds, const char *name)
{
	for (size_t i = 0; i < kinds->n; i++)
		if (strcmp(kinds->items[i].name, name) == 0)
			return &kinds->items[i];
	return NULL;
}

bool
kind_gives(const struct kind *k, const char *type)
{
	(void)k;
	(void)type;
	abort(); /* inputs alone */
}

bool
kind_takes(const struct kind *k, const char *type)
{
	return strcmp(json_string_value(json_array_get(k->input_types, 0)),
		   type) == 0;
}

const char *
http_req_header(const struct http_req *req, const char *name)
{
	(void)req;
	return strcmp(name, "Content-Type") == 0 ? req->body : NULL;
}

void
http_req_read(struct http_req *req,
    void (*on_data)(struct http_req *, const void *, size_t, void *),
    void (*on_end)(struct http_req *, bool, void *), void *arg)
{
	req->on_data = on_data;
	req->on_end = on_end;
	req->arg = arg;
}

void
http_reply_header(struct http_req *req, const char *name, const char *value)
{
	if (strcmp(name, "traceparent") == 0) {
		snprintf(
		    req->traceparent, sizeof(req->traceparent), "%s", value);
		return;
	}
	assert_string_equal(name, "Location");
	snprintf(req->location, sizeof(req->location), "%s", value);
}

void
http_reply(struct http_req *req, int status, const char *type, const void *body,
    size_t len)
{
	assert_string_equal(type, "application/json");
	req->answers++;
	req->status = status;
	snprintf(
	    req->body, sizeof(req->body), "%.*s", (int)len, (const char *)body);
}

void
http_reply_problem(
    struct http_req *req, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	req->answers++;
	req->status = status;
	snprintf(req->code, sizeof(req->code), "%s", code);
	va_start(ap, fmt);
	vsnprintf(req->detail, sizeof(req->detail), fmt, ap);
	va_end(ap);
}

void
http_reply_problem_more(struct http_req *req, int status, const char *code,
    const char *detail, json_t *more)
{
	http_reply_problem(req, status, code, "%s", detail);
	json_decref(more);
}

void
v1_wait(struct orchestrator *o, struct http_req *req, const char *id,
    int wait_s, bool is_new)
{
	(void)o;
	(void)req;
	fail_msg("%s waits %d s, %d", id, wait_s, is_new);
}

/* -- a world ------------------------------------------------------------- */

static struct kind
kind_of(const char *name, const char *params, const char *input, int most)
{
	struct kind k = {.name = (char *)name,
	    .deadline_ms = 600000,
	    .retry_budget = 2,
	    .miners_min = 1,
	    .miners_wanted = 2,
	    .miners_max = 5,
	    .max_input_bytes = most};

	k.params = json_loads(params, 0, NULL);
	k.input_types = json_array();
	if (input != NULL)
		json_array_append_new(k.input_types, json_string(input));
	return k;
}

static struct world *
world_new(void)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->kinds[0] = kind_of("audio.speak",
	    "{\"text\": {\"type\": \"string\", \"required\": true, \"max\": "
	    "9}}",
	    NULL, 0);
	w->kinds[1] = kind_of("audio.transcribe", "{}", "audio/wav", 1000);
	w->all = (struct kinds){w->kinds, 2};
	w->o.kinds = &w->all;
	w->o.blobs = (struct blobs *)w;
	w->o.probes = (struct probes *)w;
	w->o.service.metrics = metrics_new();
	w->o.out = (struct redis *)w;
	w->o.counters.jobs_accepted =
	    metrics_counter(w->o.service.metrics, "a", NULL, "b");
	overhead_init(&w->o.counters.overhead, w->o.service.metrics);
	w->form.type = "";
	w->measured = "audio/wav";
	w->keeps = true;
	w->who.role = ROLE_OPERATOR;
	snprintf(w->req.body, sizeof(w->req.body), "x");
	return w;
}

static void
world_free(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		json_decref(w->kinds[i].params);
		json_decref(w->kinds[i].input_types);
	}
	metrics_free(w->o.service.metrics);
	free(w);
}

/* The whole request, to its one answer. */
static void
run(struct world *w)
{
	submit_job(&w->req, &w->o);
	if (w->req.on_end != NULL)
		w->req.on_end(&w->req, true, w->req.arg);
	assert_int_equal(w->req.answers, 1);
}

/* -- the request as a job ------------------------------------------------ */

static const struct {
	const char *request, *why;
} refused[] = {
    {"{}", "kind is missing; there are audio.speak, audio.transcribe"},
    {"{\"kind\": 7}",
	"kind must be a string; there are audio.speak, audio.transcribe"},
    {"{\"kind\": \"audio\"}",
	"there is no kind \"audio\"; there are audio.speak, audio.transcribe"},
    {"{\"kind\": \"audio.speak\", \"parms\": {}}",
	"parms is not a field of a job, which has kind, params, miners, "
	"deadline_ms, priority, tenant, sticky, expect, input_file and "
	"webhook_url"},
    {"{\"kind\": \"audio.speak\"}",
	"params.text is missing; its type is string"},
    {"{\"kind\": \"audio.speak\", \"params\": []}", "params must be an object"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"0123456789\"}}",
	"params.text is 10 characters long; the most is 9"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"miners\": "
     "0}",
	"miners must be a whole number between 1 and 5"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"miners\": "
     "6}",
	"miners must be a whole number between 1 and 5"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"miners\": "
     "\"2\"}",
	"miners must be a whole number between 1 and 5"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, "
     "\"priority\": 101}",
	"priority must be a whole number between -100 and 100"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, "
     "\"deadline_ms\": 999}",
	"deadline_ms must be a whole number between 1000 and 600000"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, "
     "\"deadline_ms\": 600001}",
	"deadline_ms must be a whole number between 1000 and 600000"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, "
     "\"deadline_ms\": null}",
	"deadline_ms must be a whole number between 1000 and 600000"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"sticky\": "
     "\"\"}",
	"sticky must be a string of 1 to 128 bytes"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"sticky\": "
     "7}",
	"sticky must be a string of 1 to 128 bytes"},
    {"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, \"expect\": "
     "\"x\"}",
	"expect must be an object"},
};

static void
a_bad_request_is_told_field_limit_and_fix(void **state)
{
	struct world *w = world_new();

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		json_t *request = json_loads(refused[i].request, 0, NULL);
		struct err err = {""};

		assert_null(order_parse(&w->all, request, now_us, &err));
		assert_string_equal(err.text, refused[i].why);
		json_decref(request);
	}
	world_free(w);
}

static void
that_there_are_no_kinds_is_said(void **state)
{
	static const struct kinds none = {0};
	json_t *request = json_loads("{\"kind\": \"audio.speak\"}", 0, NULL);
	struct err err;

	(void)state;
	assert_null(order_parse(&none, request, now_us, &err));
	assert_string_equal(err.text,
	    "there is no kind \"audio.speak\"; no kinds are configured: the "
	    "file of orchestrator.kinds has none");
	json_decref(request);
}

static void
a_job_has_its_kinds_numbers(void **state)
{
	struct world *w = world_new();
	json_t *request = json_loads("{\"kind\": \"audio.speak\", \"params\": "
				     "{\"text\": \"hi\"}}",
	    0, NULL);
	struct job *job = order_parse(&w->all, request, now_us, NULL);

	(void)state;
	assert_ptr_equal(job->kind, &w->kinds[0]);
	assert_int_equal(job->state, JOB_QUEUED);
	assert_int_equal(job->min, 1);
	assert_int_equal(job->wanted, 2);
	assert_int_equal(job->priority, 0);
	assert_int_equal(job->retries_left, 2);
	assert_true(job->created_us == now_us);
	assert_true(job->deadline_us == now_us + 600000000);
	assert_null(job->expect);
	assert_null(job->input_type);
	assert_int_equal(json_array_size(job->tried), 0);
	job_free(job);
	json_decref(request);
	world_free(w);
}

static void
a_job_has_what_the_client_chose(void **state)
{
	struct world *w = world_new();
	json_t *request = json_loads(
	    "{\"kind\": \"audio.speak\", \"params\": {\"text\": \"hi\"}, "
	    "\"miners\": 5, \"deadline_ms\": 1000, \"priority\": -100, "
	    "\"expect\": {\"text\": \"hi\"}}",
	    0, NULL);
	struct job *job = order_parse(&w->all, request, now_us, NULL);

	(void)state;
	assert_int_equal(job->wanted, 5);
	assert_int_equal(job->priority, -100);
	assert_true(job->deadline_us == now_us + 1000000);
	/* The job keeps its own; the request may go. */
	json_decref(request);
	assert_string_equal(
	    json_string_value(json_object_get(job->expect, "text")), "hi");
	assert_string_equal(
	    json_string_value(json_object_get(job->params, "text")), "hi");
	job_free(job);
	world_free(w);
}

/* -- the way to the answer ----------------------------------------------- */

static const char speak[] =
    "{\"kind\": \"audio.speak\", \"params\": {\"text\": \"hi\"}}";
static const char transcribe[] = "{\"kind\": \"audio.transcribe\"}";

static void
accepted_means_committed(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->form.json = json_loads(speak, 0, NULL);
	run(w);
	assert_int_equal(w->req.status, 202);
	assert_int_equal(w->inserted, 1);
	assert_int_equal(w->told, 1);
	assert_int_equal(strncmp(w->req.location, "/v1/jobs/", 9), 0);
	assert_true(uuid_is_valid(w->req.location + 9));
	assert_int_equal(strlen(w->req.traceparent), TRACE_TEXT - 1);
	assert_non_null(strstr(w->req.body, w->req.location + 9));
	assert_non_null(strstr(w->req.body, "\"state\":\"queued\""));
	world_free(w);
}

static void
a_job_names_where_its_end_is_told(void **state)
{
	static const char *const urls[] = {"https://a.test/", "bad"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new();

		w->form.json = json_loads(speak, 0, NULL);
		json_object_set_new(
		    w->form.json, "webhook_url", json_string(urls[i]));
		run(w);
		assert_int_equal(w->req.status, i == 0 ? 202 : 422);
		assert_int_equal(w->inserted, i == 0);
		assert_string_equal(w->webhook, i == 0 ? urls[0] : "");
		if (i == 1)
			assert_non_null(
			    strstr(w->req.detail, "webhook_url: no"));
		world_free(w);
	}
}

/* With a file: what is found by looking at it, what the store says, and what
 * becomes of the file. */
static const struct {
	const char *what;
	const char *job, *type;
	uint64_t bytes;
	bool keeps;
	enum probe_outcome probe;
	const char *measured;
	enum pg_outcome stored;
	int status;
	const char *code, *detail; /* detail NULL: any */
	int probed, inserted, removed;
} ways[] = {
    {"good", transcribe, "audio/x", 10, true, PROBE_MEASURED, "audio/wav",
	PG_DONE, 202, "", NULL, 1, 1, 0},
    {"of another type", transcribe, "audio/wav", 10, true, PROBE_MEASURED,
	"image/png", PG_DONE, 415, "wrong_input_type",
	"input is image/png by its bytes; audio.transcribe takes audio/wav", 1,
	0, 1},
    {"does not decode", transcribe, "audio/wav", 10, true, PROBE_BAD, NULL,
	PG_DONE, 422, "bad_media",
	"input is broken: it does not decode; make the file again, and see "
	"that it plays or opens; audio.transcribe takes audio/wav",
	1, 0, 1},
    {"nobody could look", transcribe, "audio/wav", 10, true, PROBE_BROKEN, NULL,
	PG_DONE, 503, "unavailable", NULL, 1, 0, 1},
    {"the database refused", transcribe, "audio/wav", 10, true, PROBE_MEASURED,
	"audio/wav", PG_REFUSED, 503, "unavailable", NULL, 1, 1, 1},
    {"the database went: the row may be there and need its file", transcribe,
	"audio/wav", 10, true, PROBE_MEASURED, "audio/wav", PG_UNKNOWN, 503,
	"unknown", NULL, 1, 1, 0},
    {"empty", transcribe, "audio/wav", 0, true, PROBE_BAD, NULL, PG_DONE, 413,
	"input_size", "input has 0 bytes; audio.transcribe takes 1 to 1000", 0,
	0, 0},
    {"too large", transcribe, "audio/wav", 1001, true, PROBE_BAD, NULL, PG_DONE,
	413, "input_size",
	"input has 1001 bytes; audio.transcribe takes 1 to 1000", 0, 0, 0},
    {"no room", transcribe, "audio/wav", 10, false, PROBE_BAD, NULL, PG_DONE,
	503, "unavailable", "the input cannot be stored now", 0, 0, 1},
    {"no file", transcribe, "", 0, true, PROBE_BAD, NULL, PG_DONE, 422,
	"input_missing", NULL, 0, 0, 0},
    {"a file too many", speak, "audio/wav", 10, true, PROBE_BAD, NULL, PG_DONE,
	422, "input_unexpected",
	"this kind takes no file: leave out the part input and input_file", 0,
	0, 0},
    {"no part job", NULL, "audio/wav", 10, true, PROBE_BAD, NULL, PG_DONE, 422,
	"bad_job", "the form has no part named job", 0, 0, 0},
    {"no JSON", "{", "audio/wav", 10, true, PROBE_BAD, NULL, PG_DONE, 422,
	"bad_job",
	"the part job is not JSON: line 1: string or '}' expected near end of "
	"file",
	0, 0, 0},
    {"no object", "[]", "audio/wav", 10, true, PROBE_BAD, NULL, PG_DONE, 422,
	"bad_job", "the part job must be a JSON object", 0, 0, 0},
    {"no such kind", "{\"kind\": \"x\"}", "audio/wav", 10, true, PROBE_BAD,
	NULL, PG_DONE, 422, "bad_job",
	"there is no kind \"x\"; there are audio.speak, audio.transcribe", 0, 0,
	0},
};

static void
each_way_has_one_answer_and_keeps_no_file_in_vain(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct world *w = world_new();

		w->form.job = ways[i].job;
		w->form.type = ways[i].type;
		w->form.bytes = ways[i].bytes;
		w->keeps = ways[i].keeps;
		w->probe = ways[i].probe;
		w->measured = ways[i].measured;
		w->stored = ways[i].stored;
		run(w);
		if (w->req.status != ways[i].status)
			print_error("%s\n", ways[i].what);
		assert_int_equal(w->req.status, ways[i].status);
		assert_string_equal(w->req.code, ways[i].code);
		if (ways[i].detail != NULL)
			assert_string_equal(w->req.detail, ways[i].detail);
		assert_int_equal(w->probed, ways[i].probed);
		assert_int_equal(w->inserted, ways[i].inserted);
		assert_int_equal(w->told, ways[i].status == 202);
		assert_int_equal(w->removed, ways[i].removed);
		world_free(w);
	}
}

#define NAMED                                                                  \
	"{\"kind\": \"audio.transcribe\", \"input_file\": \"" FILE_ID "\"}"

/* A file sent before, by its id. */
static const struct {
	const char *what, *job, *type, *bytes;
	bool away, is_sent;
	int status;
	const char *code;
	int used;
} named[] = {
    {"good", NAMED, "audio/wav", "10", false, false, 202, "", 1},
    {"there is none", NAMED, NULL, "10", false, false, 422, "no_file", 1},
    {"of another type", NAMED, "image/png", "10", false, false, 415,
	"wrong_input_type", 1},
    {"too large", NAMED, "audio/wav", "1001", false, false, 413, "input_size",
	1},
    {"nobody can tell", NAMED, "audio/wav", "10", true, false, 503,
	"unavailable", 1},
    {"sent, too", NAMED, "audio/wav", "10", false, true, 422, "input_twice", 0},
    {"no id", "{\"kind\": \"audio.transcribe\", \"input_file\": \"../x\"}",
	"audio/wav", "10", false, false, 422, "bad_job", 0},
    {"a kind without",
	"{\"kind\": \"audio.speak\", \"params\": {\"text\": \"x\"}, "
	"\"input_file\": \"" FILE_ID "\"}",
	"audio/wav", "10", false, false, 422, "input_unexpected", 0},
};

static void
a_file_sent_before_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		struct world *w = world_new();

		w->form.job = named[i].job;
		w->form.type = named[i].is_sent ? "audio/wav" : "";
		w->form.bytes = 10;
		w->file_type = named[i].type;
		w->file_bytes = named[i].bytes;
		w->file_away = named[i].away;
		w->who.role = ROLE_CLIENT;
		snprintf(w->who.tenant, sizeof(w->who.tenant), "theirs");
		run(w);
		if (w->req.status != named[i].status)
			print_error("%s\n", named[i].what);
		assert_int_equal(w->req.status, named[i].status);
		assert_string_equal(w->req.code, named[i].code);
		assert_int_equal(w->used, named[i].used);
		assert_int_equal(w->inserted, named[i].status == 202);
		assert_int_equal(w->removed, 0);
		assert_int_equal(w->probed, 0);
		if (w->inserted > 0) {
			assert_string_equal(w->input_of, FILE_ID);
			assert_string_equal(w->input_sha256, "5ha2");
		}
		world_free(w);
	}
}

/* What an order takes is taken before its file is looked at, and kept if there
 * is a job, or may be. */
static const struct {
	const char *what;
	int admits;
	enum probe_outcome probe;
	enum pg_outcome stored;
	int status, inserted, removed, ended, made;
} admissions[] = {
    {"made", GIVE, PROBE_MEASURED, PG_DONE, 202, 1, 0, 1, 1},
    {"no media", GIVE, PROBE_BAD, PG_DONE, 422, 0, 1, 1, 0},
    {"not stored", GIVE, PROBE_MEASURED, PG_REFUSED, 503, 1, 1, 1, 0},
    {"perhaps stored", GIVE, PROBE_MEASURED, PG_UNKNOWN, 503, 1, 0, 1, 1},
    {"not admitted", REFUSE, PROBE_MEASURED, PG_DONE, 409, 0, 1, 0, 0},
    {"made before", REPEAT, PROBE_MEASURED, PG_DONE, 202, 0, 1, 0, 0},
};

static void
what_is_admitted_is_given_back_or_used(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(admissions) / sizeof(admissions[0]);
	     i++) {
		struct world *w = world_new();

		w->form.job = transcribe;
		w->form.type = "audio/wav";
		w->form.bytes = 10;
		w->probe = admissions[i].probe;
		w->stored = admissions[i].stored;
		w->admits = admissions[i].admits;
		run(w);
		if (w->req.status != admissions[i].status)
			print_error("%s\n", admissions[i].what);
		assert_int_equal(w->req.status, admissions[i].status);
		assert_int_equal(w->asked, 1);
		assert_int_equal(w->inserted, admissions[i].inserted);
		assert_int_equal(w->removed, admissions[i].removed);
		assert_int_equal(w->ended, admissions[i].ended);
		assert_int_equal(w->made, admissions[i].made);
		if (w->admits == REPEAT)
			assert_string_equal(
			    w->req.location, "/v1/jobs/" EARLIER);
		world_free(w);
	}
}

/* A client names no tenant but its own. */
static void
whose_a_job_is_is_not_for_a_client_to_say(void **state)
{
	static const struct {
		enum role role;
		const char *named;
		int status;
	} cases[] = {
	    {ROLE_CLIENT, "acme", 202},
	    {ROLE_CLIENT, "other", 422},
	    {ROLE_OPERATOR, "other", 202},
	    {ROLE_ADMIN, "other", 202},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = world_new();

		w->who.role = cases[i].role;
		snprintf(w->who.tenant, sizeof(w->who.tenant), "acme");
		w->form.json = json_loads(speak, 0, NULL);
		json_object_set_new(
		    w->form.json, "tenant", json_string(cases[i].named));
		run(w);
		assert_int_equal(w->req.status, cases[i].status);
		world_free(w);
	}
}

static void
a_client_that_goes_leaves_nothing(void **state)
{
	struct world *w = world_new();

	(void)state;
	submit_job(&w->req, &w->o);
	w->req.on_end(&w->req, false, w->req.arg);
	assert_int_equal(w->req.answers, 1);
	assert_int_equal(w->inserted, 0);
	world_free(w);
}

/* The rest of a body that will be refused is not waited for. */
static void
what_is_too_large_is_refused_at_once(void **state)
{
	struct world *w = world_new();

	(void)state;
	submit_job(&w->req, &w->o);
	w->req.on_data(&w->req, "x", 1, w->req.arg);
	assert_int_equal(w->req.answers, 0);
	w->form.fault = FORM_TOO_LARGE;
	w->req.on_data(&w->req, "x", 1, w->req.arg);
	assert_int_equal(w->req.answers, 1);
	assert_int_equal(w->req.status, 413);
	assert_string_equal(w->req.detail, "the form's reason");
	world_free(w);
}

/* Where our files are is nobody's business. */
static void
our_disks_reason_stays_with_us(void **state)
{
	struct world *w = world_new();

	(void)state;
	submit_job(&w->req, &w->o);
	w->form.fault = FORM_UNSTORED;
	w->req.on_end(&w->req, true, w->req.arg);
	assert_int_equal(w->req.status, 503);
	assert_string_equal(w->req.detail, "the input cannot be stored now");
	world_free(w);
}

/* -- other doors --------------------------------------------------------- */

struct placed {
	int calls;
	char id[UUID_TEXT], code[32];
	int status;
};

static void
note_placed(const struct job *job, const struct refusal *r, void *arg)
{
	struct placed *p = arg;

	p->calls++;
	snprintf(p->id, sizeof(p->id), "%s", job != NULL ? job->id : "");
	snprintf(p->code, sizeof(p->code), "%s", r != NULL ? r->code : "");
	p->status = r != NULL ? r->status : 0;
}

/* An input whose name another job of that id may have is left where it is. */
static void
a_door_may_name_the_job_once(void **state)
{
	static const char id[] = "01890000-0000-4000-8000-0000000000aa";
	struct world *w = world_new();
	json_t *json = json_pack("{s:s}", "kind", "audio.transcribe");
	struct order_request request = {
	    .json = json, .id = id, .file = &w->file, .file_type = "audio/wav"};
	struct placed placed = {0};

	(void)state;
	w->form.bytes = 10;
	order_place(&w->o, &request, note_placed, &placed);
	assert_int_equal(placed.calls, 1);
	assert_string_equal(placed.id, id);
	w->stored = PG_REFUSED;
	w->sqlstate = "23505";
	order_place(&w->o, &request, note_placed, &placed);
	assert_int_equal(placed.calls, 2);
	assert_int_equal(placed.status, 409);
	assert_string_equal(placed.code, "exists");
	assert_int_equal(w->removed, 0);
	json_decref(json);
	world_free(w);
}

static void
no_job_is_taken_at_the_start_or_the_end(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->o.kinds = NULL;
	submit_job(&w->req, &w->o);
	assert_int_equal(w->req.status, 503);
	assert_string_equal(w->req.detail, "starting");
	w->o.kinds = &w->all;
	w->o.service.draining = true;
	submit_job(&w->req, &w->o);
	assert_int_equal(w->req.status, 503);
	assert_string_equal(w->req.detail, "stopping");
	world_free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bad_request_is_told_field_limit_and_fix),
	    cmocka_unit_test(that_there_are_no_kinds_is_said),
	    cmocka_unit_test(a_job_has_its_kinds_numbers),
	    cmocka_unit_test(a_job_has_what_the_client_chose),
	    cmocka_unit_test(accepted_means_committed),
	    cmocka_unit_test(a_job_names_where_its_end_is_told),
	    cmocka_unit_test(each_way_has_one_answer_and_keeps_no_file_in_vain),
	    cmocka_unit_test(a_file_sent_before_is_named),
	    cmocka_unit_test(what_is_admitted_is_given_back_or_used),
	    cmocka_unit_test(whose_a_job_is_is_not_for_a_client_to_say),
	    cmocka_unit_test(a_client_that_goes_leaves_nothing),
	    cmocka_unit_test(what_is_too_large_is_refused_at_once),
	    cmocka_unit_test(our_disks_reason_stays_with_us),
	    cmocka_unit_test(a_door_may_name_the_job_once),
	    cmocka_unit_test(no_job_is_taken_at_the_start_or_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

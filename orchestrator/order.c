/* A job as any door asks for it. */
#include "orchestrator/order.h"

#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "orchestrator/admission.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/probe.h"
#include "orchestrator/probe_verdict.h"
#include "orchestrator/refusal.h"
#include "orchestrator/store.h"
#include "orchestrator/store_files.h"
#include "orchestrator/webhooks.h"

struct order {
	struct orchestrator *o;
	struct http_req *req; /* NULL: our own */
	struct job *job;      /* until it is handed on */
	struct blob_writer *file;
	struct admission *admission;
	json_t *json;	  /* the request */
	json_t *measured; /* of an input that was sent before; else NULL */
	unsigned part, parts;
	bool is_named;	/* its id is its sender's */
	bool is_unsure; /* whether it was stored */
	order_on_placed *on_placed;
	void *arg;
};

/* -- ends --------------------------------------------------------------- */

static void
order_end(struct order *order, const struct job *job, const struct refusal *r)
{
	order->on_placed(job, r, order->arg);
	admission_end(order->admission, job != NULL || order->is_unsure);
	blob_abort(order->file);
	job_free(order->job);
	json_decref(order->json);
	json_decref(order->measured);
	free(order);
}

static void
order_refuse(struct order *order, int status, const char *code, const char *why)
{
	struct refusal r;

	refusal_set(&r, status, code, "%s", why);
	order_end(order, NULL, &r);
}

/* Nothing was stored: its input is not needed any more. */
static void
drop_input(struct order *order, const struct job *job)
{
	if (job->input_sha256[0] != '\0' && job->input_of[0] == '\0')
		blob_remove(order->o->blobs, job->id, job->input_sha256);
}

static void
refuse_input(struct order *order, const struct job *job, int status,
    const char *code, const char *why)
{
	drop_input(order, job);
	order_refuse(order, status, code, why);
}

/* The input of one that exists is that one's. */
static void
refuse_unstored(
    struct order *order, const struct pg_answer *answer, const struct job *job)
{
	log_warn("job.not_stored", "id=%s why=\"%s\"", job->id, answer->why);
	order->is_unsure = answer->outcome == PG_UNKNOWN;
	if (order->is_unsure)
		order_refuse(order, 503, "unknown",
		    "the database went away while the job was stored; it may "
		    "or may not be there");
	else if (strcmp(answer->sqlstate, "23505") == 0)
		order_refuse(order, 409, "exists", "there is a job of that id");
	else
		refuse_input(order, job, 503, "unavailable",
		    "the job cannot be stored now; nothing was");
}

static void
on_stored(const struct pg_answer *answer, const struct job *job, void *arg)
{
	struct order *order = arg;
	struct orchestrator *o = order->o;

	if (answer->outcome != PG_DONE) {
		refuse_unstored(order, answer, job);
		return;
	}
	log_info("job.accepted", "id=%s kind=%s miners=%d trace=%s", job->id,
	    job->kind->name, job->wanted, job->trace);
	metric_add(o->counters.jobs_accepted, 1);
	overhead_note(&o->counters.overhead, OVERHEAD_ACCEPT, job->created_us,
	    clock_wall_us());
	redis_send(o->out, redis_accepted, job->id, job->kind->name);
	order_end(order, job, NULL);
}

/* Nobody but the database decides from here on. */
static void
store(struct order *order)
{
	struct job *job = order->job;

	order->job = NULL;
	jobs_accept(order->o, job, on_stored, order);
}

/* -- the input ---------------------------------------------------------- */

static void
on_looked_at(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct order *order = arg;
	struct job *job = order->job;
	const char *type = json_string_value(json_object_get(measured, "type"));
	struct probe_verdict verdict;

	probe_judge_input(job->kind, outcome, measured, &verdict);
	if (verdict.status != 200) {
		refuse_input(
		    order, job, verdict.status, verdict.code, verdict.why);
		return;
	}
	job->input_measured = json_incref((json_t *)measured);
	free(job->input_type);
	job->input_type = xstrdup(type);
	store(order);
}

static void
refuse_unkept(struct order *order, const char *why)
{
	log_error("store.disk", "why=\"%s\"", why);
	refuse_input(order, order->job, 503, "unavailable",
	    "the input cannot be stored now");
}

static void
on_opened(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct order *order = arg;

	(void)bytes;
	if (outcome == BLOB_DONE)
		probe_start(
		    order->o->probes, order->job->id, fd, on_looked_at, order);
	else
		refuse_unkept(
		    order, outcome == BLOB_MISSING ? "it is gone again" : why);
}

/* One that was sent before was looked at then. */
static void
look_at_input(struct order *order)
{
	struct job *job = order->job;

	if (order->measured != NULL)
		on_looked_at(PROBE_MEASURED, order->measured, order);
	else
		blob_open(order->o->blobs, job->id, job->input_sha256,
		    on_opened, order);
}

/* -- admission ---------------------------------------------------------- */

/* For this request there is a job already: the door is told of that one. */
static void
on_repeated(const struct pg_answer *answer, void *arg)
{
	struct order *order = arg;
	struct job *job = NULL;

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 1)
		job = store_job_from_row(order->o, answer->results[0], 0);
	if (job != NULL && job->kind != NULL)
		order_end(order, job, NULL);
	else if (answer->outcome == PG_DONE)
		order_refuse(order, 409, "job_gone",
		    "the job of this Idempotency-Key is not here any more, or "
		    "its kind; choose a new key");
	else
		order_refuse(order, 503, "unavailable",
		    "the database is away; try again");
	job_free(job);
}

static void
on_admission(const struct admission_answer *answer, void *arg)
{
	struct order *order = arg;

	if (answer->given != NULL) {
		order->admission = answer->given;
		order->job->name = admission_name(answer->given);
		if (order->job->input_type != NULL)
			look_at_input(order);
		else
			store(order);
		return;
	}
	/* The input of one that exists is that one's. */
	if (!order->is_named)
		drop_input(order, order->job);
	if (answer->job_id != NULL)
		store_job_get(order->o, answer->job_id, on_repeated, order);
	else
		order_end(order, NULL, answer->refusal);
}

static void
ask_admission(struct order *order)
{
	struct admission_request request = {
	    .req = order->req,
	    .json = order->json,
	    .kind = order->job->kind->name,
	    .file_sha256 = order->job->input_sha256,
	    .part = order->part,
	    .parts = order->parts,
	};

	admission_ask(order->o, &request, on_admission, order);
}

/* Its input, if there is one, is in the blobs. */
static void
admit(struct order *order)
{
	if (order->req != NULL)
		ask_admission(order);
	else if (order->job->input_type != NULL)
		look_at_input(order);
	else
		store(order);
}

static void
on_kept(const char *why, void *arg)
{
	if (why != NULL)
		refuse_unkept(arg, why);
	else
		admit(arg);
}

static void
take_input(struct order *order, const char *said_type)
{
	struct job *job = order->job;
	struct blob_writer *file = order->file;
	uint64_t bytes = blob_bytes(file);
	char why[256];

	if (bytes == 0 || bytes > (uint64_t)job->kind->max_input_bytes) {
		snprintf(why, sizeof(why),
		    "input has %llu bytes; %s takes 1 to %lld",
		    (unsigned long long)bytes, job->kind->name,
		    (long long)job->kind->max_input_bytes);
		order_refuse(order, 413, "input_size", why);
		return;
	}
	order->file = NULL;
	job->input_bytes = bytes;
	job->input_type = xstrdup(said_type);
	blob_commit(file, job->id, job->input_sha256, on_kept, order);
}

/* -- a file that was sent before ---------------------------------------- */

static void
on_file(const struct pg_answer *answer, void *arg)
{
	struct order *order = arg;
	struct job *job = order->job;
	const PGresult *res =
	    answer->results != NULL ? answer->results[0] : NULL;
	char why[256];

	if (answer->outcome != PG_DONE) {
		order_refuse(order, 503, "unavailable",
		    "the database is away; nothing was stored");
		return;
	}
	if (PQntuples(res) == 0) {
		order_refuse(order, 422, "no_file",
		    "input_file names no file, or one that has expired: send "
		    "it to /v1/files");
		return;
	}
	job->input_bytes = pg_int(res, 0, "bytes");
	if (job->input_bytes > job->kind->max_input_bytes) {
		snprintf(why, sizeof(why),
		    "input_file has %lld bytes; %s takes 1 to %lld",
		    (long long)job->input_bytes, job->kind->name,
		    (long long)job->kind->max_input_bytes);
		order_refuse(order, 413, "input_size", why);
		return;
	}
	job->input_type = xstrdup(pg_text(res, 0, "type"));
	snprintf(job->input_sha256, sizeof(job->input_sha256), "%s",
	    pg_text(res, 0, "sha256"));
	order->measured = json_loads(pg_text(res, 0, "measured"), 0, NULL);
	admit(order);
}

/* -- the whole ---------------------------------------------------------- */

int
order_check_open(const struct orchestrator *o, struct refusal *r)
{
	if (!o->service.draining && o->kinds != NULL)
		return 0;
	refusal_set(r, 503, "unavailable", "%s",
	    o->kinds == NULL ? "starting" : "stopping");
	return -1;
}

/* Its id, and what it is traced by. */
static void
name_job(struct order *order, const struct order_request *request)
{
	struct job *job = order->job;

	if (request->id != NULL)
		snprintf(job->id, sizeof(job->id), "%s", request->id);
	else
		uuid_new(job->id);
	trace_take(request->traceparent, job->trace);
	job->webhook_form = request->webhook_form;
	if (job->trace[0] == '\0')
		trace_make(&order->o->secrets, job->id, job->trace);
}

/* Whose it is: as it says, if that is for its sender to say. */
static int
take_owner(struct order *order, struct err *err)
{
	char named[JOB_MAX_TENANT + 1];

	if (order->req == NULL)
		return 0;
	memcpy(named, order->job->tenant, sizeof(named));
	return principal_take_tenant(
	    principal_of(order->req), named, order->job->tenant, err);
}

/* Whose files it may name; NULL: anybody's. */
static const char *
files_of(const struct order *order)
{
	return order->req != NULL ? principal_sees(principal_of(order->req))
				  : NULL;
}

static void
go_on(struct order *order, const struct order_request *request)
{
	struct job *job = order->job;
	bool takes = json_array_size(job->kind->input_types) > 0;
	bool is_named = job->input_of[0] != '\0';
	bool is_sent = order->file != NULL;

	if (takes && !is_sent && !is_named)
		order_refuse(order, 422, "input_missing",
		    "this kind works on a file: send multipart/form-data with "
		    "the parts job and input, or name a file of /v1/files as "
		    "input_file");
	else if (!takes && (is_sent || is_named))
		order_refuse(order, 422, "input_unexpected",
		    "this kind takes no file: leave out the part input and "
		    "input_file");
	else if (is_sent && is_named)
		order_refuse(order, 422, "input_twice",
		    "send the part input or name an input_file, not both");
	else if (is_named)
		store_file_use(order->o, job->input_of, files_of(order),
		    clock_wall_us(), on_file, order);
	else if (is_sent)
		take_input(order, request->file_type);
	else
		admit(order);
}

void
order_place(struct orchestrator *o, const struct order_request *request,
    order_on_placed *on_placed, void *arg)
{
	struct order *order = xcalloc(1, sizeof(*order));
	struct refusal r;
	struct err err;

	order->o = o;
	order->req = request->req;
	order->is_named = request->id != NULL;
	order->part = request->part;
	order->parts = request->parts;
	order->file = request->file;
	order->json = json_incref((json_t *)request->json);
	order->on_placed = on_placed;
	order->arg = arg;
	if (order_check_open(o, &r) != 0) {
		order_end(order, NULL, &r);
		return;
	}
	order->job =
	    order_parse(o->kinds, request->json, clock_wall_us(), &err);
	if (order->job == NULL || take_owner(order, &err) != 0 ||
	    webhooks_take(o, request->json, &order->job->webhook_url, &err) !=
		0) {
		order_refuse(order, 422, "bad_job", err.text);
		return;
	}
	name_job(order, request);
	go_on(order, request);
}

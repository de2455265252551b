/* A job as any door asks for it. */
#include "orchestrator/order.h"

#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/probe.h"
#include "orchestrator/refusal.h"

struct order {
	struct orchestrator *o;
	struct job *job; /* until it is handed on */
	struct blob_writer *file;
	order_on_placed *on_placed;
	void *arg;
};

/* -- ends --------------------------------------------------------------- */

static void
order_end(struct order *order, const struct job *job, const struct refusal *r)
{
	order->on_placed(job, r, order->arg);
	blob_abort(order->file);
	job_free(order->job);
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
refuse_input(struct order *order, const struct job *job, int status,
    const char *code, const char *why)
{
	if (job->input_sha256[0] != '\0')
		blob_remove(order->o->blobs, job->id, job->input_sha256);
	order_refuse(order, status, code, why);
}

static void
on_stored(const struct pg_answer *answer, const struct job *job, void *arg)
{
	struct order *order = arg;
	struct orchestrator *o = order->o;

	if (answer->outcome != PG_DONE) {
		log_warn(
		    "job.not_stored", "id=%s why=\"%s\"", job->id, answer->why);
		if (answer->outcome == PG_UNKNOWN)
			order_refuse(order, 503, "unknown",
			    "the database went away while the job was stored; "
			    "it may or may not be there");
		else
			refuse_input(order, job, 503, "unavailable",
			    "the job cannot be stored now; nothing was");
		return;
	}
	log_info("job.accepted", "id=%s kind=%s miners=%d trace=%s", job->id,
	    job->kind->name, job->wanted, job->trace);
	metric_add(o->counters.jobs_accepted, 1);
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

/* "audio/wav, audio/mpeg": what the kind takes; the caller frees. */
static char *
types_taken(const struct kind *kind)
{
	struct buf list = {0};
	json_t *type;
	size_t i;

	json_array_foreach(kind->input_types, i, type)
	{
		buf_printf(
		    &list, "%s%s", i > 0 ? ", " : "", json_string_value(type));
	}
	return buf_take_str(&list);
}

/* type NULL: it does not decode. */
static void
refuse_type(struct order *order, const char *type)
{
	const struct kind *kind = order->job->kind;
	char *taken = types_taken(kind), why[512];

	if (type == NULL)
		snprintf(why, sizeof(why), "input does not decode; %s takes %s",
		    kind->name, taken);
	else
		snprintf(why, sizeof(why),
		    "input is %s by its bytes; %s takes %s", type, kind->name,
		    taken);
	free(taken);
	if (type == NULL)
		refuse_input(order, order->job, 422, "bad_input", why);
	else
		refuse_input(order, order->job, 415, "wrong_input_type", why);
}

static void
on_looked_at(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct order *order = arg;
	const char *type = json_string_value(json_object_get(measured, "type"));

	switch (outcome) {
	case PROBE_BROKEN:
		refuse_input(order, order->job, 503, "unavailable",
		    "the input could not be looked at; nothing was stored");
		return;
	case PROBE_BAD:
		refuse_type(order, NULL);
		return;
	case PROBE_MEASURED:
		break;
	}
	if (!kind_takes(order->job->kind, type)) {
		refuse_type(order, type);
		return;
	}
	free(order->job->input_type);
	order->job->input_type = xstrdup(type);
	store(order);
}

static void
take_input(struct order *order, const char *said_type)
{
	struct job *job = order->job;
	struct blob_writer *file = order->file;
	uint64_t bytes = blob_bytes(file);
	struct err err = {"it cannot be opened again"};
	char why[256];
	int fd = -1;

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
	if (blob_commit(file, job->id, job->input_sha256, &err) == 0)
		fd = blob_open(
		    order->o->blobs, job->id, job->input_sha256, &bytes);
	if (fd < 0) {
		log_error("store.disk", "why=\"%s\"", err.text);
		refuse_input(order, job, 503, "unavailable",
		    "the input cannot be stored now");
		return;
	}
	probe_start(order->o->probes, job->id, fd, on_looked_at, order);
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
name_job(struct order *order, const char *traceparent)
{
	struct job *job = order->job;

	uuid_new(job->id);
	trace_take(traceparent, job->trace);
	if (job->trace[0] == '\0')
		trace_make(&order->o->secrets, job->id, job->trace);
}

static void
go_on(struct order *order, const char *file_type)
{
	bool takes = json_array_size(order->job->kind->input_types) > 0;
	bool is_given = order->file != NULL;

	if (takes && !is_given)
		order_refuse(order, 422, "input_missing",
		    "this kind works on a file: send multipart/form-data "
		    "with the parts job and input");
	else if (!takes && is_given)
		order_refuse(order, 422, "input_unexpected",
		    "this kind takes no file: leave out the part input");
	else if (is_given)
		take_input(order, file_type);
	else
		store(order);
}

void
order_place(struct orchestrator *o, const struct order_request *request,
    order_on_placed *on_placed, void *arg)
{
	struct order *order = xcalloc(1, sizeof(*order));
	struct refusal r;
	struct err err;

	order->o = o;
	order->file = request->file;
	order->on_placed = on_placed;
	order->arg = arg;
	if (order_check_open(o, &r) != 0) {
		order_end(order, NULL, &r);
		return;
	}
	order->job =
	    order_parse(o->kinds, request->json, clock_wall_us(), &err);
	if (order->job == NULL) {
		order_refuse(order, 422, "bad_job", err.text);
	} else {
		name_job(order, request->traceparent);
		go_on(order, request->file_type);
	}
}

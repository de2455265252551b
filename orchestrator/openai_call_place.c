/* The jobs of a request at the OpenAI door, ordered. */
#include "orchestrator/openai_call_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/store.h"

/* The file of the job placed last, on its way to the next one. */
struct copying {
	struct openai_call *call;
	char *type;
};

/* -- one is refused -------------------------------------------------------- */

/* A job that is not wanted any more. */
struct unwanted {
	struct orchestrator *o;
	char id[UUID_TEXT];
};

static void
on_cancelled(bool moved, void *arg)
{
	struct unwanted *u = arg;

	if (moved)
		store_attempt_drop(u->o, u->id);
	free(u);
}

/* All or none: one of them was refused. */
static void
cancel_placed(struct openai_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		const char *id = call->legs[i].result.job_id;
		struct unwanted *u;

		if (id[0] == '\0')
			continue;
		u = xcalloc(1, sizeof(*u));
		u->o = call->o;
		memcpy(u->id, id, sizeof(u->id));
		store_job_step(call->o, id, JOB_CANCEL, JOB_CANCELLED,
		    "cancelled", NULL, on_cancelled, u);
	}
}

static void
all_placed(struct openai_call *call)
{
	if (call->is_gone) {
		openai_call_drop(call);
	} else if (call->refusal.status != 0) {
		/* What has a name will be asked for again by it. */
		if (!openai_call_is_named(call))
			cancel_placed(call);
		openai_call_refusal(call, &call->refusal);
	} else {
		openai_call_wait(call);
	}
}

static void on_placed(const struct job *, const struct refusal *, void *arg);

static void
place_next(
    struct openai_call *call, struct blob_writer *file, const char *file_type)
{
	struct leg *leg = &call->legs[call->placed];
	struct order_request request = {
	    .req = call->req,
	    .traceparent = http_req_header(call->req, "traceparent"),
	    .json = leg->json,
	    .file = file,
	    .file_type = file_type,
	    .part = call->ordered + call->placed++,
	    .parts = call->n,
	};

	call->busy++;
	order_place(call->o, &request, on_placed, leg);
}

static struct blob_writer *
copy_file(struct blobs *blobs, int fd, uint64_t bytes)
{
	struct err err;
	struct blob_writer *copy =
	    fd >= 0 ? blob_begin(blobs, bytes, &err) : NULL;
	char piece[65536];
	ssize_t n = 0;

	while (copy != NULL && (n = read(fd, piece, sizeof(piece))) != 0) {
		if (n < 0 || blob_write(copy, piece, n, &err) != 0) {
			blob_abort(copy);
			copy = NULL;
		}
	}
	if (fd >= 0)
		close(fd);
	return copy;
}

static void
on_input(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct copying *c = arg;
	struct openai_call *call = c->call;
	struct blob_writer *copy = copy_file(call->o->blobs, fd, bytes);

	(void)why;
	(void)outcome;
	if (call->is_gone)
		blob_abort(copy);
	else if (copy != NULL)
		place_next(call, copy, c->type);
	else
		refusal_set(&call->refusal, 503, "unavailable",
		    "the input cannot be stored now");
	free(c->type);
	free(c);
	if (--call->busy == 0)
		all_placed(call);
}

static void
copy_input(struct openai_call *call, const struct job *job)
{
	struct copying *c = xcalloc(1, sizeof(*c));

	c->call = call;
	c->type = xstrdup(job->input_type);
	call->busy++;
	blob_open(call->o->blobs, job->id, job->input_sha256, on_input, c);
}

static void
note_placed(struct leg *leg, const struct job *job)
{
	struct openai_call *call = leg->call;

	snprintf(leg->result.job_id, sizeof(leg->result.job_id), "%s", job->id);
	buf_printf(&call->ids, "%s%s", call->ids.len > 0 ? ", " : "", job->id);
	if (job->deadline_us > call->deadline_us)
		call->deadline_us = job->deadline_us;
	if (call->has_file && call->placed < call->n && !call->is_gone)
		copy_input(call, job);
}

static void
on_placed(const struct job *job, const struct refusal *r, void *arg)
{
	struct leg *leg = arg;
	struct openai_call *call = leg->call;

	if (job != NULL)
		note_placed(leg, job);
	else
		call->refusal = *r;
	if (--call->busy == 0)
		all_placed(call);
}

void
openai_call_place(struct openai_call *call, const struct openai_order *order,
    openai_call_on_done *on_done)
{
	call->ordered += call->n;
	openai_call_clear(call);
	call->n = order->n;
	call->placed = 0;
	call->has_file = order->file != NULL;
	call->has_size = order->has_size;
	call->file_field = order->file_field;
	call->table = order->table;
	call->on_done = on_done;
	call->deadline_us = 0;
	for (size_t i = 0; i < call->n; i++) {
		call->legs[i].call = call;
		call->legs[i].fd = -1;
		call->legs[i].json = json_incref((json_t *)order->jobs[i]);
	}
	/* One may be refused at once: the call stays until all are placed. */
	call->busy++;
	do
		place_next(call, order->file, order->file_type);
	while (!call->has_file && call->placed < call->n);
	if (--call->busy == 0)
		all_placed(call);
}

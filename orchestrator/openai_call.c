/* A request at the OpenAI door while it waits for its jobs. */
#include "orchestrator/openai_call.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/job.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/openai_params.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/order.h"
#include "orchestrator/principal.h"
#include "orchestrator/probe_verdict.h"
#include "orchestrator/refusal.h"
#include "orchestrator/store.h"
#include "orchestrator/watch.h"

/* A job ends at its deadline; whoever looks after that has a while to do it,
 * at whichever instance. */
enum { SLACK_MS = 30000 };

/* One of its jobs. */
struct leg {
	struct openai_call *call;
	struct openai_result result;
	json_t *json; /* the job asked for */
	struct watch *watch;
	enum job_state state;
	bool is_over;
	bool is_lost; /* what it came to could not be read */
	int fd;	      /* of its file, while nobody has taken it; or -1 */
	uint64_t bytes;
};

/* The file of the job placed last, on its way to the next one. */
struct copying {
	struct openai_call *call;
	char *type;
};

struct openai_call {
	LIST_ENTRY(openai_call) link;
	struct orchestrator *o;
	struct http_req *req;
	struct leg legs[OPENAI_MAX_JOBS];
	size_t n;
	size_t placed;	  /* of them, or refused */
	unsigned ordered; /* in all, by orders before this one */
	bool has_file;
	size_t busy; /* answers that we wait for, of order or the store */
	bool is_gone;
	struct refusal refusal; /* status 0: none */
	int64_t deadline_us;	/* wall, the latest of its jobs' */
	struct event *timer;
	const json_t *table;
	const char *file_field;
	struct buf ids;
	enum blob_outcome opened; /* the worst of what the files came to */
	openai_call_on_done *on_done, *on_open;
	void (*free_arg)(void *);
	void *arg;
};

/* -- life ----------------------------------------------------------------- */

static void
clear_legs(struct openai_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		struct leg *leg = &call->legs[i];

		watch_free(leg->watch);
		json_decref(leg->json);
		free(leg->result.type);
		json_decref(leg->result.json);
		if (leg->fd >= 0)
			close(leg->fd);
		memset(leg, 0, sizeof(*leg));
	}
	call->n = 0;
}

static void
call_free(struct openai_call *call)
{
	LIST_REMOVE(call, link);
	clear_legs(call);
	if (call->timer != NULL)
		event_free(call->timer);
	buf_free(&call->ids);
	call->free_arg(call->arg);
	free(call);
}

struct http_req *
openai_call_take(struct openai_call *call)
{
	struct http_req *req = call->req;

	http_req_on_gone(req, NULL, NULL);
	if (call->ids.len > 0)
		http_reply_header(req, "X-Job-Id", buf_str(&call->ids));
	call_free(call);
	return req;
}

void
openai_call_refuse(struct openai_call *call, const struct openai_error *e)
{
	/* The words may be the call's own. */
	char why[1024], param[64];
	struct openai_error copy = *e;

	snprintf(why, sizeof(why), "%s", e->why);
	snprintf(param, sizeof(param), "%s", e->param != NULL ? e->param : "");
	copy.why = why;
	copy.param = param;
	openai_error_reply(openai_call_take(call), &copy);
}

void
openai_call_fault(struct openai_call *call, const struct openai_fault *fault)
{
	const struct openai_error e = {
	    .status = 400,
	    .code = "invalid_value",
	    .param = fault->param,
	    .why = fault->why,
	};

	openai_call_refuse(call, &e);
}

void
openai_call_answer(
    struct openai_call *call, const char *type, const void *body, size_t len)
{
	http_reply(openai_call_take(call), 200, type, body, len);
}

void
openai_call_answer_file(
    struct openai_call *call, const char *type, int fd, uint64_t bytes)
{
	http_reply_file(openai_call_take(call), 200, type, fd, 0, bytes);
}

/* Nobody reads the answer, but the request must have one. */
static void
drop(struct openai_call *call)
{
	http_reply(openai_call_take(call), 499, NULL, NULL, 0);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct openai_call *call = arg;

	(void)req;
	call->is_gone = true;
	if (call->busy == 0)
		drop(call);
}

struct openai_call *
openai_call_new(struct orchestrator *o, struct http_req *req,
    void (*free_arg)(void *), void *arg)
{
	struct openai_call *call = xcalloc(1, sizeof(*call));

	call->o = o;
	call->req = req;
	call->free_arg = free_arg;
	call->arg = arg;
	LIST_INSERT_HEAD(&o->openai_calls, call, link);
	return call;
}

void *
openai_call_arg(const struct openai_call *call)
{
	return call->arg;
}

struct orchestrator *
openai_call_orchestrator(const struct openai_call *call)
{
	return call->o;
}

const struct openai_result *
openai_call_result(const struct openai_call *call, size_t i)
{
	return &call->legs[i].result;
}

size_t
openai_call_n(const struct openai_call *call)
{
	return call->n;
}

void
openai_call_away(struct openai_call *call)
{
	call->busy++;
}

bool
openai_call_back(struct openai_call *call)
{
	call->busy--;
	if (!call->is_gone)
		return true;
	drop(call);
	return false;
}

/* Sent again, it is answered by the same jobs. */
static bool
is_named(const struct openai_call *call)
{
	return http_req_header(call->req, "Idempotency-Key") != NULL;
}

/* Whose jobs its client sees; NULL: anybody's. */
static const char *
sees(const struct openai_call *call)
{
	return principal_sees(principal_of(call->req));
}

/* -- refusals of orders ---------------------------------------------------- */

/* "params.text is 3 characters long" in the words of the client, who knows it
 * as input. */
static void
in_clients_words(const json_t *table, const char *why, char *param,
    size_t param_size, char *out, size_t size)
{
	static const char prefix[] = "params.";
	char name[64];
	size_t len;

	snprintf(param, param_size, "%s", "");
	snprintf(out, size, "%s", why);
	if (strncmp(why, prefix, strlen(prefix)) != 0)
		return;
	why += strlen(prefix);
	len = strcspn(why, " ");
	snprintf(name, sizeof(name), "%.*s", (int)len, why);
	snprintf(param, param_size, "%s", openai_field_of(table, name));
	snprintf(out, size, "%s%s", param, why + len);
}

/* Whether it is the file that is refused. */
static bool
is_of_input(const char *code)
{
	return strcmp(code, "input_size") == 0 ||
	       strcmp(code, "wrong_input_type") == 0 ||
	       probe_fault_fix(code) != NULL;
}

/* Of what is wrong with a request there is one status. */
static int
status_of(int status)
{
	return status == 422 || status == 415 ? 400 : status;
}

void
openai_call_refusal(struct openai_call *call, const struct refusal *r)
{
	char param[64], why[640];
	const struct openai_error e = {
	    .status = status_of(r->status),
	    .code = r->code,
	    .param = param,
	    .why = why,
	    .is_final = strcmp(r->code, "unknown") == 0 && !is_named(call),
	};

	in_clients_words(
	    call->table, r->why, param, sizeof(param), why, sizeof(why));
	if (call->has_file && is_of_input(r->code))
		snprintf(param, sizeof(param), "%s", call->file_field);
	openai_call_refuse(call, &e);
}

/* -- the end of a job ------------------------------------------------------ */

/* "miner_failed, refused": why its attempts ended. */
static void
add_reasons(const json_t *shown, struct buf *out)
{
	const json_t *attempts = json_object_get(shown, "attempts"), *attempt;
	size_t i, n = 0;

	json_array_foreach(attempts, i, attempt)
	{
		const char *reason =
		    json_string_value(json_object_get(attempt, "reason"));

		if (reason != NULL)
			buf_printf(out, "%s%s", n++ > 0 ? ", " : "", reason);
	}
}

static void
refuse_ended(struct openai_call *call, const struct leg *leg,
    const char *reason, const json_t *shown)
{
	char why[800];
	struct buf ends = {0};
	struct openai_error e = {
	    .status = 502, .code = "job_failed", .why = why, .is_final = true};

	add_reasons(shown, &ends);
	if (leg->state == JOB_EXPIRED) {
		e.status = 504;
		e.code = "deadline_exceeded";
	} else if (leg->state == JOB_CANCELLED) {
		e.status = 409;
		e.code = "job_cancelled";
	} else if (strcmp(reason, "no_miner") == 0 && ends.len == 0) {
		e.status = 503;
		e.code = "no_miner";
	}
	snprintf(why, sizeof(why), "the job %s is %s (%s)%s%.300s",
	    leg->result.job_id, job_state_name(leg->state), reason,
	    ends.len > 0 ? "; its attempts ended as " : "", buf_str(&ends));
	buf_free(&ends);
	openai_call_refuse(call, &e);
}

static void
refuse_away(struct openai_call *call)
{
	const struct openai_error e = {.status = 503,
	    .code = "unavailable",
	    .why = "the database is away; the job goes on",
	    .is_final = !is_named(call)};

	openai_call_refuse(call, &e);
}

static void
on_shown(const struct pg_answer *answer, void *arg)
{
	struct leg *leg = arg;
	struct openai_call *call = leg->call;
	const char *reason;
	json_t *shown;

	call->busy--;
	if (call->is_gone) {
		drop(call);
		return;
	}
	if (answer->outcome != PG_DONE || PQntuples(answer->results[0]) == 0) {
		refuse_away(call);
		return;
	}
	shown = json_loads(pg_text(answer->results[0], 0, "body"), 0, NULL);
	reason = json_string_value(json_object_get(shown, "reason"));
	refuse_ended(call, leg, reason != NULL ? reason : "gone", shown);
	json_decref(shown);
}

/* All are over: with what there is, or with why the first of those that
 * failed did. */
static void
all_over(struct openai_call *call)
{
	for (size_t i = 0; i < call->n; i++) {
		struct leg *leg = &call->legs[i];

		if (leg->is_lost) {
			refuse_away(call);
			return;
		}
		if (leg->state != JOB_DONE) {
			call->busy++;
			store_job_show(call->o, leg->result.job_id, sees(call),
			    on_shown, leg);
			return;
		}
	}
	call->on_done(call, call->arg);
}

static void
leg_over(struct leg *leg)
{
	struct openai_call *call = leg->call;

	leg->is_over = true;
	if (call->is_gone) {
		if (call->busy == 0)
			drop(call);
		return;
	}
	for (size_t i = 0; i < call->n; i++) {
		if (!call->legs[i].is_over)
			return;
	}
	event_del(call->timer);
	all_over(call);
}

/* -- results --------------------------------------------------------------- */

static void
take_result(struct openai_result *r, const PGresult *res)
{
	snprintf(r->attempt_id, sizeof(r->attempt_id), "%s",
	    pg_text(res, 0, "attempt_id"));
	snprintf(r->sha256, sizeof(r->sha256), "%s",
	    pg_is_null(res, 0, "result_sha256")
		? ""
		: pg_text(res, 0, "result_sha256"));
	r->type = xstrdup(pg_text(res, 0, "result_type"));
	if (!pg_is_null(res, 0, "result_json"))
		r->json = json_loads(
		    pg_text(res, 0, "result_json"), JSON_DECODE_ANY, NULL);
}

static void
on_result(const struct pg_answer *answer, void *arg)
{
	struct leg *leg = arg;
	struct openai_call *call = leg->call;
	const PGresult *res =
	    answer->outcome == PG_DONE ? answer->results[0] : NULL;

	call->busy--;
	leg->is_lost = res == NULL || PQntuples(res) == 0 ||
		       pg_is_null(res, 0, "attempt_id");
	if (!leg->is_lost)
		take_result(&leg->result, res);
	leg_over(leg);
}

static void
on_change(int state, void *arg)
{
	struct leg *leg = arg;
	struct openai_call *call = leg->call;

	if (state != WATCH_NO_JOB && !job_is_over(state))
		return;
	watch_free(leg->watch);
	leg->watch = NULL;
	leg->state = state == WATCH_NO_JOB ? JOB_FAILED : state;
	if (leg->state != JOB_DONE) {
		leg_over(leg);
		return;
	}
	call->busy++;
	store_job_result(
	    call->o, leg->result.job_id, sees(call), on_result, leg);
}

/* -- files of results ------------------------------------------------------ */

static void
all_opened(struct openai_call *call)
{
	struct openai_error e = {.status = 502,
	    .code = "gone",
	    .why = "the result is no longer stored",
	    .is_final = true};

	if (call->is_gone) {
		drop(call);
		return;
	}
	if (call->opened == BLOB_DONE) {
		call->on_open(call, call->arg);
		return;
	}
	if (call->opened == BLOB_FAILED) {
		e.status = 503;
		e.code = "unavailable";
		e.why = "the result cannot be read now; the job is done";
		e.is_final = !is_named(call);
	}
	openai_call_refuse(call, &e);
}

static void
on_opened(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct leg *leg = arg;
	struct openai_call *call = leg->call;

	leg->fd = fd;
	leg->bytes = bytes;
	if (outcome > call->opened)
		call->opened = outcome;
	if (outcome == BLOB_FAILED)
		log_warn("store.failed", "what=read why=\"%s\"", why);
	if (--call->busy == 0)
		all_opened(call);
}

void
openai_call_open(struct openai_call *call, openai_call_on_done *on_open)
{
	call->on_open = on_open;
	call->opened = BLOB_DONE;
	for (size_t i = 0; i < call->n; i++) {
		struct leg *leg = &call->legs[i];

		if (leg->result.sha256[0] == '\0') {
			call->opened = BLOB_MISSING;
			continue;
		}
		call->busy++;
		blob_open(call->o->blobs, leg->result.attempt_id,
		    leg->result.sha256, on_opened, leg);
	}
	if (call->busy == 0)
		all_opened(call);
}

int
openai_call_take_file(struct openai_call *call, size_t i, uint64_t *bytes)
{
	int fd = call->legs[i].fd;

	call->legs[i].fd = -1;
	*bytes = call->legs[i].bytes;
	return fd;
}

/* -- placing --------------------------------------------------------------- */

/* Nobody came to end it: that is the database's absence, not a job's end. */
static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct openai_call *call = arg;
	const struct openai_error e = {.status = 504,
	    .code = "deadline_exceeded",
	    .why = "the job's deadline is over, and its end is not known yet",
	    .is_final = !is_named(call)};

	(void)fd;
	(void)what;
	if (call->busy == 0)
		openai_call_refuse(call, &e);
}

static void
wait_for_all(struct openai_call *call)
{
	/* Of one that was placed long ago, by the same name, none is left. */
	int64_t left_us = call->deadline_us - clock_wall_us();
	struct timeval left;

	left_us = (left_us > 0 ? left_us : 0) + SLACK_MS * 1000LL;
	left.tv_sec = left_us / 1000000;
	left.tv_usec = left_us % 1000000;
	if (call->timer == NULL)
		call->timer = evtimer_new(call->o->service.base, on_late, call);
	event_add(call->timer, &left);
	for (size_t i = 0; i < call->n; i++)
		call->legs[i].watch = watch_new(call->o->watches,
		    call->legs[i].result.job_id, on_change, &call->legs[i]);
}

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
		drop(call);
	} else if (call->refusal.status != 0) {
		/* What has a name will be asked for again by it. */
		if (!is_named(call))
			cancel_placed(call);
		openai_call_refusal(call, &call->refusal);
	} else {
		wait_for_all(call);
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
	clear_legs(call);
	call->n = order->n;
	call->placed = 0;
	call->has_file = order->file != NULL;
	call->file_field = order->file_field;
	call->table = order->table;
	call->on_done = on_done;
	call->deadline_us = 0;
	for (size_t i = 0; i < call->n; i++) {
		call->legs[i].call = call;
		call->legs[i].fd = -1;
		call->legs[i].json = json_incref((json_t *)order->jobs[i]);
	}
	http_req_on_gone(call->req, on_gone, call);
	/* One may be refused at once: the call stays until all are placed. */
	call->busy++;
	do
		place_next(call, order->file, order->file_type);
	while (!call->has_file && call->placed < call->n);
	if (--call->busy == 0)
		all_placed(call);
}

/* -- the end --------------------------------------------------------------- */

void
openai_calls_drain(struct orchestrator *o)
{
	static const struct openai_error e = {.status = 503,
	    .code = "unavailable",
	    .why = "this instance stops; the jobs named in X-Job-Id go on"};
	struct openai_call *call, *next;

	for (call = LIST_FIRST(&o->openai_calls); call != NULL; call = next) {
		next = LIST_NEXT(call, link);
		if (call->busy == 0 && call->n > 0)
			openai_call_refuse(call, &e);
	}
}

/* The jobs of a request at the OpenAI door, waited for, and what they came to.
 */
#include "orchestrator/openai_call_impl.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/openai_error.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store.h"
#include "orchestrator/watch.h"

/* A job ends at its deadline; whoever looks after that has a while to do it,
 * at whichever instance. */
enum { SLACK_MS = 30000 };

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
	    .is_final = !openai_call_is_named(call)};

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
		openai_call_drop(call);
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
			store_job_show(call->o, leg->result.job_id,
			    openai_call_sees(call), on_shown, leg);
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
			openai_call_drop(call);
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
	store_job_result(call->o, leg->result.job_id, openai_call_sees(call),
	    on_result, leg);
}

/* -- waiting --------------------------------------------------------------- */

/* Nobody came to end it: that is the database's absence, not a job's end. */
static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct openai_call *call = arg;
	const struct openai_error e = {.status = 504,
	    .code = "deadline_exceeded",
	    .why = "the job's deadline is over, and its end is not known yet",
	    .is_final = !openai_call_is_named(call)};
	const struct timeval again = {1, 0};

	(void)fd;
	(void)what;
	if (call->busy == 0)
		openai_call_refuse(call, &e);
	else
		event_add(call->timer, &again);
}

void
openai_call_wait(struct openai_call *call)
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

/* -- files of results ------------------------------------------------------ */

static void
all_opened(struct openai_call *call)
{
	struct openai_error e = {.status = 502,
	    .code = "result_gone",
	    .why = "the result is no longer stored",
	    .is_final = true};

	if (call->is_gone) {
		openai_call_drop(call);
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
		e.is_final = !openai_call_is_named(call);
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

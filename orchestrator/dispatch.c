/*
 * Sending one attempt to its miner.
 *
 * The row says "sent" before the first byte leaves, so that a result can
 * never come for an attempt we do not know to be out; the signature is made
 * meanwhile. An instance that dies in between leaves a "sent" row that no
 * answer follows; the sweep abandons it, and nobody blames the miner.
 *
 * Where the job's input goes along, it is loaded first, and signed with the
 * rest. Where the answer is the result (protocol.h), the row says "sent" until
 * that is there: should this instance die, nobody can tell what came of it.
 */
#include "orchestrator/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/brought.h"
#include "orchestrator/flights.h"
#include "orchestrator/hedges.h"
#include "orchestrator/input_load.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/signed_call.h"
#include "orchestrator/store.h"

/* An input may take this share of its attempt's time: the rest is the
 * miner's. */
enum { LOAD_SHARE = 4 };

struct dispatch {
	LIST_ENTRY(dispatch) link; /* of those that load */
	struct orchestrator *o;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	char hotkey[64];
	const struct kind *kind;
	const struct protocol *protocol;
	bool is_alone, is_hedge;
	int64_t made_us, deadline_us;
	char *url;
	bool is_plain;
	struct job asked;	 /* what is sent of the job, until it is made */
	struct input_load *load; /* of what goes along; NULL: none now */
	struct signed_call *call; /* once it is signed */
	bool is_written;	  /* its row */
	const char *fault;	  /* why it cannot be sent; NULL: it may */
	bool is_dropped;
};

static void
forget_asked(struct dispatch *d)
{
	json_decref(d->asked.params);
	free(d->asked.input_type);
	d->asked = (struct job){0};
}

/* Also when its request, or what came of it, is over. */
static void
dispatch_free(void *arg)
{
	struct dispatch *d = arg;

	forget_asked(d);
	free(d->url);
	free(d);
}

char *
dispatch_url(const struct orchestrator *o, const char *address,
    const char *path, bool is_plain)
{
	return xasprintf("%s://%s%s",
	    o->development || is_plain ? "http" : "https", address, path);
}

static void
on_over(bool moved, void *arg)
{
	struct dispatch *d = arg;

	if (moved)
		jobs_settle(d->o, d->job_id);
	dispatch_free(d);
}

static void
refuse(struct dispatch *d, const char *reason)
{
	store_attempt_step(d->o, d->job_id, d->id, ATTEMPT_REFUSE,
	    ATTEMPT_REFUSED, reason, NULL, on_over, d);
}

static void
abandon(struct dispatch *d, const char *reason)
{
	store_attempt_step(d->o, d->job_id, d->id, ATTEMPT_ABANDON,
	    ATTEMPT_ABANDONED, reason, NULL, on_over, d);
}

/* The miner's time runs from the moment the request left, not from our note
 * that it was about to. A flight that is gone was overtaken by its result, or
 * is so old that nobody waits for it here. */
static void
accept(struct dispatch *d, const struct http_answer *answer)
{
	struct flight *flight = flights_find(d->o->flights, d->id);
	int64_t took_us = answer->finished_us - answer->started_us;
	int64_t now_us = clock_wall_us();
	struct attempt_result times = {.at_us = now_us,
	    .sent_us = now_us - took_us,
	    .accepted_us = now_us};

	if (flight != NULL)
		flights_accepted(d->o->flights, flight, times.sent_us, now_us);
	else if (took_us > FLIGHT_KEEP_MS * 1000LL)
		store_attempt_step(d->o, d->job_id, d->id, ATTEMPT_ACCEPT,
		    ATTEMPT_ACCEPTED, NULL, &times, NULL, NULL);
	dispatch_free(d);
}

/* It was not asked: time ran out before we were connected (which has a
 * deadline of its own), so the wait was ours. */
static bool
was_not_asked(const struct http_answer *answer)
{
	return answer->status == 0 && answer->started_us == 0 &&
	       strcmp(answer->why, "timeout") == 0;
}

static void
give_up_unsent(struct dispatch *d, const char *why)
{
	log_warn("attempt.not_sent", "id=%s hotkey=%s why=\"%s\"", d->id,
	    d->hotkey, why);
	abandon(d, "not_sent");
}

/* The answer is the result, or why there is none. */
static void
bring(struct dispatch *d, const struct http_answer *answer)
{
	const struct brought b = {
	    .attempt_id = d->id,
	    .job_id = d->job_id,
	    .hotkey = d->hotkey,
	    .kind = d->kind,
	    .is_alone = d->is_alone,
	    .deadline_us = d->deadline_us,
	};

	brought_take(d->o, &b, answer, dispatch_free, d);
}

/* A miner too slow to acknowledge may still be at work: its result, or the
 * attempt's deadline, will tell. */
static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct dispatch *d = arg;
	bool late = answer->status == 0 && strcmp(answer->why, "timeout") == 0;

	if (was_not_asked(answer)) {
		give_up_unsent(d, answer->detail);
	} else if (d->protocol->read != NULL) {
		bring(d, answer);
	} else if (answer->status >= 200 && answer->status < 300) {
		accept(d, answer);
	} else if (late) {
		log_info(
		    "attempt.no_answer", "id=%s hotkey=%s", d->id, d->hotkey);
		accept(d, answer);
	} else if (answer->status == 0) {
		log_info("attempt.unreachable", "id=%s hotkey=%s why=\"%s\"",
		    d->id, d->hotkey, answer->detail);
		refuse(d, "unreachable");
	} else {
		log_info("attempt.refused", "id=%s hotkey=%s status=%d", d->id,
		    d->hotkey, answer->status);
		refuse(d, "refused");
	}
}

/* -- its beginning --------------------------------------------------------- */

static void
add_flight(const struct dispatch *d)
{
	struct flight *flight = flights_add(d->o->flights, d->id);

	snprintf(flight->job_id, sizeof(flight->job_id), "%s", d->job_id);
	flight->kind = d->kind;
	flight->is_alone = d->is_alone;
	flight->deadline_us = d->deadline_us;
	flight->sent_us = clock_wall_us();
	if (!d->is_hedge)
		hedges_watch(d->o->hedges, flight);
}

/* Signed and written, in either order. */
static void
go(struct dispatch *d)
{
	if (!signed_call_is_stale(d->call)) {
		add_flight(d);
		signed_call_send(d->call);
		overhead_note(&d->o->counters.overhead, OVERHEAD_DISPATCH,
		    d->made_us, clock_wall_us());
		log_info("attempt.step",
		    "id=%s job=%s from=prepared to=sent on=send hotkey=%s "
		    "reason=-",
		    d->id, d->job_id, d->hotkey);
		return;
	}
	signed_call_free(d->call);
	give_up_unsent(
	    d, "storing it took longer than its signature is good for");
}

static void
on_signed(struct signed_call *call, const struct err *why, void *arg)
{
	struct dispatch *d = arg;

	if (why != NULL)
		log_warn(
		    "attempt.unsigned", "id=%s why=\"%s\"", d->id, why->text);
	d->fault = why != NULL ? "no_signature" : NULL;
	d->call = why == NULL ? call : NULL;
	if (d->is_dropped)
		dispatch_drop(d);
	else if (d->is_written)
		dispatch_start(d);
}

/* -- what is sent ---------------------------------------------------------- */

/* An answer that is the result is waited for as long as the attempt lasts. */
static int
wait_ms(const struct dispatch *d)
{
	int64_t left_ms = (d->deadline_us - clock_wall_us()) / 1000;

	if (d->protocol->read == NULL)
		return (int)d->kind->answer_ms;
	return left_ms > 1 ? (int)left_ms : 1;
}

/* Have it signed. */
static void
sign(struct dispatch *d, struct protocol_sending *s)
{
	struct signed_call_request request = {
	    .method = "POST",
	    .url = d->url,
	    .is_plain = d->is_plain,
	    .body = s->body,
	    .signed_for = d->hotkey,
	    .traceparent = d->asked.trace,
	    .timeout_ms = wait_ms(d),
	    .fields = s->fields,
	    .on_signed = on_signed,
	    .on_answer = on_answer,
	    .on_drop = dispatch_free,
	    .arg = d,
	};

	d->url = NULL;
	if (d->protocol->most_answer != NULL)
		request.max_answer = d->protocol->most_answer(d->kind);
	memcpy(request.body_hash, s->body_hash, sizeof(request.body_hash));
	signed_call_new(d->o, &request);
}

static void
cannot_send(struct dispatch *d, const char *why)
{
	log_warn("attempt.not_sent", "id=%s hotkey=%s why=\"%s\"", d->id,
	    d->hotkey, why);
	d->fault = "not_sent";
}

static void
make(struct dispatch *d, const void *input, size_t len)
{
	const struct protocol_ask ask = {
	    .o = d->o,
	    .job = &d->asked,
	    .attempt_id = d->id,
	    .deadline_us = d->deadline_us,
	    .input = input,
	    .input_len = len,
	};
	struct protocol_sending sending = {0};
	struct err err = {""};

	if (d->protocol->build(&ask, &sending, &err) == 0) {
		sign(d, &sending);
	} else {
		cannot_send(d, err.text);
		protocol_sending_clear(&sending);
	}
	forget_asked(d);
}

/* -- an input that goes along ---------------------------------------------- */

static void
on_loaded(const char *why, const void *input, size_t len, void *arg)
{
	struct dispatch *d = arg;

	d->load = NULL;
	LIST_REMOVE(d, link);
	if (why == NULL)
		make(d, input, len);
	else
		cannot_send(d, why);
	if (d->fault != NULL && d->is_written)
		abandon(d, d->fault);
}

static void
load(struct dispatch *d)
{
	int64_t ms = (d->deadline_us - clock_wall_us()) / 1000 / LOAD_SHARE;

	if (d->asked.input_bytes < 1 ||
	    d->asked.input_bytes > d->kind->max_input_bytes) {
		cannot_send(d, "the job's input is not of a size that goes "
			       "along");
		return;
	}
	d->load =
	    input_load_start(d->o, &d->asked, ms > 1 ? ms : 1, on_loaded, d);
	LIST_INSERT_HEAD(&d->o->dispatches, d, link);
}

static void
stop_loading(struct dispatch *d)
{
	input_load_cancel(d->load);
	d->load = NULL;
	LIST_REMOVE(d, link);
}

/* -- from outside ---------------------------------------------------------- */

/* What a miner is sent is made of this. */
static void
copy_asked(
    const struct orchestrator *o, struct job *asked, const struct job *job)
{
	memcpy(asked->id, job->id, sizeof(asked->id));
	asked->kind = job->kind;
	asked->params = json_incref(job->params);
	if (job->input_type != NULL)
		asked->input_type = xstrdup(job->input_type);
	memcpy(asked->input_sha256, job->input_sha256,
	    sizeof(asked->input_sha256));
	memcpy(asked->input_of, job->input_of, sizeof(asked->input_of));
	asked->input_bytes = job->input_bytes;
	/* Whoever ordered the job: no miner sees who did. */
	memcpy(asked->trace, job->trace, sizeof(asked->trace));
	if (asked->trace[0] == '\0')
		trace_make(&o->secrets, job->id, asked->trace);
}

struct dispatch *
dispatch_new(struct orchestrator *o, const struct job *job,
    const char *attempt_id, const struct miner *m, int64_t deadline_us)
{
	struct dispatch *d = xcalloc(1, sizeof(*d));

	d->o = o;
	snprintf(d->id, sizeof(d->id), "%s", attempt_id);
	snprintf(d->job_id, sizeof(d->job_id), "%s", job->id);
	snprintf(d->hotkey, sizeof(d->hotkey), "%s", m->hotkey);
	d->kind = job->kind;
	d->is_alone = job->wanted == 1;
	d->is_hedge = job->is_hedged;
	d->made_us = clock_wall_us();
	d->deadline_us = deadline_us;
	d->protocol = protocol_find(job->kind->protocol);
	if (d->protocol == NULL) {
		cannot_send(d, "nothing is known of its kind's protocol");
		return d;
	}
	d->is_plain = d->protocol->is_of_axons && m->is_axon;
	d->url = dispatch_url(o, m->address, d->kind->path, d->is_plain);
	copy_asked(o, &d->asked, job);
	if (d->protocol->takes_input && job->input_type != NULL)
		load(d);
	else
		make(d, NULL, 0);
	return d;
}

void
dispatch_start(struct dispatch *d)
{
	d->is_written = true;
	if (d->call != NULL)
		go(d);
	else if (d->fault != NULL)
		abandon(d, d->fault);
}

void
dispatch_drop(struct dispatch *d)
{
	d->is_dropped = true;
	if (d->load != NULL)
		stop_loading(d);
	else if (d->call == NULL && d->fault == NULL)
		return; /* until its signature is here */
	if (d->call != NULL)
		signed_call_free(d->call);
	dispatch_free(d);
}

void
dispatch_over(struct orchestrator *o, const char *attempt_id)
{
	struct dispatch *d = LIST_FIRST(&o->dispatches);

	while (d != NULL && strcmp(d->id, attempt_id) != 0)
		d = LIST_NEXT(d, link);
	if (d == NULL)
		return;
	stop_loading(d);
	d->fault = "not_sent";
	if (d->is_written)
		dispatch_free(d);
}

void
dispatches_drop(struct orchestrator *o)
{
	struct dispatch *d;

	while ((d = LIST_FIRST(&o->dispatches)) != NULL) {
		stop_loading(d);
		dispatch_free(d);
	}
}

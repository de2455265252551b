/*
 * Sending one attempt to its miner.
 *
 * The row says "sent" before the first byte leaves, so that a result can
 * never come for an attempt we do not know to be out; the signature is made
 * meanwhile. An instance that dies in between leaves a "sent" row that no
 * answer follows; the sweep abandons it, and nobody blames the miner.
 */
#include "orchestrator/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/flights.h"
#include "orchestrator/hedges.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/signed_call.h"
#include "orchestrator/store.h"

struct dispatch {
	struct orchestrator *o;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	char hotkey[64];
	const struct kind *kind;
	bool is_alone, is_hedge;
	int64_t deadline_us;
	struct signed_call *call; /* once it is signed */
	bool is_written;	  /* its row */
	bool is_unsigned;	  /* it could not be */
	bool is_dropped;
};

char *
dispatch_url(
    const struct orchestrator *o, const char *address, const char *path)
{
	return xasprintf(
	    "%s://%s%s", o->development ? "http" : "https", address, path);
}

static void
on_over(bool moved, void *arg)
{
	struct dispatch *d = arg;

	if (moved)
		jobs_settle(d->o, d->job_id);
	free(d);
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
	free(d);
}

/* A miner too slow to acknowledge may still be at work: its result, or the
 * attempt's deadline, will tell. If time ran out before we were connected
 * (which has a deadline of its own), the wait was ours. */
static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct dispatch *d = arg;
	bool late = answer->status == 0 && strcmp(answer->why, "timeout") == 0;

	if (answer->status >= 200 && answer->status < 300) {
		accept(d, answer);
	} else if (late && answer->started_us != 0) {
		log_info(
		    "attempt.no_answer", "id=%s hotkey=%s", d->id, d->hotkey);
		accept(d, answer);
	} else if (late) {
		log_warn("attempt.not_sent", "id=%s hotkey=%s why=\"%s\"",
		    d->id, d->hotkey, answer->detail);
		abandon(d, "not_sent");
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
		log_info("attempt.step",
		    "id=%s job=%s from=prepared to=sent on=send hotkey=%s "
		    "reason=-",
		    d->id, d->job_id, d->hotkey);
		return;
	}
	signed_call_free(d->call);
	log_warn("attempt.not_sent",
	    "id=%s hotkey=%s why=\"storing it took "
	    "longer than its signature is good for\"",
	    d->id, d->hotkey);
	abandon(d, "not_sent");
}

static void
on_signed(struct signed_call *call, const struct err *why, void *arg)
{
	struct dispatch *d = arg;

	if (why != NULL)
		log_warn(
		    "attempt.unsigned", "id=%s why=\"%s\"", d->id, why->text);
	d->is_unsigned = why != NULL;
	d->call = why == NULL ? call : NULL;
	if (d->is_dropped)
		dispatch_drop(d);
	else if (d->is_written)
		dispatch_start(d);
}

static void
on_call_dropped(void *arg)
{
	free(arg);
}

void
dispatch_start(struct dispatch *d)
{
	d->is_written = true;
	if (d->call != NULL)
		go(d);
	else if (d->is_unsigned)
		abandon(d, "no_signature");
}

void
dispatch_drop(struct dispatch *d)
{
	d->is_dropped = true;
	if (d->call == NULL && !d->is_unsigned)
		return; /* until its signature is here */
	if (d->call != NULL)
		signed_call_free(d->call);
	free(d);
}

struct dispatch *
dispatch_new(struct orchestrator *o, const struct job *job,
    const char *attempt_id, const struct miner *m, int64_t deadline_us)
{
	struct dispatch *d = xcalloc(1, sizeof(*d));
	char trace[TRACE_TEXT];
	struct signed_call_request request = {
	    .method = "POST",
	    .url = dispatch_url(o, m->address, job->kind->path),
	    .body = protocol_body(o, job, attempt_id, deadline_us),
	    .signed_for = m->hotkey,
	    .traceparent = trace,
	    .timeout_ms = (int)job->kind->answer_ms,
	    .on_signed = on_signed,
	    .on_answer = on_answer,
	    .on_drop = on_call_dropped,
	    .arg = d,
	};

	/* Whoever ordered the job: no miner sees who did. */
	memcpy(trace, job->trace, sizeof(trace));
	if (trace[0] == '\0')
		trace_make(&o->secrets, job->id, trace);
	d->o = o;
	snprintf(d->id, sizeof(d->id), "%s", attempt_id);
	snprintf(d->job_id, sizeof(d->job_id), "%s", job->id);
	snprintf(d->hotkey, sizeof(d->hotkey), "%s", m->hotkey);
	d->kind = job->kind;
	d->is_alone = job->wanted == 1;
	d->is_hedge = job->is_hedged;
	d->deadline_us = deadline_us;
	signed_call_new(o, &request);
	return d;
}

/*
 * Sending one attempt to its miner.
 *
 * The row says "sent" before the first byte leaves, so that a result can
 * never come for an attempt we do not know to be out. An instance that dies
 * in between leaves a "sent" row that no answer follows; the sweep abandons
 * it, and nobody blames the miner.
 */
#include "orchestrator/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
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
	char *url, *body;
	int answer_ms;
	struct signed_call *call;
};

char *
dispatch_url(
    const struct orchestrator *o, const char *address, const char *path)
{
	return xasprintf(
	    "%s://%s%s", o->development ? "http" : "https", address, path);
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
	d->url = dispatch_url(o, m->address, job->kind->path);
	d->body = protocol_body(o, job, attempt_id, deadline_us);
	d->answer_ms = job->kind->answer_ms;
	return d;
}

void
dispatch_free(struct dispatch *d)
{
	free(d->url);
	free(d->body);
	free(d);
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
 * that it was about to. */
static void
accept(struct dispatch *d, const struct http_answer *answer)
{
	struct attempt_result times = {.at_us = clock_wall_us()};

	times.sent_us =
	    times.at_us - (answer->finished_us - answer->started_us);
	store_attempt_step(d->o, d->job_id, d->id, ATTEMPT_ACCEPT,
	    ATTEMPT_ACCEPTED, NULL, &times, NULL, NULL);
	store_job_step(
	    d->o, d->job_id, JOB_ACCEPT, JOB_RUNNING, NULL, NULL, NULL, NULL);
	dispatch_free(d);
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

static void
on_sent(bool moved, void *arg)
{
	struct dispatch *d = arg;

	if (moved && !signed_call_is_stale(d->call)) {
		signed_call_send(d->call);
		return;
	}
	signed_call_free(d->call);
	if (!moved) {
		dispatch_free(d);
		return;
	}
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

	if (why != NULL) {
		log_warn(
		    "attempt.unsigned", "id=%s why=\"%s\"", d->id, why->text);
		abandon(d, "no_signature");
		return;
	}
	d->call = call;
	store_attempt_step(d->o, d->job_id, d->id, ATTEMPT_SEND, ATTEMPT_SENT,
	    NULL, NULL, on_sent, d);
}

static void
on_drop(void *arg)
{
	dispatch_free(arg);
}

void
dispatch_start(struct dispatch *d)
{
	struct signed_call_request request = {
	    .method = "POST",
	    .url = d->url,
	    .body = d->body,
	    .signed_for = d->hotkey,
	    .timeout_ms = d->answer_ms,
	    .on_signed = on_signed,
	    .on_answer = on_answer,
	    .on_drop = on_drop,
	    .arg = d,
	};

	d->url = d->body = NULL; /* the call's from here on */
	signed_call_new(d->o, &request);
}

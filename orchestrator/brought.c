/*
 * A result that came as an answer.
 *
 * From here it goes the way of one that was called back (accept.h). What is
 * no result ends the attempt: refused, failed, or timed out.
 */
#include "orchestrator/brought.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/http_client.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/accept.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/protocol.h"
#include "orchestrator/store.h"

struct bringing {
	struct orchestrator *o;
	struct brought b;
	struct arrival arrival;
	void (*on_over)(void *);
	void *arg;
};

static void
over(struct bringing *g)
{
	arrival_clear(&g->arrival);
	g->on_over(g->arg);
	free(g);
}

/* -- no result ------------------------------------------------------------- */

static void
on_ended(bool moved, void *arg)
{
	struct bringing *g = arg;

	if (moved)
		jobs_settle(g->o, g->b.job_id);
	over(g);
}

static void
refuse(struct bringing *g, const char *reason, const char *why)
{
	log_info("attempt.refused", "id=%s hotkey=%s reason=%s why=\"%s\"",
	    g->b.attempt_id, g->b.hotkey, reason, why);
	store_attempt_step(g->o, g->b.job_id, g->b.attempt_id, ATTEMPT_REFUSE,
	    ATTEMPT_REFUSED, reason, NULL, on_ended, g);
}

static void
on_accepted(bool moved, void *arg)
{
	struct bringing *g = arg;

	if (!moved) {
		over(g); /* it ended meanwhile */
		return;
	}
	store_attempt_step(g->o, g->b.job_id, g->b.attempt_id, ATTEMPT_EXPIRE,
	    ATTEMPT_TIMED_OUT, "no_result", NULL, on_ended, g);
}

/* As one that was accepted, for the miner has had it. */
static void
time_out(struct bringing *g)
{
	struct attempt_result times = {
	    .at_us = g->arrival.at_us,
	    .sent_us = g->arrival.sent_us,
	    .accepted_us = g->arrival.at_us,
	};

	log_info("attempt.no_answer", "id=%s hotkey=%s", g->b.attempt_id,
	    g->b.hotkey);
	store_attempt_step(g->o, g->b.job_id, g->b.attempt_id, ATTEMPT_ACCEPT,
	    ATTEMPT_ACCEPTED, NULL, &times, on_accepted, g);
}

/* -- a result -------------------------------------------------------------- */

/* What could not be kept is our fault. */
static void
on_kept(const char *status, void *arg)
{
	struct bringing *g = arg;

	if (status != NULL) {
		over(g);
		return;
	}
	log_warn(
	    "attempt.lost", "id=%s hotkey=%s", g->b.attempt_id, g->b.hotkey);
	store_attempt_step(g->o, g->b.job_id, g->b.attempt_id, ATTEMPT_ABANDON,
	    ATTEMPT_ABANDONED, "lost_result", NULL, on_ended, g);
}

static int
write_file(struct bringing *g, const struct buf *file, struct err *err)
{
	struct arrival *a = &g->arrival;

	a->file = blob_begin(g->o->blobs, file->len, err);
	if (a->file == NULL ||
	    blob_write(a->file, file->data, file->len, err) != 0)
		return -1;
	a->bytes = file->len;
	snprintf(a->type, sizeof(a->type), "%s",
	    json_string_value(json_array_get(a->kind->output_types, 0)));
	return 0;
}

static void
keep(struct bringing *g, struct protocol_reply *reply)
{
	struct arrival *a = &g->arrival;
	struct err err = {""};
	int rc = 0;

	a->says_failed = reply->outcome == PROTOCOL_FAILED;
	a->output = json_incref(reply->output);
	a->output_bytes = reply->output_bytes;
	if (reply->file.len > 0)
		rc = write_file(g, &reply->file, &err);
	if (rc == 0) {
		arrival_accept(g->o, a, on_kept, g);
		return;
	}
	log_error("store.disk", "why=\"%s\"", err.text);
	on_kept(NULL, g);
}

static void
look(struct bringing *g, struct protocol_reply *reply)
{
	switch (reply->outcome) {
	case PROTOCOL_RESULT:
		keep(g, reply);
		return;
	case PROTOCOL_FAILED:
		log_info("attempt.said_failed", "id=%s hotkey=%s why=\"%s\"",
		    g->b.attempt_id, g->b.hotkey, reply->why);
		keep(g, reply);
		return;
	case PROTOCOL_REFUSED:
		refuse(g, "refused", reply->why);
		return;
	case PROTOCOL_TIMED_OUT:
		time_out(g);
		return;
	}
}

/* -- the answer ------------------------------------------------------------ */

static void
no_answer(struct bringing *g, const struct http_answer *answer)
{
	if (strcmp(answer->why, "timeout") == 0) {
		time_out(g);
	} else if (strcmp(answer->why, "too_large") == 0) {
		g->arrival.is_too_large = true;
		arrival_accept(g->o, &g->arrival, on_kept, g);
	} else {
		refuse(g, "unreachable", answer->detail);
	}
}

static const char *
header(const void *answer, const char *name)
{
	return http_answer_header(answer, name);
}

void
brought_take(struct orchestrator *o, const struct brought *b,
    const struct http_answer *answer, void (*on_over)(void *), void *arg)
{
	struct bringing *g = xcalloc(1, sizeof(*g));
	struct protocol_answer said = {
	    answer->status, header, answer, answer->body, answer->len};
	struct arrival *a = &g->arrival;
	struct protocol_reply reply = {0};

	g->o = o;
	g->b = *b;
	g->on_over = on_over;
	g->arg = arg;
	snprintf(a->attempt_id, sizeof(a->attempt_id), "%s", b->attempt_id);
	snprintf(a->job_id, sizeof(a->job_id), "%s", b->job_id);
	a->kind = b->kind;
	a->state = ATTEMPT_SENT;
	a->is_alone = b->is_alone;
	a->deadline_us = b->deadline_us;
	a->at_us = clock_wall_us();
	a->sent_us = a->at_us - (answer->finished_us - answer->started_us);
	a->accepted_us = a->at_us;
	if (answer->status == 0) {
		no_answer(g, answer);
		return;
	}
	protocol_find(b->kind->protocol)->read(b->kind, &said, &reply);
	look(g, &reply);
	protocol_reply_clear(&reply);
}

/*
 * A result that has arrived: the step to received (or failed, or late), and
 * after the miner has its answer, the probe and the step to delivered.
 */
#include "orchestrator/accept.h"

#include <stdlib.h>
#include <string.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/flights.h"
#include "orchestrator/intake.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/probe.h"
#include "orchestrator/probe_verdict.h"
#include "orchestrator/store.h"

void
arrival_clear(struct arrival *a)
{
	blob_abort(a->file);
	json_decref(a->output);
	a->file = NULL;
	a->output = NULL;
}

int
arrival_take_row(
    struct arrival *a, const struct orchestrator *o, const PGresult *res)
{
	if (PQntuples(res) != 1)
		return -1;
	a->kind = kinds_find(o->kinds, pg_text(res, 0, "kind"));
	a->state = attempt_state_parse(pg_text(res, 0, "state"));
	a->deadline_us = pg_int(res, 0, "deadline_us");
	a->is_turned_away = pg_bool(res, 0, "is_turned_away");
	snprintf(a->job_id, sizeof(a->job_id), "%s", pg_text(res, 0, "job_id"));
	snprintf(
	    a->attempt_id, sizeof(a->attempt_id), "%s", pg_text(res, 0, "id"));
	return a->kind != NULL ? 0 : -1;
}

int
arrival_take_flight(struct arrival *a, const struct orchestrator *o)
{
	const struct flight *flight = flights_find(o->flights, a->attempt_id);

	if (flight == NULL || flight->deadline_us < clock_wall_us())
		return -1;
	a->kind = flight->kind;
	a->state = flight->accepted_us != 0 ? ATTEMPT_ACCEPTED : ATTEMPT_SENT;
	a->deadline_us = flight->deadline_us;
	a->sent_us = flight->sent_us;
	a->accepted_us = flight->accepted_us;
	a->is_alone = flight->is_alone;
	memcpy(a->job_id, flight->job_id, sizeof(a->job_id));
	return 0;
}

const char *
arrival_answered(enum attempt_state state)
{
	switch (state) {
	case ATTEMPT_SENT:
	case ATTEMPT_ACCEPTED:
	case ATTEMPT_TIMED_OUT:
		return NULL;
	case ATTEMPT_RECEIVED:
	case ATTEMPT_DELIVERED:
	case ATTEMPT_FAILED:
	case ATTEMPT_LATE:
		return "duplicate";
	case ATTEMPT_PREPARED:
	case ATTEMPT_REFUSED:
	case ATTEMPT_CANCELLED:
	case ATTEMPT_ABANDONED:
	case N_ATTEMPT_STATES:
		break;
	}
	return "closed";
}

/* at_us: when the result came; 0: that is not known any more. */
static void
note_overhead(struct orchestrator *o, int64_t at_us)
{
	overhead_note(
	    &o->counters.overhead, OVERHEAD_RESULT, at_us, clock_wall_us());
}

/* -- the probe ---------------------------------------------------------- */

struct probing {
	struct orchestrator *o;
	char attempt_id[UUID_TEXT], job_id[UUID_TEXT];
	const struct kind *kind;
	bool is_alone;
	int64_t at_us; /* its arrival; 0: an earlier one of us took it */
};

static void
on_over(bool moved, void *arg)
{
	struct probing *p = arg;

	if (moved) {
		note_overhead(p->o, p->at_us);
		jobs_settle(p->o, p->job_id);
	}
	free(p);
}

static void
on_finished(bool moved, bool ended, void *arg)
{
	struct probing *p = arg;

	if (moved)
		note_overhead(p->o, p->at_us);
	if (moved && !ended)
		jobs_settle(p->o, p->job_id);
	free(p);
}

/* What was found is kept with the reason: it has the particulars. */
static void
reject(struct probing *p, const char *reason, const json_t *measured)
{
	struct attempt_result result = {.measured = measured};

	store_attempt_step(p->o, p->job_id, p->attempt_id, ATTEMPT_REJECT,
	    ATTEMPT_FAILED, reason, &result, on_over, p);
}

static void
pass(struct probing *p, const json_t *measured)
{
	struct attempt_result result = {
	    .type = json_string_value(json_object_get(measured, "type")),
	    .measured = measured,
	};

	if (p->is_alone)
		store_attempt_finish(p->o, p->job_id, p->attempt_id,
		    ATTEMPT_PASS, &result, on_finished, p);
	else
		store_attempt_step(p->o, p->job_id, p->attempt_id, ATTEMPT_PASS,
		    ATTEMPT_DELIVERED, NULL, &result, on_over, p);
}

static void
on_measured(enum probe_outcome outcome, const json_t *measured, void *arg)
{
	struct probing *p = arg;
	const char *reason;

	if (outcome == PROBE_BROKEN) {
		free(p); /* the sweep finds it again */
		return;
	}
	reason = probe_judge_result(p->kind, outcome, measured);
	if (reason != NULL)
		reject(p, reason, measured);
	else
		pass(p, measured);
}

static struct probing *
probing_new(struct orchestrator *o, const struct arrival *a)
{
	struct probing *p = xcalloc(1, sizeof(*p));

	p->o = o;
	p->kind = a->kind;
	p->is_alone = a->is_alone;
	p->at_us = a->at_us;
	snprintf(p->attempt_id, sizeof(p->attempt_id), "%s", a->attempt_id);
	snprintf(p->job_id, sizeof(p->job_id), "%s", a->job_id);
	return p;
}

static void
on_opened(enum blob_outcome outcome, int fd, uint64_t bytes, const char *why,
    void *arg)
{
	struct probing *p = arg;

	(void)bytes;
	switch (outcome) {
	case BLOB_DONE:
		probe_start(p->o->probes, p->attempt_id, fd, on_measured, p);
		return;
	case BLOB_MISSING:
		store_attempt_step(p->o, p->job_id, p->attempt_id,
		    ATTEMPT_ABANDON, ATTEMPT_ABANDONED, "lost_result", NULL,
		    on_over, p);
		return;
	case BLOB_FAILED:
		log_warn("store.failed", "what=open attempt=%s why=\"%s\"",
		    p->attempt_id, why);
		free(p); /* the sweep finds it again */
		return;
	}
}

static void
look(struct orchestrator *o, const struct arrival *a, const char *sha256)
{
	struct probing *p = probing_new(o, a);

	if (json_array_size(a->kind->output_types) == 0)
		pass(p, NULL); /* JSON, and it was parsed on arrival */
	else
		blob_open(o->blobs, a->attempt_id, sha256, on_opened, p);
}

static void
on_unprobed(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;
	struct arrival a = {0};

	if (answer->outcome == PG_DONE &&
	    arrival_take_row(&a, o, answer->results[0]) == 0 &&
	    a.state == ATTEMPT_RECEIVED)
		look(o, &a, pg_text(answer->results[0], 0, "result_sha256"));
}

void
intake_probe_again(struct orchestrator *o, const char *attempt_id)
{
	if (!probes_has(o->probes, attempt_id) &&
	    !blob_is_opening(o->blobs, attempt_id))
		store_attempt_get(o, attempt_id, on_unprobed, o);
}

/* -- acceptance --------------------------------------------------------- */

enum { MAX_TRIES = 3 }; /* of what the database did not take */

struct accepting {
	struct orchestrator *o;
	struct arrival a;   /* its file is in the blobs, the output our own */
	const char *fault;  /* why it is no result; NULL: it may be one */
	char sha256[65];    /* of the file kept; "": none */
	const char *status; /* if the step is made */
	int tries;
	void (*on_done)(const char *, void *);
	void *arg;
};

static void keep(struct accepting *);

static void
accepting_done(struct accepting *c, const char *status)
{
	c->on_done(status, c->arg);
	json_decref(c->a.output);
	free(c);
}

/* Another result was kept: nothing refers to this one's file. */
static void
forget_file(struct accepting *c, const char *kept_sha256)
{
	if (c->sha256[0] != '\0' && strcmp(c->sha256, kept_sha256) != 0)
		blob_remove(c->o->blobs, c->a.attempt_id, c->sha256);
}

/* The step was not made: somebody else moved the attempt between our reading
 * and our step, or the database was away. What is there now decides. */
static void
on_reread(const struct pg_answer *answer, void *arg)
{
	struct accepting *c = arg;
	const PGresult *res =
	    answer->outcome == PG_DONE ? answer->results[0] : NULL;
	const char *status = NULL;

	if (res != NULL && arrival_take_row(&c->a, c->o, res) != 0) {
		accepting_done(c, NULL);
		return;
	}
	if (res != NULL)
		status = arrival_answered(c->a.state);
	if (status == NULL && c->tries++ < MAX_TRIES) {
		if (res != NULL)
			keep(c);
		else
			store_attempt_get(c->o, c->a.attempt_id, on_reread, c);
		return;
	}
	if (status != NULL)
		forget_file(c, pg_text(res, 0, "result_sha256"));
	accepting_done(c, status);
}

/* What the result is written down with. */
static void
fill_result(struct accepting *c, struct attempt_result *result)
{
	result->at_us = c->a.at_us;
	result->sent_us = c->a.sent_us;
	result->accepted_us = c->a.accepted_us;
	if (c->fault == NULL)
		result->json = c->a.output;
	if (c->sha256[0] == '\0')
		return;
	result->type = kind_gives(c->a.kind, c->a.type)
			   ? c->a.type
			   : "application/octet-stream";
	result->sha256 = c->sha256;
	result->bytes = (int64_t)c->a.bytes;
}

static void
reread(struct accepting *c)
{
	store_attempt_get(c->o, c->a.attempt_id, on_reread, c);
}

static void
on_kept(bool moved, void *arg)
{
	struct accepting *c = arg;
	struct orchestrator *o = c->o;
	struct arrival a = c->a;
	char sha256[65];
	bool look_next =
	    moved && c->sha256[0] != '\0' && strcmp(c->status, "accepted") == 0;
	bool settle_next =
	    moved && !look_next && strcmp(c->status, "late") != 0;

	if (!moved) {
		reread(c);
		return;
	}
	memcpy(sha256, c->sha256, sizeof(sha256));
	accepting_done(c, c->status);
	if (look_next)
		look(o, &a, sha256);
	else
		note_overhead(o, a.at_us);
	if (settle_next)
		jobs_settle(o, a.job_id);
}

static void
step(struct accepting *c, const char *status, enum attempt_event event,
    enum attempt_state to, const char *reason)
{
	struct attempt_result result = {0};

	fill_result(c, &result);
	c->status = status;
	store_attempt_step(c->o, c->a.job_id, c->a.attempt_id, event, to,
	    reason, &result, on_kept, c);
}

static void
on_brought(bool moved, bool ended, void *arg)
{
	struct accepting *c = arg;
	struct orchestrator *o = c->o;
	struct arrival a = c->a;

	if (!moved) {
		reread(c);
		return;
	}
	accepting_done(c, "accepted");
	note_overhead(o, a.at_us);
	if (!ended)
		jobs_settle(o, a.job_id);
}

/* JSON was looked at as it came. */
static void
bring(struct accepting *c)
{
	struct attempt_result result = {0};

	if (!c->a.is_alone) {
		step(c, "accepted", ATTEMPT_BRING, ATTEMPT_DELIVERED, NULL);
		return;
	}
	fill_result(c, &result);
	store_attempt_finish(c->o, c->a.job_id, c->a.attempt_id, ATTEMPT_BRING,
	    &result, on_brought, c);
}

static void
on_overdue(bool moved, void *arg)
{
	struct accepting *c = arg;

	if (moved && (c->a.is_turned_away || c->a.state == ATTEMPT_ACCEPTED))
		jobs_settle(c->o, c->a.job_id);
	store_attempt_get(c->o, c->a.attempt_id, on_reread, c);
}

/* Past its deadline, which no sweep has seen yet: it has timed out, as one
 * that was accepted, for its miner has worked on it; or it is lost, if we have
 * turned its result away before. */
static void
time_out(struct accepting *c)
{
	if (c->a.is_turned_away)
		store_attempt_step(c->o, c->a.job_id, c->a.attempt_id,
		    ATTEMPT_ABANDON, ATTEMPT_ABANDONED, "lost_result", NULL,
		    on_overdue, c);
	else if (c->a.state == ATTEMPT_SENT)
		store_attempt_step(c->o, c->a.job_id, c->a.attempt_id,
		    ATTEMPT_ACCEPT, ATTEMPT_ACCEPTED, NULL, NULL, on_overdue,
		    c);
	else
		store_attempt_step(c->o, c->a.job_id, c->a.attempt_id,
		    ATTEMPT_EXPIRE, ATTEMPT_TIMED_OUT, "no_result", NULL,
		    on_overdue, c);
}

static void
keep(struct accepting *c)
{
	if (c->a.state != ATTEMPT_TIMED_OUT && c->a.at_us > c->a.deadline_us)
		time_out(c);
	else if (c->a.state == ATTEMPT_TIMED_OUT)
		step(c, "late", ATTEMPT_RESULT, ATTEMPT_LATE, "came_late");
	else if (c->fault != NULL)
		step(c, "failed", ATTEMPT_FAIL, ATTEMPT_FAILED, c->fault);
	else if (json_array_size(c->a.kind->output_types) == 0)
		bring(c);
	else
		step(c, "accepted", ATTEMPT_RESULT, ATTEMPT_RECEIVED, NULL);
}

/* Why a result is none, before anybody looks inside; NULL if it may be one. */
static const char *
fault_of(const struct arrival *a)
{
	bool wants_file = json_array_size(a->kind->output_types) > 0;
	uint64_t most = a->kind->max_output_bytes;
	uint64_t bytes = wants_file ? a->bytes : a->output_bytes;

	if (a->says_failed)
		return "miner_failed";
	if (a->is_too_large)
		return "too_large";
	if (wants_file ? a->file == NULL || bytes == 0 : a->output == NULL)
		return "empty_result";
	return bytes > most ? "too_large" : NULL;
}

static void
on_file_kept(const char *why, void *arg)
{
	struct accepting *c = arg;

	if (why == NULL) {
		keep(c);
		return;
	}
	log_error("store.disk", "why=\"%s\"", why);
	accepting_done(c, NULL);
}

void
arrival_accept(struct orchestrator *o, struct arrival *a,
    void (*on_done)(const char *, void *), void *arg)
{
	const char *done = arrival_answered(a->state);
	struct blob_writer *file;
	struct accepting *c;

	if (done != NULL) {
		on_done(done, arg);
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->o = o;
	c->a = *a;
	c->a.file = NULL;
	json_incref(c->a.output);
	c->fault = fault_of(a);
	c->on_done = on_done;
	c->arg = arg;
	if (c->fault != NULL || a->file == NULL) {
		keep(c);
		return;
	}
	file = a->file;
	a->file = NULL;
	blob_commit(file, c->a.attempt_id, c->sha256, on_file_kept, c);
}

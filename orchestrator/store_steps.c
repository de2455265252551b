/* Every step of a job or an attempt: what writes a state, and what follows. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/flights.h"
#include "orchestrator/hedges.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/queue.h"
#include "orchestrator/store.h"
#include "orchestrator/store_op.h"
#include "orchestrator/watch.h"
#include "orchestrator/webhooks.h"
#include "orchestrator/withdraw.h"
#include "sql.h"

struct step {
	struct orchestrator *o;
	char id[UUID_TEXT];
	int event, to;
	const char *reason;
	void (*on_done)(bool moved, void *arg);
	void *arg;
};

static struct step *
step_new(struct orchestrator *o, const char *id, int event, int to,
    void (*on_done)(bool, void *), void *arg)
{
	struct step *step = xcalloc(1, sizeof(*step));

	step->o = o;
	snprintf(step->id, sizeof(step->id), "%s", id);
	step->event = event;
	step->to = to;
	step->on_done = on_done;
	step->arg = arg;
	return step;
}

static void
step_done(struct step *step, bool moved)
{
	if (step->on_done != NULL)
		step->on_done(moved, step->arg);
	free(step);
}

/* "{sent,accepted}": the states from which the event leads to `to`. */
static void
job_sources(enum job_event event, enum job_state to, struct buf *out)
{
	for (int s = 0; s < N_JOB_STATES; s++) {
		if (job_next(s, event) == (int)to)
			buf_printf(out, "%c%s", out->len == 0 ? '{' : ',',
			    job_state_name(s));
	}
	buf_add_str(out, "}");
}

static void
attempt_sources(
    enum attempt_event event, enum attempt_state to, struct buf *out)
{
	for (int s = 0; s < N_ATTEMPT_STATES; s++) {
		if (attempt_next(s, event) == (int)to)
			buf_printf(out, "%c%s", out->len == 0 ? '{' : ',',
			    attempt_state_name(s));
	}
	buf_add_str(out, "}");
}

/* Whether it is done and the i-th of its statements has a row. */
static bool
has_row(const struct pg_answer *answer, size_t i)
{
	return answer->outcome == PG_DONE && PQntuples(answer->results[i]) > 0;
}

/* -- jobs --------------------------------------------------------------- */

static void
note_job_step(struct orchestrator *o, const char *id, const PGresult *res,
    enum job_event event, enum job_state to)
{
	log_info("job.step", "id=%s from=%s to=%s on=%s", id,
	    pg_text(res, 0, "was"), job_state_name(to), job_event_name(event));
	metric_add(o->counters.jobs_over[to], 1);
	watches_hint(o->watches, id);
	if (pg_bool(res, 0, "told"))
		webhooks_kick(o->webhooks);
}

static void
on_job_step(const struct pg_answer *answer, void *arg)
{
	struct step *step = arg;
	bool moved = has_row(answer, 0);

	if (answer->outcome != PG_DONE)
		log_warn("store.failed", "what=job_step id=%s why=\"%s\"",
		    step->id, answer->why);
	if (moved)
		note_job_step(step->o, step->id, answer->results[0],
		    step->event, step->to);
	step_done(step, moved);
}

struct job_step {
	enum job_event event;
	enum job_state to;
	const char *reason, *best;
	int64_t next_try_us;
	int budget; /* what it takes of the retry budget */
};

static void
add_job_step(struct pg_op *op, const char *id, const struct job_step *js)
{
	struct pg_params p = {0};
	struct buf from = {0};
	int64_t now_us = clock_wall_us();

	job_sources(js->event, js->to, &from);
	pg_add_text(&p, id);
	pg_add_text(&p, buf_str(&from));
	pg_add_text(&p, job_state_name(js->to));
	pg_add_text(&p, js->reason);
	pg_add_us(&p, now_us);
	pg_add_text(
	    &p, js->best != NULL && js->best[0] != '\0' ? js->best : NULL);
	pg_add_us(&p, js->next_try_us);
	pg_add_int(&p, js->budget);
	pg_op_add_row(op, sql_job_step, p.n, p.values);
	buf_free(&from);
}

static void
step_job(struct orchestrator *o, const char *id, const struct job_step *js,
    void (*on_done)(bool, void *), void *arg)
{
	struct step *step = step_new(o, id, js->event, js->to, on_done, arg);
	struct pg_op *op = pg_op_new(id);

	add_job_step(op, id, js);
	pg_op_batch(o->pg, op, on_job_step, step);
}

void
store_job_step(struct orchestrator *o, const char *id, enum job_event event,
    enum job_state to, const char *reason, const char *best,
    void (*on_done)(bool, void *), void *arg)
{
	struct job_step step = {
	    .event = event, .to = to, .reason = reason, .best = best};

	step_job(o, id, &step, on_done, arg);
}

void
store_job_requeue(struct orchestrator *o, const char *id, int64_t next_try_us,
    bool takes_budget)
{
	struct job_step step = {
	    .event = JOB_REQUEUE,
	    .to = JOB_QUEUED,
	    .next_try_us = next_try_us,
	    .budget = takes_budget,
	};

	step_job(o, id, &step, NULL, NULL);
}

/* -- attempts ----------------------------------------------------------- */

static enum miner_outcome
outcome_of(enum attempt_state state)
{
	if (state == ATTEMPT_DELIVERED)
		return MINER_DELIVERED;
	return state == ATTEMPT_FAILED || state == ATTEMPT_REFUSED ||
		       state == ATTEMPT_TIMED_OUT
		   ? MINER_FAILED
		   : MINER_NEUTRAL;
}

/* What follows from an attempt's end, in a row with job_id, hotkey, kind,
 * instance, miner_ms and is_hedge. What came late had ended before. */
static void
note_over(struct orchestrator *o, const char *id, enum attempt_state to,
    const PGresult *res, int row)
{
	metric_add(o->counters.attempts_over[to], 1);
	if (!pg_is_null(res, row, "miner_ms"))
		metric_observe(o->counters.miner_seconds,
		    pg_real(res, row, "miner_ms") / 1000);
	if (to != ATTEMPT_LATE)
		miners_ended(o, pg_text(res, row, "hotkey"),
		    pg_text(res, row, "kind"), pg_text(res, row, "instance"),
		    outcome_of(to));
	hedges_over(o->hedges, id, to, res, row);
	flights_remove(o->flights, id);
	dispatch_over(o, id);
	claim_room(o->claim);
	redis_send(o->out, redis_results, id, pg_text(res, row, "job_id"));
	watches_hint(o->watches, pg_text(res, row, "job_id"));
}

static void
note_attempt_step(struct orchestrator *o, const char *id, const char *reason,
    enum attempt_event event, enum attempt_state to, const PGresult *res)
{
	log_info("attempt.step",
	    "id=%s job=%s from=%s to=%s on=%s hotkey=%s reason=%s", id,
	    pg_text(res, 0, "job_id"), pg_text(res, 0, "was"),
	    attempt_state_name(to), attempt_event_name(event),
	    pg_text(res, 0, "hotkey"), reason != NULL ? reason : "-");
	if (!attempt_is_over(to))
		return;
	note_over(o, id, to, res, 0);
}

static void
on_attempt_step(const struct pg_answer *answer, void *arg)
{
	struct step *step = arg;
	bool moved = has_row(answer, 0);

	if (answer->outcome != PG_DONE)
		log_warn("store.failed", "what=attempt_step id=%s why=\"%s\"",
		    step->id, answer->why);
	if (moved)
		note_attempt_step(step->o, step->id, step->reason, step->event,
		    step->to, answer->results[0]);
	step_done(step, moved);
}

static void
add_result(struct pg_params *p, const struct attempt_result *r, char *json,
    char *measured)
{
	bool has_bytes = r->sha256 != NULL;

	pg_add_text(p, r->type);
	pg_add_text(p, r->sha256);
	pg_add_int(p, r->bytes);
	if (!has_bytes)
		p->values[p->n - 1] = NULL;
	pg_add_text(p, json);
	pg_add_text(p, measured);
	pg_add_us(p, r->sent_us);
	pg_add_us(p, r->accepted_us);
}

static void
add_attempt_step(struct pg_op *op, const char *id, enum attempt_event event,
    enum attempt_state to, const char *reason,
    const struct attempt_result *given)
{
	static const struct attempt_result none;
	const struct attempt_result *result = given != NULL ? given : &none;
	struct pg_params p = {0};
	struct buf from = {0};
	char *json = store_json(result->json);
	char *measured = store_json(result->measured);

	attempt_sources(event, to, &from);
	pg_add_text(&p, id);
	pg_add_text(&p, buf_str(&from));
	pg_add_text(&p, attempt_state_name(to));
	pg_add_text(&p, reason);
	pg_add_us(&p, result->at_us != 0 ? result->at_us : clock_wall_us());
	add_result(&p, result, json, measured);
	pg_op_add_row(op, sql_attempt_step, p.n, p.values);
	buf_free(&from);
	free(json);
	free(measured);
}

void
store_attempt_step(struct orchestrator *o, const char *job_id,
    const char *attempt_id, enum attempt_event event, enum attempt_state to,
    const char *reason, const struct attempt_result *given,
    void (*on_done)(bool, void *), void *arg)
{
	struct step *step = step_new(o, attempt_id, event, to, on_done, arg);
	struct pg_op *op = pg_op_new(job_id);

	step->reason = reason;
	add_attempt_step(op, attempt_id, event, to, reason, given);
	pg_op_batch(o->pg, op, on_attempt_step, step);
}

/* -- both --------------------------------------------------------------- */

struct finish {
	struct orchestrator *o;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	enum attempt_event event;
	void (*on_done)(bool moved, bool ended, void *arg);
	void *arg;
};

static void
on_finish(const struct pg_answer *answer, void *arg)
{
	struct finish *f = arg;
	bool moved = has_row(answer, 0);
	bool ended = moved && has_row(answer, 1);

	if (answer->outcome != PG_DONE)
		log_warn("store.failed", "what=finish id=%s why=\"%s\"", f->id,
		    answer->why);
	if (moved)
		note_attempt_step(f->o, f->id, NULL, f->event,
		    ATTEMPT_DELIVERED, answer->results[0]);
	if (ended) {
		note_job_step(
		    f->o, f->job_id, answer->results[1], JOB_FINISH, JOB_DONE);
		if (pg_bool(answer->results[1], 0, "left"))
			store_attempt_drop(f->o, f->job_id);
	}
	f->on_done(moved, ended, f->arg);
	free(f);
}

void
store_attempt_finish(struct orchestrator *o, const char *job_id,
    const char *attempt_id, enum attempt_event event,
    const struct attempt_result *result,
    void (*on_done)(bool moved, bool ended, void *arg), void *arg)
{
	struct job_step done = {
	    .event = JOB_FINISH, .to = JOB_DONE, .best = attempt_id};
	struct finish *f = xcalloc(1, sizeof(*f));
	struct pg_op *op = pg_op_new(job_id);

	f->o = o;
	snprintf(f->id, sizeof(f->id), "%s", attempt_id);
	snprintf(f->job_id, sizeof(f->job_id), "%s", job_id);
	f->event = event;
	f->on_done = on_done;
	f->arg = arg;
	add_attempt_step(
	    op, attempt_id, event, ATTEMPT_DELIVERED, NULL, result);
	add_job_step(op, job_id, &done);
	pg_op_batch(o->pg, op, on_finish, f);
}

/* -- all that are left -------------------------------------------------- */

struct drop {
	struct orchestrator *o;
	char job_id[UUID_TEXT];
};

static bool
is_at_miner(const char *state)
{
	return strcmp(state, "sent") == 0 || strcmp(state, "accepted") == 0;
}

static const char *
drop_event(enum attempt_state to)
{
	if (to == ATTEMPT_TIMED_OUT)
		return attempt_event_name(ATTEMPT_EXPIRE);
	return attempt_event_name(
	    to == ATTEMPT_ABANDONED ? ATTEMPT_ABANDON : ATTEMPT_DROP);
}

static void
on_dropped(const struct pg_answer *answer, void *arg)
{
	struct drop *drop = arg;

	if (answer->outcome != PG_DONE) {
		store_on_quiet(answer, "attempt_drop");
		free(drop);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		const PGresult *res = answer->results[0];
		const char *id = pg_text(res, i, "id");
		const char *state = pg_text(res, i, "state");
		enum attempt_state to = attempt_state_parse(state);

		log_info("attempt.step",
		    "id=%s job=%s from=%s to=%s on=%s hotkey=%s reason=%s", id,
		    drop->job_id, pg_text(res, i, "was"), state, drop_event(to),
		    pg_text(res, i, "hotkey"), pg_text(res, i, "reason"));
		note_over(drop->o, id, to, res, i);
		if (is_at_miner(pg_text(res, i, "was")))
			withdraw(drop->o, id, pg_text(res, i, "kind"),
			    pg_text(res, i, "hotkey"));
	}
	free(drop);
}

void
store_attempt_drop(struct orchestrator *o, const char *job_id)
{
	struct drop *drop = xcalloc(1, sizeof(*drop));
	struct pg_params p = {0};

	drop->o = o;
	snprintf(drop->job_id, sizeof(drop->job_id), "%s", job_id);
	pg_add_text(&p, job_id);
	pg_add_us(&p, clock_wall_us());
	store_batch(o, job_id, sql_attempt_drop, &p, on_dropped, drop);
}

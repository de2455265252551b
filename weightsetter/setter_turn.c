/* A setter's turn: a reveal, or the vector that waits. */
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "weightsetter/committed.h"
#include "weightsetter/order.h"
#include "weightsetter/reveal.h"
#include "weightsetter/runtime.h"
#include "weightsetter/setter_impl.h"
#include "weightsetter/submit.h"

/* Nothing is sent by a snapshot so many blocks older than another subnet's. */
enum { STALE_BLOCKS = 3 };

static bool
send_row(struct setter *w, struct ledger_row *row, uint64_t era_period)
{
	const struct submit_order order = {row, w->s, w->runtime, era_period};

	memcpy(w->sending, row->vector_id, sizeof(w->sending));
	flight_start(w->parts.flight, &order);
	return true;
}

static bool
send_reveal(struct setter *w, const struct ledger_row *commit)
{
	const char *call = method_reveal(w->runtime->md, w->parts.mecid);
	uint64_t room = reveal_room(w->s, setter_best(w));
	struct vectors_when at = setter_when(w);

	if (call == NULL) {
		committed_reveal_failed(
		    w->committed, commit->id, "no_call", &at);
		return false;
	}
	return send_row(w, order_reveal(commit, call),
	    order_reveal_era(w->parts.rules.era_period, room));
}

/* NULL, or why there should be no commit for the next block. */
static const char *
commit_hindrance(const struct setter *w, uint64_t *until_block)
{
	struct reveal_time t;
	const char *reason = reveal_plan(
	    w->s, w->method.action, setter_best(w), clock_wall_ms(), &t);

	*until_block = w->s->block + 1;
	if (reason == NULL && committed_in_epoch(w->committed, t.epoch)) {
		*until_block = epochs_next_block(&w->s->hyper.epochs);
		return "epoch_has_commit";
	}
	return reason;
}

static bool
send_plan(struct setter *w, const struct vector *v, const struct plan *plan)
{
	uint64_t until_block;
	const char *reason = NULL;

	if (ledger_is_commit(w->method.action))
		reason = commit_hindrance(w, &until_block);
	if (reason != NULL) {
		setter_say_waiting(w, v->id, reason, until_block);
		return false;
	}
	log_info("weights.planned",
	    "vector=%s netuid=%u mecid=%u source=%s action=%s uids=%zu "
	    "dropped=%zu block=%llu",
	    v->id, w->parts.netuid, w->parts.mecid,
	    vector_source_name(v->source), ledger_action_name(w->method.action),
	    plan->sent.n, plan->dropped, (unsigned long long)w->s->block);
	return send_row(w,
	    order_weights(w->s, w->parts.mecid, &w->method, &plan->sent, v->id,
		w->parts.rules.version_key),
	    w->parts.rules.era_period);
}

static bool
check(struct setter *w, const struct vector *v, const struct plan *plan)
{
	struct preflight_of of = setter_preflight_of(w);
	struct preflight pre = preflight_check(w->s, &of, &plan->sent);

	switch (pre.verdict) {
	case PREFLIGHT_GO:
		return send_plan(w, v, plan);
	case PREFLIGHT_WAIT:
	case PREFLIGHT_ALARM:
		setter_say_waiting(w, v->id, pre.reason, pre.until_block);
		break;
	case PREFLIGHT_REFUSE:
		vectors_refuse(w->vectors, v->id, pre.reason);
		break;
	}
	return false;
}

static bool
consider(struct setter *w, const struct vector *v)
{
	struct plan plan;
	bool is_started = false;

	plan_make(
	    &w->parts.rules.plan, w->s, v, &w->proven, clock_wall_us(), &plan);
	if (plan.refusal != NULL)
		vectors_refuse(w->vectors, v->id, plan.refusal);
	else if (w->alarm != NULL)
		setter_say_waiting(w, v->id, w->alarm, 0);
	else
		is_started = check(w, v, &plan);
	plan_clear(&plan);
	return is_started;
}

static bool
is_ready(const struct setter *w)
{
	return w->is_loaded && w->s != NULL && w->hotkey[0] != '\0' &&
	       setter_is_same(w->s->hotkey, w->hotkey) &&
	       w->unbuildable != w->runtime->spec_version &&
	       w->s->block >= w->needed_block &&
	       w->s->block + STALE_BLOCKS >= flight_block(w->parts.flight);
}

bool
setter_step(struct setter *w)
{
	const struct ledger_row *commit;
	const struct vector *v;

	if (!is_ready(w))
		return false;
	commit = committed_due(w->committed, w->s, setter_best(w));
	if (commit != NULL && send_reveal(w, commit))
		return true;
	v = vectors_ready(w->vectors, w->s->block);
	if (v == NULL)
		return false;
	w->waits_for = NULL;
	return consider(w, v);
}

/* The next thing to do about weights. */
#include "weightsetter/setter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/redis.h"
#include "common/xalloc.h"
#include "weightsetter/chain.h"
#include "weightsetter/find.h"
#include "weightsetter/ledger.h"
#include "weightsetter/preflight.h"
#include "weightsetter/prove.h"
#include "weightsetter/store.h"
#include "weightsetter/submit.h"
#include "weightsetter/vectors.h"

/* So long after its era a finalized row may stay without proof. */
enum { PROOF_BLOCKS = 256 };

struct gauges {
	struct metric *tempos_behind, *last_proven, *open_row, *steps;
};

struct setter {
	struct setter_parts parts;
	struct ledger ledger;
	struct submit *submit;
	struct prove *prove;
	struct find *find;
	struct vectors *vectors;
	struct snapshot *s; /* the newest; NULL at first */
	struct runtime *runtime;
	char hotkey[SS58_MAX_TEXT]; /* whose ledger was read; "" at first */
	bool is_loaded, is_loading;
	char sending[PLAN_ID]; /* the vector that was given to submit */
	struct uid_weights proven;
	struct gauges gauges;
};

static void step(struct setter *);

static bool
is_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* -- the ledger ---------------------------------------------------------- */

static void
tell(struct setter *w, enum ledger_event event, const struct ledger_fact *fact)
{
	ledger_step(&w->ledger, event, fact, clock_wall_us());
}

static void
tell_reason(struct setter *w, enum ledger_event event, const char *reason)
{
	struct ledger_fact fact = {.reason = reason};

	tell(w, event, &fact);
}

static bool
is_open(const struct setter *w, const char *row_id)
{
	return w->ledger.open != NULL && is_same(w->ledger.open->id, row_id);
}

static void
on_proof(const struct proof *proof, void *arg)
{
	struct setter *w = arg;
	struct ledger_fact fact = {
	    proof->block, proof->block_hash, proof->reason};

	if (!is_open(w, proof->row_id))
		return;
	switch (proof->result) {
	case PROVE_PROVEN:
		tell(w, LEDGER_PROOF, &fact);
		return;
	case PROVE_REFUSED:
		tell_reason(w, LEDGER_DISPROOF, proof->reason);
		return;
	case PROVE_ABSENT:
		tell(w, LEDGER_LOSS, NULL);
		return;
	case PROVE_GONE:
		tell_reason(w, LEDGER_DEATH, "state_discarded");
		return;
	case PROVE_LATER:
		break;
	}
	log_warn("weights.not_proven_yet", "id=%s why=\"%s\"", proof->row_id,
	    proof->reason);
	if (w->s->block >= w->ledger.open->era_death + PROOF_BLOCKS)
		tell_reason(w, LEDGER_DEATH, "unprovable");
}

static void
on_finding(const struct finding *f, void *arg)
{
	struct setter *w = arg;
	struct ledger_fact fact = {f->block, f->block_hash, NULL};

	if (!is_open(w, f->row_id))
		return;
	switch (f->result) {
	case FIND_FOUND:
		tell(w, LEDGER_FINALITY, &fact);
		break;
	case FIND_EXPIRED:
		if (f->is_foreign)
			log_error("weights.foreign_nonce",
			    "id=%s nonce=%u why=\"another program uses this "
			    "hotkey\"",
			    f->row_id, w->ledger.open->nonce);
		tell_reason(w, LEDGER_DEATH,
		    f->is_foreign ? "foreign_nonce" : "era_over");
		break;
	case FIND_NOT_YET:
	case FIND_LATER:
		break;
	}
}

/* Where the open row stands and nobody else is at it. */
static void
attend(struct setter *w)
{
	const struct ledger_row *row = w->ledger.open;
	struct finding finding;

	switch (row->state) {
	case LEDGER_INTENDED:
		if (row->extrinsic_hash[0] == '\0')
			tell_reason(w, LEDGER_NEVER_SENT, "never_sent");
		else
			tell(w, LEDGER_LOSS, NULL);
		break;
	case LEDGER_SUBMITTED:
	case LEDGER_INCLUDED:
		tell(w, LEDGER_LOSS, NULL);
		break;
	case LEDGER_FINALIZED:
		if (!prove_is_busy(w->prove) && w->s->block >= row->block)
			prove_start(w->prove, row, w->s);
		break;
	case LEDGER_UNKNOWN:
		if (!find_is_busy(w->find) &&
		    !find_start(w->find, row, w->s, &finding))
			on_finding(&finding, w);
		break;
	case LEDGER_PROVEN:
	case LEDGER_REFUSED:
	case LEDGER_EXPIRED:
	case N_LEDGER_STATES:
		break; /* its end is being written */
	}
}

static void
look_after_row(struct setter *w)
{
	const struct ledger_row *row = w->ledger.open;
	bool is_sent =
	    row->state == LEDGER_SUBMITTED || row->state == LEDGER_INCLUDED;

	if (is_sent && w->s->block >= row->era_death)
		submit_abandon(w->submit);
	if (!submit_is_busy(w->submit))
		attend(w);
}

static void
proven(struct setter *w, const struct ledger_row *row)
{
	char block[32];

	log_info("weights.proven",
	    "block=%llu extrinsic=%s vector=%s uids=%zu hash=%s",
	    (unsigned long long)row->block, row->extrinsic_hash, row->vector_id,
	    row->sent.n, row->block_hash);
	snprintf(block, sizeof(block), "%llu", (unsigned long long)row->block);
	redis_send(w->parts.redis, redis_chain, block, "proven");
	metric_set(w->gauges.last_proven, (double)row->block);
	uid_weights_clear(&w->proven);
	uid_weights_copy(&w->proven, &row->sent);
}

/* A step of the open row is written down. */
static void
on_step(const struct ledger_row *row, void *arg)
{
	struct setter *w = arg;
	char vector_id[PLAN_ID], reason[REFUSAL_MAX];
	bool is_proven = row->state == LEDGER_PROVEN;

	metric_add(w->gauges.steps, 1);
	if (!ledger_is_end(row->state)) {
		step(w);
		return;
	}
	memcpy(vector_id, row->vector_id, sizeof(vector_id));
	memcpy(reason, row->reason, sizeof(reason));
	if (is_proven)
		proven(w, row);
	else
		log_warn("weights.failed", "id=%s vector=%s state=%s reason=%s",
		    row->id, row->vector_id, ledger_state_name(row->state),
		    reason);
	ledger_drop(&w->ledger);
	if (!is_proven)
		vectors_failed(w->vectors, vector_id, reason, w->s->block);
	vectors_ended(w->vectors, vector_id, is_proven);
	step(w);
}

/* What is in memory is not what is in PostgreSQL: read it again. */
static void
reload(struct setter *w)
{
	submit_abandon(w->submit);
	ledger_drop(&w->ledger);
	w->is_loaded = false;
}

static void
on_conflict(void *arg)
{
	reload(arg);
}

static void
on_no_row(const char *reason, void *arg)
{
	struct setter *w = arg;

	if (is_same(reason, "not_written") ||
	    is_same(reason, "another_under_way"))
		reload(w);
	vectors_failed(w->vectors, w->sending, reason, w->s->block);
}

/* -- reading the ledger at the start ------------------------------------- */

static void
on_last_proven(enum store_outcome outcome, const struct uid_weights *weights,
    int64_t block, void *arg)
{
	struct setter *w = arg;

	w->is_loading = false;
	if (outcome == STORE_FAILED)
		return;
	if (outcome == STORE_DONE) {
		uid_weights_clear(&w->proven);
		uid_weights_copy(&w->proven, weights);
		metric_set(w->gauges.last_proven, (double)block);
	}
	w->is_loaded = true;
	setter_wake(w);
	step(w);
}

static void
on_open_row(enum store_outcome outcome, struct ledger_row *row, void *arg)
{
	struct setter *w = arg;

	if (outcome == STORE_FAILED) {
		w->is_loading = false;
		return;
	}
	if (row != NULL) {
		log_info("ledger.taken_up", "id=%s state=%s extrinsic=%s",
		    row->id, ledger_state_name(row->state),
		    row->extrinsic_hash);
		ledger_take(&w->ledger, row);
	}
	store_last_proven(w->parts.store, w->parts.netuid, w->parts.mecid,
	    w->hotkey, on_last_proven, w);
}

static void
load(struct setter *w)
{
	if (w->is_loading || submit_is_busy(w->submit))
		return; /* it ends by itself, and soon */
	ledger_drop(&w->ledger);
	w->is_loading = true;
	store_open_row(w->parts.store, w->parts.netuid, w->parts.mecid,
	    w->hotkey, on_open_row, w);
}

/* -- the next thing to do ------------------------------------------------ */

static void
send_plan(struct setter *w, const struct vector *v, const struct plan *plan)
{
	log_info("weights.planned", "vector=%s uids=%zu dropped=%zu block=%llu",
	    v->id, plan->sent.n, plan->dropped,
	    (unsigned long long)w->s->block);
	memcpy(w->sending, v->id, sizeof(w->sending));
	submit_start(w->submit, w->s, w->runtime, &plan->sent, w->sending);
}

/* Said once for each reason, not at each head. */
static void
say_waiting(
    struct setter *w, const struct vector *v, const struct preflight *pre)
{
	if (vectors_wait(w->vectors, pre->reason))
		log_info("weights.waiting",
		    "vector=%s reason=%s block=%llu until_block=%llu", v->id,
		    pre->reason, (unsigned long long)w->s->block,
		    (unsigned long long)pre->until_block);
}

static void
check(struct setter *w, const struct vector *v, const struct plan *plan)
{
	struct preflight pre =
	    preflight_check(w->s, &plan->sent, w->parts.version_key);

	switch (pre.verdict) {
	case PREFLIGHT_GO:
		send_plan(w, v, plan);
		break;
	case PREFLIGHT_WAIT:
		say_waiting(w, v, &pre);
		break;
	case PREFLIGHT_REFUSE:
		vectors_refuse(w->vectors, v->id, pre.reason);
		break;
	}
}

static void
consider(struct setter *w, const struct vector *v)
{
	struct plan plan;

	plan_make(&w->parts.rules, w->s, v, &w->proven, clock_wall_us(), &plan);
	if (plan.refusal != NULL)
		vectors_refuse(w->vectors, v->id, plan.refusal);
	else
		check(w, v, &plan);
	plan_clear(&plan);
}

static void
step(struct setter *w)
{
	const struct vector *v;

	metric_set(w->gauges.open_row, w->ledger.open != NULL);
	if (w->s == NULL || w->s->hotkey[0] == '\0')
		return;
	if (!w->is_loaded) {
		load(w);
		return;
	}
	if (w->ledger.open != NULL) {
		look_after_row(w);
		return;
	}
	if (submit_is_busy(w->submit) || !chain_is_up(w->parts.chain))
		return;
	v = vectors_ready(w->vectors, w->s->block);
	if (v != NULL)
		consider(w, v);
}

static void
show_tempos(struct setter *w)
{
	const struct snapshot *s = w->s;
	double behind;

	if (snapshot_find(s, s->hotkey) == NULL || s->hyper.tempo == 0)
		return;
	behind = (double)(s->block - s->last_update) / (double)s->hyper.tempo;
	metric_set(w->gauges.tempos_behind, behind);
}

void
setter_wake(struct setter *w)
{
	if (w->is_loaded)
		vectors_wake(w->vectors);
}

static const char *
under_way(void *arg)
{
	const struct setter *w = arg;

	return w->ledger.open == NULL ? "" : w->ledger.open->vector_id;
}

static void
on_vectors(void *arg)
{
	step(arg);
}

void
setter_take_snapshot(struct setter *w, struct snapshot *s, struct runtime *r)
{
	snapshot_free(w->s);
	runtime_release(w->runtime);
	w->s = s;
	w->runtime = r;
	show_tempos(w);
	if (!is_same(w->hotkey, s->hotkey)) {
		if (w->hotkey[0] != '\0')
			log_warn("signer.another_hotkey", "was=%s is=%s",
			    w->hotkey, s->hotkey);
		memcpy(w->hotkey, s->hotkey, sizeof(w->hotkey));
		reload(w);
	}
	setter_wake(w);
	step(w);
}

/* -- making and freeing -------------------------------------------------- */

static void
make_gauges(struct setter *w)
{
	struct metrics *m = w->parts.metrics;

	w->gauges.tempos_behind =
	    metrics_gauge(m, "subnetd_weights_tempos_behind", NULL,
		"Tempos since the chain last took weights of our hotkey");
	w->gauges.last_proven =
	    metrics_gauge(m, "subnetd_weights_last_proven_block", NULL,
		"Block at which weights were last proven");
	w->gauges.open_row = metrics_gauge(m, "subnetd_weights_under_way", NULL,
	    "Whether an intention to set weights has not ended");
	w->gauges.steps = metrics_counter(m, "subnetd_ledger_steps_total", NULL,
	    "Steps of the weight ledger written down");
}

struct setter *
setter_new(const struct setter_parts *parts)
{
	struct setter *w = xcalloc(1, sizeof(*w));
	struct submit_parts submit = {
	    .chain = parts->chain,
	    .store = parts->store,
	    .ledger = &w->ledger,
	    .signer = parts->signer,
	    .era_period = parts->era_period,
	    .version_key = parts->version_key,
	};
	struct vectors_parts vectors = {
	    .store = parts->store,
	    .netuid = parts->netuid,
	    .mecid = parts->mecid,
	    .under_way = under_way,
	    .on_change = on_vectors,
	    .arg = w,
	};

	w->parts = *parts;
	ledger_init(&w->ledger, parts->store);
	w->ledger.on_step = on_step;
	w->ledger.on_conflict = on_conflict;
	w->ledger.arg = w;
	w->submit = submit_new(&submit, on_no_row, w);
	w->prove = prove_new(parts->chain, on_proof, w);
	w->find = find_new(parts->chain, on_finding, w);
	w->vectors = vectors_new(&vectors);
	make_gauges(w);
	return w;
}

void
setter_free(struct setter *w)
{
	if (w == NULL)
		return;
	submit_free(w->submit);
	prove_free(w->prove);
	find_free(w->find);
	ledger_clear(&w->ledger);
	vectors_free(w->vectors);
	uid_weights_clear(&w->proven);
	snapshot_free(w->s);
	runtime_release(w->runtime);
	free(w);
}

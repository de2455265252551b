/* What a hotkey has in flight. */
#include "weightsetter/flight.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "weightsetter/chain.h"
#include "weightsetter/find.h"
#include "weightsetter/ledger.h"
#include "weightsetter/prove.h"
#include "weightsetter/store.h"
#include "weightsetter/submit.h"

/* So long after its era a finalized row may stay without proof. */
enum { PROOF_BLOCKS = 256 };

struct flight {
	struct flight_parts parts;
	struct ledger ledger;
	struct submit *submit;
	struct prove *prove;
	struct find *find;
	struct snapshot *s; /* the newest; NULL at first */
	char hotkey[SS58_MAX_TEXT];
	bool is_loaded, is_loading;
	uint64_t sent_at; /* best block at the last start */
	bool knows_nonce;
	uint32_t next_nonce; /* as far as we are the only ones */
	struct metric *under_way, *steps, *foreign;
};

static void attend(struct flight *);

static void
tell(struct flight *f, enum ledger_event event, const struct ledger_fact *fact)
{
	ledger_step(&f->ledger, event, fact, clock_wall_us());
}

static void
tell_reason(struct flight *f, enum ledger_event event, const char *reason)
{
	struct ledger_fact fact = {.reason = reason};

	tell(f, event, &fact);
}

static bool
is_open(const struct flight *f, const char *row_id)
{
	return f->ledger.open != NULL &&
	       strcmp(f->ledger.open->id, row_id) == 0;
}

/* -- what prove and find say --------------------------------------------- */

/* False, and nothing is told: the chain does not show it. */
static bool
tell_commit(struct flight *f, bool was_carried_out)
{
	struct ledger_fact fact = {0};

	switch (
	    f->parts.find_commit(f->ledger.open, &fact.epoch, f->parts.arg)) {
	case FLIGHT_STORED:
		tell(f, LEDGER_COMMIT, &fact);
		return true;
	case FLIGHT_LATER:
		return true;
	case FLIGHT_UNKNOWN:
		if (was_carried_out)
			tell(f, LEDGER_COMMIT, NULL);
		return was_carried_out;
	case FLIGHT_ABSENT:
		break;
	}
	return false;
}

static void
on_proof(const struct proof *proof, void *arg)
{
	struct flight *f = arg;
	struct ledger_fact fact = {
	    .block = proof->block, .block_hash = proof->block_hash};
	bool is_commit;

	if (!is_open(f, proof->row_id))
		return;
	is_commit = ledger_is_commit(f->ledger.open->action);
	switch (proof->result) {
	case PROVE_PROVEN:
		if (!is_commit)
			tell(f, LEDGER_PROOF, &fact);
		else if (!tell_commit(f, true))
			tell_reason(f, LEDGER_DISPROOF, "commit_not_stored");
		return;
	case PROVE_REFUSED:
		tell_reason(f, LEDGER_DISPROOF, proof->reason);
		return;
	case PROVE_ABSENT:
		tell(f, LEDGER_LOSS, NULL);
		return;
	case PROVE_GONE:
		if (!is_commit || !tell_commit(f, false))
			tell_reason(f, LEDGER_DEATH, "state_discarded");
		return;
	case PROVE_LATER:
		break;
	}
	log_warn("weights.not_proven_yet", "id=%s why=\"%s\"", proof->row_id,
	    proof->reason);
	if (f->s->block >= f->ledger.open->era_death + PROOF_BLOCKS)
		tell_reason(f, LEDGER_DEATH, "unprovable");
}

static void
say_foreign_nonce(struct flight *f, const char *id, uint32_t nonce)
{
	metric_add(f->foreign, 1);
	log_error("weights.foreign_nonce",
	    "id=%s nonce=%u why=\"another program uses this hotkey\"", id,
	    nonce);
}

static void
on_finding(const struct finding *finding, void *arg)
{
	struct flight *f = arg;
	struct ledger_fact fact = {
	    .block = finding->block, .block_hash = finding->block_hash};

	if (!is_open(f, finding->row_id))
		return;
	switch (finding->result) {
	case FIND_FOUND:
		tell(f, LEDGER_FINALITY, &fact);
		break;
	case FIND_EXPIRED:
		if (finding->is_foreign)
			say_foreign_nonce(
			    f, finding->row_id, f->ledger.open->nonce);
		tell_reason(f, LEDGER_DEATH,
		    finding->is_foreign	   ? "foreign_nonce"
		    : finding->is_outlived ? "runtime_over"
					   : "era_over");
		break;
	case FIND_NOT_YET:
	case FIND_LATER:
		break;
	}
}

/* Where the open row stands and nobody else is at it. */
static void
move_on(struct flight *f)
{
	const struct ledger_row *row = f->ledger.open;
	struct finding finding;

	switch (row->state) {
	case LEDGER_INTENDED:
		if (row->extrinsic_hash[0] == '\0')
			tell_reason(f, LEDGER_NEVER_SENT, "never_sent");
		else
			tell(f, LEDGER_LOSS, NULL);
		break;
	case LEDGER_SUBMITTED:
	case LEDGER_INCLUDED:
		tell(f, LEDGER_LOSS, NULL);
		break;
	case LEDGER_FINALIZED:
		if (!prove_is_busy(f->prove) && f->s->block >= row->block)
			prove_start(f->prove, row, f->s);
		break;
	case LEDGER_UNKNOWN:
		if (!find_is_busy(f->find) &&
		    !find_start(f->find, row, f->s, &finding))
			on_finding(&finding, f);
		break;
	case LEDGER_COMMITTED:
	case LEDGER_PROVEN:
	case LEDGER_REFUSED:
	case LEDGER_EXPIRED:
	case N_LEDGER_STATES:
		break; /* that is being written */
	}
}

/* -- the ledger ---------------------------------------------------------- */

/* Its nonce is used up if it is in a block, or another took its place. */
static void
learn_nonce(struct flight *f, const struct ledger_row *row)
{
	bool is_foreign = strcmp(row->reason, "foreign_nonce") == 0;

	if ((row->block != 0 || is_foreign) && f->next_nonce <= row->nonce)
		f->next_nonce = row->nonce + 1;
}

static void
on_step(const struct ledger_row *row, void *arg)
{
	struct flight *f = arg;
	struct ledger_row *ended;

	metric_add(f->steps, 1);
	if (ledger_is_in_flight(row->state)) {
		attend(f);
		return;
	}
	ended = ledger_row_copy(row);
	ledger_drop(&f->ledger);
	learn_nonce(f, ended);
	f->parts.on_end(ended, f->parts.arg);
	ledger_row_free(ended);
	attend(f);
}

/* What is in memory is not what is in PostgreSQL: read it again. */
static void
reload(struct flight *f)
{
	submit_abandon(f->submit);
	ledger_drop(&f->ledger);
	f->is_loaded = false;
}

static void
on_conflict(void *arg)
{
	reload(arg);
}

static void
on_none(const struct ledger_row *row, const char *reason, void *arg)
{
	struct flight *f = arg;

	if (strcmp(reason, "not_written") == 0 ||
	    strcmp(reason, "another_under_way") == 0)
		reload(f);
	f->parts.on_none(row, reason, f->parts.arg);
	attend(f);
}

static void
on_open_row(enum store_outcome outcome, struct ledger_row *row, void *arg)
{
	struct flight *f = arg;

	f->is_loading = false;
	if (outcome == STORE_FAILED)
		return;
	if (row != NULL) {
		log_info("ledger.taken_up",
		    "id=%s netuid=%u mecid=%u state=%s extrinsic=%s", row->id,
		    row->netuid, row->mecid, ledger_state_name(row->state),
		    row->extrinsic_hash);
		ledger_take(&f->ledger, row);
	}
	f->is_loaded = true;
	attend(f);
}

static void
load(struct flight *f)
{
	if (f->is_loading || submit_is_busy(f->submit))
		return; /* it ends by itself, and soon */
	ledger_drop(&f->ledger);
	f->is_loading = true;
	store_open_row(f->parts.store, f->hotkey, on_open_row, f);
}

/* -- at each head, and whenever something has happened ------------------- */

static void
attend(struct flight *f)
{
	const struct ledger_row *row = f->ledger.open;
	bool is_sent;

	metric_set(f->under_way, row != NULL);
	if (f->s == NULL || f->hotkey[0] == '\0')
		return;
	if (!f->is_loaded) {
		load(f);
		return;
	}
	if (row == NULL) {
		if (flight_is_free(f))
			f->parts.on_free(f->parts.arg);
		return;
	}
	is_sent =
	    row->state == LEDGER_SUBMITTED || row->state == LEDGER_INCLUDED;
	if (is_sent && f->s->block >= row->era_death)
		submit_abandon(f->submit);
	if (!submit_is_busy(f->submit))
		move_on(f);
}

/* A nonce that grew without us. While a row is in flight its own may have
 * been used. */
static void
watch_nonce(struct flight *f)
{
	uint32_t now = f->s->nonce;

	if (!f->is_loaded || f->ledger.open != NULL ||
	    submit_is_busy(f->submit))
		return;
	if (f->knows_nonce && now > f->next_nonce)
		say_foreign_nonce(f, "none", now - 1);
	f->knows_nonce = true;
	if (now > f->next_nonce)
		f->next_nonce = now;
}

void
flight_take_snapshot(struct flight *f, struct snapshot *s)
{
	if (f->s != NULL && s->block < f->s->block)
		return;
	snapshot_hold(s);
	snapshot_free(f->s);
	f->s = s;
	if (strcmp(f->hotkey, s->hotkey) != 0) {
		if (f->hotkey[0] != '\0')
			log_warn("signer.another_hotkey", "was=%s is=%s",
			    f->hotkey, s->hotkey);
		memcpy(f->hotkey, s->hotkey, sizeof(f->hotkey));
		f->knows_nonce = false;
		f->next_nonce = 0;
		reload(f);
	}
	if (f->hotkey[0] != '\0')
		watch_nonce(f);
	attend(f);
}

bool
flight_is_free(const struct flight *f)
{
	return f->is_loaded && f->s != NULL && f->hotkey[0] != '\0' &&
	       f->ledger.open == NULL && !submit_is_busy(f->submit) &&
	       chain_is_up(f->parts.chain) &&
	       chain_best_number(f->parts.chain) > f->sent_at;
}

const struct ledger_row *
flight_row(const struct flight *f)
{
	return f->ledger.open;
}

uint64_t
flight_block(const struct flight *f)
{
	return f->s == NULL ? 0 : f->s->block;
}

void
flight_start(struct flight *f, const struct submit_order *order)
{
	f->sent_at = chain_best_number(f->parts.chain);
	submit_start(f->submit, order);
}

/* -- making and freeing -------------------------------------------------- */

struct flight *
flight_new(const struct flight_parts *parts)
{
	struct flight *f = xcalloc(1, sizeof(*f));
	struct submit_parts submit = {
	    .chain = parts->chain,
	    .store = parts->store,
	    .ledger = &f->ledger,
	    .signer = parts->signer,
	};

	f->parts = *parts;
	ledger_init(&f->ledger, parts->store);
	f->ledger.on_step = on_step;
	f->ledger.on_conflict = on_conflict;
	f->ledger.arg = f;
	f->submit = submit_new(&submit, on_none, f);
	f->prove = prove_new(parts->chain, on_proof, f);
	f->find = find_new(parts->chain, on_finding, f);
	f->under_way =
	    metrics_gauge(parts->metrics, "subnetd_weights_under_way", NULL,
		"Whether an intention to set weights is in flight");
	f->steps = metrics_counter(parts->metrics, "subnetd_ledger_steps_total",
	    NULL, "Steps of the weight ledger written down");
	f->foreign = metrics_counter(parts->metrics,
	    "subnetd_weights_foreign_nonces_total", NULL,
	    "Times that somebody else used a nonce of our hotkey");
	return f;
}

void
flight_free(struct flight *f)
{
	if (f == NULL)
		return;
	submit_free(f->submit);
	prove_free(f->prove);
	find_free(f->find);
	ledger_clear(&f->ledger);
	snapshot_free(f->s);
	free(f);
}

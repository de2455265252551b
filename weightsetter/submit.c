/*
 * Sending one row. Each step starts the next; a step that finds that the
 * ledger's open row is not its own any more lets go.
 */
#include "weightsetter/submit.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/apis.h"
#include "weightsetter/chain.h"
#include "weightsetter/follow.h"
#include "weightsetter/ledger.h"
#include "weightsetter/order.h"
#include "weightsetter/prepare.h"
#include "weightsetter/reveal.h"
#include "weightsetter/seal.h"
#include "weightsetter/store.h"
#include "weightsetter/transaction.h"
#include "weightsetter/value.h"

enum { FROM_OUTSIDE = 2, MAX_VALIDITY = 64 * 1024 };

static const char validate_method[] =
    "TaggedTransactionQueue_validate_transaction";

struct submit {
	struct submit_parts parts;
	submit_cb *on_none;
	void *arg;
	struct prepare *prepare;
	struct follow *follow;
	/* of the sending under way */
	bool is_busy;
	struct snapshot *at;
	struct runtime *runtime;
	uint64_t era_period;
	struct ledger_row *row; /* until the ledger has it; owned */
	char row_id[PLAN_ID];
	char best[SNAPSHOT_HASH];
	struct transaction transaction;
	struct signer_call *signing;
};

static void on_prepared(const struct prepared *, void *);

struct submit *
submit_new(const struct submit_parts *parts, submit_cb *on_none, void *arg)
{
	struct submit *s = xcalloc(1, sizeof(*s));

	s->parts = *parts;
	s->on_none = on_none;
	s->arg = arg;
	s->prepare = prepare_new(parts->chain, on_prepared, s);
	s->follow = follow_new(parts->chain, parts->ledger);
	return s;
}

/* Nothing of it is needed any more; it may still be followed. */
static void
let_go(struct submit *s)
{
	runtime_release(s->runtime);
	s->runtime = NULL;
	snapshot_free(s->at);
	s->at = NULL;
	ledger_row_free(s->row);
	s->row = NULL;
	transaction_clear(&s->transaction);
	s->is_busy = false;
}

void
submit_free(struct submit *s)
{
	if (s == NULL)
		return;
	let_go(s);
	follow_free(s->follow);
	prepare_free(s->prepare);
	free(s);
}

void
submit_abandon(struct submit *s)
{
	follow_abandon(s->follow);
}

bool
submit_is_busy(const struct submit *s)
{
	return s->is_busy || follow_is_busy(s->follow);
}

static struct rpc *
rpc_of(struct submit *s)
{
	return chain_rpc(s->parts.chain);
}

/* Nothing is written down, nothing was sent. */
static void
give_up(struct submit *s, const char *reason, const char *why)
{
	struct ledger_row *row = s->row;

	s->row = NULL;
	log_warn("weights.not_sent",
	    "vector=%s netuid=%u mecid=%u reason=%s why=\"%s\"", row->vector_id,
	    row->netuid, row->mecid, reason, why);
	let_go(s);
	s->on_none(row, reason, s->arg);
	ledger_row_free(row);
}

/* -- after the intention: events for the ledger -------------------------- */

/* Ours still? If not, the sending ends here. */
static bool
is_ours(struct submit *s)
{
	const struct ledger_row *open = s->parts.ledger->open;

	if (open != NULL && strcmp(open->id, s->row_id) == 0)
		return true;
	let_go(s);
	return false;
}

static void
tell_refusal(struct submit *s, const char *reason)
{
	struct ledger_fact fact = {.reason = reason};

	let_go(s);
	ledger_step(s->parts.ledger, LEDGER_REFUSAL, &fact, clock_wall_us());
}

/* The hash is written down before anything is sent: from here on the chain
 * can be asked for it. */
static void
on_hash_written(enum store_outcome outcome, void *arg)
{
	struct submit *s = arg;

	if (!is_ours(s))
		return;
	if (outcome != STORE_DONE) {
		tell_refusal(s, "not_written");
		return;
	}
	follow_start(s->follow, &s->transaction.bytes);
	let_go(s);
}

static json_t *
decode_validity(struct submit *s, const json_t *hex)
{
	const struct metadata *md = apis_of(s->runtime->md);
	const struct runtime_method *m = metadata_method(md, validate_method);
	struct buf bytes = {0};
	json_t *value = NULL;

	if (m != NULL && value_bytes(hex, MAX_VALIDITY, &bytes) == 0)
		value = decode_all(md, m->output, bytes.data, bytes.len, NULL);
	buf_free(&bytes);
	return value;
}

static void
on_validity(const struct rpc_answer *a, void *arg)
{
	struct submit *s = arg;
	char reason[REFUSAL_MAX];
	json_t *value;

	if (!is_ours(s))
		return;
	if (a->outcome != RPC_OK) {
		tell_refusal(s, "no_dry_run");
		return;
	}
	value = decode_validity(s, a->result);
	if (json_object_get(value, "Ok") != NULL) {
		json_decref(value);
		store_sign(
		    s->parts.store, s->parts.ledger->open, on_hash_written, s);
		return;
	}
	refusal_of_validity(json_object_get(value, "Err"), reason);
	json_decref(value);
	tell_refusal(s, reason);
}

/* What the pool would say, without entering it. */
static void
dry_run(struct submit *s)
{
	const struct buf *bytes = &s->transaction.bytes;
	struct buf args = {0};
	uint8_t best[32];
	char *hex;

	hex_decode_exact(s->best, best, sizeof(best));
	scale_put_u8(&args, FROM_OUTSIDE);
	buf_add(&args, bytes->data, bytes->len);
	buf_add(&args, best, sizeof(best));
	hex = hex_0x(args.data, args.len);
	rpc_call(rpc_of(s), "state_call",
	    json_pack("[s, s, s]", validate_method, hex, s->best), on_validity,
	    s);
	free(hex);
	buf_free(&args);
}

static void
on_signature(const char *signature, const struct err *why, void *arg)
{
	struct submit *s = arg;
	struct err err = {{0}};

	s->signing = NULL;
	if (!is_ours(s))
		return;
	if (signature == NULL)
		err = *why;
	else if (transaction_sign(&s->transaction, s->runtime,
		     s->parts.ledger->open, signature, &err) == 0) {
		dry_run(s);
		return;
	}
	log_error(
	    "weights.not_signed", "id=%s why=\"%s\"", s->row_id, err.text);
	tell_refusal(s, "not_signed");
}

/* -- the intention ------------------------------------------------------- */

static void
on_intended(enum store_outcome outcome, void *arg)
{
	struct submit *s = arg;
	const struct ledger_row *row = s->row;

	if (outcome == STORE_NOTHING) {
		give_up(s, "another_under_way",
		    "the ledger has a row of this hotkey in flight");
		return;
	}
	if (outcome == STORE_FAILED) {
		give_up(s, "not_written", "the intention was not written");
		return;
	}
	log_info("ledger.intended",
	    "id=%s vector=%s netuid=%u mecid=%u action=%s uids=%zu call=%s "
	    "nonce=%u era=%llu..%llu round=%llu reveal_block=%llu",
	    s->row_id, row->vector_id, row->netuid, row->mecid,
	    ledger_action_name(row->action), row->sent.n, row->call, row->nonce,
	    (unsigned long long)row->era_birth,
	    (unsigned long long)row->era_death,
	    (unsigned long long)row->reveal_round,
	    (unsigned long long)row->reveal_block);
	s->row = NULL;
	ledger_take(s->parts.ledger, (struct ledger_row *)row);
	s->signing = signer_sign_weights(s->parts.signer, row->call,
	    &s->transaction.payload, on_signature, s);
}

static void
intend(struct submit *s, const struct buf *sealed)
{
	uint64_t best = chain_best_number(s->parts.chain);
	struct era era =
	    era_at(order_era(s->era_period, s->at->block, best), s->at->block);
	struct ledger_row *row = s->row;
	struct err err = {{0}};

	row->era_birth = era_birth(era, s->at->block);
	row->era_death = era_death(era, s->at->block);
	row->spec_version = s->runtime->spec_version;
	if (transaction_make(&s->transaction, s->runtime, row, sealed, era,
		chain_genesis(s->parts.chain), s->at->block_hash, &err) != 0) {
		log_error("weights.cannot_build", "spec=%u call=%s why=\"%s\"",
		    s->runtime->spec_version, row->call, err.text);
		give_up(s, "cannot_build", err.text);
		return;
	}
	store_intend(s->parts.store, row, clock_wall_us(), on_intended, s);
}

/* -- the commit ---------------------------------------------------------- */

/* NULL, or why it cannot be sealed now. */
static const char *
seal(struct submit *s, const struct prepared *p, struct buf *sealed,
    struct err *why)
{
	uint64_t best = chain_best_number(s->parts.chain);
	int64_t now_ms = clock_wall_ms();
	struct reveal_time t;
	const char *reason;

	if (!ledger_is_commit(s->row->action))
		return NULL;
	reason = reveal_plan(s->at, s->row->action, best, now_ms, &t);
	if (reason != NULL) {
		err_set(why, "no commit for block %llu",
		    (unsigned long long)best + 1);
		return reason;
	}
	s->row->reveal_block = t.block;
	s->row->commit_epoch = t.epoch;
	if (s->row->action == LEDGER_HASH)
		return seal_hash(s->row, why) == 0 ? NULL : "cannot_build";
	if (reveal_is_skewed(p->timestamp_ms, now_ms)) {
		err_set(why, "our clock is %lld ms from the best block's",
		    (long long)(now_ms - (int64_t)p->timestamp_ms));
		return "clock_skew";
	}
	return seal_timelock(s->row, &s->at->beacon, t.round, sealed, why) == 0
		   ? NULL
		   : "cannot_build";
}

static void
on_prepared(const struct prepared *p, void *arg)
{
	struct submit *s = arg;
	struct err why = {{0}};
	struct buf sealed = {0};
	const char *reason;

	if (p->reason != NULL) {
		give_up(s, p->reason, p->why);
		return;
	}
	s->row->nonce = p->nonce;
	memcpy(s->best, p->best, sizeof(s->best));
	reason = seal(s, p, &sealed, &why);
	if (reason != NULL)
		give_up(s, reason, why.text);
	else
		intend(s, &sealed);
	buf_free(&sealed);
}

static void
on_agreed(enum endpoints_agreement agreement, void *arg)
{
	struct submit *s = arg;

	switch (agreement) {
	case ENDPOINTS_AGREED:
		prepare_start(s->prepare, s->at, s->runtime, &s->row->sent);
		break;
	case ENDPOINTS_DISAGREED:
		give_up(s, "endpoints_disagree",
		    "the endpoints have different finalized blocks");
		break;
	case ENDPOINTS_UNSURE:
		give_up(s, "endpoints_unsure",
		    "too few endpoints say that the head is final");
		break;
	}
}

void
submit_start(struct submit *s, const struct submit_order *order)
{
	struct head head = {.number = order->at->block};

	s->is_busy = true;
	s->at = snapshot_hold(order->at);
	s->runtime = runtime_hold(order->runtime);
	s->era_period = order->era_period;
	s->row = order->row;
	memcpy(s->row_id, s->row->id, sizeof(s->row_id));
	memcpy(head.hash, s->at->block_hash, sizeof(head.hash));
	chain_agree(s->parts.chain, &head, on_agreed, s);
}

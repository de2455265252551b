/*
 * Sending one set of weights. Each step starts the next; a step that finds
 * that the ledger's open row is not its own any more lets go.
 */
#include "weightsetter/submit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/signer_client.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/chain.h"
#include "weightsetter/ledger.h"
#include "weightsetter/prepare.h"
#include "weightsetter/status.h"
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
	/* of the sending under way */
	bool is_busy;
	struct head head;
	char best[SNAPSHOT_HASH];
	struct prepare *prepare;
	struct runtime *runtime;
	struct ledger_row *row; /* until the ledger has it; owned */
	json_t
	    *standing; /* {key of Keys[netuid][uid]: hotkey} of who gets any */
	char row_id[PLAN_ID];
	struct transaction transaction;
	struct signer_call *signing;
	struct rpc_sub *watching;
	unsigned statuses; /* so far: an answer about an old one is void */
	LIST_HEAD(, looked_up) lookups;
};

struct looked_up { /* the block that a status named */
	struct submit *submit;
	unsigned status;
	enum ledger_event event;
	char hash[SNAPSHOT_HASH];
	LIST_ENTRY(looked_up) link;
};

static void on_prepared(const struct prepared *, void *);

struct submit *
submit_new(const struct submit_parts *parts, submit_cb *on_none, void *arg)
{
	struct submit *s = xcalloc(1, sizeof(*s));

	s->parts = *parts;
	s->on_none = on_none;
	s->arg = arg;
	LIST_INIT(&s->lookups);
	s->prepare = prepare_new(parts->chain, on_prepared, s);
	return s;
}

/* It is over. */
static void
let_go(struct submit *s)
{
	if (s->watching != NULL)
		rpc_unsubscribe(s->watching);
	s->watching = NULL;
	s->statuses++;
	runtime_release(s->runtime);
	s->runtime = NULL;
	ledger_row_free(s->row);
	s->row = NULL;
	transaction_clear(&s->transaction);
	s->is_busy = false;
}

void
submit_free(struct submit *s)
{
	struct looked_up *l;

	if (s == NULL)
		return;
	while ((l = LIST_FIRST(&s->lookups)) != NULL) {
		LIST_REMOVE(l, link);
		free(l);
	}
	s->watching = NULL; /* it went with the chain */
	let_go(s);
	prepare_free(s->prepare);
	free(s);
}

void
submit_abandon(struct submit *s)
{
	if (s->watching != NULL)
		let_go(s);
}

bool
submit_is_busy(const struct submit *s)
{
	return s->is_busy;
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
	log_warn("weights.not_sent", "vector=%s reason=%s why=\"%s\"",
	    s->row->vector_id, reason, why);
	let_go(s);
	s->on_none(reason, s->arg);
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
tell(struct submit *s, enum ledger_event event, const struct ledger_fact *fact)
{
	ledger_step(s->parts.ledger, event, fact, clock_wall_us());
}

static void
tell_refusal(struct submit *s, const char *reason)
{
	struct ledger_fact fact = {.reason = reason};

	let_go(s);
	tell(s, LEDGER_REFUSAL, &fact);
}

/* -- watching ------------------------------------------------------------ */

static void
tell_block(struct submit *s, const struct looked_up *l, uint64_t number)
{
	struct ledger_fact fact = {.block = number, .block_hash = l->hash};

	if (l->event == LEDGER_FINALITY)
		let_go(s);
	tell(s, l->event, &fact);
}

/* The number of a block a status named. Without one the chain is asked. */
static void
on_header(const struct rpc_answer *a, void *arg)
{
	struct looked_up *l = arg;
	struct submit *s = l->submit;
	uint64_t number;

	LIST_REMOVE(l, link);
	if (l->status == s->statuses && is_ours(s)) {
		if (a->outcome == RPC_OK &&
		    chain_header_number(a->result, &number) == 0) {
			tell_block(s, l, number);
		} else if (l->event == LEDGER_FINALITY) {
			let_go(s);
			tell(s, LEDGER_LOSS, NULL);
		}
	}
	free(l);
}

static void
look_up(struct submit *s, enum ledger_event event, const char *hash)
{
	struct looked_up *l = xcalloc(1, sizeof(*l));

	l->submit = s;
	l->status = s->statuses;
	l->event = event;
	memcpy(l->hash, hash, sizeof(l->hash));
	LIST_INSERT_HEAD(&s->lookups, l, link);
	rpc_call(
	    rpc_of(s), "chain_getHeader", json_pack("[s]", hash), on_header, l);
}

static void
on_status(const json_t *status, void *arg)
{
	struct submit *s = arg;
	char hash[SNAPSHOT_HASH];
	int event = status_event(status, hash);

	s->statuses++;
	if (event < 0 || !is_ours(s))
		return;
	if (hash[0] != '\0') {
		look_up(s, (enum ledger_event)event, hash);
		return;
	}
	if (event == LEDGER_LOSS)
		let_go(s);
	tell(s, (enum ledger_event)event, NULL);
}

static void
on_watch_end(const struct rpc_answer *a, void *arg)
{
	struct submit *s = arg;
	char reason[REFUSAL_MAX];

	s->watching = NULL;
	s->statuses++;
	if (!is_ours(s))
		return;
	if (a->outcome == RPC_REFUSED) {
		refusal_of_submission(a->code, a->message, a->data, reason);
		if (refusal_judge(reason) != REFUSAL_UNCLEAR) {
			tell_refusal(s, reason);
			return;
		}
	}
	let_go(s);
	tell(s, LEDGER_LOSS, NULL);
}

/* -- from the signature to the node -------------------------------------- */

static void
send_it(struct submit *s)
{
	const struct buf *bytes = &s->transaction.bytes;
	char *hex = hex_0x(bytes->data, bytes->len);

	log_info("weights.sending", "vector=%s id=%s extrinsic=%s nonce=%u",
	    s->parts.ledger->open->vector_id, s->row_id,
	    s->parts.ledger->open->extrinsic_hash,
	    s->parts.ledger->open->nonce);
	s->watching = rpc_subscribe(rpc_of(s), "author_submitAndWatchExtrinsic",
	    "author_unwatchExtrinsic", json_pack("[s]", hex), on_status,
	    on_watch_end, s);
	free(hex);
}

/* The hash is written down before anything is sent: from here on the chain
 * can be asked for it. */
static void
on_hash_written(enum store_outcome outcome, void *arg)
{
	struct submit *s = arg;

	if (!is_ours(s))
		return;
	if (outcome == STORE_DONE)
		send_it(s);
	else
		tell_refusal(s, "not_written");
}

static void
write_hash(struct submit *s)
{
	store_sign(s->parts.store, s->parts.ledger->open, on_hash_written, s);
}

static json_t *
decode_validity(struct submit *s, const json_t *hex)
{
	const struct runtime_method *m =
	    metadata_method(s->runtime->md, validate_method);
	struct buf bytes = {0};
	json_t *value = NULL;

	if (m != NULL && value_bytes(hex, MAX_VALIDITY, &bytes) == 0)
		value = decode_all(
		    s->runtime->md, m->output, bytes.data, bytes.len, NULL);
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
		write_hash(s);
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
	if (signature == NULL) {
		log_error("weights.not_signed", "id=%s why=\"%s\"", s->row_id,
		    why->text);
		tell_refusal(s, "not_signed");
		return;
	}
	if (transaction_sign(&s->transaction, s->runtime, s->parts.ledger->open,
		signature, &err) != 0) {
		log_error("weights.not_signed", "id=%s why=\"%s\"", s->row_id,
		    err.text);
		tell_refusal(s, "not_signed");
		return;
	}
	dry_run(s);
}

/* -- the intention ------------------------------------------------------- */

static void
on_intended(enum store_outcome outcome, void *arg)
{
	struct submit *s = arg;

	if (outcome == STORE_NOTHING) {
		give_up(s, "another_under_way",
		    "the ledger has an open row of this hotkey");
		return;
	}
	if (outcome == STORE_FAILED) {
		give_up(s, "not_written", "the intention was not written");
		return;
	}
	log_info("ledger.intended",
	    "id=%s vector=%s uids=%zu call=%s nonce=%u era=%llu..%llu",
	    s->row_id, s->row->vector_id, s->row->sent.n, s->row->call,
	    s->row->nonce, (unsigned long long)s->row->era_birth,
	    (unsigned long long)s->row->era_death);
	ledger_take(s->parts.ledger, s->row);
	s->row = NULL;
	s->signing = signer_sign_weights(
	    s->parts.signer, &s->transaction.payload, on_signature, s);
}

static void
intend(struct submit *s)
{
	struct era era = era_at(s->parts.era_period, s->head.number);
	struct ledger_row *row = s->row;
	struct err err = {{0}};

	row->era_birth = era_birth(era, s->head.number);
	row->era_death = era_death(era, s->head.number);
	if (transaction_make(&s->transaction, s->runtime, row, era,
		chain_genesis(s->parts.chain), s->head.hash, &err) != 0) {
		log_error("weights.cannot_build", "spec=%u why=\"%s\"",
		    s->runtime->spec_version, err.text);
		give_up(s, "cannot_build", err.text);
		return;
	}
	store_intend(s->parts.store, row, clock_wall_us(), on_intended, s);
}

static void
on_prepared(const struct prepared *p, void *arg)
{
	struct submit *s = arg;

	if (p->reason != NULL) {
		give_up(s, p->reason, p->why);
		return;
	}
	s->row->nonce = p->nonce;
	memcpy(s->best, p->best, sizeof(s->best));
	intend(s);
}

static struct ledger_row *
new_row(const struct snapshot *at, const struct uid_weights *w,
    const char *vector_id, const char *call, uint64_t version_key)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));

	uuid_new(row->id);
	snprintf(row->vector_id, sizeof(row->vector_id), "%s", vector_id);
	snprintf(row->call, sizeof(row->call), "%s", call);
	memcpy(row->hotkey, at->hotkey, sizeof(row->hotkey));
	row->netuid = at->netuid;
	row->mecid = at->mecid;
	row->state = LEDGER_INTENDED;
	row->version_key = version_key;
	uid_weights_copy(&row->sent, w);
	return row;
}

void
submit_start(struct submit *s, const struct snapshot *at, struct runtime *r,
    const struct uid_weights *w, const char *vector_id)
{
	const char *call = transaction_call(r->md, at->mecid);

	s->is_busy = true;
	s->runtime = runtime_hold(r);
	s->head.number = at->block;
	memcpy(s->head.hash, at->block_hash, sizeof(s->head.hash));
	s->row = new_row(at, w, vector_id, call == NULL ? "none" : call,
	    s->parts.version_key);
	memcpy(s->row_id, s->row->id, sizeof(s->row_id));
	prepare_start(s->prepare, at, r, w);
}

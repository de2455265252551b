/* The steps, in the runtime's order. */
#include "tests/fake/devchain/executive.h"
#include "tests/fake/devchain/beacon.h"

#include <stddef.h>

#include "common/buf.h"
#include "common/log.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/calls.h"
#include "tests/fake/devchain/epoch.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/work.h"

enum { BLOCK_HASH_COUNT = 2400 };

enum { CLASS_NORMAL = 0, CLASS_MANDATORY = 2, PAYS_YES = 0, PAYS_NO = 1 };

enum { BARE_V5 = 0x05, PALLET_TIMESTAMP = 2, DISPATCH_ERROR_MODULE = 3 };

static struct item
hash_item(uint32_t number)
{
	const uint8_t le[] = {number & 0xff, number >> 8 & 0xff,
	    number >> 16 & 0xff, number >> 24};

	return item_with(item("System", "BlockHash"), le, sizeof(le));
}

void
executive_begin(struct work *w, const struct block *parent, struct ops *ops)
{
	const struct view *v = &w->view;

	w->phase = PHASE_INITIALIZATION;
	view_put_uint(v, item("System", "Number"), w->number);
	view_put(v, item("System", "ParentHash"), parent->hash, 32);
	view_put(v, hash_item(w->number - 1), parent->hash, 32);
	if (w->number > BLOCK_HASH_COUNT + 1)
		view_delete(v, hash_item(w->number - 1 - BLOCK_HASH_COUNT));
	if (!w->beacon_held)
		view_put_uint(v, item("Drand", "LastStoredRound"),
		    beacon_round(w->now_ms));
	for (size_t i = 0; i < ops->n; i++)
		op_run(&ops->list[i], w);
	epoch_step(w);
}

static void
put_info(struct buf *b, uint8_t class, uint8_t pays)
{
	enum { SOME_TIME = 300000000, SOME_PROOF = 8000 };

	scale_put_compact(b, SOME_TIME);
	scale_put_compact(b, SOME_PROOF);
	scale_put_u8(b, class);
	scale_put_u8(b, pays);
}

static void
announce_success(struct work *w, uint8_t class, uint8_t pays)
{
	struct buf b = {0};

	put_info(&b, class, pays);
	work_event(w, PALLET_SYSTEM, EVENT_EXTRINSIC_SUCCESS, &b);
	buf_free(&b);
}

static void
announce_failure(struct work *w, uint8_t pallet, uint8_t error, uint8_t pays)
{
	struct buf b = {0};

	scale_put_u8(&b, DISPATCH_ERROR_MODULE);
	scale_put_u8(&b, pallet);
	scale_put_u32(&b, error);
	put_info(&b, CLASS_NORMAL, pays);
	work_event(w, PALLET_SYSTEM, EVENT_EXTRINSIC_FAILED, &b);
	buf_free(&b);
}

void
executive_timestamp(struct work *w, struct buf *extrinsic)
{
	struct buf body = {0};

	scale_put_u8(&body, BARE_V5);
	scale_put_u8(&body, PALLET_TIMESTAMP);
	scale_put_u8(&body, 0);
	scale_put_compact(&body, w->now_ms);
	scale_put_bytes(extrinsic, body.data, body.len);
	buf_free(&body);
	view_put_uint(&w->view, item("Timestamp", "Now"), w->now_ms);
	w->phase = PHASE_EXTRINSIC;
	w->extrinsic = 0;
	announce_success(w, CLASS_MANDATORY, PAYS_YES);
}

/* The nonce moves on and the tip is gone, however the call ends. */
static void
charge(const struct view *v, const struct extrinsic *x)
{
	struct account a = account_read(v, x->signer);

	a.nonce++;
	a.free -= x->tip;
	account_write(v, x->signer, &a);
}

static void
dispatch(struct work *w, const struct runtime *rt, const struct extrinsic *x)
{
	const struct call_kind *kind = call_kind_of(rt->md, x);
	struct call_args args = call_args_of(kind, x, w->number);
	uint8_t pays = kind->pays ? PAYS_YES : PAYS_NO;
	int error = kind->run(w, &args);

	if (error == CALL_OK) {
		announce_success(w, CLASS_NORMAL, pays);
		return;
	}
	announce_failure(w, x->pallet, error, pays);
	log_info("extrinsic.failed", "call=%s.%s pallet=%u error=%d",
	    kind->pallet, kind->name, x->pallet, error);
}

enum applied
executive_apply(struct work *w, const struct runtime *rt,
    const uint8_t genesis[32], const struct buf *bytes, struct validity *why)
{
	struct extrinsic x;
	enum applied applied = APPLIED;

	*why = (struct validity){
	    .verdict = VERDICT_INVALID, .invalid = INVALID_CALL};
	if (extrinsic_parse(rt->md, bytes->data, bytes->len, &x, NULL) != 0)
		return APPLIED_INVALID;
	*why = validity_of(
	    &w->view, rt, genesis, w->number, bytes->data, bytes->len, &x);
	if (why->verdict != VERDICT_VALID)
		applied = APPLIED_INVALID;
	else if (x.nonce > why->account_nonce)
		applied = APPLIED_LATER;
	if (applied == APPLIED) {
		charge(&w->view, &x);
		dispatch(w, rt, &x);
	}
	extrinsic_clear(&x);
	return applied;
}

void
executive_end(struct work *w)
{
	struct buf b = {0};

	work_events(w, &b);
	view_put(&w->view, item("System", "Events"), b.data, b.len);
	view_put_uint(&w->view, item("System", "EventCount"), w->n_events);
	buf_free(&b);
	buf_free(&w->events);
}

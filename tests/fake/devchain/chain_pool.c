/* How extrinsics come into the pool, wait there and are refused. */
#include <string.h>

#include "common/log.h"
#include "subtensor/extrinsic.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/storage.h"

static struct view
best_view(const struct chain *c)
{
	return runtime_view(c->best->runtime, c->state, &c->best->place);
}

/* As if it were to go into the next block. */
static struct validity
judge(const struct chain *c, const struct buf *bytes, const struct extrinsic *x)
{
	struct view v = best_view(c);

	return validity_of(&v, c->best->runtime, c->genesis->hash,
	    c->best->place.number + 1, bytes->data, bytes->len, x);
}

static bool
is_framed(const struct buf *bytes)
{
	struct scale_reader r;
	uint64_t len;

	scale_read_init(&r, bytes->data, bytes->len);
	len = scale_compact(&r);
	return !r.failed && len == scale_left(&r);
}

uint32_t
chain_next_nonce(const struct chain *c, const uint8_t account[32])
{
	struct view v = best_view(c);
	uint32_t nonce = account_read(&v, account).nonce;

	return nonce + pool_ready_run(c->pool, account, nonce);
}

static enum submit_result
admit(struct chain *c, struct buf *bytes, const struct extrinsic *x,
    int64_t now_ms, struct submission *s)
{
	bool ready;

	s->validity = judge(c, bytes, x);
	if (s->validity.verdict != VERDICT_VALID) {
		pool_ban(c->pool, s->hash, now_ms);
		return SUBMIT_INVALID;
	}
	if (pool_rival(c->pool, x->signer, x->nonce) != NULL)
		return SUBMIT_RIVAL;
	ready = x->nonce == chain_next_nonce(c, x->signer);
	s->tx = pool_add(c->pool, bytes, s->hash, x->signer, x->nonce,
	    ready ? TX_READY : TX_FUTURE);
	return SUBMIT_OK;
}

enum submit_result
chain_submit(
    struct chain *c, struct buf *bytes, int64_t now_ms, struct submission *s)
{
	struct extrinsic x;
	enum submit_result result;

	*s = (struct submission){0};
	if (!is_framed(bytes))
		return SUBMIT_BAD_FORMAT;
	hash_blake2_256(bytes->data, bytes->len, s->hash);
	if (pool_is_banned(c->pool, s->hash, now_ms))
		return SUBMIT_BANNED;
	if (pool_find(c->pool, s->hash) != NULL)
		return SUBMIT_KNOWN;
	if (extrinsic_parse(
		c->best->runtime->md, bytes->data, bytes->len, &x, NULL) != 0)
		return SUBMIT_UNDECODABLE;
	result = admit(c, bytes, &x, now_ms, s);
	extrinsic_clear(&x);
	return result;
}

static void
lose(struct chain *c, struct tx *tx)
{
	switch (c->lose) {
	case LOSE_LOUDLY:
		pool_remove(c->pool, tx, NEWS_DROPPED);
		break;
	case LOSE_USURPED:
		pool_remove(c->pool, tx, NEWS_USURPED);
		break;
	case LOSE_INVALID:
		pool_ban(c->pool, tx->hash, c->best->time_ms);
		pool_remove(c->pool, tx, NEWS_INVALID);
		break;
	case LOSE_NOTHING:
	case LOSE_SILENTLY:
		pool_forget(c->pool, tx);
		break;
	}
}

void
chain_announce(struct chain *c, struct tx *tx)
{
	pool_announce(c->pool, tx);
	if (c->lose_next > 0) {
		c->lose_next--;
		log_info("extrinsic.lost", "nonce=%u", tx->nonce);
		lose(c, tx);
		return;
	}
	chain_promote(c, c->best->time_ms);
}

void
chain_refuse(
    struct chain *c, struct tx *tx, const struct validity *why, int64_t now_ms)
{
	char text[96];

	validity_text(why, text);
	log_info("extrinsic.invalid", "data=\"%s\"", text);
	pool_ban(c->pool, tx->hash, now_ms);
	pool_remove(c->pool, tx, NEWS_INVALID);
}

static void
review(struct chain *c, struct tx *tx, int64_t now_ms)
{
	struct validity v = {
	    .verdict = VERDICT_INVALID, .invalid = INVALID_CALL};
	struct extrinsic x;

	if (extrinsic_parse(c->best->runtime->md, tx->bytes.data, tx->bytes.len,
		&x, NULL) == 0) {
		v = judge(c, &tx->bytes, &x);
		extrinsic_clear(&x);
	}
	if (v.verdict != VERDICT_VALID)
		chain_refuse(c, tx, &v, now_ms);
	else if (tx->state == TX_FUTURE &&
		 tx->nonce == chain_next_nonce(c, tx->signer))
		pool_set_ready(c->pool, tx);
}

void
chain_promote(struct chain *c, int64_t now_ms)
{
	for (struct tx *tx = pool_first(c->pool), *next; tx; tx = next) {
		next = tx->next;
		if (tx->state != TX_IN_BLOCK)
			review(c, tx, now_ms);
	}
}

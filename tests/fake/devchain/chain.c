/* The tree: making blocks, forking, finality, forgetting. */
#include "tests/fake/devchain/chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/executive.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/work.h"

enum { SLOT_MS = 12000 };

static void
on_tx(const struct tx *tx, enum tx_news news, const struct block *b, void *arg)
{
	struct chain *c = arg;

	c->hooks.on_tx(tx, news, b, c->hooks.arg);
}

struct chain *
chain_new(const struct chain_hooks *hooks, uint32_t finality_lag)
{
	struct chain *c = xcalloc(1, sizeof(*c));

	c->hooks = *hooks;
	c->finality_lag = finality_lag;
	c->state = state_new();
	c->pool = pool_new(on_tx, c);
	return c;
}

void
chain_free(struct chain *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_blocks; i++)
		block_free(c->blocks[i]);
	for (size_t i = 0; i < c->n_runtimes; i++)
		runtime_free(c->runtimes[i]);
	free(c->blocks);
	free(c->runtimes);
	ops_clear(&c->pending);
	pool_free(c->pool);
	state_free(c->state);
	free(c);
}

struct runtime *
chain_add_runtime(struct chain *c, const struct runtime_spec *spec)
{
	struct runtime *rt = runtime_new(spec);

	c->runtimes =
	    xrealloc(c->runtimes, c->n_runtimes + 1, sizeof(*c->runtimes));
	c->runtimes[c->n_runtimes++] = rt;
	return rt;
}

static void
keep(struct chain *c, struct block *b)
{
	c->blocks = xrealloc(c->blocks, c->n_blocks + 1, sizeof(*c->blocks));
	c->blocks[c->n_blocks++] = b;
}

int
chain_start(struct chain *c, struct runtime *rt,
    int (*fill)(struct work *, void *arg, struct err *), void *arg,
    struct err *err)
{
	static const uint8_t nothing[32];
	struct block *b = block_new(NULL);
	struct work w = {
	    .view = runtime_view(rt, c->state, &b->place),
	    .phase = PHASE_INITIALIZATION,
	};
	int filled;

	keep(c, b);
	b->runtime = rt;
	filled = fill(&w, arg, err);
	buf_free(&w.events); /* genesis has none */
	block_seal(b, c->state, nothing);
	c->genesis = c->best = c->finalized = b;
	return filled;
}

/* What was taken in, to be told of once the block has its hash. */
struct taken {
	struct tx **list;
	size_t n;
};

/* One walk over what is ready; true if something went in. */
static bool
take_ready(struct chain *c, struct work *w, struct block *b,
    const struct runtime *rt, struct taken *taken)
{
	bool any = false;

	if (c->holds_pool)
		return false;
	for (struct tx *tx = pool_first(c->pool), *next; tx; tx = next) {
		struct validity why;

		next = tx->next;
		if (tx->state != TX_READY || tx->block != NULL)
			continue;
		w->extrinsic = b->n_xts;
		switch (executive_apply(
		    w, rt, c->genesis->hash, &tx->bytes, &why)) {
		case APPLIED:
			block_add_xt(b, tx->bytes.data, tx->bytes.len);
			taken->list = xrealloc(
			    taken->list, taken->n + 1, sizeof(*taken->list));
			taken->list[taken->n++] = tx;
			tx->block = b;
			any = true;
			break;
		case APPLIED_LATER:
			break;
		case APPLIED_INVALID:
			chain_refuse(c, tx, &why, w->now_ms);
			break;
		}
	}
	return any;
}

/* The runtime an upgrade among the ops leaves in force. */
static void
upgrade(struct block *b)
{
	for (size_t i = 0; i < b->ops.n; i++) {
		if (b->ops.list[i].kind != OP_RUNTIME)
			continue;
		b->runtime = b->ops.list[i].runtime;
		block_log_upgraded(b);
	}
}

/* Make a block on top of the best, which it becomes. */
static struct block *
build(struct chain *c, bool empty, int64_t now_ms, struct taken *taken)
{
	const struct block *parent = c->best;
	struct block *b = block_new(parent);
	struct work w = {
	    .view = runtime_view(parent->runtime, c->state, &b->place),
	    .number = b->place.number,
	    .beacon_held = c->beacon_held,
	};
	struct buf timestamp = {0};

	b->time_ms = now_ms > parent->time_ms ? now_ms : parent->time_ms + 1;
	w.now_ms = b->time_ms;
	b->ops = c->pending;
	c->pending = (struct ops){0};
	block_log_slot(b, b->time_ms / SLOT_MS);
	if (c->forks > 0) {
		char text[32];

		snprintf(text, sizeof(text), "fork %u", c->forks);
		block_log_other(b, text);
	}
	executive_begin(&w, parent, &b->ops);
	executive_timestamp(&w, &timestamp);
	block_add_xt(b, timestamp.data, timestamp.len);
	buf_free(&timestamp);
	while (!empty && take_ready(c, &w, b, parent->runtime, taken))
		;
	executive_end(&w);
	upgrade(b);
	block_seal(b, c->state, parent->state_root);
	keep(c, b);
	c->best = b;
	return b;
}

static void
tell_taken(struct chain *c, struct taken *taken)
{
	for (size_t i = 0; i < taken->n; i++) {
		struct tx *tx = taken->list[i];
		char hash[65];

		hex_encode(tx->hash, 32, hash);
		log_info("extrinsic.included", "hash=0x%s n=%u", hash,
		    tx->block->place.number);
		pool_ban(c->pool, tx->hash, tx->block->time_ms);
		pool_set_in_block(c->pool, tx, tx->block);
	}
	free(taken->list);
}

static void
log_block(const struct block *b)
{
	char hash[65];

	hex_encode(b->hash, 32, hash);
	log_info("block.produced", "n=%u hash=0x%s extrinsics=%zu",
	    b->place.number, hash, b->n_xts);
}

static void
finalize_by_lag(struct chain *c)
{
	if (c->best->place.number > c->finality_lag)
		chain_finalize(c, c->best->place.number - c->finality_lag);
}

struct block *
chain_produce(struct chain *c, int64_t now_ms)
{
	struct taken taken = {0};
	struct block *b = build(c, false, now_ms, &taken);

	log_block(b);
	c->hooks.on_block(b, c->hooks.arg);
	c->hooks.on_best(b, c->hooks.arg);
	tell_taken(c, &taken);
	chain_promote(c, c->best->time_ms);
	finalize_by_lag(c);
	return b;
}

/* Take the best block off the chain; its extrinsics and ops are to be done
 * again. */
static void
retract_best(struct chain *c)
{
	struct block *b = c->best;

	c->best = block_parent(b);
	for (struct tx *tx = pool_first(c->pool); tx; tx = tx->next) {
		if (tx->state != TX_IN_BLOCK || tx->block != b)
			continue;
		pool_unban(c->pool, tx->hash);
		pool_retract(c->pool, tx);
	}
	ops_prepend(&c->pending, &b->ops);
	log_info("block.retracted", "n=%u", b->place.number);
}

int
chain_fork(struct chain *c, uint32_t depth, uint32_t n_build, bool empty,
    int64_t now_ms, struct err *err)
{
	uint32_t open = c->best->place.number - c->finalized->place.number;
	struct taken taken = {0};

	if (depth == 0 || depth > open)
		return err_set(err, "only %u blocks are not finalized", open);
	c->forks++;
	while (depth-- > 0)
		retract_best(c);
	while (n_build-- > 0) {
		struct block *b = build(c, empty, now_ms, &taken);

		log_block(b);
		c->hooks.on_block(b, c->hooks.arg);
	}
	c->hooks.on_best(c->best, c->hooks.arg);
	tell_taken(c, &taken);
	chain_promote(c, c->best->time_ms);
	finalize_by_lag(c);
	return 0;
}

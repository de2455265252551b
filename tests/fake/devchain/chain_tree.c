/* Looking blocks up, finality, and forgetting what is old. */
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "common/log.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/older.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/storage.h"

struct block *
chain_block(const struct chain *c, const uint8_t hash[32])
{
	for (size_t i = c->n_blocks; i-- > 0;)
		if (memcmp(c->blocks[i]->hash, hash, 32) == 0)
			return c->blocks[i];
	return NULL;
}

struct block *
chain_block_at(const struct chain *c, uint32_t number)
{
	const uint8_t *want = c->best->hash;
	size_t i = c->n_blocks;

	/* Down the line of parents; each stands before its child. */
	while (i-- > 0) {
		struct block *b = c->blocks[i];

		if (memcmp(b->hash, want, 32) != 0)
			continue;
		if (b->place.number == number)
			return b;
		want = b->parent_hash;
	}
	return number == 0 ? c->genesis : NULL;
}

bool
chain_view(const struct chain *c, const struct block *b, struct view *v)
{
	*v = runtime_view(b->runtime, c->state, &b->place);
	return b->place.number >= c->floor;
}

bool
chain_read(const struct chain *c, const struct block *b, const void *key,
    size_t len, struct bytes *value)
{
	return !older_hides_key(&b->runtime->spec, key, len) &&
	       state_get(c->state, &b->place, key, len, value);
}

/* Its extrinsics are final: nobody watches them any longer. */
static void
settle(struct chain *c, const struct block *b)
{
	for (struct tx *tx = pool_first(c->pool), *next; tx; tx = next) {
		next = tx->next;
		if (tx->state == TX_IN_BLOCK && tx->block == b)
			pool_remove(c->pool, tx, NEWS_FINALIZED);
	}
}

/* No block may point to a parent that is to be freed, or whose storage went
 * into the floor. */
static void
cut_parents(struct chain *c, const struct block *floor)
{
	for (size_t i = 0; i < c->n_blocks; i++) {
		struct place *p = &c->blocks[i]->place;

		if (p->parent != NULL && p->parent->number <= c->floor &&
		    p->parent != &floor->place)
			p->parent = NULL;
	}
}

/* Free what lies before the floor on no chain, or too far back. */
static void
free_old(struct chain *c)
{
	uint32_t final = c->finalized->place.number;
	uint8_t want[32];
	size_t kept = 0;

	memcpy(want, c->best->hash, sizeof(want));
	for (size_t i = c->n_blocks; i-- > 0;) {
		struct block *b = c->blocks[i];
		uint32_t number = b->place.number;
		bool on_chain = memcmp(b->hash, want, 32) == 0;

		if (on_chain)
			memcpy(want, b->parent_hash, sizeof(want));
		if (b == c->genesis || ((on_chain || number > c->floor) &&
					   number + CHAIN_BLOCKS >= final))
			continue;
		c->blocks[i] = NULL;
		block_free(b);
	}
	for (size_t i = 0; i < c->n_blocks; i++)
		if (c->blocks[i] != NULL)
			c->blocks[kept++] = c->blocks[i];
	c->n_blocks = kept;
}

/* Fold the storage up to the floor, and free what nobody may ask for. */
static void
forget_old(struct chain *c)
{
	const struct block *floor;

	if (c->finalized->place.number <
	    c->floor + CHAIN_STATES + CHAIN_FOLD_EVERY)
		return;
	c->floor = c->finalized->place.number - CHAIN_STATES;
	floor = chain_block_at(c, c->floor);
	state_fold(c->state, &floor->place);
	cut_parents(c, floor);
	free_old(c);
}

void
chain_finalize(struct chain *c, uint32_t number)
{
	uint32_t from = c->finalized->place.number + 1;

	if (number > c->best->place.number)
		number = c->best->place.number;
	for (uint32_t n = from; n <= number; n++) {
		struct block *b = chain_block_at(c, n);

		c->finalized = b;
		c->hooks.on_finalized(b, c->hooks.arg);
		settle(c, b);
	}
	forget_old(c);
}

/*
 * The hash is blake2b-256 of the SCALE header, as everywhere. The roots are
 * not tries': any digest of the contents does, since nobody asks for proofs.
 */
#include "tests/fake/devchain/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/hash.h"
#include "subtensor/scale.h"

enum { DIGEST_OTHER = 0, DIGEST_PRE_RUNTIME = 6, DIGEST_UPGRADED = 8 };

struct block *
block_new(const struct block *parent)
{
	struct block *b = xcalloc(1, sizeof(*b));

	if (parent == NULL)
		return b;
	b->place.parent = &parent->place;
	b->place.number = parent->place.number + 1;
	memcpy(b->parent_hash, parent->hash, 32);
	b->runtime = parent->runtime;
	return b;
}

void
block_free(struct block *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->n_logs; i++)
		buf_free(&b->logs[i]);
	for (size_t i = 0; i < b->n_xts; i++)
		buf_free(&b->xts[i].bytes);
	free(b->xts);
	ops_clear(&b->ops);
	free(b);
}

struct block *
block_parent(const struct block *b)
{
	return (struct block *)b->place.parent;
}

void
block_add_xt(struct block *b, const void *data, size_t len)
{
	struct xt *xt;

	b->xts = xrealloc(b->xts, b->n_xts + 1, sizeof(*b->xts));
	xt = &b->xts[b->n_xts++];
	*xt = (struct xt){0};
	buf_add(&xt->bytes, data, len);
	hash_blake2_256(data, len, xt->hash);
}

static struct buf *
new_log(struct block *b)
{
	assert(b->n_logs < BLOCK_MAX_LOGS);
	return &b->logs[b->n_logs++];
}

void
block_log_slot(struct block *b, uint64_t slot)
{
	struct buf *log = new_log(b);

	scale_put_u8(log, DIGEST_PRE_RUNTIME);
	buf_add_str(log, "aura");
	scale_put_compact(log, 8);
	scale_put_u64(log, slot);
}

void
block_log_other(struct block *b, const char *text)
{
	struct buf *log = new_log(b);

	scale_put_u8(log, DIGEST_OTHER);
	scale_put_str(log, text);
}

void
block_log_upgraded(struct block *b)
{
	scale_put_u8(new_log(b), DIGEST_UPGRADED);
}

static void
put_change(const struct bytes *key, const struct bytes *value, void *arg)
{
	struct buf *all = arg;

	scale_put_bytes(all, key->data, key->len);
	scale_put_bytes(all, value->data, value->len);
}

void
block_seal(struct block *b, const struct state *state,
    const uint8_t parent_state_root[32])
{
	struct buf all = {0};

	buf_add(&all, parent_state_root, 32);
	state_changes(state, &b->place, put_change, &all);
	hash_blake2_256(all.data, all.len, b->state_root);
	buf_reset(&all);
	for (size_t i = 0; i < b->n_xts; i++)
		buf_add(&all, b->xts[i].hash, 32);
	hash_blake2_256(all.data, all.len, b->extrinsics_root);
	buf_reset(&all);
	buf_add(&all, b->parent_hash, 32);
	scale_put_compact(&all, b->place.number);
	buf_add(&all, b->state_root, 32);
	buf_add(&all, b->extrinsics_root, 32);
	scale_put_compact(&all, b->n_logs);
	for (size_t i = 0; i < b->n_logs; i++)
		buf_add(&all, b->logs[i].data, b->logs[i].len);
	hash_blake2_256(all.data, all.len, b->hash);
	buf_free(&all);
}

/*
 * A block: its header, its extrinsics, and the runtime in force after it.
 */
#ifndef DEVCHAIN_BLOCK_H
#define DEVCHAIN_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "tests/fake/devchain/ops.h"
#include "tests/fake/devchain/state.h"

struct runtime;

enum { BLOCK_MAX_LOGS = 3 };

struct xt {
	struct buf bytes; /* with the length prefix */
	uint8_t hash[32];
};

struct block {
	struct place place; /* first: its address is the block's */
	uint8_t hash[32];
	uint8_t parent_hash[32];
	uint8_t state_root[32];
	uint8_t extrinsics_root[32];
	struct buf logs[BLOCK_MAX_LOGS];
	size_t n_logs;
	struct xt *xts;
	size_t n_xts;
	int64_t time_ms;
	const struct runtime *runtime;
	struct ops ops; /* what was done by hand in it */
};

/* A child of the parent (NULL: a genesis), empty and unsealed. */
struct block *block_new(const struct block *parent);
void block_free(struct block *); /* NULL is fine */

struct block *block_parent(const struct block *);
void block_add_xt(struct block *, const void *, size_t len);

/* DigestItem::PreRuntime, Other and RuntimeEnvironmentUpdated. */
void block_log_slot(struct block *, uint64_t slot);
void block_log_other(struct block *, const char *text);
void block_log_upgraded(struct block *);

/* Compute both roots and the hash: nothing may be written afterwards. */
void block_seal(
    struct block *, const struct state *, const uint8_t parent_state_root[32]);

#endif

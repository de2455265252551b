/*
 * The finalized blocks an endpoint has told of lately, and whether what it
 * tells now goes with them: a finalized block never changes, and each hangs
 * on the one before it.
 *
 * Pure.
 */
#ifndef SUBTENSOR_TOLD_H
#define SUBTENSOR_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOLD_KEPT = 64 };

struct told_block {
	uint64_t number;
	uint8_t hash[32];
};

struct told { /* zeroed at first */
	struct told_block kept[TOLD_KEPT];
	size_t n; /* of them ever, the last at (n - 1) % TOLD_KEPT */
};

/* The newest of that number, or NULL. */
const struct told_block *told_at(const struct told *, uint64_t number);
/* The one told last, or NULL. */
const struct told_block *told_last(const struct told *);

/* Keep a block. False: it contradicts one told before, and is kept all the
 * same. */
bool told_add(
    struct told *, const struct told_block *, const uint8_t parent[32]);

#endif

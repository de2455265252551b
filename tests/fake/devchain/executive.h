/*
 * Carrying a block out, step by step: its beginning, the timestamp, each
 * extrinsic, its end. Only storage and events are touched.
 */
#ifndef DEVCHAIN_EXECUTIVE_H
#define DEVCHAIN_EXECUTIVE_H

#include <stdint.h>

#include "tests/fake/devchain/validity.h"

struct block;
struct buf;
struct ops;
struct runtime;
struct work;

enum applied {
	APPLIED,	/* it is in, well or badly ended */
	APPLIED_LATER,	/* an earlier nonce is missing */
	APPLIED_INVALID /* it may not be in a block */
};

/* Number, hashes, what was ordered by hand, epochs. */
void executive_begin(struct work *, const struct block *parent, struct ops *);

/* Timestamp.set at work->now_ms, as the block's first extrinsic. */
void executive_timestamp(struct work *, struct buf *extrinsic);

/* One extrinsic, at index work->extrinsic. why is filled if APPLIED_INVALID. */
enum applied executive_apply(struct work *, const struct runtime *,
    const uint8_t genesis[32], const struct buf *bytes, struct validity *why);

/* Write System.Events; free what the work holds. */
void executive_end(struct work *);

#endif

/*
 * Asking what became of an extrinsic: finalized blocks, one after the other,
 * are searched for its hash. How far the search has come is kept from head to
 * head.
 */
#ifndef WEIGHTSETTER_FIND_H
#define WEIGHTSETTER_FIND_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct find;
struct ledger_row;
struct snapshot;

enum find_result {
	FIND_FOUND,   /* in that block */
	FIND_EXPIRED, /* nowhere, and it never will be */
	FIND_NOT_YET, /* nowhere up to the head */
	FIND_LATER,   /* the node did not answer; go on at the next head */
};

/* block_hash is borrowed, NULL unless found. foreign: the nonce is used up
 * all the same, so another program has our key. outlived: the runtime it was
 * signed for is gone, and no block to come can carry it. */
struct finding {
	const char *row_id; /* borrowed */
	enum find_result result;
	uint64_t block;
	const char *block_hash;
	bool is_foreign, is_outlived;
};

typedef void find_cb(const struct finding *, void *arg);

struct find *find_new(struct chain *, find_cb *, void *arg);
void find_free(struct find *); /* after the chain; NULL is fine */
bool find_is_busy(const struct find *);

/* True: the answer follows. False: no block need be looked at, and this is
 * the answer. */
bool find_start(struct find *, const struct ledger_row *,
    const struct snapshot *, struct finding *at_once);

/* The blocks to look at, from `from` to `to`; none if from > to. Pure. */
void find_range(const struct ledger_row *, uint64_t looked_to,
    const struct snapshot *, uint64_t *from, uint64_t *to);

#endif

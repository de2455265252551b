/*
 * Proving: the extrinsic is in that finalized block, its events say that it
 * was carried out, and the chain's storage, at that block, holds the weights
 * that were sent and says that they were set then. Of a commit it must say
 * the latter; the commit itself, and later the weights, are seen by
 * snapshots.
 *
 * Where the node has forgotten that block's state, storage at the finalized
 * head is asked instead: it must hold the weights and say that they were set
 * at that block.
 */
#ifndef WEIGHTSETTER_PROVE_H
#define WEIGHTSETTER_PROVE_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct ledger_row;
struct prove;
struct snapshot;

enum prove_result {
	PROVE_PROVEN,
	PROVE_REFUSED, /* it failed, or storage shows something else */
	PROVE_ABSENT,  /* it is not in that block, or that not in the chain */
	PROVE_GONE,    /* nobody remembers enough to tell */
	PROVE_LATER,   /* the node did not answer; ask again */
};

struct proof {
	const char *row_id; /* borrowed */
	enum prove_result result;
	uint64_t block;		/* whose storage it was */
	const char *block_hash; /* borrowed */
	const char *reason;	/* borrowed; if refused, or why not yet */
};

typedef void prove_cb(const struct proof *, void *arg);

struct prove *prove_new(struct chain *, prove_cb *, void *arg);
void prove_free(struct prove *); /* after the chain; NULL is fine */
bool prove_is_busy(const struct prove *);

/* The row is finalized; the snapshot is of a head not below its block. */
void prove_start(
    struct prove *, const struct ledger_row *, const struct snapshot *);

#endif

/*
 * The chain: a tree of blocks with a best and a finalized one, the storage
 * they see, and the pool. It makes blocks, finalizes them, and forks.
 *
 * It reads no clock and knows no client: it is given the time and tells what
 * happened through hooks.
 */
#ifndef DEVCHAIN_CHAIN_H
#define DEVCHAIN_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fake/devchain/ops.h"
#include "tests/fake/devchain/pool.h"
#include "tests/fake/devchain/validity.h"

struct block;
struct buf;
struct bytes;
struct err;
struct runtime;
struct runtime_spec;
struct state;
struct view;
struct work;

enum {
	CHAIN_STATES = 256,  /* finalized blocks whose storage is kept */
	CHAIN_BLOCKS = 4096, /* finalized blocks that are kept at all */
	CHAIN_FOLD_EVERY = 64,
};

struct chain_hooks {
	void (*on_block)(const struct block *, void *arg); /* any new one */
	void (*on_best)(const struct block *, void *arg);
	void (*on_finalized)(const struct block *, void *arg); /* each */
	pool_listener *on_tx;
	void *arg;
};

enum lose {
	LOSE_NOTHING,
	LOSE_SILENTLY,
	LOSE_LOUDLY,
	LOSE_INVALID,
	LOSE_USURPED,
};

struct chain {
	struct state *state;
	struct pool *pool;
	struct chain_hooks hooks;
	struct runtime **runtimes; /* all there were; owned */
	size_t n_runtimes;
	struct block **blocks; /* in the order of their making */
	size_t n_blocks;
	struct block *genesis, *best, *finalized;
	uint32_t floor;	       /* storage of earlier blocks is gone */
	uint32_t finality_lag; /* blocks */
	uint32_t forks;
	struct ops pending; /* for the next block */
	bool beacon_held;   /* no round of the beacon comes any more */
	bool holds_pool;    /* what is ready goes into no block */
	unsigned lose_next; /* extrinsics to accept and lose */
	enum lose lose;
	struct {
		unsigned times;
		uint8_t custom;
	} dry; /* what the next dry runs say */
};

/* A chain without a genesis block yet. */
struct chain *chain_new(const struct chain_hooks *, uint32_t finality_lag);
void chain_free(struct chain *); /* NULL is fine */

/* A runtime the chain owns from now on. */
struct runtime *chain_add_runtime(struct chain *, const struct runtime_spec *);

/* Block 0; fill writes its storage. -1 with fill's reason if it refuses. */
int chain_start(struct chain *, struct runtime *,
    int (*fill)(struct work *, void *arg, struct err *), void *arg,
    struct err *);

/* One more block on top of the best, and finality after it. */
struct block *chain_produce(struct chain *, int64_t now_ms);

/* Take back the last `depth` blocks and build `build` others instead, which
 * are without extrinsics if so wanted. 0, or -1 if that many are not
 * unfinalized. */
int chain_fork(struct chain *, uint32_t depth, uint32_t build, bool empty,
    int64_t now_ms, struct err *);

/* Finalize up to a number on the best chain; lower ones change nothing. */
void chain_finalize(struct chain *, uint32_t number);

struct block *chain_block(const struct chain *, const uint8_t hash[32]);
/* On the best chain; NULL if it is not there (yet, or any more). */
struct block *chain_block_at(const struct chain *, uint32_t number);
/* What a block left behind; false if its storage is gone. */
bool chain_view(const struct chain *, const struct block *, struct view *);
/* A key's value at a block, as clients are told it: false if it has none, or
 * if the runtime hides it. Borrowed until the next block. */
bool chain_read(const struct chain *, const struct block *, const void *key,
    size_t len, struct bytes *value);

enum submit_result {
	SUBMIT_OK,
	SUBMIT_BAD_FORMAT, /* not even a length-prefixed extrinsic */
	SUBMIT_UNDECODABLE,
	SUBMIT_INVALID, /* see validity */
	SUBMIT_BANNED,
	SUBMIT_KNOWN,
	SUBMIT_RIVAL,
};

struct submission {
	uint8_t hash[32];
	struct tx *tx; /* if SUBMIT_OK: announce it, see below */
	struct validity validity;
};

/* Takes the bytes' content over. */
enum submit_result chain_submit(
    struct chain *, struct buf *bytes, int64_t now_ms, struct submission *);
/* Tell of it, and of those it makes ready; or lose it, if that is due. */
void chain_announce(struct chain *, struct tx *);

/* Look at all that wait again: some became ready, some invalid. */
void chain_promote(struct chain *, int64_t now_ms);
/* It may not be in a block any more: it leaves, and its hash is banned. */
void chain_refuse(
    struct chain *, struct tx *, const struct validity *, int64_t now_ms);

/* The nonce an account's next extrinsic should have, pool included. */
uint32_t chain_next_nonce(const struct chain *, const uint8_t account[32]);

#endif

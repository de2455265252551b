/*
 * The transactions that were accepted and are not finalized yet.
 *
 *   FUTURE -> READY -> IN_BLOCK -> (finalized: gone)
 *                ^---- retracted ----'
 *
 * One function changes a state and tells the listener; who left is told, too.
 */
#ifndef DEVCHAIN_POOL_H
#define DEVCHAIN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct block;
struct pool;

enum tx_state { TX_FUTURE, TX_READY, TX_IN_BLOCK };

/* What a watcher hears: the JSON-RPC's statuses. */
enum tx_news {
	NEWS_FUTURE,
	NEWS_READY,
	NEWS_IN_BLOCK,
	NEWS_RETRACTED,
	NEWS_FINALIZED,
	NEWS_USURPED,
	NEWS_DROPPED,
	NEWS_INVALID,
};

struct tx {
	struct buf bytes;
	uint8_t hash[32];
	uint8_t signer[32];
	uint32_t nonce;
	enum tx_state state;
	struct block *block; /* in IN_BLOCK */
	struct tx *next;
};

/* block is where it is or was, for those three; else NULL. */
typedef void pool_listener(
    const struct tx *, enum tx_news, const struct block *, void *arg);

struct pool *pool_new(pool_listener *, void *arg);
void pool_free(struct pool *); /* NULL is fine */

struct tx *pool_first(struct pool *); /* in the order of arrival; ->next */
struct tx *pool_find(struct pool *, const uint8_t hash[32]);
/* Another one of the same signer and nonce that is not in a block. */
struct tx *pool_rival(struct pool *, const uint8_t signer[32], uint32_t nonce);
/* How many follow each other in READY from this nonce on. */
uint32_t pool_ready_run(
    const struct pool *, const uint8_t signer[32], uint32_t nonce);

/* Takes the bytes' content over. */
struct tx *pool_add(struct pool *, struct buf *bytes, const uint8_t hash[32],
    const uint8_t signer[32], uint32_t nonce, enum tx_state);
/* Tell of its first state; apart from pool_add so that a watcher can be
 * there before. */
void pool_announce(struct pool *, struct tx *);

void pool_set_ready(struct pool *, struct tx *);
void pool_set_in_block(struct pool *, struct tx *, struct block *);
/* Its block left the chain: back to READY. */
void pool_retract(struct pool *, struct tx *);
/* It leaves, for this reason. Frees it. */
void pool_remove(struct pool *, struct tx *, enum tx_news);

/* It leaves without a word. Frees it. */
void pool_forget(struct pool *, struct tx *);

/* Hashes a node refuses for half an hour. */
void pool_ban(struct pool *, const uint8_t hash[32], int64_t now_ms);
void pool_unban(struct pool *, const uint8_t hash[32]);
bool pool_is_banned(
    const struct pool *, const uint8_t hash[32], int64_t now_ms);

#endif

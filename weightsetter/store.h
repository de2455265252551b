/*
 * Rows to structs and back. store*.c are the only files here that name a
 * query.
 *
 * Each function answers once, later, with whether it was done, found nothing
 * to do, or failed (which it logs).
 */
#ifndef WEIGHTSETTER_STORE_H
#define WEIGHTSETTER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weightsetter/plan.h"

struct ledger_fact;
struct ledger_row;
struct pg;
struct snapshot;
struct standing_facts;
struct store;

enum store_outcome {
	STORE_DONE,
	STORE_NOTHING, /* no row was there, or it had moved on */
	STORE_FAILED,
};

typedef void store_cb(enum store_outcome, void *arg);

struct store *store_new(struct pg *);
void store_free(struct store *); /* after the pg; NULL is fine */

/* -- snapshots: store_chain.c ------------------------------------------- */

/*
 * A snapshot with its neurons, what has changed of them, and whatever else
 * was read this time, in one transaction. Rows that stay as they are are not
 * written. STORE_NOTHING: a later one is there already, and nothing was
 * written.
 */
void store_snapshot(struct store *, const struct snapshot *, int64_t now_us,
    store_cb *, void *arg);
/* Forget snapshots from before. */
void store_trim(struct store *, uint16_t netuid, int64_t before_us);

/* -- chain weather: store_weather.c ------------------------------------- */

/* How an endpoint stands, and what it was asked since the last time. */
struct store_weather {
	char *endpoint;
	bool is_up, is_in_use, is_distrusted;
	int64_t lag;	   /* blocks */
	double latency_ms; /* 0: not known */
	int64_t answered, limited, failed;
};
/* Is lost if it cannot be written now. */
void store_weather(struct store *, uint16_t netuid,
    const struct store_weather *, size_t n, int64_t now_us);

/* -- the ledger: store_ledger.c ----------------------------------------- */

/* The hotkey's row in flight, the callee's, or NULL. */
typedef void store_row_cb(enum store_outcome, struct ledger_row *, void *arg);
void store_open_row(
    struct store *, const char *hotkey, store_row_cb *, void *arg);

/* Rows that are committed, oldest first. The rows are the callee's, the list
 * is not. */
typedef void store_rows_cb(
    enum store_outcome, struct ledger_row **, size_t n, void *arg);
void store_committed(struct store *, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_rows_cb *, void *arg);

/* What was proven last, and where; borrowed for the call. */
typedef void store_proven_cb(
    enum store_outcome, const struct uid_weights *, int64_t block, void *arg);
void store_last_proven(struct store *, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_proven_cb *, void *arg);

/* The last block in which weights of ours were taken. */
typedef void store_block_cb(enum store_outcome, int64_t block, void *arg);
void store_own_update(struct store *, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_block_cb *, void *arg);

void store_intend(struct store *, const struct ledger_row *, int64_t now_us,
    store_cb *, void *arg);
void store_sign(
    struct store *, const struct ledger_row *, store_cb *, void *arg);
void store_step(struct store *, const char *id, const char *from,
    const char *to, const struct ledger_fact *, int64_t now_us, store_cb *,
    void *arg);

/* -- vectors: store_vectors.c ------------------------------------------- */

/* The newest vector nobody has decided on, without its entries; the callee's,
 * or NULL. */
typedef void store_vector_cb(enum store_outcome, struct vector *, void *arg);
void store_waiting(struct store *, uint16_t netuid, uint8_t mecid,
    store_vector_cb *, void *arg);
/* A vector's entries, the callee's to free; none of them is STORE_NOTHING. */
typedef void store_entries_cb(
    enum store_outcome, struct vector_entry *, size_t n, void *arg);
void store_entries(
    struct store *, const char *vector_id, store_entries_cb *, void *arg);
void store_refuse(struct store *, const char *vector_id, const char *reason,
    int64_t now_us, store_cb *, void *arg);
/* Older ones than the waiting one, but for the one under way (or ""). */
void store_supersede(struct store *, uint16_t netuid, uint8_t mecid,
    const char *waiting, const char *under_way, int64_t now_us);

/* A vector for want of a new one. */
struct store_again {
	char id[PLAN_ID]; /* it gets */
	uint16_t netuid;
	uint8_t mecid;
	char hotkey[SS58_MAX_TEXT]; /* whose weights */
	uint64_t block;
	int64_t now_us;
	int64_t made_after_us; /* when its entries were first made */
	uint64_t last_block;   /* no other one was made after this block */
};
/* What was proven last. STORE_NOTHING: there is none that may be. */
void store_again(
    struct store *, const struct store_again *, store_cb *, void *arg);
/* All to one hotkey. */
void store_fallback(struct store *, const struct store_again *,
    const char *hotkey, uint16_t uid, store_cb *, void *arg);

/* -- how we are --------------------------------------------------------- */

void store_setter(struct store *, const struct snapshot *,
    const struct standing_facts *, int64_t now_us, store_cb *, void *arg);

/* We are alive. */
void store_seen(struct store *, const char *instance, uint16_t netuid,
    int64_t started_us, int64_t now_us);

#endif

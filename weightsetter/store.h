/*
 * Rows to structs and back. The only file here that names a query.
 *
 * Each function answers once, later, with whether it was done, found nothing
 * to do, or failed (which it logs).
 */
#ifndef WEIGHTSETTER_STORE_H
#define WEIGHTSETTER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger_fact;
struct ledger_row;
struct pg;
struct snapshot;
struct store;
struct uid_weights;
struct vector;
struct vector_entry;

enum store_outcome {
	STORE_DONE,
	STORE_NOTHING, /* no row was there, or it had moved on */
	STORE_FAILED,
};

typedef void store_cb(enum store_outcome, void *arg);

struct store *store_new(struct pg *);
void store_free(struct store *); /* after the pg; NULL is fine */

/* A snapshot and its neurons, in one transaction. */
void store_snapshot(struct store *, const struct snapshot *, int64_t now_us,
    store_cb *, void *arg);
/* Forget snapshots from before. */
void store_trim(struct store *, uint16_t netuid, int64_t before_us);

/* The oldest open row, the callee's, or NULL. */
void store_open_row(struct store *, uint16_t netuid, uint8_t mecid,
    const char *hotkey,
    void (*)(enum store_outcome, struct ledger_row *, void *arg), void *arg);

/* What was proven last, and where; borrowed for the call. */
void store_last_proven(struct store *, uint16_t netuid, uint8_t mecid,
    const char *hotkey,
    void (*)(enum store_outcome, const struct uid_weights *, int64_t block,
	void *arg),
    void *arg);

void store_intend(struct store *, const struct ledger_row *, int64_t now_us,
    store_cb *, void *arg);
void store_sign(
    struct store *, const struct ledger_row *, store_cb *, void *arg);
void store_step(struct store *, const char *id, const char *from,
    const char *to, const struct ledger_fact *, int64_t now_us, store_cb *,
    void *arg);

/* The newest vector nobody has decided on, without its entries; the callee's,
 * or NULL. */
void store_waiting(struct store *, uint16_t netuid, uint8_t mecid,
    void (*)(enum store_outcome, struct vector *, void *arg), void *arg);
/* A vector's entries, the callee's to free; none of them is STORE_NOTHING. */
void store_entries(struct store *, const char *vector_id,
    void (*)(enum store_outcome, struct vector_entry *, size_t n, void *arg),
    void *arg);
void store_refuse(struct store *, const char *vector_id, const char *reason,
    int64_t now_us, store_cb *, void *arg);
/* Older ones than the waiting one, but for the one under way (or ""). */
void store_supersede(struct store *, uint16_t netuid, uint8_t mecid,
    const char *waiting, const char *under_way, int64_t now_us);

/* We are alive. */
void store_seen(struct store *, const char *instance, uint16_t netuid,
    int64_t started_us, int64_t now_us);

#endif

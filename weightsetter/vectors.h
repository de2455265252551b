/*
 * The weight vector that waits: the newest that nobody has decided on. Older
 * ones are superseded, but for the one that is under way; one that did not
 * come through is tried again with growing patience, or refused.
 */
#ifndef WEIGHTSETTER_VECTORS_H
#define WEIGHTSETTER_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

struct store;
struct vector;
struct vectors;

struct vectors_parts {
	struct store *store;
	uint16_t netuid;
	uint8_t mecid;
	/* The vector of the row in flight, or "". */
	const char *(*under_way)(void *arg);
	/* There may be something to do. */
	void (*on_change)(void *arg);
	void *arg;
};

struct vectors *vectors_new(const struct vectors_parts *);
void vectors_free(struct vectors *); /* after its pg; NULL is fine */

/* Look whether there is a newer one. */
void vectors_wake(struct vectors *);

/* The one to be considered at that head; NULL: none, or not yet. */
const struct vector *vectors_ready(const struct vectors *, uint64_t block);

/* It waits for that reason (a constant). True: for the first time. */
bool vectors_wait(struct vectors *, const char *reason);
/* The one that waits, ready or not; NULL: there is none. */
const struct vector *vectors_waiting(const struct vectors *);
/* Nothing waits, as far as PostgreSQL was asked. */
bool vectors_none(const struct vectors *);

/* Decided: not sent, ever. */
void vectors_refuse(struct vectors *, const char *id, const char *reason);
/* It was on its way and did not come through; the head is at that block, and
 * the next epoch begins at that one (0: not known). */
struct vectors_when {
	uint64_t block, tempo, next_epoch;
};
void vectors_failed(struct vectors *, const char *id, const char *reason,
    const struct vectors_when *);
/* Its row has ended, or is committed: what it kept from being superseded is.
 * taken: the chain has it. */
void vectors_ended(struct vectors *, const char *id, bool taken);

#endif

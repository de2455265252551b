/*
 * What happens at each finalized head: it is read, written down, told to the
 * others and given to the setters. A head that comes while one is being read
 * waits; of several that wait, the newest is read.
 */
#ifndef WEIGHTSETTER_HEADS_H
#define WEIGHTSETTER_HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain;
struct head;
struct heads;
struct metrics;
struct redis;
struct runtime;
struct signer_client;
struct snapshot;
struct store;

struct heads_parts {
	struct chain *chain;
	struct store *store;
	struct signer_client *signer;
	struct redis *redis;
	struct metrics *metrics;
	const uint16_t *netuids; /* copied; read one after the other */
	size_t n_netuids;
	uint64_t snapshot_blocks; /* at most one row for so many blocks */
	/* A snapshot of one of them, and the runtime it was read by: both the
	 * callee's, to snapshot_free() and runtime_release(). */
	void (*on_snapshot)(struct snapshot *, struct runtime *, void *arg);
	void *arg;
};

struct heads *heads_new(const struct heads_parts *);
void heads_free(struct heads *); /* after chain and pg; NULL is fine */

void heads_take(struct heads *, const struct head *);

/* Has a snapshot been read lately? */
bool heads_are_fresh(const struct heads *, int64_t now_mono_us);

#endif

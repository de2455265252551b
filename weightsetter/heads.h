/*
 * What happens at each finalized head: it is read, written down, told to the
 * others and given to the setter. A head that comes while one is being read
 * waits; of several that wait, the newest is read.
 */
#ifndef WEIGHTSETTER_HEADS_H
#define WEIGHTSETTER_HEADS_H

#include <stdbool.h>
#include <stdint.h>

struct chain;
struct head;
struct heads;
struct metrics;
struct redis;
struct setter;
struct signer_client;
struct store;

struct heads_parts {
	struct chain *chain;
	struct store *store;
	struct signer_client *signer;
	struct redis *redis;
	struct setter *setter;
	struct metrics *metrics;
	uint16_t netuid;
	uint8_t mecid;
	uint64_t snapshot_blocks; /* at most one row for so many blocks */
};

struct heads *heads_new(const struct heads_parts *);
void heads_free(struct heads *); /* after chain and pg; NULL is fine */

void heads_take(struct heads *, const struct head *);

/* Has a snapshot been read lately? */
bool heads_are_fresh(const struct heads *, int64_t now_mono_us);

#endif

/*
 * Eras: for which blocks a transaction is valid. Its signature covers the
 * hash of the block the era was born in.
 */
#ifndef SUBTENSOR_ERA_H
#define SUBTENSOR_ERA_H

#include <stddef.h>
#include <stdint.h>

struct buf;

struct era {
	uint64_t period; /* blocks, a power of two 4..65536; 0: immortal */
	uint64_t phase;
};

/* The era that begins no later than block `current`; period is rounded up. */
struct era era_at(uint64_t period, uint64_t current);
void era_encode(struct era, struct buf *);
int era_decode(const uint8_t *, size_t len, struct era *); /* bytes, or -1 */
uint64_t era_birth(struct era, uint64_t current);
uint64_t era_death(struct era, uint64_t current); /* first block too late */

#endif

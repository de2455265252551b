/*
 * How a setter stands, for people: gauges by netuid and mecid, and its row of
 * the table `setter`.
 */
#ifndef WEIGHTSETTER_STANDING_H
#define WEIGHTSETTER_STANDING_H

#include <stdint.h>

struct metrics;
struct snapshot;
struct standing;
struct store;

/* What the row says besides the snapshot; texts may be NULL. */
struct standing_facts {
	uint8_t mecid;
	const char *call;
	uint64_t committed;
	const char *vector_id; /* the one that waits */
	int64_t vector_us;     /* wall: since when; 0: none does */
	const char *waits_for;
	uint64_t until_block; /* 0: not known */
	const char *alarm;
};

struct standing *standing_new(
    struct store *, struct metrics *, uint16_t netuid, uint8_t mecid);
void standing_free(struct standing *); /* after its pg; NULL is fine */

/* At each snapshot. */
void standing_show(
    struct standing *, const struct snapshot *, const struct standing_facts *);

void standing_proven(struct standing *, uint64_t block);
/* Somebody else's update or weights. */
void standing_foreign(struct standing *);

/* Tempos since the chain last took weights of our hotkey; below 0: it is not
 * registered, or the subnet has no tempo. Pure. */
double standing_tempos_behind(const struct snapshot *, uint8_t mecid);

#endif

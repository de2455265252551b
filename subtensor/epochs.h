/*
 * When a subnet's epochs begin, and so when committed weights are revealed.
 *
 * Pure. Two rules, by what the runtime has: since spec 423 epochs are counted
 * in storage (SubnetEpochIndex) and can be moved; before, they followed from
 * the block's number and the tempo alone.
 */
#ifndef SUBTENSOR_EPOCHS_H
#define SUBTENSOR_EPOCHS_H

#include <stdbool.h>
#include <stdint.h>

struct err;

/* All of one block, `current`. */
struct epochs {
	bool is_counted; /* the runtime has SubnetEpochIndex */
	uint16_t netuid; /* used where epochs are not counted */
	uint64_t tempo;
	uint64_t last;	  /* LastEpochBlock */
	uint64_t pending; /* PendingEpochAt, 0: none */
	uint64_t index;	  /* SubnetEpochIndex */
	uint64_t since;	  /* BlocksSinceLastStep */
	uint64_t current; /* the block these were read at */
};

/* Does an epoch begin in block current + 1, as far as the state says? */
bool epochs_due(const struct epochs *);

/* The epoch that what lands in block current + 1 is counted to. */
uint64_t epochs_next_index(const struct epochs *);

/*
 * The block at which what is committed in block current + 1 is revealed,
 * `period` epochs later. 0, or -1 and why: a tempo of 0 never steps, or no
 * block within EPOCHS_HORIZON is it.
 */
enum { EPOCHS_HORIZON = 60 * 50400 };
int epochs_reveal_block(
    const struct epochs *, uint64_t period, uint64_t *block, struct err *);

/* The next block in which an epoch begins; 0: none is in sight. */
uint64_t epochs_next_block(const struct epochs *);

/* A beacon's times, as Drand.BeaconConfig has them. */
struct beacon_times {
	uint64_t genesis_s; /* quicknet: 1692803367 */
	uint64_t period_s;  /* quicknet: 3 */
};

/*
 * The round to encrypt to: the one out when block reveal_block + 3 is, at
 * block_ms a block from now_ms (wall clock) and block `current`. At least 1.
 */
uint64_t epochs_reveal_round(const struct beacon_times *, uint64_t current,
    uint64_t reveal_block, uint64_t block_ms, int64_t now_ms);

/* When a round is published: wall clock, milliseconds. */
int64_t epochs_round_ms(const struct beacon_times *, uint64_t round);

#endif

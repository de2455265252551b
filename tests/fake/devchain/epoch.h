/*
 * When a subnet's epochs begin, by the rule of dynamic tempo: an epoch is due
 * tempo blocks after the last one, when one was asked for, or when none has
 * been for a week. On runtimes before that rule the block's number alone says
 * which epoch it is in: (block + netuid + 1) / (tempo + 1).
 *
 * Pure, but for epoch_step and epoch_clock_of, which read and write storage.
 */
#ifndef DEVCHAIN_EPOCH_H
#define DEVCHAIN_EPOCH_H

#include <stdbool.h>
#include <stdint.h>

struct view;
struct work;

struct epoch_clock {
	uint64_t tempo;	  /* blocks; 0: never */
	uint64_t last;	  /* block of the last one */
	uint64_t pending; /* block one was asked for at, 0: none */
	uint64_t index;	  /* how many there have been */
	uint64_t since;	  /* blocks since the last one */
	/* The older rule: only tempo and this count. */
	bool by_number;
	uint16_t netuid;
};

bool epoch_due(const struct epoch_clock *, uint64_t block);
/* The epoch a block counts as: one ahead if it is due there. */
uint64_t epoch_at(const struct epoch_clock *, uint64_t block);
/* The first block after `block` at which an epoch begins; 0 for never. */
uint64_t epoch_next(const struct epoch_clock *, uint64_t block);

struct epoch_clock epoch_clock_of(const struct view *, uint16_t netuid);

/* What a block does first, for each subnet: run its epoch if it is due, at
 * most MaxEpochsPerBlock of them, and drop commits nobody can reveal. */
void epoch_step(struct work *);

#endif

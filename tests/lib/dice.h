/*
 * Seeded chance for tests: the same seed gives the same throws, so that a
 * run whose seed was printed can be had again.
 */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <stdint.h>

struct dice {
	uint64_t state; /* the seed, to begin with */
};

uint64_t dice_throw(struct dice *);
/* From least to most, both possible. */
int dice_between(struct dice *, int least, int most);

/* CHAOS_SEED of the environment, else one of the clock's. */
uint64_t dice_seed(void);

#endif

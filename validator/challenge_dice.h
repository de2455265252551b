/*
 * Chance for challenges: a stream cipher's output under a key that nobody
 * else knows, so that no miner can foretell which job comes when. The same key
 * gives the same throws.
 *
 * Pure: whoever makes one gives the key, a test a fixed one.
 */
#ifndef VALIDATOR_CHALLENGE_DICE_H
#define VALIDATOR_CHALLENGE_DICE_H

#include <stddef.h>
#include <stdint.h>

enum { CHALLENGE_DICE_KEY = 32 };

struct challenge_dice {
	uint8_t key[CHALLENGE_DICE_KEY];
	uint64_t n; /* throws so far */
};

uint64_t challenge_dice_throw(struct challenge_dice *);
/* 0 to n - 1; n at least 1. */
size_t challenge_dice_below(struct challenge_dice *, size_t n);
/* At least 0, below 1. */
double challenge_dice_unit(struct challenge_dice *);
double challenge_dice_between(struct challenge_dice *, double low, double high);

#endif

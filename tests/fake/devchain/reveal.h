/*
 * The chain opens timelocked commits in their reveal epoch, once the beacon's
 * round is out: what does not decrypt, decode or pass the checks of weights is
 * dropped without a word, as on finney.
 */
#ifndef DEVCHAIN_REVEAL_H
#define DEVCHAIN_REVEAL_H

#include <stdint.h>

struct work;

/* Those of a subnet whose reveal epoch this is, of all mechanisms. */
void reveal_step(struct work *, uint16_t netuid, uint64_t epoch);

#endif

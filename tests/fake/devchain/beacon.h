/*
 * The chain's own randomness beacon: a BLS key that is no secret, a round a
 * second, counted from quicknet's genesis. meta_pallets.c names its public
 * half in Drand.BeaconConfig.
 */
#ifndef DEVCHAIN_BEACON_H
#define DEVCHAIN_BEACON_H

#include <stdint.h>

#include "subtensor/timelock.h"

struct view;

enum { BEACON_GENESIS_S = 1692803367, BEACON_PERIOD_S = 1 };

/* The newest round that the chain stores at that time. */
uint64_t beacon_round(int64_t now_ms);

void beacon_public(uint8_t public[TIMELOCK_PUBLIC]);
/* The signature of a round; false: it is not out yet. Its pulse is put into
 * Drand.Pulses. */
bool beacon_pulse(
    const struct view *, uint64_t round, uint8_t signature[TIMELOCK_SIGNATURE]);

#endif

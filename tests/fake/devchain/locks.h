/*
 * Alpha that a neuron's own coldkey has locked towards it, as storage has it:
 * the coldkey's lock, whether that decays, and the sum of all locks towards
 * the hotkey, which is of this one alone here.
 */
#ifndef DEVCHAIN_LOCKS_H
#define DEVCHAIN_LOCKS_H

#include <stdbool.h>
#include <stdint.h>

struct view;

/* As locked in that block; rao 0: there is none any more. */
void locks_put(const struct view *, uint16_t netuid, const uint8_t hotkey[32],
    uint64_t rao, bool decays, uint32_t block);

#endif

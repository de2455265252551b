/*
 * What is locked on chain towards each neuron's hotkey: HotkeyLock and
 * DecayingHotkeyLock, which sum up all lockers, and Lock of the neuron's own
 * coldkey; towards the subnet owner's hotkey OwnerLock and DecayingOwnerLock
 * instead of the first two.
 *
 * Pure. The chain writes a lock down when somebody touches it, with the block
 * of that; one that decays is carried from there to the snapshot's block here.
 * A coldkey's lock decays unless DecayingLock says false.
 */
#ifndef WEIGHTSETTER_LOCKS_H
#define WEIGHTSETTER_LOCKS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct metadata;
struct snapshot;

enum { LOCKS_PAGE = 128 }; /* neurons a request; four keys each and three */

/* Whether the runtime has locks at all. */
bool locks_exist(const struct metadata *);

/* The keys of a page of neurons, from the first-th on; NULL and why if the
 * runtime has other storage than we know. */
json_t *locks_keys(const struct metadata *, const struct snapshot *,
    size_t first, struct err *);
/* What the node says of them, into the neurons. 0, or -1 and why. */
int locks_take(const struct metadata *, struct snapshot *, size_t first,
    const json_t *answer, struct err *);

/* What is left at a block of what was locked at another: it shrinks to 1/e in
 * so many blocks as the rate says. */
uint64_t locks_left(
    uint64_t rao, uint64_t since_block, uint64_t block, uint64_t rate);

#endif

/*
 * What the chain has of our own hotkey on a subnet, for each mechanism: when
 * it last took weights of ours, which they are, and which commits of ours
 * wait to be revealed.
 *
 * Pure: sync.c asks, once it knows our uid.
 */
#ifndef WEIGHTSETTER_OWN_H
#define WEIGHTSETTER_OWN_H

#include <jansson.h>

struct err;
struct metadata;
struct snapshot;

/* The keys to ask for, as a JSON array of "0x.."; an empty one if we are not
 * of the subnet. The snapshot has its hyper-parameters and neurons. What the
 * runtime does not have is not asked for. */
json_t *own_keys(const struct metadata *, const struct snapshot *);

/* The answer of state_queryStorageAt into the snapshot's own[]. 0, or -1 and
 * why. */
int own_take(const struct metadata *, struct snapshot *, const json_t *answer,
    struct err *);

#endif

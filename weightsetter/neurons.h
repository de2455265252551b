/*
 * Neurons out of what a runtime answers: get_selective_metagraph, or
 * get_neurons_lite where that is not.
 *
 * Pure. Of the metagraph are asked, by the index of the field: 30 num_uids,
 * 52 hotkeys, 53 coldkeys, 55 axons, 56 active, 57 validator_permit, 59
 * last_update, 60 emission, 61 dividends, 62 incentives, 63 consensus, 64
 * trust, 66 block_at_registration, 67 alpha_stake, 68 tao_stake, 69
 * total_stake. Both say the same of a neuron, but that neurons_lite has one
 * stake for the three and no block of registration.
 *
 * Without a key, stake, permit or last update there is no snapshot. The rest
 * decides nothing, and may be missing.
 */
#ifndef WEIGHTSETTER_NEURONS_H
#define WEIGHTSETTER_NEURONS_H

#include <jansson.h>
#include <stdint.h>

struct axon;
struct buf;
struct err;
struct snapshot;

/* The arguments of get_selective_metagraph. */
void neurons_put_args(struct buf *, uint16_t netuid);

/* From a decoded answer into the snapshot; the number must be hyper.n. 0, or
 * -1 and why. */
int neurons_take_metagraph(struct snapshot *, const json_t *, struct err *);
int neurons_take_lite(struct snapshot *, const json_t *, struct err *);

/* An AxonInfo. One that says nothing, or nonsense, serves nowhere. */
void neurons_take_axon(const json_t *, struct axon *);

#endif

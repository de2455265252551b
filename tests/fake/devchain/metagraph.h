/*
 * Neurons, metagraphs and hyper-parameters as the runtime API encodes them.
 */
#ifndef DEVCHAIN_METAGRAPH_H
#define DEVCHAIN_METAGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct view;

/* NeuronInfoLite, or NeuronInfo with weights and bonds. */
void metagraph_put_neuron(const struct view *, uint16_t netuid, uint16_t uid,
    bool lite, struct buf *);

/* Metagraph of a mechanism. */
void metagraph_put(
    const struct view *, uint16_t netuid, uint8_t mecid, struct buf *);

/* SelectiveMetagraph with the fields asked for; unknown ones are ignored. */
void metagraph_put_selective(const struct view *, uint16_t netuid,
    uint8_t mecid, const uint16_t *fields, size_t n, struct buf *);

/* SubnetHyperparams. */
void metagraph_put_hyperparams(
    const struct view *, uint16_t netuid, struct buf *);

/* Vec<HyperparamEntry>. */
void metagraph_put_hyperparams_v3(
    const struct view *, uint16_t netuid, struct buf *);

#endif

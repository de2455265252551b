/*
 * The chain's first state, from JSON:
 *
 *   {"stake_threshold": 1000,
 *    "accounts": [{"account": "//Alice", "free": 1000000000}],
 *    "storage": [{"pallet": "System", "entry": "Account", "keys": [..],
 *                 "value": ..}],
 *    "subnets": [{"netuid": 11, "owner": "//Owner", "mechanisms": 1,
 *                 "hyperparameters": {"tempo": 20, ...},
 *                 "neurons": [...]}]}
 *
 * A neuron is what neuron.h says, its netuid the subnet's. Hyper-parameters go
 * by the names of SubnetHyperparams, some by-names, or the storage entry's.
 */
#ifndef DEVCHAIN_SCENARIO_H
#define DEVCHAIN_SCENARIO_H

#include <jansson.h>

struct buf;
struct err;
struct metadata;
struct work;

/* The scenario of a chain that is given none: netuid 1, Alice validates. */
json_t *scenario_default(void);

/* Write the first state; json is a `const json_t *`. For chain_start. */
int scenario_fill(struct work *, void *json, struct err *);

/* "tempo" to "Tempo"; NULL for a name nobody knows. */
const char *scenario_entry(const struct metadata *, const char *name);

/* A named storage value's key and bytes; null leaves the value empty. 0, or -1.
 */
int scenario_encode(const struct metadata *, const char *pallet,
    const char *entry, const json_t *keys, const json_t *json, struct buf *key,
    struct buf *value, struct err *);

#endif

/*
 * A neuron as a scenario or a tester describes it, written into storage:
 *
 *   {"netuid": 11, "uid": 3, "hotkey": "//Miner", "coldkey": "5F...",
 *    "alpha_stake": 1000, "tao_stake": 0, "validator_permit": false,
 *    "active": true, "commitment": "127.0.0.1:8091",
 *    "axon": "203.0.113.7:8091", "last_update": 0, "locked": 500,
 *    "lock_decays": false}
 *
 * Only netuid and one of uid and hotkey must be there; the rest stays as it
 * is. A new hotkey at a uid in use takes the uid over; one without a uid gets
 * the next. A commitment of null is withdrawn. Stakes are rao, and so is what
 * the coldkey has locked towards the hotkey since this block, for ever unless
 * it decays.
 */
#ifndef DEVCHAIN_NEURON_H
#define DEVCHAIN_NEURON_H

#include <jansson.h>

struct err;
struct work;

/* Whether it can be understood at all; 0, or -1. */
int neuron_check(const json_t *, struct err *);

/* Write it; 0, or -1 if it does not fit the subnet as it is. */
int neuron_apply(struct work *, const json_t *, struct err *);

#endif

/*
 * What is to be sent, as a row of the ledger that submit.c completes: nonce,
 * era, seal and hash are its business.
 */
#ifndef WEIGHTSETTER_ORDER_H
#define WEIGHTSETTER_ORDER_H

#include <stdint.h>

#include "weightsetter/ledger.h"

struct method;
struct snapshot;
struct uid_weights;

/* Weights to be set or committed; the caller's. */
struct ledger_row *order_weights(const struct snapshot *, uint8_t mecid,
    const struct method *, const struct uid_weights *, const char *vector_id,
    uint64_t version_key);

/* The reveal of a commit, by that call; the caller's. */
struct ledger_row *order_reveal(
    const struct ledger_row *commit, const char *call);

/* A reveal's era, with so many blocks left to its epoch: short enough for
 * another try if it is lost. Pure. */
uint64_t order_reveal_era(uint64_t period, uint64_t room);

/* The era's period, longer than wanted if finality is so far behind the best
 * block that an era born at the finalized head would be over, or nearly. Pure.
 */
uint64_t order_era(uint64_t period, uint64_t finalized, uint64_t best);

#endif

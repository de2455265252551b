/*
 * The extrinsic that sets weights: its call, the payload to be signed, its
 * bytes and its hash.
 *
 * Pure: everything it depends on is given.
 */
#ifndef WEIGHTSETTER_TRANSACTION_H
#define WEIGHTSETTER_TRANSACTION_H

#include <stdint.h>

#include "common/buf.h"
#include "subtensor/extrinsic.h"

struct err;
struct ledger_row;
struct metadata;
struct runtime;

struct transaction {
	struct extrinsic_env env;
	struct buf call, payload, bytes; /* bytes once it is signed */
};

void transaction_clear(struct transaction *);

/* The name of the call this runtime sets weights by, or NULL: it has none for
 * the mechanism. */
const char *transaction_call(const struct metadata *, uint8_t mecid);

/* Call and payload of a row, to be included after its era's birth, a block of
 * that hash ("0x.."). 0, or -1 and why. */
int transaction_make(struct transaction *, const struct runtime *,
    const struct ledger_row *, struct era, const uint8_t genesis[32],
    const char *birth_hash, struct err *);

/* With the signature ("0x.."): the bytes; the row gets the hash. */
int transaction_sign(struct transaction *, const struct runtime *,
    struct ledger_row *, const char *signature, struct err *);

#endif

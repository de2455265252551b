/*
 * The extrinsic that sets, commits or reveals weights: its call, the payload
 * to be signed, its bytes and its hash.
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
struct runtime;

struct transaction {
	struct extrinsic_env env;
	struct buf call, payload, bytes; /* bytes once it is signed */
};

void transaction_clear(struct transaction *);

/* Call and payload of a row, to be included after its era's birth, a block of
 * that hash ("0x.."). sealed is the ciphertext of one that commits by
 * timelock. 0, or -1 and why: the runtime's call is not of the shape we know,
 * or it has an extension that we do not. */
int transaction_make(struct transaction *, const struct runtime *,
    const struct ledger_row *, const struct buf *sealed, struct era,
    const uint8_t genesis[32], const char *birth_hash, struct err *);

/* With the signature ("0x.."): the bytes; the row gets the hash. */
int transaction_sign(struct transaction *, const struct runtime *,
    struct ledger_row *, const char *signature, struct err *);

#endif

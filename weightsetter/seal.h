/*
 * Weights under a seal: a ciphertext that the beacon opens, or a hash that we
 * open ourselves. What the commit is called is written into its row.
 */
#ifndef WEIGHTSETTER_SEAL_H
#define WEIGHTSETTER_SEAL_H

#include <stdint.h>

struct beacon;
struct buf;
struct err;
struct ledger_row;

/* The ciphertext of the row's weights for that round, added to `out`; its call
 * decides whether our hotkey is in it. 0, or -1 and why. */
int seal_timelock(struct ledger_row *, const struct beacon *, uint64_t round,
    struct buf *out, struct err *);

/* A new salt, and the hash over it. 0, or -1 and why. */
int seal_hash(struct ledger_row *, struct err *);

/* blake2b-256 over account, storage index, uids, values, salt and version
 * key, as reveal_weights takes them. Pure. -1: the hotkey is no address. */
int seal_hash_of(const struct ledger_row *, uint8_t hash[32]);

#endif

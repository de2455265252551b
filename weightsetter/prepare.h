/*
 * What must be known of the best block before anything is written or signed:
 * that it has the runtime we read by, our nonce there, that nobody else's
 * transaction of our hotkey waits in the pool, and that every hotkey that
 * gets weight still stands at its uid.
 *
 * Nothing is changed by it.
 */
#ifndef WEIGHTSETTER_PREPARE_H
#define WEIGHTSETTER_PREPARE_H

#include <stdint.h>

#include "weightsetter/snapshot.h"

struct chain;
struct prepare;
struct runtime;
struct uid_weights;

/* reason is NULL if all is well, else "node", "upgrade_in_flight",
 * "nonce_in_pool" or "uid_moved", and why says more. */
struct prepared {
	uint32_t nonce;
	char best[SNAPSHOT_HASH];
	uint64_t timestamp_ms; /* of the best block; 0: it has none */
	const char *reason, *why;
};

typedef void prepare_cb(const struct prepared *, void *arg);

struct prepare *prepare_new(struct chain *, prepare_cb *, void *arg);
void prepare_free(struct prepare *); /* after the chain; NULL is fine */

/* One at a time. The runtime must be held until the answer. */
void prepare_start(struct prepare *, const struct snapshot *,
    const struct runtime *, const struct uid_weights *);

#endif

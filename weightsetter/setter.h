/*
 * What is to be done next about weights, at every finalized head and whenever
 * something has happened: look after the intention under way, or take the
 * newest vector through plan and preflight and send it.
 *
 * Never two in flight: a vector waits until the open row of the ledger has
 * come to its end. After a restart, or when a step could not be written, the
 * open row is read from PostgreSQL and the chain is asked what became of it.
 */
#ifndef WEIGHTSETTER_SETTER_H
#define WEIGHTSETTER_SETTER_H

#include <stdint.h>

#include "weightsetter/plan.h"

struct chain;
struct metrics;
struct redis;
struct runtime;
struct setter;
struct signer_client;
struct snapshot;
struct store;

struct setter_parts {
	struct chain *chain;
	struct store *store;
	struct signer_client *signer;
	struct redis *redis; /* told of proofs */
	struct metrics *metrics;
	uint16_t netuid;
	uint8_t mecid;
	struct plan_rules rules;
	uint64_t version_key;
	uint64_t era_period;
};

struct setter *setter_new(const struct setter_parts *);
void setter_free(struct setter *); /* after chain, pg, signer; NULL is fine */

/* A new snapshot, read by that runtime: both become the setter's. */
void setter_take_snapshot(struct setter *, struct snapshot *, struct runtime *);

/* There may be a new vector. */
void setter_wake(struct setter *);

#endif

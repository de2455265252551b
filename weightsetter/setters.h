/*
 * The setters of all configured subnets and mechanisms, and whose turn it is:
 * a hotkey has one transaction in flight, and they take turns at it, each
 * asked first once the one before it has had its turn.
 */
#ifndef WEIGHTSETTER_SETTERS_H
#define WEIGHTSETTER_SETTERS_H

#include "weightsetter/setter.h"
#include "weightsetter/subnets.h"

struct setters;
struct signer_client;

struct setters_parts {
	struct chain *chain;
	struct store *store;
	struct signer_client *signer;
	struct redis *redis; /* told of proofs */
	struct metrics *metrics;
	struct setter_rules rules;
	const struct subnets *subnets; /* copied */
};

struct setters *setters_new(const struct setters_parts *);
void setters_free(struct setters *); /* after chain, pg, signer; NULL is fine */

/* A new snapshot of one of the subnets, read by that runtime: both become the
 * setters'. */
void setters_take_snapshot(
    struct setters *, struct snapshot *, struct runtime *);

/* There may be new vectors. */
void setters_wake(struct setters *);

#endif

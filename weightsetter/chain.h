/*
 * The connection to the chain: the endpoints, the one in use, its finalized
 * heads, and the runtimes that were read through it. Every other module reads
 * and writes through it.
 */
#ifndef WEIGHTSETTER_CHAIN_H
#define WEIGHTSETTER_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "subtensor/endpoints.h"
#include "weightsetter/runtime.h"

struct chain;
struct err;
struct event_base;
struct metrics;
struct rpc;

struct chain_options {
	const char *const *urls; /* ends with NULL */
	const char *genesis;	 /* "0x..", or NULL: whatever comes first */
	double requests_per_s;
	int burst;
	struct metrics *metrics;
	/* A newer finalized head than any that was read. */
	void (*on_head)(const struct head *, void *arg);
	/* The connection is gone, and with it every subscription. */
	void (*on_down)(void *arg);
	void *arg;
};

struct chain *chain_new(
    struct event_base *, const struct chain_options *, struct err *);
void chain_free(struct chain *); /* NULL is fine */

/* Connected, and the chain and node were found good. */
bool chain_is_up(const struct chain *);
/* The newest block, finalized or not; 0: none yet. */
uint64_t chain_best_number(const struct chain *);

/* To be asked for at each call: it changes. */
struct rpc *chain_rpc(struct chain *);
struct runtimes *chain_runtimes(struct chain *);
struct endpoints *chain_endpoints(struct chain *);  /* as they stand */
const uint8_t *chain_genesis(const struct chain *); /* 32 bytes; once up */

/* A head was read, with that time for a block (0: not known); or could not
 * be. */
void chain_read(struct chain *, const struct head *, uint64_t slot_ms);
void chain_unread(struct chain *);

/* As endpoints_agree(). */
void chain_agree(
    struct chain *, const struct head *, endpoints_agree_cb *, void *arg);

#endif

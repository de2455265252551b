/*
 * The connection to the chain: is it the right chain, is the node in step,
 * and which block is the newest finalized one. Every other module reads and
 * writes through it.
 */
#ifndef WEIGHTSETTER_CHAIN_H
#define WEIGHTSETTER_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/runtime.h"
#include "weightsetter/snapshot.h"

struct chain;
struct err;
struct event_base;
struct rpc;

struct head {
	uint64_t number;
	char hash[SNAPSHOT_HASH];
};

struct chain_options {
	const char *const *urls; /* ends with NULL */
	const char *genesis;	 /* "0x..", or NULL: whatever comes first */
	double requests_per_s;
	int burst;
	/* A newer finalized head than any before. */
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

struct rpc *chain_rpc(struct chain *);
struct runtimes *chain_runtimes(struct chain *);
const uint8_t *chain_genesis(const struct chain *); /* 32 bytes; once up */

/*
 * Do the other endpoints have that block, final, under that hash? Asked of
 * all that are up and in step; answers once, later. An endpoint alone agrees
 * with itself.
 */
enum chain_agreement {
	CHAIN_AGREED,
	CHAIN_DISAGREED, /* somebody lies or is on another fork; logged */
	CHAIN_UNSURE,	 /* too few of those configured answered */
};
typedef void chain_agree_cb(enum chain_agreement, void *arg);
void chain_agree(
    struct chain *, const struct head *, chain_agree_cb *, void *arg);

/* The number of a header: "0x.." hex. 0, or -1. */
int chain_header_number(const json_t *header, uint64_t *number);
/* A block's hash: "0x" and 64 digits. 0, or -1. */
int chain_hash(const json_t *, char out[SNAPSHOT_HASH]);

#endif

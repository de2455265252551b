/*
 * The runtime that a block was made by: its version and its metadata, fetched
 * once per version and kept while somebody holds it.
 */
#ifndef WEIGHTSETTER_RUNTIME_H
#define WEIGHTSETTER_RUNTIME_H

#include <stdint.h>

struct err;
struct metadata;
struct rpc;
struct runtimes;

struct runtime {
	uint32_t spec_version;
	uint32_t transaction_version;
	struct metadata *md;
	int holders; /* runtime.c's */
};

struct runtimes *runtimes_new(void);
void runtimes_free(struct runtimes *); /* after its rpc; NULL is fine */

/* Keep metadata in that directory, too (cache.h); "": nowhere, as before.
 * Nothing is read or written there before runtimes_chain() has told whose
 * they are: the chain's genesis, 32 bytes. */
void runtimes_cache(struct runtimes *, const char *dir);
void runtimes_chain(struct runtimes *, const uint8_t *genesis);

/* A runtime to be released by runtime_release(), or NULL and why. */
typedef void runtime_cb(struct runtime *, const struct err *, void *arg);

/* That of a block ("0x.." hash). Answers once, later, unless the rpc is
 * freed. */
void runtimes_get(struct runtimes *, struct rpc *, const char *block_hash,
    runtime_cb *, void *arg);

struct runtime *runtime_hold(struct runtime *);
void runtime_release(struct runtime *); /* NULL is fine */

#endif

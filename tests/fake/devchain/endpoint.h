/*
 * One of the node's ports, and how it misbehaves: what its clients are told
 * of the chain, which is one for all of them.
 *
 * NULL is an endpoint that is always well.
 */
#ifndef DEVCHAIN_ENDPOINT_H
#define DEVCHAIN_ENDPOINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block;
struct chain;
struct endpoint;
struct err;

enum { ENDPOINT_LIES = 16, ENDPOINT_FALSE = 128 };

enum endpoint_lie {
	LIE_NONE,
	LIE_BARE,  /* hashes without headers, of the newest ENDPOINT_LIES */
	LIE_WHOLE, /* a branch of its own since the fault was set */
};

struct endpoint_faults {
	bool dead;	/* nobody listens */
	bool mute;	/* connections carry nothing */
	bool frozen;	/* the head stays where it was */
	bool http_only; /* no WebSocket */
	bool deaf;	/* subscriptions are taken, and nothing is told */
	uint32_t ahead; /* heads so far above the true ones are made up */
	enum endpoint_lie lie;
	int http_status;   /* of every answer; 0: as it should be */
	int retry_after_s; /* with it; below 0: not said */
	int limit;	   /* requests a second of a connection; 0: none */
	int64_t delay_us;  /* for each answer */
};

struct endpoint {
	const struct chain *chain;
	size_t index;
	int port;
	struct endpoint_faults faults;
	uint32_t frozen_best, frozen_final; /* numbers */
	uint32_t true_until;		    /* LIE_WHOLE: the last true block */
	struct false_block {
		uint8_t of[32], hash[32]; /* a true block's, and its own */
	} branch[ENDPOINT_FALSE];	  /* computed so far, a ring */
	size_t n_branch;
};

/* Faults from {"mute": true, ..}, keys as in README.md; none is well again.
 * 0, or -1 and why, and nothing has changed. */
int endpoint_set(struct endpoint *, const json_t *, struct err *);

/* The true blocks it tells of as its heads. */
const struct block *endpoint_best(
    const struct endpoint *, const struct chain *);
const struct block *endpoint_finalized(
    const struct endpoint *, const struct chain *);

/* Are its subscribers told of anything? */
bool endpoint_tells(const struct endpoint *);

/* A head as it is told of. */
json_t *endpoint_head(struct endpoint *, const struct block *);
/* The hash it names for a head of its own: "0x..". */
json_t *endpoint_head_hash(struct endpoint *, const struct block *);
/* The hash it names for a number, or null. */
json_t *endpoint_hash_at(
    struct endpoint *, const struct chain *, long long number);

/* The true block that stands behind a hash, or NULL: none is known. */
struct block *endpoint_find(
    struct endpoint *, const struct chain *, const uint8_t hash[32]);
/* A block's header as it has it, and that one's hash. */
json_t *endpoint_header(struct endpoint *, const struct block *);
json_t *endpoint_hash(struct endpoint *, const struct block *);

#endif

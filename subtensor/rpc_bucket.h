/*
 * How fast a node is asked: a token bucket, at most so many a second and so
 * many at once; and a pause, whatever the bucket holds, when the node says it
 * is asked too much. Pauses double while that goes on, and shrink with every
 * good answer.
 *
 * Pure.
 */
#ifndef SUBTENSOR_RPC_BUCKET_H
#define SUBTENSOR_RPC_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

enum { RPC_PAUSE_LEAST_MS = 1000, RPC_PAUSE_MOST_MS = 30000 };

struct rpc_bucket {
	double per_s; /* 0: no limit */
	double most;
	double tokens;
	int64_t at_ms;
	int64_t pause_ms; /* the last one's length, shrunk since; 0: none */
	int64_t until_ms; /* it ends */
};

/* Full at the start; burst is at least 1. */
void rpc_bucket_init(
    struct rpc_bucket *, double per_s, int burst, int64_t now_ms);

/* Take one token if there is one. */
bool rpc_bucket_take(struct rpc_bucket *, int64_t now_ms);

/* How long until there is one; 0 if there is. */
int64_t rpc_bucket_wait_ms(const struct rpc_bucket *, int64_t now_ms);

/* The node says it is asked too much; asked_ms: for how long it wants to be
 * left alone, below 0 if it did not say. */
void rpc_bucket_pause(struct rpc_bucket *, int64_t asked_ms, int64_t now_ms);

/* A good answer. */
void rpc_bucket_ease(struct rpc_bucket *, int64_t now_ms);

#endif

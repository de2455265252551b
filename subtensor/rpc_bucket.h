/*
 * A token bucket: at most so many a second, and so many at once. Pure.
 */
#ifndef SUBTENSOR_RPC_BUCKET_H
#define SUBTENSOR_RPC_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct rpc_bucket {
	double per_s; /* 0: no limit */
	double most;
	double tokens;
	int64_t at_ms;
};

/* Full at the start; burst is at least 1. */
void rpc_bucket_init(
    struct rpc_bucket *, double per_s, int burst, int64_t now_ms);

/* Take one token if there is one. */
bool rpc_bucket_take(struct rpc_bucket *, int64_t now_ms);

/* How long until there is one; 0 if there is. */
int64_t rpc_bucket_wait_ms(const struct rpc_bucket *, int64_t now_ms);

#endif

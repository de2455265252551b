/* Tokens come with time and go with requests. */
#include "subtensor/rpc_bucket.h"

#include <math.h>

void
rpc_bucket_init(struct rpc_bucket *b, double per_s, int burst, int64_t now_ms)
{
	b->per_s = per_s;
	b->most = burst < 1 ? 1 : burst;
	b->tokens = b->most;
	b->at_ms = now_ms;
}

static double
tokens_at(const struct rpc_bucket *b, int64_t now_ms)
{
	double passed_s = (double)(now_ms - b->at_ms) / 1000;

	if (passed_s < 0)
		passed_s = 0;
	return fmin(b->most, b->tokens + passed_s * b->per_s);
}

bool
rpc_bucket_take(struct rpc_bucket *b, int64_t now_ms)
{
	if (b->per_s <= 0)
		return true;
	b->tokens = tokens_at(b, now_ms);
	b->at_ms = now_ms;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

int64_t
rpc_bucket_wait_ms(const struct rpc_bucket *b, int64_t now_ms)
{
	double missing;

	if (b->per_s <= 0)
		return 0;
	missing = 1 - tokens_at(b, now_ms);
	return missing <= 0 ? 0 : (int64_t)ceil(missing / b->per_s * 1000);
}

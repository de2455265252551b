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
	b->pause_ms = 0;
	b->until_ms = now_ms;
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
	if (now_ms < b->until_ms)
		return false;
	if (b->per_s <= 0)
		return true;
	b->tokens = tokens_at(b, now_ms);
	b->at_ms = now_ms;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

static int64_t
token_wait_ms(const struct rpc_bucket *b, int64_t now_ms)
{
	double missing;

	if (b->per_s <= 0)
		return 0;
	missing = 1 - tokens_at(b, now_ms);
	return missing <= 0 ? 0 : (int64_t)ceil(missing / b->per_s * 1000);
}

int64_t
rpc_bucket_wait_ms(const struct rpc_bucket *b, int64_t now_ms)
{
	int64_t token = token_wait_ms(b, now_ms), pause = b->until_ms - now_ms;

	return pause > token ? pause : token;
}

/* Several that were under way at once are told so at once: one pause. */
void
rpc_bucket_pause(struct rpc_bucket *b, int64_t asked_ms, int64_t now_ms)
{
	int64_t until;

	if (now_ms >= b->until_ms) {
		b->pause_ms *= 2;
		if (b->pause_ms < RPC_PAUSE_LEAST_MS)
			b->pause_ms = RPC_PAUSE_LEAST_MS;
		if (b->pause_ms > RPC_PAUSE_MOST_MS)
			b->pause_ms = RPC_PAUSE_MOST_MS;
	}
	until = now_ms + (asked_ms > b->pause_ms ? asked_ms : b->pause_ms);
	if (b->until_ms < until)
		b->until_ms = until;
	b->tokens = 0;
	b->at_ms = b->until_ms;
}

/* By a tenth, once a pause is over. */
void
rpc_bucket_ease(struct rpc_bucket *b, int64_t now_ms)
{
	if (now_ms >= b->until_ms)
		b->pause_ms -= b->pause_ms / 10;
	if (b->pause_ms < RPC_PAUSE_LEAST_MS / 2)
		b->pause_ms = 0;
}

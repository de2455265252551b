/* A token bucket. */
#include "signer/bucket.h"

void
bucket_init(struct bucket *b, double per_second, double burst, int64_t now_us)
{
	b->per_second = per_second;
	b->burst = burst;
	b->tokens = burst;
	b->filled_us = now_us;
}

bool
bucket_take(struct bucket *b, int64_t now_us)
{
	if (now_us > b->filled_us) {
		b->tokens += b->per_second * (now_us - b->filled_us) / 1e6;
		if (b->tokens > b->burst)
			b->tokens = b->burst;
		b->filled_us = now_us;
	}
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

/* Patience in blocks. */
#include "weightsetter/retry.h"

void
retry_reset(struct retry *r)
{
	r->tries = 0;
	r->not_before = 0;
}

bool
retry_again(struct retry *r, uint64_t block)
{
	uint64_t wait = r->tries < 5 ? 1ull << r->tries : RETRY_LONGEST;

	r->tries++;
	r->not_before = block + wait;
	return r->tries < RETRY_MOST;
}

bool
retry_may(const struct retry *r, uint64_t block)
{
	return block >= r->not_before;
}

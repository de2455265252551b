/* Patience in blocks. */
#include "weightsetter/retry.h"

#include <string.h>

void
retry_reset(struct retry *r)
{
	memset(r, 0, sizeof(*r));
}

uint64_t
retry_longest(uint64_t tempo)
{
	uint64_t longest = tempo / 4;

	if (longest < 1)
		return 1;
	return longest < RETRY_LONGEST ? longest : RETRY_LONGEST;
}

void
retry_hindered(struct retry *r, uint64_t block, uint64_t longest)
{
	uint64_t wait = r->tries < 5 ? 1ull << r->tries : RETRY_LONGEST;

	r->tries++;
	r->not_before = block + (wait < longest ? wait : longest);
}

bool
retry_refused(struct retry *r, uint64_t block, uint64_t longest)
{
	r->refused++;
	retry_hindered(r, block, longest);
	return r->refused < RETRY_MOST;
}

bool
retry_once(struct retry *r, uint64_t block, int fault)
{
	if (r->once & 1u << fault)
		return false;
	r->once |= 1u << fault;
	r->not_before = block + 1;
	return true;
}

void
retry_until(struct retry *r, uint64_t block)
{
	r->not_before = block;
}

bool
retry_may(const struct retry *r, uint64_t block)
{
	return block >= r->not_before;
}

/* How long to wait before trying again. */
#include "common/backoff.h"

#include <sodium.h>

enum { LEAST_MS = 100, MOST_MS = 30000, MAX_DOUBLINGS = 20 };

int64_t
backoff_ms(const struct backoff *b, uint32_t random)
{
	int64_t least = b->least_ms > 0 ? b->least_ms : LEAST_MS;
	int64_t most = b->most_ms > 0 ? b->most_ms : MOST_MS;
	int doublings = b->tries < MAX_DOUBLINGS ? b->tries : MAX_DOUBLINGS;
	int64_t ms = least << doublings;

	if (ms > most)
		ms = most;
	return ms - ms / 4 + (int64_t)(random % 1000) * (ms / 2) / 1000;
}

int64_t
backoff_next_ms(struct backoff *b)
{
	int64_t ms = backoff_ms(b, randombytes_random());

	b->tries++;
	return ms;
}

void
backoff_reset(struct backoff *b)
{
	b->tries = 0;
}

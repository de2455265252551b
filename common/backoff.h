/*
 * How long to wait before trying again: doubling from a least to a most, with
 * a quarter of jitter so that many do not come back together.
 */
#ifndef COMMON_BACKOFF_H
#define COMMON_BACKOFF_H

#include <stdint.h>

struct backoff {
	int tries;
	int64_t least_ms; /* 0: 100 */
	int64_t most_ms;  /* 0: 30000 */
};

/* The wait after `tries` failures, for a random number. Pure. */
int64_t backoff_ms(const struct backoff *, uint32_t random);

/* The same with a random number of its own, and one more try counted. */
int64_t backoff_next_ms(struct backoff *);
void backoff_reset(struct backoff *);

#endif

/*
 * When a vector that did not come through is tried again: after 1, 2, 4 ...
 * blocks, a limited number of times.
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_RETRY_H
#define WEIGHTSETTER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum { RETRY_MOST = 8, RETRY_LONGEST = 32 };

struct retry {
	int tries;
	uint64_t not_before; /* block of the head */
};

void retry_reset(struct retry *);
/* One more has failed, at that head. False: enough. */
bool retry_again(struct retry *, uint64_t block);
bool retry_may(const struct retry *, uint64_t block);

#endif

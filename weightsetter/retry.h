/*
 * When a vector that did not come through is tried again, in blocks of the
 * finalized head: after 1, 2, 4 ... up to a longest wait. What the chain said
 * no to is tried a limited number of times; what kept us from asking it, as
 * long as there is time. A few faults are healed by the very next try, each
 * once.
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_RETRY_H
#define WEIGHTSETTER_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum { RETRY_MOST = 8, RETRY_LONGEST = 32 };

struct retry {
	int refused, tries;
	uint32_t once;	     /* of which faults the one try is spent */
	uint64_t not_before; /* block of the head */
};

void retry_reset(struct retry *);
/* The longest wait for that tempo: at most a quarter of it. */
uint64_t retry_longest(uint64_t tempo);

/* Refused once more, at that head. False: enough. */
bool retry_refused(struct retry *, uint64_t block, uint64_t longest);
/* It did not come so far; patience grows, and does not end. */
void retry_hindered(struct retry *, uint64_t block, uint64_t longest);
/* At the next head, if that fault (0 to 31) was not there before: else
 * false, and nothing is changed. */
bool retry_once(struct retry *, uint64_t block, int fault);
/* Not before that block. */
void retry_until(struct retry *, uint64_t block);
bool retry_may(const struct retry *, uint64_t block);

#endif

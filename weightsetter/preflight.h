/*
 * Every check that set_weights and set_mechanism_weights make when they are
 * dispatched, in their order, on a snapshot: what would happen if we sent.
 *
 * Pure. What time alone will heal, the rate limit, stake and permit, is waited
 * for; anything else would meet the same vector at every block.
 */
#ifndef WEIGHTSETTER_PREFLIGHT_H
#define WEIGHTSETTER_PREFLIGHT_H

#include <stdint.h>

struct snapshot;
struct uid_weights;

enum preflight_verdict {
	PREFLIGHT_GO,
	PREFLIGHT_WAIT,	  /* until the head is `until_block` */
	PREFLIGHT_REFUSE, /* the chain would, by `reason` */
};

struct preflight {
	enum preflight_verdict verdict;
	const char *reason; /* the chain's name of the error; NULL: go */
	uint64_t until_block;
};

struct preflight preflight_check(
    const struct snapshot *, const struct uid_weights *, uint64_t version_key);

#endif

/*
 * Every check that the chain makes of weights when they are dispatched, in its
 * order, on a snapshot: what would happen if we sent. Of a commit it makes
 * most of them only when it opens, and then says nothing of a failure; so
 * they are all made before.
 *
 * Pure. What time alone will heal, the rate limit, stake and permit, is waited
 * for. What no vector can heal is for a person. Anything else is wrong with
 * the vector, and would be at every block.
 */
#ifndef WEIGHTSETTER_PREFLIGHT_H
#define WEIGHTSETTER_PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/ledger.h"

struct snapshot;
struct uid_weights;

enum preflight_verdict {
	PREFLIGHT_GO,
	PREFLIGHT_WAIT,	  /* until the head is `until_block` */
	PREFLIGHT_ALARM,  /* nothing is sent until a person has acted */
	PREFLIGHT_REFUSE, /* the chain would, by `reason` */
};

struct preflight {
	enum preflight_verdict verdict;
	const char *reason; /* the chain's name of the error; NULL: go */
	uint64_t until_block;
};

/* What is done with which mechanism's weights. */
struct preflight_of {
	uint8_t mecid;
	enum ledger_action action;
	uint64_t version_key;
};

struct preflight preflight_check(const struct snapshot *,
    const struct preflight_of *, const struct uid_weights *);

/* What a person must act on first, whatever the vector; NULL: nothing. */
const char *preflight_alarm(
    const struct snapshot *, const struct preflight_of *);

/* The first block that the rate limit lets weights into; 0: any. */
uint64_t preflight_next_block(const struct snapshot *, uint8_t mecid);

#endif

/*
 * When a peer that fails (a miner, a service) gets nothing more, and how it
 * comes back. Pure.
 *
 * Closed, it counts failures in a row. At so many the peer is out for a
 * while, twice as long each time; then it is half open: one attempt at a time
 * is sent, until one is delivered (closed) or fails (out again).
 */
#ifndef COMMON_BREAKER_H
#define COMMON_BREAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct breaker_policy {
	int after;	  /* failures in a row; 0: never out */
	int64_t eject_us; /* the first time */
};

struct breaker {
	int streak;	    /* of failures */
	int ejections;	    /* since it was last closed */
	int64_t ejected_us; /* wall: since when it is out; 0: it is not */
	int64_t until_us;   /* wall: half open from then on */
	bool is_let_in;	    /* half open before its time */
};

enum breaker_state { BREAKER_CLOSED, BREAKER_OUT, BREAKER_HALF_OPEN };

enum breaker_state breaker_state(const struct breaker *, int64_t now_us);

/* An attempt failed, or was delivered; whether that changed the state (and
 * for a success, whether there was anything to forget). */
bool breaker_fail(
    struct breaker *, const struct breaker_policy *, int64_t now_us);
bool breaker_deliver(struct breaker *, int64_t now_us);

/* What the row says, which several instances write: the longer streak and the
 * later ejection hold. Whether it is ejected by that now. */
bool breaker_merge(struct breaker *, const struct breaker *row,
    const struct breaker_policy *, int64_t now_us);

/* How many of those that are up may be out at once: beyond that, the failure
 * is likely ours. */
size_t breaker_most_out(size_t n_up);

#endif

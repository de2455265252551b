/*
 * When a service may be asked: so many requests a minute, a rest when it asks
 * for one, nothing while it fails; and when its word is not to be believed.
 *
 * Pure: the time is an argument, in microseconds of one clock that never goes
 * back.
 */
#ifndef VALIDATOR_WATCH_PACE_H
#define VALIDATOR_WATCH_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/breaker.h"
#include "validator/watch_answer.h"

struct watch_pace {
	int64_t per_minute; /* 0: no limit */
	struct breaker_policy patience;
	struct breaker breaker;
	int64_t due_us;	  /* when all that was sent would be paid for */
	int64_t rests_us; /* not before */
	int doubts;	  /* answers in a row that are perhaps its failure */
	int gones;	  /* answers in a row that say gone */
};

void watch_pace_init(struct watch_pace *, int64_t per_minute,
    const struct breaker_policy *patience);

/* How long until a request may be sent; 0: now. Not asked of a service that
 * is out. */
int64_t watch_pace_wait(const struct watch_pace *, int64_t now_us);
void watch_pace_sent(struct watch_pace *, int64_t now_us);
/* It asked for a rest. */
void watch_pace_rest(struct watch_pace *, int64_t ms, int64_t now_us);

/* Left alone. */
bool watch_pace_is_out(const struct watch_pace *, int64_t now_us);
/* How many requests may be under way: one, to see whether it is well again. */
size_t watch_pace_room(
    const struct watch_pace *, size_t at_once, int64_t now_us);

/*
 * An answer came. Whether the service is out now, or well again, and was not
 * before. Failures at one question, in the service's own words, count an
 * eighth: anybody may have claimed such a post.
 */
bool watch_pace_note(
    struct watch_pace *, const struct watch_answer *, int64_t now_us);

/* A service that says of one post after the other that it is gone has lost
 * something itself: from so many in a row on they are unavailable. */
void watch_pace_doubt(struct watch_pace *, struct watch_answer *);

#endif

/*
 * What becomes of a webhook after a try, and when the next one is. Pure.
 *
 * The waits are those that the standard-webhooks specification suggests, ten
 * tries in about three days.
 */
#ifndef ORCHESTRATOR_WEBHOOKS_PLAN_H
#define ORCHESTRATOR_WEBHOOKS_PLAN_H

#include <stdint.h>

enum {
	WEBHOOKS_RETRIES = 9,
	WEBHOOKS_FIRST_MS = 5000, /* to the second try, unless it is told */
};

enum webhooks_verdict {
	WEBHOOKS_DELIVERED,
	WEBHOOKS_RETRY,
	WEBHOOKS_GIVEN_UP,
	WEBHOOKS_GONE, /* the receiver wants no more, ever */
};

/* After so many tries (1: the first), the last of them answered with that
 * status; 0: not answered. A redirect is no delivery. */
enum webhooks_verdict webhooks_judge(int status, int tries);

/*
 * How long until the next try. first_ms: until the second; the others grow
 * with it. A fifth of jitter to either side. retry_after_ms: what the answer
 * asked for, -1 nothing: with 429 and 503 it is not sooner than that.
 */
int64_t webhooks_wait_ms(int64_t first_ms, int tries, int status,
    int64_t retry_after_ms, uint32_t random);

const char *webhooks_verdict_name(enum webhooks_verdict);

#endif

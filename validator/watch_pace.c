/* A bucket of requests, a rest, a breaker. */
#include "validator/watch_pace.h"

#include <stdio.h>
#include <string.h>

enum {
	MINUTE_US = 60000000,
	BURST_US = 1000000, /* what may be sent at once: that of a second */
	DOUBTS = 8,	    /* make a failure */
	GONES = 32,	    /* in a row are believed */
};

void
watch_pace_init(struct watch_pace *p, int64_t per_minute,
    const struct breaker_policy *patience)
{
	memset(p, 0, sizeof(*p));
	p->per_minute = per_minute;
	p->patience = *patience;
}

/* Until the bucket has room: due_us runs ahead of the clock by what was sent,
 * and no further than a second's worth. */
static int64_t
until_paid(const struct watch_pace *p, int64_t now_us)
{
	int64_t each_us, ahead_us;

	if (p->per_minute <= 0)
		return 0;
	each_us = MINUTE_US / p->per_minute;
	ahead_us = each_us > BURST_US ? 0 : BURST_US - each_us;
	return p->due_us - ahead_us > now_us ? p->due_us - ahead_us - now_us
					     : 0;
}

int64_t
watch_pace_wait(const struct watch_pace *p, int64_t now_us)
{
	int64_t rest_us = p->rests_us > now_us ? p->rests_us - now_us : 0;
	int64_t paid_us = until_paid(p, now_us);

	return rest_us > paid_us ? rest_us : paid_us;
}

void
watch_pace_sent(struct watch_pace *p, int64_t now_us)
{
	if (p->per_minute <= 0)
		return;
	if (p->due_us < now_us)
		p->due_us = now_us;
	p->due_us += MINUTE_US / p->per_minute;
}

void
watch_pace_rest(struct watch_pace *p, int64_t ms, int64_t now_us)
{
	if (now_us + ms * 1000 > p->rests_us)
		p->rests_us = now_us + ms * 1000;
}

bool
watch_pace_is_out(const struct watch_pace *p, int64_t now_us)
{
	return breaker_state(&p->breaker, now_us) == BREAKER_OUT;
}

size_t
watch_pace_room(const struct watch_pace *p, size_t at_once, int64_t now_us)
{
	switch (breaker_state(&p->breaker, now_us)) {
	case BREAKER_OUT:
		return 0;
	case BREAKER_HALF_OPEN:
		return 1;
	case BREAKER_CLOSED:
		break;
	}
	return at_once;
}

static bool
fail(struct watch_pace *p, int64_t now_us)
{
	p->doubts = 0;
	return breaker_fail(&p->breaker, &p->patience, now_us);
}

static bool
deliver(struct watch_pace *p, int64_t now_us)
{
	bool was_out = p->breaker.ejected_us != 0;

	p->doubts = 0;
	return breaker_deliver(&p->breaker, now_us) && was_out;
}

bool
watch_pace_note(
    struct watch_pace *p, const struct watch_answer *a, int64_t now_us)
{
	if (a->outcome != WATCH_UNAVAILABLE)
		return deliver(p, now_us);
	switch (a->blame) {
	case WATCH_BLAME_NOBODY:
		return false;
	case WATCH_BLAME_QUESTION:
		return deliver(p, now_us);
	case WATCH_BLAME_EITHER:
		if (breaker_state(&p->breaker, now_us) == BREAKER_CLOSED &&
		    ++p->doubts < DOUBTS)
			return false;
		break;
	case WATCH_BLAME_SERVICE:
		break;
	}
	return fail(p, now_us);
}

void
watch_pace_doubt(struct watch_pace *p, struct watch_answer *a)
{
	if (a->outcome == WATCH_OK)
		p->gones = 0;
	if (a->outcome != WATCH_GONE || ++p->gones <= GONES)
		return;
	p->gones = GONES;
	a->outcome = WATCH_UNAVAILABLE;
	a->blame = WATCH_BLAME_NOBODY;
	snprintf(a->why, sizeof(a->why), "it says so of everything");
}

/* When a peer that fails gets nothing more. */
#include "common/breaker.h"

static const int64_t longest_us = 600000000;

enum { MAX_STREAK = 1000000 };

enum breaker_state
breaker_state(const struct breaker *b, int64_t now_us)
{
	if (b->ejected_us == 0)
		return BREAKER_CLOSED;
	return now_us < b->until_us && !b->is_let_in ? BREAKER_OUT
						     : BREAKER_HALF_OPEN;
}

/* Twice as long each time, to ten minutes; never less than the first time. */
static int64_t
duration_us(const struct breaker_policy *p, int ejections)
{
	int64_t us = p->eject_us;

	for (int i = 1; i < ejections && us < longest_us; i++)
		us = us * 2 < longest_us ? us * 2 : longest_us;
	return us;
}

static void
eject(struct breaker *b, const struct breaker_policy *p, int64_t now_us)
{
	b->ejections++;
	b->ejected_us = now_us;
	b->until_us = now_us + duration_us(p, b->ejections);
	b->is_let_in = false;
}

static bool
eject_if_due(struct breaker *b, const struct breaker_policy *p, int64_t now_us)
{
	if (p->after <= 0 || b->streak < p->after)
		return false;
	eject(b, p, now_us);
	return true;
}

bool
breaker_fail(struct breaker *b, const struct breaker_policy *p, int64_t now_us)
{
	if (b->streak < MAX_STREAK)
		b->streak++;
	switch (breaker_state(b, now_us)) {
	case BREAKER_CLOSED:
		return eject_if_due(b, p, now_us);
	case BREAKER_OUT: /* sent before it was */
		return false;
	case BREAKER_HALF_OPEN:
		eject(b, p, now_us);
		return true;
	}
	return false;
}

/* What comes from a peer that is out was sent before: it stays out. */
bool
breaker_deliver(struct breaker *b, int64_t now_us)
{
	if (breaker_state(b, now_us) == BREAKER_OUT ||
	    (b->streak == 0 && b->ejected_us == 0))
		return false;
	*b = (struct breaker){0};
	return true;
}

bool
breaker_merge(struct breaker *b, const struct breaker *row,
    const struct breaker_policy *p, int64_t now_us)
{
	if (row->streak > b->streak)
		b->streak = row->streak;
	if (row->ejected_us != 0 && row->until_us > b->until_us) {
		b->ejections = row->ejections;
		b->ejected_us = row->ejected_us;
		b->until_us = row->until_us;
		b->is_let_in = false;
		return false;
	}
	return breaker_state(b, now_us) == BREAKER_CLOSED &&
	       eject_if_due(b, p, now_us);
}

size_t
breaker_most_out(size_t n_up)
{
	return n_up / 2;
}

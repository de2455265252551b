/* How many attempts at once a miner has earned. */
#include "orchestrator/earned.h"

#include <math.h>

static const double cut_to = 0.7, decay_half_us = 300e6;
static const int64_t burst_us = 1000000;

/* Sums of raises fall short of a whole slot by rounding. */
static const double nearly = 1e-9;

static double
bounded(double slots, int said)
{
	return slots > 1 ? fmax(1, fmin(slots, said)) : 1;
}

double
earned_start(int start, int said)
{
	return bounded(start > 0 ? start : said, said);
}

void
earned_read(struct earned *e, double slots, int said)
{
	if (!earned_has_news(e))
		earned_told(e);
	e->slots = bounded(bounded(slots, said) * e->factor + e->raise, said);
}

static void
learn(struct earned *e, double factor, double raise, int said)
{
	if (!earned_has_news(e))
		earned_told(e);
	e->factor *= factor;
	e->raise = e->raise * factor + raise;
	e->slots = bounded(e->slots * factor + raise, said);
}

void
earned_deliver(struct earned *e, int said, bool is_half_used)
{
	if (is_half_used && e->slots < said)
		learn(e, 1, 1 / fmax(1, e->slots), said);
}

void
earned_fail(struct earned *e, int said, int64_t now_us)
{
	if (e->cut_us != 0 && now_us >= e->cut_us &&
	    now_us - e->cut_us < burst_us)
		return;
	e->cut_us = now_us;
	learn(e, cut_to, 0, said);
}

bool
earned_has_news(const struct earned *e)
{
	return (e->factor != 0 && e->factor != 1) || e->raise != 0;
}

void
earned_told(struct earned *e)
{
	e->factor = 1;
	e->raise = 0;
}

double
earned_decayed(double slots, int64_t down_us, int64_t now_us)
{
	if (slots <= 1)
		return 1;
	if (down_us == 0 || now_us <= down_us)
		return slots;
	return 1 +
	       (slots - 1) * exp2(-(double)(now_us - down_us) / decay_half_us);
}

int
earned_slots(const struct earned *e, int said)
{
	return said > 0 ? (int)floor(bounded(e->slots, said) + nearly) : 0;
}

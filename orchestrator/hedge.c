/* When an attempt is hedged, and whether the budget allows it. */
#include "orchestrator/hedge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN = 1000000, MEDIAN = 50, SLOW = 95 /* per cent */ };

/* -- what attempts take ---------------------------------------------------- */

void
hedge_saw(struct hedge_times *t, int64_t ms)
{
	t->ms[t->next] = ms;
	t->next = (t->next + 1) % HEDGE_KEPT;
	if (t->n < HEDGE_KEPT)
		t->n++;
	t->is_known = false;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The least value that so many per cent of them do not exceed. */
static int64_t
percentile(const int64_t *sorted, size_t n, size_t percent)
{
	return sorted[(n * percent + 99) / 100 - 1];
}

/* Sorted when it is asked for, which is less often than times come. */
static bool
know(struct hedge_times *t)
{
	int64_t sorted[HEDGE_KEPT];

	if (t->n < HEDGE_LEAST_SEEN)
		return false;
	if (t->is_known)
		return true;
	memcpy(sorted, t->ms, t->n * sizeof(sorted[0]));
	qsort(sorted, t->n, sizeof(sorted[0]), by_size);
	t->median_ms = percentile(sorted, t->n, MEDIAN);
	t->slow_ms = percentile(sorted, t->n, SLOW);
	t->is_known = true;
	return true;
}

bool
hedge_is_due(struct hedge_times *t, int64_t out_ms, int64_t least_ms)
{
	return out_ms >= least_ms && know(t) && out_ms > t->slow_ms;
}

bool
hedge_has_time(struct hedge_times *t, int64_t left_ms)
{
	return know(t) && left_ms >= t->median_ms;
}

bool
hedge_is_wanted(const struct hedge_facts *f)
{
	return f->is_out && f->open > 0 && f->delivered == 0 &&
	       f->open >= f->wanted;
}

/* -- the budget ------------------------------------------------------------ */

void
hedge_budget_init(struct hedge_budget *b, double share)
{
	b->each = llround(share * TOKEN);
	b->held = 0;
}

void
hedge_budget_earn(struct hedge_budget *b, int attempts)
{
	b->held += b->each * attempts;
	if (b->held > (int64_t)HEDGE_MOST_TOKENS * TOKEN)
		b->held = (int64_t)HEDGE_MOST_TOKENS * TOKEN;
}

bool
hedge_budget_take(struct hedge_budget *b)
{
	if (b->held < TOKEN)
		return false;
	b->held -= TOKEN;
	return true;
}

void
hedge_budget_give_back(struct hedge_budget *b)
{
	b->held += TOKEN;
	if (b->held > (int64_t)HEDGE_MOST_TOKENS * TOKEN)
		b->held = (int64_t)HEDGE_MOST_TOKENS * TOKEN;
}

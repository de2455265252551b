/* Latency to speed: three curves, and a ranking. */
#include "scorer/speed.h"

#include <math.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "scorer/math.h"

double
speed_score(double latency_ms, double max_ms)
{
	if (isnan(latency_ms) || !(max_ms > 0))
		return 0;
	return 1 - math_clamp01(latency_ms / max_ms);
}

static double
steps(double latency_ms, double best_ms)
{
	if (latency_ms <= best_ms)
		return 1;
	if (latency_ms <= 2 * best_ms)
		return .8;
	return latency_ms <= 5 * best_ms ? .6 : .3;
}

double
speed_of(const struct speed_rule *rule, double latency_ms)
{
	if (rule->form == SPEED_PERCENTILE)
		return NAN;
	if (isnan(latency_ms))
		return 0;
	switch (rule->form) {
	case SPEED_EXPONENTIAL:
		return latency_ms > 0 ? math_exp(-latency_ms / rule->decay_ms)
				      : 0;
	case SPEED_STEPS:
		return steps(latency_ms, rule->best_ms);
	default:
		return speed_score(latency_ms, rule->max_ms);
	}
}

/* -- ranking ------------------------------------------------------------ */

struct rank {
	double ms;
	size_t who;
};

static int
by_time(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	return (x->ms > y->ms) - (x->ms < y->ms);
}

static double
share(size_t slower, size_t alike, size_t n)
{
	if (n < 2)
		return 1;
	return ((double)slower + (double)(alike - 1) / 2) / (double)(n - 1);
}

void
speed_percentiles(const double *ms, size_t n, double *shares)
{
	struct rank *ranks = xcalloc(n + 1, sizeof(*ranks));
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		shares[i] = NAN;
		if (!isnan(ms[i]))
			ranks[count++] = (struct rank){ms[i], i};
	}
	qsort(ranks, count, sizeof(*ranks), by_time);
	for (size_t from = 0, end; from < count; from = end) {
		for (end = from;
		     end < count && ranks[end].ms == ranks[from].ms;)
			end++;
		for (size_t i = from; i < end; i++)
			shares[ranks[i].who] =
			    share(count - end, end - from, count);
	}
	free(ranks);
}

/* A weighted draw without replacement on a Fenwick tree of sums. */
#include "orchestrator/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

struct draw {
	size_t n;
	size_t top;	 /* the greatest power of two <= n */
	double *sums;	 /* Fenwick tree, 1-based */
	double *weights; /* 0: out */
	uint64_t random;
};

/* splitmix64: small, and its whole state is the seed. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void
add(struct draw *d, size_t i, double w)
{
	for (i++; i <= d->n; i += i & -i)
		d->sums[i] += w;
}

struct draw *
draw_new(const double *weights, size_t n, uint64_t seed)
{
	struct draw *d = xcalloc(1, sizeof(*d));

	d->n = n;
	d->random = seed;
	d->sums = xcalloc(n + 1, sizeof(double));
	d->weights = xcalloc(n, sizeof(double));
	for (d->top = 1; d->top * 2 <= n;)
		d->top *= 2;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(weights[i]) || weights[i] <= 0)
			continue;
		d->weights[i] = weights[i];
		add(d, i, weights[i]);
	}
	return d;
}

void
draw_free(struct draw *d)
{
	if (d == NULL)
		return;
	free(d->sums);
	free(d->weights);
	free(d);
}

static double
total(const struct draw *d)
{
	double sum = 0;

	for (size_t i = d->n; i > 0; i -= i & -i)
		sum += d->sums[i];
	return sum;
}

/* The last one in: sums drift by rounding, so a draw may fall off the end. */
static long
last_in(const struct draw *d)
{
	for (size_t i = d->n; i > 0; i--) {
		if (d->weights[i - 1] > 0)
			return i - 1;
	}
	return -1;
}

long
draw_next(struct draw *d)
{
	double at = total(d) * ((next_random(&d->random) >> 11) * 0x1p-53);
	size_t i = 0;
	long winner;

	for (size_t step = d->top; step > 0; step /= 2) {
		if (i + step <= d->n && d->sums[i + step] <= at) {
			i += step;
			at -= d->sums[i];
		}
	}
	winner = i < d->n && d->weights[i] > 0 ? (long)i : last_in(d);
	if (winner >= 0) {
		add(d, winner, -d->weights[winner]);
		d->weights[winner] = 0;
	}
	return winner;
}

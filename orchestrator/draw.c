/* A weighted draw without replacement, on a Fenwick tree of sums or by a key.
 */
#include "orchestrator/draw.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

struct draw {
	size_t n;
	size_t top;	 /* the greatest power of two <= n */
	double *sums;	 /* Fenwick tree, 1-based */
	double *weights; /* 0: out */
	double *costs;	 /* sticky: the least wins; else NULL */
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

/* What chance gives a name under a key: above 0, at most 1. */
static double
chance(const char *key, const char *name)
{
	crypto_generichash_state state;
	uint8_t hash[16];
	uint64_t x = 0;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(
	    &state, (const uint8_t *)key, strlen(key) + 1);
	crypto_generichash_update(&state, (const uint8_t *)name, strlen(name));
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (size_t i = 0; i < sizeof(x); i++)
		x = x << 8 | hash[i];
	return (double)((x >> 11) + 1) * 0x1p-53;
}

/* An exponential waiting time at the rate of the weight: who is first, is so
 * with the chance of its share. */
struct draw *
draw_new_sticky(
    const double *weights, const char *const *names, size_t n, const char *key)
{
	struct draw *d = draw_new(weights, n, 0);

	d->costs = xcalloc(n, sizeof(double));
	for (size_t i = 0; i < n; i++)
		if (d->weights[i] > 0)
			d->costs[i] =
			    -log(chance(key, names[i])) / d->weights[i];
	return d;
}

void
draw_free(struct draw *d)
{
	if (d == NULL)
		return;
	free(d->costs);
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

static long
next_sticky(struct draw *d)
{
	long winner = -1;

	for (size_t i = 0; i < d->n; i++)
		if (d->weights[i] > 0 &&
		    (winner < 0 || d->costs[i] < d->costs[winner]))
			winner = (long)i;
	if (winner >= 0)
		d->weights[winner] = 0;
	return winner;
}

static long
next_by_seed(struct draw *d)
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

long
draw_next(struct draw *d)
{
	return d->costs != NULL ? next_sticky(d) : next_by_seed(d);
}

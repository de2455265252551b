/* A weighted draw without replacement, on a Fenwick tree of sums or by a key.
 */
#include "orchestrator/draw.h"

#include <assert.h>
#include <math.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/math.h"

struct draw {
	size_t n;
	size_t top;	   /* the greatest power of two <= n */
	uint64_t *sums;	   /* Fenwick tree, 1-based */
	uint64_t *weights; /* 0: never drawn */
	bool *is_drawn;
	size_t *drawn; /* in their order */
	size_t n_drawn;
	uint64_t whole;	 /* of all */
	uint64_t total;	 /* of those still in */
	uint64_t before; /* the total when the last one was drawn */
	uint64_t random;
	double *costs; /* by a key: the least wins */
	bool by_key;
};

static const double heaviest = 0x1p40;

/* splitmix64: small, and its whole state is the seed. */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* delta is a weight, or what undoes one: sums wrap as they should. */
static void
add(struct draw *d, size_t i, uint64_t delta)
{
	d->total += delta;
	for (i++; i <= d->n; i += i & -i)
		d->sums[i] += delta;
}

static bool
is_weight(double w)
{
	return isfinite(w) && w > 0;
}

static void
take_weights(struct draw *d, const double *weights)
{
	double most = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (is_weight(weights[i]) && weights[i] > most)
			most = weights[i];
	}
	for (size_t i = 0; i < d->n; i++) {
		if (!is_weight(weights[i]))
			continue;
		d->weights[i] = (uint64_t)(weights[i] / most * heaviest);
		if (d->weights[i] == 0)
			d->weights[i] = 1;
		add(d, i, d->weights[i]);
	}
}

struct draw *
draw_new(const double *weights, size_t n)
{
	struct draw *d = xcalloc(1, sizeof(*d));

	assert(n <= DRAW_MAX);
	d->n = n;
	d->sums = xcalloc(n + 1, sizeof(*d->sums));
	d->weights = xcalloc(n, sizeof(*d->weights));
	d->is_drawn = xcalloc(n, sizeof(*d->is_drawn));
	d->drawn = xcalloc(n, sizeof(*d->drawn));
	for (d->top = 1; d->top * 2 <= n;)
		d->top *= 2;
	take_weights(d, weights);
	d->whole = d->total;
	return d;
}

void
draw_free(struct draw *d)
{
	if (d == NULL)
		return;
	free(d->costs);
	free(d->drawn);
	free(d->is_drawn);
	free(d->weights);
	free(d->sums);
	free(d);
}

/* -- beginning ------------------------------------------------------------ */

static void
put_back(struct draw *d)
{
	while (d->n_drawn > 0) {
		size_t i = d->drawn[--d->n_drawn];

		d->is_drawn[i] = false;
		add(d, i, d->weights[i]);
	}
}

void
draw_begin(struct draw *d, uint64_t seed)
{
	put_back(d);
	d->by_key = false;
	d->random = seed;
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
void
draw_begin_key(struct draw *d, const char *const *names, const char *key)
{
	put_back(d);
	d->by_key = true;
	if (d->costs == NULL)
		d->costs = xcalloc(d->n, sizeof(*d->costs));
	for (size_t i = 0; i < d->n; i++) {
		if (d->weights[i] > 0)
			d->costs[i] = -math_log(chance(key, names[i])) /
				      (double)d->weights[i];
	}
}

/* -- drawing -------------------------------------------------------------- */

static long
cheapest(const struct draw *d)
{
	long winner = -1;

	for (size_t i = 0; i < d->n; i++) {
		if (d->weights[i] > 0 && !d->is_drawn[i] &&
		    (winner < 0 || d->costs[i] < d->costs[winner]))
			winner = (long)i;
	}
	return winner;
}

/* A random number below the total, and whose interval it falls in. */
static long
by_seed(struct draw *d)
{
	unsigned __int128 wide = next_random(&d->random);
	uint64_t at = (uint64_t)(wide * d->total >> 64);
	size_t i = 0;

	for (size_t step = d->top; step > 0; step /= 2) {
		if (i + step <= d->n && d->sums[i + step] <= at) {
			i += step;
			at -= d->sums[i];
		}
	}
	return (long)i;
}

long
draw_next(struct draw *d)
{
	long winner;

	if (d->total == 0)
		return -1;
	winner = d->by_key ? cheapest(d) : by_seed(d);
	d->before = d->total;
	d->is_drawn[winner] = true;
	d->drawn[d->n_drawn++] = (size_t)winner;
	add(d, (size_t)winner, -d->weights[winner]);
	return winner;
}

double
draw_chance(const struct draw *d, size_t i)
{
	return d->before > 0 ? (double)d->weights[i] / (double)d->before : 0;
}

double
draw_share(const struct draw *d, size_t i)
{
	return d->whole > 0 ? (double)d->weights[i] / (double)d->whole : 0;
}

/* The last inputs in a ring, written twice so that they lie side by side. */
#include "scorer/resample.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "scorer/math.h"

static const double pi = 0x1.921fb54442d18p1;

enum { CROSSINGS = 16 };

struct resample {
	uint64_t from, to; /* without what they have in common */
	uint64_t phases;
	int half;	/* inputs to each side of an output's place */
	int taps;	/* 2 * half */
	double *shares; /* taps for each phase */
	double *ring;	/* 2 * taps */
	uint64_t n_in, n_out;
	uint64_t end; /* number of outputs, once it is known */
	bool has_end;
};

static uint64_t
common_part(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* sin(pi x) / (pi x) under its window; scale <= 1 is the rate's. */
static double
kernel(double distance, double scale)
{
	double x = distance * scale;

	if (fabs(x) >= CROSSINGS)
		return 0;
	if (x == 0)
		return 1;
	return math_sin_pi(x) / (pi * x) * (1 + math_cos_pi(x / CROSSINGS)) / 2;
}

/* The k-th tap lies at k - half + 1 from the input at or before the place. */
static void
fill_phase(struct resample *r, double *shares, double place, double scale)
{
	double sum = 0;

	for (int k = 0; k < r->taps; k++) {
		shares[k] = kernel(k - r->half + 1 - place, scale);
		sum += shares[k];
	}
	for (int k = 0; k < r->taps; k++)
		shares[k] /= sum;
}

struct resample *
resample_new(int from_hz, int to_hz)
{
	struct resample *r;
	uint64_t common;
	double scale;

	if (from_hz < RESAMPLE_MIN_HZ || from_hz > RESAMPLE_MAX_HZ ||
	    to_hz < RESAMPLE_MIN_HZ || to_hz > RESAMPLE_MAX_HZ)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	common = common_part(from_hz, to_hz);
	r->from = from_hz / common;
	r->to = to_hz / common;
	r->phases = r->to < RESAMPLE_MAX_PHASES ? r->to : RESAMPLE_MAX_PHASES;
	scale = to_hz < from_hz ? (double)to_hz / from_hz : 1;
	r->half = (int)(CROSSINGS / scale) + 1;
	r->taps = 2 * r->half;
	r->shares = xcalloc(r->phases * r->taps, sizeof(*r->shares));
	r->ring = xcalloc(2 * (size_t)r->taps, sizeof(*r->ring));
	for (uint64_t p = 0; p < r->phases; p++)
		fill_phase(
		    r, r->shares + p * r->taps, (double)p / r->phases, scale);
	return r;
}

void
resample_free(struct resample *r)
{
	if (r == NULL)
		return;
	free(r->shares);
	free(r->ring);
	free(r);
}

void
resample_put(struct resample *r, double v)
{
	size_t at = r->n_in % r->taps;

	r->ring[at] = v;
	r->ring[at + r->taps] = v;
	r->n_in++;
}

void
resample_end(struct resample *r)
{
	r->end = (r->n_in * r->to + r->from - 1) / r->from;
	r->has_end = true;
}

/* Four sums side by side, the first takes every fourth from the first on. */
static double
weighted(const double *shares, const double *inputs, int taps)
{
	double sums[4] = {0};
	int k = 0;

	for (; k + 4 <= taps; k += 4) {
		for (int i = 0; i < 4; i++)
			sums[i] += shares[k + i] * inputs[k + i];
	}
	for (; k < taps; k++)
		sums[0] += shares[k] * inputs[k];
	return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

bool
resample_take(struct resample *r, double *out)
{
	uint64_t place = r->n_out * r->from, before = place / r->to;
	uint64_t phase = (place % r->to * r->phases + r->to / 2) / r->to;

	if (phase == r->phases) {
		phase = 0;
		before++;
	}
	if (r->has_end && r->n_out >= r->end)
		return false;
	while (r->has_end && r->n_in <= before + r->half)
		resample_put(r, 0);
	if (r->n_in <= before + r->half)
		return false;
	/* The oldest in the ring is its first tap: whoever takes all there is
	 * before he puts has never more in it. */
	*out = weighted(
	    r->shares + phase * r->taps, r->ring + r->n_in % r->taps, r->taps);
	r->n_out++;
	return true;
}

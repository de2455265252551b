/*
 * Samples at another rate: a band-limited interpolation by a sinc under a
 * Hann window of 16 zero crossings to each side, narrowed to the lower of the
 * two rates (J. O. Smith: Digital Audio Resampling, CCRMA). Each output is
 * the sum of its inputs' shares from the earliest to the latest, whose shares
 * are made to sum to 1; before the first and after the last input is silence.
 *
 * Where the rates' ratio would need more than RESAMPLE_MAX_PHASES sets of
 * shares, a place between two inputs is taken to the nearest of so many.
 * Equal rates give what came in, to the bit.
 *
 * Pure, in memory that the rates alone decide.
 */
#ifndef SCORER_RESAMPLE_H
#define SCORER_RESAMPLE_H

#include <stdbool.h>

enum {
	RESAMPLE_MIN_HZ = 1000,
	RESAMPLE_MAX_HZ = 768000,
	RESAMPLE_MAX_PHASES = 1024,
};

struct resample;

/* NULL if a rate is outside of RESAMPLE_MIN_HZ..RESAMPLE_MAX_HZ. */
struct resample *resample_new(int from_hz, int to_hz);
void resample_free(struct resample *); /* NULL is fine */

/* One sample in. All outputs must have been taken before the next. */
void resample_put(struct resample *, double);

/* Nothing more comes in. */
void resample_end(struct resample *);

/* The next sample out; false if it waits for more, or was the last: there
 * are n * to / from of n, rounded up. */
bool resample_take(struct resample *, double *);

#endif

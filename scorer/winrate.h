/*
 * Win rates: the share of the others that a score beats, with the time
 * penalty (penalty.h) in each pair.
 *
 * Ties give nobody a win. Whose score is 0 or who is out has a rate of minus
 * infinity, and is still one of those to beat, unless the population is of
 * those alone that scored. As Dippy's validator does it (SN11,
 * reference cases in tests/unit/test_winrate.c).
 *
 * Pure. O(n log n); with a penalty that goes by the gap O(n^2).
 */
#ifndef SCORER_WINRATE_H
#define SCORER_WINRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scorer/penalty.h"

/* Nothing is known of when it came: it counts as the newest. */
#define WINRATE_NO_BLOCK INT64_MAX

struct winrate_entry {
	double score;  /* what is no number counts as 0 */
	int64_t block; /* of its commitment, not negative */
	bool out;      /* invalid, banned, a twin */
};

struct winrate_rule {
	struct penalty_rule penalty;
	bool scored_only; /* only who has a rate is beaten and counted */
};

/*
 * wins[i]: how many of the population entry i beats. rates[i]: wins over the
 * population less one, 0 where that is nobody, or minus infinity.
 */
void winrate_compute(const struct winrate_rule *, const struct winrate_entry *,
    size_t n, size_t *wins, double *rates);

/* twin[i]: another one has the same key. Keys that are NULL or "" are of
 * nobody. */
void winrate_twins(const char *const *keys, size_t n, bool *twin);

#endif

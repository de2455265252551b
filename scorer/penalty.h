/*
 * The time penalty: who committed later must be better by more than nothing
 * to win against who was there first, so that copying does not pay.
 *
 * In each pair the later one's score is multiplied by (1 - p). Rules of
 * Dippy's subnet (SN11): p the same for all pairs (0.03 since 2024-07-19), or
 * growing with the blocks between the two (2024-07-04 to 07-19):
 *
 *   p(d) = P (1 - e^(-k d)) for d < window, P from there on
 *
 * with P = 0.03, window = 100, k = -ln(1e-6) / 100, and no penalty where both
 * scores reach a threshold (0.96).
 *
 * Pure.
 */
#ifndef SCORER_PENALTY_H
#define SCORER_PENALTY_H

#include <stdint.h>

enum penalty_mode { PENALTY_NONE, PENALTY_FLAT, PENALTY_GAP };

enum { PENALTY_MAX_WINDOW = 65536 }; /* blocks */

struct penalty_rule {
	enum penalty_mode mode;
	double p;	  /* 0..1 */
	double k;	  /* gap: a block; 0: as above, by the window */
	double window;	  /* gap: blocks; 1 to PENALTY_MAX_WINDOW, whole */
	double threshold; /* both at least this: none; infinity: never so */
};

/* Of two that are d >= 0 blocks apart. */
double penalty_of(const struct penalty_rule *, int64_t d);

#endif

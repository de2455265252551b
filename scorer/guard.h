/*
 * The validator-trust guard: a vector that gives much more than the others'
 * consensus to some is drawn towards it, as far as keeps our trust above a
 * floor. Dippy's older validator (SN11, 2024-07-12 to 2025-01-13):
 *
 *   loss(w) = sum of max(w[i] - c[i], 0); kept if it is at most 1 - floor;
 *   else blended with c / sum(c) until it is just that, or, where the
 *   consensus leaves more than that open, 1.05 (1 - sum(c)).
 *
 * Pure.
 */
#ifndef SCORER_GUARD_H
#define SCORER_GUARD_H

#include <stddef.h>

/* The sum of what is above the consensus. */
double guard_loss(const double *weights, const double *consensus, size_t n);

/*
 * weights sum to 1 and consensus to at most 1, none negative. In place; the
 * share of the consensus in the blend, 0 if the weights stand. Where there is
 * no consensus they stand.
 */
double guard_blend(
    double *weights, const double *consensus, size_t n, double floor);

#endif

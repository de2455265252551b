/*
 * Win rates: the share of the others that a score beats.
 *
 * Pure. O(n log n).
 */
#ifndef SCORER_WINRATE_H
#define SCORER_WINRATE_H

#include <stddef.h>

/*
 * rates[i] = (number of j with scores[j] < scores[i]) / (n - 1). Ties give
 * nobody a win, those with a score of 0 are among the beaten, and a NaN or
 * negative score counts as 0. 0 for all if n is 1.
 */
void winrate_compute(const double *scores, size_t n, double *rates);

#endif

/*
 * How far two weight vectors are from each other: what one validator sets
 * against what another does.
 *
 * Pure. Sums run in the order of the entries.
 */
#ifndef SCORER_COMPARE_H
#define SCORER_COMPARE_H

#include <stddef.h>

/* a.b / (|a| |b|), 0..1 of vectors without negative weights; 0 where one of
 * them is all zeros. The scales do not matter. */
double compare_cosine(const double *a, const double *b, size_t n);

/* Half the sum of differences of the two, each made to sum to 1: the share of
 * the weight that lies elsewhere. 1 where one of them is all zeros. */
double compare_moved(const double *a, const double *b, size_t n);

#endif

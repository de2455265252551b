/*
 * How far two rows of symbols are from each other: the Levenshtein distance,
 * and the length of their longest common subsequence. Symbols are any
 * uint32_t: words by their numbers, letters by their code points.
 *
 * 64 rows of the dynamic programme at a time, as the bits of a word. The
 * distance: G. Myers, "A fast bit-vector algorithm for approximate string
 * matching based on dynamic programming", J. ACM 46(3), 1999, as H. Hyyro has
 * it for the whole distance and for blocks, "A bit-vector algorithm for
 * computing Levenshtein and Damerau edit distances", Nordic J. Computing 10,
 * 2003. The subsequence: H. Hyyro, "Bit-parallel LCS-length computation
 * revisited", AWOCA 2004.
 *
 * Pure. O(ceil(m / 64) n) time, whatever the number of distinct symbols, and
 * O(m + n) memory. Two rows of 20,000 take some 30 ms, two of 110,000 some
 * 700 ms. Neither may have more than EDITS_MAX.
 */
#ifndef SCORER_EDITS_H
#define SCORER_EDITS_H

#include <stddef.h>
#include <stdint.h>

enum { EDITS_MAX = 0x3fffffff };

/* Insertions, deletions and replacements that make one of the other. */
size_t edits_distance(
    const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);

/* Symbols of the longest row that is in both, in order, with gaps or not. */
size_t edits_common(
    const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);

#endif

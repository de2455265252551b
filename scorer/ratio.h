/*
 * How alike two texts are by their longest common runs (Ratcliff and
 * Obershelp): 2 M / T, with M the letters in runs that both have, found
 * longest first and then left and right of it, and T the letters of both.
 *
 * To the bit difflib.SequenceMatcher(None, a, b).ratio() of CPython 3, which
 * Violet's validators compared with: over code points, case and all, in which
 * a letter that b has more than 1 + n / 100 times begins no run where b's
 * length n is 200 or more (autojunk). So it is not symmetric, and of little
 * use for long texts: it is here for compatibility.
 *
 * Pure. O(n m) time for each run found, O(n + m) memory.
 */
#ifndef SCORER_RATIO_H
#define SCORER_RATIO_H

enum { RATIO_MAX_LETTERS = 16384 };

/* 0..1, 1 of two empty texts. -1, and *ratio as it was, if one of them has
 * more than RATIO_MAX_LETTERS code points. */
int ratio_difflib(const char *a, const char *b, double *ratio);

#endif

/*
 * BLEU of one text: K. Papineni and others, "BLEU: a method for automatic
 * evaluation of machine translation", ACL 2002, with the smoothing a single
 * sentence needs: B. Chen and C. Cherry, "A systematic comparison of smoothing
 * techniques for sentence-level BLEU", WMT 2014.
 *
 * With p_n the share of the hypothesis' n-grams of words that are in the
 * reference, each at most as often as there, and N the largest order,
 *
 *	BLEU = min(1, e^(1 - reference / hypothesis)) (p_1 ... p_N)^(1/N)
 *
 * and 0 if there is no word in common. A p_n of 0 is replaced before: by
 * epsilon / n-grams (their method 1), or by 1/2, 1/4, 1/8... / n-grams, the
 * first, second, third that is 0 (method 3, which NIST's and sacrebleu's "exp"
 * is). An order the hypothesis is too short for counts as one n-gram, and it
 * is wrong; or, with is_effective, it is left out and N is smaller.
 *
 * Pure. Linear, but for O(n log n) when words are numbered.
 */
#ifndef SCORER_BLEU_H
#define SCORER_BLEU_H

#include <stdbool.h>
#include <stddef.h>

enum { BLEU_MAX_N = 8 };

enum bleu_smoothing { BLEU_NONE, BLEU_EPSILON, BLEU_EXP };

struct bleu_rule {
	size_t max_n; /* N, 1 to BLEU_MAX_N */
	enum bleu_smoothing smoothing;
	double epsilon; /* above 0, of BLEU_EPSILON */
	bool is_effective;
};

extern const struct bleu_rule bleu_sentence; /* 4, BLEU_EXP, .1, effective */

/* 0..1, of prepared texts (text.h). -1, and *score as it was, if one has more
 * than TEXT_MAX_SYMBOLS words. */
int bleu_score(const char *reference, const char *hypothesis,
    const struct bleu_rule *, double *score);

#endif

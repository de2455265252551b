/*
 * ROUGE-L: C.-Y. Lin, "ROUGE: a package for automatic evaluation of
 * summaries", 2004. With L the words of the longest row that is in both texts
 * in order, P = L / words of the hypothesis, R = L / words of the reference,
 *
 *	F = (1 + beta^2) P R / (R + beta^2 P)
 *
 * Of the text as one row, not sentence by sentence. beta 1 is the usual F1.
 *
 * Pure. The cost is that of edits.h.
 */
#ifndef SCORER_ROUGE_H
#define SCORER_ROUGE_H

/* 0..1, of prepared texts (text.h); 0 if they share no word. -1, and *score as
 * it was, if one has more than TEXT_MAX_SYMBOLS words. */
int rouge_l(
    const char *reference, const char *hypothesis, double beta, double *score);

#endif

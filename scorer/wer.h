/*
 * How much of a text was heard wrong: insertions, deletions and replacements
 * of words (or of letters, for languages written without spaces) for each
 * word (letter) of the known text. Both texts are normalised first (text.h).
 *
 * Pure. O(n m) time, O(m) memory, with n at most WER_MAX_KNOWN and m at
 * most twice that.
 */
#ifndef SCORER_WER_H
#define SCORER_WER_H

enum { WER_MAX_KNOWN = 8192 }; /* words or letters of the known text */

/*
 * The rate: 0 is word for word the same; 1 and more, nothing is right. A text
 * heard that is more than twice as long as it should be is only measured by
 * that, so such rates are a lower bound. -1, and *rate as it was, if there is
 * nothing to measure by: the known text has no words or too many.
 */
int wer_words(const char *known, const char *heard, double *rate);
int wer_letters(const char *known, const char *heard, double *rate);

/* max(0, 1 - rate). */
double wer_accuracy(double rate);

#endif

/*
 * How much of a text was heard wrong: insertions, deletions and replacements
 * of words (or of letters, for languages written without spaces) for each
 * word (letter) of the known text. The distance is that of edits.h.
 *
 * Pure. O(ceil(n / 64) m) time, O(n + m) memory: some 30 ms for two
 * hours of speech by words, some 700 by letters where they are 110,000, and
 * about a second for two texts of TEXT_MAX_SYMBOLS (text.h).
 */
#ifndef SCORER_WER_H
#define SCORER_WER_H

#include "scorer/text.h"

/* Words or letters of the known text. */
enum { WER_MAX_KNOWN = TEXT_MAX_SYMBOLS };

/*
 * The rate: 0 is word for word the same; 1 and more, nothing is right. A text
 * heard that is over one of the limits of text.h is not looked at: 1. -1, and
 * *rate as it was, if there is nothing to measure by: the known text has no
 * words or too many.
 *
 * Both texts are normalised first. Words: with each character of scripts
 * without spaces a word; letters: without spaces.
 */
int wer_words(const char *known, const char *heard, double *rate);
int wer_letters(const char *known, const char *heard, double *rate);

enum wer_unit {
	WER_WORDS,
	WER_LETTERS,	/* spaces left out */
	WER_CHARACTERS, /* a space is one, too */
};

/* The same of texts that are prepared already (text.h). */
int wer_rate(const char *known, const char *heard, enum wer_unit, double *rate);

/* max(0, 1 - rate). */
double wer_accuracy(double rate);

#endif

/* Edits for each symbol of the known text. */
#include "scorer/wer.h"

#include <stdlib.h>

#include "scorer/edits.h"

static int
cut(const char *text, enum wer_unit unit, struct text_symbols *out)
{
	if (unit == WER_CHARACTERS)
		return text_characters(text, out);
	return text_letters(text, out);
}

/* 0; 1: the heard text is too long; -1: the known one is. */
static int
cut_both(const char *known, const char *heard, enum wer_unit unit,
    struct text_symbols *a, struct text_symbols *b)
{
	if (unit == WER_WORDS) {
		if (text_count_words(known) > WER_MAX_KNOWN)
			return -1;
		return text_words(known, heard, a, b) == 0 ? 0 : 1;
	}
	if (cut(known, unit, a) != 0)
		return -1;
	return cut(heard, unit, b) == 0 ? 0 : 1;
}

int
wer_rate(const char *known, const char *heard, enum wer_unit unit, double *rate)
{
	struct text_symbols a = {0}, b = {0};
	int cannot = cut_both(known, heard, unit, &a, &b), result = 0;

	if (cannot < 0 || *known == '\0')
		result = -1;
	else if (cannot > 0)
		*rate = 1;
	else
		*rate = (double)edits_distance(a.at, a.n, b.at, b.n) / a.n;
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	return result;
}

/* Of what was normalised; NULL is over the limit. */
static int
rate_of(char *known, char *heard, enum wer_unit unit, double *rate)
{
	int result = -1;

	if (known != NULL && heard != NULL) {
		result = wer_rate(known, heard, unit, rate);
	} else if (known != NULL && *known != '\0') {
		*rate = 1;
		result = 0;
	}
	free(known);
	free(heard);
	return result;
}

int
wer_words(const char *known, const char *heard, double *rate)
{
	return rate_of(text_normalise_apart(known), text_normalise_apart(heard),
	    WER_WORDS, rate);
}

int
wer_letters(const char *known, const char *heard, double *rate)
{
	return rate_of(
	    text_normalise(known), text_normalise(heard), WER_LETTERS, rate);
}

double
wer_accuracy(double rate)
{
	return rate < 1 ? 1 - rate : 0;
}

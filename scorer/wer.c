/* Levenshtein distance over words or letters, one row at a time. */
#include "scorer/wer.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "scorer/text.h"

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
distance(const struct text_symbols *a, const struct text_symbols *b)
{
	size_t *row = xcalloc(b->n + 1, sizeof(*row));
	size_t result;

	for (size_t j = 0; j <= b->n; j++)
		row[j] = j;
	for (size_t i = 0; i < a->n; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < b->n; j++) {
			size_t replaced = diagonal + (a->at[i] != b->at[j]);
			size_t shifted = least_of(row[j], row[j + 1]) + 1;

			diagonal = row[j + 1];
			row[j + 1] = least_of(replaced, shifted);
		}
	}
	result = row[b->n];
	free(row);
	return result;
}

/* What is worth measuring symbol by symbol. Too long by as much as the known
 * text has: the distance is at least that, and so the rate at least 1. */
static bool
is_too_long(size_t known, size_t heard, double *rate)
{
	if (heard <= 2 * known)
		return false;
	*rate = (double)(heard - known) / known;
	return true;
}

static int
measure(const char *known, const char *heard, bool by_letter, double *rate)
{
	size_t (*count)(const char *) =
	    by_letter ? text_count_letters : text_count_words;
	struct text_symbols a = {0}, b = {0};
	size_t n = count(known);

	if (n == 0 || n > WER_MAX_KNOWN)
		return -1;
	if (heard == NULL) { /* beyond what is looked at */
		*rate = 1;
		return 0;
	}
	if (is_too_long(n, count(heard), rate))
		return 0;
	if (by_letter) {
		text_letters(known, &a);
		text_letters(heard, &b);
	} else {
		text_words(known, heard, &a, &b);
	}
	*rate = (double)distance(&a, &b) / n;
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	return 0;
}

static int
measure_raw(const char *known, const char *heard, bool by_letter, double *rate)
{
	char *a = text_normalise(known);
	char *b = text_normalise(heard);
	int result = a != NULL ? measure(a, b, by_letter, rate) : -1;

	free(a);
	free(b);
	return result;
}

int
wer_words(const char *known, const char *heard, double *rate)
{
	return measure_raw(known, heard, false, rate);
}

int
wer_letters(const char *known, const char *heard, double *rate)
{
	return measure_raw(known, heard, true, rate);
}

double
wer_accuracy(double rate)
{
	return rate < 1 ? 1 - rate : 0;
}

/* The table of metrics. */
#include "validator/metric.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "scorer/chrf.h"
#include "scorer/rouge.h"
#include "scorer/text.h"
#include "scorer/wer.h"

typedef int score_fn(
    const char *reference, const char *hypothesis, double *score);

/* A text with nothing in it is nothing to measure by; one that is over a limit
 * is worth nothing, unless that is the reference. */
static int
score_prepared(char *reference, char *text, score_fn *score, double *value)
{
	size_t letters = reference != NULL ? text_count_letters(reference) : 0;
	int result = -1;

	if (letters > 0 && letters <= TEXT_MAX_SYMBOLS) {
		result = 0;
		if (text == NULL || score(reference, text, value) != 0)
			*value = 0;
	}
	free(reference);
	free(text);
	return result;
}

static int
chrf_of_prepared(const char *reference, const char *text, double *score)
{
	return chrf_score(reference, text, &chrf_plus_plus, score);
}

static int
rouge_of_prepared(const char *reference, const char *text, double *score)
{
	return rouge_l(reference, text, 1, score);
}

/* As sacrebleu has it: case and marks count. */
static int
chrf(const char *reference, const char *text, double *score)
{
	return score_prepared(
	    text_plain(reference), text_plain(text), chrf_of_prepared, score);
}

static int
rouge(const char *reference, const char *text, double *score)
{
	return score_prepared(text_normalise_apart(reference),
	    text_normalise_apart(text), rouge_of_prepared, score);
}

static double
as_it_is(double score)
{
	return score;
}

/* From where on two texts say the same: half of the words; for translations
 * and summaries, which may be as good in other words, less. */
static const struct metric words = {
    "wer", "error_rate", wer_words, wer_accuracy, 0.5};
static const struct metric letters = {
    "cer", "error_rate", wer_letters, wer_accuracy, 0.5};
static const struct metric translation = {"chrf", "score", chrf, as_it_is, 0.4};
static const struct metric summary = {
    "rouge_l", "score", rouge, as_it_is, 0.25};

static const struct {
	const char *scoring;
	const struct metric *words, *letters;
} rules[] = {
    {"transcript", &words, &letters},
    {"translation", &translation, &translation},
    {"summary", &summary, &summary},
};

const struct metric *
metric_of(const char *scoring, bool by_letter)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(rules[i].scoring, scoring) == 0)
			return by_letter ? rules[i].letters : rules[i].words;
	}
	return NULL;
}

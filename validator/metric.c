/* The table of metrics. */
#include "validator/metric.h"

#include <stddef.h>
#include <string.h>

#include "scorer/wer.h"

static const struct metric words = {
    "wer", "error_rate", wer_words, wer_accuracy, 0.5};
static const struct metric letters = {
    "cer", "error_rate", wer_letters, wer_accuracy, 0.5};

static const struct {
	const char *scoring;
	const struct metric *words, *letters;
} rules[] = {
    {"transcript", &words, &letters},
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

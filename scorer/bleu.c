/* The logarithms of the precisions are summed from order 1 up. */
#include "scorer/bleu.h"

#include "scorer/math.h"
#include "scorer/ngrams.h"
#include "scorer/text.h"

const struct bleu_rule bleu_sentence = {4, BLEU_EXP, .1, true};

/* What stands for a precision of 0, the nth. */
static double
smoothed(const struct bleu_rule *rule, size_t n)
{
	double value = 1;

	switch (rule->smoothing) {
	case BLEU_NONE:
		return 0;
	case BLEU_EPSILON:
		return rule->epsilon;
	case BLEU_EXP:
		break;
	}
	for (; n > 0; n--)
		value /= 2;
	return value;
}

/* The geometric mean of the precisions. */
static double
mean_precision(const struct bleu_rule *rule, const struct ngrams *counts)
{
	size_t orders = 0, zeros = 0;
	double sum = 0;

	for (size_t i = 0; i < rule->max_n; i++) {
		size_t all = counts[i].b;
		double common = counts[i].common;

		if (all == 0 && rule->is_effective)
			break;
		if (counts[i].common == 0)
			common = smoothed(rule, ++zeros);
		sum += math_log(common / (all > 0 ? all : 1));
		orders++;
	}
	return math_exp(sum / orders);
}

int
bleu_score(const char *reference, const char *hypothesis,
    const struct bleu_rule *rule, double *score)
{
	struct ngrams counts[BLEU_MAX_N];
	struct text_symbols a, b;
	double brevity = 1;
	int result = text_words(reference, hypothesis, &a, &b);

	if (result == 0) {
		*score = 0;
		ngrams_count(&a, &b, rule->max_n, counts);
		if (b.n < a.n)
			brevity = math_exp(1 - (double)a.n / b.n);
		if (counts[0].common > 0)
			*score = brevity * mean_precision(rule, counts);
	}
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	return result;
}

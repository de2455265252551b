/* Precision and recall of each order, averaged, and F of the averages. */
#include "scorer/chrf.h"

#include <stdlib.h>

#include "scorer/ngrams.h"
#include "scorer/text.h"

const struct chrf_rule chrf_plus_plus = {6, 2, 2};

struct sums {
	double precision, recall;
	size_t orders;
};

static void
add_orders(struct sums *s, const struct text_symbols *reference,
    const struct text_symbols *hypothesis, size_t max)
{
	struct ngrams counts[CHRF_MAX_ORDER];

	ngrams_count(reference, hypothesis, max, counts);
	for (size_t i = 0; i < max; i++) {
		const struct ngrams *c = &counts[i];

		if (c->a == 0 || c->b == 0)
			continue;
		s->precision += (double)c->common / c->b;
		s->recall += (double)c->common / c->a;
		s->orders++;
	}
}

static int
add_characters(
    struct sums *s, const char *reference, const char *hypothesis, size_t max)
{
	struct text_symbols a = {0}, b = {0};
	int result = -1;

	if (text_letters(reference, &a) == 0 &&
	    text_letters(hypothesis, &b) == 0) {
		add_orders(s, &a, &b, max);
		result = 0;
	}
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	return result;
}

static int
add_words(
    struct sums *s, const char *reference, const char *hypothesis, size_t max)
{
	char *parted_a = text_part_marks(reference);
	char *parted_b = text_part_marks(hypothesis);
	struct text_symbols a, b;
	int result = text_words(parted_a, parted_b, &a, &b);

	if (result == 0)
		add_orders(s, &a, &b, max);
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	free(parted_a);
	free(parted_b);
	return result;
}

int
chrf_score(const char *reference, const char *hypothesis,
    const struct chrf_rule *rule, double *score)
{
	const double beta = rule->beta * rule->beta;
	struct sums s = {0};
	double p, r;

	if (add_characters(&s, reference, hypothesis, rule->char_order) != 0 ||
	    add_words(&s, reference, hypothesis, rule->word_order) != 0)
		return -1;
	*score = 0;
	if (s.precision == 0 || s.recall == 0)
		return 0;
	p = s.precision / s.orders;
	r = s.recall / s.orders;
	*score = (1 + beta) * p * r / (beta * p + r);
	return 0;
}

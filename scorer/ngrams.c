/*
 * An n-gram's number comes of the number of its first n - 1 symbols and of its
 * last symbol: order by order, the numbers stay smaller than the texts are
 * long.
 */
#include "scorer/ngrams.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/numbers.h"
#include "scorer/text.h"

/* The n-grams of both texts, a's before b's, by the place they begin at. */
struct grams {
	uint32_t *number, *next; /* next: the symbol that lengthens each */
	size_t n_a, n_b;
};

static size_t
common_of(const struct grams *g, uint32_t distinct)
{
	uint32_t *in_a = xcalloc(distinct + 1, sizeof(*in_a));
	size_t common = 0;

	for (size_t i = 0; i < g->n_a; i++)
		in_a[g->number[i]]++;
	for (size_t i = g->n_a; i < g->n_a + g->n_b; i++) {
		if (in_a[g->number[i]] > 0) {
			in_a[g->number[i]]--;
			common++;
		}
	}
	free(in_a);
	return common;
}

/* From n-grams to those that are one longer: each text's last one goes. */
static uint32_t
lengthen(struct grams *g, const struct text_symbols *a,
    const struct text_symbols *b, size_t order)
{
	size_t from_b = g->n_a;

	g->n_a -= g->n_a > 0;
	memmove(g->number + g->n_a, g->number + from_b,
	    g->n_b * sizeof(*g->number));
	g->n_b -= g->n_b > 0;
	if (g->n_a > 0)
		memcpy(g->next, a->at + order - 1, g->n_a * sizeof(*g->next));
	if (g->n_b > 0)
		memcpy(g->next + g->n_a, b->at + order - 1,
		    g->n_b * sizeof(*g->next));
	return numbers_of_pairs(g->number, g->next, g->n_a + g->n_b, g->number);
}

/* The same symbols by small numbers: into one row, a's before b's. */
static uint32_t
number_symbols(struct grams *g, struct text_symbols *a, struct text_symbols *b)
{
	size_t n = a->n + b->n;
	uint32_t distinct;

	g->n_a = a->n;
	g->n_b = b->n;
	g->number = xcalloc(n + 1, sizeof(*g->number));
	g->next = xcalloc(n + 1, sizeof(*g->next));
	memcpy(g->next, a->at, a->n * sizeof(*g->next));
	memcpy(g->next + a->n, b->at, b->n * sizeof(*g->next));
	distinct = numbers_of_symbols(g->next, n, g->number);
	a->at = xmemdup(g->number, (a->n + 1) * sizeof(*a->at));
	b->at = xmemdup(g->number + a->n, (b->n + 1) * sizeof(*b->at));
	return distinct;
}

void
ngrams_count(const struct text_symbols *text_a,
    const struct text_symbols *text_b, size_t max, struct ngrams *out)
{
	struct text_symbols a = *text_a, b = *text_b;
	struct grams g;
	uint32_t distinct = number_symbols(&g, &a, &b);

	for (size_t order = 1; order <= max; order++) {
		if (order > 1)
			distinct = lengthen(&g, &a, &b, order);
		out[order - 1] =
		    (struct ngrams){g.n_a, g.n_b, common_of(&g, distinct)};
	}
	text_symbols_clear(&a);
	text_symbols_clear(&b);
	free(g.number);
	free(g.next);
}

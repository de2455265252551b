/*
 * How many n-grams two texts have, and have in common.
 *
 * Pure. O(orders x (n + m)) time, O(n + m) memory.
 */
#ifndef SCORER_NGRAMS_H
#define SCORER_NGRAMS_H

#include <stddef.h>

struct text_symbols;

struct ngrams {
	size_t a, b;   /* n-grams of each, repeated ones as often as they are */
	size_t common; /* the sum over all n-grams of the smaller count */
};

/* Of the orders 1 to max, out[0] to out[max - 1]. */
void ngrams_count(const struct text_symbols *a, const struct text_symbols *b,
    size_t max, struct ngrams *out);

#endif

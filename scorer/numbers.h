/*
 * Numbers instead of things: 0, 1, 2, ... that are equal where the symbols, or
 * the pairs of symbols, are. n-grams are made of them: the numbers of the
 * n-grams paired with the letters that follow.
 *
 * Sorted by counting, so there is no text that makes it slow, as there is for
 * any fixed hash. Pure.
 */
#ifndef SCORER_NUMBERS_H
#define SCORER_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers of n symbols, in the symbols' order, into out, which may be the
 * symbols themselves. How many there are. O(n + 65536) time and memory.
 */
uint32_t numbers_of_symbols(const uint32_t *, size_t n, uint32_t *out);

/*
 * Numbers of n pairs, in the order of the first and then of the second; out
 * may be one of them. How many there are. O(n + largest) time and memory: for
 * small numbers, such as the function above makes.
 */
uint32_t numbers_of_pairs(
    const uint32_t *first, const uint32_t *second, size_t n, uint32_t *out);

#endif

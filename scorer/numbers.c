/* Two stable passes, by the second of each pair and then by the first. */
#include "scorer/numbers.h"

#include <stdlib.h>

#include "common/xalloc.h"

static uint32_t
largest_of(const uint32_t *values, size_t n)
{
	uint32_t largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = values[i] > largest ? values[i] : largest;
	return largest;
}

/* Places in the order of their keys; those of equal keys stay as they are. */
static void
sort_places(
    const uint32_t *keys, const uint32_t *places, size_t n, uint32_t *out)
{
	size_t size = (size_t)largest_of(keys, n) + 2;
	uint32_t *begin = xcalloc(size, sizeof(*begin));

	for (size_t i = 0; i < n; i++)
		begin[keys[i] + 1]++;
	for (size_t k = 1; k < size; k++)
		begin[k] += begin[k - 1];
	for (size_t i = 0; i < n; i++)
		out[begin[keys[places[i]]]++] = places[i];
	free(begin);
}

uint32_t
numbers_of_pairs(
    const uint32_t *first, const uint32_t *second, size_t n, uint32_t *out)
{
	uint32_t *places = xcalloc(n + 1, sizeof(*places));
	uint32_t *order = xcalloc(n + 1, sizeof(*order));
	uint32_t *numbers = xcalloc(n + 1, sizeof(*numbers));
	uint32_t number = 0;

	for (size_t i = 0; i < n; i++)
		places[i] = i;
	sort_places(second, places, n, order);
	sort_places(first, order, n, places);
	for (size_t i = 0; i < n; i++) {
		size_t now = places[i], before = i > 0 ? places[i - 1] : now;

		number += first[now] != first[before] ||
			  second[now] != second[before];
		numbers[now] = number;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = numbers[i];
	free(places);
	free(order);
	free(numbers);
	return n > 0 ? number + 1 : 0;
}

uint32_t
numbers_of_symbols(const uint32_t *symbols, size_t n, uint32_t *out)
{
	uint32_t *upper = xcalloc(n + 1, sizeof(*upper));
	uint32_t *lower = xcalloc(n + 1, sizeof(*lower));
	uint32_t count;

	for (size_t i = 0; i < n; i++) {
		upper[i] = symbols[i] >> 16;
		lower[i] = symbols[i] & 0xffff;
	}
	count = numbers_of_pairs(upper, lower, n, out);
	free(upper);
	free(lower);
	return count;
}

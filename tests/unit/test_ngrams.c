/* Numbers that are equal where things are, and n-grams counted with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "scorer/ngrams.h"
#include "scorer/numbers.h"
#include "scorer/text.h"
#include "tests/lib/dice.h"

static void
numbers_are_in_the_order_of_the_symbols(void **state)
{
	uint32_t symbols[] = {7, 0xffffffff, 0, 7, 0x10000, 0xffff, 0};
	const uint32_t want[] = {1, 4, 0, 1, 3, 2, 0};

	(void)state;
	assert_int_equal(numbers_of_symbols(symbols, 7, symbols), 5);
	assert_memory_equal(symbols, want, sizeof(want));
	assert_int_equal(numbers_of_symbols(symbols, 0, symbols), 0);
}

static void
pairs_are_equal_where_both_are(void **state)
{
	const uint32_t first[] = {2, 1, 2, 1, 2};
	const uint32_t second[] = {0, 9, 3, 9, 0};
	const uint32_t want[] = {1, 0, 2, 0, 1};
	uint32_t got[5];

	(void)state;
	assert_int_equal(numbers_of_pairs(first, second, 5, got), 3);
	assert_memory_equal(got, want, sizeof(want));
}

/* -- n-grams --------------------------------------------------------------- */

static void
repeated_ones_count_as_often_as_both_have_them(void **state)
{
	uint32_t a[] = {1, 2, 1, 2, 1}, b[] = {1, 2, 1, 3};
	const struct text_symbols left = {a, 5}, right = {b, 4};
	const struct ngrams want[] = {
	    {5, 4, 3}, /* 1 twice, 2 once */
	    {4, 3, 2}, /* 12, 21 */
	    {3, 2, 1}, /* 121 */
	    {2, 1, 0},
	    {1, 0, 0},
	    {0, 0, 0},
	    {0, 0, 0},
	};
	struct ngrams got[7];

	(void)state;
	ngrams_count(&left, &right, 7, got);
	assert_memory_equal(got, want, sizeof(want));
	assert_int_equal(a[1], 2); /* the texts are as they were */
}

static void
texts_may_be_empty(void **state)
{
	uint32_t a[] = {5, 5}, none[1];
	const struct text_symbols some = {a, 2}, empty = {none, 0};
	struct ngrams got[3];

	(void)state;
	ngrams_count(&some, &empty, 3, got);
	assert_int_equal(got[0].a, 2);
	assert_int_equal(got[1].a, 1);
	assert_int_equal(got[2].a, 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got[i].b, 0);
		assert_int_equal(got[i].common, 0);
	}
	ngrams_count(&empty, &empty, 3, got);
	assert_int_equal(got[0].a, 0);
}

/* For each of a's the first of b's that is like it and not taken yet. */
static size_t
common_by_hand(
    const struct text_symbols *a, const struct text_symbols *b, size_t order)
{
	bool taken[64] = {false};
	size_t common = 0;

	for (size_t i = 0; i + order <= a->n; i++) {
		for (size_t j = 0; j + order <= b->n; j++) {
			if (taken[j] || memcmp(a->at + i, b->at + j,
					    order * sizeof(*a->at)) != 0)
				continue;
			taken[j] = true;
			common++;
			break;
		}
	}
	return common;
}

static void
counts_are_those_made_by_hand(void **state)
{
	struct dice d = {11};
	uint32_t at[2][64];
	size_t most = 0;

	(void)state;
	for (size_t k = 0; k < 2000; k++) {
		struct text_symbols a = {at[0], dice_between(&d, 0, 60)};
		struct text_symbols b = {at[1], dice_between(&d, 0, 60)};
		int alphabet = dice_between(&d, 1, 8);
		struct ngrams got[6];

		for (size_t i = 0; i < 64; i++) {
			at[0][i] = 0x1f600 + dice_between(&d, 1, alphabet);
			at[1][i] = 0x1f600 + dice_between(&d, 1, alphabet);
		}
		ngrams_count(&a, &b, 6, got);
		for (size_t i = 0; i < 6; i++) {
			assert_int_equal(got[i].a, a.n > i ? a.n - i : 0);
			assert_int_equal(got[i].b, b.n > i ? b.n - i : 0);
			assert_int_equal(
			    got[i].common, common_by_hand(&a, &b, i + 1));
			most = got[i].common > most ? got[i].common : most;
		}
	}
	assert_true(most > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_in_the_order_of_the_symbols),
	    cmocka_unit_test(pairs_are_equal_where_both_are),
	    cmocka_unit_test(repeated_ones_count_as_often_as_both_have_them),
	    cmocka_unit_test(texts_may_be_empty),
	    cmocka_unit_test(counts_are_those_made_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What an endpoint told, and what it may not tell after that. */
#include "subtensor/told.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Blocks of branch b: the hash is full of b, but for the number. */
static struct told_block
block_of(uint64_t number, uint8_t branch)
{
	struct told_block b = {.number = number};

	memset(b.hash, branch, sizeof(b.hash));
	b.hash[0] = (uint8_t)number;
	return b;
}

static bool
tell(struct told *t, uint64_t number, uint8_t branch, uint8_t parents_branch)
{
	struct told_block b = block_of(number, branch);
	struct told_block parent = block_of(number - 1, parents_branch);

	return told_add(t, &b, parent.hash);
}

static void
a_chain_with_gaps_is_fine(void **state)
{
	struct told t = {.n = 0};

	(void)state;
	assert_null(told_last(&t));
	for (uint64_t n = 1; n < 1000; n += n % 7 == 0 ? 3 : 1) {
		assert_true(tell(&t, n, 1, 1));
		assert_int_equal(told_last(&t)->number, n);
	}
	assert_true(tell(&t, 2000, 2, 2)); /* what is between is not known */
	assert_null(told_at(&t, 5));	   /* forgotten */
	assert_non_null(told_at(&t, 999));
}

static void
a_second_block_of_one_number_contradicts(void **state)
{
	struct told t = {.n = 0};

	(void)state;
	assert_true(tell(&t, 5, 1, 1));
	assert_true(tell(&t, 6, 1, 1));
	assert_true(tell(&t, 5, 1, 1));
	assert_false(tell(&t, 5, 2, 1));
	assert_int_equal(told_at(&t, 5)->hash[1], 2);
}

static void
another_parent_contradicts(void **state)
{
	struct told t = {.n = 0};

	(void)state;
	assert_true(tell(&t, 5, 1, 1));
	assert_false(tell(&t, 6, 2, 2));
	assert_true(tell(&t, 7, 2, 2)); /* it goes with what it told last */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_chain_with_gaps_is_fine),
	    cmocka_unit_test(a_second_block_of_one_number_contradicts),
	    cmocka_unit_test(another_parent_contradicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

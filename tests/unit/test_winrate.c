/* Win rates: reference vectors, and the quick way against the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/winrate.h"

enum { MANY = 257 };

static const struct {
	size_t n;
	double scores[5], want[5];
} cases[] = {
    {4, {.5, .6, .7, 0}, {1. / 3, 2. / 3, 1, 0}},
    {2, {.4, .4}, {0, 0}}, /* equal scores: nobody wins */
    {3, {.2, .1, 0}, {1, .5, 0}},
    {5, {.5, .4, .3, .2, .1}, {1, .75, .5, .25, 0}},
    {4, {.3, 0, 0, 0}, {1, 0, 0, 0}},
    {4, {.3, .3, .1, .1}, {2. / 3, 2. / 3, 0, 0}},
    {3, {0, 0, 0}, {0, 0, 0}},
    {3, {NAN, .1, -1}, {0, 1, 0}},
    {1, {.9}, {0}},
};

static void
rates_agree_with_the_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double got[5];

		winrate_compute(cases[i].scores, cases[i].n, got);
		for (size_t j = 0; j < cases[i].n; j++)
			assert_true(got[j] == cases[i].want[j]);
	}
	winrate_compute(NULL, 0, NULL);
}

static void
rates_agree_with_every_pair_compared(void **state)
{
	double scores[MANY], got[MANY];
	uint32_t x = 12345;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		x = x * 1664525 + 1013904223;
		scores[i] = (x >> 24) / 256.0; /* with many ties */
	}
	winrate_compute(scores, MANY, got);
	for (size_t i = 0; i < MANY; i++) {
		size_t wins = 0;

		for (size_t j = 0; j < MANY; j++)
			wins += scores[i] > scores[j];
		assert_true(got[i] == (double)wins / (MANY - 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rates_agree_with_the_reference),
	    cmocka_unit_test(rates_agree_with_every_pair_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

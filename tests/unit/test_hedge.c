/*
 * When an attempt is slow, for which jobs a second one is made, and that the
 * budget holds whatever happens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "orchestrator/hedge.c"

enum { LEAST_MS = 500, LONG_MS = 1000000 };

/* So many attempts, which took 1000, 2000, ... ms. */
static struct hedge_times
seen(int n)
{
	struct hedge_times t = {0};

	for (int i = 1; i <= n; i++)
		hedge_saw(&t, i * 1000);
	return t;
}

/* -- what is slow -------------------------------------------------------- */

static const struct {
	int n; /* seen: 1000 ms to n * 1000 ms */
	int64_t slow_ms, median_ms;
} percentiles[] = {
    {20, 19000, 10000},
    {21, 20000, 11000},
    {40, 38000, 20000},
    {100, 95000, 50000},
    {101, 96000, 51000},
    {256, 244000, 128000},
};

/* Longer than most take, and not by being as long. */
static void
slow_is_longer_than_most_take(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(percentiles) / sizeof(percentiles[0]);
	     i++) {
		struct hedge_times t = seen(percentiles[i].n);
		int64_t slow_ms = percentiles[i].slow_ms;
		int64_t median_ms = percentiles[i].median_ms;

		assert_false(hedge_is_due(&t, slow_ms, LEAST_MS));
		assert_true(hedge_is_due(&t, slow_ms + 1, LEAST_MS));
		assert_true(hedge_has_time(&t, median_ms));
		assert_false(hedge_has_time(&t, median_ms - 1));
	}
}

static void
of_few_nobody_says_what_is_slow(void **state)
{
	(void)state;
	for (int n = 0; n < HEDGE_LEAST_SEEN; n++) {
		struct hedge_times t = seen(n);

		assert_false(hedge_is_due(&t, LONG_MS, LEAST_MS));
		assert_false(hedge_has_time(&t, LONG_MS));
	}
}

/* In any order, and as new ones come. */
static void
what_is_slow_changes_with_what_is_seen(void **state)
{
	struct hedge_times t = {0};

	(void)state;
	for (int i = 100; i >= 1; i--)
		hedge_saw(&t, i * 1000);
	assert_false(hedge_is_due(&t, 95000, LEAST_MS));
	assert_true(hedge_is_due(&t, 95001, LEAST_MS));
	for (int i = 0; i < HEDGE_KEPT; i++)
		hedge_saw(&t, 7000);
	assert_true(hedge_is_due(&t, 7001, LEAST_MS)); /* forgotten */
	assert_true(hedge_has_time(&t, 7000));
	for (int i = 0; i < 12; i++)
		hedge_saw(&t, 60000);
	assert_true(hedge_is_due(&t, 7001, LEAST_MS));
	hedge_saw(&t, 60000); /* more than 5 % */
	assert_false(hedge_is_due(&t, 7001, LEAST_MS));
	assert_false(hedge_is_due(&t, 60000, LEAST_MS));
	assert_true(hedge_is_due(&t, 60001, LEAST_MS));
}

static void
nothing_is_slow_before_the_least(void **state)
{
	struct hedge_times t = {0};

	(void)state;
	for (int i = 0; i < HEDGE_LEAST_SEEN; i++)
		hedge_saw(&t, 3);
	assert_false(hedge_is_due(&t, LEAST_MS - 1, LEAST_MS));
	assert_true(hedge_is_due(&t, LEAST_MS, LEAST_MS));
	assert_true(hedge_is_due(&t, 4, 0));
}

/* -- which jobs ---------------------------------------------------------- */

static const struct {
	struct hedge_facts facts; /* is_out, open, delivered, wanted */
	bool is_wanted;
} jobs[] = {
    {{true, 1, 0, 1}, true}, {{true, 3, 0, 3}, true}, {{true, 2, 0, 1}, true},
    {{false, 1, 0, 1}, false}, /* it ended, or is queued */
    {{true, 0, 0, 1}, false},  /* it is at no miner */
    {{true, 1, 1, 1}, false},  /* there is a result */
    {{true, 2, 1, 3}, false},
    {{true, 2, 0, 3}, false}, /* it waits for more attempts as it is */
};

static void
a_job_that_waits_for_its_miners_alone_is_hedged(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		assert_int_equal(
		    hedge_is_wanted(&jobs[i].facts), jobs[i].is_wanted);
}

/* -- the budget ---------------------------------------------------------- */

static const double shares[] = {0, 0.01, 0.05, 0.3, 1};

/* However slow they all are: after any number of attempts no more were hedged
 * than the share of them. */
static void
the_budget_is_never_exceeded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		struct hedge_budget b;
		int64_t hedged = 0;

		hedge_budget_init(&b, shares[i]);
		assert_false(hedge_budget_take(&b));
		for (int n = 1; n <= 100000; n++) {
			hedge_budget_earn(&b, 1);
			while (hedge_budget_take(&b))
				hedged++;
			assert_true(
			    hedged * 100 <= llround(shares[i] * 100) * n);
		}
		assert_int_equal(hedged, llround(shares[i] * 100000));
	}
}

/* A quiet time saves up ten, and no more. */
static void
ten_are_kept(void **state)
{
	struct hedge_budget b;
	int64_t hedged = 0;

	(void)state;
	hedge_budget_init(&b, 0.05);
	hedge_budget_earn(&b, 100000);
	hedge_budget_give_back(&b);
	while (hedge_budget_take(&b))
		hedged++;
	assert_int_equal(hedged, HEDGE_MOST_TOKENS);
	for (int n = 1; n <= 100000; n++) {
		hedge_budget_earn(&b, 1);
		while (hedge_budget_take(&b))
			hedged++;
		assert_true(hedged * 20 <= n + HEDGE_MOST_TOKENS * 20);
	}
	assert_int_equal(hedged, 5000 + HEDGE_MOST_TOKENS);
}

static void
what_was_not_made_costs_nothing(void **state)
{
	struct hedge_budget b;

	(void)state;
	hedge_budget_init(&b, 0.05);
	hedge_budget_earn(&b, 20);
	assert_true(hedge_budget_take(&b));
	assert_false(hedge_budget_take(&b));
	hedge_budget_give_back(&b);
	assert_true(hedge_budget_take(&b));
	assert_false(hedge_budget_take(&b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slow_is_longer_than_most_take),
	    cmocka_unit_test(of_few_nobody_says_what_is_slow),
	    cmocka_unit_test(what_is_slow_changes_with_what_is_seen),
	    cmocka_unit_test(nothing_is_slow_before_the_least),
	    cmocka_unit_test(a_job_that_waits_for_its_miners_alone_is_hedged),
	    cmocka_unit_test(the_budget_is_never_exceeded),
	    cmocka_unit_test(ten_are_kept),
	    cmocka_unit_test(what_was_not_made_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Win rates: reference vectors, and the quick way against the plain one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "scorer/winrate.h"
#include "tests/lib/dice.h"

#define OUT (-INFINITY)

enum { MANY = 257 };

static const struct winrate_rule plain = {.penalty = {.threshold = INFINITY}};

/* -- without a penalty -------------------------------------------------- */

static const struct {
	size_t n;
	double scores[5], want[5];
} cases[] = {
    {4, {.5, .6, .7, 0}, {1. / 3, 2. / 3, 1, OUT}},
    {2, {.4, .4}, {0, 0}}, /* equal scores: nobody wins */
    {3, {.2, .1, 0}, {1, .5, OUT}},
    {5, {.5, .4, .3, .2, .1}, {1, .75, .5, .25, 0}},
    {4, {.3, 0, 0, 0}, {1, OUT, OUT, OUT}},
    {4, {.3, .3, .1, .1}, {2. / 3, 2. / 3, 0, 0}},
    {3, {0, 0, 0}, {OUT, OUT, OUT}},
    {3, {NAN, .1, -1}, {OUT, 1, OUT}},
    {1, {.9}, {0}},
};

static void
rates_agree_with_the_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct winrate_entry e[5] = {{0}};
		double got[5];
		size_t wins[5];

		for (size_t j = 0; j < cases[i].n; j++)
			e[j].score = cases[i].scores[j];
		winrate_compute(&plain, e, cases[i].n, wins, got);
		for (size_t j = 0; j < cases[i].n; j++)
			assert_true(got[j] == cases[i].want[j]);
	}
	winrate_compute(&plain, NULL, 0, NULL, NULL);
}

static void
who_is_out_is_still_beaten_unless_only_those_with_a_rate_count(void **state)
{
	static const struct winrate_entry e[] = {{.4, 0, false}, {.3, 0, true},
	    {.5, 0, true}, {0, 0, false}, {.2, 0, false}};
	static const struct winrate_rule scored = {
	    .penalty = {.threshold = INFINITY}, .scored_only = true};
	double rates[5];
	size_t wins[5];

	(void)state;
	winrate_compute(&plain, e, 5, wins, rates);
	assert_int_equal(wins[0], 3);
	assert_true(rates[0] == .75);
	assert_int_equal(wins[2], 4);
	assert_true(rates[1] == OUT && rates[2] == OUT && rates[3] == OUT);
	assert_true(rates[4] == .25);
	winrate_compute(&scored, e, 5, wins, rates);
	assert_true(rates[0] == 1 && rates[4] == 0 && rates[2] == OUT);
}

/* -- with one ----------------------------------------------------------- */

/* An older score of 1 against a newer one that just does, or just does not,
 * exceed 1 / .97. */
static void
a_newcomer_must_be_better_by_three_percent(void **state)
{
	static const struct winrate_rule flat = {
	    .penalty = {.mode = PENALTY_FLAT, .p = .03, .threshold = INFINITY}};
	struct winrate_entry e[] = {
	    {1, 100, false}, {1.0309, 101, false}, {1, 100, false}};
	double rates[3];
	size_t wins[3];

	(void)state;
	winrate_compute(&flat, e, 3, wins, rates);
	assert_int_equal(wins[0], 1); /* ties of one block win nothing */
	assert_int_equal(wins[1], 0);
	assert_int_equal(wins[2], 1);
	e[1].score = 1.0310;
	winrate_compute(&flat, e, 3, wins, rates);
	assert_int_equal(wins[0], 0);
	assert_int_equal(wins[1], 2);
	e[1].block = WINRATE_NO_BLOCK; /* the newest of all */
	e[1].score = 1.0309;
	winrate_compute(&flat, e, 3, wins, rates);
	assert_int_equal(wins[1], 0);
}

static bool
wins_plainly(const struct penalty_rule *rule, const struct winrate_entry *a,
    const struct winrate_entry *b)
{
	int64_t d = a->block - b->block;
	double mine = a->score, other = b->score;

	if (!(mine >= rule->threshold && other >= rule->threshold)) {
		if (d > 0)
			mine *= 1 - penalty_of(rule, d);
		if (d < 0)
			other *= 1 - penalty_of(rule, -d);
	}
	return mine > other;
}

static void
compare_with_every_pair(
    const struct winrate_rule *rule, const struct winrate_entry *e, size_t n)
{
	double rates[MANY];
	size_t wins[MANY], others = 0;

	for (size_t j = 0; j < n; j++)
		others += !rule->scored_only || (e[j].score > 0 && !e[j].out);
	winrate_compute(rule, e, n, wins, rates);
	for (size_t i = 0; i < n; i++) {
		bool has_rate = e[i].score > 0 && !e[i].out;
		size_t want = 0;

		if (rule->scored_only && !has_rate) {
			assert_true(rates[i] == OUT);
			continue;
		}
		for (size_t j = 0; j < n; j++) {
			if (rule->scored_only &&
			    (e[j].out || !(e[j].score > 0)))
				continue;
			want += wins_plainly(&rule->penalty, &e[i], &e[j]);
		}
		assert_int_equal(wins[i], want);
		assert_true(
		    rates[i] == (has_rate ? (double)want / (others - 1) : OUT));
	}
}

static const struct penalty_rule penalties[] = {
    {.mode = PENALTY_NONE, .threshold = INFINITY},
    {.mode = PENALTY_FLAT, .p = .03, .threshold = INFINITY},
    {.mode = PENALTY_FLAT, .p = .25, .threshold = .5},
    {.mode = PENALTY_FLAT, .p = 1, .threshold = INFINITY},
    {.mode = PENALTY_GAP, .p = .03, .window = 100, .threshold = INFINITY},
    {.mode = PENALTY_GAP, .p = .3, .window = 20, .threshold = .6},
};

static void
rates_agree_with_every_pair_compared(void **state)
{
	struct dice dice = {7};

	(void)state;
	for (size_t i = 0; i < 60; i++) {
		struct winrate_entry e[MANY];
		struct winrate_rule rule = {
		    .penalty = penalties[i % 6], .scored_only = i % 4 < 2};

		for (size_t j = 0; j < MANY; j++)
			e[j] = (struct winrate_entry){
			    .score = dice_between(&dice, 0, 63) / 64.0,
			    .block = dice_between(&dice, 0, 3) == 0
					 ? WINRATE_NO_BLOCK
					 : (int64_t)dice_between(&dice, 0, 149),
			    .out = dice_between(&dice, 0, 7) == 0,
			};
		compare_with_every_pair(&rule, e, MANY);
	}
}

/* -- the penalty -------------------------------------------------------- */

/* P = .03 and .025, k = -ln(1e-6) / 100. */
static void
the_penalty_by_the_gap_is_the_references(void **state)
{
	static const struct {
		double p;
		int64_t d;
		double want;
	} gaps[] = {
	    {.03, 0, 0},
	    {.03, 1, .00387109230132},
	    {.03, 2, .00724267274912},
	    {.03, 5, .0149643829912},
	    {.03, 10, .0224643407055},
	    {.03, 20, .0281071279666},
	    {.03, 25, .0290513167019},
	    {.03, 50, .02997},
	    {.03, 75, .0299990513167},
	    {.03, 99, .0299999655554},
	    {.03, 100, .03},
	    {.03, 1000000, .03},
	    {.025, 1, .0032259102511},
	    {.025, 10, .0187202839212},
	    {.025, 50, .024975},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		const struct penalty_rule rule = {
		    .mode = PENALTY_GAP, .p = gaps[i].p, .window = 100};
		double got = penalty_of(&rule, gaps[i].d);

		if (!(fabs(got - gaps[i].want) < 1e-13))
			fail_msg("d %d: %.15g", (int)gaps[i].d, got);
	}
}

/* -- twins -------------------------------------------------------------- */

static void
whoever_shares_a_key_is_a_twin(void **state)
{
	static const char *const keys[] = {
	    "5B", "5A", NULL, "5B", "", "", NULL, "5C", "5B"};
	static const bool want[] = {1, 0, 0, 1, 0, 0, 0, 0, 1};
	bool got[9];

	(void)state;
	winrate_twins(keys, 9, got);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(got[i], want[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rates_agree_with_the_reference),
	    cmocka_unit_test(
		who_is_out_is_still_beaten_unless_only_those_with_a_rate_count),
	    cmocka_unit_test(a_newcomer_must_be_better_by_three_percent),
	    cmocka_unit_test(rates_agree_with_every_pair_compared),
	    cmocka_unit_test(the_penalty_by_the_gap_is_the_references),
	    cmocka_unit_test(whoever_shares_a_key_is_a_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

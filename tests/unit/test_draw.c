/* The weighted draw without replacement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/draw.c"

/* A draw that has begun. */
static struct draw *
begun(const double *weights, size_t n, uint64_t seed)
{
	struct draw *d = draw_new(weights, n);

	draw_begin(d, seed);
	return d;
}

enum { MAX_N = 300 };

/* All winners in their order; how many there were. */
static size_t
draw_all(const double *weights, size_t n, uint64_t seed, long *out)
{
	struct draw *d = begun(weights, n, seed);
	size_t got = 0;
	long i;

	while ((i = draw_next(d)) >= 0) {
		assert_true(got < n);
		out[got++] = i;
	}
	assert_int_equal(draw_next(d), -1);
	draw_free(d);
	return got;
}

static void
the_same_seed_gives_the_same_winners(void **state)
{
	double weights[100];
	long a[100], b[100], c[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		weights[i] = 1 + i % 7;
	assert_int_equal(draw_all(weights, 100, 42, a), 100);
	assert_int_equal(draw_all(weights, 100, 42, b), 100);
	assert_int_equal(draw_all(weights, 100, 43, c), 100);
	assert_memory_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, c, sizeof(a));
}

/* Receipts of old attempts must replay: the numbers of one seed, for ever. */
static void
a_seed_means_the_same_for_ever(void **state)
{
	static const double weights[] = {500, 120.5, 1, 0, 333, 42};
	static const uint64_t seeds[] = {0, 1, 0xdeadbeef, UINT64_MAX};
	static const long want[][5] = {
	    {4, 0, 1, 5, 2}, {1, 4, 5, 0, 2}, {0, 4, 1, 5, 2}, {4, 1, 0, 5, 2}};
	long got[6];

	(void)state;
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		assert_int_equal(draw_all(weights, 6, seeds[i], got), 5);
		assert_memory_equal(got, want[i], sizeof(want[i]));
	}
}

/* The published sequence of splitmix64 from 0. */
static void
the_random_numbers_are_splitmix64(void **state)
{
	static const uint64_t want[] = {
	    0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu};
	uint64_t random = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(next_random(&random) == want[i]);
}

static void
nobody_is_drawn_twice(void **state)
{
	double weights[MAX_N] = {0};
	long got[MAX_N];

	(void)state;
	for (size_t n = 0; n < MAX_N; n += n < 20 ? 1 : 37) {
		bool seen[MAX_N] = {false};

		for (size_t i = 0; i < n; i++)
			weights[i] = 0.001 * (i + 1);
		assert_int_equal(draw_all(weights, n, n, got), n);
		for (size_t i = 0; i < n; i++) {
			assert_true(got[i] >= 0 && got[i] < (long)n);
			assert_false(seen[got[i]]);
			seen[got[i]] = true;
		}
	}
}

static void
what_weighs_nothing_is_never_drawn(void **state)
{
	static const double weights[] = {
	    0, -1, NAN, INFINITY, -INFINITY, 2, -0.0, 1e-300, 3, 0};
	long got[10];

	(void)state;
	for (uint64_t seed = 0; seed < 500; seed++) {
		size_t n = draw_all(weights, 10, seed, got);

		assert_int_equal(n, 3);
		for (size_t i = 0; i < n; i++)
			assert_true(got[i] == 5 || got[i] == 7 || got[i] == 8);
	}
}

static void
of_nobody_nobody_is_drawn(void **state)
{
	static const double none[] = {0, 0, -3, NAN};
	long got[4];

	(void)state;
	assert_int_equal(draw_all(NULL, 0, 7, got), 0);
	assert_int_equal(draw_all(none, 4, 7, got), 0);
}

/* What is left weighs next to nothing beside what rounding leaves behind. */
static void
the_light_are_drawn_after_the_heavy(void **state)
{
	static const double weights[] = {1e300, 1, 1e300, 1e-300, 1};
	long got[5];

	(void)state;
	for (uint64_t seed = 0; seed < 500; seed++)
		assert_int_equal(draw_all(weights, 5, seed, got), 5);
}

/* First winners by weight: chi-square of 9 degrees of freedom; 40 is far
 * beyond one in 100,000 and the seeds are fixed. */
static void
weights_are_chances(void **state)
{
	static const double weights[] = {1, 2, 3, 4, 5, 10, 20, 30, 40, 85};
	enum { ROUNDS = 20000 };
	double total = 0, chi = 0;
	int hits[10] = {0};

	(void)state;
	for (int i = 0; i < 10; i++)
		total += weights[i];
	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		struct draw *d = begun(weights, 10, seed);

		hits[draw_next(d)]++;
		draw_free(d);
	}
	for (int i = 0; i < 10; i++) {
		double want = ROUNDS * weights[i] / total;

		chi += (hits[i] - want) * (hits[i] - want) / want;
	}
	assert_true(chi < 40);
}

/* The second winner is drawn by weight from those who are left. */
static void
the_second_is_drawn_from_the_rest(void **state)
{
	static const double weights[] = {6, 3, 1};
	/* P(second = i) = sum over first j of w_j/10 * w_i/(10 - w_j) */
	static const double want[] = {.3 * 6 / 7 + .1 * 6 / 9,
	    .6 * 3 / 4 + .1 * 3 / 9, .6 * 1 / 4 + .3 * 1 / 7};
	enum { ROUNDS = 20000 };
	int hits[3] = {0};

	(void)state;
	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		struct draw *d = begun(weights, 3, seed);

		draw_next(d);
		hits[draw_next(d)]++;
		draw_free(d);
	}
	for (int i = 0; i < 3; i++)
		assert_true(fabs((double)hits[i] / ROUNDS - want[i]) < 0.02);
}

/* -- by a key ------------------------------------------------------------- */

enum { NAMES = 5, KEYS = 100000 };

static const char *const names[NAMES] = {"a", "b", "c", "d", "e"};

static long
winner_of(const double *weights, int key)
{
	char text[16];
	struct draw *d;
	long winner;

	snprintf(text, sizeof(text), "key %d", key);
	d = draw_new(weights, NAMES);
	draw_begin_key(d, names, text);
	winner = draw_next(d);
	draw_free(d);
	return winner;
}

/* Chi-square of four degrees of freedom: above 18.5 once in a thousand. */
static void
keys_are_shared_out_by_weight(void **state)
{
	static const double weights[NAMES] = {1, 2, 3, 4, 10};
	double counts[NAMES] = {0}, chi2 = 0;

	(void)state;
	for (int key = 0; key < KEYS; key++)
		counts[winner_of(weights, key)]++;
	for (int i = 0; i < NAMES; i++) {
		double expected = KEYS * weights[i] / 20;

		chi2 +=
		    (counts[i] - expected) * (counts[i] - expected) / expected;
	}
	print_message("chi-square of %d keys: %.2f\n", KEYS, chi2);
	assert_true(chi2 < 18.5);
}

/* Who goes takes his own keys along, and nobody else's move. */
static void
only_the_keys_of_who_goes_move(void **state)
{
	static const double before[NAMES] = {1, 2, 3, 4, 10};
	static const double after[NAMES] = {1, 2, 0, 4, 10};
	int moved = 0;

	(void)state;
	for (int key = 0; key < 1000; key++) {
		long was = winner_of(before, key), is = winner_of(after, key);

		if (was == 2)
			moved++;
		else
			assert_int_equal(was, is);
		assert_int_not_equal(is, 2);
	}
	assert_in_range(moved, 100, 200);
}

static void
a_key_draws_everybody_once(void **state)
{
	static const double weights[NAMES] = {1, 0, 3, NAN, 10};
	struct draw *d = draw_new(weights, NAMES);
	int seen = 0;
	long i;

	(void)state;
	draw_begin_key(d, names, "key");
	while ((i = draw_next(d)) >= 0) {
		assert_false(seen & 1 << i);
		seen |= 1 << i;
	}
	assert_int_equal(seen, 1 << 0 | 1 << 2 | 1 << 4);
	draw_free(d);
}

/* 10^6 draws against their own weights; 9 degrees, above 27.9 once in a
 * thousand. */
static void
a_million_draws_go_by_weight(void **state)
{
	enum { N = 10, DRAWS = 1000000 };
	double weights[N], counts[N] = {0}, sum = 0, chi2 = 0;

	(void)state;
	for (int i = 0; i < N; i++)
		sum += weights[i] = (i + 1) * (i + 1);
	for (uint64_t seed = 0; seed < DRAWS; seed++) {
		struct draw *d = begun(weights, N, seed);

		counts[draw_next(d)]++;
		draw_free(d);
	}
	for (int i = 0; i < N; i++) {
		double expected = DRAWS * weights[i] / sum;

		chi2 +=
		    (counts[i] - expected) * (counts[i] - expected) / expected;
	}
	print_message("chi-square of 10^6 draws: %.2f\n", chi2);
	assert_true(chi2 < 27.9);
}

/* What was drawn before leaves no trace: one draw used a thousand times does
 * as a thousand new ones. */
static void
a_draw_can_be_used_again(void **state)
{
	enum { N = 37 };
	double weights[N];
	const char *names_of[N];
	struct draw *used;

	(void)state;
	for (int i = 0; i < N; i++) {
		weights[i] = i % 5 == 0 ? 0 : 0.37 * i * i;
		names_of[i] = names[i % NAMES];
	}
	used = draw_new(weights, N);
	for (uint64_t seed = 0; seed < 1000; seed++) {
		struct draw *fresh = begun(weights, N, seed);

		if (seed % 7 == 0) {
			draw_begin_key(used, names_of, "between");
			draw_next(used);
		}
		draw_begin(used, seed);
		for (uint64_t k = 0; k < seed % (N + 3); k++) {
			long i = draw_next(fresh);

			assert_int_equal(draw_next(used), i);
			if (i >= 0)
				assert_true(draw_chance(used, i) ==
					    draw_chance(fresh, i));
		}
		draw_free(fresh);
	}
	draw_free(used);
}

static void
chances_are_of_those_who_are_left(void **state)
{
	static const double weights[] = {1, 2, 0, 1};
	struct draw *d = begun(weights, 4, 3);
	double left = 1;

	(void)state;
	assert_true(draw_share(d, 1) == .5);
	assert_true(draw_share(d, 2) == 0);
	for (int k = 0; k < 3; k++) {
		long i = draw_next(d);

		assert_true(
		    fabs(draw_chance(d, i) - draw_share(d, i) / left) < 1e-12);
		left -= draw_share(d, i);
	}
	assert_int_equal(draw_next(d), -1);
	draw_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_draw_can_be_used_again),
	    cmocka_unit_test(chances_are_of_those_who_are_left),
	    cmocka_unit_test(a_million_draws_go_by_weight),
	    cmocka_unit_test(keys_are_shared_out_by_weight),
	    cmocka_unit_test(only_the_keys_of_who_goes_move),
	    cmocka_unit_test(a_key_draws_everybody_once),
	    cmocka_unit_test(the_same_seed_gives_the_same_winners),
	    cmocka_unit_test(a_seed_means_the_same_for_ever),
	    cmocka_unit_test(the_random_numbers_are_splitmix64),
	    cmocka_unit_test(nobody_is_drawn_twice),
	    cmocka_unit_test(what_weighs_nothing_is_never_drawn),
	    cmocka_unit_test(of_nobody_nobody_is_drawn),
	    cmocka_unit_test(the_light_are_drawn_after_the_heavy),
	    cmocka_unit_test(weights_are_chances),
	    cmocka_unit_test(the_second_is_drawn_from_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Weights to u16, their limits and their padding: the recorded vectors, cases
 * worked out by hand, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "subtensor/weights.h"
#include "tests/lib/chaindata.h"

enum { MAX = 16 };

struct vector {
	uint16_t uids[MAX];
	double weights[MAX];
	size_t n;
};

static void
assert_emits(const struct vector *v, bool keep_zeros, const uint16_t *uids,
    const uint16_t *values, long n)
{
	uint16_t got_uids[MAX], got_values[MAX];

	assert_int_equal(weights_emit(v->uids, v->weights, v->n, keep_zeros,
			     got_uids, got_values, NULL),
	    n);
	for (long i = 0; i < n; i++) {
		assert_int_equal(got_uids[i], uids[i]);
		assert_int_equal(got_values[i], values[i]);
	}
}

static size_t
read_list(const json_t *list, uint16_t *out)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		out[i] = json_integer_value(json_array_get(list, i));
	return json_array_size(list);
}

static void
emitted_vectors_are_as_recorded(void **state)
{
	json_t *file, *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	list = json_object_get(file, "emit_u16");
	json_array_foreach(list, i, row)
	{
		json_t *weights = json_object_get(row, "weights");
		json_t *result = json_object_get(row, "result");
		uint16_t uids[MAX], values[MAX];
		struct vector v = {0};

		v.n = read_list(json_object_get(row, "uids"), v.uids);
		for (size_t k = 0; k < v.n; k++)
			v.weights[k] =
			    json_number_value(json_array_get(weights, k));
		read_list(json_array_get(result, 0), uids);
		assert_emits(&v, false, uids, values,
		    read_list(json_array_get(result, 1), values));
	}
	print_message("%zu vectors of derived_vectors.json emit_u16\n", i);
	assert_int_equal(i, 4);
	json_decref(file);
}

/* Against a maximum of 65535 a weight is its own u16 before rounding. */
static void
halves_go_to_the_even_neighbour(void **state)
{
	static const struct vector v = {{0, 1, 2, 3, 4, 5, 6},
	    {65535, 0.5, 1.5, 2.5, 3.5, 0.50001, 65534.5}, 7};
	static const uint16_t uids[] = {0, 2, 3, 4, 5, 6};
	static const uint16_t values[] = {65535, 2, 2, 4, 1, 65534};

	(void)state;
	assert_emits(&v, false, uids, values, 6);
}

static void
zeros_are_kept_where_asked(void **state)
{
	static const struct vector v = {{9, 8, 7}, {0, 2, 1e-9}, 3};
	static const uint16_t all[] = {9, 8, 7}, values[] = {0, 65535, 0};
	static const uint16_t one[] = {8}, top[] = {65535};

	(void)state;
	assert_emits(&v, true, all, values, 3);
	assert_emits(&v, false, one, top, 1);
}

static void
nothing_comes_of_nothing(void **state)
{
	static const struct vector zeros = {{1, 2}, {0, -0.0}, 2};

	(void)state;
	assert_emits(&zeros, false, NULL, NULL, 0);
	assert_emits(&zeros, true, NULL, NULL, 0);
	assert_int_equal(
	    weights_emit(NULL, NULL, 0, false, NULL, NULL, NULL), 0);
}

static void
the_largest_and_smallest_doubles_are_weights(void **state)
{
	static const struct vector large = {{1, 2}, {1.7e308, 0.85e308}, 2};
	static const struct vector small = {{1, 2}, {4e-324, 4e-324}, 2};
	static const uint16_t uids[] = {1, 2};
	static const uint16_t half[] = {65535, 32768}, same[] = {65535, 65535};

	(void)state;
	assert_emits(&large, false, uids, half, 2);
	assert_emits(&small, false, uids, same, 2);
}

static void
what_is_no_weight_is_refused(void **state)
{
	static const double bad[] = {-1e-300, -1, NAN, INFINITY, -INFINITY};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vector v = {{3, 4}, {1, bad[i]}, 2};
		uint16_t uids[MAX], values[MAX];
		struct err err = {""};

		assert_int_equal(weights_emit(v.uids, v.weights, 2, true, uids,
				     values, &err),
		    -1);
		assert_non_null(strstr(err.text, "uid 4"));
	}
}

static void
assert_near(const double *got, const double *expected, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_true(fabs(got[i] - expected[i]) <= 1e-15);
}

static size_t
read_doubles(const json_t *list, double *out)
{
	assert_true(json_array_size(list) <= MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		out[i] = json_number_value(json_array_get(list, i));
	return json_array_size(list);
}

static void
limited_vectors_are_as_recorded(void **state)
{
	json_t *file, *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	list = json_object_get(file, "normalize_max_weight");
	json_array_foreach(list, i, row)
	{
		double x[MAX], y[MAX];
		size_t n = read_doubles(json_object_get(row, "x"), x);

		assert_int_equal(read_doubles(json_object_get(row, "y"), y), n);
		weights_normalize_max(
		    x, n, json_number_value(json_object_get(row, "limit")));
		assert_near(x, y, n);
	}
	print_message(
	    "%zu vectors of derived_vectors.json normalize_max_weight\n", i);
	assert_int_equal(i, 3);
	json_decref(file);
}

/* The SDK's formula cuts below zero where the largest alone has a share, and
 * so makes all equal. */
static void
limits_worked_out_by_hand_are_kept(void **state)
{
	static const struct {
		double x[4];
		size_t n;
		double limit, y[4];
	} cases[] = {
	    {{1, 1, 2}, 3, 1, {0.25, 0.25, 0.5}},
	    {{3, 1}, 2, 0.5, {0.5, 0.5}}, /* two halves are all there is */
	    {{3, 1}, 2, 0.1, {0.5, 0.5}},
	    {{5}, 1, 0.9, {1}},
	    {{0, 0, 0, 10}, 4, 0.5, {0.25, 0.25, 0.25, 0.25}},
	    {{1e308, 1e308, 1e308, 1e308}, 4, 1, {0.25, 0.25, 0.25, 0.25}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double x[4];

		memcpy(x, cases[i].x, sizeof(x));
		weights_normalize_max(x, cases[i].n, cases[i].limit);
		assert_near(x, cases[i].y, cases[i].n);
	}
	weights_normalize_max(NULL, 0, 0.5);
}

/* None above the limit, none before another it was behind, one in sum. */
static void
no_share_is_above_the_limit(void **state)
{
	(void)state;
	srand(5);
	for (int round = 0; round < 2000; round++) {
		double before[64] = {0}, x[64], sum = 0, limit;
		size_t n = 2 + rand() % 63;

		limit = 1.0 / n + rand() / (double)RAND_MAX;
		for (size_t i = 0; i < n; i++)
			before[i] = pow(rand() / (double)RAND_MAX, 8) + 1e-3;
		memcpy(x, before, sizeof(x));
		weights_normalize_max(x, n, limit);
		for (size_t i = 0; i < n; i++) {
			sum += x[i];
			assert_true(x[i] > 0 && x[i] <= limit + 1e-9);
			for (size_t k = 0; k < i; k++)
				assert_true(before[i] < before[k]
						? x[i] <= x[k]
						: x[i] >= x[k]);
		}
		assert_true(fabs(sum - 1) < 1e-12);
	}
}

static void
what_is_no_number_stays_none(void **state)
{
	static const double bad[] = {NAN, INFINITY};

	(void)state;
	for (int i = 0; i < 2; i++) {
		static const uint16_t uids[] = {0, 1, 2};
		double x[] = {1, bad[i], 2};
		uint16_t out_uids[3], out_values[3];

		weights_normalize_max(x, 3, 0.9);
		assert_int_equal(
		    weights_emit(uids, x, 3, true, out_uids, out_values, NULL),
		    -1);
	}
}

/* By the SDK's rules, with exact fractions. */
static void
processing_is_as_worked_out_by_hand(void **state)
{
	static const double few = 1.00004; /* 1 and four times a little */
	const struct {
		double x[MAX];
		size_t n, min_allowed;
		double limit;
		uint16_t exclude;
		double y[MAX];
	} cases[] = {
	    /* none above zero, fewer than are asked for: all equal */
	    {{0, 0, 0, 0}, 4, 0, 1, 0, {0.25, 0.25, 0.25, 0.25}},
	    {{0, 0}, 2, 1, 1, 0, {0.5, 0.5}},
	    {{1, 2}, 2, 3, 1, 0, {0.5, 0.5}},
	    /* too few above zero: a little for all */
	    {{0, 1, 0, 0}, 4, 2, 1, 0,
		{1e-5 / few, 1.00001 / few, 1e-5 / few, 1e-5 / few}},
	    {{0, 1, 0, 0}, 4, 4, 1, 0,
		{1e-5 / few, 1.00001 / few, 1e-5 / few, 1e-5 / few}},
	    /* enough: min_allowed does nothing */
	    {{1, 2, 3, 4}, 4, 4, 1, 0, {0.1, 0.2, 0.3, 0.4}},
	    {{0, 1, 0, 3}, 4, 2, 1, 0, {0, 0.25, 0, 0.75}},
	    {{0, 1, 0, 3}, 4, 0, 1, 0, {0, 0.25, 0, 0.75}},
	    /* the lower half goes: at 0.5 * 3 between 2 and 3 */
	    {{1, 2, 3, 4, 0}, 5, 0, 1, 32768, {0, 0, 3 / 7., 4 / 7., 0}},
	    /* but only one of four may: at 0.25 * 3 between 1 and 2 */
	    {{1, 2, 3, 4, 0}, 5, 3, 1, 32768, {0, 2 / 9., 3 / 9., 4 / 9., 0}},
	    {{4, 3, 2, 1, 0}, 5, 3, 1, 65535, {4 / 9., 3 / 9., 2 / 9., 0, 0}},
	    /* and none of four */
	    {{1, 2, 3, 4, 0}, 5, 4, 1, 65535, {0.1, 0.2, 0.3, 0.4, 0}},
	    /* all but the largest go; one has it all, whatever the limit */
	    {{1, 2, 3, 4}, 4, 0, 0.3, 65535, {0, 0, 0, 1}},
	    /* equals stay together */
	    {{2, 2, 2, 2, 0}, 5, 0, 1, 49151, {0.25, 0.25, 0.25, 0.25, 0}},
	    /* the limit is of those that are left: two share a half each */
	    {{0, 1, 3, 0}, 4, 1, 0.5, 0, {0, 0.5, 0.5, 0}},
	    {{7}, 1, 1, 0.2, 0, {1}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double x[MAX];

		memcpy(x, cases[i].x, sizeof(x));
		weights_process(x, cases[i].n, cases[i].min_allowed,
		    cases[i].limit, cases[i].exclude);
		assert_near(x, cases[i].y, cases[i].n);
	}
	weights_process(NULL, 0, 3, 1, 0);
}

static void
assert_pads(const uint16_t *given, size_t n, size_t min_allowed,
    size_t n_subnet, const uint16_t *expected, size_t length)
{
	uint16_t uids[MAX] = {0}, values[MAX];

	for (size_t i = 0; i < n; i++) {
		uids[i] = given[i];
		values[i] = 100 + i;
	}
	assert_int_equal(
	    weights_pad(uids, values, n, min_allowed, n_subnet), length);
	for (size_t i = 0; i < length; i++) {
		assert_int_equal(uids[i], expected[i]);
		assert_int_equal(values[i], i < n ? 100 + i : 0);
	}
}

static void
short_lists_are_filled_with_zeros(void **state)
{
	static const uint16_t given[] = {5, 0, 2};
	static const uint16_t six[] = {5, 0, 2, 1, 3, 4};
	static const uint16_t foreign[] = {9, 0, 1};

	(void)state;
	assert_pads(given, 3, 5, 8, six, 5);
	assert_pads(given, 3, 1024, 6, six, 6);
	assert_pads(given, 3, 3, 8, given, 3);
	assert_pads(given, 3, 0, 8, given, 3);
	assert_pads(given, 0, 2, 8, (uint16_t[]){0, 1}, 2);
	assert_pads(foreign, 1, 3, 3, foreign, 3);
	assert_pads(given, 0, 5, 0, NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(emitted_vectors_are_as_recorded),
	    cmocka_unit_test(halves_go_to_the_even_neighbour),
	    cmocka_unit_test(zeros_are_kept_where_asked),
	    cmocka_unit_test(nothing_comes_of_nothing),
	    cmocka_unit_test(the_largest_and_smallest_doubles_are_weights),
	    cmocka_unit_test(what_is_no_weight_is_refused),
	    cmocka_unit_test(limited_vectors_are_as_recorded),
	    cmocka_unit_test(limits_worked_out_by_hand_are_kept),
	    cmocka_unit_test(no_share_is_above_the_limit),
	    cmocka_unit_test(what_is_no_number_stays_none),
	    cmocka_unit_test(processing_is_as_worked_out_by_hand),
	    cmocka_unit_test(short_lists_are_filled_with_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

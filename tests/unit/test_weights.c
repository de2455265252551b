/* Weights to u16: the recorded vectors, the halves and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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
vectors_are_as_recorded(void **state)
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
	print_message("derived_vectors.json emit_u16: %zu of %zu\n", i,
	    json_array_size(list));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(vectors_are_as_recorded),
	    cmocka_unit_test(halves_go_to_the_even_neighbour),
	    cmocka_unit_test(zeros_are_kept_where_asked),
	    cmocka_unit_test(nothing_comes_of_nothing),
	    cmocka_unit_test(the_largest_and_smallest_doubles_are_weights),
	    cmocka_unit_test(what_is_no_weight_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

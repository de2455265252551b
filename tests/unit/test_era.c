/* Eras: their bytes, and the blocks they begin and end with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/buf.h"
#include "subtensor/era.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static json_int_t
number_at(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static void
assert_bytes(struct era era, const char *hex)
{
	struct buf out = {0};
	struct era again;

	era_encode(era, &out);
	assert_true(chainmeta_is(&out, hex));
	assert_int_equal(era_decode(out.data, out.len, &again), out.len);
	assert_true(again.period == era.period);
	assert_true(again.phase == era.phase);
	buf_free(&out);
}

static void
eras_are_as_recorded(void **state)
{
	json_t *file, *list, *row;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	list = json_object_get(file, "era");
	json_array_foreach(list, i, row)
	{
		uint64_t current = number_at(row, "current");
		uint64_t birth = number_at(row, "birth");
		struct era era = era_at(number_at(row, "period"), current);

		assert_true(era.period == (uint64_t)number_at(row, "period"));
		assert_true(era.phase == (uint64_t)number_at(row, "phase"));
		assert_bytes(
		    era, json_string_value(json_object_get(row, "encoded")));
		assert_true(era_birth(era, current) == birth);
		assert_true(era_death(era, current) == birth + era.period);
		n++;
	}
	print_message(
	    "derived_vectors.json era: %zu of %zu\n", n, json_array_size(list));
	json_decref(file);
}

static void
the_known_eras_have_their_bytes(void **state)
{
	(void)state;
	assert_bytes(era_at(0, 1234), "00");
	assert_bytes((struct era){64, 5}, "5500");
	assert_bytes((struct era){64, 42}, "a502");
	assert_bytes(era_at(128, 81), "1605");
	assert_bytes(era_at(65536, 20000), "2f4e");
}

static void
a_period_is_rounded_up_to_a_power_of_two(void **state)
{
	static const struct {
		uint64_t asked, got;
	} cases[] = {{1, 4}, {4, 4}, {5, 8}, {8, 8}, {9, 16}, {33, 64},
	    {2048, 2048}, {2049, 4096}, {65535, 65536}, {65536, 65536},
	    {65537, 65536}, {UINT64_MAX, 65536}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(era_at(cases[i].asked, 7).period == cases[i].got);
}

/* The chain asks for the birth at a later block and must find the same one
 * while the era lasts, and another one after it. */
static void
an_era_has_one_birth_until_it_dies(void **state)
{
	(void)state;
	for (uint64_t period = 4; period <= 65536; period *= 2) {
		for (uint64_t current = 0; current < 3 * period;
		     current += 1 + period / 8) {
			struct era era = era_at(period, current);
			uint64_t birth = era_birth(era, current);
			uint64_t death = era_death(era, current);

			assert_true(birth <= current && current < death);
			assert_true(current - birth < 1 + period / 4096);
			assert_true(era_birth(era, death - 1) == birth);
			assert_true(era_birth(era, death) == death);
		}
	}
}

static void
the_immortal_never_dies(void **state)
{
	struct era era = era_at(0, 99);

	(void)state;
	assert_true(era_birth(era, 99) == 0);
	assert_true(era_death(era, 99) == UINT64_MAX);
}

static void
bytes_that_are_no_era_are_refused(void **state)
{
	static const char *const refused[] = {
	    "",	    /* nothing */
	    "55",   /* half of one */
	    "1000", /* a period of two */
	    "4100", /* phase 4 of 4 */
	    "f1ff", /* phase 4095 of 4 */
	};
	struct era era;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buf b = chainmeta_bytes(refused[i]);

		assert_int_equal(era_decode(b.data, b.len, &era), -1);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(eras_are_as_recorded),
	    cmocka_unit_test(the_known_eras_have_their_bytes),
	    cmocka_unit_test(a_period_is_rounded_up_to_a_power_of_two),
	    cmocka_unit_test(an_era_has_one_birth_until_it_dies),
	    cmocka_unit_test(the_immortal_never_dies),
	    cmocka_unit_test(bytes_that_are_no_era_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

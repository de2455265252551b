/* UUIDs: RFC 9562's own example, their order, and what is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/hex.h"
#include "common/uuid.h"

enum { MANY = 1000 };

/* RFC 9562, appendix A.6. */
static void
the_rfcs_example_comes_out(void **state)
{
	uint8_t random[10];
	char text[UUID_TEXT];

	(void)state;
	/* rand_a is 0xCC3, rand_b 0x18C4DC0C0C07398F; the bits of version and
	 * variant are overwritten */
	assert_int_equal(
	    hex_decode_exact("0cc318c4dc0c0c07398f", random, 10), 0);
	uuid_v7(0x017F22E279B0, random, text);
	assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_true(uuid_is_valid(text));
}

static void
version_and_variant_stand_whatever_the_rest(void **state)
{
	static const uint8_t fills[] = {0x00, 0x55, 0xaa, 0xff};

	(void)state;
	for (size_t i = 0; i < sizeof(fills); i++) {
		uint8_t random[10];
		char text[UUID_TEXT];

		memset(random, fills[i], sizeof(random));
		uuid_v7(1700000000000, random, text);
		assert_int_equal(text[14], '7');
		assert_non_null(strchr("89ab", text[19]));
		assert_int_equal(strlen(text), UUID_TEXT - 1);
	}
}

static void
they_sort_by_their_time(void **state)
{
	static const uint8_t low[10] = {0}, high[10] = {255, 255, 255, 255, 255,
						255, 255, 255, 255, 255};
	static const int64_t times[] = {
	    0, 1, 255, 256, 65535, 1700000000000, (1LL << 48) - 2};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char before[UUID_TEXT], after[UUID_TEXT];

		uuid_v7(times[i], high, before);
		uuid_v7(times[i] + 1, low, after);
		assert_true(strcmp(before, after) < 0);
	}
}

static void
new_ones_are_of_now_and_differ(void **state)
{
	char texts[MANY][UUID_TEXT], floor[UUID_TEXT];
	static const uint8_t zeros[10] = {0};

	(void)state;
	uuid_v7(clock_wall_ms() - 1, zeros, floor);
	for (int i = 0; i < MANY; i++) {
		uuid_new(texts[i]);
		assert_true(uuid_is_valid(texts[i]));
		assert_true(strcmp(floor, texts[i]) < 0);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(texts[i], texts[k]);
	}
}

static void
only_the_form_we_write_is_accepted(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
	    {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", true},
	    {"00000000-0000-0000-0000-000000000000", true},
	    {"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", false},
	    {"017f22e2-79b0-7cc3-98c4-dc0c0c07398", false},
	    {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", false},
	    {"017f22e279b07cc398c4dc0c0c07398f", false},
	    {"017f22e2_79b0-7cc3-98c4-dc0c0c07398f", false},
	    {"017f22e2-79b0-7cc3-98c4-dc0c0c07398g", false},
	    {"{017f22e2-79b0-7cc3-98c4-dc0c0c07398", false},
	    {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n", false},
	    {"-", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (uuid_is_valid(cases[i].text) != cases[i].valid)
			fail_msg("%s", cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_rfcs_example_comes_out),
	    cmocka_unit_test(version_and_variant_stand_whatever_the_rest),
	    cmocka_unit_test(they_sort_by_their_time),
	    cmocka_unit_test(new_ones_are_of_now_and_differ),
	    cmocka_unit_test(only_the_form_we_write_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

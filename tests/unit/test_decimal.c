/* Decimal texts against the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scorer/decimal.h"
#include "tests/lib/dice.h"

enum { TIMES = 400000 };

static void
same(const char *text)
{
	double got = decimal_parse(text, strlen(text));
	double want = strtod(text, NULL);

	if (memcmp(&got, &want, sizeof(got)) != 0)
		fail_msg("%s: %a, not %a", text, got, want);
}

static void
texts_are_read_as_the_nearest_double(void **state)
{
	static const char *const texts[] = {"0", "-0", "0.0", "1", "-1",
	    "00012", ".5", "5.", "0.1", "0.9333333333333333",
	    "0.03333333333333333", "9007199254740993", "9007199254740992.5",
	    "9007199254740995", "9007199254740993.0000000001",
	    "18446744073709551615", "9999999999999999999",
	    "0.9999999999999999999", "0.30000000000000004",
	    "123456789.123456789", "1e22", "1.5e-7", "4.94065645841247e-324",
	    "2.2250738585072014e-308", "1.7976931348623157e308",
	    "0.00000000000000000000000001", "12345678901234567890123",
	    "0.12345678901234567890123456789"};
	struct dice dice = {5};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		same(texts[i]);
	for (int i = 0; i < TIMES; i++) {
		uint64_t m = dice_throw(&dice) >> dice_between(&dice, 0, 50);
		int point = dice_between(&dice, 0, 19);
		char digits[24], text[64];

		snprintf(digits, sizeof(digits), "%020llu",
		    (unsigned long long)(m % 10000000000000000000ULL));
		snprintf(text, sizeof(text), "%.*s.%s", 20 - point, digits,
		    digits + 20 - point);
		same(text);
	}
}

/* Halfway between two doubles, and a little to either side. */
static void
ties_go_to_the_even_one(void **state)
{
	struct dice dice = {6};

	(void)state;
	for (int i = 0; i < TIMES; i++) {
		uint64_t m = (1ULL << 53) + (dice_throw(&dice) >> 12);
		char text[64];

		snprintf(text, sizeof(text), "%llu.%s",
		    (unsigned long long)(m | 1),
		    i % 3 == 0	 ? "0"
		    : i % 3 == 1 ? "001"
				 : "999");
		same(text);
	}
}

static void
what_is_written_is_read_again(void **state)
{
	struct dice dice = {7};

	(void)state;
	for (int i = 0; i < TIMES; i++) {
		uint64_t bits = dice_throw(&dice);
		char text[DECIMAL_MAX];
		double v, again;

		if (i % 2 == 0) /* of everyday size */
			bits = bits >> 10 |
			       (uint64_t)dice_between(&dice, 1000, 1040) << 52;
		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		again = decimal_parse(text, decimal_print(v, text));
		assert_memory_equal(&again, &v, sizeof(v));
	}
}

static void
what_is_none_is_none(void **state)
{
	static const char *const texts[] = {"", "-", ".", "-.", "x", "1x", " 1",
	    "1 ", "0x10", "nan", "inf", "1e999", "1,5", "--1", "1..2", "1e",
	    "\t1"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!isnan(decimal_parse(texts[i], strlen(texts[i]))))
			fail_msg("\"%s\"", texts[i]);
	}
	assert_true(isnan(decimal_parse("1\0002", 3)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(texts_are_read_as_the_nearest_double),
	    cmocka_unit_test(ties_go_to_the_even_one),
	    cmocka_unit_test(what_is_written_is_read_again),
	    cmocka_unit_test(what_is_none_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

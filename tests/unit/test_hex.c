/* Bytes as hexadecimal text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hex.h"

enum { ROOM = 4, UNTOUCHED = 0xee };

static void
every_byte_goes_there_and_back(void **state)
{
	uint8_t bytes[256], back[256];
	char text[513];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = i;
	hex_encode(bytes, sizeof(bytes), text);
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 506, "fdfeff");
	assert_int_equal(hex_decode(text, back, sizeof(back)), 256);
	assert_memory_equal(bytes, back, 256);
}

static void
the_chains_form_begins_with_0x(void **state)
{
	char *text = hex_0x((const uint8_t *)"\x01\xab", 2);
	char *empty = hex_0x(NULL, 0);

	(void)state;
	assert_string_equal(text, "0x01ab");
	assert_string_equal(empty, "0x");
	free(text);
	free(empty);
}

static void
only_hex_that_fits_is_decoded(void **state)
{
	static const struct {
		const char *text;
		long len; /* in ROOM bytes */
	} cases[] = {{"", 0}, {"0x", 0}, {"00", 1}, {"0x00", 1}, {"aBcD", 2},
	    {"01020304", 4}, {"0x01020304", 4}, {"0102030405", -1}, {"0", -1},
	    {"0x0", -1}, {"0g", -1}, {"g0", -1}, {" 00", -1}, {"00 ", -1},
	    {"0X00", -1}, {"0x0x", -1}, {"-1", -1}, {"0\xc3", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t out[ROOM + 1];

		memset(out, UNTOUCHED, sizeof(out));
		if (hex_decode(cases[i].text, out, ROOM) != cases[i].len)
			fail_msg("\"%s\"", cases[i].text);
		assert_int_equal(out[ROOM], UNTOUCHED);
	}
}

static void
exactly_so_many_bytes_are_asked_for(void **state)
{
	static const struct {
		const char *text;
		int result; /* of three bytes */
	} cases[] = {{"0x010203", 0}, {"010203", 0}, {"0102", -1},
	    {"01020304", -1}, {"01020x", -1}, {"", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t out[3];

		assert_int_equal(
		    hex_decode_exact(cases[i].text, out, 3), cases[i].result);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_byte_goes_there_and_back),
	    cmocka_unit_test(the_chains_form_begins_with_0x),
	    cmocka_unit_test(only_hex_that_fits_is_decoded),
	    cmocka_unit_test(exactly_so_many_bytes_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

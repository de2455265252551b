/* Integers too wide for C, in base 256, and JSON. */
#include "subtensor/number.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DECIMAL_MAX = 80 }; /* sign, 78 digits of 2^256, NUL */

static const int64_t exact = (int64_t)1 << 53;

static void
negate(uint8_t le[SCALE_WIDE])
{
	unsigned carry = 1;

	for (size_t i = 0; i < SCALE_WIDE; i++) {
		carry += (uint8_t)~le[i];
		le[i] = carry;
		carry >>= 8;
	}
}

/* Divide by ten in place; the remainder. */
static unsigned
divide(uint8_t le[SCALE_WIDE])
{
	unsigned rest = 0;

	for (size_t i = SCALE_WIDE; i-- > 0;) {
		rest = rest << 8 | le[i];
		le[i] = rest / 10;
		rest %= 10;
	}
	return rest;
}

static bool
is_zero(const uint8_t le[SCALE_WIDE])
{
	for (size_t i = 0; i < SCALE_WIDE; i++)
		if (le[i] != 0)
			return false;
	return true;
}

/* To the full width, with the sign kept. */
static void
widen(const uint8_t *le, size_t n, bool is_signed, uint8_t out[SCALE_WIDE])
{
	bool negative = is_signed && le[n - 1] >= 0x80;

	memset(out, negative ? 0xff : 0, SCALE_WIDE);
	memcpy(out, le, n);
}

static json_t *
as_decimal(uint8_t le[SCALE_WIDE], bool is_signed)
{
	char text[DECIMAL_MAX], *at = text + sizeof(text) - 1;
	bool negative = is_signed && le[SCALE_WIDE - 1] >= 0x80;

	if (negative)
		negate(le);
	*at = '\0';
	do {
		*--at = '0' + divide(le);
	} while (!is_zero(le));
	if (negative)
		*--at = '-';
	return json_string(at);
}

json_t *
number_to_json(const uint8_t *le, size_t n, bool is_signed)
{
	uint8_t wide[SCALE_WIDE], low[SCALE_WIDE];
	uint64_t v = 0;

	assert(n > 0 && n <= SCALE_WIDE);
	widen(le, n, is_signed, wide);
	for (size_t i = 0; i < 8; i++)
		v |= (uint64_t)wide[i] << (8 * i);
	widen(wide, 8, is_signed, low);
	if (memcmp(wide, low, SCALE_WIDE) == 0 &&
	    (v <= (uint64_t)exact ||
		(is_signed && (int64_t)v < 0 && (int64_t)v >= -exact)))
		return json_integer((json_int_t)v);
	return as_decimal(wide, is_signed);
}

/* le = 10 le + digit; false if it no longer fits. */
static bool
push_digit(uint8_t le[SCALE_WIDE], unsigned digit)
{
	unsigned carry = digit;

	for (size_t i = 0; i < SCALE_WIDE; i++) {
		carry += 10 * le[i];
		le[i] = carry;
		carry >>= 8;
	}
	return carry == 0;
}

/* The text's digits, which are all of it; -1 if not. */
static int
parse_digits(const char *text, uint8_t le[SCALE_WIDE])
{
	memset(le, 0, SCALE_WIDE);
	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++)
		if (*text < '0' || *text > '9' || !push_digit(le, *text - '0'))
			return -1;
	return 0;
}

/* Whether cutting it to n bytes and widening again gives it back. */
static bool
fits(const uint8_t wide[SCALE_WIDE], size_t n, bool is_signed)
{
	uint8_t again[SCALE_WIDE];

	widen(wide, n, is_signed, again);
	return memcmp(wide, again, SCALE_WIDE) == 0;
}

static int
parse_text(const char *text, bool is_signed, uint8_t wide[SCALE_WIDE])
{
	bool negative = is_signed && text[0] == '-';

	if (parse_digits(text + negative, wide) != 0)
		return -1;
	if (!is_signed || is_zero(wide))
		return 0;
	if (negative)
		negate(wide);
	/* Past the widest signed integer the sign has turned round. */
	return (wide[SCALE_WIDE - 1] >= 0x80) == negative ? 0 : -1;
}

int
number_from_json(
    const json_t *json, size_t n, bool is_signed, uint8_t le[SCALE_WIDE])
{
	int64_t v = json_integer_value(json);

	assert(n > 0 && n <= SCALE_WIDE);
	if (json_is_integer(json)) {
		memset(le, v < 0 ? 0xff : 0, SCALE_WIDE);
		for (size_t i = 0; i < 8; i++)
			le[i] = (uint64_t)v >> (8 * i);
		if (v < 0 && !is_signed)
			return -1;
	} else if (!json_is_string(json) ||
		   parse_text(json_string_value(json), is_signed, le) != 0) {
		return -1;
	}
	if (!fits(le, n, is_signed))
		return -1;
	memset(le + n, 0, SCALE_WIDE - n);
	return 0;
}

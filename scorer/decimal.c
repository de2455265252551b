/*
 * Digits are read as one whole number m and a count k of those behind the
 * point: m / 10^k. With both below 2^64 the quotient of m 2^s by 10^k has more
 * bits than a double, and with its remainder says which double is nearest.
 * Longer texts and exponents go the library's way, which is exact, too.
 */
#include "scorer/decimal.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 19, MANTISSA = 53, LONGEST = 400 };

__extension__ typedef unsigned __int128 wide;

static const uint64_t powers[MOST_DIGITS + 1] = {1ULL, 10ULL, 100ULL, 1000ULL,
    10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
    10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL,
    100000000000000ULL, 1000000000000000ULL, 10000000000000000ULL,
    100000000000000000ULL, 1000000000000000000ULL, 10000000000000000000ULL};

/* -- printing ----------------------------------------------------------- */

size_t
decimal_print(double v, char out[DECIMAL_MAX])
{
	int len = 0;

	for (int digits = 15; digits <= 17; digits++) {
		len = snprintf(out, DECIMAL_MAX, "%.*g", digits, v);
		if (decimal_parse(out, len) == v)
			break;
	}
	return len;
}

/* -- parsing ------------------------------------------------------------ */

static int
width_of(wide v)
{
	uint64_t high = (uint64_t)(v >> 64);

	return high != 0 ? 128 - __builtin_clzll(high)
			 : 64 - __builtin_clzll((uint64_t)v);
}

/* m / 10^k, rounded once. */
static double
quotient(uint64_t m, int k)
{
	int shift = 64 + __builtin_clzll(m), extra;
	wide dividend, whole;
	uint64_t bits;
	bool rest;

	if (m < 1ULL << MANTISSA && k <= 22) /* both are exact as they are */
		return (double)m / (double)powers[k];
	dividend = (wide)m << shift; /* at least 2^127: a quotient of 64 bits */
	whole = dividend / powers[k];
	rest = dividend % powers[k] != 0;
	extra = width_of(whole) - MANTISSA;
	bits = (uint64_t)(whole >> extra);
	if (whole >> (extra - 1) & 1) { /* half or more is cut off */
		rest |= (whole & (((wide)1 << (extra - 1)) - 1)) != 0;
		bits += rest || (bits & 1);
	}
	return ldexp((double)bits, extra - shift);
}

/* Exponents, and more digits than a whole number has room for. */
static double
by_library(const char *text, size_t len)
{
	char copy[LONGEST + 1], *end;
	double v;

	if (len > LONGEST || len == 0 || strchr(" \t\n\v\f\r", text[0]) != NULL)
		return NAN;
	for (size_t i = 0; i < len; i++) {
		if (strchr("+-.0123456789eE", text[i]) == NULL ||
		    text[i] == '\0')
			return NAN;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	v = strtod(copy, &end);
	return *end == '\0' && isfinite(v) ? v : NAN;
}

/* Digits go on to *m; where they end. */
static const char *
take_digits(const char *at, const char *end, uint64_t *m)
{
	while (at < end && (unsigned)(*at - '0') < 10)
		*m = *m * 10 + (unsigned)(*at++ - '0');
	return at;
}

double
decimal_parse(const char *text, size_t len)
{
	const char *end = text + len, *at = text, *point;
	bool negative = len > 0 && *text == '-';
	uint64_t m = 0;
	long digits, k = 0;
	double v;

	at += negative;
	point = take_digits(at, end, &m);
	digits = point - at;
	at = point;
	if (at < end && *at == '.') {
		at = take_digits(point + 1, end, &m);
		k = at - (point + 1);
		digits += k;
	}
	/* Of more digits m has lost some; nothing was done with it yet. */
	if (at != end || digits == 0 || digits > MOST_DIGITS)
		return by_library(text, len);
	v = m == 0 ? 0 : quotient(m, (int)k);
	return negative ? -v : v;
}

/*
 * Numbers as text, both ways: what is written is read again as the same bits,
 * on every machine and under every locale.
 *
 * Pure.
 */
#ifndef SCORER_DECIMAL_H
#define SCORER_DECIMAL_H

#include <stddef.h>

enum { DECIMAL_MAX = 32 };

/* With the fewest digits, of 15 to 17, that give its bits; v is finite. How
 * long the text is. */
size_t decimal_print(double v, char out[DECIMAL_MAX]);

/*
 * The nearest double to the text, ties to even: an optional sign, digits, a
 * point and digits, an exponent; nothing else. NaN if it is none of that, or
 * if it is too large.
 */
double decimal_parse(const char *text, size_t len);

#endif

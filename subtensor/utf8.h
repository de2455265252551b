/*
 * Text from outside, checked: well-formed UTF-8 without surrogates or
 * overlong forms. Private to this library.
 */
#ifndef SUBTENSOR_UTF8_H
#define SUBTENSOR_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UTF8_MAX_BYTES = 4 };

/* The first character's length, and what it is; 0 if it is not one. */
size_t utf8_next(const uint8_t *, size_t len, uint32_t *code);

bool utf8_valid(const uint8_t *, size_t len);

/* The bytes of a character; 0 if the code is none. */
size_t utf8_encode(uint32_t code, uint8_t out[UTF8_MAX_BYTES]);

#endif

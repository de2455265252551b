/*
 * Which types have a form of their own in JSON. Decoding and encoding ask
 * here, so that they cannot disagree. Private to this library.
 */
#ifndef SUBTENSOR_SHAPE_H
#define SUBTENSOR_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field;
struct metadata;
struct type;
struct variant;

/* The composite AccountId32 around 32 bytes. */
bool shape_is_account(const struct metadata *, const struct type *);

/* The enum Option; *some is its variant with a value. */
bool shape_is_option(const struct type *, const struct variant **some);

/* Whether a value's JSON may be null. Some(such a value) is written
 * {"Some": value}, for null alone is None. */
bool shape_may_be_null(const struct metadata *, uint32_t type);

/* The items of a sequence or array are bytes. */
bool shape_is_bytes(const struct metadata *, const struct type *);

/* An object's fields, not an array's. */
bool shape_is_named(const struct field *, size_t n);

/* How wide the integer in Compact<type> is, in bytes; 0 if there is nothing
 * in it, -1 if it is no unsigned integer. */
int shape_compact_bytes(const struct metadata *, uint32_t type);

/* An integer type's bytes, 0 for any other primitive. */
size_t shape_integer_bytes(const struct type *, bool *is_signed);

#endif

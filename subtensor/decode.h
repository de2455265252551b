/*
 * Any SCALE value to JSON and back, by the types of a runtime's metadata.
 *
 * In JSON: integers up to 2^53 are numbers, larger ones decimal strings;
 * Vec<u8> and [u8; N] are 0x hex (hex read back, too); accounts (the type
 * AccountId32) are SS58, read from SS58 or hex; enums are {"Variant": value},
 * with null where the variant has no fields (read back from "Variant", too);
 * Option is null or the value, but {"Some": value} where that may be null
 * itself; composites with names are objects, single unnamed fields stand for
 * themselves, other tuples are arrays and empty ones null. Compact<T> is the
 * integer in T. Bits are {"bits": count, "bytes": "0x..."}. A str that is not
 * UTF-8 is shown as 0x hex, which does not read back.
 */
#ifndef SUBTENSOR_DECODE_H
#define SUBTENSOR_DECODE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/hash.h"
#include "subtensor/storage_key.h"

struct buf;
struct err;
struct metadata;
struct scale_reader;

/* One value; NULL and the reason on bad bytes. The caller owns the answer. */
json_t *decode_value(const struct metadata *, uint32_t type,
    struct scale_reader *, struct err *);

/* As decode_value, and every byte must be used. */
json_t *decode_all(const struct metadata *, uint32_t type, const void *,
    size_t len, struct err *);

/* The JSON form of a value to bytes; 0, or -1 with the path that is wrong. */
int encode_value(const struct metadata *, uint32_t type, const json_t *,
    struct buf *, struct err *);

/* "SubtensorModule", "set_weights", {"netuid": 1, ...} to a call's bytes.
 * Every argument must be there, no other may be. */
int encode_call(const struct metadata *, const char *pallet, const char *call,
    const json_t *args, struct buf *, struct err *);

/* True if no value of the type has a byte, recursively. */
int type_is_empty(const struct metadata *, uint32_t type);

#endif

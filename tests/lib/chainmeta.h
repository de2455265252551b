/*
 * Recorded metadata and values, for the tests of subtensor/.
 *
 * As chaindata.h: a test calls chaindata_or_skip() before any of these.
 */
#ifndef TESTS_CHAINMETA_H
#define TESTS_CHAINMETA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct metadata;

/* A metadata file, parsed; the caller's to free. Fails the test if it is bad.
 */
struct metadata *chainmeta_load(const char *file);

/* The bytes of hex text with or without 0x; the caller's to free. */
struct buf chainmeta_bytes(const char *hex);

/* Whether the buf is exactly these bytes. */
bool chainmeta_is(const struct buf *, const char *hex);

/* Decode to the last byte, encode again, get the same bytes: the value, which
 * is the caller's to free. Fails the test, naming `what`, if not. */
json_t *chainmeta_round_trip(const struct metadata *, uint32_t type,
    const struct buf *bytes, const char *what);

/* "event.System.0" inside objects and arrays; NULL if it is not there. */
json_t *chainmeta_at(const json_t *, const char *path);

#endif

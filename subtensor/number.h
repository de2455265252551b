/*
 * Integers of 1 to 32 bytes, little-endian and in two's complement where they
 * are signed, to JSON and back.
 *
 * Up to 2^53 either way they are JSON numbers, beyond it decimal strings;
 * read are numbers and decimal strings of any size that fits. Private to this
 * library.
 */
#ifndef SUBTENSOR_NUMBER_H
#define SUBTENSOR_NUMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subtensor/scale.h"

json_t *number_to_json(const uint8_t *le, size_t n, bool is_signed);

/* 0, and zeros behind the n bytes; -1 if it is no integer of that size. */
int number_from_json(
    const json_t *, size_t n, bool is_signed, uint8_t le[SCALE_WIDE]);

#endif

/*
 * Whether a service that does not answer is asked again. Pure.
 *
 * After so many lots without a single answer it is left alone for a while,
 * twice as long each time; then one question is tried, and an answer makes
 * everything as it was.
 */
#ifndef VALIDATOR_CIRCUIT_H
#define VALIDATOR_CIRCUIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct circuit_rule {
	int after; /* lots in a row without an answer */
	int64_t least_us, most_us;
};

struct circuit {
	int streak; /* of lots without an answer */
	int64_t until_us;
};

/* How many questions may be out now, of at most so many. */
size_t circuit_allows(const struct circuit *, const struct circuit_rule *,
    size_t most, int64_t now_us);

/* A lot is over; whether it is left alone from now on, or not any more. */
bool circuit_note(struct circuit *, const struct circuit_rule *, bool answered,
    int64_t now_us);

#endif

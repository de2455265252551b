/*
 * Signs that somebody else sets weights with our hotkey: a LastUpdate, or
 * Weights, that are not of our making.
 *
 * Pure.
 */
#ifndef WEIGHTSETTER_FOREIGN_H
#define WEIGHTSETTER_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "weightsetter/uid_weights.h"

struct foreign {
	bool has_known;
	uint64_t known; /* the newest update that was ours, or was told */
	bool has_seen;
	struct uid_weights seen; /* Weights at the last snapshot; owned */
};

/* What comes next is where we begin, as for a hotkey that is registered
 * anew. */
void foreign_clear(struct foreign *);

/* Ours: weights were taken in that block. */
void foreign_own(struct foreign *, uint64_t block);

/* Is the update of that block somebody else's? Told once. What we have in
 * flight may be it, and is waited for. */
bool foreign_update(struct foreign *, uint64_t last_update, bool is_in_flight);

/* Have Weights become something that is not expected? Told once. */
bool foreign_weights(
    struct foreign *, const struct uid_weights *now, bool is_expected);

#endif

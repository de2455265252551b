/*
 * Weights by uid, as the chain stores them.
 */
#ifndef WEIGHTSETTER_UID_WEIGHTS_H
#define WEIGHTSETTER_UID_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uid_weights {
	uint16_t *uids;	   /* ascending; owned */
	uint16_t *weights; /* owned */
	size_t n;
};

void uid_weights_clear(struct uid_weights *);
/* Into one that holds nothing. */
void uid_weights_copy(struct uid_weights *, const struct uid_weights *from);
/* The same uids with the same weights; listed zeros count. */
bool uid_weights_equal(const struct uid_weights *, const struct uid_weights *);

#endif

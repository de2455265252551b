/*
 * set_weights and set_mechanism_weights: the pool's checks and the runtime's,
 * in the runtime's order.
 */
#ifndef DEVCHAIN_WEIGHTS_H
#define DEVCHAIN_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fake/devchain/calls.h"

struct view;
struct work;

struct weights {
	uint16_t *uids, *values;
	size_t n_uids, n_values;
	uint64_t version_key;
};

/* Vec<u16>; the caller frees. */
uint16_t *weights_read_u16s(struct scale_reader *, size_t *n);
void weights_clear(struct weights *);

/* The largest becomes 65535, the others in proportion; all zero stays. */
void weights_upscale(uint16_t *values, size_t n);

/* The runtime's checks after the one for commit-reveal, then the writing.
 * CALL_OK, or the error's index. */
int weights_apply(struct work *, const struct call_args *, struct weights *);

int weights_validate(const struct view *, struct call_args *);
int weights_set(struct work *, struct call_args *);

#endif

/*
 * Weights as the chain takes them: the largest becomes 65535 and the others
 * keep their proportion to it, rounded half to even.
 *
 * With a maximum of exactly 65535 the chain stores just what it is sent. The
 * result is the same on every machine.
 */
#ifndef SUBTENSOR_WEIGHTS_H
#define SUBTENSOR_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { WEIGHTS_MAX_U16 = 65535 };

/*
 * Weights of uids to pairs of uid and u16, in the same order; room for n of
 * each is the caller's. What rounds to nothing is left out unless keep_zeros
 * asks for it (a listed zero counts towards the chain's minimum length).
 * How many pairs: 0 if no weight is above zero, -1 if a weight is negative,
 * infinite or no number.
 */
long weights_emit(const uint16_t *uids, const double *weights, size_t n,
    bool keep_zeros, uint16_t *out_uids, uint16_t *out_values, struct err *);

#endif

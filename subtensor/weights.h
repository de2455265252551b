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

/*
 * Shares of the whole, none above `limit`: what is above is cut to one height
 * and the rest scaled up, as the SDK's normalize_max_weight does (float
 * weights; reference values in its tests). All equal where the sum is 0 or
 * n * limit <= 1. In place. Weights are finite, none negative, here and
 * below.
 */
void weights_normalize_max(double *weights, size_t n, double limit);

/*
 * The SDK's process_weights_for_netuid: weights[i] is uid i's, of all n. Too
 * few above zero: everybody gets a little, where min_allowed asks for it;
 * else the smallest `exclude_quantile` (of 65535) are left out. In place;
 * those left out become 0.
 */
void weights_process(double *weights, size_t n, size_t min_allowed,
    double limit, uint16_t exclude_quantile);

/*
 * Fill a list of uids and values up to min(min_allowed, n_subnet) entries
 * with further uids below n_subnet, lowest first, at weight 0. Room for
 * n_subnet entries is the caller's. The new length.
 */
size_t weights_pad(uint16_t *uids, uint16_t *values, size_t n,
    size_t min_allowed, size_t n_subnet);

#endif

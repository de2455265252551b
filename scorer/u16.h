/*
 * Weights as the chain stores them: 16 bits, the largest 65535.
 *
 * Pure.
 */
#ifndef SCORER_U16_H
#define SCORER_U16_H

#include <stddef.h>
#include <stdint.h>

/*
 * out[i] = weights[i] / the largest x 65535, rounded half to even. -1, and
 * all 0, if a weight is negative or not finite, or none is positive.
 */
int u16_scale(const double *weights, size_t n, uint16_t *out);

#endif

/*
 * A weighted draw without replacement: Fenwick tree, O(log n) a draw, from a
 * 64-bit seed, so that the same weights and seed give the same winners.
 */
#ifndef ORCHESTRATOR_DRAW_H
#define ORCHESTRATOR_DRAW_H

#include <stddef.h>
#include <stdint.h>

struct draw;

/* Weights that are not finite or not above zero are never drawn. */
struct draw *draw_new(const double *weights, size_t n, uint64_t seed);
void draw_free(struct draw *); /* NULL is fine */

/* The next winner's index, now out; -1 if none is left. */
long draw_next(struct draw *);

#endif

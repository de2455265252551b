/*
 * A weighted draw without replacement: Fenwick tree, O(log n) a draw, from a
 * 64-bit seed, so that the same weights and seed give the same winners.
 */
#ifndef ORCHESTRATOR_DRAW_H
#define ORCHESTRATOR_DRAW_H

#include <stddef.h>
#include <stdint.h>

enum { DRAW_MAX_KEY = 128 }; /* bytes */

struct draw;

/* Weights that are not finite or not above zero are never drawn. */
struct draw *draw_new(const double *weights, size_t n, uint64_t seed);

/*
 * The same chances, but for a key and not for a seed: a key has its winners,
 * whoever else comes or goes, and as many keys are somebody's as its weight
 * says (weighted rendezvous hashing; Schindelhauer, Schomaker 2005). names[i]
 * is who weighs weights[i]. O(n) a draw.
 */
struct draw *draw_new_sticky(
    const double *weights, const char *const *names, size_t n, const char *key);
void draw_free(struct draw *); /* NULL is fine */

/* The next winner's index, now out; -1 if none is left. */
long draw_next(struct draw *);

#endif

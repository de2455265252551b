/*
 * A weighted draw without replacement, again and again from the same weights:
 * a Fenwick tree of whole numbers, O(log n) a draw and O(log n) for each drawn
 * one to be put back. The same weights and seed give the same winners on any
 * machine and after any number of draws before, since nothing is rounded.
 */
#ifndef ORCHESTRATOR_DRAW_H
#define ORCHESTRATOR_DRAW_H

#include <stddef.h>
#include <stdint.h>

enum { DRAW_MAX = 65536, DRAW_MAX_KEY = 128 /* bytes */ };

struct draw;

/*
 * Weights that are not finite or not above zero are never drawn. The heaviest
 * counts 2^40, the others in proportion, at least 1. At most DRAW_MAX of them.
 */
struct draw *draw_new(const double *weights, size_t n);
void draw_free(struct draw *); /* NULL is fine */

/* Everybody is in; what is drawn from here on follows from the seed. */
void draw_begin(struct draw *, uint64_t seed);

/*
 * The same chances, but for a key and not for a seed: a key has its winners,
 * whoever else comes or goes, and as many keys are somebody's as its weight
 * says (weighted rendezvous hashing; Schindelhauer, Schomaker 2005). names[i]
 * is who weighs weights[i]. O(n) to begin, O(n) a draw.
 */
void draw_begin_key(struct draw *, const char *const *names, const char *key);

/* The next winner's index, now out; -1 if none is left. */
long draw_next(struct draw *);

/* How likely it was, just before the last draw, that a seed drew this one;
 * and is, when everybody is in. */
double draw_chance(const struct draw *, size_t i);
double draw_share(const struct draw *, size_t i);

#endif

/*
 * What posts gained, for a round: read a page of claims at a time, folded by
 * scorer/growth.h as it comes, and kept as one record a post.
 */
#ifndef VALIDATOR_ROUNDS_GROWTH_H
#define VALIDATOR_ROUNDS_GROWTH_H

#include <stdint.h>

struct rounds_growth;
struct run;
struct store;

/* failed: the database did not answer, why. wrong: the rows are not in order
 * or no records of a round, why. Both NULL: it is done. */
typedef void rounds_growth_on_done(
    const char *failed, const char *wrong, void *arg);

/* The run must live until on_done has run, once, later; then this is gone.
 * block: of the round's snapshot; seen: what it could see; copied. */
struct rounds_growth *rounds_growth_start(struct store *, struct run *,
    int64_t block, const char *seen, rounds_growth_on_done *, void *arg);
/* Forget it, after store_clear(); NULL is fine. */
void rounds_growth_free(struct rounds_growth *);

#endif

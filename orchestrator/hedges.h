/*
 * Hedged attempts: a slow attempt gets a second one beside it, at another
 * miner. The first result ends the job; what is still open then is taken back
 * from its miner, at no cost to it.
 *
 * The instance that made an attempt looks after it, by its flight. What is
 * slow and what may be spent is in hedge.h; that only one is made, and only
 * while it is of use, is PostgreSQL's to decide (attempt_hedge.sql).
 */
#ifndef ORCHESTRATOR_HEDGES_H
#define ORCHESTRATOR_HEDGES_H

#include <libpq-fe.h>
#include <stdint.h>

#include "orchestrator/states.h"

struct flight;
struct hedges;
struct job;
struct orchestrator;

/* share: of the first attempts, that may be hedged; 0: none. least_ms: an
 * attempt is given so long in any case. */
struct hedges *hedges_new(
    struct orchestrator *, double share, int64_t least_ms);
void hedges_free(struct hedges *); /* NULL is fine */

/* A job was given to so many miners: it earns its part of a hedge, the first
 * time. */
void hedges_routed(struct hedges *, const struct job *, int attempts);

/* An attempt has left. One of a kind that is not hedged is left alone. */
void hedges_watch(struct hedges *, struct flight *);

/* An attempt has ended so, in a row with kind, miner_ms and is_hedge; before
 * its flight is removed. */
void hedges_over(struct hedges *, const char *attempt_id, enum attempt_state,
    const PGresult *, int row);

#endif

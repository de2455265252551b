/*
 * Claiming: queued jobs are taken from PostgreSQL when there is room for them
 * at the miners, in the order of their turns, and are routed.
 *
 * A new job that others wait before, or that finds every miner full, waits in
 * PostgreSQL with nobody's lease, and comes back by a claim: of this instance
 * or of another, whichever has room first.
 */
#ifndef ORCHESTRATOR_CLAIM_H
#define ORCHESTRATOR_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

struct claim;
struct job;
struct kind;
struct orchestrator;

struct claim *claim_new(struct orchestrator *);
void claim_free(struct claim *); /* NULL is fine */

/* Claim in so many ms, or sooner if that was asked already. */
void claim_in(struct claim *, int64_t ms);

/* There may be room that there was not: an attempt at a miner has ended here.
 * Claims if somebody is known to wait. */
void claim_room(struct claim *);

/* A message says that a job of this kind waits; or of any, if that is the name
 * of none. */
void claim_told(struct claim *, const char *kind);

/* Whether queued jobs of this kind are claimed now. */
bool claim_has_room(const struct claim *, const struct kind *);

/* Whether a new job of this kind has to wait behind others. */
bool claim_is_taken(const struct claim *, const struct kind *);

/*
 * A new job waits: note it when that is decided, so that no later one goes
 * before it, and say so when its row is committed, which tells the other
 * instances.
 */
void claim_note(struct claim *, const struct kind *);
void claim_queued(struct claim *, const char *job_id, const struct kind *);

/* A job that we hold found no miner free: it waits again. Not for one that
 * has been at a miner, which may be waiting for one of few: store_job_later,
 * so that it does not stand in the others' way. */
void claim_put_back(struct claim *, const struct job *);

#endif

/*
 * Who waits, as far as one instance knows: for each kind, whether jobs of it
 * are queued, so that a new one stands behind them and is not routed at once.
 * claim.c asks and tells. Pure.
 *
 * Somebody is taken to wait until a claim of that kind came back with less
 * than was asked for. A job that is put to wait while a claim is under way may
 * be one which that claim could not see: it is not forgotten by its answer.
 */
#ifndef ORCHESTRATOR_WAITING_H
#define ORCHESTRATOR_WAITING_H

#include <stdbool.h>
#include <stddef.h>

struct waiting;

/* Kinds go by their number, from 0. Until it is known, everybody waits. */
struct waiting *waiting_new(size_t n_kinds);
void waiting_free(struct waiting *); /* NULL is fine */

bool waiting_is(const struct waiting *, size_t kind);
bool waiting_any(const struct waiting *);

/* A job of that kind waits: no miner is free, or others wait before it. */
void waiting_note(struct waiting *, size_t kind);

/*
 * One claim at a time. It asks for jobs of a kind, for so many miners; jobs
 * come that want so many; and it is over, answered or not.
 */
void waiting_ask(struct waiting *, size_t kind, int miners);
void waiting_take(struct waiting *, size_t kind, int miners);
/* Whether there may be more of what was asked for. */
bool waiting_answer(struct waiting *, bool is_answered);

#endif

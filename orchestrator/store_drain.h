/*
 * The queries of an instance that is about to end.
 */
#ifndef ORCHESTRATOR_STORE_DRAIN_H
#define ORCHESTRATOR_STORE_DRAIN_H

#include "common/pg.h"

struct orchestrator;

/* Our queued jobs are nobody's; the answer has a row for each, with its id. */
void store_drain_hand_over(
    struct orchestrator *, pg_on_answer *on_answer, void *arg);
/* Attempts of our jobs that are under way: one row, column open. */
void store_drain_open(
    struct orchestrator *, pg_on_answer *on_answer, void *arg);

#endif

/*
 * What dashboards read, kept up to date: roll-ups of jobs and attempts, and
 * what draws of miners came to. On a connection of its own, as a roll-up of a
 * busy minute may take a while.
 *
 * Any number of instances may run: one at a time writes roll-ups down, and
 * whoever comes next goes on where it stopped. A dashboard's session that
 * keeps a transaction open for longer than its role may is ended here, should
 * it have told its session otherwise.
 */
#ifndef ORCHESTRATOR_ROLLUPS_H
#define ORCHESTRATOR_ROLLUPS_H

#include <stdint.h>

struct orchestrator;
struct rollups;

/* NULL if every_ms is 0: they are not kept here. */
struct rollups *rollups_new(
    struct orchestrator *, int64_t every_ms, int64_t keep_ms);
void rollups_free(struct rollups *); /* NULL is fine */

/* The router goes, or its table changes: what it counted is taken. NULL is
 * fine. */
void rollups_take(struct rollups *);

#endif

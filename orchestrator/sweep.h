/*
 * What is done by the clock: the sweep, which finds in PostgreSQL whatever no
 * message and no memory knows about any more.
 */
#ifndef ORCHESTRATOR_SWEEP_H
#define ORCHESTRATOR_SWEEP_H

#include <stdint.h>

struct orchestrator;
struct sweep;

/* sweep_ms 0: no sweep, for tests of what it is good for. */
struct sweep *sweep_new(struct orchestrator *, int64_t sweep_ms);
void sweep_free(struct sweep *); /* NULL is fine */

/* Bring the whole to work: the database is (again) there. */
void sweep_now(struct sweep *);

/* No attempt with an earlier deadline is open (open_from.h). */
int64_t sweep_attempts_from_us(const struct sweep *);

#endif

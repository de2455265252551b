/*
 * Jobs made by the clock: the schedules file is read, once the kinds are, and
 * what is due is fired. All instances look; a due time is fired by whichever
 * comes first, and what nobody fired in time is fired once, late.
 */
#ifndef ORCHESTRATOR_SCHEDULES_H
#define ORCHESTRATOR_SCHEDULES_H

#include <stdbool.h>

struct orchestrator;
struct schedules;

/* file: borrowed; "": there are none. */
struct schedules *schedules_new(struct orchestrator *, const char *file);
void schedules_free(struct schedules *); /* NULL is fine */

/* The kinds are known: read the file. A bad one is looked at again until it is
 * put right. */
void schedules_start(struct schedules *);

/* The file is good, and in the database. */
bool schedules_are_read(const struct schedules *);

#endif

/*
 * The table schedule: the part of the store that schedules.c works with.
 */
#ifndef ORCHESTRATOR_STORE_SCHEDULES_H
#define ORCHESTRATOR_STORE_SCHEDULES_H

#include <jansson.h>
#include <stdint.h>

#include "common/pg.h"

struct orchestrator;

/* Take over what schedule_rows made of the file. */
void store_schedule_seed(
    struct orchestrator *, const char *rows, pg_on_answer *, void *arg);
void store_schedule_list(struct orchestrator *, pg_on_answer *, void *arg);

/* When it is due for the first time; 0: never. */
void store_schedule_plan(
    struct orchestrator *, const char *name, int64_t next_us);

/* due: an array of {"name", "due_us", "next_us" (null: never), "job"}. The
 * answer has a row for each that nobody else has fired. */
void store_schedule_fire(struct orchestrator *, const json_t *due,
    int64_t now_us, pg_on_answer *, void *arg);

#endif

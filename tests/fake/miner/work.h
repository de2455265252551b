/*
 * The work itself: fetch what there is to fetch, run what there is to run,
 * fill in the outcome, call job_worked().
 */
#ifndef MINER_WORK_H
#define MINER_WORK_H

#include <jansson.h>

#include "tests/fake/miner/miner.h"

struct job;

/* Names of the files a job may leave in its directory; ends with NULL. */
extern const char *const work_files[];

/* NULL, or what is wrong with a request for this task. */
const char *work_check(enum task, const json_t *body);

void work_start(struct job *);

/* It went wrong: error, a constant text, is what the miner will say. */
void work_fail(struct job *, const char *error, const char *detail);

#endif

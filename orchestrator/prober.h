/*
 * Asking miners what they take: GET /capacity, signed, as Dippy's miners
 * know it. What they say, or that they say nothing, goes into table miner.
 */
#ifndef ORCHESTRATOR_PROBER_H
#define ORCHESTRATOR_PROBER_H

#include <stdint.h>

struct orchestrator;

/* Ask those who were last asked before that time. */
void prober_run(struct orchestrator *, int64_t before_us);

#endif

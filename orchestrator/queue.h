/*
 * A job's place among those of its tenant that wait. Pure. Which tenant's turn
 * it is: sql/queries/job_claim.sql.
 *
 * It is fixed at its birth: earlier by so much for each point of priority.
 * Priorities age by that, without anybody counting: a job goes before one of
 * higher priority that came long enough after it.
 */
#ifndef ORCHESTRATOR_QUEUE_H
#define ORCHESTRATOR_QUEUE_H

#include <stdint.h>

/* Wall, in us; the lowest is claimed first. ageing_ms: what a point is worth.
 */
int64_t queue_rank_us(int64_t created_us, int priority, int64_t ageing_ms);

#endif

/*
 * How things stand, as gauges of /metrics: jobs that wait, miners, the disk;
 * and of PostgreSQL what keeps it from cleaning up, its size and its clock.
 *
 * Looked at by the clock; PostgreSQL is asked on the connection that nothing
 * waits for, at a pace (pace.h). Every instance shows the same of what is
 * there.
 */
#ifndef ORCHESTRATOR_GAUGES_H
#define ORCHESTRATOR_GAUGES_H

struct gauges;
struct orchestrator;

struct gauges *gauges_new(struct orchestrator *);
void gauges_free(struct gauges *); /* NULL is fine */

#endif

/*
 * The header traceparent (W3C Trace Context, level 1), by which what a client
 * does can be followed through us to the miners. Pure.
 *
 * A client's own is kept with the job, as version 00 and as sampled; a job
 * without has one that is derived from its id. What gives the job to a miner
 * carries it, whoever ordered the job.
 */
#ifndef ORCHESTRATOR_TRACE_H
#define ORCHESTRATOR_TRACE_H

struct secrets;

enum { TRACE_TEXT = 56 }; /* with the NUL */

/* A valid header as we keep it; "" if it is none. given may be NULL. */
void trace_take(const char *given, char out[TRACE_TEXT]);

/* The one of a job that has none: the same at every instance. */
void trace_make(
    const struct secrets *, const char *job_id, char out[TRACE_TEXT]);

#endif

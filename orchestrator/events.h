/*
 * Which of a job's events a listener has been told. Pure.
 *
 * Events are what a job's rows say (job_events.sql): each is one mark, a
 * letter, of the job or of one of its attempts. Rows are written by several
 * instances, each by its own clock, so that an event may be seen behind a
 * later one: no time says where a listener has got to. What was told does, and
 * it is the id of an event: the marks of the job, and of each attempt, by the
 * end of its id, in the order in which it was first told of:
 *
 *   qgr.1f3a9c02sae.07bb51d0s
 *
 * So whoever comes back with the last id that he saw, at whichever instance,
 * is told all of the others and none twice.
 */
#ifndef ORCHESTRATOR_EVENTS_H
#define ORCHESTRATOR_EVENTS_H

#include <stdbool.h>

struct buf;

enum { EVENTS_MAX_ID = 8192 }; /* bytes */

/* Whether a text is such an id; "" is: nothing was told. */
bool events_is_id(const char *id);

/* attempt NULL: a mark of the job itself. */
bool events_is_told(const char *id, const char *attempt, char mark);

/* id and one mark more; out is emptied first. id may not be out's text. */
void events_tell(
    struct buf *out, const char *id, const char *attempt, char mark);

#endif

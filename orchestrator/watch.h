/*
 * Be told when a job changes: it, or one of its attempts, has another state.
 *
 * What happens at this instance is told at once; what happens at another, by
 * a message, if there is one, and else within a second: the rows are looked
 * at, all that are due in one statement, soon after something was heard of a
 * job and ever more seldom while nothing is.
 */
#ifndef ORCHESTRATOR_WATCH_H
#define ORCHESTRATOR_WATCH_H

#include "orchestrator/states.h"

struct orchestrator;
struct watch;
struct watches;

struct watches *watches_new(struct orchestrator *);
void watches_free(struct watches *); /* tells nobody; NULL is fine */

/* Something may have changed. */
void watches_hint(struct watches *, const char *job_id);

/* There is no such job; else an enum job_state. */
enum { WATCH_NO_JOB = -1 };

/* Told of what is there soon, and of each change, until it is freed, which
 * on_change may do. Never inside watch_new. */
typedef void watch_on_change(int state, void *arg);
struct watch *watch_new(
    struct watches *, const char *job_id, watch_on_change *, void *arg);
void watch_free(struct watch *); /* NULL is fine */

#endif

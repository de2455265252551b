/*
 * Since when the oldest snapshot in PostgreSQL is held. Who may not see others'
 * transactions sees their snapshots all the same, but not their age: then it
 * counts from our first sight of it. Pure.
 */
#ifndef ORCHESTRATOR_HELD_H
#define ORCHESTRATOR_HELD_H

#include <stdint.h>

struct held {
	char xmin[24]; /* the oldest, when it was looked for last; "": none */
	int64_t seen_us;
};

/* What was found: xmin "" if there is none, since_us 0 if that is not known.
 * Since when it is held, in the time of now_us; 0: none is. */
int64_t held_since(
    struct held *, const char *xmin, int64_t since_us, int64_t now_us);

#endif

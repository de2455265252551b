/*
 * How often the database is asked what may take it long, as it cannot clean
 * up what an old snapshot could see: it works on that for one part of so many
 * of the time, and no more. Times are of one clock, in microseconds.
 */
#ifndef ORCHESTRATOR_PACE_H
#define ORCHESTRATOR_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_DUE = 30, PACE_WHOLE = 120 }; /* what time is over; all */

struct pace {
	int parts;
	bool is_asked;
	int64_t asked_us, next_us;
};

bool pace_is_over(const struct pace *, int64_t now_us); /* it may be asked */
void pace_asked(struct pace *, int64_t now_us);
void pace_answered(struct pace *, int64_t now_us);
/* It came to nothing. How long that took says little of the database, which may
 * have been away: the next one waits for as long again. */
void pace_failed(struct pace *, int64_t now_us);

#endif

/*
 * From which deadline on something can be open. What is open is found by an
 * index of deadlines, in which an old snapshot keeps all that was open since:
 * a look that begins where nothing before is open reads none of it twice.
 * Wall times in microseconds; 0: from the beginning.
 */
#ifndef ORCHESTRATOR_OPEN_FROM_H
#define ORCHESTRATOR_OPEN_FROM_H

#include <stdint.h>

struct open_from {
	int64_t attempt_us, job_us;
	int64_t whole_us; /* when it was looked from the beginning */
};

/* Before a look. Now and then it is from the beginning: should something have
 * come to be open with a deadline that lay behind. */
void open_from_begin(struct open_from *, int64_t now_us);

/* The earliest deadlines before now that a look found open; 0: none. */
void open_from_found(
    struct open_from *, int64_t attempt_us, int64_t job_us, int64_t now_us);

#endif

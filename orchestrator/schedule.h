/*
 * Schedules: jobs that we make ourselves, by the clock. From the file to the
 * rows of table schedule, and from a row to when it fires next. Pure.
 *
 *   {"name": {"cron": "0,30 * * * *", "jitter_s"?, and a job's fields as a
 *   client sends them: "kind", "params", "miners"?, "deadline_ms"?,
 *   "priority"?, "sticky"?, "expect"?}}
 *
 * Kinds that work on a file cannot be scheduled.
 */
#ifndef ORCHESTRATOR_SCHEDULE_H
#define ORCHESTRATOR_SCHEDULE_H

#include <stdint.h>

struct err;
struct kinds;

/* What rows are made for. */
struct schedule_place {
	const struct kinds *kinds;
	int netuid;
	int64_t ageing_ms; /* that a point of priority is worth */
	int64_t now_us;	   /* wall */
};

/* The file's text as rows for sql_schedule_seed; the caller frees. NULL and
 * the reason, naming schedule and field, if it is bad. */
char *schedule_rows(
    const char *text, const struct schedule_place *, struct err *);

/* When it fires first after that time, jitter included; -1 if never, or if
 * the text is malformed, and why. */
int64_t schedule_next(const char *name, const char *cron, int64_t jitter_ms,
    int64_t after_us, struct err *);

#endif

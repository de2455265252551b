/*
 * When a schedule is due: the five fields of a crontab's line, in UTC, or how
 * often. Pure.
 *
 *   minute 0-59, hour 0-23, day 1-31, month 1-12 (jan), weekday 0-7 (sun; 0
 *   and 7 are Sunday); each *, a value, a range 1-5, either with a step
 *   (star or range)/2, or a list of these, separated by commas
 *   @hourly @daily @weekly @monthly
 *   @every 90s (s, m, h): the times since 1970 that are multiples of it
 *
 * Of day and weekday, if neither begins with a star, either will do.
 */
#ifndef ORCHESTRATOR_CRON_H
#define ORCHESTRATOR_CRON_H

#include <stdbool.h>
#include <stdint.h>

struct err;

enum cron_field {
	CRON_MINUTE,
	CRON_HOUR,
	CRON_DAY,
	CRON_MONTH,
	CRON_WEEKDAY,
	N_CRON_FIELDS,
};

struct cron {
	int64_t every_us;	      /* 0: by the fields */
	uint64_t sets[N_CRON_FIELDS]; /* bit n: n is in it */
	bool is_either;		      /* day or weekday will do */
};

/* -1 and the reason, naming the field, if it is malformed. */
int cron_parse(const char *text, struct cron *, struct err *);

/* The first time after that one (wall, us, from 1970 to 9999), or -1 if there
 * is none within eight years: 31 February. */
int64_t cron_next(const struct cron *, int64_t after_us);

/* How much later than due a schedule of that name fires: 0 to most_ms, the
 * same for all who ask. In us. */
int64_t cron_jitter_us(const char *name, int64_t due_us, int64_t most_ms);

#endif

/*
 * Dates as services write them (ISO 8601, RFC 3339): "2026-01-31T10:00:00Z".
 *
 * Pure. A fraction may follow the seconds, and Z or +hh:mm that; without
 * either it is UTC, as Python writes it. A blank may stand for the T, and a
 * day alone is its midnight.
 */
#ifndef VALIDATOR_WATCH_DATE_H
#define VALIDATOR_WATCH_DATE_H

#include <stdint.h>

/* Microseconds since 1970. 0, or -1 if it is no date of 1970 to 9999. */
int watch_date(const char *text, int64_t *us);

#endif

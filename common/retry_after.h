/*
 * The Retry-After header (RFC 9110 section 10.2.3): seconds, or a date.
 *
 * Pure.
 */
#ifndef COMMON_RETRY_AFTER_H
#define COMMON_RETRY_AFTER_H

#include <stdint.h>

enum { RETRY_AFTER_MOST_MS = 600000 };

/* How long to wait, 0 to RETRY_AFTER_MOST_MS; -1 if the value says nothing,
 * or is empty. */
int64_t retry_after_ms(const char *value, int64_t now_wall_ms);

#endif

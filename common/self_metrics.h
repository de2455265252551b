/*
 * What every daemon counts about itself: whether it is ready, what it has
 * logged, and what it takes of the machine, the latter by the names that
 * Prometheus' own clients use.
 *
 * Read when /metrics is asked for, from /proc/self. What cannot be read there
 * is left out.
 */
#ifndef COMMON_SELF_METRICS_H
#define COMMON_SELF_METRICS_H

#include <stdbool.h>
#include <stdint.h>

struct metrics;
struct self_metrics;

struct self_metrics *self_metrics_new(struct metrics *, int64_t started_us);
void self_metrics_free(struct self_metrics *); /* NULL is fine */

void self_metrics_read(struct self_metrics *, bool is_ready);
/* The configuration was read again, and taken over or not. */
void self_metrics_reloaded(struct self_metrics *, bool is_refused);

#endif

/*
 * Counters, gauges and histograms in Prometheus' text format.
 *
 * A series is made once, at start, and updated through its handle. Labels are
 * given as they will stand between the braces: "kind=\"audio.speak\"".
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

struct buf;
struct metric;
struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *);

/* The same (name, labels) gives the same series. labels may be NULL. */
struct metric *metrics_counter(
    struct metrics *, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(
    struct metrics *, const char *name, const char *labels, const char *help);
/* Seconds, in log-linear buckets from 1 ms to 1000 s. */
struct metric *metrics_histogram(
    struct metrics *, const char *name, const char *labels, const char *help);

void metric_add(struct metric *, double);
void metric_set(struct metric *, double);
void metric_observe(struct metric *, double seconds);

void metrics_print(const struct metrics *, struct buf *);

#endif

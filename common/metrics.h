/*
 * Counters, gauges and histograms in Prometheus' text format.
 *
 * A series is made once, at start, and updated through its handle. Labels are
 * given as they will stand between the braces: "kind=\"audio.speak\"".
 *
 * What is not known is not printed: a gauge that is NaN, and an age before it
 * was told since when. So nobody takes a first 0 for good news.
 */
#ifndef COMMON_METRICS_H
#define COMMON_METRICS_H

#include <stdint.h>

struct buf;
struct metric;
struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *);

/* name="value" for labels, the value escaped; the caller frees. */
char *metrics_label(const char *name, const char *value);

/* The same (name, labels) gives the same series. labels may be NULL. */
struct metric *metrics_counter(
    struct metrics *, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(
    struct metrics *, const char *name, const char *labels, const char *help);
/* A gauge of the seconds since a moment, as they are when it is printed. */
struct metric *metrics_age(
    struct metrics *, const char *name, const char *labels, const char *help);
/* Seconds, in log-linear buckets from 0.1 ms to 1000 s. */
struct metric *metrics_histogram(
    struct metrics *, const char *name, const char *labels, const char *help);

void metric_add(struct metric *, double);
void metric_set(struct metric *, double);
void metric_observe(struct metric *, double seconds);
/* Of an age: since then; 0: there is nothing that grows old, its age is 0. */
void metric_since(struct metric *, int64_t wall_us);

void metrics_print(const struct metrics *, int64_t now_us, struct buf *);

#endif

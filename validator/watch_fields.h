/*
 * The fields of sound answers, for watch_answer.c only.
 *
 * Pure. Each reads one JSON object: 0, or -1 and what is wrong with it. What
 * is not said stays unknown; what is said must be what it should be.
 */
#ifndef VALIDATOR_WATCH_FIELDS_H
#define VALIDATOR_WATCH_FIELDS_H

#include "validator/watch_answer.h"

struct json_t;

int watch_read_metrics(const char *platform, const struct json_t *,
    struct watch_metrics *, struct err *);
int watch_read_detection(
    const struct json_t *, struct watch_detection *, struct err *);
int watch_read_verdict(
    const struct json_t *, struct watch_verdict *, struct err *);
int watch_read_audience(
    const struct json_t *, struct watch_audience *, struct err *);

/* What they hold is freed. Also after a failure. */
void watch_metrics_clear(struct watch_metrics *);
void watch_audience_clear(struct watch_audience *);

#endif

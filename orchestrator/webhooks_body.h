/*
 * The body of a webhook: {"type", "timestamp", "data"}, at most
 * WEBHOOKS_MAX_BODY bytes. Pure.
 *
 * data is the job as GET /v1/jobs/{id} shows it. What does not fit is left
 * out, largest and least needed first, and named in data.left_out; the
 * receiver can ask for the job.
 */
#ifndef ORCHESTRATOR_WEBHOOKS_BODY_H
#define ORCHESTRATOR_WEBHOOKS_BODY_H

#include <jansson.h>
#include <stdint.h>

enum { WEBHOOKS_MAX_BODY = 20000 };

/* at_us: when it happened (wall). more: an object whose members stand beside
 * those three, or NULL. data may be changed. The caller frees. */
char *webhooks_body(
    const char *event, int64_t at_us, json_t *data, json_t *more);

#endif

/*
 * What Dippy's orchestrator tells the webhook of POST /listen/remote, from
 * a job as the API shows it. Pure.
 *
 *   {"job_id", "status": "completed" | "failed", "completed_at", "error"?,
 *    "total_runtime_ms"?, "latency_ms"?, "image_url"?}
 */
#ifndef ORCHESTRATOR_DIPPY_TOLD_H
#define ORCHESTRATOR_DIPPY_TOLD_H

#include <jansson.h>

/* image_url: where its picture is, if it has one. The caller decrefs. */
json_t *dippy_told(const json_t *job, const char *image_url);

#endif

/*
 * A URL by which whoever has it may see a job's picture, without a key, for
 * a while. GET /v1/images/results/{id} answers it (openai_images.h).
 */
#ifndef ORCHESTRATOR_RESULT_URL_H
#define ORCHESTRATOR_RESULT_URL_H

#include <stdint.h>

struct orchestrator;

/* until_s: wall. The caller frees. */
char *result_url(
    const struct orchestrator *, const char *job_id, int64_t until_s);

#endif

/*
 * The kinds of job as clients need to know them, and the voices.
 */
#ifndef ORCHESTRATOR_V1_KINDS_H
#define ORCHESTRATOR_V1_KINDS_H

#include <jansson.h>

struct http_req;
struct kind;
struct kinds;

void v1_kind_list(struct http_req *, void *orchestrator);
void v1_kind_show(struct http_req *, void *orchestrator);
void v1_voices(struct http_req *, void *orchestrator);

/* The same as JSON, which the caller decrefs. Pure. */
json_t *v1_kind_json(const struct kind *);
json_t *v1_voices_json(const struct kinds *);

#endif

/*
 * Pictures within an answer, as base64 in JSON: read, written and sent a piece
 * at a time, as quickly as the client takes them.
 *
 *   {"created", "output_format", "data": [{"b64_json"}, ..]}
 */
#ifndef ORCHESTRATOR_OPENAI_PICTURES_H
#define ORCHESTRATOR_OPENAI_PICTURES_H

#include <stdint.h>

struct event_base;
struct http_req;
struct openai_pictures;

/* type: of the pictures, "image/png". */
struct openai_pictures *openai_pictures_new(
    struct event_base *, int64_t created_s, const char *type);
/* fd is taken; OPENAI_MAX_JOBS at most. */
void openai_pictures_add(struct openai_pictures *, int fd);
/* Answers the request, in time, and is freed then. */
void openai_pictures_send(struct openai_pictures *, struct http_req *);

#endif

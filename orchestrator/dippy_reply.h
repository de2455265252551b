/*
 * Answers as Dippy's clients know them: {"detail": ..}, a sentence, or a list
 * of what is wrong with a body.
 */
#ifndef ORCHESTRATOR_DIPPY_REPLY_H
#define ORCHESTRATOR_DIPPY_REPLY_H

#include <jansson.h>

struct http_req;

void dippy_detail(struct http_req *, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* 422: one fault of a body or query: [{"type", "loc", "msg", "input"}].
 * input is borrowed, NULL for none. */
void dippy_invalid(struct http_req *, const char *type, const char *where,
    const char *field, const char *msg, const json_t *input);

/* The JSON as the answer; takes it. */
void dippy_json(struct http_req *, int status, json_t *);

#endif

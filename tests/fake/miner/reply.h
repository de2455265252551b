/*
 * Answers in the form Dippy's miners give them.
 */
#ifndef MINER_REPLY_H
#define MINER_REPLY_H

#include <jansson.h>

struct http_req;

/* Takes over the reference of body. */
void reply_json(struct http_req *, int status, json_t *body);

/* {"detail": text} */
void reply_detail(struct http_req *, int status, const char *text);

#endif

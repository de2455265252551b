/*
 * The services' routes, and what their modes make of a request.
 */
#ifndef TESTS_WATCH_DESKS_H
#define TESTS_WATCH_DESKS_H

#include <jansson.h>

struct http_req;

/* Handlers; arg is the world. */
void desk_post_metrics(struct http_req *, void *world);
void desk_get_metrics(struct http_req *, void *world);
void desk_query_metrics(struct http_req *, void *world);
void desk_detect(struct http_req *, void *world);
void desk_moderate(struct http_req *, void *world);
void desk_followers(struct http_req *, void *world);
void desk_gist(struct http_req *, void *world);
void desk_health(struct http_req *, void *world);
void desk_platforms(struct http_req *, void *world);

/* Answer with JSON, which is taken; with {"detail": word}. */
void desk_reply(struct http_req *, int status, json_t *);
void desk_refuse(struct http_req *, int status, const char *word);
/* The body as JSON, the caller's; NULL if it is none. */
json_t *desk_body(struct http_req *);

#endif

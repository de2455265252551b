/*
 * {"detail": sentence}: a refusal as the upstreams' clients know it. Who is
 * refused with 503 is told to come again in a second, as everywhere.
 */
#ifndef ORCHESTRATOR_DETAIL_H
#define ORCHESTRATOR_DETAIL_H

#include <jansson.h>
#include <stdarg.h>

struct http_req;

/* The body for that status; headers are set. The caller decrefs. */
json_t *detail_body(struct http_req *, int status, const char *fmt, va_list);

#endif

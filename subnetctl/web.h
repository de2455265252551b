/*
 * HTTP for doctor: synchronous, on libcurl, bounded in time and size.
 */
#ifndef SUBNETCTL_WEB_H
#define SUBNETCTL_WEB_H

#include <jansson.h>

struct err;

enum { WEB_MAX_ANSWER = 1024 * 1024, WEB_TIMEOUT_MS = 10000 };

/* The JSON of a 200; the caller's to decref. NULL, and why. */
json_t *web_get(const char *url, struct err *);

/* JSON-RPC 2.0; params is taken. The result; NULL, and why. */
json_t *web_call(
    const char *url, const char *method, json_t *params, struct err *);

#endif

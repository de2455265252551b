/*
 * HTTP and JSON-RPC for doctor and for proofs: synchronous, on libcurl,
 * bounded in time and size.
 */
#ifndef SUBNETCTL_WEB_H
#define SUBNETCTL_WEB_H

#include <jansson.h>

struct err;

enum { WEB_MAX_ANSWER = 4 * 1024 * 1024, WEB_TIMEOUT_MS = 10000 };

/* The JSON of a 200; the caller's to decref. NULL, and why. */
json_t *web_get(const char *url, struct err *);

/* "wss://host" -> "https://host": nodes answer HTTP on the same port. The
 * caller frees. */
char *web_http_url(const char *endpoint);

/* JSON-RPC 2.0; params is taken. The result; NULL, and why. */
json_t *web_call(
    const char *url, const char *method, json_t *params, struct err *);

#endif

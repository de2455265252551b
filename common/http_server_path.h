/*
 * Request targets: splitting, strict decoding, and matching with routes.
 *
 * Pure. For http_server_parse.c and http_server_req.c.
 */
#ifndef COMMON_HTTP_SERVER_PATH_H
#define COMMON_HTTP_SERVER_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct http_fault;
struct http_header;

enum { HTTP_MAX_PARAMS = 8 };

/* One {name} of a route, as places: in the pattern and in the path. */
struct http_param {
	const char *name;
	size_t name_len;
	size_t at; /* in the path */
};

/*
 * Split and decode in place: *path begins with '/' and holds no empty, "."
 * or ".." segment, no NUL, no control character and no encoded slash;
 * *query is not decoded yet, but known to be decodable, or NULL. Both are
 * UTF-8, decoded. host is what the Host header says, or NULL.
 */
const struct http_fault *http_path_split(
    char *target, const char *host, char **path, char **query);

/* The pairs of a query, decoded in place; the caller frees the array. */
struct http_header *http_path_query(char *query, size_t *n);

/* "/v1/jobs/{id}" matches any one segment that is not empty. */
bool http_path_match(const char *pattern, const char *path,
    struct http_param params[HTTP_MAX_PARAMS], size_t *n);

#endif

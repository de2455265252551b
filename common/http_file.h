/*
 * A file as an answer, in the stretch that its request asks for: 200, 206,
 * 304 or 416, with Accept-Ranges, and its hash as ETag. HEAD, too.
 */
#ifndef COMMON_HTTP_FILE_H
#define COMMON_HTTP_FILE_H

#include <stdint.h>

#include "common/http_range.h"

struct http_req;

/* What the request asks for of a file with that hash and length. */
struct http_range http_file_range(
    const struct http_req *, const char *sha256, uint64_t bytes);

/* The headers that go with it. Then either answer 304 and 416 yourself by
 * http_file_refuse, or send the bytes. */
void http_file_headers(struct http_req *, const struct http_range *,
    const char *sha256, uint64_t bytes);
/* Of 304 and 416; the request is gone. */
void http_file_refuse(
    struct http_req *, const struct http_range *, uint64_t bytes);

/* All of it; fd is closed. */
void http_file_reply(struct http_req *, const char *content_type,
    const char *sha256, int fd, uint64_t bytes);

#endif

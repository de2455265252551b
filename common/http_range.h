/*
 * Which bytes of a file a request asks for (RFC 9110, sections 13 and 14):
 * Range with one range, If-Range and If-None-Match with a strong entity tag.
 * Several ranges, and what cannot be read, are answered with the whole file,
 * as the standard allows. Pure.
 */
#ifndef COMMON_HTTP_RANGE_H
#define COMMON_HTTP_RANGE_H

#include <stdint.h>

enum http_range_answer {
	HTTP_RANGE_WHOLE,	 /* 200 */
	HTTP_RANGE_PART,	 /* 206 */
	HTTP_RANGE_NOT_MODIFIED, /* 304 */
	HTTP_RANGE_OUTSIDE,	 /* 416 */
};

struct http_range {
	enum http_range_answer answer;
	uint64_t offset, len; /* of WHOLE and PART */
};

/* The headers' values, NULL if absent. etag has its quotes. */
struct http_range http_range_of(const char *range, const char *if_range,
    const char *if_none_match, const char *etag, uint64_t bytes);

#endif

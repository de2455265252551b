/*
 * What a request must look like before libhttp-parser may see it.
 *
 * The parser packaged by Debian is the lenient build: it takes bare LF,
 * folded headers, a blank in front of the colon, any version, odd ends of
 * chunks. Each line therefore passes here first, and the parser only ever
 * reads lines that have one meaning.
 *
 * Pure. For http_server_parse.c.
 */
#ifndef COMMON_HTTP_SERVER_GUARD_H
#define COMMON_HTTP_SERVER_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a request is refused; constant. */
struct http_fault {
	int status;
	const char *code;
	const char *detail;
};

extern const struct http_fault http_fault_bare_lf;
extern const struct http_fault http_fault_long_head;
extern const struct http_fault http_fault_large_body;

struct http_header {
	const char *name;
	const char *value; /* without blanks around it */
};

/*
 * Find the end of the line at the front of p: *len is its length without
 * CRLF. 1: found, 0: more bytes are needed, -1: it ends in a bare LF.
 */
int http_guard_line(const char *p, size_t n, size_t *len);

/* Each is NULL if all is well. Lines come without their CRLF. */
const struct http_fault *http_guard_first_byte(char);
const struct http_fault *http_guard_request_line(const char *, size_t);
const struct http_fault *http_guard_header_line(const char *, size_t);
const struct http_fault *http_guard_trailer_line(const char *, size_t);
const struct http_fault *http_guard_chunk_line(const char *, size_t);

/* The headers as a whole: Host, framing, Expect, what may come only once. */
const struct http_fault *http_guard_headers(
    const struct http_header *, size_t n, bool is_http_1_0);

/* A token of RFC 9110. */
bool http_guard_is_token(const char *, size_t);

#endif

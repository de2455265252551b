/*
 * multipart/form-data (RFC 7578), streaming: parts are handed on as their
 * bytes arrive, nothing is gathered here, and everything is bounded.
 *
 * Pure: feed it bytes in pieces of any size; it calls back.
 */
#ifndef COMMON_MULTIPART_H
#define COMMON_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct multipart;

struct multipart_part {
	const char *name;	  /* of Content-Disposition; never NULL */
	const char *filename;	  /* NULL if none */
	const char *content_type; /* "text/plain" if none */
};

/* Each may return -1 to stop with an error of its own making. */
struct multipart_events {
	int (*on_part)(const struct multipart_part *, void *arg);
	int (*on_data)(const void *, size_t, void *arg);
	int (*on_part_end)(void *arg);
};

enum { MULTIPART_MAX_HEADER = 4096, MULTIPART_MAX_PARTS = 64 };

/* content_type is the request's header. NULL if it is not multipart/form-data
 * with a boundary of 1 to 70 allowed characters. */
struct multipart *multipart_new(const char *content_type,
    const struct multipart_events *, void *arg, struct err *);
void multipart_free(struct multipart *);

/* 0, or -1: malformed, a limit, or a callback's refusal; then feed no more. */
int multipart_feed(struct multipart *, const void *, size_t, struct err *);
/* 0 if the closing boundary has been seen, else -1. */
int multipart_finish(struct multipart *, struct err *);

#endif

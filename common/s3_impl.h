/*
 * The insides of the S3 client, for its own files only:
 *   s3.c       its life; what takes one request
 *   s3_call.c  one request, tried again
 *   s3_put.c   a file put, in parts if it is large
 * s3_sign, s3_place and s3_xml are pure, and have headers of their own.
 */
#ifndef COMMON_S3_IMPL_H
#define COMMON_S3_IMPL_H

#include <sys/queue.h>

#include "common/backoff.h"
#include "common/s3.h"
#include "common/s3_place.h"
#include "common/s3_sign.h"

struct event;
struct http_answer;
struct http_call;
struct http_client;
struct s3_upload;

enum {
	S3_MAX_TRIES = 7,
	S3_MAX_ANSWER = 65536, /* bytes of XML */
	S3_STALL_S = 30,
	S3_LEAST_S = 60,	    /* a request's deadline, and */
	S3_LEAST_RATE = 256 * 1024, /* so many bytes a second */
	S3_MOST_S = 6 * 3600,
	S3_AT_ONCE = 4, /* parts of one file */
};

/* One request; strings are copied. */
struct s3_ask {
	const char *method, *key;
	struct s3_pair query[2];
	size_t n_query;
	const char *payload; /* NULL: that of no body */
	const void *body;
	size_t body_len;
	bool from_file;
	int fd;
	uint64_t offset, len; /* of the file, or of what is got */
	bool is_get;	      /* and handed on by on_data */
};

/* How it ended at last. */
struct s3_answer {
	int status;	     /* 0: none */
	char code[64];	     /* of an error; "" */
	uint64_t got, total; /* of a get: handed on; the whole object */
	const char *why;
	const struct http_answer *http; /* NULL: it did not come so far */
};

struct s3_call {
	LIST_ENTRY(s3_call) link;
	struct s3 *s3;
	struct s3_ask ask;
	char *path, *body;
	char values[2][S3_MAX_KEY]; /* of the query */
	char payload[80];
	struct http_call *http;
	struct event *timer; /* until the next try */
	struct backoff backoff;
	int64_t deadline_us;
	uint64_t got, total; /* bytes handed on; of the whole object */
	char etag[128];	     /* of the object being got */
	bool is_broken;	     /* what came does not follow on what came before */
	bool is_paused;
	void (*on_data)(const void *, size_t, void *);
	void (*on_done)(const struct s3_answer *, void *);
	void *arg;
};

struct s3_op {
	LIST_ENTRY(s3_op) link;
	struct s3 *s3;
	struct s3_call *call;	  /* of one request */
	struct s3_upload *upload; /* of a file */
	bool is_removal;
	void (*on_data)(const void *, size_t, void *);
	s3_on_done *on_done;
	void *arg;
};

struct s3 {
	struct event_base *base;
	struct http_client *client;
	struct s3_place place;
	struct s3_keys keys;
	char *region, *id, *secret;
	uint64_t part_above, part_bytes;
	int64_t retry_ms;
	LIST_HEAD(, s3_call) calls;
	LIST_HEAD(, s3_op) ops;
};

/* s3_call.c: on_done once, later, never after the cancel. */
struct s3_call *s3_call_start(struct s3 *, const struct s3_ask *,
    void (*on_data)(const void *, size_t, void *),
    void (*on_done)(const struct s3_answer *, void *), void *arg);
void s3_call_cancel(struct s3_call *); /* NULL is fine */

/* s3.c */
struct s3_op *s3_op_new(struct s3 *, s3_on_done *, void *arg);
/* Tell, and free it. */
void s3_op_end(
    struct s3_op *, enum s3_outcome, uint64_t bytes, const char *why);

/* s3_put.c */
void s3_upload_cancel(struct s3_upload *); /* NULL is fine */

#endif

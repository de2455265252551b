/*
 * Objects in S3-compatible storage (Amazon S3, Cloudflare R2, Google Cloud
 * Storage by its S3 interface, MinIO): put, read, looked for, removed.
 *
 * Nothing is held in memory but what is on its way: a put reads its file, a
 * large one in parts, some at a time; a get hands its bytes on as they come.
 * What fails for a while (5xx, SlowDown, a connection that breaks) is tried
 * again, with growing waits; a get that breaks off goes on where it was.
 * Everything has a deadline by its size. What the storage says is believed
 * only as far as a status, a length and an error's Code go.
 *
 * The endpoint comes from our own configuration, so that it may be private.
 */
#ifndef COMMON_S3_H
#define COMMON_S3_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct s3;
struct s3_op;

struct s3_options {
	const char *store;    /* "s3://bucket/prefix" */
	const char *endpoint; /* "https://host"; "": Amazon's */
	const char *region;   /* "us-east-1"; "auto" for R2 */
	const char *key_id, *secret;
	bool path_style;     /* see s3_place.h */
	uint64_t part_above; /* larger files go in parts; 0: 64 MiB */
	uint64_t part_bytes; /* 0: 16 MiB */
	int64_t retry_ms;    /* the first wait; 0: 200 ms */
};

struct s3 *s3_new(struct event_base *, const struct s3_options *, struct err *);
void s3_free(struct s3 *); /* calls nobody back; NULL is fine */

enum s3_outcome {
	S3_DONE,
	S3_MISSING, /* there is no such object */
	S3_FAILED,  /* refused, or out of reach for too long: see why */
};

struct s3_result {
	enum s3_outcome outcome;
	uint64_t bytes;	 /* of the whole object, of get and head */
	const char *why; /* a sentence for the log */
};

/*
 * Each calls on_done once, later, never after its s3_cancel; the operation is
 * gone once it has returned. A key has letters, digits, "/", ".", "-", "_"
 * or whatever; it is encoded.
 */
typedef void s3_on_done(const struct s3_result *, void *arg);

/* The whole of a file of so many bytes, with that hash in hex. fd is borrowed
 * until on_done or s3_cancel. */
struct s3_op *s3_put(struct s3 *, const char *key, int fd, uint64_t bytes,
    const char *sha256, s3_on_done *, void *arg);

/* As the length: to the end, of an object that may be empty. */
#define S3_WHOLE UINT64_MAX

/* len bytes from offset, not none; on_data may pause, resume and cancel. */
struct s3_op *s3_get(struct s3 *, const char *key, uint64_t offset,
    uint64_t len, void (*on_data)(const void *, size_t, void *arg),
    s3_on_done *, void *arg);
void s3_pause(struct s3_op *);
void s3_resume(struct s3_op *);

struct s3_op *s3_head(struct s3 *, const char *key, s3_on_done *, void *arg);
/* One that is not there is removed, too. */
struct s3_op *s3_remove(struct s3 *, const char *key, s3_on_done *, void *arg);

void s3_cancel(struct s3_op *);

/* A URL by which anybody gets the object until then, with that media type;
 * the caller frees. Pure. */
char *s3_url(const struct s3 *, const char *key, const char *content_type,
    int64_t now_s, int expires_s);

#endif

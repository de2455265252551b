/*
 * Where objects are: from the configuration's words to the host, path and URL
 * of a key. Pure.
 *
 * The bucket stands in the host (https://bucket.s3.eu-west-1.amazonaws.com/key)
 * or, path_style, in the path (https://minio.example.org:9000/bucket/key).
 */
#ifndef COMMON_S3_PLACE_H
#define COMMON_S3_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

enum { S3_MAX_KEY = 1024 }; /* bytes, prefix included */

struct s3_place {
	bool is_https;
	char *host;   /* as the Host header has it */
	char *base;   /* in front of each path: "" or "/bucket" */
	char *prefix; /* of each key: "" or "a/b/" */
};

/* Whether a store's name is that of a bucket, not of a folder. */
bool s3_place_is(const char *store);

/*
 * store: "s3://bucket" or "s3://bucket/prefix". endpoint: "https://host",
 * with a port perhaps, or "" for Amazon's in that region. -1 and the reason.
 */
int s3_place_init(struct s3_place *, const char *store, const char *endpoint,
    const char *region, bool path_style, struct err *);
void s3_place_clear(struct s3_place *);

/* The path of a key, percent-encoded; the caller frees. */
char *s3_place_path(const struct s3_place *, const char *key);
/* A URL of a path and a query ("" for none); the caller frees. */
char *s3_place_url(
    const struct s3_place *, const char *path, const char *query);

#endif

/*
 * Requests to S3-compatible storage, signed by AWS Signature Version 4: in
 * headers, or in the query of a URL that somebody else may use for a while.
 *
 * The rules are those of "Authenticating Requests (AWS Signature Version 4)"
 * in Amazon's S3 API reference, whose examples are the tests' vectors. Pure:
 * the time is an argument.
 */
#ifndef COMMON_S3_SIGN_H
#define COMMON_S3_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { S3_DATE_TEXT = 17, S3_MAX_EXPIRES_S = 604800, S3_MAX_PAIRS = 16 };

/* For a body whose hash is not known before it is sent. */
extern const char s3_unsigned[];

struct s3_keys {
	const char *region, *id, *secret;
};

struct s3_pair {
	const char *name, *value;
};

/* Headers are in lower case, beside host, x-amz-date and
 * x-amz-content-sha256, which are always signed. At most S3_MAX_PAIRS - 6
 * pairs of the query, and S3_MAX_PAIRS - 3 headers. */
struct s3_request {
	const char *method;
	const char *host; /* as the Host header has it */
	const char *path; /* percent-encoded, as it is sent */
	const struct s3_pair *query, *headers; /* not encoded */
	size_t n_query, n_headers;
	const char *payload; /* sha256 of the body, in hex, or s3_unsigned */
};

/* Everything but letters, digits, "-", ".", "_", "~" as %XX. */
void s3_encode(struct buf *, const char *text, bool keep_slashes);

/* "20130524T000000Z" */
void s3_date(int64_t now_s, char out[S3_DATE_TEXT]);

/* The query as it is sent, without "?"; nothing for none. */
void s3_query(struct buf *, const struct s3_pair *, size_t n);

/* The value of the Authorization header; the caller frees. */
char *s3_authorization(
    const struct s3_request *, const struct s3_keys *, int64_t now_s);

/* The whole query of a URL that is good until now_s + expires_s; the caller
 * frees. Only host is signed, whatever the headers, and no payload. */
char *s3_presign(const struct s3_request *, const struct s3_keys *,
    int64_t now_s, int expires_s);

#endif

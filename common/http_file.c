/* A file as an answer. */
#include "common/http_file.h"

#include <stdio.h>
#include <unistd.h>

#include "common/http_server.h"

enum { ETAG = 2 + 64 + 1 };

static void
make_etag(const char *sha256, char out[ETAG])
{
	snprintf(out, ETAG, "\"%.64s\"", sha256);
}

struct http_range
http_file_range(const struct http_req *req, const char *sha256, uint64_t bytes)
{
	char etag[ETAG];

	make_etag(sha256, etag);
	return http_range_of(http_req_header(req, "Range"),
	    http_req_header(req, "If-Range"),
	    http_req_header(req, "If-None-Match"), etag, bytes);
}

void
http_file_headers(struct http_req *req, const struct http_range *range,
    const char *sha256, uint64_t bytes)
{
	char etag[ETAG], where[80];

	make_etag(sha256, etag);
	http_reply_header(req, "ETag", etag);
	http_reply_header(req, "Accept-Ranges", "bytes");
	/* What it is was decided by its bytes, and is not to be guessed. */
	http_reply_header(req, "X-Content-Type-Options", "nosniff");
	/* Nor does a document, a stranger's, run where the page has its key. */
	http_reply_header(req, "Content-Security-Policy", "script-src 'none'");
	if (range->answer == HTTP_RANGE_OUTSIDE)
		snprintf(where, sizeof(where), "bytes */%llu",
		    (unsigned long long)bytes);
	else
		snprintf(where, sizeof(where), "bytes %llu-%llu/%llu",
		    (unsigned long long)range->offset,
		    (unsigned long long)(range->offset + range->len - 1),
		    (unsigned long long)bytes);
	if (range->answer == HTTP_RANGE_OUTSIDE ||
	    range->answer == HTTP_RANGE_PART)
		http_reply_header(req, "Content-Range", where);
}

void
http_file_refuse(
    struct http_req *req, const struct http_range *range, uint64_t bytes)
{
	if (range->answer == HTTP_RANGE_NOT_MODIFIED)
		http_reply(req, 304, NULL, "", 0);
	else
		http_reply_problem(req, 416, "bad_range",
		    "the file has %llu bytes; the range is outside of them",
		    (unsigned long long)bytes);
}

void
http_file_reply(struct http_req *req, const char *content_type,
    const char *sha256, int fd, uint64_t bytes)
{
	struct http_range range = http_file_range(req, sha256, bytes);
	bool is_part = range.answer == HTTP_RANGE_PART;

	http_file_headers(req, &range, sha256, bytes);
	if (is_part || range.answer == HTTP_RANGE_WHOLE) {
		http_reply_file(req, is_part ? 206 : 200, content_type, fd,
		    range.offset, range.len);
		return;
	}
	close(fd);
	http_file_refuse(req, &range, bytes);
}

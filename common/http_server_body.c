/*
 * The body of a request: counted or chunked, gathered or handed on.
 *
 * The parser is given one line, one end of a chunk or one stretch of data at
 * a time, so each call finds at most one piece of the body.
 */
#include "common/http_server_impl.h"

static const struct http_fault bad_chunk_end = {
    400, "bad_chunk", "a chunk does not end where it said"};
static const struct http_fault long_chunk_line = {
    400, "bad_chunk", "a chunk's size line is too long"};

/* A piece of the body, as the parser found it, to where it belongs. */
static void
deliver(struct http_conn *c)
{
	struct http_req *req = c->req;

	if (c->piece_len == 0)
		return;
	c->body_bytes += c->piece_len;
	c->progress += c->piece_len;
	if (c->progress >= HTTP_BODY_PROGRESS)
		c->moved = true;
	if (!req->route->streams) {
		buf_add(&req->body, c->piece, c->piece_len);
		return;
	}
	req->busy++;
	req->on_data(req, c->piece, c->piece_len, req->read_arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

static size_t
step_data(struct http_conn *c, const char *p, size_t n)
{
	size_t take = n < c->remaining ? n : c->remaining;

	c->remaining -= take;
	if (c->chunk == CHUNK_DATA && c->remaining == 0 &&
	    c->parser.flags & F_CHUNKED)
		c->chunk = CHUNK_END;
	if (http_parse_give(c, p, take) == 0)
		deliver(c);
	return take;
}

/* The size line of a chunk. */
static void
take_chunk_line(struct http_conn *c, const char *p, size_t len)
{
	const struct http_fault *fault = http_guard_chunk_line(p, len);

	if (fault != NULL) {
		http_conn_fail(c, fault);
		return;
	}
	if (http_parse_give(c, p, len + 2) != 0)
		return;
	if (c->remaining > c->req->route->max_body - c->body_bytes)
		http_conn_fail(c, &http_fault_large_body);
	c->chunk = c->remaining > 0 ? CHUNK_DATA : CHUNK_TRAILER;
}

static void
take_trailer(struct http_conn *c, const char *p, size_t len)
{
	const struct http_fault *fault =
	    len > 0 ? http_guard_trailer_line(p, len) : NULL;

	c->trailer_bytes += len + 2;
	if (c->trailer_bytes > c->server->limits.max_header_bytes)
		fault = &http_fault_long_head;
	if (fault != NULL)
		http_conn_fail(c, fault);
	else
		http_parse_give(c, p, len + 2);
}

/* A size line or a trailer. */
static size_t
step_line(struct http_conn *c, const char *p, size_t n)
{
	bool trailer = c->chunk == CHUNK_TRAILER;
	size_t max = trailer ? c->server->limits.max_header_bytes
			     : (size_t)HTTP_MAX_CHUNK_LINE;
	size_t len = 0;
	int rc = http_guard_line(p, n < max ? n : max, &len);

	if (rc == -1)
		http_conn_fail(c, &http_fault_bare_lf);
	if (rc == 0 && n >= max)
		http_conn_fail(
		    c, trailer ? &http_fault_long_head : &long_chunk_line);
	if (rc != 1)
		return 0;
	if (trailer)
		take_trailer(c, p, len);
	else
		take_chunk_line(c, p, len);
	return len + 2;
}

static size_t
step_chunk_end(struct http_conn *c, const char *p, size_t n)
{
	if (p[0] != '\r' || (n > 1 && p[1] != '\n')) {
		http_conn_fail(c, &bad_chunk_end);
		return 0;
	}
	if (n == 1)
		return 0;
	c->chunk = CHUNK_LINE;
	http_parse_give(c, p, 2);
	return 2;
}

size_t
http_step_body(struct http_conn *c, const char *p, size_t n)
{
	struct http_req *req = c->req;

	if (req->gated)
		return 0;
	if (!req->begun)
		http_begin(req);
	if (c->req == NULL)
		return 0; /* answered */
	if (req->route->streams && (!req->read_called || req->paused))
		return 0;
	if (c->body_done) {
		c->phase = CONN_WAIT;
		if (req->route->streams)
			http_req_end(req, true);
		else
			http_run_handler(req);
		return 0;
	}
	if (n == 0)
		return 0;
	switch (c->chunk) {
	case CHUNK_LINE:
	case CHUNK_TRAILER:
		return step_line(c, p, n);
	case CHUNK_DATA:
		return step_data(c, p, n);
	case CHUNK_END:
		return step_chunk_end(c, p, n);
	}
	return 0;
}

/*
 * Bytes to requests.
 *
 * A head goes through http_server_guard.c line by line; what passes is given
 * to libhttp-parser, one message at a time, and its reading decides: how long
 * the body is, whether it is chunked, whether the connection stays. The next
 * request is looked at only when the one before has been answered, so answers
 * keep their order.
 */
#include "common/http_server_impl.h"

#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/xalloc.h"

static const struct http_fault long_target = {
    414, "target_too_long", "the request line is too long"};
static const struct http_fault unknown_method = {
    501, "method_not_implemented", "the method is not known"};
static const struct http_fault unparsable = {
    400, "bad_request", "the request cannot be parsed"};

static int
on_headers_complete(http_parser *parser)
{
	struct http_conn *c = parser->data;

	c->head_done = true;
	return 0;
}

static int
on_chunk_header(http_parser *parser)
{
	struct http_conn *c = parser->data;

	c->remaining = parser->content_length;
	return 0;
}

static int
on_body(http_parser *parser, const char *p, size_t n)
{
	struct http_conn *c = parser->data;

	c->piece = p;
	c->piece_len = n;
	return 0;
}

static int
on_message_complete(http_parser *parser)
{
	struct http_conn *c = parser->data;

	c->body_done = true;
	return 0;
}

static const http_parser_settings settings = {
    .on_headers_complete = on_headers_complete,
    .on_chunk_header = on_chunk_header,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* Give the parser a piece it must take whole. */
int
http_parse_give(struct http_conn *c, const char *p, size_t n)
{
	c->piece_len = 0;
	if (http_parser_execute(&c->parser, &settings, p, n) == n &&
	    HTTP_PARSER_ERRNO(&c->parser) == HPE_OK)
		return 0;
	if (HTTP_PARSER_ERRNO(&c->parser) == HPE_INVALID_METHOD)
		http_conn_fail(c, &unknown_method);
	else
		http_conn_fail(c, &unparsable);
	return -1;
}

/* Cut the copied head into strings. The guard has seen every line of it. */
static void
cut_head(struct http_req *req, size_t n_headers, char **target)
{
	char *line = req->head, *end = strchr(line, '\r'), *value, *last;

	req->method = line;
	*target = strchr(line, ' ') + 1;
	(*target)[-1] = '\0';
	last = strchr(*target, ' ');
	*last = '\0';
	req->is_http_1_0 = last[8] == '0';
	req->is_head = strcmp(req->method, "HEAD") == 0;
	req->headers = xcalloc(n_headers, sizeof(req->headers[0]));
	for (line = end + 2; line[0] != '\r'; line = end + 2) {
		end = strchr(line, '\r');
		value = strchr(line, ':');
		*value++ = '\0';
		value += strspn(value, " \t");
		for (last = end; last > value && strchr(" \t", last[-1]);)
			last--;
		*last = '\0';
		req->headers[req->n_headers++] =
		    (struct http_header){line, value};
	}
}

/* The client's X-Request-Id if it is harmless, else one of ours. */
static void
set_id(struct http_req *req)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				      "._-";
	const char *id = http_req_header(req, "X-Request-Id");
	size_t len = id != NULL ? strlen(id) : 0;

	if (len >= 1 && len <= HTTP_ID_LEN && strspn(id, allowed) == len)
		memcpy(req->id, id, len + 1);
	else
		http_server_make_id(req->server, req->id);
}

/* Find the route; 0: found, 404 or 405. */
static int
find_route(struct http_req *req)
{
	const char *method = req->is_head ? "GET" : req->method;
	bool known = false;

	for (const struct http_route *r = req->server->routes;
	     r->method != NULL; r++) {
		if (!http_path_match(
			r->path, req->path, req->params, &req->n_params))
			continue;
		known = true;
		if (strcmp(r->method, method) == 0) {
			req->route = r;
			return 0;
		}
	}
	return known ? 405 : 404;
}

void
http_run_handler(struct http_req *req)
{
	req->started = true;
	req->busy++;
	req->route->handler(req, req->server->arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

/* A body that is gathered is nobody's yet but ours. */
void
http_begin(struct http_req *req)
{
	req->begun = true;
	req->started = false;
	if (req->route->streams)
		http_run_handler(req);
	else
		http_reply_continue(req);
}

/* What it decides at once is seen when the body is looked at. */
static void
ask_gate(struct http_req *req)
{
	req->started = true;
	req->gated = true;
	req->busy++;
	req->server->gate(req, req->server->arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

/* A refusal of a request that is well formed: the connection may live on. */
static void
refuse(struct http_req *req, int status)
{
	req->started = true;
	if (status == 404)
		http_reply_problem(
		    req, 404, "not_found", "nothing is at this path");
	else if (status == 405)
		http_reply_allow(req);
	else
		http_reply_problem(req, http_fault_large_body.status,
		    http_fault_large_body.code, "%s",
		    http_fault_large_body.detail);
}

/* The head is there: to the handler, or on to the body. */
static void
dispatch(struct http_conn *c, struct http_req *req)
{
	const char *expect = http_req_header(req, "Expect");
	int status = find_route(req);

	c->phase = CONN_BODY;
	c->moved = true;
	if (status == 0 && !c->body_done && c->chunk == CHUNK_DATA &&
	    c->remaining > req->route->max_body)
		status = 413;
	if (status == 0 && !c->body_done && req->route->max_body == 0)
		status = 413;
	if (status != 0) {
		refuse(req, status);
		return;
	}
	req->wants_continue =
	    expect != NULL && !req->is_http_1_0 && !c->body_done;
	if (req->route->roles != 0 && c->server->gate != NULL)
		ask_gate(req);
	else
		http_begin(req);
}

/* The whole head is at p: make a request of it. */
static void
take_head(struct http_conn *c, const char *p, size_t n)
{
	struct http_req *req = http_req_new(c);
	const struct http_fault *fault;
	char *target;

	c->req = req;
	req->head = xmalloc(n + 1);
	memcpy(req->head, p, n);
	req->head[n] = '\0';
	cut_head(req, c->headers, &target);
	set_id(req);
	fault =
	    http_guard_headers(req->headers, req->n_headers, req->is_http_1_0);
	if (fault == NULL)
		fault = http_path_split(target, http_req_header(req, "Host"),
		    &req->path, &req->query);
	if (fault != NULL) {
		http_conn_fail(c, fault);
		return;
	}
	c->head_done = c->body_done = false;
	c->body_bytes = c->trailer_bytes = 0;
	http_parser_init(&c->parser, HTTP_REQUEST);
	c->parser.data = c;
	if (http_parse_give(c, p, n) != 0)
		return;
	if (!c->head_done) {
		http_conn_fail(c, &unparsable);
		return;
	}
	req->keep_alive = http_should_keep_alive(&c->parser);
	c->chunk = c->parser.flags & F_CHUNKED ? CHUNK_LINE : CHUNK_DATA;
	c->remaining = c->parser.content_length;
	dispatch(c, req);
}

static size_t
step_idle(struct http_conn *c, const char *p, size_t n)
{
	const struct http_fault *fault;

	if (n == 0 || evbuffer_get_length(c->out) >= HTTP_WRITE_AHEAD)
		return 0;
	/* Old clients send an empty line behind a body. */
	if (p[0] == '\r' && !c->blank && n == 1)
		return 0;
	if (p[0] == '\r' && !c->blank && p[1] == '\n') {
		c->blank = true;
		return 2;
	}
	fault = http_guard_first_byte(p[0]);
	if (fault != NULL) {
		http_conn_fail(c, fault);
		return 0;
	}
	c->blank = false;
	c->line = c->headers = 0;
	c->first_byte_us = clock_mono_us();
	c->phase = CONN_HEAD;
	return 0;
}

/* One line of the head, without its CRLF. */
static const struct http_fault *
check_line(struct http_conn *c, const char *p, size_t len)
{
	if (c->line == 0)
		return http_guard_request_line(p, len);
	if (++c->headers > c->server->limits.max_headers)
		return &http_fault_long_head;
	return http_guard_header_line(p, len);
}

static size_t
step_head(struct http_conn *c, const char *p, size_t n)
{
	size_t max = c->server->limits.max_header_bytes, len = 0, end;
	const struct http_fault *fault = NULL;
	int rc = 0;

	while (fault == NULL && c->line < max) {
		rc = http_guard_line(p + c->line, n - c->line, &len);
		if (rc != 1)
			break;
		end = c->line + len + 2;
		if (end <= max && c->line > 0 && len == 0) {
			take_head(c, p, end);
			return end;
		}
		fault = end <= max ? check_line(c, p + c->line, len) : NULL;
		if (end > max)
			break;
		c->line = end;
	}
	if (rc == -1)
		fault = &http_fault_bare_lf;
	if (fault == NULL && n >= max)
		fault = c->line == 0 ? &long_target : &http_fault_long_head;
	if (fault != NULL)
		http_conn_fail(c, fault);
	return 0;
}

static size_t
step(struct http_conn *c, const char *p, size_t n)
{
	switch (c->phase) {
	case CONN_IDLE:
		return step_idle(c, p, n);
	case CONN_HEAD:
		return step_head(c, p, n);
	case CONN_BODY:
		return http_step_body(c, p, n);
	case CONN_WAIT:
	case CONN_FLUSH:
		return 0;
	case CONN_LINGER:
		return n;
	}
	return 0;
}

size_t
http_parse(struct http_conn *c, const char *p, size_t n)
{
	size_t used = 0, taken;
	enum http_phase before;

	do {
		before = c->phase;
		taken = step(c, p + used, n - used);
		used += taken;
	} while (!c->dead && (taken > 0 || c->phase != before));
	return used;
}

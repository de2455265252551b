/* Answers: a status line, our headers, the handler's, a body or a file. */
#include "common/http_server_impl.h"

#include <assert.h>
#include <ctype.h>
#include <event2/buffer.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "common/xalloc.h"

struct title {
	int status;
	const char *title;
};

static const struct title titles[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

/* What an answer's head is made of. */
struct head {
	int status;
	const char *content_type;
	uint64_t len;
	const char *id;
	const struct buf *extra; /* lines */
	bool streams;		 /* no length is known */
	bool chunked;
	bool close;
	bool say_keep_alive; /* HTTP/1.0 wants to hear it */
};

const char *
http_status_title(int status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Unknown";
}

/* The Date header's value, made anew when the second has changed. */
static const char *
date(struct http_server *s)
{
	int64_t now = clock_wall_us() / 1000000;
	time_t t = now;
	struct tm tm;

	if (now != s->date_s) {
		gmtime_r(&t, &tm);
		strftime(s->date, sizeof(s->date), "%a, %d %b %Y %T GMT", &tm);
		s->date_s = now;
	}
	return s->date;
}

static bool
has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

static void
count(const struct http_server *s, int status)
{
	int at = status / 100 - 1;

	if (at >= 0 && at < HTTP_CLASSES && s->answers[at] != NULL)
		metric_add(s->answers[at], 1);
}

static void
write_head(struct http_conn *c, const struct head *h)
{
	count(c->server, h->status);
	evbuffer_add_printf(c->out,
	    "HTTP/1.1 %d %s\r\nDate: %s\r\nX-Request-Id: %s\r\n", h->status,
	    http_status_title(h->status), date(c->server), h->id);
	if (has_body(h->status) && h->content_type != NULL)
		evbuffer_add_printf(
		    c->out, "Content-Type: %s\r\n", h->content_type);
	if (h->chunked)
		evbuffer_add_printf(c->out, "Transfer-Encoding: chunked\r\n");
	if (has_body(h->status) && !h->streams)
		evbuffer_add_printf(c->out, "Content-Length: %llu\r\n",
		    (unsigned long long)h->len);
	if (h->close)
		evbuffer_add(c->out, "Connection: close\r\n", 19);
	else if (h->say_keep_alive)
		evbuffer_add(c->out, "Connection: keep-alive\r\n", 24);
	if (h->extra != NULL && h->extra->len > 0)
		evbuffer_add(c->out, h->extra->data, h->extra->len);
	evbuffer_add(c->out, "\r\n", 2);
}

static void
begin_head(struct http_req *req, struct head *head)
{
	struct http_conn *c = req->conn;

	if (!req->keep_alive || !c->body_done || c->server->draining)
		req->keep_alive = false;
	head->id = req->id;
	head->extra = &req->extra;
	head->close = !req->keep_alive;
	head->say_keep_alive = req->is_http_1_0;
	write_head(c, head);
}

/* The head of the answer to a request; whether a body follows. */
static bool
begin(struct http_req *req, int status, const char *content_type, uint64_t len)
{
	struct head head = {
	    .status = status,
	    .content_type = content_type,
	    .len = len,
	};

	begin_head(req, &head);
	return has_body(status) && !req->is_head;
}

/*
 * The answer is in the buffer: the connection is free for the next request.
 * Answers given while its input is parsed go out together afterwards.
 */
static void
finish(struct http_req *req)
{
	struct http_conn *c = req->conn;

	req->conn = NULL;
	c->req = NULL;
	c->moved = true;
	c->phase = req->keep_alive ? CONN_IDLE : CONN_FLUSH;
	c->unread = !c->body_done;
	if (c->busy > 0)
		return;
	http_conn_enter(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

static void
done(struct http_req *req)
{
	req->answered = true;
	if (req->conn != NULL)
		finish(req);
	http_req_release(req);
}

/* One that was set before. */
static void
unset_header(struct buf *extra, const char *name)
{
	size_t len = strlen(name), at = 0;

	while (at < extra->len) {
		char *line = (char *)extra->data + at;
		char *end = memchr(line, '\n', extra->len - at);
		size_t size = end + 1 - line;

		if (size > len && line[len] == ':' &&
		    strncasecmp(line, name, len) == 0) {
			memmove(line, end + 1, extra->len - at - size);
			extra->len -= size;
		} else {
			at += size;
		}
	}
}

void
http_reply_header(struct http_req *req, const char *name, const char *value)
{
	assert(!req->answered && http_guard_is_token(name, strlen(name)));
	unset_header(&req->extra, name);
	buf_add_str(&req->extra, name);
	buf_add_str(&req->extra, ": ");
	/* Nobody's text may end the line. */
	for (const char *p = value; *p != '\0'; p++)
		buf_add_byte(&req->extra,
		    (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p);
	buf_add_str(&req->extra, "\r\n");
}

void
http_reply(struct http_req *req, int status, const char *content_type,
    const void *body, size_t len)
{
	assert(!req->answered);
	if (req->conn != NULL && begin(req, status, content_type, len))
		evbuffer_add(req->conn->out, body, len);
	done(req);
}

void
http_reply_file(struct http_req *req, int status, const char *content_type,
    int fd, uint64_t offset, uint64_t len)
{
	struct evbuffer_file_segment *segment;

	assert(!req->answered);
	if (req->conn == NULL || !begin(req, status, content_type, len) ||
	    len == 0) {
		close(fd);
		done(req);
		return;
	}
	segment =
	    evbuffer_file_segment_new(fd, offset, len, EVBUF_FS_CLOSE_ON_FREE);
	assert(segment != NULL);
	evbuffer_add_file_segment(req->conn->out, segment, 0, len);
	evbuffer_file_segment_free(segment);
	done(req);
}

/* -- in pieces ------------------------------------------------------------- */

static void
stream_begin(struct http_req *req, struct head *head)
{
	assert(!req->answered && !req->streaming && has_body(head->status));
	req->streaming = true;
	if (req->conn == NULL)
		return;
	assert(req->conn->body_done);
	begin_head(req, head);
	http_conn_kick(req->conn);
}

void
http_stream_begin(struct http_req *req, int status, const char *content_type)
{
	struct head head = {
	    .status = status,
	    .content_type = content_type,
	    .streams = true,
	    .chunked = !req->is_http_1_0,
	};

	req->chunked = head.chunked;
	if (!head.chunked)
		req->keep_alive = false;
	stream_begin(req, &head);
}

void
http_stream_begin_sized(
    struct http_req *req, int status, const char *content_type, uint64_t len)
{
	struct head head = {
	    .status = status, .content_type = content_type, .len = len};

	req->sized = true;
	req->unsent = len;
	stream_begin(req, &head);
}

size_t
http_stream_write(struct http_req *req, const void *bytes, size_t len)
{
	struct http_conn *c = req->conn;

	assert(req->streaming && !req->answered);
	if (c == NULL || req->is_head)
		return 0;
	if (req->sized && len > req->unsent)
		len = req->unsent;
	if (len == 0)
		return evbuffer_get_length(c->out);
	if (req->chunked)
		evbuffer_add_printf(c->out, "%zx\r\n", len);
	evbuffer_add(c->out, bytes, len);
	if (req->chunked)
		evbuffer_add(c->out, "\r\n", 2);
	if (req->sized)
		req->unsent -= len;
	http_conn_kick(c);
	return evbuffer_get_length(c->out);
}

void
http_stream_end(struct http_req *req)
{
	assert(req->streaming && !req->answered);
	if (req->conn != NULL && req->chunked && !req->is_head)
		evbuffer_add(req->conn->out, "0\r\n\r\n", 5);
	if (req->sized && req->unsent > 0 && !req->is_head)
		req->keep_alive = false;
	done(req);
}

void
http_stream_cut(struct http_req *req)
{
	assert(req->streaming && !req->answered);
	req->keep_alive = false;
	done(req);
}

void
http_stream_on_room(
    struct http_req *req, void (*on_room)(struct http_req *, void *), void *arg)
{
	req->on_room = on_room;
	req->room_arg = arg;
	if (req->conn != NULL)
		http_conn_kick(req->conn);
}

/* Text as JSON; bytes that are no UTF-8 become question marks. */
static json_t *
text(const char *s)
{
	json_t *json = json_string(s);
	char *ascii;

	if (json != NULL)
		return json;
	ascii = xstrdup(s);
	for (char *p = ascii; *p != '\0'; p++)
		if (*p & 0x80)
			*p = '?';
	json = json_string(ascii);
	free(ascii);
	return json;
}

/* A path as it stands in a URI; NULL for none. */
static json_t *
uri_of(const char *path)
{
	struct buf out = {0};
	json_t *json;

	if (path == NULL)
		return NULL;
	for (const char *p = path; *p != '\0'; p++) {
		if (isalnum((unsigned char)*p) || strchr("/-._~", *p) != NULL)
			buf_add_byte(&out, *p);
		else
			buf_printf(&out, "%%%02X", (unsigned char)*p);
	}
	json = json_string(buf_str(&out));
	buf_free(&out);
	return json;
}

/* A problem of RFC 9457; the caller frees. path NULL: it is not known. more:
 * further members, or NULL. */
static char *
problem(int status, const char *code, const char *detail, const char *path,
    const char *id, json_t *more)
{
	char type[80];
	json_t *json;
	char *s;

	snprintf(type, sizeof(type), "/errors/%s", code);
	json = json_pack("{s:s,s:s,s:i,s:s,s:o,s:o*,s:s}", "type", type,
	    "title", http_status_title(status), "status", status, "code", code,
	    "detail", text(detail), "instance", uri_of(path), "request_id", id);
	if (more != NULL)
		json_object_update_missing(json, more);
	s = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	assert(s != NULL);
	return s;
}

/* The same in the form of the path's door. path NULL: not known yet. more, as
 * of http_reply_problem_more, is for our own form alone. */
static char *
refusal(const struct http_server *s, const char *path,
    const struct http_fault *fault, const char *id, json_t *more,
    const char **type)
{
	char *body = NULL;

	if (s->problems != NULL && path != NULL)
		body = s->problems(
		    path, fault->status, fault->code, fault->detail);
	*type = body != NULL ? "application/json" : "application/problem+json";
	return body != NULL ? body
			    : problem(fault->status, fault->code, fault->detail,
				  path, id, more);
}

/* What is away is soon back, or another of us answers; unless the handler
 * knows better. */
static void
say_when(struct http_req *req)
{
	if (strstr(buf_str(&req->extra), "Retry-After:") == NULL)
		http_reply_header(req, "Retry-After", "1");
}

void
http_reply_problem(
    struct http_req *req, int status, const char *code, const char *fmt, ...)
{
	char detail[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	http_reply_problem_more(req, status, code, detail, NULL);
}

void
http_reply_problem_more(struct http_req *req, int status, const char *code,
    const char *detail, json_t *more)
{
	const struct http_fault fault = {status, code, detail};
	const char *type;
	char *body =
	    refusal(req->server, req->path, &fault, req->id, more, &type);

	if (status == 503)
		say_when(req);
	http_reply(req, status, type, body, strlen(body));
	free(body);
	json_decref(more);
}

void
http_reply_fault(struct http_conn *c, const struct http_fault *fault)
{
	char id[HTTP_ID_LEN + 1];
	struct head head = {
	    .status = fault->status,
	    .id = id,
	    .close = true,
	};
	char *body;

	if (c->req != NULL && c->req->id[0] != '\0')
		memcpy(id, c->req->id, sizeof(id));
	else
		http_server_make_id(c->server, id);
	body = refusal(c->server, c->req != NULL ? c->req->path : NULL, fault,
	    id, NULL, &head.content_type);
	head.len = strlen(body);
	write_head(c, &head);
	if (c->req == NULL || !c->req->is_head)
		evbuffer_add(c->out, body, head.len);
	free(body);
}

void
http_reply_continue(struct http_req *req)
{
	if (!req->wants_continue)
		return;
	req->wants_continue = false;
	evbuffer_add_printf(req->conn->out, "HTTP/1.1 100 Continue\r\n\r\n");
}

void
http_reply_allow(struct http_req *req)
{
	struct http_param params[HTTP_MAX_PARAMS];
	struct buf allow = {0};
	size_t n;

	for (const struct http_route *r = req->server->routes;
	     r->method != NULL; r++) {
		if (!http_path_match(r->path, req->path, params, &n))
			continue;
		if (allow.len > 0)
			buf_add_str(&allow, ", ");
		buf_add_str(&allow, r->method);
		if (strcmp(r->method, "GET") == 0)
			buf_add_str(&allow, ", HEAD");
	}
	http_reply_header(req, "Allow", buf_str(&allow));
	http_reply_problem(req, 405, "method_not_allowed", "this path takes %s",
	    buf_str(&allow));
	buf_free(&allow);
}

/* The HTTP server on one end of a socket pair. */
#include "tests/lib/http_loop.h"

#include <event2/event.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/http_server_impl.h"
#include "common/xalloc.h"

enum { MAX_ROUNDS = 10000 };

static void
get(struct http_req *req, void *arg)
{
	const char *id = http_req_param(req, "id");
	const char *q = http_req_query(req, "q");
	char *text = xasprintf("%s %s", id, q != NULL ? q : "-");

	(void)arg;
	http_reply(req, 200, "text/plain", text, strlen(text));
	free(text);
}

static void
gather(struct http_req *req, void *arg)
{
	size_t len;
	const void *body = http_req_body(req, &len);

	(void)arg;
	http_reply(req, 200, "text/plain", body, len);
}

static void
on_data(struct http_req *req, const void *p, size_t n, void *arg)
{
	(void)req;
	buf_add(arg, p, n);
}

static void
on_end(struct http_req *req, bool ok, void *arg)
{
	struct buf *body = arg;

	http_reply(req, ok ? 200 : 500, "text/plain", body->data, body->len);
	buf_free(body);
	free(body);
}

static void
stream(struct http_req *req, void *arg)
{
	(void)arg;
	http_req_read(req, on_data, on_end, xcalloc(1, sizeof(struct buf)));
}

static const struct http_route routes[] = {
    {"GET", "/get/{id}", 0, false, get, 0},
    {"POST", "/gather", 100, false, gather, 0},
    {"POST", "/stream", 200, true, stream, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* Let the server do all it can, and take what it says; false at its end. */
static bool
turn(struct event_base *base, int fd, struct buf *out)
{
	ssize_t n = 1;

	while (n > 0) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		n = recv(fd, buf_reserve(out, 65536), 65536, MSG_DONTWAIT);
		if (n > 0)
			out->len += n;
	}
	return n < 0;
}

/* Drop the lines that differ from run to run. */
static char *
normal(char *text)
{
	static const char *const lines[] = {"Date: ", "X-Request-Id: "};

	for (size_t i = 0; i < 2; i++) {
		char *at = text, *end;

		while ((at = strstr(at, lines[i])) != NULL &&
		       (end = strstr(at, "\r\n")) != NULL)
			memmove(at, end + 2, strlen(end + 2) + 1);
	}
	/* So do the ids in problems. */
	for (char *at = text; (at = strstr(at, "\"request_id\":\"")) != NULL;)
		for (at += 14; *at != '"' && *at != '\0'; at++)
			*at = 'x';
	return text;
}

char *
http_loop_run(const uint8_t *p, size_t n, const size_t *cuts, size_t n_cuts)
{
	struct event_base *base = event_base_new();
	struct http_server *server =
	    http_server_new(base, routes, &http_default_limits, NULL);
	struct buf out = {0};
	size_t at = 0;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0)
		abort();
	http_conn_new(server, pair[0], "test");
	for (size_t i = 0; i <= n_cuts; i++) {
		size_t to = i < n_cuts ? cuts[i] : n;

		if (to > at && send(pair[1], p + at, to - at, MSG_NOSIGNAL) < 0)
			break;
		at = to;
		if (!turn(base, pair[1], &out))
			break;
	}
	shutdown(pair[1], SHUT_WR);
	for (int i = 0; turn(base, pair[1], &out); i++)
		if (i > MAX_ROUNDS)
			abort();
	close(pair[1]);
	http_server_free(server);
	event_base_free(base);
	return normal(buf_take_str(&out));
}

/*
 * The HTTP server, or its floor, to be loaded by wrk:
 *
 *   http_serve server 8080    the server: GET /hello, POST /echo
 *   http_serve floor 8080     the same loop; every read is answered with the
 *                             same bytes, unparsed
 *
 * The ratio of the two, taken in turns on one machine, is what parsing,
 * routing and answering cost.
 */
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"

static const char fixed[] =
    "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "X-Request-Id: 0123456789abcdef\r\nContent-Type: text/plain\r\n"
    "Content-Length: 5\r\n\r\nhello";

static void
get_hello(struct http_req *req, void *arg)
{
	(void)arg;
	http_reply(req, 200, "text/plain", "hello", 5);
}

static void
post_echo(struct http_req *req, void *arg)
{
	size_t len;
	const void *body = http_req_body(req, &len);

	(void)arg;
	http_reply(req, 200, "application/octet-stream", body, len);
}

static const struct http_route routes[] = {
    {"GET", "/hello", 0, false, get_hello, 0},
    {"POST", "/echo", 65536, false, post_echo, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static void
serve(struct event_base *base, int port)
{
	char *address = xasprintf("127.0.0.1:%d", port);
	struct http_server *server =
	    http_server_new(base, routes, &http_default_limits, NULL);
	struct err err;

	if (http_server_listen(server, address, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	event_base_dispatch(base);
	http_server_free(server);
	free(address);
}

struct floor_conn {
	struct event *readable;
};

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct floor_conn *c = arg;
	char scratch[65536];
	ssize_t n = read(fd, scratch, sizeof(scratch));

	(void)what;
	if (n > 0 && write(fd, fixed, sizeof(fixed) - 1) > 0)
		return;
	event_free(c->readable);
	close(fd);
	free(c);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	struct floor_conn *c = xcalloc(1, sizeof(*c));
	int on = 1;

	(void)listener;
	(void)sa;
	(void)len;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->readable = event_new(arg, fd, EV_READ | EV_PERSIST, on_readable, c);
	event_add(c->readable, NULL);
}

static void
serve_floor(struct event_base *base, int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET};

	sa.sin_port = htons(port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (evconnlistener_new_bind(base, on_accept, base,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 1024,
		(struct sockaddr *)&sa, sizeof(sa)) == NULL) {
		perror("listen");
		exit(1);
	}
	event_base_dispatch(base);
}

int
main(int argc, char **argv)
{
	struct event_base *base = event_base_new();

	if (argc != 3) {
		fprintf(stderr, "usage: http_serve server|floor port\n");
		return 2;
	}
	if (strcmp(argv[1], "floor") == 0)
		serve_floor(base, atoi(argv[2]));
	else
		serve(base, atoi(argv[2]));
	return 0;
}

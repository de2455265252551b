/* Connections that carry HTTP messages. */
#include "tests/bench/jobs/wire.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/xalloc.h"

enum { READ_BYTES = 16384, BACKLOG = 1024 };

static const char head_end[] = "\r\n\r\n";
static const char length_name[] = "\r\nContent-Length:";

struct wire {
	int fd;
	struct event *readable;
	struct buf in;
	const struct wire_handlers *handlers;
	void *arg;
};

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons(port);
	return a;
}

/* Hand out the first message if all of it is there; its length, or 0. */
static size_t
take_message(struct wire *w)
{
	char *text = (char *)(uintptr_t)buf_str(&w->in), *end, *length, kept;
	struct wire_message m = {.head = text};
	size_t total;

	end = strstr(text, head_end);
	if (end == NULL)
		return 0;
	*end = '\0';
	length = strcasestr(text, length_name);
	if (length != NULL)
		m.body_len = strtoul(length + strlen(length_name), NULL, 10);
	m.body = end + strlen(head_end);
	total = m.body + m.body_len - text;
	if (total > w->in.len) {
		*end = head_end[0];
		return 0;
	}
	if (strncmp(text, "HTTP/1.1 ", 9) == 0)
		m.status = atoi(text + 9);
	kept = text[total];
	text[total] = '\0';
	w->handlers->on_message(w, &m, w->arg);
	text[total] = kept;
	return total;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct wire *w = arg;
	ssize_t n = read(fd, buf_reserve(&w->in, READ_BYTES), READ_BYTES);
	size_t taken;

	(void)what;
	if (n <= 0) {
		event_del(w->readable);
		w->handlers->on_closed(w, w->arg);
		return;
	}
	w->in.len += n;
	while (w->in.len > 0 && (taken = take_message(w)) > 0)
		buf_drop(&w->in, taken);
}

struct wire *
wire_new(struct event_base *base, int fd, const struct wire_handlers *handlers,
    void *arg)
{
	struct wire *w = xcalloc(1, sizeof(*w));
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	evutil_make_socket_nonblocking(fd);
	w->fd = fd;
	w->handlers = handlers;
	w->arg = arg;
	w->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, w);
	event_add(w->readable, NULL);
	return w;
}

struct wire *
wire_connect(struct event_base *base, int port,
    const struct wire_handlers *handlers, void *arg)
{
	struct sockaddr_in a = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		perror("bench: connect");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	return wire_new(base, fd, handlers, arg);
}

void
wire_free(struct wire *w)
{
	if (w == NULL)
		return;
	event_free(w->readable);
	close(w->fd);
	buf_free(&w->in);
	free(w);
}

int
wire_send(struct wire *w, const void *data, size_t len)
{
	return send(w->fd, data, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -1;
}

int
wire_listen(int *port)
{
	struct sockaddr_in a = loopback(0);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    listen(fd, BACKLOG) == 0 &&
	    getsockname(fd, (struct sockaddr *)&a, &len) == 0) {
		*port = ntohs(a.sin_port);
		return fd;
	}
	perror("bench: listen");
	if (fd >= 0)
		close(fd);
	return -1;
}

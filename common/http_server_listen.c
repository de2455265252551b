/* The HTTP server: addresses to listen on, and accepting. */
#include "common/http_server_impl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"

void
http_server_accept(struct http_server *s, bool accepting)
{
	if (accepting == s->accepting)
		return;
	s->accepting = accepting;
	for (struct http_listener *l = s->listeners; l != NULL; l = l->next) {
		if (accepting)
			evconnlistener_enable(l->ev);
		else
			evconnlistener_disable(l->ev);
	}
}

static void
retry_later(struct http_server *s)
{
	struct timeval tv = {0, HTTP_ACCEPT_RETRY_MS * 1000};

	event_add(s->accept_retry, &tv);
}

/* Connections without a request end, the longest idle first, so that nobody
 * keeps others out by asking nothing. */
static void
make_room(struct http_server *s)
{
	int64_t since_us = clock_mono_us() - HTTP_QUIET_MS * 1000LL;
	size_t wanted = s->limits.max_connections / 8 + 1;
	struct http_conn *c = TAILQ_FIRST(&s->conns), *next;

	for (; c != NULL && wanted > 0; c = next) {
		next = TAILQ_NEXT(c, link);
		wanted -= http_conn_give_way(c, since_us);
	}
}

void
http_server_on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;

	(void)fd;
	(void)what;
	if (s->n_conns >= s->limits.max_connections)
		make_room(s);
	if (s->n_conns < s->limits.max_connections)
		http_server_accept(s, true);
	else
		retry_later(s);
}

/* The text of an address; IPv4 inside IPv6 reads as IPv4. */
static void
describe(const struct sockaddr *sa, char *out, size_t size)
{
	const void *address;

	if (sa->sa_family == AF_INET)
		address = &((const struct sockaddr_in *)sa)->sin_addr;
	else if (sa->sa_family == AF_INET6)
		address = &((const struct sockaddr_in6 *)sa)->sin6_addr;
	else
		address = NULL;
	if (address == NULL ||
	    inet_ntop(sa->sa_family, address, out, size) == NULL)
		snprintf(out, size, "unix");
	if (strncmp(out, "::ffff:", 7) == 0 && strchr(out, '.') != NULL)
		memmove(out, out + 7, strlen(out + 7) + 1);
}

static void
on_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	struct http_server *s = arg;
	char peer[64];
	int on = 1;

	(void)ev;
	(void)len;
	describe(sa, peer, sizeof(peer));
	if (sa->sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	http_conn_new(s, fd, peer);
	if (s->n_conns < s->limits.max_connections)
		return;
	log_warn("http.full", "connections=%zu", s->n_conns);
	http_server_accept(s, false);
	retry_later(s);
}

/* Most likely out of descriptors: try again when some may be free. */
static void
on_accept_error(struct evconnlistener *ev, void *arg)
{
	struct http_server *s = arg;

	(void)ev;
	http_server_accept(s, false);
	retry_later(s);
}

/* "127.0.0.1:8000" or "[::1]:0". */
static int
parse_inet(const char *text, struct sockaddr_storage *ss, socklen_t *len)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	char host[64];
	unsigned port;
	int end = -1;

	if (sscanf(text, "[%63[0-9a-fA-F:.]]:%5u%n", host, &port, &end) == 2 &&
	    text[end] == '\0' && port <= 65535 &&
	    inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		in6.sin6_port = htons(port);
		memcpy(ss, &in6, *len = sizeof(in6));
		return 0;
	}
	end = -1;
	if (sscanf(text, "%63[0-9.]:%5u%n", host, &port, &end) == 2 &&
	    text[end] == '\0' && port <= 65535 &&
	    inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		in.sin_port = htons(port);
		memcpy(ss, &in, *len = sizeof(in));
		return 0;
	}
	return -1;
}

static int
parse_address(const char *text, struct sockaddr_storage *ss, socklen_t *len)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	if (strncmp(text, "unix:", 5) != 0)
		return parse_inet(text, ss, len);
	if (text[5] == '\0' || strlen(text + 5) >= sizeof(un.sun_path))
		return -1;
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", text + 5);
	memcpy(ss, &un, *len = sizeof(un));
	return 0;
}

/* A socket file that nobody answers is left over from a crash. */
static void
remove_stale(const struct sockaddr_storage *ss, socklen_t len)
{
	struct sockaddr_un un;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(&un, ss, sizeof(un));
	if (connect(fd, (const struct sockaddr *)ss, len) != 0 &&
	    errno == ECONNREFUSED)
		unlink(un.sun_path);
	close(fd);
}

static int
bound_port(evutil_socket_t fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		return 0;
	if (ss.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&ss)->sin_port);
	if (ss.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&ss)->sin6_port);
	return 0;
}

int
http_server_listen(struct http_server *s, const char *address, struct err *err)
{
	struct sockaddr_storage ss;
	struct evconnlistener *ev;
	struct http_listener *l;
	socklen_t len;

	if (parse_address(address, &ss, &len) != 0)
		return err_set(err,
		    "%s is not an address to listen on; "
		    "write 127.0.0.1:8000, [::1]:8000 or "
		    "unix:/path",
		    address);
	if (ss.ss_family == AF_UNIX)
		remove_stale(&ss, len);
	ev = evconnlistener_new_bind(s->base, on_accept, s,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
	    1024, (struct sockaddr *)&ss, len);
	if (ev == NULL)
		return err_set(
		    err, "listen on %s: %s", address, strerror(errno));
	evconnlistener_set_error_cb(ev, on_accept_error);
	l = xcalloc(1, sizeof(*l));
	l->ev = ev;
	if (ss.ss_family == AF_UNIX)
		l->unlink_path = xstrdup(address + 5);
	l->next = s->listeners;
	s->listeners = l;
	s->port = bound_port(evconnlistener_get_fd(ev));
	return 0;
}

int
http_server_port(const struct http_server *s)
{
	return s->port;
}

void
http_server_close_listeners(struct http_server *s)
{
	struct http_listener *l;

	event_del(s->accept_retry);
	while ((l = s->listeners) != NULL) {
		s->listeners = l->next;
		evconnlistener_free(l->ev);
		if (l->unlink_path != NULL)
			unlink(l->unlink_path);
		free(l->unlink_path);
		free(l);
	}
}

/* The Unix socket and its clients. */
#include "signer/server.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/sign_wire.h"
#include "common/xalloc.h"
#include "signer/answer.h"
#include "signer/socket.h"

enum {
	LINES_A_TURN = 64,
	MAX_UNREAD_REPLIES = 256 * 1024, /* bytes; then we stop reading */
	MAX_INPUT = 2 * SIGN_WIRE_MAX_LINE,
};

static const struct timeval write_timeout = {10, 0};
static const struct timeval line_timeout = {30, 0}; /* half a line */

struct client {
	TAILQ_ENTRY(client) link;
	struct server *server;
	struct bufferevent *bev;
	struct ucred peer;
	bool is_closing; /* once its replies are written */
};

struct server {
	struct event_base *base;
	struct evconnlistener *listener;
	struct answerer *answerer;
	struct metric *clients_gauge; /* or NULL */
	char *path;
	const uid_t *uids;
	size_t n_uids;
	TAILQ_HEAD(, client) clients;
	size_t n_clients;
	struct buf replies; /* of the turn that runs */
};

static void
count_clients(struct server *s, int change)
{
	s->n_clients += change;
	if (s->clients_gauge != NULL)
		metric_set(s->clients_gauge, s->n_clients);
}

static void
client_free(struct client *c)
{
	TAILQ_REMOVE(&c->server->clients, c, link);
	count_clients(c->server, -1);
	bufferevent_free(c->bev);
	free(c);
}

static void
close_client(struct client *c, const char *why)
{
	log_info("client.closed", "pid=%d uid=%u why=%s", (int)c->peer.pid,
	    (unsigned)c->peer.uid, why);
	client_free(c);
}

/* Answer no more; what is written already is still sent. */
static void
close_when_written(struct client *c)
{
	c->is_closing = true;
	bufferevent_disable(c->bev, EV_READ);
}

static size_t
unread_replies(const struct client *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

/* The next whole line, without its newline; NULL if there is none. Valid
 * until drain_line(). */
static const char *
next_line(struct evbuffer *in, size_t *len)
{
	struct evbuffer_ptr end =
	    evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF);

	if (end.pos < 0 || end.pos >= SIGN_WIRE_MAX_LINE)
		return NULL;
	*len = end.pos;
	return (const char *)evbuffer_pullup(in, end.pos + 1);
}

/* Answer up to a turn's worth of lines into server->replies; true if there
 * may be more. */
static bool
answer_lines(struct server *s, struct evbuffer *in)
{
	int64_t mono_us = clock_mono_us(), wall_ms = clock_wall_ms();

	for (int i = 0; i < LINES_A_TURN; i++) {
		size_t len;
		const char *line = next_line(in, &len);

		if (line == NULL)
			return false;
		answer_line(
		    s->answerer, line, len, mono_us, wall_ms, &s->replies);
		evbuffer_drain(in, len + 1);
	}
	return true;
}

static void
flush_replies(struct client *c)
{
	struct buf *replies = &c->server->replies;

	if (replies->len > 0)
		bufferevent_write(c->bev, replies->data, replies->len);
	buf_reset(replies);
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	bool more;

	if (c->is_closing)
		return;
	if (unread_replies(c) > MAX_UNREAD_REPLIES) {
		bufferevent_disable(bev, EV_READ);
		return;
	}
	more = answer_lines(c->server, in);
	if (!more && evbuffer_get_length(in) >= SIGN_WIRE_MAX_LINE) {
		answer_refusal("too_long", "a line is longer than 65535 bytes",
		    &c->server->replies);
		close_when_written(c);
	}
	flush_replies(c);
	if (more)
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
	bufferevent_set_timeouts(bev,
	    evbuffer_get_length(in) > 0 ? &line_timeout : NULL, &write_timeout);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct client *c = arg;

	if (c->is_closing) {
		close_client(c, "refused");
		return;
	}
	if ((bufferevent_get_enabled(bev) & EV_READ) == 0) {
		bufferevent_enable(bev, EV_READ);
		bufferevent_trigger(bev, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
	}
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct client *c = arg;

	(void)bev;
	if ((what & BEV_EVENT_TIMEOUT) != 0)
		close_client(c, "timeout");
	else if ((what & BEV_EVENT_EOF) != 0)
		close_client(c, "closed");
	else
		close_client(c, "error");
}

static bool
uid_is_allowed(const struct server *s, uid_t uid)
{
	if (uid == getuid())
		return true;
	for (size_t i = 0; i < s->n_uids; i++) {
		if (s->uids[i] == uid)
			return true;
	}
	return false;
}

/* Why the client is not let in, as a code; NULL if it is. */
static const char *
refuse_client(const struct server *s, const struct ucred *peer)
{
	if (!uid_is_allowed(s, peer->uid))
		return "not_allowed";
	if (s->n_clients > SERVER_MAX_CLIENTS)
		return "too_many_clients";
	return NULL;
}

static void
admit(struct client *c)
{
	const char *refused = refuse_client(c->server, &c->peer);

	if (refused == NULL) {
		log_info("client.connected", "pid=%d uid=%u", (int)c->peer.pid,
		    (unsigned)c->peer.uid);
		bufferevent_enable(c->bev, EV_READ | EV_WRITE);
		return;
	}
	log_warn("client.refused", "pid=%d uid=%u reason=%s", (int)c->peer.pid,
	    (unsigned)c->peer.uid, refused);
	answer_refusal(
	    refused, "signerd does not serve you", &c->server->replies);
	close_when_written(c);
	flush_replies(c);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int address_len, void *arg)
{
	struct server *s = arg;
	struct client *c = xcalloc(1, sizeof(*c));
	socklen_t len = sizeof(c->peer);

	(void)listener;
	(void)address;
	(void)address_len;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c->peer, &len) < 0) {
		log_warn("client.refused", "why=\"SO_PEERCRED: %s\"",
		    strerror(errno));
		evutil_closesocket(fd);
		free(c);
		return;
	}
	c->server = s;
	c->bev = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL)
		abort();
	TAILQ_INSERT_TAIL(&s->clients, c, link);
	count_clients(s, 1);
	bufferevent_setcb(c->bev, on_readable, on_written, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, MAX_INPUT);
	bufferevent_set_timeouts(c->bev, NULL, &write_timeout);
	admit(c);
}

static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	(void)listener;
	(void)arg;
	log_error("signer.accept", "why=\"%s\"",
	    evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
}

struct server *
server_new(struct event_base *base, const struct server_options *options,
    struct answerer *answerer, struct metrics *metrics, struct err *err)
{
	struct server *s;
	int fd = socket_listen(options->path, options->n_uids > 0, err);

	if (fd < 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->base = base;
	s->answerer = answerer;
	s->path = xstrdup(options->path);
	s->uids = options->uids;
	s->n_uids = options->n_uids;
	TAILQ_INIT(&s->clients);
	if (metrics != NULL)
		s->clients_gauge =
		    metrics_gauge(metrics, "subnetd_signer_clients", NULL,
			"Clients that are connected.");
	s->listener = evconnlistener_new(
	    base, on_accept, s, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	if (s->listener == NULL)
		abort();
	evconnlistener_set_error_cb(s->listener, on_accept_error);
	return s;
}

void
server_free(struct server *s)
{
	struct client *c;

	if (s == NULL)
		return;
	while ((c = TAILQ_FIRST(&s->clients)) != NULL)
		client_free(c);
	evconnlistener_free(s->listener);
	unlink(s->path);
	buf_free(&s->replies);
	free(s->path);
	free(s);
}

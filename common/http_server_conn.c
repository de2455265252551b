/*
 * One connection of the HTTP server: its socket, deadlines and end.
 *
 * Input is read into a scratch buffer of the server and parsed where it
 * lies; only what cannot be used yet is kept. Output is written at once, and
 * only what the socket does not take waits for an event. http_conn_settle()
 * is where all of it is decided, from the state alone.
 */
#include "common/http_server_impl.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xalloc.h"

enum { MAX_WRITES = 4 }; /* in one turn of the loop, for fairness */

static const struct http_fault slow_head = {
    408, "request_timeout", "the headers did not arrive in time"};
static const struct http_fault slow_body = {
    408, "request_timeout", "the body did not arrive in time"};

void
http_conn_enter(struct http_conn *c)
{
	c->busy++;
	http_server_enter(c->server);
}

void
http_conn_leave(struct http_conn *c)
{
	struct http_server *s = c->server;

	if (--c->busy == 0 && c->dead && !s->dead) {
		http_conn_free(c);
		http_server_check(s);
	}
	http_server_leave(s);
}

void
http_conn_free(struct http_conn *c)
{
	if (c->req != NULL)
		c->req->conn = NULL;
	TAILQ_REMOVE(&c->server->conns, c, link);
	c->server->n_conns--;
	event_free(c->readable);
	event_free(c->writable);
	event_free(c->timer);
	event_free(c->kick);
	evbuffer_free(c->out);
	buf_free(&c->in);
	close(c->fd);
	free(c);
}

/* The client has gone: whoever is at work on its request hears of it. */
static void
lose(struct http_conn *c)
{
	struct http_req *req = c->req;

	c->dead = true;
	c->req = NULL;
	if (req == NULL)
		return;
	req->conn = NULL;
	http_req_lost(req);
}

void
http_conn_fail(struct http_conn *c, const struct http_fault *fault)
{
	struct http_req *req = c->req;

	http_reply_fault(c, fault);
	c->phase = CONN_FLUSH;
	c->unread = true;
	c->req = NULL;
	if (req == NULL)
		return;
	req->conn = NULL;
	if (req->started)
		http_req_end(req, false);
	else
		http_req_free(req);
}

/* Write what the socket takes; -1 if it is broken. */
static int
flush(struct http_conn *c)
{
	int n;

	for (int i = 0; i < MAX_WRITES; i++) {
		if (evbuffer_get_length(c->out) == 0)
			return 0;
		errno = 0;
		n = evbuffer_write(c->out, c->fd);
		if (n > 0) {
			c->moved = true;
			continue;
		}
		/* 0 without a reason: a file is shorter than it was. */
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	}
	return 0;
}

/* Requests are kept. Half of an empty line is none. */
static bool
has_more(const struct http_conn *c)
{
	return c->in.len > 1 || (c->in.len == 1 && c->in.data[0] != '\r');
}

static bool
wants_close(const struct http_conn *c)
{
	switch (c->phase) {
	case CONN_FLUSH:
		return true;
	case CONN_IDLE:
		return !has_more(c) && (c->eof || c->server->draining);
	case CONN_HEAD:
	case CONN_LINGER:
		return c->eof;
	case CONN_BODY:
	case CONN_WAIT:
		return false;
	}
	return true;
}

/*
 * The last answer is out. Closing on a client that is still sending would
 * reset the connection and take the answer from it, so we first wait, for a
 * while, until it has seen ours.
 */
static void
hang_up(struct http_conn *c)
{
	if (c->eof || c->phase == CONN_LINGER ||
	    (!c->unread && c->in.len == 0)) {
		c->dead = true;
		return;
	}
	shutdown(c->fd, SHUT_WR);
	buf_free(&c->in);
	c->phase = CONN_LINGER;
	http_server_check(c->server);
}

static bool
wants_read(const struct http_conn *c)
{
	const struct http_req *req = c->req;

	if (c->eof)
		return false;
	switch (c->phase) {
	case CONN_IDLE:
	case CONN_HEAD:
		return evbuffer_get_length(c->out) < HTTP_WRITE_AHEAD;
	case CONN_BODY:
		if (req->gated)
			return false;
		return !req->route->streams ||
		       (req->read_called && !req->paused);
	case CONN_WAIT:
		return c->in.len < HTTP_READ_AHEAD;
	case CONN_FLUSH:
		return false;
	case CONN_LINGER:
		return true;
	}
	return false;
}

static enum http_watch
wanted_watch(const struct http_conn *c)
{
	if (evbuffer_get_length(c->out) > 0)
		return WATCH_WRITE;
	switch (c->phase) {
	case CONN_IDLE:
		return WATCH_IDLE;
	case CONN_HEAD:
		return WATCH_HEAD;
	case CONN_BODY:
		return wants_read(c) ? WATCH_BODY : WATCH_NOTHING;
	case CONN_WAIT:
	case CONN_FLUSH:
		return WATCH_NOTHING;
	case CONN_LINGER:
		return WATCH_LINGER;
	}
	return WATCH_NOTHING;
}

static int
watch_ms(const struct http_limits *limits, enum http_watch watch)
{
	switch (watch) {
	case WATCH_NOTHING:
		return 0;
	case WATCH_IDLE:
		return limits->idle_timeout_ms;
	case WATCH_HEAD:
		return limits->header_timeout_ms;
	case WATCH_BODY:
		return limits->body_timeout_ms;
	case WATCH_WRITE:
		return limits->write_timeout_ms;
	case WATCH_LINGER:
		return HTTP_LINGER_MS;
	}
	return 0;
}

/* Those that have been so for longer stand in front of it. */
static void
become_quiet(struct http_conn *c)
{
	struct http_conns *conns = &c->server->conns;

	c->quiet_us = clock_mono_us();
	TAILQ_REMOVE(conns, c, link);
	TAILQ_INSERT_TAIL(conns, c, link);
}

static void
set_timer(struct http_conn *c)
{
	enum http_watch watch = wanted_watch(c);
	int ms = watch_ms(&c->server->limits, watch);
	struct timeval tv = {ms / 1000, ms % 1000 * 1000};

	if (watch == c->watch && !c->moved)
		return;
	c->watch = watch;
	c->moved = false;
	c->progress = 0;
	if (watch == WATCH_IDLE)
		become_quiet(c);
	if (watch == WATCH_NOTHING)
		event_del(c->timer);
	else
		event_add(c->timer, &tv);
}

/* Add or delete an event, once. */
static void
set_event(struct event *ev, bool *is, bool want)
{
	if (*is == want)
		return;
	*is = want;
	if (want)
		event_add(ev, NULL);
	else
		event_del(ev);
}

void
http_conn_settle(struct http_conn *c)
{
	if (c->dead)
		return;
	if (flush(c) != 0 ||
	    (c->eof && (c->phase == CONN_WAIT || c->phase == CONN_BODY))) {
		lose(c);
		return;
	}
	if (evbuffer_get_length(c->out) == 0 && wants_close(c))
		hang_up(c);
	if (c->dead)
		return;
	set_event(c->readable, &c->reading, wants_read(c));
	set_event(c->writable, &c->writing, evbuffer_get_length(c->out) > 0);
	set_timer(c);
	/* Requests that waited for an answer, or for room for theirs. */
	if (c->phase == CONN_IDLE && has_more(c) &&
	    evbuffer_get_length(c->out) < HTTP_WRITE_AHEAD)
		http_conn_kick(c);
}

/* Parse what is kept; an idle connection keeps no memory. */
static void
parse_kept(struct http_conn *c)
{
	const char *p = c->in.len > 0 ? (const char *)c->in.data : "";
	size_t used = http_parse(c, p, c->in.len);

	if (c->dead)
		return;
	buf_drop(&c->in, used);
	if (c->in.len == 0)
		buf_free(&c->in);
}

static void
take_input(struct http_conn *c, const char *p, size_t n)
{
	size_t used;

	if (c->in.len > 0) {
		buf_add(&c->in, p, n);
		parse_kept(c);
		return;
	}
	used = http_parse(c, p, n);
	if (!c->dead)
		buf_add(&c->in, p + used, n - used);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *c = arg;
	char *scratch = c->server->scratch;
	ssize_t n;

	(void)what;
	http_conn_enter(c);
	n = read(fd, scratch, HTTP_READ_SIZE);
	if (n > 0)
		take_input(c, scratch, n);
	else if (n == 0)
		c->eof = true;
	else if (errno != EAGAIN && errno != EINTR)
		lose(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

/* Whoever writes an answer in pieces may go on. */
static void
tell_room(struct http_conn *c)
{
	struct http_req *req = c->req;
	void (*on_room)(struct http_req *, void *);

	if (c->dead || req == NULL || req->on_room == NULL ||
	    evbuffer_get_length(c->out) >= HTTP_WRITE_AHEAD)
		return;
	on_room = req->on_room;
	req->on_room = NULL;
	req->busy++;
	on_room(req, req->room_arg);
	req->busy--;
	if (req->answered)
		http_req_release(req);
}

static void
on_kick(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *c = arg;

	(void)fd;
	(void)what;
	http_conn_enter(c);
	if (!c->dead)
		parse_kept(c);
	http_conn_settle(c);
	tell_room(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *c = arg;

	(void)fd;
	(void)what;
	http_conn_enter(c);
	http_conn_settle(c);
	tell_room(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct http_conn *c = arg;
	enum http_watch watch = c->watch;

	(void)fd;
	(void)what;
	http_conn_enter(c);
	c->watch = WATCH_NOTHING;
	if (watch == WATCH_HEAD)
		http_conn_fail(c, &slow_head);
	else if (watch == WATCH_BODY)
		http_conn_fail(c, &slow_body);
	else
		lose(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

/* A request may be here that we have not read yet. */
static bool
has_unread(const struct http_conn *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool
http_conn_give_way(struct http_conn *c, int64_t since_us)
{
	if (c->dead || c->busy > 0 || c->quiet_us > since_us ||
	    (c->watch != WATCH_HEAD &&
		(c->watch != WATCH_IDLE || has_unread(c))))
		return false;
	http_conn_enter(c);
	lose(c);
	http_conn_leave(c);
	return true;
}

void
http_conn_kick(struct http_conn *c)
{
	event_active(c->kick, EV_TIMEOUT, 1);
}

void
http_conn_new(struct http_server *s, int fd, const char *peer)
{
	struct http_conn *c = xcalloc(1, sizeof(*c));

	c->server = s;
	c->fd = fd;
	memcpy(c->peer, peer, strnlen(peer, sizeof(c->peer) - 1));
	c->readable =
	    event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable =
	    event_new(s->base, fd, EV_WRITE | EV_PERSIST, on_writable, c);
	c->timer = evtimer_new(s->base, on_timer, c);
	c->kick = evtimer_new(s->base, on_kick, c);
	c->out = evbuffer_new();
	/* So that files go out by sendfile(). */
	evbuffer_set_flags(c->out, EVBUFFER_FLAG_DRAINS_TO_FD);
	c->quiet_us = clock_mono_us();
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->n_conns++;
	http_conn_enter(c);
	http_conn_settle(c);
	http_conn_leave(c);
}

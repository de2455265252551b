/* The client's side of signerd's socket: the connection, and asking. */
#include "common/signer_client.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/backoff.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/sign_wire.h"
#include "common/signer_calls.h"
#include "common/xalloc.h"

enum { HOTKEY_TEXT = 64, LEAST_RETRY_MS = 50, MOST_RETRY_MS = 1000 };

struct signer_client {
	struct event_base *base;
	char *path;
	char hotkey[HOTKEY_TEXT];
	int64_t timeout_ms;
	struct signer_calls *calls;
	struct bufferevent *bev; /* NULL: not connected */
	bool is_up;		 /* an answer came on this connection */
	bool said_down;		 /* in the log, since it was last up */
	struct backoff backoff;
	struct event *retry;
	int64_t retry_us;    /* not before */
	struct err last_err; /* why not connected */
	struct buf line_in, line_out;
	bool is_reading; /* in its loop of callbacks */
	bool is_freed;	 /* when that loop is left */
};

/* Break the connection off; whoever waits on it fails. */
static void
disconnect(struct signer_client *c, const char *why)
{
	int64_t wait_ms = backoff_next_ms(&c->backoff);
	struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

	err_set(&c->last_err, "signer at %s: %s", c->path, why);
	c->retry_us = clock_mono_us() + wait_ms * 1000;
	event_add(c->retry, &wait);
	if (!c->said_down)
		log_warn("signer.down", "retry_ms=%lld why=\"%s\"",
		    (long long)wait_ms, c->last_err.text);
	c->said_down = true;
	c->is_up = false;
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	c->bev = NULL;
	signer_calls_fail_all(c->calls, &c->last_err);
}

static void
note_up(struct signer_client *c)
{
	if (!c->is_up)
		log_info("signer.up", "socket=%s", c->path);
	c->is_up = true;
	c->said_down = false;
	backoff_reset(&c->backoff);
}

static void
note_hotkey(struct signer_client *c, const struct sign_reply *reply)
{
	const char *hotkey =
	    reply->hotkey != NULL ? reply->hotkey : reply->signed_by;

	if (hotkey != NULL)
		snprintf(c->hotkey, sizeof(c->hotkey), "%s", hotkey);
}

static void
take_reply(struct signer_client *c, const struct sign_reply *reply)
{
	struct signer_call *call = signer_calls_find(c->calls, reply->id);
	const char *answer =
	    reply->signature != NULL ? reply->signature : reply->hotkey;
	struct err err;

	note_hotkey(c, reply);
	if (call == NULL)
		return; /* cancelled */
	if (reply->code != NULL)
		err_set(&err, "signer refused: %s (%s)", reply->message,
		    reply->code);
	else if (answer == NULL)
		err_set(&err, "signer at %s: empty reply", c->path);
	if (reply->code != NULL || answer == NULL)
		signer_calls_answer(call, NULL, &err);
	else
		signer_calls_answer(call, answer, NULL);
}

/* A line that is no reply, or a refusal of no request, ends the connection. */
static void
take_line(struct signer_client *c, const char *line, size_t len)
{
	struct sign_reply reply;
	struct err err;

	if (sign_reply_parse(line, len, &reply, &err) < 0) {
		disconnect(c, err.text);
	} else if (reply.id == SIGN_WIRE_NO_ID) {
		disconnect(c, reply.code != NULL ? reply.code : "bad reply");
	} else {
		note_up(c);
		take_reply(c, &reply);
	}
	sign_reply_clear(&reply);
}

/* The next whole line into line_in, without its newline; -1 if there is
 * none, or the connection was given up for its length. */
static long
read_line(struct signer_client *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct evbuffer_ptr end =
	    evbuffer_search_eol(in, NULL, NULL, EVBUFFER_EOL_LF);
	size_t len = end.pos < 0 ? evbuffer_get_length(in) : (size_t)end.pos;

	if (len >= SIGN_WIRE_MAX_LINE) {
		disconnect(c, "a reply is too long");
		return -1;
	}
	if (end.pos < 0)
		return -1;
	evbuffer_remove(in, buf_reserve(&c->line_in, len + 1), len + 1);
	return len;
}

static void
destroy(struct signer_client *c)
{
	event_free(c->retry);
	buf_free(&c->line_in);
	buf_free(&c->line_out);
	free(c->path);
	free(c);
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct signer_client *c = arg;
	long len;

	c->is_reading = true;
	while (c->bev == bev && (len = read_line(c)) >= 0)
		take_line(c, (const char *)c->line_in.data, len);
	c->is_reading = false;
	if (c->is_freed)
		destroy(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct signer_client *c = arg;

	(void)bev;
	if ((what & BEV_EVENT_ERROR) != 0)
		disconnect(
		    c, evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
	else
		disconnect(c, "connection closed");
}

/* A connected socket, or -1 with errno. A Unix socket connects at once. */
static int
open_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, saved;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int
connect_now(struct signer_client *c)
{
	int fd = open_socket(c->path);

	if (fd < 0) {
		disconnect(c, strerror(errno));
		return -1;
	}
	c->bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL)
		abort();
	bufferevent_setcb(c->bev, on_readable, NULL, on_event, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	event_del(c->retry);
	return 0;
}

/* There is a connection. */
static struct signer_call *
send_request(
    struct signer_client *c, struct sign_request *req, signer_cb *cb, void *arg)
{
	struct signer_call *call =
	    signer_calls_add(c->calls, c->timeout_ms, cb, arg);
	struct err err;

	req->id = signer_calls_id(call);
	buf_reset(&c->line_out);
	sign_request_print(req, &c->line_out);
	if (c->line_out.len <= SIGN_WIRE_MAX_LINE) {
		bufferevent_write(c->bev, c->line_out.data, c->line_out.len);
		return call;
	}
	err_set(&err, "signer at %s: the request is too long", c->path);
	signer_calls_fail(call, &err);
	return call;
}

static void
on_probe(const char *answer, const struct err *err, void *arg)
{
	(void)answer;
	(void)err;
	(void)arg;
}

/* Connect, and ask who is there: the answer is what makes us up. */
static int
ensure_connected(struct signer_client *c)
{
	struct sign_request whoami = {.shape = "whoami"};

	if (c->bev != NULL)
		return 0;
	if (clock_mono_us() < c->retry_us || connect_now(c) < 0)
		return -1;
	send_request(c, &whoami, on_probe, NULL);
	return 0;
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct signer_client *c = arg;

	(void)fd;
	(void)what;
	c->retry_us = 0;
	ensure_connected(c);
}

static void
on_overdue(void *arg)
{
	disconnect(arg, "no reply in time");
}

static struct signer_call *
start(
    struct signer_client *c, struct sign_request *req, signer_cb *cb, void *arg)
{
	struct signer_call *call;
	struct err err;

	if (ensure_connected(c) == 0 &&
	    signer_calls_waiting(c->calls) < SIGNER_MAX_PENDING)
		return send_request(c, req, cb, arg);
	if (c->bev == NULL)
		err = c->last_err;
	else
		err_set(&err, "signer at %s: %d requests are pending", c->path,
		    SIGNER_MAX_PENDING);
	call = signer_calls_add(c->calls, c->timeout_ms, cb, arg);
	signer_calls_fail(call, &err);
	return call;
}

struct signer_call *
signer_sign_epistula(
    struct signer_client *c, const char *message, signer_cb *cb, void *arg)
{
	struct sign_request req = {.shape = "epistula", .message = message};

	return start(c, &req, cb, arg);
}

struct signer_call *
signer_sign_dendrite(
    struct signer_client *c, const char *message, signer_cb *cb, void *arg)
{
	struct sign_request req = {.shape = "dendrite", .message = message};

	return start(c, &req, cb, arg);
}

struct signer_call *
signer_sign_weights(struct signer_client *c, const char *name,
    const struct buf *payload, signer_cb *cb, void *arg)
{
	char *hex = hex_0x(payload->data, payload->len);
	struct sign_request req = {
	    .shape = "weights", .payload = hex, .call = name};
	struct signer_call *call = start(c, &req, cb, arg);

	free(hex);
	return call;
}

struct signer_call *
signer_sign_statement(struct signer_client *c, const char *domain,
    const char *text, signer_cb *cb, void *arg)
{
	struct sign_request req = {
	    .shape = "statement", .domain = domain, .text = text};

	return start(c, &req, cb, arg);
}

struct signer_call *
signer_whoami(struct signer_client *c, signer_cb *cb, void *arg)
{
	struct sign_request req = {.shape = "whoami"};

	return start(c, &req, cb, arg);
}

struct signer_client *
signer_client_new(struct event_base *base, const char *socket_path)
{
	struct signer_client *c = xcalloc(1, sizeof(*c));
	const struct timeval now = {0, 0};

	c->base = base;
	c->path = xstrdup(socket_path);
	c->timeout_ms = SIGNER_TIMEOUT_MS;
	c->backoff = (struct backoff){
	    .least_ms = LEAST_RETRY_MS, .most_ms = MOST_RETRY_MS};
	c->calls = signer_calls_new(base, on_overdue, c);
	c->retry = evtimer_new(base, on_retry, c);
	event_add(c->retry, &now);
	return c;
}

void
signer_client_free(struct signer_client *c)
{
	if (c == NULL)
		return;
	if (c->bev != NULL)
		bufferevent_free(c->bev);
	c->bev = NULL;
	signer_calls_free(c->calls);
	event_del(c->retry);
	c->is_freed = true;
	if (!c->is_reading)
		destroy(c);
}

void
signer_client_set_timeout(struct signer_client *c, int64_t timeout_ms)
{
	c->timeout_ms = timeout_ms;
}

bool
signer_client_is_up(const struct signer_client *c)
{
	return c->is_up;
}

const char *
signer_client_hotkey(const struct signer_client *c)
{
	return c->hotkey;
}

/* Connections, and the queues that make answers late. */
#include "tests/fake/devchain/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/endpoint.h"
#include "tests/fake/devchain/server_impl.h"

static bool
is_stalled(const struct node *n)
{
	return n->faults.stalled_until_us > clock_mono_us();
}

bool
conn_is_held(const struct conn *c)
{
	return !c->client.is_control &&
	       (is_stalled(c->client.node) || c->client.endpoint->faults.mute);
}

static void
messages_free(struct message *m)
{
	while (m != NULL) {
		struct message *next = m->next;

		free(m->text);
		free(m);
		m = next;
	}
}

static void
queue(struct message **list, const char *text, size_t len, int64_t due_us)
{
	struct message *m = xcalloc(1, sizeof(*m));

	m->text = xmalloc(len + 1);
	memcpy(m->text, text, len);
	m->text[len] = '\0';
	m->len = len;
	m->due_us = due_us;
	while (*list != NULL)
		list = &(*list)->next;
	*list = m;
}

/* Wake up at a time, if not before. */
static void
wake_at(struct server *s, int64_t due_us)
{
	int64_t left_us = due_us - clock_mono_us();
	struct timeval tv;

	if (s->wake_us != 0 && s->wake_us <= due_us)
		return;
	s->wake_us = due_us;
	if (left_us < 0)
		left_us = 0;
	tv.tv_sec = left_us / 1000000;
	tv.tv_usec = left_us % 1000000;
	event_add(s->timer, &tv);
}

static void
transmit(struct conn *c, const char *text, size_t len)
{
	if (c->is_closing)
		return;
	if (c->ws != NULL)
		conn_ws_answer(c, text, len);
	else
		conn_http_answer(c, text, len);
}

static void
deliver(struct conn *c, const char *text, size_t len, int64_t due_us)
{
	if (!conn_is_held(c) && due_us == 0) {
		transmit(c, text, len);
		return;
	}
	queue(&c->outbox, text, len, due_us);
	if (due_us > 0)
		wake_at(c->server, due_us);
}

/* When the answer to a message is due; 0 for at once. */
static int64_t
answer_due(const struct conn *c, const char *text, size_t len)
{
	const struct faults *f = &c->client.node->faults;
	int64_t late_us = c->client.endpoint->faults.delay_us;
	char method[64];

	if (c->client.is_control)
		return 0;
	if (late_us > 0)
		return clock_mono_us() + late_us;
	if (f->delay_us == 0)
		return 0;
	call_method(text, len, method);
	if (f->delay_method[0] != '\0' && strcmp(f->delay_method, method) != 0)
		return 0;
	return clock_mono_us() + f->delay_us;
}

static void
carry_out(struct conn *c, const char *text, size_t len)
{
	struct call_after *after;
	int64_t due_us = answer_due(c, text, len);
	char *answer = call_answer(&c->client, text, len, &after);

	deliver(c, answer, strlen(answer), due_us);
	free(answer);
	call_begin(&c->client, after);
}

/* One more in this second than there may be? */
static bool
is_too_much(struct conn *c)
{
	int limit = c->client.endpoint->faults.limit;
	int64_t second = clock_mono_us() / 1000000;

	if (second != c->second)
		c->requests = 0;
	c->second = second;
	return limit > 0 && !c->client.is_control && ++c->requests > limit;
}

static void
refuse(struct conn *c, const char *text, size_t len)
{
	char *answer;

	if (c->ws == NULL) {
		conn_http_refuse(c, 429, 1);
		return;
	}
	answer = call_refuse(text, len, -32029, "Too many requests");
	deliver(c, answer, strlen(answer), 0);
	free(answer);
}

void
conn_receive(struct conn *c, const char *text, size_t len)
{
	if (call_is_control(text, len))
		c->client.is_control = true;
	if (is_too_much(c)) {
		refuse(c, text, len);
		return;
	}
	if (conn_is_held(c) && !c->client.node->faults.stall_answers_only) {
		queue(&c->inbox, text, len, 0);
		return;
	}
	carry_out(c, text, len);
}

static void
on_notification(struct client *client, const char *text, size_t len)
{
	deliver((struct conn *)client, text, len, 0);
}

static void
conn_free(struct conn *c)
{
	struct conn **link = &c->server->conns;

	while (*link != c)
		link = &(*link)->next;
	*link = c->next;
	node_remove_client(c->client.node, &c->client);
	if (c->ws != NULL)
		wslay_event_context_free(c->ws);
	bufferevent_free(c->bev);
	buf_free(&c->body);
	messages_free(c->inbox);
	messages_free(c->outbox);
	free(c);
}

void
conn_close(struct conn *c)
{
	c->is_closing = true;
	event_active(c->server->timer, EV_TIMEOUT, 0);
}

void
conn_cut(struct conn *c)
{
	c->is_cut = true;
	conn_close(c);
}

/* What was held and is due. */
static void
flush(struct conn *c)
{
	struct message *in = c->inbox, *out = c->outbox;
	int64_t now_us = clock_mono_us();

	if (conn_is_held(c))
		return;
	c->inbox = c->outbox = NULL;
	if (c->ws == NULL && c->is_busy && c->wants_websocket)
		conn_http_upgrade(c);
	for (struct message *m = out; m != NULL; m = m->next) {
		if (m->due_us > now_us) {
			queue(&c->outbox, m->text, m->len, m->due_us);
			wake_at(c->server, m->due_us);
		} else {
			transmit(c, m->text, m->len);
		}
	}
	for (struct message *m = in; m != NULL; m = m->next)
		carry_out(c, m->text, m->len);
	messages_free(in);
	messages_free(out);
	if (c->ws != NULL && !c->is_closing)
		conn_ws_flush(c);
}

static bool
is_written(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev)) == 0;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;

	(void)fd;
	(void)what;
	s->wake_us = 0;
	for (struct conn *c = s->conns; c != NULL; c = c->next)
		flush(c);
	for (struct conn *c = s->conns, *next; c != NULL; c = next) {
		next = c->next;
		if (c->is_cut || (c->is_closing && is_written(c)))
			conn_free(c);
	}
	if (is_stalled(s->node) &&
	    s->node->faults.stalled_until_us != INT64_MAX)
		wake_at(s, s->node->faults.stalled_until_us);
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->is_closing)
		return;
	if (c->ws != NULL)
		conn_ws_readable(c);
	else
		conn_http_readable(c);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		conn_cut(arg);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->is_closing)
		conn_close(c);
}

static void
on_accept(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *addr, int len, void *arg)
{
	struct port *port = arg;
	struct server *s = port->server;
	struct conn *c = xcalloc(1, sizeof(*c));

	(void)listener;
	(void)addr;
	(void)len;
	c->server = s;
	c->client.send = on_notification;
	c->client.endpoint = port->endpoint;
	c->bev = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	bufferevent_setcb(c->bev, on_readable, on_written, on_event, c);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	c->next = s->conns;
	s->conns = c;
	node_add_client(s->node, &c->client);
	conn_http_start(c);
}

/* Listen, at a free port if it has none yet. 0, or -1 with errno. */
static int
open_port(struct port *p)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)p->endpoint->port),
	    .sin_addr = p->server->address,
	};
	socklen_t len = sizeof(in);

	p->listener = evconnlistener_new_bind(p->server->base, on_accept, p,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, -1,
	    (struct sockaddr *)&in, sizeof(in));
	if (p->listener == NULL)
		return -1;
	getsockname(
	    evconnlistener_get_fd(p->listener), (struct sockaddr *)&in, &len);
	p->endpoint->port = ntohs(in.sin_port);
	return 0;
}

static void
close_port(struct port *p)
{
	if (p->listener != NULL)
		evconnlistener_free(p->listener);
	p->listener = NULL;
}

/* What a fault does to a connection that is open. */
static bool
is_to_be_cut(const struct conn *c)
{
	const struct endpoint_faults *f = &c->client.endpoint->faults;

	if (f->dead)
		return true;
	return c->ws != NULL && (f->http_status != 0 || f->http_only);
}

static void
apply_faults(struct server *s)
{
	for (size_t i = 0; i < s->node->n_endpoints; i++) {
		struct port *p = &s->ports[i];

		if (p->endpoint->faults.dead)
			close_port(p);
		else if (p->listener == NULL && open_port(p) != 0)
			log_error("fault.port", "port=%d why=\"%s\"",
			    p->endpoint->port, strerror(errno));
	}
	for (struct conn *c = s->conns; c != NULL; c = c->next)
		if (is_to_be_cut(c))
			conn_cut(c);
}

static void
on_faults(struct node *n)
{
	struct server *s = n->arg;

	apply_faults(s);
	event_active(s->timer, EV_TIMEOUT, 0);
}

static void
on_disconnect(struct node *n, const struct client *but)
{
	struct server *s = n->arg;

	for (struct conn *c = s->conns; c != NULL; c = c->next)
		if (&c->client != but)
			conn_cut(c);
}

struct server *
server_new(struct event_base *base, struct node *n)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->base = base;
	s->node = n;
	s->timer = event_new(base, -1, 0, on_timer, s);
	s->ports = xcalloc(n->n_endpoints, sizeof(*s->ports));
	for (size_t i = 0; i < n->n_endpoints; i++)
		s->ports[i] = (struct port){s, &n->endpoints[i], NULL};
	n->arg = s;
	n->faults_changed = on_faults;
	n->disconnect_all = on_disconnect;
	return s;
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	while (s->conns != NULL)
		conn_free(s->conns);
	for (size_t i = 0; i < s->node->n_endpoints; i++)
		close_port(&s->ports[i]);
	free(s->ports);
	event_free(s->timer);
	free(s);
}

int
server_listen(struct server *s, const char *address, struct err *err)
{
	if (inet_pton(AF_INET, address, &s->address) != 1)
		return err_set(
		    err, "--listen: \"%s\" is no IPv4 address", address);
	for (size_t i = 0; i < s->node->n_endpoints; i++) {
		struct port *p = &s->ports[i];

		if (open_port(p) != 0)
			return err_set(err, "port %d: %s", p->endpoint->port,
			    strerror(errno));
	}
	return 0;
}

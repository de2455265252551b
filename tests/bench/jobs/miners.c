/* Miners that do nothing. */
#include "tests/bench/jobs/miners.h"

#include <event2/event.h>
#include <event2/listener.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/xalloc.h"
#include "tests/bench/jobs/wire.h"

enum { MAX_FIELD = 256, MAX_REQUEST = 1024 };

static const char accepted[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
static const char capacity[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    "Content-Length: 14\r\n\r\n{\"bench\":1000}";
static const char result[] =
    "{\"status\":\"completed\",\"output\":{\"text\":\"It is short, and it is "
    "all that there is to say.\"}}";

struct visitor { /* a connection to a miner */
	LIST_ENTRY(visitor) link;
	struct miners *m;
	struct wire *wire;
};

struct caller { /* a connection for calling back */
	LIST_ENTRY(caller) link;
	struct miners *m;
	struct wire *wire;
	long run, ticket;
	bool is_busy;
};

LIST_HEAD(visitors, visitor);
LIST_HEAD(callers, caller);

struct miners {
	struct event_base *base;
	size_t n;
	int *ports;
	struct evconnlistener **listeners;
	struct visitors visitors;
	struct callers idle, busy;
	void (*on_done)(long, void *);
	void *arg;
	long run;
	struct miners_counts counts;
};

/* -- calling back ------------------------------------------------------- */

static void
caller_free(struct caller *c)
{
	LIST_REMOVE(c, link);
	wire_free(c->wire);
	free(c);
}

static void
on_called(struct wire *wire, const struct wire_message *answer, void *arg)
{
	struct caller *c = arg;
	struct miners *m = c->m;

	(void)wire;
	LIST_REMOVE(c, link);
	LIST_INSERT_HEAD(&m->idle, c, link);
	c->is_busy = false;
	if (answer->status != 200) {
		if (m->counts.refused++ < 5)
			fprintf(stderr, "bench: callback: %d %s\n",
			    answer->status, answer->body);
		return;
	}
	if (m->on_done != NULL && c->run == m->run)
		m->on_done(c->ticket, m->arg);
}

static void
on_caller_closed(struct wire *wire, void *arg)
{
	struct caller *c = arg;

	(void)wire;
	if (c->is_busy)
		c->m->counts.refused++;
	caller_free(c);
}

static const struct wire_handlers caller_handlers = {
    on_called, on_caller_closed};

static struct caller *
caller_get(struct miners *m, int port)
{
	struct caller *c = LIST_FIRST(&m->idle);

	if (c != NULL) {
		LIST_REMOVE(c, link);
	} else {
		c = xcalloc(1, sizeof(*c));
		c->m = m;
		c->wire = wire_connect(m->base, port, &caller_handlers, c);
	}
	LIST_INSERT_HEAD(&m->busy, c, link);
	c->is_busy = true;
	return c;
}

/* The text of a member, as far as it goes without escapes. */
static bool
field(const char *body, const char *name, char out[MAX_FIELD])
{
	char *mark = xasprintf("\"%s\":\"", name);
	const char *at = strstr(body, mark), *end;

	if (at != NULL)
		at += strlen(mark);
	free(mark);
	end = at != NULL ? strchr(at, '"') : NULL;
	if (end == NULL || end - at >= MAX_FIELD)
		return false;
	snprintf(out, MAX_FIELD, "%.*s", (int)(end - at), at);
	return true;
}

static void
call_back(struct miners *m, const char *body)
{
	static const char scheme[] = "http://127.0.0.1:";
	const char *ticket = strstr(body, "\"" MINERS_KEY " "), *path;
	char url[MAX_FIELD], secret[MAX_FIELD], request[MAX_REQUEST];
	struct caller *c;
	int len;

	if (ticket == NULL || !field(body, "callback_url", url) ||
	    !field(body, "callback_secret", secret) ||
	    strncmp(url, scheme, strlen(scheme)) != 0 ||
	    (path = strchr(url + strlen(scheme), '/')) == NULL) {
		fprintf(stderr, "bench: an attempt with %s\n", body);
		m->counts.refused++;
		return;
	}
	c = caller_get(m, atoi(url + strlen(scheme)));
	if (sscanf(ticket, "\"" MINERS_KEY " %ld %ld", &c->run, &c->ticket) !=
	    2)
		c->run = -1;
	len = snprintf(request, sizeof(request),
	    "POST %s HTTP/1.1\r\nHost: bench\r\nX-Callback-Secret: %s\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, secret, sizeof(result) - 1, result);
	if (c->wire != NULL && wire_send(c->wire, request, len) == 0)
		return;
	m->counts.refused++;
	caller_free(c);
}

/* -- being called ------------------------------------------------------- */

static void
on_request(struct wire *wire, const struct wire_message *request, void *arg)
{
	struct visitor *v = arg;

	if (strncmp(request->head, "GET /capacity ", 14) == 0) {
		v->m->counts.capacity++;
		wire_send(wire, capacity, sizeof(capacity) - 1);
		return;
	}
	v->m->counts.attempts++;
	wire_send(wire, accepted, sizeof(accepted) - 1);
	call_back(v->m, request->body);
}

static void
on_visitor_closed(struct wire *wire, void *arg)
{
	struct visitor *v = arg;

	LIST_REMOVE(v, link);
	wire_free(wire);
	free(v);
}

static const struct wire_handlers visitor_handlers = {
    on_request, on_visitor_closed};

static void
on_visitor(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *sa, int len, void *arg)
{
	struct visitor *v = xcalloc(1, sizeof(*v));

	(void)listener;
	(void)sa;
	(void)len;
	v->m = arg;
	LIST_INSERT_HEAD(&v->m->visitors, v, link);
	v->wire = wire_new(v->m->base, fd, &visitor_handlers, v);
}

/* -- the whole ---------------------------------------------------------- */

struct miners *
miners_new(struct event_base *base, size_t n)
{
	struct miners *m = xcalloc(1, sizeof(*m));

	m->base = base;
	m->n = n;
	m->ports = xcalloc(n, sizeof(*m->ports));
	m->listeners = xcalloc(n, sizeof(*m->listeners));
	LIST_INIT(&m->visitors);
	LIST_INIT(&m->idle);
	LIST_INIT(&m->busy);
	for (size_t i = 0; i < n; i++) {
		int fd = wire_listen(&m->ports[i]);

		if (fd < 0) {
			miners_free(m);
			return NULL;
		}
		evutil_make_socket_nonblocking(fd);
		m->listeners[i] = evconnlistener_new(
		    base, on_visitor, m, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	}
	return m;
}

void
miners_free(struct miners *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++) {
		if (m->listeners[i] != NULL)
			evconnlistener_free(m->listeners[i]);
	}
	while (!LIST_EMPTY(&m->visitors)) {
		struct visitor *v = LIST_FIRST(&m->visitors);

		on_visitor_closed(v->wire, v);
	}
	while (!LIST_EMPTY(&m->idle))
		caller_free(LIST_FIRST(&m->idle));
	while (!LIST_EMPTY(&m->busy))
		caller_free(LIST_FIRST(&m->busy));
	free(m->listeners);
	free(m->ports);
	free(m);
}

int
miners_port(const struct miners *m, size_t i)
{
	return m->ports[i];
}

long
miners_tell(
    struct miners *m, void (*on_done)(long ticket, void *arg), void *arg)
{
	while (!LIST_EMPTY(&m->idle))
		caller_free(LIST_FIRST(&m->idle));
	m->on_done = on_done;
	m->arg = arg;
	return ++m->run;
}

const struct miners_counts *
miners_counts(const struct miners *m)
{
	return &m->counts;
}

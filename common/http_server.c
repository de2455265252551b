/* The HTTP server: its life, from new to drained. */
#include "common/http_server.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "common/hex.h"
#include "common/http_server_impl.h"
#include "common/metrics.h"
#include "common/xalloc.h"

const struct http_limits http_default_limits = {
    .max_header_bytes = 16384,
    .max_headers = 100,
    .max_connections = 1024,
    .header_timeout_ms = 10000,
    .body_timeout_ms = 30000,
    .idle_timeout_ms = 60000,
    .write_timeout_ms = 30000,
};

static void
on_idle_kick(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *s = arg;
	void (*on_idle)(void *) = s->on_idle;

	(void)fd;
	(void)what;
	s->on_idle = NULL;
	http_server_enter(s);
	if (on_idle != NULL)
		on_idle(s->idle_arg);
	http_server_leave(s);
}

struct http_server *
http_server_new(struct event_base *base, const struct http_route *routes,
    const struct http_limits *limits, void *arg)
{
	struct http_server *s = xcalloc(1, sizeof(*s));

	/* A client that hangs up is an error of write(), not a signal. */
	signal(SIGPIPE, SIG_IGN);
	s->base = base;
	s->routes = routes;
	s->limits = *limits;
	if (s->limits.max_header_bytes > HTTP_MAX_PARSER_HEADERS)
		s->limits.max_header_bytes = HTTP_MAX_PARSER_HEADERS;
	s->arg = arg;
	s->accepting = true;
	s->date_s = -1;
	s->accept_retry = evtimer_new(base, http_server_on_retry, s);
	s->idle_kick = evtimer_new(base, on_idle_kick, s);
	TAILQ_INIT(&s->conns);
	LIST_INIT(&s->reqs);
	return s;
}

void
http_server_set_gate(
    struct http_server *s, void (*gate)(struct http_req *, void *))
{
	s->gate = gate;
}

void
http_server_count(struct http_server *s, struct metrics *m, const char *name,
    const char *help)
{
	char labels[32];

	for (int i = 0; i < HTTP_CLASSES; i++) {
		snprintf(labels, sizeof(labels), "class=\"%dxx\"", i + 1);
		s->answers[i] = metrics_counter(m, name, labels, help);
	}
}

static void
destroy(struct http_server *s)
{
	while (!TAILQ_EMPTY(&s->conns))
		http_conn_free(TAILQ_FIRST(&s->conns));
	while (!LIST_EMPTY(&s->reqs))
		http_req_free(LIST_FIRST(&s->reqs));
	event_free(s->accept_retry);
	event_free(s->idle_kick);
	free(s);
}

void
http_server_free(struct http_server *s)
{
	struct http_conn *c;

	if (s == NULL)
		return;
	http_server_close_listeners(s);
	s->dead = true;
	s->on_idle = NULL;
	TAILQ_FOREACH(c, &s->conns, link)
	c->dead = true;
	if (s->busy == 0)
		destroy(s);
}

void
http_server_enter(struct http_server *s)
{
	s->busy++;
}

void
http_server_leave(struct http_server *s)
{
	if (--s->busy == 0 && s->dead)
		destroy(s);
}

/* The last request has been answered and taken, as far as it can be. */
static bool
is_idle(const struct http_server *s)
{
	const struct http_conn *c;

	TAILQ_FOREACH(c, &s->conns, link)
	if (c->phase != CONN_LINGER && !c->dead)
		return false;
	return LIST_EMPTY(&s->reqs);
}

void
http_server_check(struct http_server *s)
{
	if (s->dead)
		return;
	if (!s->draining && s->n_conns < s->limits.max_connections)
		http_server_accept(s, true);
	if (s->draining && is_idle(s))
		event_active(s->idle_kick, EV_TIMEOUT, 1);
}

void
http_server_set_problems(struct http_server *s, http_problem_form *problems)
{
	s->problems = problems;
}

void
http_server_drain(struct http_server *s, void (*on_idle)(void *), void *arg)
{
	struct http_conn *c;

	s->draining = true;
	s->on_idle = on_idle;
	s->idle_arg = arg;
	http_server_close_listeners(s);
	TAILQ_FOREACH(c, &s->conns, link)
	if (c->phase == CONN_IDLE)
		http_conn_kick(c);
	if (is_idle(s))
		event_active(s->idle_kick, EV_TIMEOUT, 1);
}

void
http_server_make_id(struct http_server *s, char out[17])
{
	if (s->random_left < 8) {
		if (getrandom(s->random, sizeof(s->random), 0) !=
		    sizeof(s->random))
			abort();
		s->random_left = sizeof(s->random);
	}
	s->random_left -= 8;
	hex_encode(s->random + s->random_left, 8, out);
}

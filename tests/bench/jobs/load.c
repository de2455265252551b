/* Clients that submit jobs. */
#include "tests/bench/jobs/load.h"

#include <event2/event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/miners.h"
#include "tests/bench/jobs/wire.h"

enum { MAX_REQUEST = 1024, STUCK_S = 30, PROGRESS_EVERY = 1000 };

struct load;

struct client {
	struct load *load;
	struct wire *wire;
	long ticket;	 /* of its last job */
	int64_t from_us; /* mono: its latency counts from here */
	bool is_asking;	 /* a job was sent and not yet accepted */
	bool is_open;	 /* a job is not yet done */
};

struct load {
	struct event_base *base;
	const struct load_plan *plan;
	struct load_result *result;
	struct client *clients;
	struct event *next, *stuck;
	int64_t began_us, ended_us;
	long run, sent, moved; /* moved: steps at the last look */
	struct figures accepted_us, done_us;
	bool failed;
};

static void
end(struct load *l, const char *why)
{
	if (why != NULL) {
		fprintf(stderr,
		    "bench: %s: %ld sent, %ld accepted, %ld refused, "
		    "%ld done\n",
		    why, l->sent, l->result->accepted, l->result->refused,
		    l->result->done);
		l->failed = true;
	}
	event_base_loopbreak(l->base);
}

static bool
sends_more(const struct load *l)
{
	if (l->plan->jobs > 0)
		return l->sent < l->plan->jobs;
	return clock_mono_us() - l->began_us < l->plan->seconds * 1e6;
}

/* All that was sent is done, and no more will be. */
static void
end_if_over(struct load *l)
{
	if (l->result->done < l->sent || sends_more(l))
		return;
	l->ended_us = clock_mono_us();
	end(l, NULL);
}

static void
submit(struct client *c, int64_t from_us)
{
	struct load *l = c->load;
	char body[256], request[MAX_REQUEST];
	int len;

	c->ticket = l->sent++ * l->plan->clients + (c - l->clients);
	c->from_us = from_us;
	c->is_asking = c->is_open = true;
	len = snprintf(body, sizeof(body),
	    "{\"kind\":\"bench\",\"params\":{\"text\":\"" MINERS_KEY
	    " %ld %ld is the ticket, and this is some more text to be worked "
	    "on.\"}}",
	    l->run, c->ticket);
	len = snprintf(request, sizeof(request),
	    "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Type: "
	    "application/json\r\nContent-Length: %d\r\n\r\n%s",
	    l->plan->path != NULL ? l->plan->path : "/v1/jobs", len, body);
	if (wire_send(c->wire, request, len) != 0)
		end(l, "a request was not taken");
}

/* -- at a rate ---------------------------------------------------------- */

static int64_t
due_us(const struct load *l, long k)
{
	return l->began_us + (int64_t)(k / l->plan->rate * 1e6);
}

static struct client *
idle_client(struct load *l)
{
	for (int i = 0; i < l->plan->clients; i++) {
		if (!l->clients[i].is_asking)
			return &l->clients[i];
	}
	return NULL;
}

/* Send what is due, as far as there are connections; the rest goes when one
 * has its answer, and its latency counts from when it was due. */
static void
send_due(struct load *l)
{
	struct timeval wait = {0, 0};
	struct client *c;
	int64_t us;

	while (sends_more(l) && due_us(l, l->sent) <= clock_mono_us() &&
	       (c = idle_client(l)) != NULL)
		submit(c, due_us(l, l->sent));
	us = due_us(l, l->sent) - clock_mono_us();
	wait.tv_usec = us > 0 ? us : 0;
	if (sends_more(l) && idle_client(l) != NULL)
		event_add(l->next, &wait);
}

static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	send_due(arg);
}

/* -- answers ------------------------------------------------------------ */

static void
go_on(struct client *c)
{
	struct load *l = c->load;

	if (l->plan->rate > 0)
		send_due(l);
	else if (!c->is_asking && !c->is_open && sends_more(l))
		submit(c, clock_mono_us());
	end_if_over(l);
}

static void
count_done(struct load *l, struct client *c)
{
	struct load_result *r = l->result;

	r->done++;
	c->is_open = false;
	if (l->plan->rate == 0)
		figures_add(&l->done_us, clock_mono_us() - c->from_us);
	if (l->plan->on_progress != NULL && r->done % PROGRESS_EVERY == 0)
		l->plan->on_progress(r->done, l->plan->arg);
}

static void
on_answer(struct wire *wire, const struct wire_message *answer, void *arg)
{
	struct client *c = arg;
	struct load *l = c->load;

	(void)wire;
	c->is_asking = false;
	figures_add(&l->accepted_us, clock_mono_us() - c->from_us);
	if (answer->status != 202) {
		fprintf(stderr, "bench: submit: %d %s\n", answer->status,
		    answer->body);
		l->result->refused++;
		end(l, "a job was refused");
		return;
	}
	l->result->accepted++;
	if (l->plan->is_bare)
		count_done(l, c);
	go_on(c);
}

static void
on_closed(struct wire *wire, void *arg)
{
	struct client *c = arg;

	(void)wire;
	end(c->load, "a connection was closed");
}

static void
on_done(long ticket, void *arg)
{
	struct load *l = arg;
	struct client *c = &l->clients[ticket % l->plan->clients];

	if (l->plan->rate == 0 && (c->ticket != ticket || !c->is_open)) {
		end(l, "a job was done twice");
		return;
	}
	count_done(l, c);
	go_on(c);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	long moved = l->result->done + l->result->accepted;

	(void)fd;
	(void)what;
	if (moved == l->moved)
		end(l, "nothing moves");
	l->moved = moved;
	end_if_over(l);
}

/* -- the whole ---------------------------------------------------------- */

static void
start(struct load *l)
{
	static const struct wire_handlers handlers = {on_answer, on_closed};
	const struct load_plan *plan = l->plan;

	l->clients = xcalloc(plan->clients, sizeof(*l->clients));
	for (int i = 0; i < plan->clients; i++) {
		struct client *c = &l->clients[i];

		c->load = l;
		c->wire = wire_connect(l->base, plan->port, &handlers, c);
		if (c->wire == NULL) {
			l->failed = true;
			return;
		}
	}
	l->began_us = clock_mono_us();
	if (plan->rate > 0) {
		send_due(l);
		return;
	}
	for (int i = 0; i < plan->clients && sends_more(l); i++)
		submit(&l->clients[i], clock_mono_us());
}

static void
sum_up(struct load *l)
{
	struct load_result *r = l->result;

	r->seconds = (l->ended_us - l->began_us) / 1e6;
	r->p50_us = figures_quantile(&l->accepted_us, 0.5);
	r->p99_us = figures_quantile(&l->accepted_us, 0.99);
	r->done_p50_us = figures_quantile(&l->done_us, 0.5);
}

int
load_run(struct event_base *base, struct miners *miners,
    const struct load_plan *plan, struct load_result *result)
{
	struct load l = {.base = base, .plan = plan, .result = result};
	struct timeval look = {STUCK_S, 0};

	*result = (struct load_result){.accepted = 0};
	l.next = evtimer_new(base, on_next, &l);
	l.stuck = event_new(base, -1, EV_PERSIST, on_look, &l);
	event_add(l.stuck, &look);
	l.run = miners_tell(miners, on_done, &l);
	start(&l);
	if (!l.failed)
		event_base_dispatch(base);
	sum_up(&l);
	miners_tell(miners, NULL, NULL);
	for (int i = 0; l.clients != NULL && i < plan->clients; i++)
		wire_free(l.clients[i].wire);
	event_free(l.next);
	event_free(l.stuck);
	free(l.clients);
	figures_clear(&l.accepted_us);
	figures_clear(&l.done_us);
	return l.failed ? -1 : 0;
}

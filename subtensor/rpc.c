/*
 * The connection to a node: one WebSocket at a time, one timer for all that
 * is pending. What to do next is rpc_state.c's to say.
 */
#include "subtensor/rpc.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/rpc_impl.h"
#include "subtensor/ws_client.h"
#include "subtensor/ws_url.h"

enum {
	CONNECT_MS = 10000,
	REQUEST_MS = 60000,
	PING_MS = 20000,
	HEAD_MS = 60000,
};

int64_t
rpc_now_ms(void)
{
	return clock_mono_us() / 1000;
}

static void
destroy(struct rpc *rpc)
{
	ws_client_free(rpc->ws);
	rpc_calls_clear(&rpc->calls);
	if (rpc->timer != NULL)
		event_free(rpc->timer);
	for (size_t i = 0; rpc->urls[i] != NULL; i++)
		free(rpc->urls[i]);
	free(rpc->urls);
	free(rpc);
}

static void
arm(struct rpc *rpc)
{
	int64_t now = rpc_now_ms();
	int64_t at = rpc_state_deadline_ms(&rpc->state);
	int64_t calls = rpc_calls_deadline_ms(rpc, now);
	struct timeval wait = {0, 0};

	if (calls < at)
		at = calls;
	if (at > now && rpc->drop_why == NULL) {
		wait.tv_sec = (at - now) / 1000;
		wait.tv_usec = (at - now) % 1000 * 1000;
	}
	evtimer_add(rpc->timer, &wait);
}

void
rpc_enter(struct rpc *rpc)
{
	rpc->busy++;
}

void
rpc_leave(struct rpc *rpc)
{
	if (--rpc->busy > 0)
		return;
	if (rpc->doomed)
		destroy(rpc);
	else
		arm(rpc);
}

static void
lose(struct rpc *rpc, const char *why)
{
	ws_client_free(rpc->ws);
	rpc->ws = NULL;
	rpc_calls_lose(rpc, why);
	if (!rpc->doomed && rpc->options.on_down != NULL)
		rpc->options.on_down(rpc, why, rpc->options.arg);
}

static void open_socket(struct rpc *);

/* One event to the state machine, and what it wants done. */
static void
step(struct rpc *rpc, enum rpc_event event)
{
	switch (rpc_state_step(
	    &rpc->state, event, rpc_now_ms(), randombytes_random())) {
	case RPC_NOTHING:
		break;
	case RPC_CONNECT:
		open_socket(rpc);
		break;
	case RPC_ANNOUNCE:
		if (rpc->options.on_up != NULL)
			rpc->options.on_up(rpc, rpc->options.arg);
		break;
	case RPC_PING:
		ws_client_ping(rpc->ws);
		break;
	case RPC_DROP:
		lose(rpc, rpc->state.why);
		break;
	}
}

static void
on_open(void *arg)
{
	struct rpc *rpc = arg;

	rpc_enter(rpc);
	step(rpc, RPC_CONNECTED);
	rpc_calls_pump(rpc);
	rpc_leave(rpc);
}

static void
on_traffic(void *arg)
{
	struct rpc *rpc = arg;

	step(rpc, RPC_TRAFFIC);
}

static void
on_close(const char *why, void *arg)
{
	struct rpc *rpc = arg;
	char *kept = xstrdup(why); /* it lives in the socket, freed in lose() */

	rpc_enter(rpc);
	step(rpc, RPC_LOST);
	lose(rpc, kept);
	rpc_leave(rpc);
	free(kept);
}

static void
on_text(const char *text, size_t len, void *arg)
{
	struct rpc *rpc = arg;
	struct rpc_message m;

	rpc_enter(rpc);
	if (rpc_message_parse(text, len, &m, NULL) == 0) {
		rpc_calls_take(rpc, &m);
		rpc_message_clear(&m);
		rpc_calls_pump(rpc);
	} else {
		rpc->drop_why = "the node sent what is not JSON-RPC";
	}
	rpc_leave(rpc);
}

static void
open_socket(struct rpc *rpc)
{
	const struct ws_events events = {
	    on_open, on_text, on_traffic, on_close, rpc};
	struct ws_url url;

	rpc->url = rpc->state.url;
	rpc->drop_why = NULL;
	if (ws_url_parse(rpc->urls[rpc->url], &url, NULL) == 0)
		rpc->ws =
		    ws_client_new(rpc->base, &url, RPC_MAX_MESSAGE, &events);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rpc *rpc = arg;
	const char *why = rpc->drop_why;

	(void)fd;
	(void)what;
	rpc_enter(rpc);
	rpc->drop_why = NULL;
	if (why != NULL && rpc->ws != NULL) {
		step(rpc, RPC_LOST);
		lose(rpc, why);
	}
	step(rpc, RPC_TICK);
	rpc_calls_expire(rpc);
	rpc_calls_pump(rpc);
	rpc_leave(rpc);
}

static int
or_default(int value, int fallback)
{
	return value == 0 ? fallback : value;
}

/* Copies the URLs that are ones; -1 at the first that is not. */
static int
copy_urls(struct rpc *rpc, const char *const *urls, size_t n, struct err *err)
{
	struct ws_url url;

	rpc->urls = xcalloc(n + 1, sizeof(*rpc->urls));
	for (size_t i = 0; i < n; i++) {
		if (ws_url_parse(urls[i], &url, err) != 0)
			return -1;
		rpc->urls[i] = xstrdup(urls[i]);
	}
	return n > 0 ? 0 : err_set(err, "no URL of a node is given");
}

struct rpc *
rpc_new(struct event_base *base, const struct rpc_options *o, struct err *err)
{
	struct rpc *rpc = xcalloc(1, sizeof(*rpc));
	struct rpc_timing timing = {
	    .connect_timeout_ms = or_default(o->connect_timeout_ms, CONNECT_MS),
	    .ping_interval_ms = or_default(o->ping_interval_ms, PING_MS),
	    .head_timeout_ms = or_default(o->head_timeout_ms, HEAD_MS),
	};
	size_t n = 0;

	while (o->urls[n] != NULL)
		n++;
	rpc->base = base;
	rpc->options = *o;
	rpc->options.urls = NULL;
	rpc->request_ms = or_default(o->request_timeout_ms, REQUEST_MS);
	rpc_calls_init(&rpc->calls);
	if (copy_urls(rpc, o->urls, n, err) != 0) {
		destroy(rpc);
		return NULL;
	}
	rpc_state_init(&rpc->state, n, &timing, rpc_now_ms());
	rpc_bucket_init(
	    &rpc->bucket, o->requests_per_s, o->burst, rpc_now_ms());
	rpc->timer = evtimer_new(base, on_timer, rpc);
	arm(rpc);
	return rpc;
}

void
rpc_free(struct rpc *rpc)
{
	if (rpc == NULL)
		return;
	rpc->doomed = true;
	if (rpc->busy == 0)
		destroy(rpc);
}

bool
rpc_is_up(const struct rpc *rpc)
{
	return rpc->state.phase == RPC_UP;
}

const char *
rpc_url(const struct rpc *rpc)
{
	return rpc->urls[rpc->url];
}

void
rpc_drop(struct rpc *rpc, const char *why)
{
	rpc->drop_why = why;
	if (rpc->busy == 0)
		arm(rpc);
}

void
rpc_saw_head(struct rpc *rpc)
{
	step(rpc, RPC_HEAD);
}

/*
 * The connection to a node: a WebSocket or posts, one timer for all that is
 * pending. What to do next is rpc_state.c's to say.
 */
#include "subtensor/rpc.h"

#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/retry_after.h"
#include "common/xalloc.h"
#include "subtensor/rpc_http.h"
#include "subtensor/rpc_impl.h"
#include "subtensor/ws_client.h"
#include "subtensor/ws_url.h"

enum {
	CONNECT_MS = 10000,
	REQUEST_MS = 60000,
	PING_MS = 20000,
	HEAD_MS = 60000,
	CLOSE_POLICY = 1008, /* codes of closing that gateways use for limits */
	CLOSE_LATER = 1013,
};

int64_t
rpc_now_ms(void)
{
	return clock_mono_us() / 1000;
}

static void
close_transport(struct rpc *rpc)
{
	ws_client_free(rpc->ws);
	rpc_http_free(rpc->http);
	rpc->ws = NULL;
	rpc->http = NULL;
}

static void
destroy(struct rpc *rpc)
{
	close_transport(rpc);
	rpc_calls_clear(&rpc->calls);
	if (rpc->timer != NULL)
		event_free(rpc->timer);
	free(rpc->url);
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
	close_transport(rpc);
	rpc->stats.failed++;
	rpc_calls_lose(rpc, why);
	if (!rpc->doomed && rpc->options.on_down != NULL)
		rpc->options.on_down(rpc, why, rpc->options.arg);
}

static void open_transport(struct rpc *);

/* One event to the state machine, and what it wants done. */
static void
step(struct rpc *rpc, enum rpc_event event)
{
	switch (rpc_state_step(
	    &rpc->state, event, rpc_now_ms(), randombytes_random())) {
	case RPC_NOTHING:
		break;
	case RPC_CONNECT:
		open_transport(rpc);
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

/* -- what the transports tell --------------------------------------------- */

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

/* What an end means: leave it alone, try the other way, or just again. */
static enum rpc_event
event_of(struct rpc *rpc, const struct ws_end *end)
{
	static const int no_socket[] = {400, 404, 405, 426, 501};

	rpc->state.asked_ms = -1;
	if (end->status == 429 || end->status == 503) {
		rpc->state.asked_ms =
		    retry_after_ms(end->retry_after, clock_wall_ms());
		return RPC_LIMITED;
	}
	if (end->code == CLOSE_POLICY || end->code == CLOSE_LATER)
		return RPC_LIMITED;
	for (size_t i = 0; i < sizeof(no_socket) / sizeof(no_socket[0]); i++)
		if (end->status == no_socket[i])
			return RPC_NO_SOCKET;
	return RPC_LOST;
}

static void
on_close(const struct ws_end *end, void *arg)
{
	struct rpc *rpc = arg;
	enum rpc_event event = event_of(rpc, end);
	/* It lives in the transport, which goes in lose(). */
	char *why = xstrdup(end->why);

	rpc_enter(rpc);
	rpc->stats.limited += event == RPC_LIMITED;
	step(rpc, event);
	lose(rpc, why);
	rpc_leave(rpc);
	free(why);
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
on_limited(uint64_t id, int64_t asked_ms, void *arg)
{
	struct rpc *rpc = arg;

	rpc_enter(rpc);
	rpc_calls_limited(rpc, id, asked_ms);
	rpc_leave(rpc);
}

static void
open_transport(struct rpc *rpc)
{
	const struct ws_events socket = {
	    on_open, on_text, on_traffic, on_close, rpc};
	const struct rpc_http_events posts = {
	    on_open, on_text, on_limited, on_close, rpc};

	rpc->drop_why = NULL;
	if (rpc->state.by_http)
		rpc->http = rpc_http_new(rpc->base, &rpc->at, RPC_MAX_MESSAGE,
		    rpc->request_ms, &posts);
	else
		rpc->ws = ws_client_new(
		    rpc->base, &rpc->at, RPC_MAX_MESSAGE, &socket);
}

void
rpc_transmit(struct rpc *rpc, const struct rpc_request *r)
{
	if (rpc->http != NULL)
		rpc_http_send(
		    rpc->http, r->id, r->text, strlen(r->text), r->is_once);
	else
		ws_client_send(rpc->ws, r->text, strlen(r->text));
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
	if (why != NULL && (rpc->ws != NULL || rpc->http != NULL)) {
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

struct rpc *
rpc_new(struct event_base *base, const struct rpc_options *o, struct err *err)
{
	struct rpc *rpc;
	struct ws_url at;
	const struct rpc_timing timing = {
	    .connect_timeout_ms = or_default(o->connect_timeout_ms, CONNECT_MS),
	    .ping_interval_ms = or_default(o->ping_interval_ms, PING_MS),
	    .head_timeout_ms = or_default(o->head_timeout_ms, HEAD_MS),
	};

	if (ws_url_parse(o->url, &at, err) != 0)
		return NULL;
	rpc = xcalloc(1, sizeof(*rpc));
	rpc->base = base;
	rpc->options = *o;
	rpc->options.url = NULL;
	rpc->url = xstrdup(o->url);
	rpc->at = at;
	rpc->request_ms = or_default(o->request_timeout_ms, REQUEST_MS);
	rpc_calls_init(&rpc->calls);
	rpc_state_init(&rpc->state, at.is_http, &timing, rpc_now_ms());
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

bool
rpc_can_subscribe(const struct rpc *rpc)
{
	return rpc_is_up(rpc) && rpc->ws != NULL;
}

const char *
rpc_url(const struct rpc *rpc)
{
	return rpc->url;
}

const struct rpc_stats *
rpc_stats(const struct rpc *rpc)
{
	return &rpc->stats;
}

void
rpc_set_head_timeout(struct rpc *rpc, int ms)
{
	rpc_state_set_head_timeout(
	    &rpc->state, or_default(ms, HEAD_MS), rpc_now_ms());
	if (rpc->busy == 0)
		arm(rpc);
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

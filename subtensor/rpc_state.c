/* The life of a connection to a node, as a function of events and time. */
#include "subtensor/rpc_state.h"

#include <string.h>

#include "common/backoff.h"

enum {
	GOOD_MS = 30000, /* who lived so long was good, heads or not */
	LEAST_WAIT_MS = 250,
	MOST_WAIT_MS = 30000,
	LIMITED_WAIT_MS = 5000, /* at least, if the node does not say */
};

void
rpc_state_init(struct rpc_state *s, bool is_http,
    const struct rpc_timing *timing, int64_t now_ms)
{
	memset(s, 0, sizeof(*s));
	s->timing = *timing;
	s->is_http = s->by_http = is_http;
	s->phase = RPC_WAITING;
	s->since_ms = now_ms;
	s->wake_ms = now_ms;
}

void
rpc_state_set_head_timeout(struct rpc_state *s, int64_t ms, int64_t now_ms)
{
	if (ms == s->timing.head_timeout_ms)
		return;
	s->timing.head_timeout_ms = ms;
	s->head_ms = now_ms;
}

static void
enter(struct rpc_state *s, enum rpc_phase phase, int64_t now_ms)
{
	s->phase = phase;
	s->since_ms = now_ms;
}

static void
give_up(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	struct backoff b = {.least_ms = LEAST_WAIT_MS, .most_ms = MOST_WAIT_MS};

	if (s->phase == RPC_UP && now_ms - s->since_ms >= GOOD_MS)
		s->failures = 0;
	b.tries = s->failures;
	s->wake_ms = now_ms + backoff_ms(&b, random);
	s->failures++;
	s->by_http = s->is_http;
	enter(s, RPC_WAITING, now_ms);
}

static enum rpc_action
drop(struct rpc_state *s, const char *why, int64_t now_ms, uint32_t random)
{
	s->why = why;
	give_up(s, now_ms, random);
	return RPC_DROP;
}

/* A POST is its own ping. */
static enum rpc_action
tick_up(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	int64_t interval = s->timing.ping_interval_ms;

	if (s->timing.head_timeout_ms > 0 &&
	    now_ms - s->head_ms >= s->timing.head_timeout_ms)
		return drop(s, "no head for too long", now_ms, random);
	if (s->by_http || now_ms - s->ping_ms < interval)
		return RPC_NOTHING;
	if (s->traffic_ms < s->ping_ms)
		return drop(s, "no answer to a ping", now_ms, random);
	s->ping_ms = now_ms;
	return RPC_PING;
}

static enum rpc_action
tick(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	switch (s->phase) {
	case RPC_WAITING:
		if (now_ms < s->wake_ms)
			return RPC_NOTHING;
		enter(s, RPC_CONNECTING, now_ms);
		return RPC_CONNECT;
	case RPC_CONNECTING:
		if (now_ms - s->since_ms < s->timing.connect_timeout_ms)
			return RPC_NOTHING;
		return drop(s, "no connection in time", now_ms, random);
	case RPC_UP:
		return tick_up(s, now_ms, random);
	}
	return RPC_NOTHING;
}

static enum rpc_action
connected(struct rpc_state *s, int64_t now_ms)
{
	if (s->phase != RPC_CONNECTING)
		return RPC_NOTHING;
	enter(s, RPC_UP, now_ms);
	s->traffic_ms = now_ms;
	s->ping_ms = now_ms;
	s->head_ms = now_ms;
	return RPC_ANNOUNCE;
}

/* What it asks for, or a growing while. */
static void
leave_alone(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	int64_t least = s->asked_ms < 0 ? LIMITED_WAIT_MS : s->asked_ms;
	bool by_http = s->by_http;

	if (s->phase == RPC_WAITING)
		return;
	give_up(s, now_ms, random);
	s->by_http = by_http;
	if (s->wake_ms < now_ms + least)
		s->wake_ms = now_ms + least;
}

static void
lost(struct rpc_state *s, bool by_http_next, int64_t now_ms, uint32_t random)
{
	if (s->phase == RPC_WAITING)
		return;
	give_up(s, now_ms, random);
	if (by_http_next)
		s->by_http = true;
}

static void
saw_head(struct rpc_state *s, int64_t now_ms)
{
	if (s->phase != RPC_UP)
		return;
	s->head_ms = now_ms;
	s->failures = 0;
}

enum rpc_action
rpc_state_step(
    struct rpc_state *s, enum rpc_event event, int64_t now_ms, uint32_t random)
{
	switch (event) {
	case RPC_TICK:
		return tick(s, now_ms, random);
	case RPC_CONNECTED:
		return connected(s, now_ms);
	case RPC_LOST:
		lost(s, false, now_ms, random);
		break;
	case RPC_NO_SOCKET:
		lost(s, !s->by_http, now_ms, random);
		break;
	case RPC_LIMITED:
		leave_alone(s, now_ms, random);
		break;
	case RPC_TRAFFIC:
		s->traffic_ms = now_ms;
		break;
	case RPC_HEAD:
		saw_head(s, now_ms);
		break;
	}
	return RPC_NOTHING;
}

int64_t
rpc_state_deadline_ms(const struct rpc_state *s)
{
	int64_t at = INT64_MAX, head;

	switch (s->phase) {
	case RPC_WAITING:
		return s->wake_ms;
	case RPC_CONNECTING:
		return s->since_ms + s->timing.connect_timeout_ms;
	case RPC_UP:
		break;
	}
	if (!s->by_http)
		at = s->ping_ms + s->timing.ping_interval_ms;
	head = s->head_ms + s->timing.head_timeout_ms;
	return s->timing.head_timeout_ms > 0 && head < at ? head : at;
}

/* The life of a connection to a node, as a function of events and time. */
#include "subtensor/rpc_state.h"

#include <string.h>

#include "common/backoff.h"

/* A connection that lived so long was a good one, heads or not. */
enum { GOOD_MS = 30000, LEAST_WAIT_MS = 250, MOST_WAIT_MS = 30000 };

void
rpc_state_init(struct rpc_state *s, size_t n_urls,
    const struct rpc_timing *timing, int64_t now_ms)
{
	memset(s, 0, sizeof(*s));
	s->timing = *timing;
	s->n_urls = n_urls;
	s->phase = RPC_WAITING;
	s->since_ms = now_ms;
	s->wake_ms = now_ms;
}

static void
enter(struct rpc_state *s, enum rpc_phase phase, int64_t now_ms)
{
	s->phase = phase;
	s->since_ms = now_ms;
}

/* Over to waiting, and to the next URL. */
static void
give_up(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	struct backoff b = {.least_ms = LEAST_WAIT_MS, .most_ms = MOST_WAIT_MS};

	if (s->phase == RPC_UP && now_ms - s->since_ms >= GOOD_MS)
		s->failures = 0;
	b.tries = s->failures / (int)s->n_urls;
	s->wake_ms = now_ms + backoff_ms(&b, random);
	s->failures++;
	s->url = (s->url + 1) % s->n_urls;
	enter(s, RPC_WAITING, now_ms);
}

static enum rpc_action
drop(struct rpc_state *s, const char *why, int64_t now_ms, uint32_t random)
{
	s->why = why;
	give_up(s, now_ms, random);
	return RPC_DROP;
}

static enum rpc_action
tick_up(struct rpc_state *s, int64_t now_ms, uint32_t random)
{
	int64_t interval = s->timing.ping_interval_ms;

	if (s->timing.head_timeout_ms > 0 &&
	    now_ms - s->head_ms >= s->timing.head_timeout_ms)
		return drop(s, "no head for too long", now_ms, random);
	if (now_ms - s->ping_ms < interval)
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
		if (s->phase != RPC_WAITING)
			give_up(s, now_ms, random);
		return RPC_NOTHING;
	case RPC_TRAFFIC:
		s->traffic_ms = now_ms;
		return RPC_NOTHING;
	case RPC_HEAD:
		if (s->phase == RPC_UP) {
			s->head_ms = now_ms;
			s->failures = 0;
		}
		return RPC_NOTHING;
	}
	return RPC_NOTHING;
}

int64_t
rpc_state_deadline_ms(const struct rpc_state *s)
{
	int64_t ping, head;

	switch (s->phase) {
	case RPC_WAITING:
		return s->wake_ms;
	case RPC_CONNECTING:
		return s->since_ms + s->timing.connect_timeout_ms;
	case RPC_UP:
		ping = s->ping_ms + s->timing.ping_interval_ms;
		head = s->head_ms + s->timing.head_timeout_ms;
		return s->timing.head_timeout_ms > 0 && head < ping ? head
								    : ping;
	}
	return s->wake_ms;
}

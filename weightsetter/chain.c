/* The chain: endpoints, what they say in the log and in metrics. */
#include "weightsetter/chain.h"

#include <event2/event.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xalloc.h"
#include "weightsetter/weather.h"

enum { SHOW_S = 1 };

/* One endpoint's series. */
struct shown {
	struct metric *up, *in_use, *out, *lag, *latency;
	struct metric *answered, *limited, *failed;
	struct endpoint_facts last; /* for the counters */
};

struct chain {
	struct chain_options options;
	struct endpoints *endpoints;
	struct runtimes *runtimes;
	struct shown *shown; /* one for each endpoint */
	struct event *show;
};

/* -- news ----------------------------------------------------------------- */

static void
on_news(enum endpoint_news news, const char *url, const char *text, void *arg)
{
	static const struct {
		enum log_level level;
		const char *event;
	} lines[] = {
	    [ENDPOINT_NEWS_UP] = {LOG_INFO, "chain.up"},
	    [ENDPOINT_NEWS_DOWN] = {LOG_WARN, "chain.down"},
	    [ENDPOINT_NEWS_CHOSEN] = {LOG_INFO, "chain.chosen"},
	    [ENDPOINT_NEWS_LEFT] = {LOG_WARN, "chain.left"},
	    [ENDPOINT_NEWS_OTHER] = {LOG_ERROR, "chain.another"},
	    [ENDPOINT_NEWS_LIED] = {LOG_ERROR, "chain.liar"},
	    [ENDPOINT_NEWS_DISAGREED] = {LOG_ERROR, "chain.disagreed"},
	    [ENDPOINT_NEWS_ALONE] = {LOG_WARN, "chain.alone"},
	};

	char *name = weather_name(url);

	(void)arg;
	log_event(
	    lines[news].level, lines[news].event, "url=%s %s", name, text);
	free(name);
}

static void
on_head(const struct head *head, void *arg)
{
	struct chain *c = arg;

	c->options.on_head(head, c->options.arg);
}

static void
on_down(void *arg)
{
	struct chain *c = arg;

	c->options.on_down(c->options.arg);
}

/* -- metrics -------------------------------------------------------------- */

static void
make_series(struct metrics *m, const char *url, struct shown *s)
{
	char *name = weather_name(url);
	char *labels = metrics_label("url", name);

	free(name);
	s->up = metrics_gauge(m, "subnetd_endpoint_up", labels,
	    "Whether the endpoint is connected and in step");
	s->in_use = metrics_gauge(m, "subnetd_endpoint_in_use", labels,
	    "Whether the chain is read and written through this endpoint");
	s->out = metrics_gauge(m, "subnetd_endpoint_distrusted", labels,
	    "Whether the endpoint was caught lying and is not used");
	s->lag = metrics_gauge(m, "subnetd_endpoint_lag_blocks", labels,
	    "Blocks that the endpoint is behind the others");
	s->latency = metrics_gauge(m, "subnetd_endpoint_latency_seconds",
	    labels, "Time to an answer, a moving average");
	s->answered = metrics_counter(m, "subnetd_endpoint_answers_total",
	    labels, "Answers, errors among them");
	s->limited = metrics_counter(m, "subnetd_endpoint_limited_total",
	    labels, "Times the endpoint said it was asked too much");
	s->failed = metrics_counter(m, "subnetd_endpoint_failures_total",
	    labels, "Connections, attempts and calls that came to nothing");
	free(labels);
}

static void
show_one(struct shown *s, const struct endpoint_facts *f)
{
	metric_set(s->up, f->is_up);
	metric_set(s->in_use, f->is_in_use);
	metric_set(s->out, f->is_out);
	metric_set(s->lag, (double)f->lag);
	metric_set(s->latency, f->latency_ms / 1000);
	metric_add(s->answered, (double)(f->answered - s->last.answered));
	metric_add(s->limited, (double)(f->limited - s->last.limited));
	metric_add(s->failed, (double)(f->failed - s->last.failed));
	s->last = *f;
}

static void
on_show(evutil_socket_t fd, short what, void *arg)
{
	struct chain *c = arg;
	struct endpoint_facts facts;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < endpoints_count(c->endpoints); i++) {
		endpoints_facts(c->endpoints, i, &facts);
		show_one(&c->shown[i], &facts);
	}
}

static void
start_showing(struct chain *c, struct event_base *base)
{
	size_t n = endpoints_count(c->endpoints);
	const struct timeval tv = {SHOW_S, 0};
	struct endpoint_facts facts;

	c->shown = xcalloc(n, sizeof(*c->shown));
	for (size_t i = 0; i < n; i++) {
		endpoints_facts(c->endpoints, i, &facts);
		make_series(c->options.metrics, facts.url, &c->shown[i]);
	}
	c->show = event_new(base, -1, EV_PERSIST, on_show, c);
	event_add(c->show, &tv);
}

/* -- making and freeing --------------------------------------------------- */

struct chain *
chain_new(
    struct event_base *base, const struct chain_options *o, struct err *err)
{
	struct chain *c = xcalloc(1, sizeof(*c));
	uint8_t genesis[32];
	const struct endpoints_options options = {
	    .urls = o->urls,
	    .genesis = o->genesis != NULL &&
			       hex_decode_exact(o->genesis, genesis, 32) == 0
			   ? genesis
			   : NULL,
	    .requests_per_s = o->requests_per_s,
	    .burst = o->burst,
	    .on_head = on_head,
	    .on_down = on_down,
	    .on_news = on_news,
	    .arg = c,
	};

	c->options = *o;
	c->options.urls = NULL;
	c->runtimes = runtimes_new();
	c->endpoints = endpoints_new(base, &options, err);
	if (c->endpoints == NULL) {
		chain_free(c);
		return NULL;
	}
	start_showing(c, base);
	return c;
}

void
chain_free(struct chain *c)
{
	if (c == NULL)
		return;
	endpoints_free(c->endpoints);
	runtimes_free(c->runtimes);
	if (c->show != NULL)
		event_free(c->show);
	free(c->shown);
	free(c);
}

/* -- what the others ask -------------------------------------------------- */

bool
chain_is_up(const struct chain *c)
{
	return endpoints_are_up(c->endpoints);
}

uint64_t
chain_best_number(const struct chain *c)
{
	return endpoints_best(c->endpoints);
}

struct rpc *
chain_rpc(struct chain *c)
{
	return endpoints_rpc(c->endpoints);
}

struct runtimes *
chain_runtimes(struct chain *c)
{
	return c->runtimes;
}

struct endpoints *
chain_endpoints(struct chain *c)
{
	return c->endpoints;
}

const uint8_t *
chain_genesis(const struct chain *c)
{
	return endpoints_genesis(c->endpoints);
}

void
chain_read(struct chain *c, const struct head *head, uint64_t slot_ms)
{
	endpoints_set_slot(c->endpoints, (int64_t)slot_ms);
	endpoints_read(c->endpoints, head);
}

void
chain_unread(struct chain *c)
{
	endpoints_failed(c->endpoints);
}

void
chain_agree(
    struct chain *c, const struct head *head, endpoints_agree_cb *cb, void *arg)
{
	endpoints_agree(c->endpoints, head, cb, arg);
}

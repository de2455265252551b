/* Chain weather. */
#include "weightsetter/weather.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "subtensor/endpoints.h"
#include "weightsetter/store.h"

enum { FIRST_S = 5, EVERY_S = 60 };

struct weather {
	struct endpoints *endpoints;
	struct store *store;
	uint16_t netuid;
	struct event *timer;
	size_t n;
	struct store_weather *rows;
	struct endpoint_facts *last; /* for what is counted */
};

char *
weather_name(const char *url)
{
	const char *scheme_end = strstr(url, "://");
	const char *host = scheme_end != NULL ? scheme_end + 3 : url;
	size_t len = strcspn(host, "/?#");
	const char *at = memrchr(host, '@', len);
	int scheme_len = (int)(host - url);

	if (at != NULL) {
		len -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	return xasprintf("%.*s%.*s", scheme_len, url, (int)len, host);
}

static void
look(struct weather *w, size_t i)
{
	struct store_weather *row = &w->rows[i];
	struct endpoint_facts f;

	endpoints_facts(w->endpoints, i, &f);
	row->is_up = f.is_up;
	row->is_in_use = f.is_in_use;
	row->is_distrusted = f.is_out;
	row->lag = (int64_t)f.lag;
	row->latency_ms = f.latency_ms;
	row->answered = (int64_t)(f.answered - w->last[i].answered);
	row->limited = (int64_t)(f.limited - w->last[i].limited);
	row->failed = (int64_t)(f.failed - w->last[i].failed);
	w->last[i] = f;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct weather *w = arg;
	const struct timeval next = {EVERY_S, 0};

	(void)fd;
	(void)what;
	event_add(w->timer, &next);
	for (size_t i = 0; i < w->n; i++)
		look(w, i);
	store_weather(w->store, w->netuid, w->rows, w->n, clock_wall_us());
}

struct weather *
weather_new(struct event_base *base, struct endpoints *endpoints,
    struct store *store, uint16_t netuid)
{
	struct weather *w = xcalloc(1, sizeof(*w));
	const struct timeval first = {FIRST_S, 0};

	w->endpoints = endpoints;
	w->store = store;
	w->netuid = netuid;
	w->n = endpoints_count(endpoints);
	w->rows = xcalloc(w->n, sizeof(*w->rows));
	w->last = xcalloc(w->n, sizeof(*w->last));
	for (size_t i = 0; i < w->n; i++) {
		struct endpoint_facts f;

		endpoints_facts(endpoints, i, &f);
		w->rows[i].endpoint = weather_name(f.url);
	}
	w->timer = event_new(base, -1, 0, on_timer, w);
	event_add(w->timer, &first);
	return w;
}

void
weather_free(struct weather *w)
{
	if (w == NULL)
		return;
	event_free(w->timer);
	for (size_t i = 0; i < w->n; i++)
		free(w->rows[i].endpoint);
	free(w->rows);
	free(w->last);
	free(w);
}

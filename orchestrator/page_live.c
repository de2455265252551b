/* The page's stream of server-sent events. */
#include "orchestrator/page_live.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/http_server.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/gate.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/pace.h"
#include "orchestrator/page_api.h"
#include "orchestrator/page_ask.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_page.h"
#include "orchestrator/watch.h"

enum {
	TICK_MS = 2000,
	PARTS = 20, /* of the time, one may be spent on the figures */
	MAX_UNREAD = 262144,
};

static const char beginning[] = "retry: 2000\n\n";
static const char heartbeat[] = ": figures come later\n\n";
static const char away[] = "event: away\ndata: {}\n\n";
static const char goodbye[] = ": stopping, go on elsewhere\n\n";
static const char fallen[] = ": this API key is good no more\n\n";

struct watcher {
	LIST_ENTRY(watcher) link;
	struct page_live *live;
	struct http_req *req;
	struct watch *watch; /* NULL: of no job */
	char job[UUID_TEXT];
};

struct page_live {
	struct orchestrator *o;
	LIST_HEAD(, watcher) watchers;
	int n;
	struct event *tick;
	struct pace pace;
	char *frame; /* the last figures, as they were sent; NULL */
	struct metric *gauge;
};

static void
forget_figures(struct page_live *live)
{
	free(live->frame);
	live->frame = NULL;
}

/* -- watchers -------------------------------------------------------------- */

static void
watcher_free(struct watcher *w)
{
	LIST_REMOVE(w, link);
	metric_set(w->live->gauge, --w->live->n);
	watch_free(w->watch);
	free(w);
}

static void
watcher_end(struct watcher *w)
{
	http_req_on_gone(w->req, NULL, NULL);
	http_stream_end(w->req);
	watcher_free(w);
}

static void
on_gone(struct http_req *req, void *arg)
{
	http_stream_end(req);
	watcher_free(arg);
}

/* A reader that takes nothing is left: it comes back when it can. */
static void
tell(struct watcher *w, const char *text, size_t len)
{
	if (http_stream_write(w->req, text, len) >= MAX_UNREAD)
		watcher_end(w);
}

static void
tell_all(struct page_live *live, const char *text)
{
	size_t len = strlen(text);
	struct watcher *w, *next;

	for (w = LIST_FIRST(&live->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, link);
		tell(w, text, len);
	}
}

static void
on_change(int state, void *arg)
{
	struct watcher *w = arg;
	struct buf frame = {0};

	if (state == WATCH_NO_JOB)
		return;
	page_api_changed(w->live->o);
	buf_printf(&frame,
	    "event: job\ndata: {\"id\":\"%s\",\"state\":\"%s\"}\n\n", w->job,
	    job_state_name(state));
	tell(w, buf_str(&frame), frame.len);
	buf_free(&frame);
}

/* -- figures --------------------------------------------------------------- */

static void
on_figures(const struct pg_answer *answer, void *arg)
{
	struct page_live *live = arg;
	struct buf frame = {0};

	forget_figures(live);
	if (!store_is_done(answer, "page_now")) {
		pace_failed(&live->pace, clock_mono_us());
		tell_all(live, away);
		return;
	}
	pace_answered(&live->pace, clock_mono_us());
	buf_printf(&frame, "event: now\ndata: %s\n\n",
	    pg_text(answer->results[0], 0, "body"));
	live->frame = buf_take_str(&frame);
	tell_all(live, live->frame);
}

static void
end_fallen(struct page_live *live)
{
	struct watcher *w, *next;

	for (w = LIST_FIRST(&live->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, link);
		if (gate_admits_still(live->o, w->req))
			continue;
		http_stream_write(w->req, fallen, sizeof(fallen) - 1);
		watcher_end(w);
	}
}

/* Whoever waits for figures hears of us meanwhile, or takes us for gone. */
static void
look(struct page_live *live)
{
	struct page_ask ask;

	if (live->n == 0)
		return;
	if (!pace_is_over(&live->pace, clock_mono_us())) {
		tell_all(live, heartbeat);
		return;
	}
	page_ask_init(&ask, PAGE_NOW);
	pace_asked(&live->pace, clock_mono_us());
	store_page(live->o, &ask, on_figures, live);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	end_fallen(arg);
	look(arg);
}

void
page_live_news(struct page_live *live, const char *of)
{
	struct buf frame = {0};

	if (live->n == 0)
		return;
	buf_printf(&frame, "event: news\ndata: {\"of\":\"%s\"}\n\n", of);
	tell_all(live, buf_str(&frame));
	buf_free(&frame);
}

/* -- streams --------------------------------------------------------------- */

void
page_live_begin(struct page_live *live, struct http_req *req, const char *job)
{
	struct watcher *w;

	if (live->o->service.draining) {
		http_reply_problem(req, 503, "unavailable",
		    "this instance stops: go on at another");
		return;
	}
	if (live->n >= PAGE_MAX_WATCHERS) {
		http_reply_problem(req, 503, "unavailable",
		    "%d streams are open at this instance, which is the most",
		    PAGE_MAX_WATCHERS);
		return;
	}
	http_reply_header(req, "Cache-Control", "no-store");
	http_reply_header(req, "X-Accel-Buffering", "no");
	http_stream_begin(req, 200, "text/event-stream");
	if (strcmp(http_req_method(req), "HEAD") == 0) {
		http_stream_end(req);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->live = live;
	w->req = req;
	LIST_INSERT_HEAD(&live->watchers, w, link);
	metric_set(live->gauge, ++live->n);
	if (live->n == 1) /* nobody looked meanwhile */
		forget_figures(live);
	http_req_on_gone(req, on_gone, w);
	if (job != NULL) {
		memcpy(w->job, job, sizeof(w->job));
		w->watch = watch_new(live->o->watches, job, on_change, w);
	}
	http_stream_write(req, beginning, sizeof(beginning) - 1);
	if (live->frame != NULL)
		tell(w, live->frame, strlen(live->frame));
	else
		look(live);
}

void
page_live_drain(struct page_live *live)
{
	struct watcher *w;

	while ((w = LIST_FIRST(&live->watchers)) != NULL) {
		http_stream_write(w->req, goodbye, sizeof(goodbye) - 1);
		watcher_end(w);
	}
}

/* -- the whole ------------------------------------------------------------- */

struct page_live *
page_live_new(struct orchestrator *o)
{
	struct page_live *live = xcalloc(1, sizeof(*live));
	struct timeval interval = {TICK_MS / 1000, TICK_MS % 1000 * 1000};

	live->o = o;
	live->pace.parts = PARTS;
	live->gauge = metrics_gauge(o->service.metrics, "subnetd_page_watchers",
	    NULL, "Streams of the page that are open here.");
	live->tick = event_new(o->service.base, -1, EV_PERSIST, on_tick, live);
	event_add(live->tick, &interval);
	return live;
}

void
page_live_free(struct page_live *live)
{
	if (live == NULL)
		return;
	while (!LIST_EMPTY(&live->watchers))
		watcher_free(LIST_FIRST(&live->watchers));
	event_free(live->tick);
	free(live->frame);
	free(live);
}

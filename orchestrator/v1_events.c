/*
 * What happens of a job, as server-sent events.
 *
 * A stream holds what was told, and asks the rows whenever something may have
 * changed: one statement at a time, and once more if something was heard
 * meanwhile. A client that goes while one is under way is forgotten when that
 * is answered.
 */
#include "orchestrator/v1_events.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/http_server.h"
#include "common/pg.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/events.h"
#include "orchestrator/gate.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/principal.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_v1.h"
#include "orchestrator/watch.h"

enum {
	TICK_S = 5,
	TICKS = 3,	    /* to a heartbeat */
	MAX_UNREAD = 65536, /* bytes that a client may leave with us */
};

static const char heartbeat[] = ": still here\n\n";
static const char goodbye[] = ": stopping, go on elsewhere\n\n";
static const char fallen[] = ": this API key is good no more\n\n";
static const char beginning[] = "retry: 1000\n\n";

struct stream {
	LIST_ENTRY(stream) link;
	struct orchestrator *o;
	struct http_req *req; /* NULL: answered, or its client has gone */
	struct watch *watch;  /* NULL: it has not begun */
	char id[UUID_TEXT];
	char *told; /* events.h */
	bool is_asked, is_due;
};

struct v1_streams {
	LIST_HEAD(, stream) list;
	int n, n_ticks;
	struct event *tick;
};

/* -- the end --------------------------------------------------------------- */

static void
stream_free(struct stream *s)
{
	LIST_REMOVE(s, link);
	s->o->streams->n--;
	watch_free(s->watch);
	free(s->told);
	free(s);
}

/* It has no client any more. */
static void
stream_leave(struct stream *s)
{
	s->req = NULL;
	watch_free(s->watch);
	s->watch = NULL;
	if (!s->is_asked)
		stream_free(s);
}

static void
stream_end(struct stream *s)
{
	struct http_req *req = s->req;

	http_req_on_gone(req, NULL, NULL);
	http_stream_end(req);
	stream_leave(s);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct stream *s = arg;

	if (s->watch != NULL)
		http_stream_end(req);
	else
		http_reply(req, 200, NULL, "", 0);
	stream_leave(s);
}

/* Refused before it began. */
static void
stream_refuse(struct stream *s, int status, const char *code, const char *why)
{
	http_req_on_gone(s->req, NULL, NULL);
	http_reply_problem(s->req, status, code, "%s", why);
	stream_leave(s);
}

/* -- telling --------------------------------------------------------------- */

/* A row of job_events.sql, unless it was told. */
static void
add_event(struct stream *s, const PGresult *res, int row, struct buf *out)
{
	const char *attempt = pg_is_null(res, row, "attempt")
				  ? NULL
				  : pg_text(res, row, "attempt");
	char mark = pg_text(res, row, "mark")[0];
	struct buf told = {0};

	if (events_is_told(s->told, attempt, mark))
		return;
	events_tell(&told, s->told, attempt, mark);
	free(s->told);
	s->told = buf_take_str(&told);
	buf_printf(out, "id: %s\nevent: %s\ndata: %s\n\n", s->told,
	    pg_text(res, row, "name"), pg_text(res, row, "data"));
}

/* Whether there is more to come. */
static bool
tell(struct stream *s, const PGresult *res)
{
	int n = PQntuples(res);
	struct buf out = {0};
	size_t unread;

	for (int i = 0; i < n; i++)
		add_event(s, res, i, &out);
	unread = http_stream_write(s->req, out.data, out.len);
	buf_free(&out);
	return n > 0 && !pg_bool(res, n - 1, "is_last") && unread < MAX_UNREAD;
}

/* -- asking ---------------------------------------------------------------- */

static void ask(struct stream *);

static void
on_change(int state, void *arg)
{
	(void)state; /* the rows say more */
	ask(arg);
}

/* Everything was told before, so that nothing is to come. */
static bool
is_told_to_the_end(const struct stream *s)
{
	return events_is_told(s->told, NULL, 'e');
}

static void
begin(struct stream *s)
{
	http_reply_header(s->req, "Cache-Control", "no-store");
	http_reply_header(s->req, "X-Accel-Buffering", "no");
	http_stream_begin(s->req, 200, "text/event-stream");
	http_stream_write(s->req, beginning, sizeof(beginning) - 1);
	s->watch = watch_new(s->o->watches, s->id, on_change, s);
}

/* Rows for one that has not begun; whether it has then. */
static bool
check_first(struct stream *s, const struct pg_answer *answer)
{
	if (!store_is_done(answer, "job_events")) {
		stream_refuse(s, 503, "unavailable", store_why(answer));
		return false;
	}
	if (PQntuples(answer->results[0]) == 0) {
		stream_refuse(s, 404, "not_found", "no such job");
		return false;
	}
	begin(s);
	return true;
}

/* A look that failed is made again as soon as the database answers. */
static void
watch_again(struct stream *s)
{
	watch_free(s->watch);
	s->watch = watch_new(s->o->watches, s->id, on_change, s);
}

static void
on_rows(const struct pg_answer *answer, void *arg)
{
	struct stream *s = arg;

	s->is_asked = false;
	if (s->req == NULL) {
		stream_free(s);
		return;
	}
	if (s->watch == NULL && !check_first(s, answer))
		return;
	if (!store_is_done(answer, "job_events"))
		watch_again(s);
	else if (strcmp(http_req_method(s->req), "HEAD") == 0 ||
		 !tell(s, answer->results[0]))
		stream_end(s);
	else if (s->o->service.draining) {
		http_stream_write(s->req, goodbye, sizeof(goodbye) - 1);
		stream_end(s);
	} else if (s->is_due)
		ask(s);
}

static void
ask(struct stream *s)
{
	s->is_due = s->is_asked;
	if (s->is_asked)
		return;
	s->is_asked = true;
	store_job_events(
	    s->o, s->id, principal_sees(principal_of(s->req)), on_rows, s);
}

/* -- the whole ------------------------------------------------------------- */

static void
beat(struct stream *s)
{
	if (http_stream_write(s->req, heartbeat, sizeof(heartbeat) - 1) >=
	    MAX_UNREAD)
		stream_end(s);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct v1_streams *all = arg;
	bool is_beat = ++all->n_ticks % TICKS == 0;
	struct stream *s, *next;

	(void)fd;
	(void)what;
	for (s = LIST_FIRST(&all->list); s != NULL; s = next) {
		next = LIST_NEXT(s, link);
		if (s->watch == NULL)
			continue;
		if (!gate_admits_still(s->o, s->req)) {
			http_stream_write(s->req, fallen, sizeof(fallen) - 1);
			stream_end(s);
		} else if (is_beat)
			beat(s);
	}
}

struct v1_streams *
v1_streams_new(struct orchestrator *o)
{
	struct v1_streams *all = xcalloc(1, sizeof(*all));
	struct timeval interval = {TICK_S, 0};

	all->tick = event_new(o->service.base, -1, EV_PERSIST, on_tick, all);
	event_add(all->tick, &interval);
	return all;
}

void
v1_streams_free(struct v1_streams *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->list))
		stream_free(LIST_FIRST(&all->list));
	event_free(all->tick);
	free(all);
}

void
v1_streams_drain(struct v1_streams *all)
{
	struct stream *s, *next;

	for (s = LIST_FIRST(&all->list); s != NULL; s = next) {
		next = LIST_NEXT(s, link);
		if (s->watch == NULL || s->req == NULL)
			continue;
		http_stream_write(s->req, goodbye, sizeof(goodbye) - 1);
		stream_end(s);
	}
}

void
v1_job_events(struct http_req *req, void *orchestrator)
{
	struct orchestrator *o = orchestrator;
	const char *id = http_req_param(req, "id");
	const char *last = http_req_header(req, "Last-Event-ID");
	struct stream *s;

	if (!uuid_is_valid(id)) {
		http_reply_problem(req, 404, "not_found", "no such job");
		return;
	}
	if (last != NULL && !events_is_id(last)) {
		http_reply_problem(req, 400, "bad_event_id",
		    "Last-Event-ID is not one of ours: send the last id that "
		    "came, or leave it out for all events");
		return;
	}
	if (o->streams->n >= V1_MAX_STREAMS) {
		http_reply_problem(req, 503, "unavailable",
		    "there are %d streams at this instance, which is the most",
		    V1_MAX_STREAMS);
		return;
	}
	s = xcalloc(1, sizeof(*s));
	s->o = o;
	s->req = req;
	memcpy(s->id, id, sizeof(s->id));
	s->told = xstrdup(last != NULL ? last : "");
	LIST_INSERT_HEAD(&o->streams->list, s, link);
	o->streams->n++;
	http_req_on_gone(req, on_gone, s);
	if (is_told_to_the_end(s)) {
		http_req_on_gone(req, NULL, NULL);
		http_reply(req, 204, NULL, "", 0);
		stream_leave(s);
		return;
	}
	ask(s);
}

/* An answer that waits for its job. */
#include "orchestrator/v1_wait.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/states.h"
#include "orchestrator/store.h"
#include "orchestrator/v1_read.h"
#include "orchestrator/watch.h"

struct v1_waiter {
	LIST_ENTRY(v1_waiter) link; /* while it waits */
	struct v1_read *read;
	struct watch *watch;
	struct event *timer;
	int wait_s; /* that it may wait yet */
	bool is_new;
};

/* -- the answer ------------------------------------------------------------ */

static bool
is_over(const PGresult *res)
{
	int state = job_state_parse(pg_text(res, 0, "state"));

	return state >= 0 && job_is_over((enum job_state)state);
}

static void
answer_job(const struct v1_waiter *w, const PGresult *res)
{
	struct http_req *req = w->read->req;
	const char *body = pg_text(res, 0, "body");
	char location[64];

	v1_read_job_headers(req, res);
	if (w->is_new) {
		snprintf(
		    location, sizeof(location), "/v1/jobs/%s", w->read->id);
		http_reply_header(req, "Location", location);
	}
	http_reply(req, w->is_new && !is_over(res) ? 202 : 200,
	    "application/json", body, strlen(body));
}

static void
waiter_free(struct v1_waiter *w)
{
	free(w->read);
	free(w);
}

/* Else it is answered as if nothing was preferred. */
static bool
may_wait(const struct v1_waiter *w)
{
	const struct orchestrator *o = w->read->o;

	return w->wait_s > 0 && o->waiters.n < V1_MAX_WAITERS &&
	       !o->service.draining;
}

static void
say_applied(const struct v1_waiter *w)
{
	char applied[32];

	snprintf(applied, sizeof(applied), "wait=%d", w->wait_s);
	http_reply_header(w->read->req, "Preference-Applied", applied);
}

static void waiter_begin(struct v1_waiter *);

static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct v1_waiter *w = arg;
	const PGresult *res = v1_read_row(w->read, answer);

	if (res != NULL && may_wait(w)) {
		say_applied(w);
		if (!is_over(res)) {
			waiter_begin(w);
			return;
		}
	}
	if (res != NULL)
		answer_job(w, res);
	waiter_free(w);
}

static void
look(struct v1_waiter *w)
{
	store_job_show(
	    w->read->o, w->read->id, v1_read_sees(w->read), on_job, w);
}

/* -- the waiting ----------------------------------------------------------- */

static void
waiter_leave(struct v1_waiter *w)
{
	LIST_REMOVE(w, link);
	w->read->o->waiters.n--;
	watch_free(w->watch);
	event_free(w->timer);
}

/* Without an answer of ours. */
static void
waiter_drop(struct v1_waiter *w)
{
	waiter_leave(w);
	waiter_free(w);
}

static void
waiter_end(struct v1_waiter *w)
{
	http_req_on_gone(w->read->req, NULL, NULL);
	waiter_leave(w);
	look(w);
}

static void
on_change(int state, void *arg)
{
	if (state == WATCH_NO_JOB || job_is_over((enum job_state)state))
		waiter_end(arg);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	waiter_end(arg);
}

/* The job goes on; nobody reads this answer, which frees the request. */
static void
on_gone(struct http_req *req, void *arg)
{
	struct v1_waiter *w = arg;

	waiter_drop(w);
	http_reply(req, 200, NULL, "", 0);
}

static void
waiter_begin(struct v1_waiter *w)
{
	struct orchestrator *o = w->read->o;
	struct timeval limit = {w->wait_s, 0};

	w->wait_s = 0;
	w->watch = watch_new(o->watches, w->read->id, on_change, w);
	w->timer = evtimer_new(o->service.base, on_timer, w);
	LIST_INSERT_HEAD(&o->waiters.list, w, link);
	o->waiters.n++;
	event_add(w->timer, &limit);
	http_req_on_gone(w->read->req, on_gone, w);
}

/* Nobody waits for a job that is not there for him: it is looked at first. */
void
v1_wait(struct orchestrator *o, struct http_req *req, const char *job_id,
    int wait_s, bool is_new)
{
	struct v1_waiter *w = xcalloc(1, sizeof(*w));

	w->read = v1_read_new(o, req, "job");
	snprintf(w->read->id, sizeof(w->read->id), "%s", job_id);
	w->wait_s = wait_s;
	w->is_new = is_new;
	look(w);
}

void
v1_wait_drain(struct orchestrator *o)
{
	while (!LIST_EMPTY(&o->waiters.list))
		waiter_end(LIST_FIRST(&o->waiters.list));
}

void
v1_wait_drop(struct orchestrator *o)
{
	while (!LIST_EMPTY(&o->waiters.list))
		waiter_drop(LIST_FIRST(&o->waiters.list));
}

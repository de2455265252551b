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
#include "orchestrator/prefer.h"
#include "orchestrator/states.h"
#include "orchestrator/store.h"
#include "orchestrator/v1_read.h"
#include "orchestrator/watch.h"

struct v1_waiter {
	LIST_ENTRY(v1_waiter) link;
	struct v1_read *read; /* what follows */
	struct watch *watch;
	struct event *timer;
	bool is_new;
};

/* -- the answer ------------------------------------------------------------ */

static void
answer_job(struct v1_read *r, const PGresult *res, bool is_new)
{
	int state = job_state_parse(pg_text(res, 0, "state"));
	bool is_over = state >= 0 && job_is_over((enum job_state)state);
	const char *body = pg_text(res, 0, "body");
	char location[64];

	v1_read_job_headers(r->req, res);
	if (is_new) {
		snprintf(location, sizeof(location), "/v1/jobs/%s", r->id);
		http_reply_header(r->req, "Location", location);
	}
	http_reply(r->req, is_new && !is_over ? 202 : 200, "application/json",
	    body, strlen(body));
}

static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;
	const PGresult *res = v1_read_row(r, answer);

	if (res != NULL)
		answer_job(r, res, false);
	free(r);
}

static void
on_new_job(const struct pg_answer *answer, void *arg)
{
	struct v1_read *r = arg;
	const PGresult *res = v1_read_row(r, answer);

	if (res != NULL)
		answer_job(r, res, true);
	free(r);
}

static void
look(struct v1_read *r, bool is_new)
{
	store_job_show(r->o, r->id, is_new ? on_new_job : on_job, r);
}

/* -- the waiting ----------------------------------------------------------- */

static void
waiter_free(struct v1_waiter *w)
{
	LIST_REMOVE(w, link);
	w->read->o->waiters.n--;
	watch_free(w->watch);
	event_free(w->timer);
	free(w);
}

/* Without an answer of ours. */
static void
waiter_drop(struct v1_waiter *w)
{
	struct v1_read *r = w->read;

	waiter_free(w);
	free(r);
}

static void
waiter_end(struct v1_waiter *w)
{
	struct v1_read *r = w->read;
	bool is_new = w->is_new;

	http_req_on_gone(r->req, NULL, NULL);
	waiter_free(w);
	look(r, is_new);
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

int
v1_wait_asked_s(const struct orchestrator *o, struct http_req *req)
{
	int wait_s = prefer_wait_s(http_req_header(req, "Prefer"));
	char applied[32];

	if (o->waiters.n >= V1_MAX_WAITERS)
		return 0;
	if (wait_s > 0) {
		snprintf(applied, sizeof(applied), "wait=%d", wait_s);
		http_reply_header(req, "Preference-Applied", applied);
	}
	return wait_s;
}

void
v1_wait(struct orchestrator *o, struct http_req *req, const char *job_id,
    int wait_s, bool is_new)
{
	struct timeval limit = {wait_s, 0};
	struct v1_read *r = v1_read_new(o, req, "no such job");
	struct v1_waiter *w;

	snprintf(r->id, sizeof(r->id), "%s", job_id);
	if (wait_s == 0 || o->service.draining) {
		look(r, is_new);
		return;
	}
	w = xcalloc(1, sizeof(*w));
	w->read = r;
	w->is_new = is_new;
	w->watch = watch_new(o->watches, job_id, on_change, w);
	w->timer = evtimer_new(o->service.base, on_timer, w);
	LIST_INSERT_HEAD(&o->waiters.list, w, link);
	o->waiters.n++;
	event_add(w->timer, &limit);
	http_req_on_gone(req, on_gone, w);
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

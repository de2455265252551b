/* Miners played by hand. */
#include "tests/lib/hand.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "subtensor/epistula_check.h"
#include "tests/lib/proc.h"
#include "tests/lib/suite.h"

enum { MAX_JOB = 1 << 20, MAX_PLAIN = 4096, CAPACITY = 100, STAKE = 200 };

struct request {
	struct hand_task task; /* first: what the test is handed */
	struct http_req *req;  /* NULL: answered */
	int status;	       /* to answer with; 0: not yet */
	bool taken;
	TAILQ_ENTRY(request) link;
};

struct door {
	struct hand *hand;
	int miner;
	struct http_server *server;
	char hotkey[64];
};

struct hand {
	struct event_base *base;
	struct event *bell;
	int pipe[2]; /* the test rings at [1] */
	pthread_t thread;
	struct door doors[HAND_MAX];
	int n;
	/* Shared by the test and the thread. */
	pthread_mutex_t lock;
	char *capacity; /* the JSON of it */
	bool holds, stops;
	TAILQ_HEAD(request_list, request) requests, cancels;
};

/* -- the thread's side -------------------------------------------------- */

static void
show_capacity(struct http_req *req, void *door)
{
	struct hand *h = ((struct door *)door)->hand;

	pthread_mutex_lock(&h->lock);
	http_reply(
	    req, 200, "application/json", h->capacity, strlen(h->capacity));
	pthread_mutex_unlock(&h->lock);
}

static void
check_signature(
    struct hand_task *task, const struct door *door, struct http_req *req)
{
	struct epistula_request r = {
	    .authorization = http_req_header(req, "Authorization"),
	    .signature = http_req_header(req, "Epistula-Signature"),
	    .timestamp = http_req_header(req, "Epistula-Timestamp"),
	    .uuid = http_req_header(req, "Epistula-UUID"),
	    .signed_by = http_req_header(req, "Epistula-Signed-By"),
	    .signed_for = http_req_header(req, "Epistula-Signed-For"),
	};
	const char *why;

	r.body = http_req_body(req, &r.body_len);
	why = epistula_check(&r, door->hotkey, clock_wall_ms());
	snprintf(task->unsigned_why, sizeof(task->unsigned_why), "%s",
	    why != NULL ? why : "");
	snprintf(task->signed_by, sizeof(task->signed_by), "%s",
	    r.signed_by != NULL ? r.signed_by : "");
}

static const char *
text_of(const json_t *body, const char *key)
{
	return json_string_value(json_object_get(body, key));
}

static struct request *
request_new(const struct door *door, struct http_req *req)
{
	struct request *r = xcalloc(1, sizeof(*r));
	struct hand_task *task = &r->task;
	const char *trace;
	const void *text;
	size_t len;

	r->req = req;
	task->miner = door->miner;
	task->arrived_us = clock_mono_us();
	snprintf(task->path, sizeof(task->path), "%s", http_req_path(req));
	trace = http_req_header(req, "traceparent");
	snprintf(task->traceparent, sizeof(task->traceparent), "%s",
	    trace != NULL ? trace : "");
	check_signature(task, door, req);
	text = http_req_body(req, &len);
	task->body = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	task->id = text_of(task->body, "job_id");
	task->callback_url = text_of(task->body, "callback_url");
	task->secret = text_of(task->body, "callback_secret");
	task->input_url = text_of(task->body, "image_url");
	if (task->input_url == NULL)
		task->input_url =
		    text_of(json_object_get(task->body, "input"), "url");
	return r;
}

static void
answer(struct request *r)
{
	http_reply(r->req, r->status, "application/json", "{}", 2);
	r->req = NULL;
}

static void
take_work(struct http_req *req, void *arg)
{
	struct door *door = arg;
	struct hand *h = door->hand;
	struct request *r = request_new(door, req);

	pthread_mutex_lock(&h->lock);
	if (!h->holds) {
		r->status = 202;
		answer(r);
	}
	TAILQ_INSERT_TAIL(&h->requests, r, link);
	pthread_mutex_unlock(&h->lock);
}

static void
take_cancel(struct http_req *req, void *arg)
{
	struct door *door = arg;
	struct hand *h = door->hand;
	struct request *r = request_new(door, req);

	r->status = 200;
	answer(r);
	pthread_mutex_lock(&h->lock);
	TAILQ_INSERT_TAIL(&h->cancels, r, link);
	pthread_mutex_unlock(&h->lock);
}

static const struct http_route routes[] = {
    {"GET", "/capacity", MAX_PLAIN, false, show_capacity, 0},
    {"POST", "/inference", MAX_JOB, false, take_work, 0},
    {"POST", "/edit", MAX_JOB, false, take_work, 0},
    {"POST", "/jobs/{kind}", MAX_JOB, false, take_work, 0},
    {"POST", "/jobs/{kind}/cancel", MAX_PLAIN, false, take_cancel, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

static void
on_bell(evutil_socket_t fd, short what, void *arg)
{
	struct hand *h = arg;
	struct request *r;
	char rings[64];

	(void)what;
	if (read(fd, rings, sizeof(rings)) < 0)
		return;
	pthread_mutex_lock(&h->lock);
	TAILQ_FOREACH(r, &h->requests, link)
	{
		if (r->req != NULL && r->status != 0)
			answer(r);
	}
	if (h->stops)
		event_base_loopbreak(h->base);
	pthread_mutex_unlock(&h->lock);
}

static void *
serve(void *arg)
{
	struct hand *h = arg;

	event_base_dispatch(h->base);
	return NULL;
}

/* -- the test's side ---------------------------------------------------- */

static void
ring(struct hand *h)
{
	while (write(h->pipe[1], "!", 1) != 1)
		proc_nap();
}

static char *
capacity_json(const char *names, int n)
{
	json_t *capacity = json_object();
	char *copy = xstrdup(names), *rest = copy, *name, *text;

	while ((name = strtok_r(rest, " ", &rest)) != NULL) {
		char *slots = strchr(name, '=');

		if (slots != NULL)
			*slots++ = '\0';
		json_object_set_new(capacity, name,
		    json_integer(slots != NULL ? atoi(slots) : n));
	}
	text = json_dumps(capacity, JSON_COMPACT);
	json_decref(capacity);
	free(copy);
	return text;
}

static int
open_doors(struct hand *h)
{
	struct err err;

	for (int i = 0; i < h->n; i++) {
		struct door *door = &h->doors[i];

		door->hand = h;
		door->miner = i;
		door->server = http_server_new(
		    h->base, routes, &http_default_limits, door);
		if (http_server_listen(door->server, "127.0.0.1:0", &err) !=
		    0) {
			fprintf(stderr, "hand: %s\n", err.text);
			return -1;
		}
	}
	return 0;
}

static void
request_free(struct request *r)
{
	json_decref(r->task.body);
	free(r);
}

static void
free_all(struct request_list *list)
{
	struct request *r;

	while ((r = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, r, link);
		request_free(r);
	}
}

/* Once the thread is not there, or no more. */
static void
release(struct hand *h)
{
	free_all(&h->requests);
	free_all(&h->cancels);
	for (int i = 0; i < h->n; i++)
		http_server_free(h->doors[i].server);
	event_free(h->bell);
	event_base_free(h->base);
	close(h->pipe[0]);
	close(h->pipe[1]);
	pthread_mutex_destroy(&h->lock);
	free(h->capacity);
	free(h);
}

struct hand *
hand_new(int n, const char *capacities)
{
	struct hand *h = xcalloc(1, sizeof(*h));

	h->n = n;
	h->capacity = capacity_json(capacities, CAPACITY);
	h->base = event_base_new();
	TAILQ_INIT(&h->requests);
	TAILQ_INIT(&h->cancels);
	pthread_mutex_init(&h->lock, NULL);
	if (pipe(h->pipe) != 0)
		abort();
	h->bell =
	    event_new(h->base, h->pipe[0], EV_READ | EV_PERSIST, on_bell, h);
	event_add(h->bell, NULL);
	if (open_doors(h) == 0 &&
	    pthread_create(&h->thread, NULL, serve, h) == 0)
		return h;
	release(h);
	return NULL;
}

void
hand_free(struct hand *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	h->stops = true;
	pthread_mutex_unlock(&h->lock);
	ring(h);
	pthread_join(h->thread, NULL);
	release(h);
}

void
hand_join(const struct hand *h, struct suite_options *o)
{
	for (int i = 0; i < h->n; i++) {
		o->miners[i].alpha = STAKE;
		o->miners[i].port = http_server_port(h->doors[i].server);
	}
	if (o->n_miners < (size_t)h->n)
		o->n_miners = h->n;
}

void
hand_meet(struct hand *h, const struct suite *s)
{
	for (int i = 0; i < h->n; i++)
		memcpy(h->doors[i].hotkey, s->miner_hotkeys[i],
		    sizeof(h->doors[i].hotkey));
}

void
hand_say(struct hand *h, const char *capacities, int n)
{
	pthread_mutex_lock(&h->lock);
	free(h->capacity);
	h->capacity = capacity_json(capacities, n);
	pthread_mutex_unlock(&h->lock);
}

void
hand_hold(struct hand *h, bool holds)
{
	pthread_mutex_lock(&h->lock);
	h->holds = holds;
	pthread_mutex_unlock(&h->lock);
}

static struct request *
take_one(struct hand *h)
{
	struct request *r;

	pthread_mutex_lock(&h->lock);
	TAILQ_FOREACH(r, &h->requests, link)
	{
		if (!r->taken)
			break;
	}
	if (r != NULL)
		r->taken = true;
	pthread_mutex_unlock(&h->lock);
	return r;
}

struct hand_task *
hand_take(struct hand *h, int timeout_ms)
{
	int64_t ms = timeout_ms > 0 ? timeout_ms : HAND_WAIT_MS;
	int64_t until_us = clock_mono_us() + ms * 1000;
	struct request *r;

	while ((r = take_one(h)) == NULL && clock_mono_us() < until_us)
		proc_nap();
	if (r != NULL)
		return &r->task;
	if (timeout_ms <= 0)
		fprintf(stderr, "hand: no request in %ld ms\n", (long)ms);
	return NULL;
}

static bool
is_answered(struct hand *h, const struct request *r)
{
	bool is;

	pthread_mutex_lock(&h->lock);
	is = r->req == NULL;
	pthread_mutex_unlock(&h->lock);
	return is;
}

void
hand_answer(struct hand *h, struct hand_task *task, int status)
{
	struct request *r = (struct request *)task;

	pthread_mutex_lock(&h->lock);
	r->status = status;
	pthread_mutex_unlock(&h->lock);
	ring(h);
	while (!is_answered(h, r))
		proc_nap();
}

void
hand_drop(struct hand *h, struct hand_task *task)
{
	struct request *r = (struct request *)task;

	if (r == NULL)
		return;
	if (!is_answered(h, r))
		hand_answer(h, task, 202);
	pthread_mutex_lock(&h->lock);
	TAILQ_REMOVE(&h->requests, r, link);
	pthread_mutex_unlock(&h->lock);
	request_free(r);
}

static bool
is_cancelled(struct hand *h, int miner, const char *id)
{
	const struct request *r;
	bool is = false;

	pthread_mutex_lock(&h->lock);
	TAILQ_FOREACH(r, &h->cancels, link)
	{
		if (r->task.miner == miner && r->task.id != NULL &&
		    strcmp(r->task.id, id) == 0 &&
		    r->task.unsigned_why[0] == '\0')
			is = true;
	}
	pthread_mutex_unlock(&h->lock);
	return is;
}

int
hand_await_cancel(struct hand *h, int miner, const char *id)
{
	int64_t until_us = clock_mono_us() + HAND_WAIT_MS * 1000LL;

	while (!is_cancelled(h, miner, id)) {
		if (clock_mono_us() > until_us) {
			fprintf(stderr,
			    "hand: miner %d is not told to stop %s\n", miner,
			    id);
			return -1;
		}
		proc_nap();
	}
	return 0;
}

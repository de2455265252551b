/* A receiver of webhooks. */
#include "tests/lib/receiver.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/looper.h"
#include "tests/lib/proc.h"

enum { MAX_BODY = 1 << 20, WAIT_MS = 30000 };

struct kept {
	struct received got; /* first: what the test is handed */
	STAILQ_ENTRY(kept) link;
};

struct held {
	struct http_req *req;
	struct receiver *r;
	LIST_ENTRY(held) link;
};

struct receiver {
	struct looper *looper;
	struct http_server *server;
	/* Shared by the test and the thread. */
	pthread_mutex_t lock;
	int status, count, n_held;
	char *header, *value;
	bool holds;
	STAILQ_HEAD(, kept) kept;
	LIST_HEAD(, held) held;
};

/* -- the thread's side --------------------------------------------------- */

static void
answer(struct receiver *r, struct http_req *req)
{
	if (r->header != NULL)
		http_reply_header(req, r->header, r->value);
	http_reply(req, r->status, "text/plain", "", 0);
}

static void
on_gone(struct http_req *req, void *arg)
{
	struct held *h = arg;
	struct receiver *r = h->r;

	pthread_mutex_lock(&r->lock);
	LIST_REMOVE(h, link);
	r->n_held--;
	answer(r, req);
	pthread_mutex_unlock(&r->lock);
	free(h);
}

static void
hold(struct receiver *r, struct http_req *req)
{
	struct held *h = xcalloc(1, sizeof(*h));

	h->req = req;
	h->r = r;
	LIST_INSERT_HEAD(&r->held, h, link);
	r->n_held++;
	http_req_on_gone(req, on_gone, h);
}

static const char *
header(struct http_req *req, const char *name)
{
	const char *value = http_req_header(req, name);

	return value != NULL ? value : "";
}

static void
keep(struct receiver *r, struct http_req *req)
{
	struct kept *k = xcalloc(1, sizeof(*k));
	const void *body = http_req_body(req, &k->got.len);

	snprintf(k->got.id, sizeof(k->got.id), "%s", header(req, "webhook-id"));
	snprintf(k->got.timestamp, sizeof(k->got.timestamp), "%s",
	    header(req, "webhook-timestamp"));
	snprintf(k->got.type, sizeof(k->got.type), "%s",
	    header(req, "content-type"));
	k->got.signature = xstrdup(header(req, "webhook-signature"));
	k->got.body = xstrndup(body != NULL ? body : "", k->got.len);
	STAILQ_INSERT_TAIL(&r->kept, k, link);
	r->count++;
}

static void
on_message(struct http_req *req, void *arg)
{
	struct receiver *r = arg;

	pthread_mutex_lock(&r->lock);
	keep(r, req);
	if (r->holds)
		hold(r, req);
	else
		answer(r, req);
	pthread_mutex_unlock(&r->lock);
}

static void
on_bell(void *arg)
{
	struct receiver *r = arg;
	struct held *h;

	pthread_mutex_lock(&r->lock);
	while (!r->holds && (h = LIST_FIRST(&r->held)) != NULL) {
		LIST_REMOVE(h, link);
		r->n_held--;
		http_req_on_gone(h->req, NULL, NULL);
		answer(r, h->req);
		free(h);
	}
	pthread_mutex_unlock(&r->lock);
}

static const struct http_route routes[] = {
    {.method = "POST",
	.path = "/hook",
	.max_body = MAX_BODY,
	.handler = on_message},
    {.method = NULL},
};

/* -- the test's side ----------------------------------------------------- */

struct receiver *
receiver_new(void)
{
	struct receiver *r = xcalloc(1, sizeof(*r));
	struct err err;

	pthread_mutex_init(&r->lock, NULL);
	STAILQ_INIT(&r->kept);
	LIST_INIT(&r->held);
	r->status = 200;
	r->looper = looper_new();
	r->server = http_server_new(
	    looper_base(r->looper), routes, &http_default_limits, r);
	if (http_server_listen(r->server, "127.0.0.1:0", &err) == 0) {
		looper_start(r->looper, on_bell, r);
		return r;
	}
	fprintf(stderr, "receiver: %s\n", err.text);
	receiver_free(r);
	return NULL;
}

void
receiver_free(struct receiver *r)
{
	struct kept *k;
	struct held *h;

	if (r == NULL)
		return;
	looper_stop(r->looper);
	http_server_free(r->server);
	looper_free(r->looper);
	while ((h = LIST_FIRST(&r->held)) != NULL) {
		LIST_REMOVE(h, link);
		free(h);
	}
	while ((k = STAILQ_FIRST(&r->kept)) != NULL) {
		STAILQ_REMOVE_HEAD(&r->kept, link);
		received_free(&k->got);
	}
	pthread_mutex_destroy(&r->lock);
	free(r->header);
	free(r->value);
	free(r);
}

int
receiver_port(const struct receiver *r)
{
	return http_server_port(r->server);
}

char *
receiver_url(const struct receiver *r)
{
	return xasprintf("http://127.0.0.1:%d/hook", receiver_port(r));
}

void
receiver_say(
    struct receiver *r, int status, const char *header, const char *value)
{
	pthread_mutex_lock(&r->lock);
	free(r->header);
	free(r->value);
	r->status = status;
	r->header = header != NULL ? xstrdup(header) : NULL;
	r->value = value != NULL ? xstrdup(value) : NULL;
	pthread_mutex_unlock(&r->lock);
}

void
receiver_hold(struct receiver *r)
{
	pthread_mutex_lock(&r->lock);
	r->holds = true;
	pthread_mutex_unlock(&r->lock);
}

void
receiver_let_go(struct receiver *r)
{
	pthread_mutex_lock(&r->lock);
	r->holds = false;
	pthread_mutex_unlock(&r->lock);
	looper_ring(r->looper);
}

static struct kept *
take_one(struct receiver *r)
{
	struct kept *k;

	pthread_mutex_lock(&r->lock);
	k = STAILQ_FIRST(&r->kept);
	if (k != NULL)
		STAILQ_REMOVE_HEAD(&r->kept, link);
	pthread_mutex_unlock(&r->lock);
	return k;
}

struct received *
receiver_take(struct receiver *r)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	struct kept *k;

	while ((k = take_one(r)) == NULL && clock_mono_us() < until_us)
		proc_nap();
	if (k != NULL)
		return &k->got;
	fprintf(stderr, "receiver: no message in %d ms\n", WAIT_MS);
	return NULL;
}

void
received_free(struct received *got)
{
	if (got == NULL)
		return;
	free(got->signature);
	free(got->body);
	free(got);
}

int
receiver_count(struct receiver *r)
{
	int n;

	pthread_mutex_lock(&r->lock);
	n = r->count;
	pthread_mutex_unlock(&r->lock);
	return n;
}

int
receiver_waiting(struct receiver *r)
{
	int n;

	pthread_mutex_lock(&r->lock);
	n = r->n_held;
	pthread_mutex_unlock(&r->lock);
	return n;
}

int
receiver_await_waiting(struct receiver *r, int n)
{
	int64_t until_us = clock_mono_us() + WAIT_MS * 1000LL;
	int waiting;

	while (
	    (waiting = receiver_waiting(r)) != n && clock_mono_us() < until_us)
		proc_nap();
	if (waiting == n)
		return 0;
	fprintf(stderr, "receiver: %d wait, not %d\n", waiting, n);
	return -1;
}

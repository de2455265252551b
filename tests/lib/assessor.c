/* The routes of a service that scores submissions. */
#include "tests/lib/assessor.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/looper.h"

enum { MAX_MODELS = 16, LATER_MS = 20 };

struct model {
	char name[64];
	int status;
	char *body;
	char *question; /* the last */
};

struct assessor {
	struct looper *looper;
	struct http_server *server;
	char *url, *key;
	/* Shared by the test and the thread. */
	pthread_mutex_t lock;
	struct model models[MAX_MODELS];
	size_t n;
	int fails; /* with this status; 0: it does not */
	size_t waiting, most;
	LIST_HEAD(laters, later) laters;
};

/* An answer that is due a moment later, so that questions meet. */
struct later {
	LIST_ENTRY(later) link;
	struct assessor *a;
	struct http_req *req;
	struct event *timer;
	int status;
	char *body;
};

static struct model *
find(struct assessor *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++) {
		if (strcmp(a->models[i].name, name) == 0)
			return &a->models[i];
	}
	return NULL;
}

/* -- the thread's side -------------------------------------------------- */

static void
later_free(struct later *l)
{
	LIST_REMOVE(l, link);
	event_free(l->timer);
	free(l->body);
	free(l);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct later *l = arg;

	(void)fd;
	(void)what;
	pthread_mutex_lock(&l->a->lock);
	l->a->waiting--;
	pthread_mutex_unlock(&l->a->lock);
	http_reply(
	    l->req, l->status, "application/json", l->body, strlen(l->body));
	later_free(l);
}

static void
answer(struct assessor *a, struct http_req *req, int status, const char *body)
{
	static const struct timeval soon = {0, LATER_MS * 1000};
	struct later *l = xcalloc(1, sizeof(*l));

	l->a = a;
	l->req = req;
	l->status = status;
	l->body = xstrdup(body);
	l->timer = evtimer_new(looper_base(a->looper), on_later, l);
	event_add(l->timer, &soon);
	LIST_INSERT_HEAD(&a->laters, l, link);
	a->waiting++;
	if (a->waiting > a->most)
		a->most = a->waiting;
}

static const char *
query(struct http_req *req, const char *name)
{
	const char *value = http_req_query(req, name);

	return value != NULL ? value : "?";
}

static bool
has_key(const struct assessor *a, struct http_req *req)
{
	const char *given = http_req_header(req, "Authorization");
	char *wanted = xasprintf("Bearer %s", a->key);
	bool same = given != NULL && strcmp(given, wanted) == 0;

	free(wanted);
	return same;
}

static void
take(struct assessor *a, struct http_req *req)
{
	struct model *m = find(a, query(req, "repo_name"));

	if (!has_key(a, req)) {
		answer(a, req, 401, "{}");
		return;
	}
	if (m != NULL) {
		free(m->question);
		m->question = xasprintf("%s %s %s %s %s",
		    query(req, "repo_namespace"), query(req, "repo_name"),
		    query(req, "chat_template_type"), query(req, "hash"),
		    query(req, "hotkey"));
	}
	if (a->fails != 0)
		answer(a, req, a->fails, "{\"status\":\"FAILED\"}");
	else if (m == NULL)
		answer(a, req, 404, "{}");
	else
		answer(a, req, m->status, m->body);
}

static void
get_details(struct http_req *req, void *arg)
{
	struct assessor *a = arg;

	pthread_mutex_lock(&a->lock);
	take(a, req);
	pthread_mutex_unlock(&a->lock);
}

static const struct http_route routes[] = {
    {"GET", "/model_submission_details", 0, false, get_details, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- the test's side ---------------------------------------------------- */

struct assessor *
assessor_new(const char *key)
{
	struct assessor *a = xcalloc(1, sizeof(*a));
	struct err err;

	a->key = xstrdup(key);
	LIST_INIT(&a->laters);
	pthread_mutex_init(&a->lock, NULL);
	a->looper = looper_new();
	a->server = http_server_new(
	    looper_base(a->looper), routes, &http_default_limits, a);
	if (http_server_listen(a->server, "127.0.0.1:0", &err) != 0) {
		fprintf(stderr, "assessor: %s\n", err.text);
		abort();
	}
	a->url = xasprintf("http://127.0.0.1:%d/", http_server_port(a->server));
	looper_start(a->looper, NULL, NULL);
	return a;
}

void
assessor_free(struct assessor *a)
{
	if (a == NULL)
		return;
	looper_stop(a->looper);
	while (!LIST_EMPTY(&a->laters))
		later_free(LIST_FIRST(&a->laters));
	http_server_free(a->server);
	looper_free(a->looper);
	for (size_t i = 0; i < a->n; i++) {
		free(a->models[i].body);
		free(a->models[i].question);
	}
	pthread_mutex_destroy(&a->lock);
	free(a->url);
	free(a->key);
	free(a);
}

const char *
assessor_url(const struct assessor *a)
{
	return a->url;
}

void
assessor_say(struct assessor *a, const char *name, int status, const char *body)
{
	struct model *m;

	pthread_mutex_lock(&a->lock);
	m = find(a, name);
	if (m == NULL) {
		if (a->n == MAX_MODELS)
			abort();
		m = &a->models[a->n++];
		snprintf(m->name, sizeof(m->name), "%s", name);
	}
	free(m->body);
	m->status = status;
	m->body = xstrdup(body);
	pthread_mutex_unlock(&a->lock);
}

void
assessor_fail(struct assessor *a, int status)
{
	pthread_mutex_lock(&a->lock);
	a->fails = status;
	pthread_mutex_unlock(&a->lock);
}

char *
assessor_question(struct assessor *a, const char *name)
{
	struct model *m;
	char *question;

	pthread_mutex_lock(&a->lock);
	m = find(a, name);
	question =
	    m != NULL && m->question != NULL ? xstrdup(m->question) : NULL;
	pthread_mutex_unlock(&a->lock);
	return question;
}

size_t
assessor_most_at_once(struct assessor *a)
{
	size_t most;

	pthread_mutex_lock(&a->lock);
	most = a->most;
	pthread_mutex_unlock(&a->lock);
	return most;
}

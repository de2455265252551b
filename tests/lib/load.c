/* Clients of two orchestrators. */
#include "tests/lib/load.h"

#include <event2/event.h>
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/http_client.h"
#include "common/xalloc.h"
#include "tests/lib/jobs.h"
#include "tests/lib/looper.h"
#include "tests/lib/proc.h"

enum {
	TICK_MS = 10,
	MOST_WAITING = 400,
	ASK_MS = 20000,
	CONNECT_MS = 2000,
	PAUSE_MS = 60000,
	MAX_ANSWER = 65536,
};

struct ask {
	struct load *load;
	int door;
	bool is_second;
	LIST_ENTRY(ask) link;
};

struct load {
	struct load_options o;
	char *job, *urls[2];
	struct looper *looper;
	struct http_client *client;
	struct event *tick;
	LIST_HEAD(, ask) asks;
	int64_t from_us; /* mono: of the first since the last pause; 0: none */
	int64_t due;	 /* since then, asked or skipped */
	int next;	 /* door */
	/* Shared with the test. */
	pthread_mutex_t lock;
	bool goes;
	struct load_counts counts;
	struct jobs accepted;
};

/* -- one job ------------------------------------------------------------ */

static void on_answer(const struct http_answer *, void *);

static void
post(struct ask *a)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", NULL};
	struct load *load = a->load;
	struct http_call_options call = {
	    .method = "POST",
	    .url = load->urls[a->door],
	    .headers = headers,
	    .body = load->job,
	    .body_len = strlen(load->job),
	    .timeout_ms = ASK_MS,
	    .connect_timeout_ms = CONNECT_MS,
	    .max_answer = MAX_ANSWER,
	};

	http_call_start(load->client, &call, on_answer, a);
}

/* Under the lock. */
static void
count_end(struct load *load, const struct http_answer *answer)
{
	json_t *body = json_loadb(answer->body, answer->len, 0, NULL);
	const char *id = json_string_value(json_object_get(body, "id"));

	if (answer->status == 202 && id != NULL) {
		load->counts.accepted++;
		jobs_add(&load->accepted, id);
	} else if (answer->status == 0) {
		load->counts.unheard++;
	} else if (answer->status >= 500) {
		load->counts.refused++;
	} else {
		fprintf(stderr, "load: %d %.*s\n", answer->status,
		    (int)answer->len, (const char *)answer->body);
		load->counts.odd++;
	}
	json_decref(body);
}

static void
on_answer(const struct http_answer *answer, void *arg)
{
	struct ask *a = arg;
	struct load *load = a->load;
	bool failed = answer->status == 0 || answer->status >= 500;
	bool again = failed && !a->is_second;

	pthread_mutex_lock(&load->lock);
	if (again) {
		load->counts.retried++;
	} else {
		count_end(load, answer);
		load->counts.waiting--;
	}
	pthread_mutex_unlock(&load->lock);
	if (again) {
		a->is_second = true;
		a->door = 1 - a->door;
		post(a);
		return;
	}
	LIST_REMOVE(a, link);
	free(a);
}

static void
ask_one(struct load *load)
{
	struct ask *a = xcalloc(1, sizeof(*a));

	a->load = load;
	a->door = load->next;
	load->next = 1 - load->next;
	LIST_INSERT_HEAD(&load->asks, a, link);
	post(a);
}

/* How many of those that are due now may be asked. */
static int64_t
take_due(struct load *load)
{
	int64_t now_us = clock_mono_us(), n = 0, room;

	pthread_mutex_lock(&load->lock);
	if (load->goes && load->from_us == 0) {
		load->from_us = now_us;
		load->due = 0;
	} else if (!load->goes) {
		load->from_us = 0;
	}
	if (load->from_us != 0)
		n = (now_us - load->from_us) / 1e6 * load->o.per_second -
		    load->due;
	load->due += n;
	room = MOST_WAITING - load->counts.waiting;
	if (n > room) {
		load->counts.skipped += n - room;
		n = room;
	}
	load->counts.asked += n;
	load->counts.waiting += n;
	pthread_mutex_unlock(&load->lock);
	return n;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct load *load = arg;
	int64_t n = take_due(load);

	(void)fd;
	(void)what;
	while (n-- > 0)
		ask_one(load);
}

/* -- the whole ---------------------------------------------------------- */

struct load *
load_new(const struct load_options *o)
{
	struct http_client_options client = {.allow_private = true,
	    .max_connections = 2 * MOST_WAITING,
	    .max_host_connections = 2 * MOST_WAITING};
	struct timeval tick = {0, TICK_MS * 1000};
	struct load *load = xcalloc(1, sizeof(*load));

	load->o = *o;
	load->job = xstrdup(o->job);
	for (int i = 0; i < 2; i++)
		load->urls[i] =
		    xasprintf("http://127.0.0.1:%d/v1/jobs", o->ports[i]);
	pthread_mutex_init(&load->lock, NULL);
	load->looper = looper_new();
	load->client = http_client_new(looper_base(load->looper), &client);
	load->tick =
	    event_new(looper_base(load->looper), -1, EV_PERSIST, on_tick, load);
	event_add(load->tick, &tick);
	looper_start(load->looper, NULL, NULL);
	return load;
}

void
load_free(struct load *load)
{
	struct ask *a;

	if (load == NULL)
		return;
	looper_stop(load->looper);
	event_free(load->tick);
	http_client_free(load->client);
	while ((a = LIST_FIRST(&load->asks)) != NULL) {
		LIST_REMOVE(a, link);
		free(a);
	}
	looper_free(load->looper);
	pthread_mutex_destroy(&load->lock);
	jobs_clear(&load->accepted);
	free(load->urls[0]);
	free(load->urls[1]);
	free(load->job);
	free(load);
}

static void
set_going(struct load *load, bool goes)
{
	pthread_mutex_lock(&load->lock);
	load->goes = goes;
	pthread_mutex_unlock(&load->lock);
}

void
load_go(struct load *load)
{
	set_going(load, true);
}

int
load_pause(struct load *load)
{
	int64_t until_us = clock_mono_us() + PAUSE_MS * 1000LL;
	struct load_counts counts;

	set_going(load, false);
	do {
		proc_nap();
		load_counts(load, &counts);
	} while (counts.waiting > 0 && clock_mono_us() < until_us);
	if (counts.waiting == 0)
		return 0;
	fprintf(stderr, "load: %ld are not answered\n", (long)counts.waiting);
	return -1;
}

void
load_counts(struct load *load, struct load_counts *out)
{
	pthread_mutex_lock(&load->lock);
	*out = load->counts;
	pthread_mutex_unlock(&load->lock);
}

void
load_take(struct load *load, struct jobs *out)
{
	pthread_mutex_lock(&load->lock);
	*out = load->accepted;
	load->accepted = (struct jobs){0};
	pthread_mutex_unlock(&load->lock);
}

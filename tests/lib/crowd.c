/* Miners that answer by themselves. */
#include "tests/lib/crowd.h"

#include <event2/event.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/err.h"
#include "common/http_client.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/looper.h"
#include "tests/lib/suite.h"

enum {
	MAX_JOB = 1 << 20,
	MAX_PLAIN = 4096,
	CAPACITY = 200,
	STAKE = 200,
	MOST_TRIES = 8,
	AGAIN_MS = 200,
	CALL_MS = 40000, /* they may be kept on the line for half a minute */
	CONNECT_MS = 2000,
};

static const char result[] =
    "{\"status\":\"completed\",\"output\":{\"text\":\"done\"}}";

/* Work that was taken, until its result has been called back. */
struct errand {
	struct crowd *crowd;
	char id[40];
	char *url, *secret; /* the whole header */
	int tries;
	bool is_strict;
	struct event *timer;
	LIST_ENTRY(errand) link;
};

struct miner_door {
	struct crowd *crowd;
	struct http_server *server; /* NULL: closed */
	int port;
	bool closed; /* what the test wants; under the lock */
};

struct crowd {
	struct crowd_options o;
	struct looper *looper;
	struct http_client *client;
	struct dice dice;
	char *capacity;
	int n_works;
	struct miner_door doors[CROWD_MAX];
	LIST_HEAD(, errand) errands;
	/* Shared with the test. */
	pthread_mutex_t lock;
	struct crowd_counts counts;
	struct jobs thanked;
};

/* -- calling back ------------------------------------------------------- */

static void
errand_free(struct errand *e)
{
	LIST_REMOVE(e, link);
	event_free(e->timer);
	free(e->url);
	free(e->secret);
	free(e);
}

static void
errand_over(struct errand *e, int64_t *count)
{
	struct crowd *c = e->crowd;

	pthread_mutex_lock(&c->lock);
	++*count;
	c->counts.under_way--;
	if (count == &c->counts.thanked)
		jobs_add(&c->thanked, e->id);
	pthread_mutex_unlock(&c->lock);
	errand_free(e);
}

static void
errand_in(struct errand *e, int ms)
{
	struct timeval in = {ms / 1000, ms % 1000 * 1000};

	event_add(e->timer, &in);
}

/* The same path at the other orchestrator's door. */
static void
turn_elsewhere(struct errand *e)
{
	const int *ports = e->crowd->o.ports;
	char first[32], *path = strchr(e->url + strlen("http://"), '/'), *url;
	bool at_first;

	snprintf(first, sizeof(first), "http://127.0.0.1:%d/", ports[0]);
	at_first = strncmp(e->url, first, strlen(first)) == 0;
	url = xasprintf(
	    "http://127.0.0.1:%d%s", at_first ? ports[1] : ports[0], path);
	free(e->url);
	e->url = url;
}

static int64_t *
count_of(struct crowd *c, const struct http_answer *answer)
{
	json_t *body = json_loadb(answer->body, answer->len, 0, NULL);
	const char *word = json_string_value(json_object_get(body, "status"));
	int64_t *count = &c->counts.unwanted;

	if (answer->status == 200 && word != NULL) {
		if (strcmp(word, "accepted") == 0)
			count = &c->counts.thanked;
		else if (strcmp(word, "duplicate") == 0)
			count = &c->counts.again;
	}
	json_decref(body);
	return count;
}

static void
on_called_back(const struct http_answer *answer, void *arg)
{
	struct errand *e = arg;
	struct crowd *c = e->crowd;

	if (answer->status != 0 && answer->status < 500) {
		errand_over(e, count_of(c, answer));
	} else if (e->is_strict || ++e->tries >= MOST_TRIES) {
		fprintf(stderr, "crowd: %s was not taken: %d %s\n", e->id,
		    answer->status, answer->why);
		errand_over(e, &c->counts.unheard);
	} else {
		turn_elsewhere(e);
		errand_in(e, AGAIN_MS * (e->tries / 2));
	}
}

static void
on_worked(evutil_socket_t fd, short what, void *arg)
{
	struct errand *e = arg;
	const char *const headers[] = {
	    "Content-Type: application/json", e->secret, NULL};
	struct http_call_options call = {
	    .method = "POST",
	    .url = e->url,
	    .headers = headers,
	    .body = result,
	    .body_len = sizeof(result) - 1,
	    .timeout_ms = CALL_MS,
	    .connect_timeout_ms = CONNECT_MS,
	    .max_answer = MAX_PLAIN,
	    .is_once = e->is_strict,
	};

	(void)fd;
	(void)what;
	http_call_start(e->crowd->client, &call, on_called_back, e);
}

/* -- being asked -------------------------------------------------------- */

static int
work_ms(struct crowd *c)
{
	if (c->o.slow_every > 0 && c->n_works % c->o.slow_every == 0)
		return c->o.slow_ms;
	return dice_between(&c->dice, c->o.least_ms, c->o.most_ms);
}

static void
begin(struct crowd *c, const char *id, const char *url, const char *secret)
{
	struct errand *e = xcalloc(1, sizeof(*e));

	e->crowd = c;
	snprintf(e->id, sizeof(e->id), "%s", id);
	e->url = xstrdup(url);
	e->secret = xasprintf("X-Callback-Secret: %s", secret);
	c->n_works++;
	e->is_strict =
	    c->o.strict_every > 0 && c->n_works % c->o.strict_every == 0;
	e->timer = event_new(looper_base(c->looper), -1, 0, on_worked, e);
	LIST_INSERT_HEAD(&c->errands, e, link);
	pthread_mutex_lock(&c->lock);
	c->counts.asked++;
	c->counts.under_way++;
	pthread_mutex_unlock(&c->lock);
	errand_in(e, work_ms(c));
}

static void
take_work(struct http_req *req, void *door)
{
	struct crowd *c = ((struct miner_door *)door)->crowd;
	size_t len;
	const char *text = http_req_body(req, &len);
	json_t *body = json_loadb(text, len, 0, NULL);
	const char *id, *url, *secret;

	if (json_unpack(body, "{s:s, s:s, s:s}", "job_id", &id, "callback_url",
		&url, "callback_secret", &secret) == 0) {
		begin(c, id, url, secret);
		http_reply(req, 202, "application/json", "{}", 2);
	} else {
		http_reply(req, 400, "application/json", "{}", 2);
	}
	json_decref(body);
}

static void
take_back(struct http_req *req, void *door)
{
	(void)door;
	http_reply(req, 200, "application/json", "{}", 2);
}

static void
show_capacity(struct http_req *req, void *door)
{
	const char *text = ((struct miner_door *)door)->crowd->capacity;

	http_reply(req, 200, "application/json", text, strlen(text));
}

static const struct http_route routes[] = {
    {"GET", "/capacity", MAX_PLAIN, false, show_capacity, 0},
    {"POST", "/jobs/{kind}", MAX_JOB, false, take_work, 0},
    {"POST", "/jobs/{kind}/cancel", MAX_PLAIN, false, take_back, 0},
    {NULL, NULL, 0, false, NULL, 0},
};

/* -- doors -------------------------------------------------------------- */

static int
open_door(struct miner_door *door)
{
	char address[32];
	struct err err;

	snprintf(address, sizeof(address), "127.0.0.1:%d", door->port);
	door->server = http_server_new(looper_base(door->crowd->looper), routes,
	    &http_default_limits, door);
	if (http_server_listen(door->server, address, &err) != 0) {
		fprintf(stderr, "crowd: %s\n", err.text);
		return -1;
	}
	door->port = http_server_port(door->server);
	return 0;
}

/* In the looper's thread: doors as the test wants them. */
static void
on_bell(void *arg)
{
	struct crowd *c = arg;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->o.n; i++) {
		struct miner_door *door = &c->doors[i];

		if (door->closed && door->server != NULL) {
			http_server_free(door->server);
			door->server = NULL;
		} else if (!door->closed && door->server == NULL &&
			   open_door(door) != 0) {
			abort();
		}
	}
	pthread_mutex_unlock(&c->lock);
}

void
crowd_close(struct crowd *c, int first, bool closed)
{
	pthread_mutex_lock(&c->lock);
	for (int i = first; i < c->o.n; i++)
		c->doors[i].closed = closed;
	pthread_mutex_unlock(&c->lock);
	looper_ring(c->looper);
}

/* -- the whole ---------------------------------------------------------- */

struct crowd *
crowd_new(const struct crowd_options *o)
{
	struct http_client_options client = {.allow_private = true,
	    .max_connections = 512,
	    .max_host_connections = 512};
	struct crowd *c = xcalloc(1, sizeof(*c));

	c->o = *o;
	c->dice.state = o->seed;
	c->looper = looper_new();
	c->client = http_client_new(looper_base(c->looper), &client);
	c->capacity = xasprintf("{\"%s\":%d}", o->capacity_key, CAPACITY);
	pthread_mutex_init(&c->lock, NULL);
	for (int i = 0; i < o->n; i++) {
		c->doors[i].crowd = c;
		if (open_door(&c->doors[i]) != 0)
			abort();
	}
	looper_start(c->looper, on_bell, c);
	return c;
}

void
crowd_free(struct crowd *c)
{
	struct errand *e;

	if (c == NULL)
		return;
	looper_stop(c->looper);
	for (int i = 0; i < c->o.n; i++)
		http_server_free(c->doors[i].server);
	http_client_free(c->client);
	while ((e = LIST_FIRST(&c->errands)) != NULL)
		errand_free(e);
	looper_free(c->looper);
	pthread_mutex_destroy(&c->lock);
	jobs_clear(&c->thanked);
	free(c->capacity);
	free(c);
}

void
crowd_join(const struct crowd *c, struct suite_options *o)
{
	for (int i = 0; i < c->o.n; i++) {
		o->miners[i].alpha = STAKE;
		o->miners[i].port = c->doors[i].port;
	}
	o->n_miners = c->o.n;
}

void
crowd_counts(struct crowd *c, struct crowd_counts *out)
{
	pthread_mutex_lock(&c->lock);
	*out = c->counts;
	pthread_mutex_unlock(&c->lock);
}

void
crowd_thanked(struct crowd *c, struct jobs *out)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->thanked.n; i++)
		jobs_add(out, c->thanked.ids[i]);
	pthread_mutex_unlock(&c->lock);
}

/* A throng of miners beside the suite's own. */
#include "tests/lib/throng.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/http_server.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"
#include "tests/lib/suite.h"

enum { MAX_JOB = 1 << 20, MAX_PLAIN = 4096 };

struct reply {
	int status;
	char *body, *location;
};

struct waiting {
	struct http_req *req;
	struct throng *throng;
	enum throng_call call;
	LIST_ENTRY(waiting) link;
};

struct member {
	struct throng *throng;
	struct http_server *server;
	char hotkey[64];
	struct reply replies[N_THRONG_CALLS];
	int called[N_THRONG_CALLS];
};

struct throng {
	struct event_base *base;
	struct event *bell;
	int pipe[2]; /* the test rings at [1] */
	pthread_t thread;
	int n;
	struct member *members;
	/* Shared by the test and the thread. */
	pthread_mutex_t lock;
	bool stops;
	int let_go; /* the status for those who wait; 0: they go on */
	LIST_HEAD(, waiting) waiting;
};

/* -- the thread's side -------------------------------------------------- */

static void
answer(struct http_req *req, int status, const struct reply *reply)
{
	const char *body = reply != NULL ? reply->body : "{}";

	if (reply != NULL && reply->location != NULL)
		http_reply_header(req, "Location", reply->location);
	http_reply(req, status, "application/json", body, strlen(body));
}

/* Its client waits no more. */
static void
on_gone(struct http_req *req, void *arg)
{
	struct waiting *w = arg;
	struct throng *c = w->throng;

	pthread_mutex_lock(&c->lock);
	LIST_REMOVE(w, link);
	pthread_mutex_unlock(&c->lock);
	free(w);
	answer(req, 500, NULL);
}

static void
keep_waiting(struct throng *c, struct http_req *req, enum throng_call call)
{
	struct waiting *w = xcalloc(1, sizeof(*w));

	w->req = req;
	w->throng = c;
	w->call = call;
	LIST_INSERT_HEAD(&c->waiting, w, link);
	http_req_on_gone(req, on_gone, w);
}

static void
take(struct http_req *req, struct member *m, enum throng_call call)
{
	struct throng *c = m->throng;
	const struct reply *reply = &m->replies[call];

	pthread_mutex_lock(&c->lock);
	m->called[call]++;
	if (reply->status != 0)
		answer(req, reply->status, reply);
	else
		keep_waiting(c, req, call);
	pthread_mutex_unlock(&c->lock);
}

static void
on_probe(struct http_req *req, void *member)
{
	take(req, member, THRONG_PROBE);
}

static void
on_work(struct http_req *req, void *member)
{
	take(req, member, THRONG_WORK);
}

static const struct http_route routes[] = {
    {"GET", "/capacity", MAX_PLAIN, false, on_probe, 0},
    {"POST", "/inference", MAX_JOB, false, on_work, 0},
    {"POST", "/jobs/{kind}", MAX_JOB, false, on_work, 0},
    {"GET", "/jobs/{kind}", MAX_PLAIN, false, on_work, 0}, /* sent on to it */
    {NULL, NULL, 0, false, NULL, 0},
};

static void
let_go(struct throng *c)
{
	struct waiting *w;

	while (c->let_go != 0 && (w = LIST_FIRST(&c->waiting)) != NULL) {
		LIST_REMOVE(w, link);
		http_req_on_gone(w->req, NULL, NULL);
		answer(w->req, c->let_go, NULL);
		free(w);
	}
	c->let_go = 0;
}

static void
on_bell(evutil_socket_t fd, short what, void *arg)
{
	struct throng *c = arg;
	char rings[64];

	(void)what;
	if (read(fd, rings, sizeof(rings)) < 0)
		return;
	pthread_mutex_lock(&c->lock);
	let_go(c);
	if (c->stops)
		event_base_loopbreak(c->base);
	pthread_mutex_unlock(&c->lock);
}

static void *
serve(void *arg)
{
	struct throng *c = arg;

	event_base_dispatch(c->base);
	return NULL;
}

/* -- beginning and end -------------------------------------------------- */

static void
reply_set(struct reply *reply, const struct throng_answer *a)
{
	free(reply->body);
	free(reply->location);
	reply->status = a->status;
	reply->body = xstrdup(a->body != NULL ? a->body : "{}");
	reply->location = a->location != NULL ? xstrdup(a->location) : NULL;
}

static int
open_doors(struct throng *c, const char *capacity)
{
	const struct throng_answer says = {.status = 200, .body = capacity};
	const struct throng_answer takes = {.status = 202};
	uint8_t key[32] = "a throng of miners";
	struct err err;

	for (int i = 0; i < c->n; i++) {
		struct member *m = &c->members[i];

		m->throng = c;
		key[30] = i >> 8;
		key[31] = i & 0xff;
		ss58_encode(SS58_BITTENSOR, key, m->hotkey);
		reply_set(&m->replies[THRONG_PROBE], &says);
		reply_set(&m->replies[THRONG_WORK], &takes);
		m->server =
		    http_server_new(c->base, routes, &http_default_limits, m);
		if (http_server_listen(m->server, "127.0.0.1:0", &err) != 0) {
			fprintf(stderr, "throng: %s\n", err.text);
			return -1;
		}
	}
	return 0;
}

/* Once the thread is not there, or no more. */
static void
release(struct throng *c)
{
	struct waiting *w;

	for (int i = 0; i < c->n; i++) {
		http_server_free(c->members[i].server);
		for (int k = 0; k < N_THRONG_CALLS; k++) {
			free(c->members[i].replies[k].body);
			free(c->members[i].replies[k].location);
		}
	}
	while ((w = LIST_FIRST(&c->waiting)) != NULL) {
		LIST_REMOVE(w, link);
		free(w);
	}
	event_free(c->bell);
	event_base_free(c->base);
	close(c->pipe[0]);
	close(c->pipe[1]);
	pthread_mutex_destroy(&c->lock);
	free(c->members);
	free(c);
}

struct throng *
throng_new(int n, const char *capacity)
{
	struct throng *c = xcalloc(1, sizeof(*c));

	c->n = n;
	c->members = xcalloc(n, sizeof(*c->members));
	c->base = event_base_new();
	LIST_INIT(&c->waiting);
	pthread_mutex_init(&c->lock, NULL);
	if (pipe(c->pipe) != 0)
		abort();
	c->bell =
	    event_new(c->base, c->pipe[0], EV_READ | EV_PERSIST, on_bell, c);
	event_add(c->bell, NULL);
	if (open_doors(c, capacity) == 0 &&
	    pthread_create(&c->thread, NULL, serve, c) == 0)
		return c;
	release(c);
	return NULL;
}

static void
ring(struct throng *c)
{
	while (write(c->pipe[1], "!", 1) != 1)
		proc_nap();
}

void
throng_free(struct throng *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stops = true;
	pthread_mutex_unlock(&c->lock);
	ring(c);
	pthread_join(c->thread, NULL);
	release(c);
}

/* -- the suite's neurons ------------------------------------------------ */

/* Up and with its capacity; the last is not, until it was asked: those who
 * ask it know all. */
static int
insert(
    struct suite *s, const struct member *m, int uid, double alpha, bool last)
{
	if (db_exec(s->db,
		"insert into miner (netuid, hotkey, is_up, capacity, "
		"probed_at) values (%d, '%s', %s, '%s', %s)",
		SUITE_NETUID, m->hotkey, last ? "false" : "true",
		last ? "{}" : m->replies[THRONG_PROBE].body,
		last ? "null" : "now()") != 0)
		return -1;
	return db_exec(s->db,
	    "insert into neuron (netuid, uid, hotkey, coldkey, block, "
	    "alpha_stake, tao_stake, total_stake, validator_permit, "
	    "last_update, address) values (%d, %d, '%s', '%s', 1, %.0f, 0, 0, "
	    "false, 0, '127.0.0.1:%d')",
	    SUITE_NETUID, uid, m->hotkey, m->hotkey, alpha * 1e9,
	    http_server_port(m->server));
}

/* The table of miners is read again at once, and who is due is asked. */
static int
poke(struct suite *s)
{
	char *id = sandbox_redis_text(
	    s->box, "XADD subnetd:chain MAXLEN ~ 1000 * id 1 note throng");
	int failed = id == NULL;

	free(id);
	return failed ? -1 : 0;
}

/* Nothing is left of a throng. */
static int
clear(const struct throng *c, struct suite *s)
{
	if (db_exec(s->db, "delete from neuron where uid >= %d", THRONG_UID) !=
	    0)
		return -1;
	for (int i = 0; i < c->n; i++) {
		if (db_exec(s->db, "delete from miner where hotkey = '%s'",
			c->members[i].hotkey) != 0)
			return -1;
	}
	return 0;
}

int
throng_join(struct throng *c, struct suite *s, double alpha)
{
	if (clear(c, s) != 0)
		return -1;
	for (int i = 0; i < c->n; i++) {
		if (insert(s, &c->members[i], THRONG_UID + i, alpha,
			i == c->n - 1) != 0)
			return -1;
	}
	if (poke(s) != 0)
		return -1;
	return db_wait_int(s->db, 1, 0,
	    "select count(*) from miner where hotkey = '%s' and is_up",
	    c->members[c->n - 1].hotkey);
}

/* The suite's first is asked once the table is read without them. */
int
throng_leave(struct throng *c, struct suite *s)
{
	if (clear(c, s) != 0 ||
	    db_exec(s->db,
		"update miner set is_up = false, probed_at = null "
		"where hotkey = '%s'",
		s->miner_hotkeys[0]) != 0)
		return -1;
	if (poke(s) != 0)
		return -1;
	return db_wait_int(s->db, 1, 0,
	    "select count(*) from miner where hotkey = '%s' and is_up",
	    s->miner_hotkeys[0]);
}

int
throng_probe(struct throng *c, struct suite *s)
{
	(void)c;
	if (db_exec(s->db,
		"update miner m set probed_at = null, capacity = "
		"'{\"unasked\": true}' from neuron n "
		"where n.hotkey = m.hotkey and n.uid >= %d",
		THRONG_UID) != 0)
		return -1;
	return poke(s);
}

/* -- the test's side ---------------------------------------------------- */

void
throng_say(struct throng *c, int miner, enum throng_call call,
    const struct throng_answer *a)
{
	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->n; i++) {
		if (miner < 0 || miner == i)
			reply_set(&c->members[i].replies[call], a);
	}
	pthread_mutex_unlock(&c->lock);
}

int
throng_called(struct throng *c, int miner, enum throng_call call)
{
	int n = 0;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < c->n; i++) {
		if (miner < 0 || miner == i)
			n += c->members[i].called[call];
	}
	pthread_mutex_unlock(&c->lock);
	return n;
}

int
throng_waiting(struct throng *c, enum throng_call call)
{
	struct waiting *w;
	int n = 0;

	pthread_mutex_lock(&c->lock);
	LIST_FOREACH(w, &c->waiting, link)
	{
		n += w->call == call;
	}
	pthread_mutex_unlock(&c->lock);
	return n;
}

int
throng_await(struct throng *c, enum throng_call call, int n)
{
	int64_t until_us = clock_mono_us() + PROC_WAIT_MS * 1000LL;
	int most = 0, now;

	while ((now = throng_waiting(c, call)) < n) {
		if (now > most)
			most = now;
		if (clock_mono_us() > until_us) {
			fprintf(stderr, "throng: at most %d waited, not %d\n",
			    most, n);
			return -1;
		}
		proc_nap();
	}
	return 0;
}

void
throng_let_go(struct throng *c, int status)
{
	pthread_mutex_lock(&c->lock);
	c->let_go = status;
	pthread_mutex_unlock(&c->lock);
	ring(c);
}

int
throng_port(const struct throng *c, int miner)
{
	return http_server_port(c->members[miner].server);
}

const char *
throng_hotkey(const struct throng *c, int miner)
{
	return c->members[miner].hotkey;
}

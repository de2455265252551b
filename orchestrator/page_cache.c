/* Answers to the page, kept for a moment. */
#include "orchestrator/page_cache.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/clock.h"
#include "common/http_server.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/page_ask.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_page.h"

enum {
	MAX_ENTRIES = 128,
	MAX_WAITING = 256, /* for one answer */
	QUICK_MS = 1000,   /* what changes with every job */
	SLOW_MS = 4000,	   /* what changes with a round or a block */
};

struct entry {
	TAILQ_ENTRY(entry) link; /* that asked for last comes first */
	struct page_cache *cache;
	struct page_ask ask;
	char *body;		 /* NULL: there is none yet */
	int64_t until_us;	 /* mono: it is good */
	bool is_asked, is_stale; /* it was, and is old before it is here */
	struct http_req *waiting[MAX_WAITING];
	int n;
};

struct page_cache {
	struct orchestrator *o;
	TAILQ_HEAD(entries, entry) entries;
	int n;
};

static const struct {
	const char *name; /* of the query, in the log */
	int keep_ms;
	const char *what; /* is not there if there is no row */
} views[] = {
    [PAGE_NOW] = {"page_now", QUICK_MS, "figures"},
    [PAGE_JOBS] = {"page_jobs", QUICK_MS, "jobs"},
    [PAGE_JOB] = {"page_job", QUICK_MS, "job"},
    [PAGE_MINERS] = {"page_miners", SLOW_MS, "miners"},
    [PAGE_MINER] = {"page_miners", SLOW_MS, "miner"},
    [PAGE_WORK] = {"page_miner_work", QUICK_MS, "miner"},
    [PAGE_SCORE] = {"score_show", SLOW_MS, "miner in the latest round"},
    [PAGE_WEIGHTS] = {"page_weights", SLOW_MS, "weights"},
    [PAGE_ENGAGEMENT] = {"page_engagement", SLOW_MS, "posts"},
    [PAGE_FAILURES] = {"page_failures", QUICK_MS, "failures"},
};

/* -- entries --------------------------------------------------------------- */

static void
entry_free(struct entry *e)
{
	TAILQ_REMOVE(&e->cache->entries, e, link);
	e->cache->n--;
	free(e->body);
	free(e);
}

static struct entry *
find(struct page_cache *c, const struct page_ask *ask)
{
	struct entry *e;

	TAILQ_FOREACH(e, &c->entries, link)
	{
		if (memcmp(&e->ask, ask, sizeof(*ask)) == 0)
			return e;
	}
	return NULL;
}

/* The one asked for longest ago of those that nobody waits for. */
static void
make_room(struct page_cache *c)
{
	struct entry *e, *before;

	for (e = TAILQ_LAST(&c->entries, entries);
	     e != NULL && c->n >= MAX_ENTRIES; e = before) {
		before = TAILQ_PREV(e, entries, link);
		if (!e->is_asked)
			entry_free(e);
	}
}

static struct entry *
add(struct page_cache *c, const struct page_ask *ask)
{
	struct entry *e = xcalloc(1, sizeof(*e));

	e->cache = c;
	memcpy(&e->ask, ask, sizeof(*ask));
	TAILQ_INSERT_HEAD(&c->entries, e, link);
	c->n++;
	return e;
}

/* -- answers --------------------------------------------------------------- */

static void
reply(struct http_req *req, const char *body)
{
	http_reply_header(req, "Cache-Control", "no-store");
	http_reply(req, 200, "application/json", body, strlen(body));
}

static void
refuse(struct http_req *req, enum page_view view, const char *why)
{
	if (why != NULL)
		http_reply_problem(req, 503, "unavailable", "%s", why);
	else
		http_reply_problem(
		    req, 404, "not_found", "no such %s", views[view].what);
}

/* What a round weighs a miner is said to those alone who may know it before
 * the chain does. The caller frees. */
static char *
hide_weight(const char *body)
{
	json_t *json = json_loads(body, 0, NULL);
	char *text;

	json_object_set_new(json, "weight", json_null());
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

/* The row's text, the caller's to free; NULL: there is no such thing. */
static char *
body_of(const struct pg_answer *answer, const struct page_ask *ask)
{
	const PGresult *res = answer->results[0];

	if (PQntuples(res) == 0 ||
	    (ask->view == PAGE_MINER && pg_int(res, 0, "n") == 0))
		return NULL;
	if (ask->view == PAGE_SCORE && !ask->sees_all)
		return hide_weight(pg_text(res, 0, "body"));
	return xstrdup(pg_text(res, 0, "body"));
}

static void
on_answer(const struct pg_answer *answer, void *arg)
{
	struct entry *e = arg;
	bool is_done = store_is_done(answer, views[e->ask.view].name);
	const char *why = is_done ? NULL : store_why(answer);
	char *body = is_done ? body_of(answer, &e->ask) : NULL;

	e->is_asked = false;
	for (int i = 0; i < e->n; i++) {
		if (body != NULL)
			reply(e->waiting[i], body);
		else
			refuse(e->waiting[i], e->ask.view, why);
	}
	e->n = 0;
	if (body == NULL) {
		entry_free(e);
		return;
	}
	free(e->body);
	e->body = body;
	e->until_us = clock_mono_us() + views[e->ask.view].keep_ms * 1000LL;
	if (e->is_stale)
		e->until_us = 0;
	e->is_stale = false;
}

/* -- asking ---------------------------------------------------------------- */

void
page_cache_reply(
    struct page_cache *c, struct http_req *req, const struct page_ask *ask)
{
	struct entry *e = find(c, ask);

	if (e == NULL) {
		make_room(c);
		if (c->n >= MAX_ENTRIES) {
			http_reply_problem(req, 503, "unavailable",
			    "%d questions of the page are being looked up, "
			    "which is the most",
			    MAX_ENTRIES);
			return;
		}
		e = add(c, ask);
	}
	TAILQ_REMOVE(&c->entries, e, link);
	TAILQ_INSERT_HEAD(&c->entries, e, link);
	if (e->body != NULL && clock_mono_us() < e->until_us) {
		reply(req, e->body);
		return;
	}
	if (e->n == MAX_WAITING) {
		http_reply_problem(req, 503, "unavailable",
		    "%d requests wait for the same answer, which is the most",
		    MAX_WAITING);
		return;
	}
	e->waiting[e->n++] = req;
	if (e->is_asked)
		return;
	e->is_asked = true;
	store_page(c->o, &e->ask, on_answer, e);
}

void
page_cache_stale(struct page_cache *c)
{
	struct entry *e;

	TAILQ_FOREACH(e, &c->entries, link)
	{
		e->until_us = 0;
		e->is_stale = e->is_asked;
	}
}

/* -- the whole ------------------------------------------------------------- */

struct page_cache *
page_cache_new(struct orchestrator *o)
{
	struct page_cache *c = xcalloc(1, sizeof(*c));

	c->o = o;
	TAILQ_INIT(&c->entries);
	return c;
}

void
page_cache_free(struct page_cache *c)
{
	if (c == NULL)
		return;
	while (!TAILQ_EMPTY(&c->entries))
		entry_free(TAILQ_FIRST(&c->entries));
	free(c);
}

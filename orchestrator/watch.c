/* Be told when a job changes. */
#include "orchestrator/watch.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/config.h"
#include "common/redis.h"
#include "common/uuid.h"
#include "common/xalloc.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store.h"
#include "orchestrator/store_op.h"

enum {
	BUCKETS = 1024,
	FIRST_MS = 20, /* after something was heard; then four times as long */
	LAST_MS = 1000,
	LOT = 200, /* in one statement */
};

struct watch {
	LIST_ENTRY(watch) link;
	struct watches *all;
	char id[UUID_TEXT];
	char mark[33];	/* as job_watch.sql has it */
	int64_t due_us; /* mono */
	int wait_ms;
	watch_on_change *on_change;
	void *arg;
};

LIST_HEAD(bucket, watch);

struct watches {
	struct orchestrator *o;
	struct bucket buckets[BUCKETS];
	size_t n;
	struct event *timer;
	int64_t timer_us; /* when it is set for; 0: it is not */
	struct redis *results;
};

/* -- which --------------------------------------------------------------- */

/* The end of an id is random. */
static struct bucket *
bucket_of(struct watches *all, const char *id)
{
	const char *end = id + UUID_TEXT - 1 - 8;

	return &all->buckets[strtoul(end, NULL, 16) % BUCKETS];
}

/* The next of this job's behind w; its first if w is NULL. */
static struct watch *
next_of(struct watches *all, struct watch *w, const char *id)
{
	w = w == NULL ? LIST_FIRST(bucket_of(all, id)) : LIST_NEXT(w, link);
	while (w != NULL && strcmp(w->id, id) != 0)
		w = LIST_NEXT(w, link);
	return w;
}

/* -- when ---------------------------------------------------------------- */

static void
set_timer(struct watches *all, int64_t due_us)
{
	int64_t left_us = due_us - clock_mono_us();
	struct timeval left = {0, 0};

	if (all->timer_us != 0 && all->timer_us <= due_us)
		return;
	if (left_us > 0)
		left = (struct timeval){left_us / 1000000, left_us % 1000000};
	all->timer_us = due_us;
	event_add(all->timer, &left);
}

static void
look_in(struct watch *w, int ms)
{
	w->due_us = clock_mono_us() + ms * 1000LL;
	set_timer(w->all, w->due_us);
}

void
watches_hint(struct watches *all, const char *job_id)
{
	if (all->n == 0)
		return;
	for (struct watch *w = next_of(all, NULL, job_id); w != NULL;
	     w = next_of(all, w, job_id)) {
		w->wait_ms = FIRST_MS;
		look_in(w, 0);
	}
}

/* -- looking ------------------------------------------------------------- */

static struct watch *
first_untold(struct watches *all, const char *id, const char *mark)
{
	struct watch *w = next_of(all, NULL, id);

	while (w != NULL && strcmp(w->mark, mark) == 0)
		w = next_of(all, w, id);
	return w;
}

/* Each of its watchers, any of whom may go meanwhile. */
static void
tell(struct watches *all, const char *id, const char *mark, int state)
{
	struct watch *w;

	while ((w = first_untold(all, id, mark)) != NULL) {
		snprintf(w->mark, sizeof(w->mark), "%s", mark);
		w->wait_ms = FIRST_MS;
		look_in(w, FIRST_MS);
		w->on_change(state, w->arg);
	}
}

static void
on_looked(const struct pg_answer *answer, void *arg)
{
	struct watches *all = arg;
	const PGresult *res;

	if (!store_is_done(answer, "job_watch"))
		return;
	res = answer->results[0];
	for (int i = 0; i < PQntuples(res); i++) {
		const char *id = pg_text(res, i, "id");

		if (pg_is_null(res, i, "state"))
			tell(all, id, "-", WATCH_NO_JOB);
		else
			tell(all, id, pg_text(res, i, "mark"),
			    job_state_parse(pg_text(res, i, "state")));
	}
}

/* A lot of those that are due; the earliest of the others. */
struct lot {
	int64_t now_us, next_us;
	struct buf ids, marks;
	int n;
};

static void
add_to_lot(struct lot *lot, struct watch *w)
{
	char comma = lot->n == 0 ? '{' : ',';

	if (w->due_us <= lot->now_us && lot->n < LOT) {
		buf_printf(&lot->ids, "%c%s", comma, w->id);
		buf_printf(&lot->marks, "%c\"%s\"", comma, w->mark);
		lot->n++;
		w->due_us = lot->now_us + w->wait_ms * 1000LL;
		w->wait_ms =
		    w->wait_ms * 4 < LAST_MS ? w->wait_ms * 4 : LAST_MS;
	}
	if (lot->next_us == 0 || w->due_us < lot->next_us)
		lot->next_us = w->due_us;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct watches *all = arg;
	struct lot lot = {.now_us = clock_mono_us()};
	struct watch *w;

	(void)fd;
	(void)what;
	all->timer_us = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		LIST_FOREACH(w, &all->buckets[i], link)
	add_to_lot(&lot, w);
	if (lot.n > 0) {
		buf_add_str(&lot.ids, "}");
		buf_add_str(&lot.marks, "}");
		store_job_watch(all->o, buf_str(&lot.ids), buf_str(&lot.marks),
		    on_looked, all);
	}
	buf_free(&lot.ids);
	buf_free(&lot.marks);
	if (lot.next_us != 0)
		set_timer(all, lot.next_us);
}

/* -- the whole ----------------------------------------------------------- */

static void
on_message(const char *attempt_id, const char *job_id, void *arg)
{
	(void)attempt_id;
	if (job_id != NULL)
		watches_hint(arg, job_id);
}

struct watches *
watches_new(struct orchestrator *o)
{
	struct watches *all = xcalloc(1, sizeof(*all));

	all->o = o;
	all->timer = evtimer_new(o->service.base, on_timer, all);
	return all;
}

void
watches_free(struct watches *all)
{
	struct watch *w;

	if (all == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		while ((w = LIST_FIRST(&all->buckets[i])) != NULL)
			watch_free(w);
	}
	redis_free(all->results);
	event_free(all->timer);
	free(all);
}

/* What ends elsewhere is heard of as soon as anybody here waits for it. */
static void
listen_for(struct watches *all)
{
	struct orchestrator *o = all->o;

	if (all->results != NULL)
		return;
	all->results = redis_new(
	    o->service.base, config_str(o->service.config, "redis.url"));
	redis_tail(all->results, redis_results, on_message, all);
}

struct watch *
watch_new(struct watches *all, const char *job_id, watch_on_change *on_change,
    void *arg)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->all = all;
	snprintf(w->id, sizeof(w->id), "%s", job_id);
	w->wait_ms = FIRST_MS;
	w->on_change = on_change;
	w->arg = arg;
	LIST_INSERT_HEAD(bucket_of(all, job_id), w, link);
	all->n++;
	listen_for(all);
	look_in(w, 0);
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	LIST_REMOVE(w, link);
	w->all->n--;
	free(w);
}

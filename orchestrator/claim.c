/* Claiming what there is room for. */
#include "orchestrator/claim.h"

#include <event2/event.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/redis.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store.h"
#include "orchestrator/waiting.h"

enum {
	PUT_BACK_MS = 20, /* a job put back found no room: look for it then */
	SIGNER_MS = 1000, /* without it nothing can be sent */
	MAX_ASKS = 64,	  /* kinds in a claim */
};

struct claim {
	struct orchestrator *o;
	struct event *timer;
	struct waiting *waiting; /* NULL until the kinds are known */
	bool is_under_way;
	bool again; /* asked for while one was */
	int room;   /* that the last one asked for, all in all */
};

static struct waiting *
waiting_of(struct claim *c)
{
	if (c->waiting == NULL && c->o->kinds != NULL)
		c->waiting = waiting_new(c->o->kinds->n);
	return c->waiting;
}

static size_t
number_of(const struct claim *c, const struct kind *kind)
{
	return kind - c->o->kinds->items;
}

/* -- room --------------------------------------------------------------- */

/* Attempts of this kind that miners could take now, as far as we know; not
 * counted beyond what is claimed at once. */
static int
room_for(struct orchestrator *o, const struct kind *kind)
{
	return table_slots(
	    &o->table, kind->capacity_key, clock_wall_us(), CLAIM_LOT);
}

bool
claim_has_room(const struct claim *c, const struct kind *kind)
{
	return room_for(c->o, kind) > 0;
}

/* What to ask for; how many kinds. */
static size_t
asks_for(const struct claim *c, struct claim_ask asks[MAX_ASKS], int *total)
{
	const struct kinds *kinds = c->o->kinds;
	size_t n = 0;

	*total = 0;
	for (size_t i = 0; i < kinds->n && n < MAX_ASKS; i++) {
		int room = room_for(c->o, &kinds->items[i]);

		if (room == 0)
			continue;
		asks[n++] = (struct claim_ask){kinds->items[i].name, room};
		*total += room;
	}
	return n;
}

/* -- a claim ------------------------------------------------------------ */

/* It is routed, unless there is nothing to route. */
static void
take(struct claim *c, const PGresult *res, int row)
{
	struct orchestrator *o = c->o;
	struct job *job = store_job_from_row(o, res, row);

	if (job->kind == NULL) {
		job_free(job);
		return;
	}
	waiting_take(c->waiting, number_of(c, job->kind), job->wanted);
	jobs_take(o, job);
}

/* If all came that was asked for there may be more: look again, once those
 * have taken their room. */
static void
on_claimed(const struct pg_answer *answer, void *arg)
{
	struct claim *c = arg;
	bool is_answered = answer->outcome == PG_DONE, more;
	struct claim_ask asks[MAX_ASKS];
	int left;

	c->is_under_way = false;
	if (!is_answered)
		log_warn(
		    "store.failed", "what=job_claim why=\"%s\"", answer->why);
	for (int i = 0; is_answered && i < PQntuples(answer->results[0]); i++)
		take(c, answer->results[0], i);
	more = waiting_answer(c->waiting, is_answered);
	asks_for(c, asks, &left);
	if (c->again || (more && left > 0 && left < c->room))
		claim_in(c, 0);
	c->again = false;
}

static void
start(struct claim *c)
{
	struct claim_ask asks[MAX_ASKS];
	size_t n = asks_for(c, asks, &c->room);

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		waiting_ask(c->waiting,
		    number_of(c, kinds_find(c->o->kinds, asks[i].kind)),
		    asks[i].room);
	c->is_under_way = true;
	store_job_claim(c->o, asks, n, on_claimed, c);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct claim *c = arg;

	(void)fd;
	(void)what;
	if (c->o->service.draining || waiting_of(c) == NULL)
		return;
	if (c->is_under_way)
		c->again = true;
	else if (!signer_client_is_up(c->o->signer))
		claim_in(c, SIGNER_MS);
	else
		start(c);
}

void
claim_in(struct claim *c, int64_t ms)
{
	struct timeval soon = {ms / 1000, ms % 1000 * 1000}, set, now;

	evutil_gettimeofday(&now, NULL);
	if (event_pending(c->timer, EV_TIMEOUT, &set)) {
		evutil_timeradd(&now, &soon, &now);
		if (evutil_timercmp(&set, &now, <))
			return;
	}
	event_add(c->timer, &soon);
}

void
claim_room(struct claim *c)
{
	if (waiting_of(c) != NULL && waiting_any(c->waiting))
		claim_in(c, 0);
}

/* -- who waits ---------------------------------------------------------- */

void
claim_told(struct claim *c, const char *name)
{
	const struct kind *kind =
	    name != NULL ? kinds_find(c->o->kinds, name) : NULL;

	if (waiting_of(c) == NULL)
		return; /* it is claimed, too, when they are known */
	for (size_t i = 0; i < c->o->kinds->n; i++) {
		if (kind == NULL || kind == &c->o->kinds->items[i])
			waiting_note(c->waiting, i);
	}
	claim_in(c, 0);
}

bool
claim_is_taken(const struct claim *c, const struct kind *kind)
{
	return c->waiting == NULL || waiting_is(c->waiting, number_of(c, kind));
}

void
claim_note(struct claim *c, const struct kind *kind)
{
	if (waiting_of(c) != NULL)
		waiting_note(c->waiting, number_of(c, kind));
}

void
claim_queued(struct claim *c, const char *job_id, const struct kind *kind)
{
	claim_note(c, kind);
	redis_send(c->o->out, redis_jobs, job_id, kind->name);
	claim_in(c, 0);
}

struct put_back {
	struct claim *c;
	const struct kind *kind;
};

static void
on_put_back(const struct pg_answer *answer, void *arg)
{
	struct put_back *back = arg;

	if (answer->outcome != PG_DONE)
		log_warn(
		    "store.failed", "what=job_wait why=\"%s\"", answer->why);
	claim_note(back->c, back->kind);
	claim_in(back->c, PUT_BACK_MS);
	free(back);
}

void
claim_put_back(struct claim *c, const struct job *job)
{
	struct put_back *back = xcalloc(1, sizeof(*back));

	back->c = c;
	back->kind = job->kind;
	claim_note(c, job->kind);
	store_job_wait(c->o, job->id, on_put_back, back);
}

/* -- the whole ---------------------------------------------------------- */

struct claim *
claim_new(struct orchestrator *o)
{
	struct claim *c = xcalloc(1, sizeof(*c));

	c->o = o;
	c->timer = event_new(o->service.base, -1, 0, on_timer, c);
	return c;
}

void
claim_free(struct claim *c)
{
	if (c == NULL)
		return;
	event_free(c->timer);
	waiting_free(c->waiting);
	free(c);
}

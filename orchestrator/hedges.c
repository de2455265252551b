/* Hedged attempts: looking for slow ones, and making the second. */
#include "orchestrator/hedges.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/flights.h"
#include "orchestrator/hedge.h"
#include "orchestrator/job.h"
#include "orchestrator/jobs.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/router.h"
#include "orchestrator/store.h"

enum { LOOK_MS = 100 };

struct hedges {
	struct orchestrator *o;
	struct event *timer;
	int64_t least_ms;
	struct hedge_budget budget;
	struct hedge_times *times; /* by kind; NULL until the first */
	struct metric *won, *lost, *failed;
};

static struct hedge_times *
times_of(struct hedges *h, const struct kind *kind)
{
	const struct kinds *kinds = h->o->kinds;

	if (h->times == NULL)
		h->times = xcalloc(kinds->n, sizeof(*h->times));
	return &h->times[kind - kinds->items];
}

/* Whether a miner can be had that nobody waits for, whatever the kind. */
static bool
has_room(const struct orchestrator *o, const struct kind *kind)
{
	if (o->router == NULL || o->service.draining ||
	    !signer_client_is_up(o->signer))
		return false;
	for (size_t i = 0; i < o->kinds->n; i++) {
		const struct kind *k = &o->kinds->items[i];

		if (strcmp(k->capacity_key, kind->capacity_key) == 0 &&
		    claim_is_taken(o->claim, k))
			return false;
	}
	return claim_has_room(o->claim, kind);
}

/* -- one hedge ------------------------------------------------------------- */

struct hedging {
	struct hedges *h;
	struct job *job; /* NULL until it is read */
	char of[UUID_TEXT], id[1][UUID_TEXT];
	char hotkey[64];
	int64_t out_ms;
	struct dispatch *dispatch;
};

static void
hedging_free(struct hedging *g)
{
	job_free(g->job);
	free(g);
}

/* It is not made: what it was to cost is not spent. */
static void
give_up(struct hedging *g)
{
	hedge_budget_give_back(&g->h->budget);
	hedging_free(g);
}

static void
go(struct hedging *g)
{
	struct flight *slow = flights_find(g->h->o->flights, g->of);

	if (slow != NULL)
		slow->is_hedged = true;
	log_info("attempt.hedged", "id=%s job=%s of=%s after_ms=%ld", g->id[0],
	    g->job->id, g->of, (long)g->out_ms);
	dispatch_start(g->dispatch);
	hedging_free(g);
}

static void
on_made(const struct pg_answer *answer, void *arg)
{
	struct hedging *g = arg;
	struct orchestrator *o = g->h->o;

	table_made(&o->table, g->hotkey, g->job->kind->capacity_key);
	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 1) {
		go(g);
		return;
	}
	if (answer->outcome != PG_DONE) {
		log_warn("store.failed", "what=attempt_hedge id=%s why=\"%s\"",
		    g->of, answer->why);
		o->kept[0] = '\0';
	}
	dispatch_drop(g->dispatch);
	jobs_give_back(o, g->job->kind, g->hotkey);
	give_up(g);
}

static void
make(struct hedging *g, const struct route *route)
{
	struct orchestrator *o = g->h->o;
	struct job *job = g->job;
	int64_t deadline_us = jobs_attempt_deadline_us(job);

	job->is_hedged = true;
	uuid_new(g->id[0]);
	snprintf(g->hotkey, sizeof(g->hotkey), "%s", route->miners[0]->hotkey);
	miner_begin(route->miners[0], job->kind->capacity_key);
	g->dispatch =
	    dispatch_new(o, job, g->id[0], route->miners[0], deadline_us);
	store_attempt_hedge(
	    o, job, route, g->id, g->of, deadline_us, on_made, g);
}

/* Whether it is still what it looked like from here. */
static bool
is_worth_it(struct hedging *g)
{
	const struct job *job = g->job;
	const struct hedge_facts facts = {
	    .is_out = job->state == JOB_ASSIGNED || job->state == JOB_RUNNING,
	    .open = job->open,
	    .delivered = job->delivered,
	    .wanted = job->wanted,
	};
	int64_t left_us = job->deadline_us - clock_wall_us();

	return hedge_is_wanted(&facts) && has_room(g->h->o, job->kind) &&
	       hedge_has_time(times_of(g->h, job->kind), left_us / 1000);
}

static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct hedging *g = arg;
	struct orchestrator *o = g->h->o;
	struct route route = {0};

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 1)
		g->job = store_job_from_row(o, answer->results[0], 0);
	if (g->job != NULL && g->job->kind != NULL && is_worth_it(g))
		jobs_draw(o, g->job, 1, &route);
	if (route.n > 0)
		make(g, &route);
	else
		give_up(g);
	route_clear(&route);
}

static void
start(struct hedges *h, const struct flight *flight, int64_t out_ms)
{
	struct hedging *g = xcalloc(1, sizeof(*g));

	g->h = h;
	snprintf(g->of, sizeof(g->of), "%s", flight->id);
	g->out_ms = out_ms;
	store_job_get(h->o, flight->job_id, on_job, g);
}

/* -- looking --------------------------------------------------------------- */

/* Asked once of each attempt at most; one past its deadline is not slow, it
 * has failed. */
static void
look_at(struct hedges *h, struct flight *flight, int64_t out_ms)
{
	bool is_due =
	    hedge_is_due(times_of(h, flight->kind), out_ms, h->least_ms);

	if (clock_wall_us() >= flight->deadline_us) {
		flights_unwatch(h->o->flights, flight);
		return;
	}
	if (!is_due || !has_room(h->o, flight->kind) ||
	    !hedge_budget_take(&h->budget))
		return;
	flights_unwatch(h->o->flights, flight);
	start(h, flight, out_ms);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct hedges *h = arg;
	struct timeval again = {0, LOOK_MS * 1000};
	struct flight *flight = flights_watched(h->o->flights), *next;
	int64_t now_us = clock_mono_us();

	(void)fd;
	(void)what;
	for (; flight != NULL; flight = next) {
		int64_t out_ms = (now_us - flight->made_us) / 1000;

		next = TAILQ_NEXT(flight, watched);
		if (out_ms < h->least_ms)
			break; /* as all behind it, which left later */
		look_at(h, flight, out_ms);
	}
	if (flights_watched(h->o->flights) != NULL)
		event_add(h->timer, &again);
}

void
hedges_watch(struct hedges *h, struct flight *flight)
{
	struct timeval soon = {0, LOOK_MS * 1000};

	if (h->budget.each == 0 || !flight->kind->hedge)
		return;
	flights_watch(h->o->flights, flight);
	if (!event_pending(h->timer, EV_TIMEOUT, NULL))
		event_add(h->timer, &soon);
}

/* -- what comes of them ---------------------------------------------------- */

void
hedges_routed(struct hedges *h, const struct job *job, int attempts)
{
	if (job->kind->hedge && json_array_size(job->tried) == 0)
		hedge_budget_earn(&h->budget, attempts);
}

/* One that was overtaken by its hedge took so long at least. Without it the
 * slow ones would be missing, and others look slow for want of them. */
static int64_t
took_ms(const struct hedges *h, const char *id, enum attempt_state to,
    const PGresult *res, int row)
{
	const struct flight *flight = flights_find(h->o->flights, id);

	if (to == ATTEMPT_DELIVERED && !pg_is_null(res, row, "miner_ms"))
		return (int64_t)pg_real(res, row, "miner_ms");
	if (to == ATTEMPT_CANCELLED && flight != NULL && flight->is_hedged)
		return (clock_mono_us() - flight->made_us) / 1000;
	return -1;
}

static void
count(struct hedges *h, enum attempt_state to)
{
	if (to == ATTEMPT_DELIVERED)
		metric_add(h->won, 1);
	else if (to == ATTEMPT_CANCELLED)
		metric_add(h->lost, 1);
	else if (to != ATTEMPT_LATE) /* which had timed out */
		metric_add(h->failed, 1);
}

void
hedges_over(struct hedges *h, const char *id, enum attempt_state to,
    const PGresult *res, int row)
{
	const struct kind *kind =
	    kinds_find(h->o->kinds, pg_text(res, row, "kind"));
	int64_t ms = took_ms(h, id, to, res, row);

	if (kind != NULL && ms >= 0)
		hedge_saw(times_of(h, kind), ms);
	if (pg_bool(res, row, "is_hedge"))
		count(h, to);
}

/* -- the whole ------------------------------------------------------------- */

static struct metric *
counter(struct hedges *h, const char *labels)
{
	return metrics_counter(h->o->service.metrics, "subnetd_hedges_total",
	    labels, "Second attempts beside slow ones, by what came of them.");
}

struct hedges *
hedges_new(struct orchestrator *o, double share, int64_t least_ms)
{
	struct hedges *h = xcalloc(1, sizeof(*h));

	h->o = o;
	h->least_ms = least_ms;
	hedge_budget_init(&h->budget, share);
	h->timer = event_new(o->service.base, -1, 0, on_timer, h);
	h->won = counter(h, "outcome=\"won\"");
	h->lost = counter(h, "outcome=\"lost\"");
	h->failed = counter(h, "outcome=\"failed\"");
	return h;
}

void
hedges_free(struct hedges *h)
{
	if (h == NULL)
		return;
	event_free(h->timer);
	free(h->times);
	free(h);
}

/* What happens to a job, from one step to the next. */
#include "orchestrator/jobs.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/signer_client.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/dispatch.h"
#include "orchestrator/hedges.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store.h"

enum {
	RETRY_LEAST_MS = 200,
	RETRY_MOST_MS = 5000,
	LOOK_MS = 60000, /* for results in time that are still looked at */
};

static int64_t
retry_ms(const struct job *job)
{
	struct backoff wait = {job->tries, RETRY_LEAST_MS, RETRY_MOST_MS};

	return backoff_ms(&wait, randombytes_random());
}

/* -- routing ------------------------------------------------------------ */

struct routing {
	struct orchestrator *o;
	struct job *job;
	int n;
	char ids[ROUTE_MAX][UUID_TEXT];
	char hotkeys[ROUTE_MAX][64];
	struct dispatch *dispatches[ROUTE_MAX]; /* NULL: it is asked for */
	/* of a new job, else NULL */
	void (*on_stored)(const struct pg_answer *, const struct job *, void *);
	void *arg;
};

/* An attempt that was never made takes no place at its miner. */
void
jobs_give_back(
    struct orchestrator *o, const struct kind *kind, const char *hotkey)
{
	struct miner *m = table_find(&o->table, hotkey);

	if (m != NULL)
		miner_end(
		    m, kind->capacity_key, MINER_NEUTRAL, clock_wall_us());
	claim_room(o->claim);
}

static void
routing_free(struct routing *r)
{
	job_free(r->job);
	free(r);
}

/* A new job is stored with its attempts or not at all; of one that was claimed
 * there are none if it is another's by now. */
static bool
was_made(const struct routing *r, const struct pg_answer *answer)
{
	bool is_new = r->on_stored != NULL;

	if (answer->outcome == PG_DONE)
		return is_new || PQntuples(answer->results[0]) == r->n;
	log_warn("store.failed", "what=attempt_insert id=%s why=\"%s\"",
	    r->job->id, answer->why);
	r->o->kept[0] = '\0';
	return false;
}

static void
on_routed(const struct pg_answer *answer, void *arg)
{
	struct routing *r = arg;
	bool made = was_made(r, answer);

	if (made)
		hedges_routed(r->o->hedges, r->job, r->n);
	if (r->on_stored != NULL)
		r->on_stored(answer, r->job, r->arg);
	if (made)
		log_info("job.step",
		    "id=%s from=queued to=assigned on=assign attempts=%d",
		    r->job->id, r->n);
	for (int i = 0; i < r->n; i++) {
		struct dispatch *d = r->dispatches[i];

		table_made(
		    &r->o->table, r->hotkeys[i], r->job->kind->capacity_key);
		if (d != NULL && made)
			dispatch_start(d);
		else if (d != NULL)
			dispatch_drop(d);
		if (!made)
			jobs_give_back(r->o, r->job->kind, r->hotkeys[i]);
	}
	routing_free(r);
}

int64_t
jobs_attempt_deadline_us(const struct job *job)
{
	int64_t deadline_us = clock_wall_us() + job->kind->attempt_ms * 1000;

	return deadline_us < job->deadline_us ? deadline_us : job->deadline_us;
}

/* One for each miner: its place taken, its request being signed, if it is not
 * one that asks for its work. */
static int64_t
prepare(struct routing *r, const struct route *route)
{
	const struct job *job = r->job;
	int64_t deadline_us = jobs_attempt_deadline_us(job);

	r->n = route->n;
	for (int i = 0; i < route->n; i++) {
		uuid_new(r->ids[i]);
		snprintf(r->hotkeys[i], sizeof(r->hotkeys[i]), "%s",
		    route->miners[i]->hotkey);
		miner_begin(route->miners[i], job->kind->capacity_key);
		if (!kind_is_pulled(job->kind))
			r->dispatches[i] = dispatch_new(r->o, job, r->ids[i],
			    route->miners[i], deadline_us);
	}
	return deadline_us;
}

static struct routing *
routing_new(struct orchestrator *o, struct job *job)
{
	struct routing *r = xcalloc(1, sizeof(*r));

	r->o = o;
	r->job = job;
	return r;
}

static void
start_attempts(
    struct orchestrator *o, struct job *job, const struct route *route)
{
	struct routing *r = routing_new(o, job);
	int64_t deadline_us = prepare(r, route);

	store_attempts_insert(o, job, route, r->ids, deadline_us, on_routed, r);
}

static void
end_job(struct orchestrator *o, const struct job *job, enum job_event event,
    enum job_state to, const char *reason)
{
	store_job_step(o, job->id, event, to, reason, job->best, NULL, NULL);
	store_attempt_drop(o, job->id);
}

static void
try_later(struct orchestrator *o, const struct job *job)
{
	int64_t ms = retry_ms(job);

	log_debug("job.waits", "id=%s retry_ms=%ld", job->id, (long)ms);
	store_job_later(o, job->id, clock_wall_us() + ms * 1000);
	claim_in(o->claim, ms);
}

/* All were tried. */
static void
nobody_left(struct orchestrator *o, const struct job *job)
{
	if (job->delivered >= job->min)
		end_job(o, job, JOB_FINISH, JOB_DONE, NULL);
	else
		end_job(o, job, JOB_GIVE_UP, JOB_FAILED, "no_miner");
}

/* Nobody is there to take it: wait for somebody, unless all were tried. One
 * that is for one miner alone stands in nobody's way meanwhile. */
static void
no_candidates(
    struct orchestrator *o, const struct job *job, const struct route *route)
{
	if (job->only != NULL)
		try_later(o, job);
	else if (json_array_size(job->tried) == 0)
		claim_put_back(o->claim, job);
	else if (route->n_later > 0)
		try_later(o, job);
	else
		nobody_left(o, job);
}

void
jobs_draw(struct orchestrator *o, const struct job *job, int wanted,
    struct route *route)
{
	size_t n = json_array_size(job->tried);
	const char **tried = xcalloc(n, sizeof(*tried));
	struct route_request request = {
	    .capacity_key = job->kind->capacity_key,
	    .tried = tried,
	    .n_tried = n,
	    .wanted = wanted,
	    .sticky = job->sticky,
	    .only = job->only,
	    .now_us = clock_wall_us(),
	};

	for (size_t i = 0; i < n; i++)
		tried[i] = json_string_value(json_array_get(job->tried, i));
	randombytes_buf(&request.seed, sizeof(request.seed));
	route_draw(o->router, &request, route);
	free(tried);
}

/* As many as it lacks. */
static void
draw_miners(struct orchestrator *o, const struct job *job, struct route *route)
{
	jobs_draw(o, job, job->wanted - job->delivered - job->open, route);
}

/* Without signatures an attempt would only use up its miner; without the
 * database our share of the miners may be another's when it is there again. */
static bool
can_route(const struct orchestrator *o)
{
	return o->router != NULL && signer_client_is_up(o->signer) &&
	       pg_is_up(o->pg);
}

static void
route_claimed(struct orchestrator *o, struct job *job)
{
	struct route route;

	if (!can_route(o)) {
		try_later(o, job);
		job_free(job);
		return;
	}
	draw_miners(o, job, &route);
	if (route.n > 0) {
		start_attempts(o, job, &route);
	} else {
		no_candidates(o, job, &route);
		job_free(job);
	}
	route_clear(&route);
}

static void
on_queued(const struct pg_answer *answer, void *arg)
{
	struct routing *r = arg;

	r->on_stored(answer, r->job, r->arg);
	if (answer->outcome == PG_DONE)
		claim_queued(r->o->claim, r->job->id, r->job->kind);
	routing_free(r);
}

void
jobs_accept(struct orchestrator *o, struct job *job,
    void (*on_stored)(const struct pg_answer *, const struct job *, void *),
    void *arg)
{
	struct routing *r = routing_new(o, job);
	struct route route = {0};

	r->on_stored = on_stored;
	r->arg = arg;
	if (!claim_is_taken(o->claim, job->kind) && can_route(o))
		draw_miners(o, job, &route);
	if (route.n > 0) {
		job->state = JOB_ASSIGNED; /* if it is stored */
		store_job_accept(
		    o, job, &route, r->ids, prepare(r, &route), on_routed, r);
	} else {
		claim_note(o->claim, job->kind);
		store_job_insert(o, job, on_queued, r);
	}
	route_clear(&route);
}

/* -- settling ----------------------------------------------------------- */

/* Nobody is left who could be tried, were he up or free. */
static bool
is_hopeless(struct orchestrator *o, const struct job *job)
{
	struct route route;
	bool none;

	if (o->router == NULL)
		return false;
	draw_miners(o, job, &route);
	none = route.n == 0 && route.n_later == 0;
	route_clear(&route);
	return none;
}

static void
retry(struct orchestrator *o, const struct job *job)
{
	int64_t ms = retry_ms(job);

	/* Its claim would end it, but none comes while no miner has room. */
	if (!claim_has_room(o->claim, job->kind) && is_hopeless(o, job)) {
		nobody_left(o, job);
		return;
	}
	store_job_requeue(
	    o, job->id, clock_wall_us() + ms * 1000, job->round_failed);
	claim_in(o->claim, ms);
}

/* A result that came in time counts even if it is not looked at yet. */
static bool
is_past_deadline(const struct job *job)
{
	int64_t end_us = job->deadline_us;

	if (job->received > 0)
		end_us += LOOK_MS * 1000LL;
	return clock_wall_us() >= end_us;
}

static void
settle(struct orchestrator *o, struct job *job)
{
	struct job_facts facts = {
	    .wanted = job->wanted,
	    .min = job->min,
	    .retries_left = job->retries_left + !job->round_failed,
	    .open = job->open,
	    .delivered = job->delivered,
	    .is_past_deadline = is_past_deadline(job),
	};

	if (job_is_over(job->state)) {
		if (job->open > 0)
			store_attempt_drop(o, job->id);
		return;
	}
	if (job->state == JOB_QUEUED && !facts.is_past_deadline &&
	    job->delivered < job->wanted)
		return; /* its claim is what it waits for */
	switch (job_settle(&facts)) {
	case VERDICT_WAIT:
		return;
	case VERDICT_FINISH:
		end_job(o, job, JOB_FINISH, JOB_DONE, NULL);
		return;
	case VERDICT_RETRY:
		retry(o, job);
		return;
	case VERDICT_GIVE_UP:
		end_job(o, job, JOB_GIVE_UP, JOB_FAILED, "no_budget");
		return;
	case VERDICT_EXPIRE:
		end_job(o, job, JOB_EXPIRE, JOB_EXPIRED,
		    json_array_size(job->tried) > 0 ? "deadline" : "no_miner");
		return;
	}
}

static void
on_job(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;
	struct job *job = NULL;

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) == 1)
		job = store_job_from_row(o, answer->results[0], 0);
	else if (answer->outcome != PG_DONE)
		log_warn(
		    "store.failed", "what=job_get why=\"%s\"", answer->why);
	if (job != NULL && job->kind != NULL)
		settle(o, job);
	job_free(job);
}

void
jobs_settle(struct orchestrator *o, const char *job_id)
{
	store_job_get(o, job_id, on_job, o);
}

void
jobs_take(struct orchestrator *o, struct job *job)
{
	if (job->delivered + job->open < job->wanted &&
	    clock_wall_us() < job->deadline_us) {
		route_claimed(o, job);
		return;
	}
	settle(o, job);
	job_free(job);
}

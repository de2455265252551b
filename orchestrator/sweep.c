/* What is done by the clock. */
#include "orchestrator/sweep.h"

#include <event2/event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/intake.h"
#include "orchestrator/jobs.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/prober.h"
#include "orchestrator/store.h"

enum { SECOND_MS = 1000, MINERS_MS = 5000 };

struct sweep {
	struct orchestrator *o;
	int64_t sweep_ms, probe_ms;
	struct event *sweep, *second, *lease;
	bool reading_miners;
	int64_t miners_us; /* mono: when they were last read */
};

static struct timeval
in_ms(int64_t ms)
{
	return (struct timeval){ms / 1000, ms % 1000 * 1000};
}

static bool
rows(const struct pg_answer *answer, const char *what)
{
	if (answer->outcome == PG_DONE)
		return true;
	log_warn("store.failed", "what=%s why=\"%s\"", what, answer->why);
	return false;
}

void
sweep_claim_in(struct sweep *s, int64_t ms)
{
	claim_in(s->o->claim, ms);
}

/* -- the sweep ---------------------------------------------------------- */

struct found {
	struct orchestrator *o;
	char job_id[UUID_TEXT];
};

static void
on_found_over(bool moved, void *arg)
{
	struct found *found = arg;

	if (moved)
		jobs_settle(found->o, found->job_id);
	free(found);
}

static void
end_attempt(
    struct orchestrator *o, const char *job_id, const char *id, bool abandon)
{
	struct found *found = xcalloc(1, sizeof(*found));

	found->o = o;
	snprintf(found->job_id, sizeof(found->job_id), "%s", job_id);
	if (abandon)
		store_attempt_step(o, job_id, id, ATTEMPT_ABANDON,
		    ATTEMPT_ABANDONED, "crashed", NULL, on_found_over, found);
	else
		store_attempt_step(o, job_id, id, ATTEMPT_EXPIRE,
		    ATTEMPT_TIMED_OUT, "no_result", NULL, on_found_over, found);
}

static void
on_stuck(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;

	if (!rows(answer, "attempt_stuck"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		const PGresult *res = answer->results[0];
		const char *need = pg_text(res, i, "need");

		if (strcmp(need, "probe") == 0)
			intake_probe_again(o, pg_text(res, i, "id"));
		else if (strcmp(need, "drop") == 0)
			store_attempt_drop(o, pg_text(res, i, "job_id"));
		else
			end_attempt(o, pg_text(res, i, "job_id"),
			    pg_text(res, i, "id"),
			    strcmp(need, "abandon") == 0);
	}
}

static void
on_unsettled(const struct pg_answer *answer, void *arg)
{
	struct orchestrator *o = arg;

	if (!rows(answer, "job_unsettled"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		jobs_settle(o, pg_text(answer->results[0], i, "id"));
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct sweep *s = arg;

	(void)fd;
	(void)what;
	if (!pg_is_up(s->o->pg) || s->o->kinds == NULL)
		return;
	store_attempt_stuck(s->o, on_stuck, s->o);
	store_job_unsettled(s->o, on_unsettled, s->o);
	sweep_claim_in(s, 0);
}

/* -- miners ------------------------------------------------------------- */

static void
miner_from_row(struct miner *m, const PGresult *res, int i)
{
	m->hotkey = xstrdup(pg_text(res, i, "hotkey"));
	m->uid = pg_int(res, i, "uid");
	if (!pg_is_null(res, i, "address"))
		m->address = xstrdup(pg_text(res, i, "address"));
	m->alpha = pg_real(res, i, "alpha");
	m->score = pg_real(res, i, "score");
	m->failures = pg_real(res, i, "failures");
	m->failures_us = pg_int(res, i, "failures_us");
	m->is_up = pg_bool(res, i, "is_up");
	m->is_out = pg_bool(res, i, "is_out");
	m->capacity = json_loads(pg_text(res, i, "capacity"), 0, NULL);
	m->in_flight = pg_int(res, i, "in_flight");
}

static size_t
count_out(const struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->miners[i].is_out;
	return n;
}

static void
on_miners(const struct pg_answer *answer, void *arg)
{
	struct sweep *s = arg;
	struct table fresh = {0};

	s->reading_miners = false;
	if (!rows(answer, "miner_table"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		miner_from_row(table_add(&fresh), answer->results[0], i);
		fresh.block = pg_int(answer->results[0], i, "block");
	}
	if (count_out(&fresh) != count_out(&s->o->table))
		log_info(
		    "miners.out", "n=%zu of=%zu", count_out(&fresh), fresh.n);
	table_clear(&s->o->table);
	s->o->table = fresh;
	claim_in(s->o->claim, 0);
	prober_run(s->o, clock_wall_us() - s->probe_ms * 1000);
}

void
sweep_read_miners(struct sweep *s)
{
	if (s->reading_miners || !pg_is_up(s->o->pg))
		return;
	s->reading_miners = true;
	s->miners_us = clock_mono_us();
	store_miner_table(s->o, on_miners, s);
}

static void
on_second(evutil_socket_t fd, short what, void *arg)
{
	struct sweep *s = arg;

	(void)fd;
	(void)what;
	if (clock_mono_us() - s->miners_us > MINERS_MS * 1000LL)
		sweep_read_miners(s);
}

/* -- leases ------------------------------------------------------------- */

static void
on_lease(evutil_socket_t fd, short what, void *arg)
{
	struct sweep *s = arg;

	(void)fd;
	(void)what;
	if (!pg_is_up(s->o->pg))
		return;
	store_job_renew(s->o);
	store_instance_seen(s->o);
}

/* -- the whole ---------------------------------------------------------- */

static struct event *
every(struct sweep *s, int64_t ms, event_callback_fn on_time)
{
	struct event *e =
	    event_new(s->o->service.base, -1, EV_PERSIST, on_time, s);
	struct timeval interval = in_ms(ms);

	if (ms > 0)
		event_add(e, &interval);
	return e;
}

struct sweep *
sweep_new(struct orchestrator *o, int64_t sweep_ms, int64_t probe_ms)
{
	struct sweep *s = xcalloc(1, sizeof(*s));

	s->o = o;
	s->sweep_ms = sweep_ms;
	s->probe_ms = probe_ms;
	s->sweep = every(s, sweep_ms, on_sweep);
	s->second = every(s, SECOND_MS, on_second);
	s->lease = every(s, o->lease_ms / 3, on_lease);
	return s;
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	event_free(s->sweep);
	event_free(s->second);
	event_free(s->lease);
	free(s);
}

void
sweep_now(struct sweep *s)
{
	store_instance_seen(s->o);
	sweep_read_miners(s);
	if (s->sweep_ms > 0)
		on_sweep(-1, 0, s);
}

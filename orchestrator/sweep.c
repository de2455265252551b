/* What is done by the clock. */
#include "orchestrator/sweep.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xalloc.h"
#include "orchestrator/claim.h"
#include "orchestrator/intake.h"
#include "orchestrator/jobs.h"
#include "orchestrator/miners.h"
#include "orchestrator/open_from.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/pace.h"
#include "orchestrator/store.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_violet.h"
#include "orchestrator/turned_away.h"

struct look {
	struct sweep *sweep;
	int n_asked; /* queries not answered yet */
	bool has_failed;
	struct pace pace;
};

/* What the clock has brought about is looked for by its deadline, as often as
 * may be; and all that is open, which may take longer, less often. */
struct sweep {
	struct orchestrator *o;
	int64_t sweep_ms;
	struct event *timer;
	struct look due, whole;
	struct open_from from;
};

static struct timeval
in_ms(int64_t ms)
{
	return (struct timeval){ms / 1000, ms % 1000 * 1000};
}

/* -- the sweep ---------------------------------------------------------- */

static const char unsent[] = "not_sent";

struct found {
	struct orchestrator *o;
	char id[UUID_TEXT], job_id[UUID_TEXT];
	bool is_unsent; /* its miner has not come for it */
};

static void
on_found_over(bool moved, void *arg)
{
	struct found *found = arg;

	if (moved)
		jobs_settle(found->o, found->job_id);
	if (moved && found->is_unsent)
		store_violet_gone(found->o, found->id);
	free(found);
}

/* why: it is abandoned; NULL: its deadline. */
static void
end_attempt(
    struct orchestrator *o, const char *job_id, const char *id, const char *why)
{
	struct found *found = xcalloc(1, sizeof(*found));

	found->o = o;
	snprintf(found->id, sizeof(found->id), "%s", id);
	snprintf(found->job_id, sizeof(found->job_id), "%s", job_id);
	found->is_unsent = why == unsent;
	if (why != NULL)
		store_attempt_step(o, job_id, id, ATTEMPT_ABANDON,
		    ATTEMPT_ABANDONED, why, NULL, on_found_over, found);
	else
		store_attempt_step(o, job_id, id, ATTEMPT_EXPIRE,
		    ATTEMPT_TIMED_OUT, "no_result", NULL, on_found_over, found);
}

static bool
is_answered(struct look *l, const struct pg_answer *answer, const char *what)
{
	bool is_done = store_is_done(answer, what);

	l->has_failed |= !is_done;
	if (--l->n_asked > 0)
		return is_done;
	if (l->has_failed)
		pace_failed(&l->pace, clock_mono_us());
	else
		pace_answered(&l->pace, clock_mono_us());
	return is_done;
}

static const char *
why_abandoned(const char *need)
{
	if (strcmp(need, "abandon") == 0)
		return "crashed";
	if (strcmp(need, "lost") == 0)
		return "lost_result";
	return strcmp(need, "unsent") == 0 ? unsent : NULL;
}

static void
on_stuck(const struct pg_answer *answer, void *arg)
{
	struct look *l = arg;
	struct orchestrator *o = l->sweep->o;

	if (!is_answered(l, answer, "attempt_stuck"))
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
			    pg_text(res, i, "id"), why_abandoned(need));
	}
}

static void
on_unsettled(const struct pg_answer *answer, void *arg)
{
	struct look *l = arg;

	if (!is_answered(l, answer, "job_unsettled"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		jobs_settle(l->sweep->o, pg_text(answer->results[0], i, "id"));
}

static void
on_from(const struct pg_answer *answer, void *arg)
{
	struct look *l = arg;
	const PGresult *res;

	if (!is_answered(l, answer, "open_from"))
		return;
	res = answer->results[0];
	open_from_found(&l->sweep->from, pg_int(res, 0, "attempt_us"),
	    pg_int(res, 0, "job_us"), clock_wall_us());
}

/* to_us: deadlines before it; 0: all. */
static void
look(struct look *l, int64_t to_us)
{
	struct sweep *s = l->sweep;

	l->n_asked = 2;
	l->has_failed = false;
	pace_asked(&l->pace, clock_mono_us());
	store_attempt_stuck(s->o, s->from.attempt_us, to_us, on_stuck, l);
	store_job_unsettled(s->o, s->from.job_us, to_us, on_unsettled, l);
}

/* Behind nothing that takes long: it is the pace of the looks themselves. */
static void
look_for_due(struct sweep *s, int64_t now_us)
{
	if (pg_pending(s->o->back) > 0 ||
	    !pace_is_over(&s->due.pace, clock_mono_us()))
		return;
	open_from_begin(&s->from, now_us);
	look(&s->due, now_us);
	s->due.n_asked++;
	store_open_from(s->o, &s->from, now_us, on_from, &s->due);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sweep *s = arg;

	(void)fd;
	(void)what;
	if (!pg_is_up(s->o->pg) || s->o->kinds == NULL)
		return;
	claim_in(s->o->claim, 0);
	turned_away_write(s->o->turned_away);
	look_for_due(s, clock_wall_us());
	if (pace_is_over(&s->whole.pace, clock_mono_us()))
		look(&s->whole, 0);
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
sweep_new(struct orchestrator *o, int64_t sweep_ms)
{
	struct sweep *s = xcalloc(1, sizeof(*s));

	s->o = o;
	s->sweep_ms = sweep_ms;
	s->due = (struct look){.sweep = s, .pace.parts = PACE_DUE};
	s->whole = (struct look){.sweep = s, .pace.parts = PACE_WHOLE};
	s->timer = every(s, sweep_ms, on_timer);
	return s;
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	event_free(s->timer);
	free(s);
}

int64_t
sweep_attempts_from_us(const struct sweep *s)
{
	return s->from.attempt_us;
}

void
sweep_now(struct sweep *s)
{
	miners_now(s->o->miners);
	if (s->sweep_ms > 0)
		on_timer(-1, 0, s);
}

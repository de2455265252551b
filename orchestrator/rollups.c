/* What dashboards read, kept up to date. */
#include "orchestrator/rollups.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/firsts.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "orchestrator/store_rollups.h"

enum {
	LOT = 10,	  /* minutes: more are left (rollup_keep) */
	CUT_AFTER_S = 60, /* of a dashboard's transaction */
	SHARES_EVERY_S = 3600,
};

struct rollups {
	struct orchestrator *o;
	struct pg *pg;
	int64_t keep_ms;
	struct event *timer;
	struct firsts *firsts;
	bool is_keeping;    /* asked, and not answered yet */
	bool may_cut;	    /* until the database says that we may not */
	int64_t trimmed_us; /* mono, when shares were trimmed last; 0: never */
};

static void keep(struct rollups *);

/* -- roll-ups ------------------------------------------------------------ */

static void
on_kept(const struct pg_answer *answer, void *arg)
{
	struct rollups *r = arg;
	const PGresult *res;

	r->is_keeping = false;
	if (!store_is_done(answer, "rollup_keep"))
		return;
	res = answer->results[0];
	if (pg_is_null(res, 0, "minutes"))
		return;
	if (pg_int(res, 0, "minutes") > 0)
		log_debug("rollup.kept", "minutes=%lld",
		    (long long)pg_int(res, 0, "minutes"));
	if (pg_int(res, 0, "minutes") == LOT)
		keep(r);
}

static void
keep(struct rollups *r)
{
	if (r->is_keeping)
		return;
	r->is_keeping = true;
	store_rollup_keep(
	    r->pg, r->o->netuid, clock_wall_us(), r->keep_ms, on_kept, r);
}

/* -- draws --------------------------------------------------------------- */

/* Lost if that fails: what was expected and what was drawn together. */
static void
on_shares(const struct pg_answer *answer, void *arg)
{
	(void)arg;
	store_is_done(answer, "route_share_add");
}

static void
write_shares(struct rollups *r)
{
	rollups_take(r);
	if (firsts_count(r->firsts) == 0)
		return;
	store_route_share_add(
	    r->pg, r->o->netuid, clock_wall_us(), r->firsts, on_shares, r);
	firsts_clear(r->firsts);
}

static void
on_trimmed(const struct pg_answer *answer, void *arg)
{
	(void)arg;
	store_is_done(answer, "route_share_trim");
}

static void
trim_shares(struct rollups *r)
{
	int64_t now_us = clock_mono_us();

	if (r->trimmed_us != 0 &&
	    now_us < r->trimmed_us + SHARES_EVERY_S * INT64_C(1000000))
		return;
	r->trimmed_us = now_us;
	store_route_share_trim(r->pg, r->o->netuid,
	    clock_wall_us() - r->keep_ms * 1000, on_trimmed, r);
}

/* -- sessions ------------------------------------------------------------ */

static const char may_not[] = "42501"; /* SQLSTATE */

static void
leave_them(struct rollups *r, const char *why)
{
	log_warn("dash.may_not_cut",
	    "why=\"%s\" fix=\"grant dash_reader to the user of db.url\"", why);
	r->may_cut = false;
}

static void
on_cut(const struct pg_answer *answer, void *arg)
{
	struct rollups *r = arg;
	long long n;

	if (answer->outcome == PG_REFUSED &&
	    strcmp(answer->sqlstate, may_not) == 0) {
		leave_them(r, answer->why);
		return;
	}
	if (!store_is_done(answer, "dash_cut"))
		return;
	if (!pg_bool(answer->results[0], 0, "may_see")) {
		leave_them(r, "it may not see since when they are at it");
		return;
	}
	n = pg_int(answer->results[0], 0, "n");
	if (n > 0)
		log_warn(
		    "dash.cut", "sessions=%lld after_s=%d", n, CUT_AFTER_S);
}

static void
cut(struct rollups *r)
{
	if (r->may_cut)
		store_dash_cut(r->pg,
		    clock_wall_us() - CUT_AFTER_S * INT64_C(1000000), on_cut,
		    r);
}

/* -- the whole ----------------------------------------------------------- */

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct rollups *r = arg;

	(void)fd;
	(void)what;
	if (!pg_is_up(r->pg))
		return;
	write_shares(r);
	trim_shares(r);
	cut(r);
	keep(r);
}

void
rollups_take(struct rollups *r)
{
	if (r != NULL && r->o->router != NULL)
		firsts_take(r->firsts, r->o->router);
}

struct rollups *
rollups_new(struct orchestrator *o, int64_t every_ms, int64_t keep_ms)
{
	const char *conninfo = config_str(o->service.config, "db.url");
	struct timeval every = {every_ms / 1000, every_ms % 1000 * 1000};
	struct rollups *r;

	if (every_ms == 0)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->o = o;
	r->keep_ms = keep_ms;
	r->may_cut = true;
	r->firsts = firsts_new();
	r->pg = pg_new(o->service.base, conninfo, NULL, NULL);
	r->timer = event_new(o->service.base, -1, EV_PERSIST, on_timer, r);
	event_add(r->timer, &every);
	return r;
}

void
rollups_free(struct rollups *r)
{
	if (r == NULL)
		return;
	event_free(r->timer);
	pg_free(r->pg);
	firsts_free(r->firsts);
	free(r);
}

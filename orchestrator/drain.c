/*
 * The end of an orchestratord that was told to stop.
 *
 * Nothing is begun any more, and what waits is nobody's: the others take it,
 * and our share of the miners' slots with it. A look asks PostgreSQL, and the
 * next one decides on the answer, so that nothing is under way that it does
 * not count.
 */
#include "orchestrator/drain.h"

#include <event2/event.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/http_server.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/flights.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/probe.h"
#include "orchestrator/store.h"

enum {
	LOOK_MS = 50,
	CLOSE_MS = 3000, /* for requests that are being answered */
};

struct drain {
	struct orchestrator *o;
	struct event *look;
	int64_t until_us; /* mono: for what we do now */
	int64_t open;	  /* when last counted, or DRAIN_UNKNOWN */
	bool is_asked;	  /* how many there are */
	bool is_closing;
};

bool
drain_is_over(const struct drain_facts *f)
{
	if (f->now_us >= f->until_us)
		return true;
	return !f->is_busy && f->open == 0;
}

static bool
is_busy(const struct orchestrator *o)
{
	return pg_pending(o->pg) > 0 || !LIST_EMPTY(&o->calls) ||
	       probes_are_busy(o->probes) || blobs_are_busy(o->blobs);
}

/* -- closing ------------------------------------------------------------ */

/* Its rows say what it was: another goes on with it. */
static void
give_up(void)
{
	log_info("service.stopped", "why=\"time is up\"");
	_exit(EXIT_SUCCESS);
}

static void
on_idle(void *arg)
{
	struct drain *d = arg;

	if (is_busy(d->o))
		give_up();
	service_stop(&d->o->service);
}

/* A client that is slow to ask, or a miner that waits for PostgreSQL, does
 * not keep us for longer than those who stop us wait. */
static void
close_doors(struct drain *d)
{
	d->is_closing = true;
	d->until_us = clock_mono_us() + CLOSE_MS * 1000LL;
	log_info("drain.over", "open=%ld", (long)d->open);
	http_server_drain(d->o->api, on_idle, d);
}

/* -- looking ------------------------------------------------------------ */

static void
on_counted(const struct pg_answer *answer, void *arg)
{
	struct drain *d = arg;

	d->is_asked = false;
	if (answer->outcome == PG_DONE)
		d->open = pg_int(answer->results[0], 0, "open");
	else
		log_warn("store.failed", "what=attempt_open why=\"%s\"",
		    answer->why);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct drain *d = arg;
	struct drain_facts facts = {
	    .now_us = clock_mono_us(),
	    .until_us = d->until_us,
	    .is_busy = is_busy(d->o),
	    .open = d->open,
	};

	(void)fd;
	(void)what;
	if (d->is_closing) {
		if (facts.now_us >= facts.until_us)
			give_up();
	} else if (drain_is_over(&facts)) {
		close_doors(d);
	} else if (!d->is_asked) {
		d->open = DRAIN_UNKNOWN;
		d->is_asked = true;
		store_attempt_open(d->o, on_counted, d);
	}
}

struct drain *
drain_start(struct orchestrator *o, int64_t most_ms)
{
	struct drain *d = xcalloc(1, sizeof(*d));
	struct timeval interval = {0, LOOK_MS * 1000};

	d->o = o;
	/* Without kinds it has never taken anything. */
	d->until_us = clock_mono_us() + (o->kinds != NULL ? most_ms * 1000 : 0);
	d->open = DRAIN_UNKNOWN;
	d->look = event_new(o->service.base, -1, EV_PERSIST, on_look, d);
	flights_note(o->flights);
	if (pg_is_up(o->pg))
		miners_leave(o->miners);
	event_add(d->look, &interval);
	on_look(-1, 0, d);
	return d;
}

void
drain_free(struct drain *d)
{
	if (d == NULL)
		return;
	event_free(d->look);
	free(d);
}

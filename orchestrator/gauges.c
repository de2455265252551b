/* How things stand. */
#include "orchestrator/gauges.h"

#include <event2/event.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/blobs.h"
#include "common/clock.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "orchestrator/held.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/pace.h"
#include "orchestrator/store_gauges.h"
#include "orchestrator/store_op.h"

/* Of an answer that took longer nobody can tell when the clock was read. */
enum { LOOK_S = 5, LONGEST_TRIP_US = 1000000 };

struct gauges {
	struct orchestrator *o;
	struct event *timer;
	struct pace queue, database;
	int64_t asked_us; /* wall: when the database was */
	struct held held;
	struct metric *known, *up, *banned, *ejected;
	struct metric *disk_free, *disk_size;
	struct metric *xmin_age, *xmin_transactions, *bytes, *offset;
};

/* -- what we have here --------------------------------------------------- */

static void
show_miners(struct gauges *g)
{
	const struct table *t = &g->o->table;
	size_t n_banned = 0;

	for (size_t i = 0; i < t->n; i++)
		n_banned += t->miners[i].is_out;
	metric_set(g->known, (double)t->n);
	metric_set(g->up, (double)t->n_up);
	metric_set(g->banned, (double)n_banned);
	metric_set(g->ejected, (double)t->n_out);
}

static void
show_disk(struct gauges *g)
{
	uint64_t free_bytes, size_bytes;

	if (blobs_disk(g->o->blobs, &free_bytes, &size_bytes) != 0)
		return;
	metric_set(g->disk_free, (double)free_bytes);
	metric_set(g->disk_size, (double)size_bytes);
}

/* -- what is in PostgreSQL ----------------------------------------------- */

static bool
is_answered(struct pace *p, const struct pg_answer *answer, const char *what)
{
	bool is_done = store_is_done(answer, what);

	if (is_done)
		pace_answered(p, clock_mono_us());
	else
		pace_failed(p, clock_mono_us());
	return is_done;
}

static void
show_kind(struct gauges *g, const PGresult *res, int row)
{
	struct metrics *m = g->o->service.metrics;
	char *kind = metrics_label("kind", pg_text(res, row, "kind"));
	char *labels = xasprintf("netuid=\"%d\",%s", g->o->netuid, kind);

	metric_set(metrics_gauge(m, "subnetd_queue_jobs", labels,
		       "Jobs that wait for a miner."),
	    pg_real(res, row, "n"));
	metric_since(metrics_age(m, "subnetd_queue_oldest_seconds", labels,
			 "Age of the oldest job that waits for a miner."),
	    pg_int(res, row, "since_us"));
	metric_set(metrics_gauge(m, "subnetd_queue_deadline_seconds", labels,
		       "What a job has until its deadline, from its birth."),
	    pg_real(res, row, "deadline_ms") / 1000);
	free(labels);
	free(kind);
}

static void
on_queue(const struct pg_answer *answer, void *arg)
{
	struct gauges *g = arg;

	if (!is_answered(&g->queue, answer, "job_waiting"))
		return;
	for (int i = 0; i < PQntuples(answer->results[0]); i++)
		show_kind(g, answer->results[0], i);
}

/* Its clock was read somewhere on the way there and back. */
static void
show_clock(struct gauges *g, int64_t its_us, int64_t now_us)
{
	int64_t ours_us = g->asked_us + (now_us - g->asked_us) / 2;

	if (now_us - g->asked_us < LONGEST_TRIP_US)
		metric_set(g->offset, (double)(ours_us - its_us) / 1e6);
}

static void
show_dead(struct gauges *g, const PGresult *res, int row)
{
	char *labels = metrics_label("table", pg_text(res, row, "name"));

	metric_set(
	    metrics_gauge(g->o->service.metrics, "subnetd_dead_tuples", labels,
		"Rows of the queue's tables that wait to be cleaned up."),
	    pg_real(res, row, "n"));
	free(labels);
}

static void
on_database(const struct pg_answer *answer, void *arg)
{
	struct gauges *g = arg;
	int64_t now_us = clock_wall_us();
	const PGresult *res;

	if (!is_answered(&g->database, answer, "database_state"))
		return;
	res = answer->results[0];
	metric_since(g->xmin_age, held_since(&g->held, pg_text(res, 0, "xmin"),
				      pg_int(res, 0, "since_us"), now_us));
	metric_set(g->xmin_transactions, pg_real(res, 0, "transactions"));
	metric_set(g->bytes, pg_real(res, 0, "bytes"));
	show_clock(g, pg_int(res, 0, "now_us"), now_us);
	for (int i = 0; i < PQntuples(answer->results[1]); i++)
		show_dead(g, answer->results[1], i);
}

/* -- by the clock -------------------------------------------------------- */

static void
ask(struct gauges *g)
{
	struct orchestrator *o = g->o;

	if (pace_is_over(&g->queue, clock_mono_us())) {
		pace_asked(&g->queue, clock_mono_us());
		store_waiting(o, on_queue, g);
	}
	if (pace_is_over(&g->database, clock_mono_us())) {
		pace_asked(&g->database, clock_mono_us());
		g->asked_us = clock_wall_us();
		store_database(o, on_database, g);
	}
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	struct gauges *g = arg;

	(void)fd;
	(void)what;
	show_disk(g);
	if (g->o->kinds == NULL) /* nothing was read yet */
		return;
	if (g->o->kinds->n > 0) /* else nobody wants one */
		show_miners(g);
	if (pg_is_up(g->o->back))
		ask(g);
}

/* -- the whole ----------------------------------------------------------- */

/* Until it is set. */
static struct metric *
unknown(struct metric *gauge)
{
	metric_set(gauge, NAN);
	return gauge;
}

static struct metric *
of_miners(struct metrics *m, const char *labels)
{
	return unknown(metrics_gauge(m, "subnetd_miners", labels,
	    "Miners: all that are known; up and not banned; banned, or failed "
	    "in an audit; out for their failures."));
}

static void
make_disk(struct gauges *g, struct metrics *m)
{
	const char *place = blobs_are_local(g->o->blobs) ? "place=\"store\""
							 : "place=\"spool\"";

	g->disk_free = unknown(metrics_gauge(m, "subnetd_disk_free_bytes",
	    place, "Room on the disk of the store's folder, or of its spool."));
	g->disk_size = unknown(metrics_gauge(
	    m, "subnetd_disk_size_bytes", place, "Size of that disk."));
}

static void
make_metrics(struct gauges *g, struct metrics *m)
{
	g->known = of_miners(m, "state=\"known\"");
	g->up = of_miners(m, "state=\"up\"");
	g->banned = of_miners(m, "state=\"banned\"");
	g->ejected = of_miners(m, "state=\"ejected\"");
	g->xmin_age = metrics_age(m, "subnetd_xmin_age_seconds", NULL,
	    "Age of the oldest snapshot that somebody holds in PostgreSQL.");
	g->xmin_transactions =
	    unknown(metrics_gauge(m, "subnetd_xmin_age_transactions", NULL,
		"Transactions begun since that snapshot was taken."));
	g->bytes = unknown(metrics_gauge(
	    m, "subnetd_database_bytes", NULL, "Size of the database."));
	g->offset = unknown(metrics_gauge(m, "subnetd_clock_offset_seconds",
	    "against=\"postgresql\"",
	    "How far our clock is ahead of another."));
}

struct gauges *
gauges_new(struct orchestrator *o)
{
	struct gauges *g = xcalloc(1, sizeof(*g));
	struct timeval interval = {LOOK_S, 0};

	g->o = o;
	g->queue.parts = g->database.parts = PACE_WHOLE;
	make_metrics(g, o->service.metrics);
	make_disk(g, o->service.metrics);
	g->timer = event_new(o->service.base, -1, EV_PERSIST, on_look, g);
	event_add(g->timer, &interval);
	return g;
}

void
gauges_free(struct gauges *g)
{
	if (g == NULL)
		return;
	event_free(g->timer);
	free(g);
}

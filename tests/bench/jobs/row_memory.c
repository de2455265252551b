/* Memory: after many jobs, and of a client that is connected and idle. */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/wire.h"
#include "tests/bench/jobs/world.h"

enum {
	JOBS = 1000000,
	IDLE = 1000, /* the server takes 1,024 connections */
	FIRST = 20,  /* of them, not counted: what is there but once */
	IDLE_WAIT_MS = 20000,
};

static const double most_mb = 40, flat_limit = 1.05, idle_kb = 6;

/* -- after many jobs ---------------------------------------------------- */

struct growth {
	struct world *w;
	struct figures mb; /* as jobs went by */
};

static void
on_progress(long done, void *arg)
{
	struct growth *g = arg;

	(void)done;
	figures_add(
	    &g->mb, world_rss_bytes(g->w, PART_ORCHESTRATOR) / 1048576.0);
}

static bool
judge(const struct growth *g, long jobs)
{
	struct figures last = {0}, early = {0}, bound = {0};
	char name[64];
	bool is_kept;

	figures_add(&last, figures_mean(&g->mb, 0.9, 1));
	figures_add(&early, figures_mean(&g->mb, 0.1, 0.2));
	figures_add(&bound, most_mb);
	snprintf(name, sizeof(name), "RSS MB after %ld jobs / most", jobs);
	is_kept = figures_row(name, &last, &bound, AT_MOST, 1);
	is_kept &= figures_row("RSS MB, last tenth / second tenth", &last,
	    &early, AT_MOST, flat_limit);
	figures_clear(&last);
	figures_clear(&early);
	figures_clear(&bound);
	return is_kept;
}

int
row_memory(struct world *w)
{
	struct growth g = {.w = w};
	struct load_plan plan = {.clients = WORLD_CLIENTS,
	    .jobs = rows_number("BENCH_JOBS", JOBS),
	    .on_progress = on_progress,
	    .arg = &g};
	struct load_result r;
	bool is_good = world_run(w, false, &plan, &r) == 0, is_kept = false;

	if (is_good)
		is_kept = judge(&g, r.done);
	figures_clear(&g.mb);
	return rows_verdict(is_good, is_kept);
}

/* -- idle clients ------------------------------------------------------- */

struct idlers {
	struct world *w;
	struct wire *wires[IDLE];
	int asked, answered, closed;
};

static void
on_answer(struct wire *wire, const struct wire_message *answer, void *arg)
{
	struct idlers *i = arg;

	(void)wire;
	i->answered += answer->status == 200;
	if (i->answered == i->asked)
		event_base_loopbreak(i->w->base);
}

static void
on_closed(struct wire *wire, void *arg)
{
	struct idlers *i = arg;

	(void)wire;
	i->closed++;
}

/* Up to so many in all; each asks once and stays. */
static bool
connect_to(struct idlers *i, int n)
{
	static const struct wire_handlers handlers = {on_answer, on_closed};
	static const char request[] =
	    "GET /v1/instance HTTP/1.1\r\nHost: bench\r\n\r\n";

	for (; i->asked < n; i->asked++) {
		struct wire *wire =
		    wire_connect(i->w->base, i->w->api_port, &handlers, i);

		i->wires[i->asked] = wire;
		if (wire == NULL ||
		    wire_send(wire, request, sizeof(request) - 1) != 0)
			return false;
	}
	world_pump(i->w, IDLE_WAIT_MS);
	if (i->answered == n && i->closed == 0)
		return true;
	fprintf(stderr, "bench: %d of %d answered, %d closed\n", i->answered, n,
	    i->closed);
	return false;
}

int
row_idle(struct world *w)
{
	struct idlers *i = xcalloc(1, sizeof(*i));
	struct figures kb = {0}, bound = {0};
	bool is_good, is_kept = false;
	int64_t before;

	i->w = w;
	is_good = world_restart(w) == 0 && connect_to(i, FIRST);
	before = world_rss_bytes(w, PART_ORCHESTRATOR);
	is_good = is_good && connect_to(i, IDLE);
	if (is_good) {
		int64_t grown = world_rss_bytes(w, PART_ORCHESTRATOR) - before;

		figures_add(&kb, grown / 1024.0 / (IDLE - FIRST));
		figures_add(&bound, idle_kb);
		is_kept = figures_row("RSS KB an idle client / most (no SSE)",
		    &kb, &bound, AT_MOST, 1);
	}
	for (int k = 0; k < IDLE; k++)
		wire_free(i->wires[k]);
	free(i);
	figures_clear(&kb);
	figures_clear(&bound);
	return rows_verdict(is_good, is_kept);
}

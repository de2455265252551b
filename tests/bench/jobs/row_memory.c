/* Memory after many jobs. */
#include <stdio.h>

#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"

enum { JOBS = 1000000 };

static const double most_mb = 40, flat_limit = 1.05;

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

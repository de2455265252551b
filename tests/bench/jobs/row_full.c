/* Full jobs a second at 64 clients, against the floor. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/jobs/figures.h"
#include "tests/bench/jobs/rows.h"
#include "tests/bench/jobs/world.h"
#include "tests/lib/db.h"

static const double limit = 0.6;

/* One arm, over all rounds. */
struct arm {
	bool is_floor;
	struct figures rate, p50_us, p99_us, done_us;
	struct figures cpu_us[N_WORLD_PARTS]; /* a job */
	struct figures commits;
};

static int64_t
commits(const struct world *w, const struct arm *a)
{
	struct db *db = a->is_floor ? w->floor_db : w->db;

	/* A backend's own counts are seen once it has been idle a while. */
	return db_int(db, "select xact_commit from pg_stat_database "
			  "where datname = current_database()");
}

static int
measure(struct world *w, struct arm *a)
{
	struct load_plan plan = {
	    .clients = WORLD_CLIENTS, .seconds = rows_seconds()};
	struct load_result r;
	int64_t before_us[N_WORLD_PARTS], commits_before = commits(w, a);

	for (int i = 0; i < N_WORLD_PARTS; i++)
		before_us[i] = world_cpu_us(w, i);
	if (world_run(w, a->is_floor, &plan, &r) != 0)
		return -1;
	figures_add(&a->rate, r.done / r.seconds);
	figures_add(&a->p50_us, r.p50_us);
	figures_add(&a->p99_us, r.p99_us);
	figures_add(&a->done_us, r.done_p50_us);
	for (int i = 0; i < N_WORLD_PARTS; i++)
		figures_add(&a->cpu_us[i],
		    (double)(world_cpu_us(w, i) - before_us[i]) / r.done);
	figures_add(
	    &a->commits, (double)(commits(w, a) - commits_before) / r.done);
	return 0;
}

static void
print_arm(const char *name, struct arm *a)
{
	double all_us = 0;

	printf("  %-8s accept p50 %.1f ms, p99 %.1f ms; done p50 %.1f ms; "
	       "%.3f commits a job\n  %-8s CPU us a job:",
	    name, figures_median(&a->p50_us) / 1e3,
	    figures_median(&a->p99_us) / 1e3, figures_median(&a->done_us) / 1e3,
	    figures_median(&a->commits), "");
	for (int i = 0; i < N_WORLD_PARTS; i++) {
		double us = figures_median(&a->cpu_us[i]);

		printf(" %s %.0f,", world_part_names[i], us);
		all_us += us;
	}
	printf(" all %.0f\n", all_us);
}

static void
arm_clear(struct arm *a)
{
	figures_clear(&a->rate);
	figures_clear(&a->p50_us);
	figures_clear(&a->p99_us);
	figures_clear(&a->done_us);
	figures_clear(&a->commits);
	for (int i = 0; i < N_WORLD_PARTS; i++)
		figures_clear(&a->cpu_us[i]);
}

int
row_full(struct world *w)
{
	struct arm ours = {.is_floor = false}, floor = {.is_floor = true};
	bool is_good = true, is_kept = false;

	for (int n = rows_rounds(); n > 0 && is_good; n--)
		is_good = measure(w, &ours) == 0 && measure(w, &floor) == 0;
	if (is_good) {
		is_kept = figures_row("full jobs/s, 64 clients", &ours.rate,
		    &floor.rate, AT_LEAST, limit);
		print_arm("ours:", &ours);
		print_arm("floor:", &floor);
		rows_statements(w);
	}
	arm_clear(&ours);
	arm_clear(&floor);
	return rows_verdict(is_good, is_kept);
}

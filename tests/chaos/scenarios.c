/*
 * The chaos scenarios: two orchestrators under a steady load, and of each
 * fault a steady phase, one with the fault, and one after it. A table of the
 * jobs done a second in each, and of what was lost, counted twice or did not
 * recover.
 *
 * CHAOS_PHASE_S (10) for each phase, CHAOS_RATE (jobs a second, 40),
 * CHAOS_SEED; arguments are the beginnings of names: only those.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/chaos/faults.h"
#include "tests/lib/db.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/pair.h"
#include "tests/lib/suite.h"

enum { PHASE_S = 10, RATE = 40, WARM_MS = 2000, STEP_MS = 100 };
static const double least_recovery = 90;

struct row {
	double steady, during, after; /* jobs done a second */
	double recovery;	      /* after in percent of steady */
	double back_s;		      /* from the fault's end to a job done */
	struct load_counts load;
	struct pair_toll toll;
	bool failed;
};

static int
number_of(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text != NULL && atoi(text) > 0 ? atoi(text) : otherwise;
}

/* -- phases ------------------------------------------------------------- */

/* The fault's phase, as long as the others or longer, if it takes longer to
 * begin or to go on. */
static int
suffer(const struct fault *fault, struct fault_state *f, int phase_ms)
{
	int64_t until_us = clock_mono_us() + phase_ms * 1000LL;

	if (fault->begin(f) != 0)
		return -1;
	while (clock_mono_us() < until_us) {
		pair_rest(STEP_MS);
		if (fault->go_on != NULL && fault->go_on(f) != 0)
			return -1;
	}
	return fault->end != NULL ? fault->end(f) : 0;
}

static double
first_after(struct pair *p, int64_t at_us)
{
	return db_real(p->s->db,
	    "select extract(epoch from min(finished_at) - to_timestamp(%f)) "
	    "from job where state = 'done' and finished_at >= "
	    "to_timestamp(%f)",
	    at_us / 1e6, at_us / 1e6);
}

static void
count_load(struct pair *p, struct load_counts *before, struct row *row)
{
	struct load_counts now;

	load_counts(p->load, &now);
	row->load.asked = now.asked - before->asked;
	row->load.retried = now.retried - before->retried;
	row->load.refused = now.refused - before->refused;
	row->load.unheard = now.unheard - before->unheard;
	row->load.odd = now.odd - before->odd;
}

static void
go_through(
    struct pair *p, const struct fault *fault, int phase_ms, struct row *row)
{
	struct fault_state f = {.p = p};
	struct load_counts before;
	int64_t begun_us = clock_wall_us(), times[4];

	load_counts(p->load, &before);
	load_go(p->load);
	pair_rest(WARM_MS);
	times[0] = clock_wall_us();
	pair_rest(phase_ms);
	times[1] = clock_wall_us();
	row->failed = suffer(fault, &f, phase_ms) != 0;
	times[2] = clock_wall_us();
	pair_rest(phase_ms);
	times[3] = clock_wall_us();
	fault_clear(&f);
	if (pair_count(p, begun_us, &row->toll) != 0)
		row->failed = true;
	row->steady = pair_rate(p, times[0], times[1]);
	row->during = pair_rate(p, times[1], times[2]);
	row->after = pair_rate(p, times[2], times[3]);
	row->recovery = 100 * row->after / row->steady;
	row->back_s = first_after(p, times[2]);
	count_load(p, &before, row);
}

/* -- the table ---------------------------------------------------------- */

static void
print_head(void)
{
	printf("%-21s %8s %8s %8s %10s %7s %7s %6s %6s %7s %7s %6s %5s %7s\n",
	    "scenario", "steady/s", "fault/s", "after/s", "recovery %",
	    "back s", "gap s", "jobs", "2nd", "refused", "unheard", "re-run",
	    "lost", "doubled");
}

static void
print_row(const char *name, const struct row *r)
{
	printf("%-21s %8.1f %8.1f %8.1f %10.0f %7.2f %7.2f %6ld %6ld %7ld "
	       "%7ld %6ld %5ld %7ld%s\n",
	    name, r->steady, r->during, r->after, r->recovery, r->back_s,
	    r->toll.gap_s, (long)r->toll.jobs, (long)r->load.retried,
	    (long)r->load.refused, (long)r->load.unheard, (long)r->toll.rerun,
	    (long)r->toll.lost, (long)r->toll.doubled,
	    r->failed ? "  BAD" : "");
}

static bool
is_good(const struct row *r)
{
	return !r->failed && r->toll.jobs > 0 && r->toll.lost == 0 &&
	       r->toll.doubled == 0 && r->load.odd == 0 &&
	       r->recovery >= least_recovery;
}

static bool
is_chosen(const char *name, char **chosen)
{
	if (*chosen == NULL)
		return true;
	for (; *chosen != NULL; chosen++) {
		if (strncmp(name, *chosen, strlen(*chosen)) == 0)
			return true;
	}
	return false;
}

static int
run(struct pair *p, char **chosen)
{
	int phase_ms = number_of("CHAOS_PHASE_S", PHASE_S) * 1000;
	int bad = 0, n = 0, twice;

	print_head();
	for (const struct fault *f = faults; f->name != NULL; f++) {
		struct row row = {0};

		if (!is_chosen(f->name, chosen))
			continue;
		go_through(p, f, phase_ms, &row);
		print_row(f->name, &row);
		bad += !is_good(&row);
		n++;
		if (row.failed)
			break; /* what follows would not stand for itself */
	}
	twice = jobs_audit_logs(p->s);
	printf("scenarios %d bad %d told of twice %d\n", n, bad, twice);
	return n == 0 || bad + twice > 0 ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct pair_options o = {.name = "chaos",
	    .durable = true,
	    .n_miners = 6,
	    .per_second = number_of("CHAOS_RATE", RATE),
	    .least_ms = 2,
	    .most_ms = 200,
	    .seed = dice_seed()};
	struct pair *p;
	int failed = -1;

	(void)argc;
	printf("seed %llu\n", (unsigned long long)o.seed);
	p = pair_new(&o);
	if (p != NULL)
		failed = run(p, argv + 1);
	if (pair_end(p, failed != 0) != 0)
		failed = -1;
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

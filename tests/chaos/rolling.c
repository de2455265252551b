/*
 * A rolling restart of two orchestrators under load, by stop signals: one is
 * told to end, ends, is started again, then the other. No job is run again
 * that could finish in time, no client that asks once more at the other door
 * has an error, nothing is lost.
 *
 * The miners are strict: they call back once, at the instance that asked
 * them; some of them take seconds.
 *
 * CHAOS_ROLLS (10) restarts, CHAOS_RATE (jobs a second, 40), CHAOS_SEED.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/pair.h"

enum { ROLLS = 10, RATE = 40, REST_MS = 1500, SLOW_MS = 2500, SLOW_EVERY = 15 };

static int
number_of(const char *name, int otherwise)
{
	const char *text = getenv(name);

	return text != NULL && atoi(text) > 0 ? atoi(text) : otherwise;
}

/* The longest time an instance took to end; -1 if one did not, or badly. */
static double
roll(struct pair *p, int n)
{
	double longest_s = 0;

	for (int i = 0; i < n; i++) {
		int64_t from_us;
		double s;
		int status;

		pair_rest(REST_MS);
		from_us = clock_mono_us();
		status = pair_stop(p, i % 2);
		s = (clock_mono_us() - from_us) / 1e6;
		if (status != 0) {
			fprintf(stderr, "rolling: it ended with status %d\n",
			    status);
			return -1;
		}
		if (pair_start(p, i % 2) != 0)
			return -1;
		longest_s = s > longest_s ? s : longest_s;
	}
	pair_rest(REST_MS);
	return longest_s;
}

static int
run(struct pair *p, int rolls)
{
	int64_t from_us = clock_wall_us();
	struct crowd_counts crowd;
	struct load_counts load;
	struct pair_toll toll;
	double longest_s;
	int failed;
	long errors, in_vain;

	load_go(p->load);
	longest_s = roll(p, rolls);
	if (longest_s < 0)
		return -1;
	failed = pair_count(p, from_us, &toll) != 0 || jobs_audit_logs(p->s);
	load_counts(p->load, &load);
	crowd_counts(p->crowd, &crowd);
	errors = load.refused + load.unheard + load.odd;
	in_vain = crowd.unheard + crowd.unwanted;
	printf("rolling restarts %d jobs %ld at the second door %ld re-run %ld "
	       "errors at clients %ld results not taken %ld lost %ld doubled "
	       "%ld longest stop %.1f s longest gap %.2f s\n",
	    rolls, (long)toll.jobs, (long)load.retried, (long)toll.rerun,
	    errors, in_vain, (long)toll.lost, (long)toll.doubled, longest_s,
	    toll.gap_s);
	return failed || toll.jobs == 0 || toll.rerun || errors || in_vain ||
		       toll.lost || toll.doubled
		   ? -1
		   : 0;
}

int
main(void)
{
	struct pair_options o = {.name = "rolling",
	    .durable = true,
	    .n_miners = 6,
	    .per_second = number_of("CHAOS_RATE", RATE),
	    .least_ms = 2,
	    .most_ms = 200,
	    .slow_every = SLOW_EVERY,
	    .slow_ms = SLOW_MS,
	    .strict_every = 1,
	    .seed = dice_seed()};
	struct pair *p;
	int failed = -1;

	printf("seed %llu\n", (unsigned long long)o.seed);
	p = pair_new(&o);
	if (p != NULL)
		failed = run(p, number_of("CHAOS_ROLLS", ROLLS));
	if (pair_end(p, failed != 0) != 0)
		failed = -1;
	return failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

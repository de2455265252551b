/*
 * Two orchestrators under load, of which one in turn is killed while miners
 * are at work for it, and is dead while they call back, once: every job that
 * was answered 202 is done, once. tests/chaos has the long form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/clock.h"
#include "tests/lib/crowd.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/pair.h"
#include "tests/lib/proc.h"

enum { KILLS = 5, MANY = 2, EVENT_MS = 30000 };

static int64_t
unheard(struct pair *p)
{
	struct crowd_counts counts;

	crowd_counts(p->crowd, &counts);
	return counts.unheard;
}

/* While it is dead, somebody calls back in vain. */
static void
kill_at_work(struct pair *p, int which)
{
	int64_t until_us = clock_mono_us() + EVENT_MS * 1000LL, before;

	while (pair_at_miners(p, which) < MANY && clock_mono_us() < until_us)
		proc_nap();
	before = unheard(p);
	pair_kill(p, which);
	while (unheard(p) == before && clock_mono_us() < until_us)
		proc_nap();
	assert_true(unheard(p) > before);
	assert_int_equal(pair_start(p, which), 0);
}

static void
nothing_is_lost_or_counted_twice(void **state)
{
	struct pair_options o = {.name = "two-killed",
	    .n_miners = 4,
	    .per_second = 20,
	    .least_ms = 50,
	    .most_ms = 400,
	    .strict_every = 1,
	    .attempt = "2s",
	    .seed = dice_seed()};
	struct pair *p = pair_new(&o);
	int64_t from_us = clock_wall_us();
	struct pair_toll toll;

	(void)state;
	assert_non_null(p);
	load_go(p->load);
	for (int i = 0; i < KILLS; i++)
		kill_at_work(p, i % 2);
	assert_int_equal(pair_count(p, from_us, &toll), 0);
	printf("# seed %llu: kills %d jobs %ld run again %ld lost %ld "
	       "counted twice %ld longest gap %.2f s\n",
	    (unsigned long long)o.seed, KILLS, (long)toll.jobs,
	    (long)toll.rerun, (long)toll.lost, (long)toll.doubled, toll.gap_s);
	assert_true(toll.rerun > 0);
	assert_int_equal(toll.lost, 0);
	assert_int_equal(toll.doubled, 0);
	assert_int_equal(jobs_audit_logs(p->s), 0);
	assert_int_equal(pair_end(p, false), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_lost_or_counted_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

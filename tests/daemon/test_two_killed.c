/*
 * Two orchestrators under load, of which one by chance is killed, a few times:
 * every job that was answered 202 is done, once. tests/chaos has the long
 * form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/clock.h"
#include "tests/lib/dice.h"
#include "tests/lib/jobs.h"
#include "tests/lib/load.h"
#include "tests/lib/pair.h"

enum { KILLS = 5 };

static void
nothing_is_lost_or_counted_twice(void **state)
{
	struct dice dice = {dice_seed()};
	struct pair_options o = {.name = "two-killed",
	    .n_miners = 4,
	    .per_second = 20,
	    .least_ms = 2,
	    .most_ms = 200,
	    .seed = dice.state};
	struct pair *p = pair_new(&o);
	int64_t from_us = clock_wall_us();
	struct pair_toll toll;

	(void)state;
	assert_non_null(p);
	load_go(p->load);
	assert_int_equal(pair_kill_often(p, &dice, KILLS), 0);
	assert_int_equal(pair_count(p, from_us, &toll), 0);
	printf("# seed %llu: kills %d jobs %ld lost %ld counted twice %ld "
	       "longest gap %.2f s\n",
	    (unsigned long long)o.seed, KILLS, (long)toll.jobs, (long)toll.lost,
	    (long)toll.doubled, toll.gap_s);
	assert_true(toll.jobs > 0);
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

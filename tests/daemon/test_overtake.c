/*
 * Nobody overtakes: while jobs wait for a miner that is full, a new one that
 * comes at the moment at which it is free goes behind them. And those that
 * wait are nobody's: the end of the instance that took them holds none up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/lib/db.h"
#include "tests/lib/proc.h"
#include "tests/lib/slot.h"
#include "tests/lib/suite.h"

enum { OLDER = 3, ROUNDS = 12, JOBS = OLDER + ROUNDS };
enum { ALL = 1 + JOBS + OLDER }; /* with the one of the beginning */

/* Without the sweep; who is killed is dead to the next one two seconds later.
 */
static int
set_up(void **state)
{
	return slot_set_up(
	    state, "overtake", "[orchestrator]\nsweep = 0s\nlease = 2s\n");
}

/* That many are queued, and no instance holds one of them. */
static void
wait_for_queued(struct slot *slot, int n)
{
	assert_int_equal(
	    db_wait_int(slot->s->db, n, 0,
		"select count(*) from job where state = 'queued' and "
		"lease_owner is null and next_try_at <= now()"),
	    0);
}

static void
who_came_first_goes_first(void **state)
{
	char ids[JOBS][40], next[40];
	struct slot *slot = *state;

	for (int i = 0; i < OLDER; i++)
		assert_int_equal(slot_submit(slot, ids[i]), 0);
	wait_for_queued(slot, OLDER);
	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(slot_finish(slot), 0);
		if (i < ROUNDS)
			assert_int_equal(slot_submit(slot, ids[OLDER + i]), 0);
		assert_int_equal(slot_next(slot, next), 0);
		assert_string_equal(next, ids[i]);
	}
}

static void
what_waits_is_nobodys(void **state)
{
	char ids[OLDER][40], next[40];
	struct slot *slot = *state;

	for (int i = 0; i < OLDER; i++)
		assert_int_equal(slot_submit(slot, ids[i]), 0);
	wait_for_queued(slot, OLDER);
	suite_kill(slot->s, SUITE_ORCHESTRATOR);
	assert_int_equal(suite_start(slot->s, SUITE_ORCHESTRATOR), 0);
	assert_non_null(proc_wait_event(
	    slot->s->daemons[SUITE_ORCHESTRATOR], "kinds.read", NULL, 0));
	for (int i = 0; i < OLDER; i++) {
		assert_int_equal(slot_finish(slot), 0);
		assert_int_equal(slot_next(slot, next), 0);
		assert_string_equal(next, ids[i]);
	}
}

/* Nothing was tried in vain, and nothing given up in between. */
static void
each_was_sent_once(void **state)
{
	struct slot *slot = *state;

	assert_int_equal(slot_finish(slot), 0);
	assert_int_equal(db_wait_int(slot->s->db, ALL, 0,
			     "select count(*) from job where state = 'done'"),
	    0);
	assert_int_equal(
	    db_int(slot->s->db, "select count(*) from attempt"), ALL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_came_first_goes_first),
	    cmocka_unit_test(what_waits_is_nobodys),
	    cmocka_unit_test(each_was_sent_once),
	};

	return cmocka_run_group_tests(tests, set_up, slot_tear_down);
}

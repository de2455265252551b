/* The miners in memory: what each can take at this moment, and why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/breaker.c"
#include "orchestrator/earned.c"
#include "orchestrator/lane.c"
#include "orchestrator/out.c"
#include "orchestrator/shares.c"
#include "orchestrator/table.c"

static const int64_t second_us = 1000000, start_us = 60000000000;
static const struct table_policy policy = {4, {2, 30000000}};

static struct miner *
put(struct table *t, const char *hotkey, int said)
{
	struct miner *m = table_add(t);

	m->hotkey = xstrdup(hotkey);
	m->address = xstrdup("192.0.2.1:8000");
	m->is_up = true;
	miner_say(m, "k", said, NAN);
	return m;
}

/* n miners "m000", ... in a wrong order, of so many slots. */
static void
fill(struct table *t, int n, int said)
{
	*t = (struct table){.policy = policy};
	for (int i = n; i-- > 0;) {
		char hotkey[16];

		snprintf(hotkey, sizeof(hotkey), "m%03d", i);
		put(t, hotkey, said);
	}
	table_ready(t, start_us);
}

static void
fail_to_out(struct miner *m, int64_t now_us)
{
	for (int i = 0; i < policy.breaker.after; i++) {
		miner_begin(m, "k");
		miner_end(m, "k", MINER_FAILED, now_us);
	}
}

/* -- why not --------------------------------------------------------------- */

/* Two instances, of which we are the one whose share of the lane is mine. */
static struct shares
shares_with(uint64_t lane, bool is_first)
{
	struct shares s = {.is_in = true,
	    .until_us = INT64_MAX,
	    .n = 2,
	    .peers = {shares_hash("a", ""), shares_hash("b", "")}};

	if ((shares_of(&s, 1, lane, 0) == 1) != is_first)
		s.mine = 1;
	return s;
}

/* A lane of so many said and earned, with so many in flight. */
static const struct {
	int said;
	double earned;
	int ours, others;
	const char *alone, *first, *second; /* of two that share it */
} lanes[] = {
    {3, 3, 0, 0, NULL, NULL, NULL},
    {3, 3, 1, 0, NULL, NULL, "share"},
    {3, 3, 2, 0, NULL, "share", "share"},
    {3, 3, 3, 0, "full", "full", "full"},
    {3, 3, 0, 2, NULL, NULL, NULL},
    {3, 3, 1, 2, "full", "full", "full"},
    {3, 3, 0, 3, "full", "full", "full"},
    {3, 9, 3, 0, "full", "full", "full"}, /* no more than it says */
    {9, 3, 3, 0, "full", "full", "full"}, /* nor than it has earned */
    {9, 1.9, 0, 0, NULL, NULL, "share"},
    {1, 1, 0, 0, NULL, NULL, "share"},
    {0, 4, 0, 0, "full", "full", "full"},
};

static const char *
why(size_t i, const struct shares *s)
{
	struct table t = {.policy = policy, .shares = s};
	struct miner *m = put(&t, "m", lanes[i].said);
	const char *busy;

	miner_say(m, "k", lanes[i].said, lanes[i].earned);
	table_ready(&t, start_us);
	lane_need(m, "k")->ours = lanes[i].ours;
	lane_need(m, "k")->others = lanes[i].others;
	busy = miner_busy(m, "k", start_us);
	table_count_end(&t, start_us);
	assert_int_equal(table_room(&t, "k", start_us), busy == NULL);
	table_clear(&t);
	return busy;
}

static void
assert_why(size_t i, const char *got, const char *wanted)
{
	if ((got == NULL) != (wanted == NULL) ||
	    (got != NULL && strcmp(got, wanted) != 0))
		fail_msg("%zu: %s", i, got != NULL ? got : "free");
}

static void
a_lane_is_full_or_anothers(void **state)
{
	uint64_t lane = shares_hash("m", "k");
	struct shares first = shares_with(lane, true);
	struct shares second = shares_with(lane, false);

	(void)state;
	for (size_t i = 0; i < sizeof(lanes) / sizeof(lanes[0]); i++) {
		assert_why(i, why(i, NULL), lanes[i].alone);
		assert_why(i, why(i, &first), lanes[i].first);
		assert_why(i, why(i, &second), lanes[i].second);
	}
}

static void
lanes_of_a_miner_are_their_own(void **state)
{
	struct table t = {.policy = policy};
	struct miner *m = put(&t, "m", 1);

	(void)state;
	miner_say(m, "other", 1, NAN);
	table_ready(&t, start_us);
	miner_begin(m, "k");
	assert_string_equal(miner_busy(m, "k", start_us), "full");
	assert_null(miner_busy(m, "other", start_us));
	assert_string_equal(miner_busy(m, "unheard of", start_us), "full");
	assert_int_equal(miner_slots(m, "unheard of"), 0);
	miner_end(m, "k", MINER_NEUTRAL, start_us);
	assert_null(miner_busy(m, "k", start_us));
	table_clear(&t);
}

static void
without_a_share_nothing_has_room(void **state)
{
	struct shares s = {.is_in = true, .until_us = start_us, .n = 1};
	struct table t = {.policy = policy, .shares = &s};

	(void)state;
	put(&t, "m", 3);
	table_ready(&t, start_us - 1);
	assert_int_equal(table_room(&t, "k", start_us - 1), 1);
	assert_int_equal(table_room(&t, "k", start_us), 0);
	assert_string_equal(miner_busy(&t.miners[0], "k", start_us), "share");
	table_clear(&t);
}

/* -- what is learnt -------------------------------------------------------- */

static void
slots_are_earned_by_those_who_use_them(void **state)
{
	struct table t;
	struct miner *m;

	(void)state;
	fill(&t, 1, 100);
	m = &t.miners[0];
	assert_true(lane_find(m, "k")->earned.slots == 4);
	miner_begin(m, "k"); /* one of four: less than half */
	miner_end(m, "k", MINER_DELIVERED, start_us);
	assert_true(lane_find(m, "k")->earned.slots == 4);
	miner_begin(m, "k");
	miner_begin(m, "k");
	miner_end(m, "k", MINER_DELIVERED, start_us);
	assert_true(lane_find(m, "k")->earned.slots == 4.25);
	miner_end(m, "k", MINER_FAILED, start_us);
	assert_true(fabs(lane_find(m, "k")->earned.slots - 2.975) < 1e-9);
	/* Others' count, too, and are counted down as theirs. */
	lane_find(m, "k")->others = 2;
	miner_end_other(m, "k", MINER_DELIVERED, start_us);
	assert_true(lane_find(m, "k")->earned.slots > 3);
	assert_int_equal(lane_find(m, "k")->others, 1);
	table_clear(&t);
}

/* A probe between two flushes does not count it twice. */
static void
what_it_says_changes_nothing_it_has_earned(void **state)
{
	struct table t;
	struct miner *m;

	(void)state;
	fill(&t, 1, 9);
	m = &t.miners[0];
	lane_find(m, "k")->others = 9;
	miner_end_other(m, "k", MINER_DELIVERED, start_us);
	assert_true(lane_find(m, "k")->earned.slots == 4.25);
	miner_say(m, "k", 9, NAN);
	assert_true(lane_find(m, "k")->earned.slots == 4.25);
	assert_true(lane_find(m, "k")->earned.raise == .25);
	miner_say(m, "k", 2, NAN);
	lane_find(m, "k")->others = 2;
	assert_string_equal(miner_busy(m, "k", start_us), "full");
	miner_say(m, "k", 9, NAN);
	assert_null(miner_busy(m, "k", start_us));
	table_clear(&t);
}

static void
what_is_down_loses_what_it_earned(void **state)
{
	struct table t;
	struct miner *m;

	(void)state;
	fill(&t, 1, 9);
	m = &t.miners[0];
	miner_say(m, "k", 9, 9);
	miner_up(m, false, start_us);
	assert_int_equal(table_room(&t, "k", start_us), 0);
	miner_up(m, false, start_us + 200 * second_us);
	miner_up(m, true, start_us + 300 * second_us);
	assert_true(fabs(lane_find(m, "k")->earned.slots - 5) < 1e-9);
	assert_int_equal(table_room(&t, "k", start_us + 300 * second_us), 1);
	table_clear(&t);
}

/* -- who is out ------------------------------------------------------------ */

static void
who_fails_is_out_and_comes_back_by_one(void **state)
{
	struct table t;
	struct miner *m;
	int64_t then_us = start_us + 30 * second_us;

	(void)state;
	fill(&t, 4, 3);
	m = &t.miners[1];
	miner_begin(m, "k");
	miner_end(m, "k", MINER_FAILED, start_us);
	assert_null(miner_busy(m, "k", start_us));
	miner_begin(m, "k");
	miner_end(m, "k", MINER_FAILED, start_us);
	assert_string_equal(miner_busy(m, "k", start_us), "ejected");
	assert_int_equal(table_room(&t, "k", start_us), 3);
	assert_int_equal(table_room(&t, "k", then_us - 1), 3);
	assert_int_equal(table_room(&t, "k", then_us + second_us), 4);
	assert_null(miner_busy(m, "k", then_us));
	miner_begin(m, "k");
	assert_string_equal(miner_busy(m, "k", then_us), "probing");
	assert_int_equal(table_room(&t, "k", then_us), 3);
	miner_end(m, "k", MINER_NEUTRAL, then_us); /* decides nothing */
	assert_null(miner_busy(m, "k", then_us));
	miner_begin(m, "k");
	miner_end(m, "k", MINER_FAILED, then_us);
	assert_string_equal(miner_busy(m, "k", then_us), "ejected");
	then_us += 60 * second_us;
	miner_begin(m, "k");
	miner_end(m, "k", MINER_DELIVERED, then_us);
	miner_begin(m, "k"); /* closed: as many as it has slots */
	assert_null(miner_busy(m, "k", then_us));
	table_clear(&t);
}

/* Of two instances, one tries a miner that is half open. */
static void
one_instance_tries_it(void **state)
{
	uint64_t lane = shares_hash("m000", "k");
	struct shares s[2] = {
	    shares_with(lane, true), shares_with(lane, false)};
	int64_t then_us = start_us + 30 * second_us;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct table t;

		fill(&t, 2, 4);
		t.shares = &s[i];
		fail_to_out(&t.miners[0], start_us);
		assert_why(i, miner_busy(&t.miners[0], "k", then_us),
		    i == 0 ? NULL : "share");
		table_clear(&t);
	}
}

static size_t
count_ejected(struct table *t, int64_t now_us)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const char *busy = miner_busy(&t->miners[i], "k", now_us);

		n += busy != NULL && strcmp(busy, "ejected") == 0;
	}
	return n;
}

/* Beyond half, it is likely us: the one that is out longest is let in. */
static void
no_more_than_half_are_out(void **state)
{
	static const size_t sizes[] = {1, 2, 3, 10, 101};

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct table t;

		fill(&t, (int)sizes[k], 3);
		for (size_t i = 0; i < t.n; i++) {
			size_t most = t.n / 2;

			fail_to_out(&t.miners[i], start_us + (int64_t)i);
			assert_int_equal(count_ejected(&t, start_us + 200),
			    i + 1 < most ? i + 1 : most);
			assert_int_equal(table_room(&t, "k", start_us + 200),
			    t.n - count_ejected(&t, start_us + 200));
		}
		/* Those at the end are. */
		for (size_t i = 0; i < t.n; i++)
			assert_int_equal(
			    t.miners[i].breaker.is_let_in, i < t.n - t.n / 2);
		table_clear(&t);
	}
}

/* Half of those that are up: when others go down, more are let in. */
static void
who_is_down_is_not_counted(void **state)
{
	struct table t;

	(void)state;
	fill(&t, 4, 3);
	fail_to_out(&t.miners[0], start_us);
	fail_to_out(&t.miners[1], start_us + 1);
	assert_int_equal(count_ejected(&t, start_us + 2), 2);
	miner_up(&t.miners[3], false, start_us + 2);
	assert_int_equal(count_ejected(&t, start_us + 2), 1);
	assert_true(t.miners[0].breaker.is_let_in);
	miner_up(&t.miners[2], false, start_us + 3);
	assert_int_equal(count_ejected(&t, start_us + 3), 1);
	assert_int_equal(table_room(&t, "k", start_us + 3), 1);
	table_clear(&t);
}

/* -- counted anew ---------------------------------------------------------- */

static void
what_is_in_flight_is_what_the_rows_say(void **state)
{
	struct table t;
	struct lane *l;

	(void)state;
	fill(&t, 2, 4);
	l = lane_find(&t.miners[1], "k");
	l->ours = 3;
	l->others = 1;
	table_count_begin(&t);
	table_count_clear(&t);
	table_count(&t, "m001", "k", 1, 2, 0);
	table_count(&t, "nobody", "k", 9, 9, 9);
	table_count_end(&t, start_us);
	assert_int_equal(l->ours, 1);
	assert_int_equal(l->others, 2);
	assert_int_equal(table_room(&t, "k", start_us), 2);
	table_clear(&t);
}

/* Whose count was asked for, by the time at which it was begun. */
static void
count_one(struct table *t, int rows)
{
	table_count_clear(t);
	table_count(t, "m001", "k", rows, 0, 0);
	table_count_end(t, start_us);
}

static void
what_is_being_made_may_not_be_in_the_rows(void **state)
{
	struct table t;
	struct lane *l;

	(void)state;
	fill(&t, 2, 4);
	l = lane_find(&t.miners[1], "k");
	miner_begin(&t.miners[1], "k");
	table_count_begin(&t);
	count_one(&t, 0);
	assert_int_equal(l->ours, 1); /* begun before it was asked */
	table_made(&t, "m001", "k");
	table_count_begin(&t);
	miner_begin(&t.miners[1], "k");
	count_one(&t, 1);
	assert_int_equal(l->ours, 2); /* one there, one begun meanwhile */
	table_made(&t, "m001", "k");
	table_count_begin(&t);
	count_one(&t, 2);
	assert_int_equal(l->ours, 2);
	assert_int_equal(table_room(&t, "k", start_us), 2);
	table_clear(&t);
}

static void
probes_are_counted_too(void **state)
{
	struct table t;
	struct miner *m;
	int64_t then_us = start_us + 31 * second_us;

	(void)state;
	fill(&t, 2, 4);
	m = &t.miners[0];
	fail_to_out(m, start_us);
	assert_null(miner_busy(m, "k", then_us));
	table_count_begin(&t);
	table_count_clear(&t);
	table_count(&t, "m000", "k", 0, 1, 1);
	table_count_end(&t, then_us);
	assert_string_equal(miner_busy(m, "k", then_us), "probing");
	table_clear(&t);
}

/* -- another generation ---------------------------------------------------- */

static void
another_table_keeps_what_is_under_way(void **state)
{
	struct table t, fresh = {.policy = policy};
	struct miner *m;

	(void)state;
	fill(&t, 3, 10);
	for (int i = 0; i < 2; i++)
		miner_begin(&t.miners[1], "k");
	miner_end(&t.miners[1], "k", MINER_DELIVERED, start_us);
	fail_to_out(&t.miners[2], start_us);
	put(&fresh, "new", 1);
	put(&fresh, "m001", 10);
	miner_say(&fresh.miners[1], "k", 10, 6); /* as the row has it */
	put(&fresh, "m002", 10);
	table_replace(&t, &fresh, start_us, start_us + 1);
	assert_int_equal(t.n, 3);
	assert_null(table_find(&t, "m000"));
	m = table_find(&t, "m001");
	assert_int_equal(lane_find(m, "k")->ours, 1);
	assert_true(lane_find(m, "k")->earned.slots == 6.25);
	/* Read before its failure was written: it is out nevertheless. */
	assert_string_equal(
	    miner_busy(table_find(&t, "m002"), "k", start_us + 1), "ejected");
	assert_int_equal(table_room(&t, "k", start_us + 1), 2);
	/* Read long after: it is as the row says. */
	put(&fresh, "m002", 10);
	table_replace(&t, &fresh, start_us + 5 * second_us, start_us + 1);
	assert_null(miner_busy(table_find(&t, "m002"), "k", start_us + 1));
	assert_int_equal(table_room(&t, "k", start_us + 1), 1);
	table_clear(&t);
}

/* An attempt at a miner that says no more of its kind still counts when it
 * says so again. */
static void
what_is_in_flight_outlives_what_is_said(void **state)
{
	struct table t, fresh = {.policy = policy};

	(void)state;
	fill(&t, 1, 1);
	miner_begin(&t.miners[0], "k");
	put(&fresh, "m000", 0);
	table_replace(&t, &fresh, start_us, start_us);
	miner_say(&t.miners[0], "k", 1, NAN);
	assert_string_equal(miner_busy(&t.miners[0], "k", start_us), "full");
	table_clear(&t);
}

/* Told while its row was read: it holds until a read that must have it. */
static void
what_a_miner_tells_outlives_an_older_row(void **state)
{
	struct table t, fresh = {.policy = policy};
	struct miner *m;

	(void)state;
	fill(&t, 2, 3);
	miner_tells(&t.miners[0], "k", 0, start_us);
	miner_tells(&t.miners[1], "other", 2, start_us);
	put(&fresh, "m000", 3);
	put(&fresh, "m001", 3);
	table_replace(&t, &fresh, start_us - 1, start_us + 1);
	m = table_find(&t, "m001");
	assert_int_equal(miner_slots(table_find(&t, "m000"), "k"), 0);
	assert_int_equal(miner_slots(m, "k"), 3);
	assert_int_equal(miner_slots(m, "other"), 2);
	assert_null(miner_busy(m, "other", start_us + 1));
	assert_int_equal(table_room(&t, "other", start_us + 1), 1);
	assert_int_equal(table_room(&t, "k", start_us + 1), 1);
	put(&fresh, "m000", 3);
	put(&fresh, "m001", 3);
	table_replace(&t, &fresh, start_us + 5 * second_us, start_us + 1);
	assert_int_equal(miner_slots(table_find(&t, "m000"), "k"), 3);
	assert_int_equal(miner_slots(table_find(&t, "m001"), "other"), 0);
	assert_int_equal(table_room(&t, "other", start_us + 1), 0);
	assert_int_equal(table_room(&t, "k", start_us + 1), 2);
	table_clear(&t);
}

/* -- room, whatever happens ------------------------------------------------ */

static uint32_t
random_of(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static void
happen(struct table *t, uint32_t *seed, int64_t now_us)
{
	struct miner *m = &t->miners[random_of(seed, (uint32_t)t->n)];

	switch (random_of(seed, 8)) {
	case 0:
		miner_up(m, random_of(seed, 3) > 0, now_us);
		return;
	case 1:
		miner_say(m, "k", (int)random_of(seed, 4), NAN);
		return;
	case 2:
		miner_end(m, "k", MINER_DELIVERED, now_us);
		return;
	case 3:
	case 4:
		miner_end(m, "k", MINER_FAILED, now_us);
		return;
	default:
		if (miner_may_be_drawn(m) && miner_busy(m, "k", now_us) == NULL)
			miner_begin(m, "k");
	}
}

static void
room_is_what_asking_each_gives(void **state)
{
	size_t with_room = 0;

	(void)state;
	for (uint32_t seed = 1; seed < 20; seed++) {
		int64_t now_us = start_us;
		uint32_t s = seed;
		struct table t;

		fill(&t, 7, 3);
		for (int i = 0; i < 500; i++) {
			size_t n = 0;

			/* Never sooner than it looks again. */
			now_us += second_us / 5 * (1 + random_of(&s, 20));
			happen(&t, &s, now_us);
			for (size_t k = 0; k < t.n; k++)
				n += miner_may_be_drawn(&t.miners[k]) &&
				     miner_busy(&t.miners[k], "k",
					 now_us + second_us / 5) == NULL;
			assert_int_equal(
			    table_room(&t, "k", now_us + second_us / 5), n);
			with_room += n;
		}
		table_clear(&t);
	}
	assert_true(with_room > 1000);
}

static void
many_are_found(void **state)
{
	struct table t;

	(void)state;
	fill(&t, 1000, 1);
	assert_int_equal(table_room(&t, "k", start_us), 1000);
	assert_int_equal(table_room(&t, "other", start_us), 0);
	for (int i = 0; i < 1000; i++) {
		char hotkey[16];

		snprintf(hotkey, sizeof(hotkey), "m%03d", i);
		assert_ptr_equal(table_find(&t, hotkey), &t.miners[i]);
	}
	assert_null(table_find(&t, "m"));
	assert_null(table_find(&t, "m0000"));
	table_clear(&t);
	assert_null(table_find(&t, "m000"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_lane_is_full_or_anothers),
	    cmocka_unit_test(lanes_of_a_miner_are_their_own),
	    cmocka_unit_test(without_a_share_nothing_has_room),
	    cmocka_unit_test(slots_are_earned_by_those_who_use_them),
	    cmocka_unit_test(what_it_says_changes_nothing_it_has_earned),
	    cmocka_unit_test(what_is_down_loses_what_it_earned),
	    cmocka_unit_test(who_fails_is_out_and_comes_back_by_one),
	    cmocka_unit_test(one_instance_tries_it),
	    cmocka_unit_test(no_more_than_half_are_out),
	    cmocka_unit_test(who_is_down_is_not_counted),
	    cmocka_unit_test(what_is_in_flight_is_what_the_rows_say),
	    cmocka_unit_test(what_is_being_made_may_not_be_in_the_rows),
	    cmocka_unit_test(probes_are_counted_too),
	    cmocka_unit_test(another_table_keeps_what_is_under_way),
	    cmocka_unit_test(what_is_in_flight_outlives_what_is_said),
	    cmocka_unit_test(what_a_miner_tells_outlives_an_older_row),
	    cmocka_unit_test(room_is_what_asking_each_gives),
	    cmocka_unit_test(many_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

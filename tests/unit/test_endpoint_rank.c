/* Which endpoint is used, with heads and a clock made by hand. */
#include "subtensor/endpoint_rank.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SLOT = 12000, START = 1000000 };

struct scene {
	struct rank r;
	int64_t now;
	uint64_t height;
};

static void
both(struct scene *s, size_t i, uint64_t number)
{
	rank_told(&s->r, i, RANK_BEST, number + 2, s->now);
	rank_told(&s->r, i, RANK_FINALIZED, number, s->now);
}

/* n endpoints that are up and of one mind, the first of them in use. */
static struct scene
scene_of(size_t n)
{
	struct scene s = {.now = START, .height = 100};

	rank_init(&s.r, n, s.now);
	for (size_t i = 0; i < n; i++) {
		rank_opened(&s.r, i, false, s.now);
		both(&s, i, s.height);
		if (i == 0)
			assert_true(rank_choose(&s.r, s.now));
	}
	assert_false(rank_choose(&s.r, s.now));
	assert_int_equal(s.r.current, 0);
	return s;
}

/* One block more for all but one, who does whatever it does. */
static void
block(struct scene *s, size_t but)
{
	s->now += SLOT;
	s->height++;
	for (size_t i = 0; i < s->r.n; i++)
		if (i != but)
			both(s, i, s->height);
}

static void
nobody_is_used_before_it_has_told_a_head(void **state)
{
	struct rank r;

	(void)state;
	rank_init(&r, 2, START);
	assert_false(rank_choose(&r, START));
	assert_int_equal(r.current, RANK_NOBODY);
	rank_opened(&r, 1, false, START);
	assert_false(rank_choose(&r, START));
	rank_told(&r, 1, RANK_FINALIZED, 5, START);
	assert_true(rank_choose(&r, START));
	assert_int_equal(r.current, 1);
	rank_closed(&r, 1, START);
	assert_true(rank_choose(&r, START));
	assert_int_equal(r.current, RANK_NOBODY);
}

/* Of two as of three: silent while the others go on. */
static void
a_frozen_head_is_left_within_five_blocks(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 5; n++) {
		struct scene s = scene_of(n);
		int blocks = 0;

		while (!rank_choose(&s.r, s.now) && blocks < 20) {
			block(&s, 0);
			blocks++;
		}
		assert_int_not_equal(s.r.current, 0);
		assert_in_range(blocks, RANK_MAX_LAG, RANK_MAX_LAG + 1);
		assert_true(s.now - START <= 60000);
	}
}

static void
one_that_is_slow_by_a_block_or_two_is_kept(void **state)
{
	struct scene s = scene_of(3);

	(void)state;
	for (int i = 0; i < 100; i++) {
		block(&s, 0);
		both(&s, 0, s.height - 2);
		assert_false(rank_choose(&s.r, s.now) && i < 8);
		assert_true(rank_is_usable(&s.r, 0, s.now));
	}
	assert_int_not_equal(s.r.current, 0); /* but another is better */
}

static void
finality_that_rests_at_one_node_is_noticed(void **state)
{
	struct scene s = scene_of(3);

	(void)state;
	for (int i = 0; i < RANK_MAX_LAG; i++) {
		block(&s, 0);
		rank_told(&s.r, 0, RANK_BEST, s.height + 2, s.now);
	}
	assert_false(rank_is_usable(&s.r, 0, s.now));
	assert_false(rank_choose(&s.r, s.now));
	assert_true(rank_choose(&s.r, s.now + SLOT / 2));
}

/* It tells of heads that are not there, as fast as it likes. */
static void
who_makes_heads_up_makes_nobody_late(void **state)
{
	(void)state;
	for (size_t n = 2; n <= 4; n++) {
		struct scene s = scene_of(n);

		for (uint64_t i = 0; i < 50; i++) {
			for (uint64_t k = 0; k < 10; k++)
				both(&s, n - 1, 1000 + 10 * i + k);
			block(&s, n - 1);
			assert_false(rank_choose(&s.r, s.now));
			assert_false(rank_is_usable(&s.r, n - 1, s.now));
			assert_int_equal(rank_lag(&s.r, 0, s.now), 0);
		}
		assert_int_equal(
		    rank_middle(&s.r, RANK_FINALIZED, s.now), s.height);
	}
}

/* It was alone and believed; then an honest one comes. */
static void
who_made_heads_up_is_left_once_there_is_another(void **state)
{
	struct rank r;

	(void)state;
	rank_init(&r, 3, START);
	rank_opened(&r, 0, false, START);
	rank_told(&r, 0, RANK_FINALIZED, 5000, START);
	assert_true(rank_choose(&r, START));
	rank_opened(&r, 2, false, START);
	rank_told(&r, 2, RANK_FINALIZED, 100, START);
	assert_false(rank_choose(&r, START));
	assert_false(rank_choose(&r, START + SLOT / 2 - 1));
	assert_true(rank_choose(&r, START + SLOT / 2));
	assert_int_equal(r.current, 2);
}

/* A hundred blocks become final at once, and one node knows a second before
 * or after the others. */
static void
finality_in_bursts_moves_nobody(void **state)
{
	(void)state;
	for (uint64_t step = 0; step < 60; step++) {
		size_t n = 2 + step % 3, odd = step / 3 % n;
		struct scene s = scene_of(n);
		bool is_first = step & 1;

		s.now += SLOT;
		s.height += 100;
		for (size_t i = 0; i < n; i++)
			if ((i == odd) == is_first)
				both(&s, i, s.height);
		assert_false(rank_choose(&s.r, s.now));
		s.now += 1000;
		assert_false(rank_choose(&s.r, s.now));
		for (size_t i = 0; i < n; i++)
			both(&s, i, s.height);
		assert_false(rank_choose(&s.r, s.now));
		assert_false(s.r.is_off);
		for (size_t i = 0; i < n; i++)
			assert_true(rank_is_usable(&s.r, i, s.now));
	}
}

static void
most_is_more_than_half_of_all_that_are_not_out(void **state)
{
	static const struct {
		size_t n, out, same;
		bool is_most;
	} cases[] = {
	    {1, 0, 1, false}, /* nobody is of one mind alone */
	    {2, 0, 1, false},
	    {2, 0, 2, true},
	    {2, 1, 1, false},
	    {3, 0, 1, false},
	    {3, 0, 2, true},
	    {4, 0, 2, false},
	    {4, 1, 2, true},
	    {5, 0, 2, false},
	    {5, 0, 3, true},
	    {16, 0, 8, false},
	    {16, 0, 9, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rank r;

		rank_init(&r, cases[i].n, START);
		for (size_t k = 0; k < cases[i].out; k++)
			rank_lied(&r, k, START);
		assert_int_equal(
		    rank_is_most(&r, cases[i].same, START), cases[i].is_most);
	}
}

static void
a_chain_that_stands_still_is_nobodys_fault(void **state)
{
	struct scene s = scene_of(3);

	(void)state;
	s.now += 100 * SLOT;
	assert_true(rank_is_stale(&s.r, 0, s.now));
	assert_false(rank_choose(&s.r, s.now));
	assert_int_equal(s.r.current, 0);
	rank_closed(&s.r, 0, s.now);
	assert_true(rank_choose(&s.r, s.now));
	assert_int_not_equal(s.r.current, RANK_NOBODY);
}

/* Much cheaper for ten slots, not for nine, and not by turns. */
static void
a_better_one_must_stay_better(void **state)
{
	struct scene s = scene_of(2);

	(void)state;
	s.r.views[0].latency_ms = 5000;
	s.r.views[1].latency_ms = 50;
	for (int i = 0; i < RANK_HOLD_SLOTS - 1; i++) {
		assert_false(rank_choose(&s.r, s.now));
		block(&s, RANK_NOBODY);
	}
	s.r.views[0].latency_ms = 60;
	assert_false(rank_choose(&s.r, s.now));
	s.r.views[0].latency_ms = 5000;
	for (int i = 0; i < RANK_HOLD_SLOTS; i++) {
		assert_false(rank_choose(&s.r, s.now));
		block(&s, RANK_NOBODY);
	}
	assert_true(rank_choose(&s.r, s.now));
	assert_int_equal(s.r.current, 1);
}

static void
a_little_better_is_not_worth_it(void **state)
{
	struct scene s = scene_of(2);

	(void)state;
	s.r.views[0].latency_ms = 300;
	s.r.views[1].latency_ms = 10;
	for (int i = 0; i < 100; i++) {
		assert_false(rank_choose(&s.r, s.now));
		block(&s, RANK_NOBODY);
	}
}

static void
errors_pass_with_time(void **state)
{
	struct scene s = scene_of(2);

	(void)state;
	rank_failed(&s.r, 0, RANK_MAX_ERRORS, s.now);
	assert_false(rank_is_usable(&s.r, 0, s.now));
	assert_true(rank_choose(&s.r, s.now));
	assert_int_equal(s.r.current, 1);
	for (int i = 0; i < 10; i++)
		block(&s, RANK_NOBODY);
	assert_true(rank_is_usable(&s.r, 0, s.now));
	assert_true(rank_errors(&s.r, 0, s.now) == 1);
	assert_false(rank_choose(&s.r, s.now));
}

static void
a_liar_is_out_longer_each_time(void **state)
{
	struct scene s = scene_of(3);
	int64_t out_ms = 600000;

	(void)state;
	for (int lie = 0; lie < 12; lie++) {
		rank_lied(&s.r, 0, s.now);
		assert_false(rank_is_trusted(&s.r, 0, s.now + out_ms - 1));
		assert_true(rank_is_trusted(&s.r, 0, s.now + out_ms));
		assert_false(rank_is_usable(&s.r, 0, s.now));
		s.now += out_ms;
		out_ms = out_ms * 2 > 86400000 ? 86400000 : out_ms * 2;
	}
}

static void
the_only_endpoint_can_not_be_out(void **state)
{
	struct scene s = scene_of(1);

	(void)state;
	rank_lied(&s.r, 0, s.now);
	assert_true(rank_is_usable(&s.r, 0, s.now));
	assert_false(rank_choose(&s.r, s.now));
}

/* A liar is worse than none. */
static void
nobody_is_better_than_a_liar(void **state)
{
	struct scene s = scene_of(2);

	(void)state;
	rank_lied(&s.r, 0, s.now);
	rank_closed(&s.r, 1, s.now);
	assert_true(rank_choose(&s.r, s.now));
	assert_int_equal(s.r.current, RANK_NOBODY);
}

/* Whatever happens in whatever order: who is used is up and trusted, and
 * usable if anybody is. */
static void
the_choice_holds_in_any_order(void **state)
{
	uint64_t x = 88172645463325252u;
	struct scene s = scene_of(4);

	(void)state;
	for (int step = 0; step < 200000; step++) {
		size_t i, usable = 0;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		i = x % s.r.n;
		s.now += (int64_t)(x >> 8) % 4000;
		if (x >> 20 & 1)
			both(&s, i, s.height + (x >> 24) % 3);
		else if ((x >> 30) % 16 == 0)
			rank_closed(&s.r, i, s.now);
		else if ((x >> 34) % 4 == 0)
			rank_opened(&s.r, i, x >> 40 & 1, s.now);
		else if ((x >> 44) % 64 == 0)
			rank_lied(&s.r, i, s.now);
		else if ((x >> 50) % 8 == 0)
			both(&s, i, x >> 53);
		s.height += (x >> 57) % 4 == 0;
		rank_choose(&s.r, s.now);
		for (size_t k = 0; k < s.r.n; k++)
			usable += rank_is_usable(&s.r, k, s.now);
		if (usable > 0 && !s.r.is_off)
			assert_true(rank_is_usable(&s.r, s.r.current, s.now));
		else if (s.r.current != RANK_NOBODY)
			assert_true(s.r.views[s.r.current].is_up &&
				    rank_is_trusted(&s.r, s.r.current, s.now));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_is_used_before_it_has_told_a_head),
	    cmocka_unit_test(a_frozen_head_is_left_within_five_blocks),
	    cmocka_unit_test(one_that_is_slow_by_a_block_or_two_is_kept),
	    cmocka_unit_test(finality_that_rests_at_one_node_is_noticed),
	    cmocka_unit_test(who_makes_heads_up_makes_nobody_late),
	    cmocka_unit_test(who_made_heads_up_is_left_once_there_is_another),
	    cmocka_unit_test(finality_in_bursts_moves_nobody),
	    cmocka_unit_test(most_is_more_than_half_of_all_that_are_not_out),
	    cmocka_unit_test(a_chain_that_stands_still_is_nobodys_fault),
	    cmocka_unit_test(a_better_one_must_stay_better),
	    cmocka_unit_test(a_little_better_is_not_worth_it),
	    cmocka_unit_test(errors_pass_with_time),
	    cmocka_unit_test(a_liar_is_out_longer_each_time),
	    cmocka_unit_test(the_only_endpoint_can_not_be_out),
	    cmocka_unit_test(nobody_is_better_than_a_liar),
	    cmocka_unit_test(the_choice_holds_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

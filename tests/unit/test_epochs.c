/*
 * Epochs: the recorded vectors, and both rules against a walk over every
 * block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "subtensor/epochs.h"
#include "tests/lib/chaindata.h"

static const struct beacon_times quicknet = {1692803367, 3};

/* What the chain does at a block: is it due, and what is left behind. */
static bool
is_due(const struct epochs *e, uint64_t block)
{
	if (e->tempo == 0)
		return false;
	if (!e->is_counted)
		return (block + e->netuid + 1) % (e->tempo + 1) == 0;
	return (e->pending > 0 && block >= e->pending) || e->since > 50400 ||
	       (block >= e->last && block - e->last >= e->tempo);
}

static uint64_t
index_at(const struct epochs *e, uint64_t block)
{
	if (!e->is_counted)
		return (block + e->netuid + 1) / (e->tempo + 1);
	return e->index + is_due(e, block);
}

static void
walk_over(struct epochs *e, uint64_t block)
{
	if (is_due(e, block)) {
		e->last = block;
		e->pending = 0;
		e->index++;
		e->since = 0;
	} else {
		e->since++;
	}
}

/* Block by block; 0 if it is none of the next `far`. */
static uint64_t
walk_to_reveal(struct epochs e, uint64_t period, uint64_t far)
{
	uint64_t wanted = index_at(&e, e.current + 1) + period;

	for (uint64_t b = e.current + 1; b <= e.current + far; b++) {
		if (index_at(&e, b) == wanted)
			return b;
		walk_over(&e, b);
	}
	return 0;
}

static uint64_t
walk_to_next(struct epochs e, uint64_t far)
{
	for (uint64_t b = e.current + 1; b <= e.current + far; b++) {
		if (is_due(&e, b))
			return b;
		walk_over(&e, b);
	}
	return 0;
}

static void
assert_as_walked(const struct epochs *e, uint64_t period, uint64_t far)
{
	uint64_t walked = walk_to_reveal(*e, period, far), block = 0;
	int res = epochs_reveal_block(e, period, &block, NULL);

	if (e->tempo == 0) {
		assert_int_equal(res, -1);
	} else {
		assert_int_equal(res, 0);
		if (walked != 0 || block <= e->current + far)
			assert_int_equal(block, walked);
	}
	assert_int_equal(epochs_due(e), is_due(e, e->current + 1));
	assert_int_equal(epochs_next_index(e), index_at(e, e->current + 1));
	walked = walk_to_next(*e, far);
	block = epochs_next_block(e);
	if (walked != 0 || block <= e->current + far)
		assert_int_equal(block, walked);
}

static uint64_t
get(const json_t *row, const char *name)
{
	const json_t *value = json_object_get(row, name);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void
reveal_blocks_are_as_recorded(void **state)
{
	json_t *file, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("derived_vectors.json");
	json_array_foreach(json_object_get(file, "reveal_block"), i, row)
	{
		struct epochs e = {.is_counted = true,
		    .tempo = get(row, "tempo"),
		    .last = get(row, "last"),
		    .pending = get(row, "pending"),
		    .index = get(row, "index"),
		    .since = get(row, "since"),
		    .current = get(row, "current")};
		uint64_t block = 0;

		assert_int_equal(
		    epochs_reveal_block(&e, get(row, "period"), &block, NULL),
		    0);
		assert_int_equal(block, get(row, "expected"));
		assert_as_walked(&e, get(row, "period"), 2000);
	}
	print_message("%zu vectors of derived_vectors.json reveal_block\n", i);
	assert_int_equal(i, 4);
	json_decref(file);
}

/* last, pending, index, tempo, since, current, period: the block. */
static void
reveal_blocks_are_the_described_ones(void **state)
{
	static const uint64_t cases[][8] = {
	    {10, 0, 0, 50, 0, 10, 1, 60},
	    {80, 95, 0, 20, 0, 91, 1, 95},
	    {720, 0, 2, 360, 2, 722, 1, 1080},
	    {720, 0, 2, 360, 2, 722, 2, 1440},
	    {720, 0, 2, 360, 359, 1079, 1, 1440},
	    {720, 730, 2, 360, 2, 722, 1, 730},
	    {720, 723, 2, 360, 2, 722, 1, 1083},
	    {720, 0, 2, 360, 50401, 722, 1, 1083},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const uint64_t *c = cases[i];
		struct epochs e = {.is_counted = true,
		    .last = c[0],
		    .pending = c[1],
		    .index = c[2],
		    .tempo = c[3],
		    .since = c[4],
		    .current = c[5]};
		uint64_t block = 0;

		assert_int_equal(
		    epochs_reveal_block(&e, c[6], &block, NULL), 0);
		assert_int_equal(block, c[7]);
		assert_as_walked(&e, c[6], 2000);
	}
}

/* A small generator, so that a failure comes again. */
static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 33) % below;
}

static void
a_jump_lands_where_a_walk_does(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct epochs e = {.is_counted = i % 4 != 0};

		e.netuid = draw(&seed, 300);
		e.tempo = draw(&seed, 40);
		e.current = 1000 + draw(&seed, 1000);
		e.last = e.current + 2 - draw(&seed, 60);
		if (draw(&seed, 3) == 0)
			e.pending = e.current - 10 + draw(&seed, 60);
		e.index = draw(&seed, 5);
		e.since = draw(&seed, 4) != 0 ? draw(&seed, 40)
					      : 50380 + draw(&seed, 40);
		assert_as_walked(&e, draw(&seed, 6), 400);
	}
}

/* Where the limit of blocks without a step comes before the tempo does. */
static void
a_long_tempo_is_cut_short_by_the_limit(void **state)
{
	uint64_t seed = 2;

	(void)state;
	for (int i = 0; i < 40; i++) {
		struct epochs e = {.is_counted = true};

		e.tempo = 50395 + draw(&seed, 15);
		e.current = 60000;
		e.last = e.current - draw(&seed, 50400);
		e.since = draw(&seed, 50410);
		e.pending = draw(&seed, 2) * (e.current + draw(&seed, 60000));
		assert_as_walked(&e, 1 + draw(&seed, 3), 220000);
	}
}

static void
a_tempo_of_0_has_no_epochs(void **state)
{
	static const bool rules[] = {false, true};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct epochs e = {.is_counted = rules[i],
		    .pending = 1,
		    .since = 60000,
		    .current = 5};
		struct err err = {""};
		uint64_t block = 9;

		assert_int_equal(epochs_reveal_block(&e, 1, &block, &err), -1);
		assert_non_null(strstr(err.text, "tempo"));
		assert_int_equal(block, 9);
		assert_int_equal(epochs_next_block(&e), 0);
		assert_false(epochs_due(&e));
	}
}

static void
what_is_beyond_the_horizon_is_refused(void **state)
{
	static const struct epochs cases[] = {
	    {.is_counted = true, .tempo = UINT64_MAX},
	    {.is_counted = true, .tempo = 360, .last = UINT64_MAX},
	    {.is_counted = true, .tempo = 360, .current = UINT64_MAX},
	    {.is_counted = true, .tempo = 360, .current = UINT64_MAX - 1},
	    {.is_counted = true,
		.tempo = 1,
		.index = UINT64_MAX,
		.since = UINT64_MAX,
		.pending = UINT64_MAX,
		.last = UINT64_MAX},
	    {.tempo = UINT64_MAX, .netuid = 65535},
	    {.tempo = 360, .current = UINT64_MAX},
	};
	uint64_t block = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    epochs_reveal_block(&cases[i], UINT64_MAX, &block, NULL),
		    -1);
		epochs_next_block(&cases[i]);
		epochs_next_index(&cases[i]);
	}
	assert_int_equal(
	    epochs_reveal_block(
		&(struct epochs){.is_counted = true, .tempo = 50400}, 60,
		&block, NULL),
	    0);
	assert_int_equal(block, EPOCHS_HORIZON);
	assert_int_equal(
	    epochs_reveal_block(
		&(struct epochs){.is_counted = true, .tempo = 50400}, 61,
		&block, NULL),
	    -1);
}

/* netuid 11, tempo 360: epochs begin where (block + 12) is a multiple of
 * 361, as at 361 * 3 - 12 = 1071. */
static void
older_runtimes_count_by_the_block_number(void **state)
{
	struct epochs e = {.netuid = 11, .tempo = 360, .current = 1069};
	uint64_t block;

	(void)state;
	assert_false(epochs_due(&e));
	assert_int_equal(epochs_next_index(&e), 2);
	assert_int_equal(epochs_next_block(&e), 1071);
	assert_int_equal(epochs_reveal_block(&e, 1, &block, NULL), 0);
	assert_int_equal(block, 1071);
	e.current = 1070;
	assert_true(epochs_due(&e));
	assert_int_equal(epochs_next_index(&e), 3);
	assert_int_equal(epochs_next_block(&e), 1071);
	assert_int_equal(epochs_reveal_block(&e, 1, &block, NULL), 0);
	assert_int_equal(block, 1432);
	assert_int_equal(epochs_reveal_block(&e, 2, &block, NULL), 0);
	assert_int_equal(block, 1793);
}

static void
rounds_follow_the_clock(void **state)
{
	int64_t genesis_ms = 1692803367000;
	const struct {
		uint64_t current, reveal;
		int64_t now_ms;
		uint64_t round;
	} cases[] = {
	    {100, 100, genesis_ms, 12}, /* three blocks of 12 s */
	    {100, 100, genesis_ms + 2999, 12},
	    {100, 100, genesis_ms + 3000, 13}, {100, 459, genesis_ms, 1448},
	    {100, 100, genesis_ms - 36000, 1}, /* 0 is no round */
	    {100, 100, 0, 1},
	    {100, 90, genesis_ms + 6000, 2}, /* the past is now */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    epochs_reveal_round(&quicknet, cases[i].current,
			cases[i].reveal, 12000, cases[i].now_ms),
		    cases[i].round);
	assert_true(epochs_reveal_round(&quicknet, 0, UINT64_MAX, 12000,
			INT64_MAX) > (uint64_t)INT64_MAX / 3000);
	assert_true(epochs_reveal_round(
			&(struct beacon_times){0, 0}, 0, 1, 12000, 0) >= 1);
}

static void
a_round_is_published_when_it_is(void **state)
{
	static const struct beacon_times far = {UINT64_MAX, UINT64_MAX};

	(void)state;
	assert_int_equal(epochs_round_ms(&quicknet, 1), 1692803367000);
	assert_int_equal(epochs_round_ms(&quicknet, 2), 1692803370000);
	assert_int_equal(epochs_round_ms(&quicknet, 0), 1692803367000);
	assert_int_equal(epochs_round_ms(&quicknet, 1000), 1692806364000);
	assert_int_equal(epochs_round_ms(&far, UINT64_MAX), INT64_MAX);
}

/* The round encrypted to is out by three blocks after the reveal block, and
 * not long before. */
static void
a_reveal_round_is_out_in_time(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = 1700000000000 + draw(&seed, 1000000000);
		uint64_t reveal = 1 + draw(&seed, 720);
		uint64_t round =
		    epochs_reveal_round(&quicknet, 0, reveal, 12000, now);
		int64_t then = now + 12000 * ((int64_t)reveal + 3);
		int64_t out = epochs_round_ms(&quicknet, round);

		assert_true(out <= then - 3000 && out > then - 6000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reveal_blocks_are_as_recorded),
	    cmocka_unit_test(reveal_blocks_are_the_described_ones),
	    cmocka_unit_test(a_jump_lands_where_a_walk_does),
	    cmocka_unit_test(a_long_tempo_is_cut_short_by_the_limit),
	    cmocka_unit_test(a_tempo_of_0_has_no_epochs),
	    cmocka_unit_test(what_is_beyond_the_horizon_is_refused),
	    cmocka_unit_test(older_runtimes_count_by_the_block_number),
	    cmocka_unit_test(rounds_follow_the_clock),
	    cmocka_unit_test(a_round_is_published_when_it_is),
	    cmocka_unit_test(a_reveal_round_is_out_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

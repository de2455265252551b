/* Which miners get a job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "orchestrator/breaker.c"
#include "orchestrator/draw.c"
#include "orchestrator/earned.c"
#include "orchestrator/lane.c"
#include "orchestrator/out.c"
#include "orchestrator/router.c"
#include "orchestrator/shares.c"
#include "orchestrator/table.c"

static const struct route_policy policy = {.stake_cap = 500,
    .stake_floor = 1,
    .score_floor = .05,
    .score_unknown = .5};

static const int64_t minute_us = 60000000, now_us = 60000000000;

static struct miner *
put(struct table *t, const char *hotkey, double alpha, double score)
{
	struct miner *m = table_add(t);

	m->hotkey = xstrdup(hotkey);
	m->address = xstrdup("192.0.2.1:8000");
	m->alpha = alpha;
	m->score = score;
	m->is_up = true;
	miner_say(m, "audio.speak", 2, NAN);
	miner_say(m, "base", 1, NAN);
	return m;
}

static struct route_request
ask(const char *kind, int wanted, uint64_t seed)
{
	return (struct route_request){.capacity_key = kind,
	    .wanted = wanted,
	    .seed = seed,
	    .now_us = now_us};
}

/* -- who is out ---------------------------------------------------------- */

/* One miner that may be drawn and one that may not, and why. */
static void
banish(struct miner *m, enum out_why why)
{
	switch (why) {
	case OUT_BANNED:
		m->is_out = true;
		return;
	case OUT_KIND:
		miner_say(m, "audio.speak", 0, NAN);
		return;
	case OUT_DOWN:
		m->is_up = false;
		return;
	case OUT_FULL:
		lane_find(m, "audio.speak")->ours = 2;
		return;
	case IN:
	case OUT_TRIED:
	case N_OUT:
		return;
	}
}

static void
check_never_drawn(
    enum out_why why, double other_alpha, const struct route_policy *p)
{
	static const char *const tried[] = {"x"};

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct route_request r = ask("audio.speak", 2, seed);
		struct table t = {0};
		struct route route;

		banish(put(&t, "x", 1000, 1), why);
		put(&t, "y", other_alpha, 0);
		if (why == OUT_TRIED) {
			r.tried = tried;
			r.n_tried = 1;
		}
		route_draw(&t, p, &r, &route);
		assert_int_equal(route.n, 1);
		assert_string_equal(route.miners[0]->hotkey, "y");
		assert_int_equal(json_integer_value(json_object_get(
				     json_object_get(route.receipts[0], "out"),
				     out_names[why])),
		    1);
		route_clear(&route);
		table_clear(&t);
	}
}

static void
who_is_out_is_never_drawn(void **state)
{
	(void)state;
	for (int why = IN + 1; why < N_OUT; why++)
		check_never_drawn(why, 1, &policy);
}

/* Even when all others weigh nothing. */
static void
who_is_out_is_not_drawn_for_want_of_weight(void **state)
{
	static const struct route_policy weightless = {.stake_cap = 500};

	(void)state;
	for (int why = IN + 1; why < N_OUT; why++)
		check_never_drawn(why, 0, &weightless);
}

static void
with_nobody_in_nobody_is_drawn(void **state)
{
	struct route_request r = ask("audio.speak", 3, 1);
	struct table t = {0};
	struct route route;

	(void)state;
	route_draw(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	route_clear(&route);
	for (int why = IN + 1; why < N_OUT; why++)
		banish(put(&t, out_names[why], 10, 1), why);
	r.tried = (const char *const[]){"tried"};
	r.n_tried = 1;
	route_draw(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	assert_int_equal(route.n_candidates, 0);
	/* Down and full may change; banned, tried and kind will not. */
	assert_int_equal(route.n_untried, 2);
	route_clear(&route);
	table_clear(&t);
}

static void
a_miner_without_an_address_is_down(void **state)
{
	struct route_request r = ask("audio.speak", 1, 1);
	struct table t = {0};
	struct route route;
	struct miner *m = put(&t, "x", 10, 1);

	(void)state;
	free(m->address);
	m->address = NULL;
	route_draw(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	assert_int_equal(route.n_untried, 1);
	route_clear(&route);
	table_clear(&t);
}

/* -- slots --------------------------------------------------------------- */

static const struct {
	const char *capacity;
	int slots;
} capacities[] = {
    {"{\"k\": 3}", 3},
    {"{\"k\": true}", 1},
    {"{\"k\": false}", 0},
    {"{\"k\": 0}", 0},
    {"{\"k\": -1}", 0},
    {"{\"k\": 9223372036854775807}", 1000},
    {"{\"k\": \"3\"}", 0},
    {"{\"k\": null}", 0},
    {"{\"k\": 1.5}", 0},
    {"{\"other\": 3}", 0},
    {"{}", 0},
};

static void
slots_are_what_the_miner_says_in_bounds(void **state)
{
	struct table t = {0};
	struct miner *m = put(&t, "x", 1, 1);

	(void)state;
	assert_int_equal(miner_slots(m, "k"), 0); /* says nothing */
	for (size_t i = 0; i < sizeof(capacities) / sizeof(capacities[0]);
	     i++) {
		json_t *said = json_loads(capacities[i].capacity, 0, NULL);

		miner_say(
		    m, "k", capacity_said(json_object_get(said, "k")), NAN);
		assert_int_equal(miner_slots(m, "k"), capacities[i].slots);
		json_decref(said);
	}
	table_clear(&t);
}

static void
a_miner_takes_as_many_as_it_has_slots(void **state)
{
	struct route_request r = ask("audio.speak", 1, 1);
	struct table t = {0};
	struct route route;

	(void)state;
	put(&t, "x", 10, 1);
	for (int taken = 0; taken < 4; taken++) {
		lane_find(&t.miners[0], "audio.speak")->ours = taken;
		route_draw(&t, &policy, &r, &route);
		assert_int_equal(route.n, taken < 2);
		route_clear(&route);
	}
	table_clear(&t);
}

/* -- weights ------------------------------------------------------------- */

static const struct {
	double alpha, score, failures;
	int64_t minutes_ago;
	double stake, multiplier, penalty;
} weights[] = {
    /* the stake between floor and cap */
    {-3, 1, 0, 0, 1, 1, 1}, {0, 1, 0, 0, 1, 1, 1}, {1, 1, 0, 0, 1, 1, 1},
    {499, 1, 0, 0, 499, 1, 1}, {500, 1, 0, 0, 500, 1, 1},
    {501, 1, 0, 0, 500, 1, 1}, {6000, 1, 0, 0, 500, 1, 1},
    {NAN, 1, 0, 0, 1, 1, 1}, {INFINITY, 1, 0, 0, 500, 1, 1},
    /* the score between floor and 1; not scored yet is the middle */
    {10, 0, 0, 0, 10, .05, 1}, {10, -1, 0, 0, 10, .05, 1},
    {10, .01, 0, 0, 10, .05, 1}, {10, .5, 0, 0, 10, .5, 1},
    {10, 2, 0, 0, 10, 1, 1}, {10, NAN, 0, 0, 10, .5, 1},
    /* failures count less with time: half after ten minutes */
    {10, 1, 1, 0, 10, 1, 1.0 / 2}, {10, 1, 3, 0, 10, 1, 1.0 / 4},
    {10, .8, 4, 0, 10, .8, 1.0 / 5}, {10, 1, 4, 10, 10, 1, 1.0 / 3},
    {10, 1, 4, 20, 10, 1, 1.0 / 2}, {10, 1, 1, 600, 10, 1, 1},
    {10, 1, -5, 0, 10, 1, 1},
    {10, 1, 1, -60, 10, 1, 1.0 / 2}, /* from the future: not more than all */
};

static void
weight_is_stake_by_score_by_failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		struct miner m = {.alpha = weights[i].alpha,
		    .score = weights[i].score,
		    .failures = weights[i].failures,
		    .failures_us = now_us - weights[i].minutes_ago * minute_us};
		struct terms got = terms_of(&m, &policy, now_us);

		assert_true(got.stake == weights[i].stake);
		assert_true(got.score == weights[i].multiplier);
		assert_true(fabs(got.failures - weights[i].penalty) < 1e-9);
		assert_true(
		    fabs(got.weight - weights[i].stake * weights[i].multiplier *
					  weights[i].penalty) < 1e-6);
	}
}

static void
work_goes_by_weight(void **state)
{
	struct table t = {0};
	int hits[3] = {0};

	(void)state;
	put(&t, "a", 100, 1);
	put(&t, "b", 100, .5);
	put(&t, "c", 50, 1);
	for (uint64_t seed = 0; seed < 8000; seed++) {
		struct route_request r = ask("audio.speak", 1, seed);
		struct route route;

		route_draw(&t, &policy, &r, &route);
		hits[route.miners[0] - t.miners]++;
		route_clear(&route);
	}
	assert_true(abs(hits[0] - 4000) < 200);
	assert_true(abs(hits[1] - 2000) < 200);
	assert_true(abs(hits[2] - 2000) < 200);
	table_clear(&t);
}

static void
where_all_weigh_nothing_all_weigh_the_same(void **state)
{
	static const struct route_policy weightless = {.stake_cap = 500};
	struct table t = {0};
	int hits[3] = {0};

	(void)state;
	put(&t, "a", 0, 1);
	put(&t, "b", 0, 1)->is_out = true;
	put(&t, "c", 0, 1);
	for (uint64_t seed = 0; seed < 2000; seed++) {
		struct route_request r = ask("audio.speak", 1, seed);
		struct route route;

		route_draw(&t, &weightless, &r, &route);
		assert_int_equal(route.n, 1);
		hits[route.miners[0] - t.miners]++;
		route_clear(&route);
	}
	assert_int_equal(hits[1], 0);
	assert_true(abs(hits[0] - 1000) < 120);
	table_clear(&t);
}

/* -- several, and the receipt -------------------------------------------- */

static void
several_miners_are_different_ones(void **state)
{
	struct table t = {0};
	char name[8];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "m%02d", i);
		put(&t, name, 10 + i, .5);
	}
	for (int wanted = -1; wanted < 15; wanted++) {
		struct route_request r = ask("audio.speak", wanted, wanted);
		struct route route;
		int want = wanted < 0		? 0
			   : wanted > ROUTE_MAX ? ROUTE_MAX
						: wanted;

		route_draw(&t, &policy, &r, &route);
		assert_int_equal(route.n, want);
		assert_int_equal(route.n_candidates, 20);
		for (int i = 0; i < route.n; i++) {
			for (int k = 0; k < i; k++)
				assert_ptr_not_equal(
				    route.miners[i], route.miners[k]);
		}
		route_clear(&route);
	}
	table_clear(&t);
}

static void
fill(struct table *t)
{
	char name[8];

	t->block = 777;
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "m%02d", i);
		put(t, name, 10 * i, i % 3 ? .1 * i : NAN);
	}
	t->miners[3].is_out = true;
	t->miners[4].is_up = false;
}

/* Drawn from an equal table with the receipt's seed: the same winner at the
 * same place, and the same receipt to the last byte. */
static void
a_receipt_replays(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 100; seed++) {
		struct route_request r = ask("audio.speak", 4, seed << 50);
		struct table a = {0}, b = {0};
		struct route first, again;

		fill(&a);
		fill(&b);
		route_draw(&a, &policy, &r, &first);
		for (int i = 0; i < first.n; i++) {
			const char *text = json_string_value(
			    json_object_get(first.receipts[i], "seed"));

			r.seed = strtoull(text, NULL, 16);
			route_draw(&b, &policy, &r, &again);
			assert_string_equal(
			    first.miners[i]->hotkey, again.miners[i]->hotkey);
			assert_true(
			    json_equal(first.receipts[i], again.receipts[i]));
			route_clear(&again);
		}
		route_clear(&first);
		table_clear(&a);
		table_clear(&b);
	}
}

static void
a_receipt_says_why(void **state)
{
	static const char want[] =
	    "{\"block\":777,\"candidates\":\"%s\",\"seed\":"
	    "\"0x00000000000000ff\",\"place\":0,\"in\":1,\"hotkey\":\"x\","
	    "\"stake\":500.0,\"score\":0.5,\"failures\":0.5,\"weight\":125.0,"
	    "\"out\":{\"banned\":1}}";
	struct route_request r = ask("audio.speak", 2, 255);
	struct table t = {.block = 777};
	struct miner *m = put(&t, "x", 1000, .5);
	char hash[65], expected[512], *text;
	struct route route;

	(void)state;
	m->failures = 1;
	m->failures_us = now_us;
	put(&t, "y", 1000, .5)->is_out = true;
	route_draw(&t, &policy, &r, &route);
	assert_int_equal(route.n, 1);
	hash_candidates(&t, (const double[]){125, 0}, hash);
	snprintf(expected, sizeof(expected), want, hash);
	text = json_dumps(route.receipts[0], JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	route_clear(&route);
	table_clear(&t);
}

/* Another weight or another miner is another hash. */
static void
the_hash_is_of_all_that_was_drawn_from(void **state)
{
	static const double one[] = {1, 2}, other[] = {1, 2.0000000000000004};
	struct table t = {0}, u = {0};
	char a[65], b[65], c[65];

	(void)state;
	put(&t, "x", 1, 1);
	put(&t, "y", 1, 1);
	put(&u, "x", 1, 1);
	put(&u, "z", 1, 1);
	hash_candidates(&t, one, a);
	hash_candidates(&t, other, b);
	hash_candidates(&u, one, c);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
	table_clear(&t);
	table_clear(&u);
}

static void
a_table_finds_by_hotkey(void **state)
{
	struct table t = {0};

	(void)state;
	assert_null(table_find(&t, "x"));
	put(&t, "x", 1, 1);
	put(&t, "xy", 2, 1);
	assert_true(table_find(&t, "xy")->alpha == 2);
	assert_null(table_find(&t, "xyz"));
	table_clear(&t);
	assert_int_equal(t.n, 0);
}

/* A key has its miner, whatever the seed; when that is full, the next one, and
 * it again when it is not. */
static void
a_key_stays_with_its_miner(void **state)
{
	struct table t = {0};
	struct miner *mine = NULL;

	(void)state;
	for (int i = 0; i < 8; i++) {
		char name[8];

		snprintf(name, sizeof(name), "m%d", i);
		put(&t, name, 100, .5);
	}
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct route_request r = ask("audio.speak", 1, seed);
		struct route route;

		r.sticky = "a song";
		if (mine != NULL)
			lane_find(mine, "audio.speak")->ours =
			    seed % 5 == 4 ? 2 : 0;
		route_draw(&t, &policy, &r, &route);
		if (mine == NULL)
			mine = route.miners[0];
		assert_int_equal(route.miners[0] == mine, seed % 5 != 4);
		assert_string_equal(json_string_value(json_object_get(
					route.receipts[0], "sticky")),
		    "a song");
		route_clear(&route);
	}
	table_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_stays_with_its_miner),
	    cmocka_unit_test(who_is_out_is_never_drawn),
	    cmocka_unit_test(who_is_out_is_not_drawn_for_want_of_weight),
	    cmocka_unit_test(with_nobody_in_nobody_is_drawn),
	    cmocka_unit_test(a_miner_without_an_address_is_down),
	    cmocka_unit_test(slots_are_what_the_miner_says_in_bounds),
	    cmocka_unit_test(a_miner_takes_as_many_as_it_has_slots),
	    cmocka_unit_test(weight_is_stake_by_score_by_failures),
	    cmocka_unit_test(work_goes_by_weight),
	    cmocka_unit_test(where_all_weigh_nothing_all_weigh_the_same),
	    cmocka_unit_test(several_miners_are_different_ones),
	    cmocka_unit_test(a_receipt_replays),
	    cmocka_unit_test(a_receipt_says_why),
	    cmocka_unit_test(the_hash_is_of_all_that_was_drawn_from),
	    cmocka_unit_test(a_table_finds_by_hotkey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

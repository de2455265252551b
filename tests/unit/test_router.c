/* Which miners get a job, and the receipt that says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "orchestrator/lane.h"
#include "orchestrator/replay.h"
#include "orchestrator/route_text.h"
#include "orchestrator/router.h"
#include "orchestrator/table.h"

static const struct route_policy policy = {.stake_cap = 500,
    .stake_floor = 1,
    .score_floor = .05,
    .score_unknown = .5,
    .explore_least = .05,
    .explore_most = .2};

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

/* One draw from a table as it is now. */
static void
draw_from(const struct table *t, const struct route_policy *p,
    const struct route_request *r, struct route *route)
{
	struct router *router = router_new(t, p, r->now_us);

	route_draw(router, r, route);
	router_free(router);
}

static json_t *
receipt_of(const struct route *route, int i)
{
	json_t *receipt = json_loads(route->receipts[i], 0, NULL);

	assert_non_null(receipt);
	return receipt;
}

/* -- who is out ---------------------------------------------------------- */

enum why { BANNED, KIND, DOWN, TRIED, FULL, N_WHY };

static const char *const why_names[N_WHY] = {
    "banned", "kind", "down", "tried", "full"};

static void
banish(struct miner *m, enum why why)
{
	switch (why) {
	case BANNED:
		m->is_out = true;
		return;
	case KIND:
		miner_say(m, "audio.speak", 0, NAN);
		return;
	case DOWN:
		m->is_up = false;
		return;
	case FULL:
		lane_find(m, "audio.speak")->ours = 2;
		return;
	case TRIED:
	case N_WHY:
		return;
	}
}

/* The receipt names who was drawn before, and counts who never could be. */
static void
check_receipt(const struct route *route, enum why why, bool *was_passed)
{
	json_t *receipt = receipt_of(route, 0);
	json_t *passed = json_object_get(receipt, "passed");
	const json_t *out = json_object_get(receipt, "out");

	if (why == TRIED || why == FULL) {
		int uid = -1;
		const char *word = NULL;

		assert_int_equal(json_object_size(out), 0);
		assert_true(json_array_size(passed) <= 1);
		if (json_array_size(passed) == 1) {
			assert_int_equal(json_unpack(json_array_get(passed, 0),
					     "[is]", &uid, &word),
			    0);
			assert_int_equal(uid, 7);
			assert_string_equal(word, why_names[why]);
			*was_passed = true;
		}
	} else {
		assert_int_equal(json_array_size(passed), 0);
		assert_int_equal(
		    json_integer_value(json_object_get(out, why_names[why])),
		    1);
	}
	json_decref(receipt);
}

/* One miner that may be drawn and one that may not, and why. */
static void
check_never_drawn(
    enum why why, double other_alpha, const struct route_policy *p)
{
	static const char *const tried[] = {"x"};
	bool was_passed = false;

	for (uint64_t seed = 0; seed < 200; seed++) {
		struct route_request r = ask("audio.speak", 2, seed);
		struct table t = {0};
		struct miner *x;
		struct route route;

		x = put(&t, "x", 1000, 1);
		x->uid = 7;
		banish(x, why);
		put(&t, "y", other_alpha, 0);
		if (why == TRIED) {
			r.tried = tried;
			r.n_tried = 1;
		}
		draw_from(&t, p, &r, &route);
		assert_int_equal(route.n, 1);
		assert_string_equal(route.miners[0]->hotkey, "y");
		check_receipt(&route, why, &was_passed);
		route_clear(&route);
		table_clear(&t);
	}
	assert_int_equal(was_passed, why == TRIED || why == FULL);
}

static void
who_is_out_is_never_drawn(void **state)
{
	(void)state;
	for (int why = 0; why < N_WHY; why++)
		check_never_drawn(why, 1, &policy);
}

/* Even when all others weigh nothing. */
static void
who_is_out_is_not_drawn_for_want_of_weight(void **state)
{
	static const struct route_policy weightless = {.stake_cap = 500};

	(void)state;
	for (int why = 0; why < N_WHY; why++)
		check_never_drawn(why, 0, &weightless);
}

static void
with_nobody_in_nobody_is_drawn(void **state)
{
	struct route_request r = ask("audio.speak", 3, 1);
	struct table t = {0};
	struct route route;

	(void)state;
	draw_from(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	route_clear(&route);
	for (int why = 0; why < N_WHY; why++)
		banish(put(&t, why_names[why], 10, 1), why);
	r.tried = (const char *const[]){"tried"};
	r.n_tried = 1;
	draw_from(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	/* Down and full may change; banned, tried and kind will not. */
	assert_int_equal(route.n_later, 2);
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
	draw_from(&t, &policy, &r, &route);
	assert_int_equal(route.n, 0);
	assert_int_equal(route.n_later, 1);
	route_clear(&route);
	table_clear(&t);
}

/* Only that there is somebody to wait for: the pool stays as it was made. */
static void
who_takes_the_kind_by_now_is_there_later(void **state)
{
	struct route_request r = ask("audio.speak", 1, 1);
	struct table t = {0};
	struct route route;
	struct router *router;

	(void)state;
	put(&t, "tried", 10, 1);
	banish(put(&t, "x", 10, 1), KIND);
	table_ready(&t, now_us);
	r.tried = (const char *const[]){"tried", "x"};
	r.n_tried = 1;
	router = router_new(&t, &policy, now_us);
	route_draw(router, &r, &route);
	assert_int_equal(route.n + route.n_later, 0);
	route_clear(&route);
	miner_tells(table_find(&t, "x"), "audio.speak", 1, now_us);
	route_draw(router, &r, &route);
	assert_int_equal(route.n, 0);
	assert_int_equal(route.n_later, 1);
	route_clear(&route);
	/* Not if it is another's job, or it had it. */
	r.only = "tried";
	route_draw(router, &r, &route);
	assert_int_equal(route.n + route.n_later, 0);
	route_clear(&route);
	r.only = NULL;
	r.n_tried = 2;
	route_draw(router, &r, &route);
	assert_int_equal(route.n + route.n_later, 0);
	route_clear(&route);
	router_free(router);
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
		draw_from(&t, &policy, &r, &route);
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

static double
number(const json_t *receipt, const char *name)
{
	const json_t *value = json_object_get(receipt, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static void
weight_is_stake_by_score_by_failures(void **state)
{
	struct route_request r = ask("audio.speak", 1, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		struct table t = {0};
		struct miner *m =
		    put(&t, "x", weights[i].alpha, weights[i].score);
		struct route route;
		json_t *got;

		m->failures = weights[i].failures;
		m->failures_us = now_us - weights[i].minutes_ago * minute_us;
		draw_from(&t, &policy, &r, &route);
		got = receipt_of(&route, 0);
		assert_true(number(got, "stake") == weights[i].stake);
		assert_true(number(got, "score") == weights[i].multiplier);
		assert_true(
		    fabs(number(got, "failures") - weights[i].penalty) < 1e-6);
		assert_true(fabs(number(got, "weight") -
				 weights[i].stake * weights[i].multiplier *
				     weights[i].penalty) < 1e-4);
		json_decref(got);
		route_clear(&route);
		table_clear(&t);
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

		draw_from(&t, &policy, &r, &route);
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

		draw_from(&t, &weightless, &r, &route);
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

		draw_from(&t, &policy, &r, &route);
		assert_int_equal(route.n, want);
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
		draw_from(&t, &policy, &r, &route);
		if (mine == NULL)
			mine = route.miners[0];
		assert_int_equal(route.miners[0] == mine, seed % 5 != 4);
		route_clear(&route);
	}
	table_clear(&t);
}

/* A job for one miner goes to it, however little it weighs, or to nobody; the
 * others are passed over by name. */
static void
a_job_for_one_miner_goes_to_no_other(void **state)
{
	struct table t = {0};
	struct miner *light;

	(void)state;
	put(&t, "heavy 1", 1000, 1);
	put(&t, "heavy 2", 1000, 1);
	light = put(&t, "light", 0, .01);
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct route_request r = ask("audio.speak", 3, seed);
		struct route route;

		r.only = "light";
		light->is_up = seed % 5 != 4;
		draw_from(&t, &policy, &r, &route);
		if (!light->is_up) {
			assert_int_equal(route.n, 0);
		} else {
			assert_int_equal(route.n, 1);
			assert_ptr_equal(route.miners[0], light);
		}
		route_clear(&route);
	}
	light->is_up = true;
	for (int i = 0; i < 2; i++) {
		struct route_request r = ask("audio.speak", 1, 7);
		struct route route;
		json_t *receipt, *passed, *pass;
		size_t k;

		r.only = i == 0 ? "light" : "nobody";
		draw_from(&t, &policy, &r, &route);
		assert_int_equal(route.n, i == 0);
		if (i == 0) {
			receipt = receipt_of(&route, 0);
			passed = json_object_get(receipt, "passed");
			json_array_foreach(passed, k, pass)
			{
				assert_string_equal(
				    json_string_value(json_array_get(pass, 1)),
				    "other");
			}
			json_decref(receipt);
		}
		route_clear(&route);
	}
	table_clear(&t);
}

/* -- those who have no score yet ------------------------------------------ */

/* What the unscored get of 4,000 draws, by their share of the weight. */
static int
fresh_of_4000(double fresh_alpha, double known_alpha)
{
	struct table t = {0};
	struct router *router;
	int n = 0;

	put(&t, "fresh 1", fresh_alpha, NAN);
	put(&t, "fresh 2", fresh_alpha, NAN);
	if (known_alpha > 0)
		put(&t, "known", known_alpha, .5);
	router = router_new(&t, &policy, now_us);
	for (uint64_t seed = 0; seed < 4000; seed++) {
		struct route_request r = ask("audio.speak", 1, seed);
		struct route route;

		route_draw(router, &r, &route);
		n += route.miners[0]->score != route.miners[0]->score;
		route_clear(&route);
	}
	router_free(router);
	table_clear(&t);
	return n;
}

/* Between the twentieth and the fifth of the shares here. */
static void
the_unscored_are_tried_within_bounds(void **state)
{
	(void)state;
	/* of a hundredth of the weight a twentieth of the work */
	assert_in_range(fresh_of_4000(2, 400), 150, 250);
	/* of a tenth a tenth */
	assert_in_range(fresh_of_4000(10, 180), 340, 460);
	/* of nearly all a fifth */
	assert_in_range(fresh_of_4000(500, 1), 720, 880);
	/* where nobody has a score, everything */
	assert_int_equal(fresh_of_4000(5, 0), 4000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_unscored_are_tried_within_bounds),
	    cmocka_unit_test(a_key_stays_with_its_miner),
	    cmocka_unit_test(a_job_for_one_miner_goes_to_no_other),
	    cmocka_unit_test(who_is_out_is_never_drawn),
	    cmocka_unit_test(who_is_out_is_not_drawn_for_want_of_weight),
	    cmocka_unit_test(with_nobody_in_nobody_is_drawn),
	    cmocka_unit_test(a_miner_without_an_address_is_down),
	    cmocka_unit_test(who_takes_the_kind_by_now_is_there_later),
	    cmocka_unit_test(slots_are_what_the_miner_says_in_bounds),
	    cmocka_unit_test(a_miner_takes_as_many_as_it_has_slots),
	    cmocka_unit_test(weight_is_stake_by_score_by_failures),
	    cmocka_unit_test(work_goes_by_weight),
	    cmocka_unit_test(where_all_weigh_nothing_all_weigh_the_same),
	    cmocka_unit_test(several_miners_are_different_ones),
	    cmocka_unit_test(a_table_finds_by_hotkey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

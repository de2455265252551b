/* First draws: which count, on whom they fell, and what was to be expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "orchestrator/firsts.c"
#include "orchestrator/lane.h"
#include "orchestrator/table.h"

enum { DRAWS = 20000, NOW_US = 1000000 };

static const char key[] = "audio.speak";

static const struct route_policy policy = {.stake_cap = 1000,
    .stake_floor = 1,
    .score_floor = .05,
    .score_unknown = .5};

static struct miner *
put(struct table *t, const char *hotkey, double alpha)
{
	struct miner *m = table_add(t);

	m->hotkey = xstrdup(hotkey);
	m->address = xstrdup("192.0.2.1:8000");
	m->uid = (int)t->n;
	m->alpha = alpha;
	m->score = 1;
	m->is_up = true;
	miner_say(m, key, 2, NAN);
	return m;
}

struct place {
	struct table table;
	struct router *router;
	struct firsts *firsts;
};

/* a has a share of 0.75, b of 0.25; c may not be drawn. */
static int
set_up(void **state)
{
	static struct place p;

	p = (struct place){0};
	put(&p.table, "a", 300);
	put(&p.table, "b", 100);
	put(&p.table, "c", 100)->is_out = true;
	p.router = router_new(&p.table, &policy, NOW_US);
	p.firsts = firsts_new();
	*state = &p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	router_free(p->router);
	firsts_free(p->firsts);
	table_clear(&p->table);
	return 0;
}

static struct route_request
ask(uint64_t seed)
{
	return (struct route_request){
	    .capacity_key = key, .wanted = 1, .seed = seed, .now_us = NOW_US};
}

static void
draw(struct place *p, struct route_request q)
{
	struct route route;

	route_draw(p->router, &q, &route);
	route_clear(&route);
}

static void
draws_come_to_what_was_expected(void **state)
{
	struct place *p = *state;
	const struct firsts_row *a, *b;

	for (uint64_t i = 0; i < DRAWS; i++)
		draw(p, ask(i * 0x9e3779b97f4a7c15));
	firsts_take(p->firsts, p->router);
	assert_int_equal(firsts_count(p->firsts), 2);
	a = firsts_at(p->firsts, 0);
	b = firsts_at(p->firsts, 1);
	assert_string_equal(a->hotkey, "a");
	assert_string_equal(b->hotkey, "b");
	assert_int_equal(b->uid, 2);
	assert_string_equal(a->capacity_key, key);
	assert_int_equal(a->draws, DRAWS);
	assert_int_equal(a->drawn + b->drawn, DRAWS);
	assert_true(fabs(a->expected - 0.75 * DRAWS) < 1);
	assert_true(fabs(a->expected + b->expected - DRAWS) < 1e-6);
	assert_true(fabs(a->variance - 0.1875 * DRAWS) < 1);
	assert_true(
	    fabs((double)a->drawn - a->expected) < 4 * sqrt(a->variance));
}

/* Whoever is full is drawn all the same: that it does not get the job is no
 * unfairness of the draw. */
static void
the_first_counts_and_not_who_gets_it(void **state)
{
	struct place *p = *state;

	for (size_t i = 0; i < 2; i++)
		lane_find(&p->table.miners[i], key)->ours = 2;
	for (uint64_t i = 0; i < 100; i++)
		draw(p, ask(i * 0x9e3779b97f4a7c15));
	firsts_take(p->firsts, p->router);
	assert_int_equal(
	    firsts_at(p->firsts, 0)->drawn + firsts_at(p->firsts, 1)->drawn,
	    100);
}

static void
draws_that_are_not_by_chance_alone_do_not_count(void **state)
{
	static const char *const tried[] = {"a"};
	struct place *p = *state;
	struct route_request again = ask(1), sticky = ask(2), only = ask(3);

	again.tried = tried;
	again.n_tried = 1;
	sticky.sticky = "me";
	only.only = "b";
	draw(p, again);
	draw(p, sticky);
	draw(p, only);
	firsts_take(p->firsts, p->router);
	assert_int_equal(firsts_count(p->firsts), 0);
}

static void
several_routers_add_up(void **state)
{
	struct place *p = *state;

	draw(p, ask(1));
	firsts_take(p->firsts, p->router);
	firsts_take(p->firsts, p->router); /* nothing is left there */
	assert_int_equal(firsts_at(p->firsts, 0)->draws, 1);
	router_free(p->router);
	p->table.miners[2].is_out = false;
	p->router = router_new(&p->table, &policy, NOW_US);
	draw(p, ask(2));
	firsts_take(p->firsts, p->router);
	assert_int_equal(firsts_count(p->firsts), 3);
	assert_int_equal(firsts_at(p->firsts, 0)->draws, 2);
	assert_int_equal(firsts_at(p->firsts, 2)->draws, 1);
	assert_true(
	    fabs(firsts_at(p->firsts, 0)->expected - (0.75 + 0.6)) < 1e-6);
	firsts_clear(p->firsts);
	assert_int_equal(firsts_count(p->firsts), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		draws_come_to_what_was_expected, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		the_first_counts_and_not_who_gets_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		draws_that_are_not_by_chance_alone_do_not_count, set_up,
		tear_down),
	    cmocka_unit_test_setup_teardown(
		several_routers_add_up, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

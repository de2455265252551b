/* Draws drawn again from their receipts. */
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
#include "orchestrator/router.h"
#include "orchestrator/table.h"

enum { MINERS = 40, SLOTS = 3, RECEIPTS = 10000 };

static const struct route_policy policy = {.stake_cap = 500,
    .stake_floor = 1,
    .score_floor = .05,
    .score_unknown = .5,
    .explore_least = .05,
    .explore_most = .2};

static const int64_t now_us = 60000000000;

struct world {
	struct table table;
	struct router *router;
	struct replay *replay;
	uint64_t random;
};

static uint32_t
random_below(struct world *w, uint32_t n)
{
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->random >> 33) % n;
}

static void
put(struct world *w, int i)
{
	struct miner *m = table_add(&w->table);

	m->hotkey = xasprintf("5%02dMiner", i);
	m->uid = 100 + i;
	m->address = xstrdup("192.0.2.1:8000");
	m->alpha = 1.37 * (1 + random_below(w, 900));
	m->score = i % 4 == 0 ? NAN : random_below(w, 1000) / 999.0;
	m->failures = i % 5 == 0 ? 2.3 : 0;
	m->failures_us = now_us - 100000000;
	m->is_up = i % 9 != 3;
	m->is_out = i % 11 == 5;
	miner_say(m, "audio.speak", SLOTS, NAN);
	miner_say(m, "base", i % 2, NAN);
}

static int
set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err = {""};

	w->random = 4;
	w->table.block = 777;
	for (int i = 0; i < MINERS; i++)
		put(w, i);
	w->router = router_new(&w->table, &policy, now_us);
	w->replay =
	    replay_new(router_id(w->router), router_text(w->router), &err);
	assert_string_equal(err.text, "");
	*state = w;
	return w->replay != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	replay_free(w->replay);
	router_free(w->router);
	table_clear(&w->table);
	free(w);
	return 0;
}

/* A job among others: miners come and go as they fill and empty. */
static void
route(struct world *w, const char *sticky, struct route *route)
{
	const char *tried[] = {w->table.miners[random_below(w, MINERS)].hotkey};
	struct route_request r = {
	    .capacity_key = random_below(w, 3) == 0 ? "base" : "audio.speak",
	    .tried = tried,
	    .n_tried = random_below(w, 2),
	    .wanted = 1 + (int)random_below(w, 4),
	    .seed = (uint64_t)random_below(w, 1u << 31) << 33 ^
		    random_below(w, 1u << 31),
	    .sticky = sticky,
	    .now_us = now_us,
	};

	for (int i = 0; i < MINERS; i++)
		lane_find(&w->table.miners[i], "audio.speak")->ours =
		    (int)random_below(w, SLOTS + 2);
	route_draw(w->router, &r, route);
}

static int
replay(struct world *w, const char *text, const char *sticky, struct err *err)
{
	json_t *receipt = json_loads(text, 0, NULL);
	int rc = replay_receipt(w->replay, receipt, sticky, NULL, NULL, err);

	json_decref(receipt);
	return rc;
}

static void
every_receipt_comes_to_its_winner(void **state)
{
	struct world *w = *state;
	int n = 0, good = 0;

	while (n < RECEIPTS) {
		const char *sticky =
		    random_below(w, 5) == 0 ? "a \"song\"" : NULL;
		struct err err = {""};
		struct route r;

		route(w, sticky, &r);
		for (int i = 0; i < r.n && n < RECEIPTS; i++, n++) {
			int rc = replay(w, r.receipts[i], sticky, &err);

			assert_string_equal(err.text, "");
			good += rc == 0;
		}
		route_clear(&r);
	}
	print_message("%d of %d receipts replayed\n", good, n);
	assert_int_equal(good, n);
}

/* One that was written by somebody else. */
static void
check_forged(struct world *w, const char *text, const char *from,
    const char *to, const char *says)
{
	const char *at = strstr(text, from);
	struct err err = {""};
	char *forged;

	assert_non_null(at);
	forged = xasprintf(
	    "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	assert_int_equal(replay(w, forged, NULL, &err), -1);
	if (strstr(err.text, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, says);
	free(forged);
}

static void
a_receipt_that_is_not_true_does_not_replay(void **state)
{
	struct world *w = *state;
	struct err err = {""};
	struct route r;
	char seed[40];

	do {
		route(w, NULL, &r);
		if (r.n < 2)
			route_clear(&r);
	} while (r.n < 2);
	assert_int_equal(replay(w, r.receipts[1], NULL, &err), 0);
	snprintf(seed, sizeof(seed), "%.19s",
	    strstr(r.receipts[1], "\"seed\":") + 7);
	check_forged(w, r.receipts[1], seed, "\"0x1234", "the draw comes to");
	check_forged(w, r.receipts[1], r.miners[1]->hotkey, r.miners[0]->hotkey,
	    "the draw comes to");
	check_forged(w, r.receipts[1], "\"passed\":[",
	    "\"passed\":[[1,\"full\"],", "passes uid 1");
	check_forged(w, r.receipts[1], "\"passed\":", "\"past\":", "form");
	check_forged(w, r.receipts[1], "\"place\"", "\"sticky\":true,\"place\"",
	    "a key the job lacks");
	route_clear(&r);
}

static void
a_table_is_what_its_id_says(void **state)
{
	struct world *w = *state;
	char *text = xstrdup(router_text(w->router));
	struct err err;

	*strstr(text, "5") = '6';
	assert_null(replay_new(router_id(w->router), text, &err));
	assert_non_null(strstr(err.text, "hashes to"));
	free(text);
	assert_null(replay_new("4f53cda18c2baa0c0354bb5f9a3ecbe5", "[]", &err));
}

/* A ban, a score, a slot more: another table. */
static void
another_table_has_another_id(void **state)
{
	struct world *w = *state;
	char was[40];

	snprintf(was, sizeof(was), "%s", router_id(w->router));
	for (int k = 0; k < 4; k++) {
		struct router *other;

		w->table.miners[2].is_out = k == 0;
		w->table.miners[2].score = k == 1 ? .123 : .122;
		w->table.miners[2].failures = k == 2 ? 9 : 0;
		miner_say(
		    &w->table.miners[2], "audio.speak", k == 3 ? 4 : 3, NAN);
		other = router_new(&w->table, &policy, now_us);
		assert_string_not_equal(router_id(other), was);
		router_free(other);
	}
}

/* What was drawn is what was to be expected: of 99.9 in 100 miners within
 * 3.29 deviations, whoever was full or tried meanwhile. */
static void
shares_are_as_expected(void **state)
{
	struct world *w = *state;
	size_t drawn = 0, won = 0, receipts = 0;
	double expected = 0, worst = 0;

	while (receipts < 4000) {
		struct err err = {""};
		struct route r;

		route(w, NULL, &r);
		for (int i = 0; i < r.n; i++, receipts++)
			assert_int_equal(
			    replay(w, r.receipts[i], NULL, &err), 0);
		route_clear(&r);
	}
	for (size_t i = 0; i < replay_size(w->replay); i++) {
		struct replay_share s = replay_share(w->replay, i);

		drawn += s.drawn;
		won += s.won;
		expected += s.expected;
		if (s.variance > 0)
			worst = fmax(worst, fabs((double)s.drawn - s.expected) /
						sqrt(s.variance));
		else
			assert_int_equal(s.drawn, 0);
	}
	print_message("%zu draws, %zu receipts, worst %.2f deviations\n", drawn,
	    receipts, worst);
	assert_int_equal(won, receipts);
	assert_true(drawn > won);
	assert_true(fabs(expected - (double)drawn) < 1e-6 * (double)drawn);
	assert_true(worst < 3.6);
}

/* Who may be drawn has a share, all of them the whole; the others say why not;
 * the terms make the weight. */
static void
everybody_stands_somewhere(void **state)
{
	struct world *w = *state;
	struct replay_standing s;
	size_t n_in = 0, rivals = 0;
	double shares = 0;

	for (size_t i = 0; i < w->table.n; i++) {
		const struct miner *m = &w->table.miners[i];

		assert_int_equal(
		    replay_stand(w->replay, m->hotkey, "base", &s), 0);
		assert_true(s.alpha == m->alpha);
		assert_true(
		    s.weight == s.stake_term * s.score_term * s.failures_term);
		assert_true(s.stake_term <= replay_stake_cap(w->replay));
		if (s.out == NULL) {
			assert_true(m->is_up && !m->is_out && s.share > 0);
			n_in++;
			rivals = s.rivals;
			shares += s.share;
		} else if (m->is_out) {
			assert_string_equal(s.out, "banned");
		} else {
			assert_string_equal(s.out, m->is_up ? "kind" : "down");
		}
	}
	assert_true(n_in > 1 && n_in < w->table.n);
	assert_int_equal(rivals, n_in - 1);
	assert_true(fabs(shares - 1) < 1e-9);
	assert_int_equal(replay_stand(w->replay, "5Nobody", "base", &s), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		everybody_stands_somewhere, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		every_receipt_comes_to_its_winner, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_receipt_that_is_not_true_does_not_replay, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		a_table_is_what_its_id_says, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		another_table_has_another_id, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		shares_are_as_expected, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a setter is made of and that is pure: signs of somebody else, what is
 * sent again and when, lists of subnets, rows of what is to be sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "weightsetter/again.c"
#include "weightsetter/foreign.c"
#include "weightsetter/method.h"
#include "weightsetter/order.c"
#include "weightsetter/snapshot.c"
#include "weightsetter/subnets.c"
#include "weightsetter/uid_weights.c"
#include "weightsetter/value.c"

/* -- in the place of others ---------------------------------------------- */

uint64_t
retry_longest(uint64_t tempo)
{
	return tempo / 4;
}

struct asked {
	int again, fallback;
	struct store_again want;
	char hotkey[SS58_MAX_TEXT];
	store_cb *cb;
	void *arg;
	int made;
};

static struct asked asked;

void
store_again(
    struct store *s, const struct store_again *want, store_cb *cb, void *arg)
{
	(void)s;
	asked.again++;
	asked.want = *want;
	asked.cb = cb;
	asked.arg = arg;
}

void
store_fallback(struct store *s, const struct store_again *want,
    const char *hotkey, uint16_t uid, store_cb *cb, void *arg)
{
	(void)s;
	assert_int_equal(uid, 0);
	asked.fallback++;
	asked.want = *want;
	snprintf(asked.hotkey, sizeof(asked.hotkey), "%s", hotkey);
	asked.cb = cb;
	asked.arg = arg;
}

/* -- somebody else ------------------------------------------------------- */

static void
an_update_not_ours_is_told_once(void **state)
{
	struct foreign f = {0};

	(void)state;
	assert_false(foreign_update(&f, 100, false)); /* here we begin */
	assert_false(foreign_update(&f, 100, false));
	assert_true(foreign_update(&f, 110, false));
	assert_false(foreign_update(&f, 110, false));
	foreign_own(&f, 120);
	assert_false(foreign_update(&f, 120, false));
	assert_false(foreign_update(&f, 110, false)); /* an older snapshot */
	foreign_clear(&f);
	assert_false(foreign_update(&f, 500, false)); /* registered anew */
	foreign_clear(&f);
}

static void
an_update_while_we_were_away_is_told(void **state)
{
	struct foreign f = {0};

	(void)state;
	foreign_own(&f, 100); /* the ledger says */
	assert_true(foreign_update(&f, 101, false));
	foreign_clear(&f);
}

static void
what_is_in_flight_may_be_it(void **state)
{
	struct foreign f = {0};

	(void)state;
	foreign_own(&f, 100);
	assert_false(foreign_update(&f, 110, true));
	foreign_own(&f, 110); /* it was */
	assert_false(foreign_update(&f, 110, false));
	assert_false(foreign_update(&f, 120, true));
	assert_true(foreign_update(&f, 120, false)); /* it was not */
	foreign_clear(&f);
}

static void
weights_not_expected_are_told_once(void **state)
{
	uint16_t uids[] = {1}, one[] = {1}, two[] = {2};
	struct uid_weights a = {uids, one, 1}, b = {uids, two, 1}, none = {0};
	struct foreign f = {0};

	(void)state;
	assert_false(foreign_weights(&f, &a, false)); /* here we begin */
	assert_false(foreign_weights(&f, &a, false));
	assert_true(foreign_weights(&f, &b, false));
	assert_false(foreign_weights(&f, &b, false));
	assert_false(foreign_weights(&f, &a, true));
	assert_false(foreign_weights(&f, &none, false)); /* uid replaced */
	foreign_clear(&f);
}

/* -- again --------------------------------------------------------------- */

static const struct again_rules rules = {2, 3600LL * 1000000, AGAIN_BURN};

static void
after_so_many_tempos_it_is_time(void **state)
{
	static const struct {
		double after;
		uint64_t block, tempo, fresh;
		bool is_due;
	} cases[] = {
	    {2, 139, 20, 100, false}, {2, 140, 20, 100, true},
	    {1.5, 130, 20, 100, true}, {0, 9000, 20, 100, false}, /* never */
	    {2, 9000, 0, 100, false},
	    {2, 90, 20, 100, false}, /* a commit that opens later */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct again_rules r = {.after_tempos = cases[i].after};

		assert_int_equal(again_is_due(&r, cases[i].block,
				     cases[i].tempo, cases[i].fresh),
		    cases[i].is_due);
	}
}

static void
on_made_vector(void *arg)
{
	(void)arg;
	asked.made++;
}

static struct again *
begin(struct snapshot *s, struct neuron *owner, enum again_fallback fallback)
{
	struct again_rules r = rules;

	memset(&asked, 0, sizeof(asked));
	memset(s, 0, sizeof(*s));
	memset(owner, 0, sizeof(*owner));
	snprintf(owner->hotkey, sizeof(owner->hotkey), "owner");
	snprintf(s->hyper.owner_hotkey, sizeof(s->hyper.owner_hotkey), "owner");
	s->neurons = owner;
	s->n_neurons = 1;
	s->hyper.tempo = 20;
	s->block = 200;
	r.fallback = fallback;
	return again_new(&r, NULL, 11, 1, on_made_vector, NULL);
}

static void
first_what_was_proven_then_the_fallback(void **state)
{
	struct snapshot s;
	struct neuron owner;
	struct again *a = begin(&s, &owner, AGAIN_BURN);

	(void)state;
	again_consider(a, &s, 190);
	assert_int_equal(asked.again, 0); /* not yet */
	again_consider(a, &s, 100);
	assert_int_equal(asked.again, 1);
	assert_int_equal(asked.want.last_block, 180);
	assert_int_equal(
	    asked.want.now_us - asked.want.made_after_us, rules.max_age_us);
	again_consider(a, &s, 100); /* the answer is awaited */
	assert_int_equal(asked.again, 1);
	asked.cb(STORE_NOTHING, asked.arg);
	assert_int_equal(asked.fallback, 1);
	assert_string_equal(asked.hotkey, "owner");
	asked.cb(STORE_DONE, asked.arg);
	assert_int_equal(asked.made, 1);
	again_consider(a, &s, 100); /* not at each head */
	assert_int_equal(asked.again, 1);
	s.block = 205;
	again_consider(a, &s, 100);
	assert_int_equal(asked.again, 2);
	asked.cb(STORE_DONE, asked.arg);
	assert_int_equal(asked.made, 2);
	assert_int_equal(asked.fallback, 1);
	again_free(a);
}

static void
each_fallback_does_what_it_says(void **state)
{
	static const struct {
		enum again_fallback fallback;
		bool has_owner;
		int again, fallbacks;
	} cases[] = {
	    {AGAIN_NONE, true, 1, 0},
	    {AGAIN_LAST, true, 2, 0}, /* the second, however old */
	    {AGAIN_BURN, true, 1, 1},
	    {AGAIN_BURN, false, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct snapshot s;
		struct neuron owner;
		struct again *a = begin(&s, &owner, cases[i].fallback);

		if (!cases[i].has_owner)
			s.n_neurons = 0;
		again_consider(a, &s, 100);
		asked.cb(STORE_NOTHING, asked.arg);
		assert_int_equal(asked.again, cases[i].again);
		assert_int_equal(asked.fallback, cases[i].fallbacks);
		if (cases[i].again + cases[i].fallbacks > 1)
			asked.cb(STORE_NOTHING, asked.arg);
		assert_int_equal(asked.made, 0);
		s.block += 20;
		again_consider(a, &s, 100); /* and it may be asked again */
		assert_int_equal(asked.again, cases[i].again + 1);
		again_free(a);
	}
}

static void
a_database_away_makes_no_fallback(void **state)
{
	struct snapshot s;
	struct neuron owner;
	struct again *a = begin(&s, &owner, AGAIN_BURN);

	(void)state;
	again_consider(a, &s, 100);
	asked.cb(STORE_FAILED, asked.arg);
	assert_int_equal(asked.fallback, 0);
	assert_int_equal(asked.made, 0);
	again_free(a);
}

/* -- subnets ------------------------------------------------------------- */

static void
lists_of_subnets(void **state)
{
	static const struct {
		const char *items[4];
		int rc;
		size_t n, n_netuids;
	} cases[] = {
	    {{NULL}, 0, 1, 1},
	    {{"11", NULL}, 0, 1, 1},
	    {{"11", "49:0", "49:1", NULL}, 0, 3, 2},
	    {{"4095:15", NULL}, 0, 1, 1},
	    {{"4096", NULL}, -1, 0, 0},
	    {{"11:16", NULL}, -1, 0, 0},
	    {{"11", "11:0", NULL}, -1, 0, 0}, /* twice */
	    {{"11:", NULL}, -1, 0, 0},
	    {{":1", NULL}, -1, 0, 0},
	    {{"-1", NULL}, -1, 0, 0},
	    {{"11:1:2", NULL}, -1, 0, 0},
	    {{"eleven", NULL}, -1, 0, 0},
	    {{" 11", NULL}, -1, 0, 0},
	    {{"99999999999999999999", NULL}, -1, 0, 0},
	};
	const struct subnet_of only = {7, 2};
	struct subnets s;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(subnets_parse(&s,
				     (char *const *)cases[i].items, only, &err),
		    cases[i].rc);
		if (cases[i].rc != 0)
			continue;
		assert_int_equal(s.n, cases[i].n);
		assert_int_equal(s.n_netuids, cases[i].n_netuids);
	}
	subnets_parse(&s, (char *const *)cases[0].items, only, &err);
	assert_int_equal(s.of[0].netuid, 7);
	assert_int_equal(s.of[0].mecid, 2);
	subnets_parse(&s, (char *const *)cases[2].items, only, &err);
	assert_int_equal(s.of[2].netuid, 49);
	assert_int_equal(s.of[2].mecid, 1);
	assert_int_equal(s.netuids[1], 49);
}

/* -- rows ---------------------------------------------------------------- */

static void
a_reveal_is_of_what_was_committed(void **state)
{
	uint16_t uids[] = {1, 2}, weights[] = {65535, 3};
	struct uid_weights w = {uids, weights, 2};
	const struct method m = {LEDGER_HASH, "commit_weights", NULL};
	struct snapshot s = {.netuid = 11};
	struct ledger_row *commit, *reveal;

	(void)state;
	snprintf(s.hotkey, sizeof(s.hotkey), "ours");
	commit = order_weights(&s, 1, &m, &w, "vector", 9);
	commit->n_salt = 2;
	commit->salt[1] = 77;
	commit->commit_epoch = 5;
	reveal = order_reveal(commit, "reveal_weights");
	assert_int_equal(reveal->action, LEDGER_REVEAL);
	assert_int_equal(reveal->state, LEDGER_INTENDED);
	assert_string_equal(reveal->reveals, commit->id);
	assert_string_not_equal(reveal->id, commit->id);
	assert_string_equal(reveal->vector_id, "vector");
	assert_string_equal(reveal->call, "reveal_weights");
	assert_string_equal(reveal->hotkey, "ours");
	assert_int_equal(reveal->mecid, 1);
	assert_int_equal(reveal->version_key, 9);
	assert_int_equal(reveal->salt[1], 77);
	assert_true(uid_weights_equal(&reveal->sent, &commit->sent));
	for (int i = 0; i < 2; i++) {
		struct ledger_row *row = i == 0 ? commit : reveal;

		uid_weights_clear(&row->sent);
		free(row);
	}
}

static void
a_reveal_leaves_room_for_another(void **state)
{
	static const struct {
		uint64_t period, room, era;
	} cases[] = {{64, 360, 64}, {64, 100, 32}, {64, 40, 16}, {64, 20, 8},
	    {64, 2, 8}, {4, 360, 4}, {8, 360, 8}, {2048, 360, 128}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    order_reveal_era(cases[i].period, cases[i].room),
		    cases[i].era);
}

/* Born at the finalized head, it must outlive the best one. */
static void
an_era_outlives_a_rest_of_finality(void **state)
{
	static const struct {
		uint64_t period, finalized, best, era;
	} cases[] = {{64, 1000, 1003, 64}, {64, 1000, 1059, 64},
	    {64, 1000, 1060, 128}, {64, 1000, 1500, 512}, {8, 1000, 1002, 8},
	    {8, 12, 30, 32}, {64, 1000, 9000, 2048}, {4, 7, 7, 8}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(order_era(cases[i].period, cases[i].finalized,
				     cases[i].best),
		    cases[i].era);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_update_not_ours_is_told_once),
	    cmocka_unit_test(an_update_while_we_were_away_is_told),
	    cmocka_unit_test(what_is_in_flight_may_be_it),
	    cmocka_unit_test(weights_not_expected_are_told_once),
	    cmocka_unit_test(after_so_many_tempos_it_is_time),
	    cmocka_unit_test(first_what_was_proven_then_the_fallback),
	    cmocka_unit_test(each_fallback_does_what_it_says),
	    cmocka_unit_test(a_database_away_makes_no_fallback),
	    cmocka_unit_test(lists_of_subnets),
	    cmocka_unit_test(a_reveal_is_of_what_was_committed),
	    cmocka_unit_test(a_reveal_leaves_room_for_another),
	    cmocka_unit_test(an_era_outlives_a_rest_of_finality),
	};

	log_set_level(LOG_FATAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

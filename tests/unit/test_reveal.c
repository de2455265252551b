/* When commits open, and what a snapshot says of one that waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "weightsetter/ledger.c"
#include "weightsetter/reveal.c"
#include "weightsetter/uid_weights.c"

enum { GENESIS_S = 1692803367, TEMPO = 20, SLOT_MS = 12000 };

static const int64_t now_ms = 1700000000000;

static uint16_t uids[] = {1, 2}, weights[] = {65535, 7}, others[] = {7, 65535};

/* In the place of PostgreSQL. */
void
store_step(struct store *s, const char *id, const char *from, const char *to,
    const struct ledger_fact *fact, int64_t now_us, store_cb *cb, void *arg)
{
	(void)s;
	(void)id;
	(void)from;
	(void)to;
	(void)fact;
	(void)now_us;
	(void)cb;
	(void)arg;
}

/* Epoch 5 began at block 100; the next begins at 120. */
static struct snapshot
subnet_at(uint64_t block)
{
	struct snapshot s = {.block = block};

	s.hyper.exists = true;
	s.hyper.commit_reveal = true;
	s.hyper.reveal_period = 1;
	s.hyper.slot_ms = SLOT_MS;
	s.hyper.epochs = (struct epochs){.is_counted = true,
	    .tempo = TEMPO,
	    .last = 100,
	    .index = 5,
	    .since = block - 100,
	    .current = block};
	s.beacon.exists = true;
	s.beacon.times = (struct beacon_times){GENESIS_S, 3};
	return s;
}

/* -- planning ------------------------------------------------------------ */

static void
a_round_is_out_three_blocks_behind_the_epoch(void **state)
{
	struct snapshot s = subnet_at(105);
	struct reveal_time t;

	(void)state;
	assert_null(reveal_plan(&s, LEDGER_TIMELOCK, 105, now_ms, &t));
	assert_int_equal(t.epoch, 5);
	assert_int_equal(t.block, 120);
	/* (now + (120 + 3 - 105) * 12 s - genesis) / 3 s */
	assert_int_equal(t.round, (1700000000 + 18 * 12 - GENESIS_S) / 3);
}

static void
none_commits_at_the_border(void **state)
{
	static const struct {
		uint64_t best;
		const char *reason;
		uint64_t epoch;
	} cases[] = {
	    {115, NULL, 5},	      /* lands in 116 */
	    {116, "epoch_border", 0}, /* 117, 118, 119 */
	    {117, "epoch_border", 0},
	    {118, "epoch_border", 0},
	    {119, NULL, 6}, /* in 120, where the epoch begins */
	    {120, NULL, 6},
	};
	struct reveal_time t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct snapshot s = subnet_at(112);
		const char *reason =
		    reveal_plan(&s, LEDGER_TIMELOCK, cases[i].best, now_ms, &t);

		if (cases[i].reason != NULL) {
			assert_string_equal(reason, cases[i].reason);
			continue;
		}
		assert_null(reason);
		assert_int_equal(t.epoch, cases[i].epoch);
		assert_int_equal(t.block, 120 + 20 * (cases[i].epoch - 5));
	}
}

static void
reasons_not_to_commit(void **state)
{
	struct snapshot s = subnet_at(105);
	struct reveal_time t;

	(void)state;
	s.hyper.epochs.tempo = 0;
	assert_string_equal(
	    reveal_plan(&s, LEDGER_TIMELOCK, 105, now_ms, &t), "no_epoch");
	s.hyper.epochs.tempo = 3;
	assert_string_equal(reveal_plan(&s, LEDGER_TIMELOCK, 105, now_ms, &t),
	    "tempo_too_short");
	assert_null(reveal_plan(&s, LEDGER_HASH, 105, now_ms, &t));
	assert_string_equal(
	    reveal_alarm(&s, LEDGER_TIMELOCK), "tempo_too_short");
	assert_null(reveal_alarm(&s, LEDGER_HASH));
	assert_null(reveal_alarm(&s, LEDGER_SET));
	s = subnet_at(105);
	assert_null(reveal_alarm(&s, LEDGER_TIMELOCK));
	s.beacon.last_round = 1u << 30;
	assert_string_equal(reveal_plan(&s, LEDGER_TIMELOCK, 105, now_ms, &t),
	    "InvalidRevealRound");
	assert_null(reveal_plan(&s, LEDGER_HASH, 105, now_ms, &t));
}

static void
epochs_go_on_from_the_head_to_the_best_block(void **state)
{
	struct snapshot s = subnet_at(118);
	struct epochs e = s.hyper.epochs;

	(void)state;
	reveal_advance(&e, 123);
	assert_int_equal(e.current, 123);
	assert_int_equal(e.index, 6);
	assert_int_equal(e.last, 120);
	assert_int_equal(e.since, 3);
	e.pending = 125;
	reveal_advance(&e, 125);
	assert_int_equal(e.index, 7);
	assert_int_equal(e.pending, 0);
}

static void
a_clock_may_be_twenty_seconds_off(void **state)
{
	static const struct {
		int64_t apart_ms;
		bool is_skewed;
	} cases[] = {{0, false}, {20000, false}, {-20000, false}, {20001, true},
	    {-20001, true}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    reveal_is_skewed(now_ms, now_ms + cases[i].apart_ms),
		    cases[i].is_skewed);
	assert_false(reveal_is_skewed(0, now_ms));
}

static void
blocks_left_to_a_reveal(void **state)
{
	struct snapshot s = subnet_at(105);

	(void)state;
	assert_int_equal(reveal_room(&s, 105), 14); /* 106 to 119 */
	assert_int_equal(reveal_room(&s, 118), 1);
	assert_int_equal(reveal_room(&s, 119), 20 - 0); /* the next epoch's */
}

/* -- judging ------------------------------------------------------------- */

struct scene {
	struct snapshot s;
	struct ledger_row row;
	struct commit *commit;
};

enum held { GONE, HELD };
enum on_chain { BEFORE, SHOWN };

/* A commit counted to epoch 4, that opens in epoch 5. */
static void
set_scene(struct scene *c, enum ledger_action action, uint64_t block,
    enum held held, enum on_chain shown)
{
	memset(c, 0, sizeof(*c));
	c->s = subnet_at(block);
	c->row.action = action;
	c->row.mecid = 1;
	c->row.commit_epoch = 4;
	c->row.sent = (struct uid_weights){uids, weights, 2};
	snprintf(c->row.commit_hash, sizeof(c->row.commit_hash), "0xab");
	c->commit = &c->s.own[1].commits[0];
	c->commit->is_timelocked = action == LEDGER_TIMELOCK;
	c->commit->epoch = 4;
	snprintf(c->commit->hash, sizeof(c->commit->hash), "0xab");
	c->s.own[1].n_commits = held == HELD;
	c->s.own[1].on_chain =
	    (struct uid_weights){uids, shown == SHOWN ? weights : others, 2};
}

static void
what_a_snapshot_says_of_a_commit(void **state)
{
	static const struct {
		uint64_t index; /* the epoch of the head, whose block is 105 */
		enum held held;
		enum on_chain shown;
		enum reveal_verdict timelock, hash;
	} cases[] = {
	    /* before its epoch */
	    {4, HELD, BEFORE, REVEAL_WAIT, REVEAL_WAIT},
	    {4, HELD, SHOWN, REVEAL_WAIT, REVEAL_WAIT},
	    {4, GONE, SHOWN, REVEAL_WAIT, REVEAL_WAIT},
	    /* in its epoch */
	    {5, HELD, BEFORE, REVEAL_WAIT, REVEAL_NOW},
	    {5, HELD, SHOWN, REVEAL_WAIT, REVEAL_NOW}, /* the same as before */
	    {5, GONE, SHOWN, REVEAL_SHOWN, REVEAL_SHOWN},
	    {5, GONE, BEFORE, REVEAL_MISSED, REVEAL_MISSED}, /* dropped */
	    /* after it */
	    {6, HELD, BEFORE, REVEAL_MISSED, REVEAL_MISSED},
	    {6, HELD, SHOWN, REVEAL_MISSED, REVEAL_MISSED},
	    {6, GONE, BEFORE, REVEAL_MISSED, REVEAL_MISSED},
	    {6, GONE, SHOWN, REVEAL_SHOWN, REVEAL_SHOWN}, /* we were away */
	};
	struct scene c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_scene(
		    &c, LEDGER_TIMELOCK, 105, cases[i].held, cases[i].shown);
		c.s.hyper.epochs.index = cases[i].index;
		assert_int_equal(
		    reveal_judge(&c.s, 105, &c.row), cases[i].timelock);
		set_scene(&c, LEDGER_HASH, 105, cases[i].held, cases[i].shown);
		c.s.hyper.epochs.index = cases[i].index;
		assert_int_equal(
		    reveal_judge(&c.s, 105, &c.row), cases[i].hash);
	}
}

/* Once the next block begins another epoch, this one's are all done. */
static void
the_last_block_of_the_epoch_ends_it(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_TIMELOCK, 118, HELD, BEFORE);
	assert_int_equal(reveal_judge(&c.s, 118, &c.row), REVEAL_WAIT);
	set_scene(&c, LEDGER_TIMELOCK, 119, HELD, BEFORE);
	assert_int_equal(reveal_judge(&c.s, 119, &c.row), REVEAL_MISSED);
}

/* A reveal is sent for the block behind the best, and proven by the head. */
static void
a_reveal_is_due_by_the_best_block(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_HASH, 117, HELD, BEFORE);
	c.row.commit_epoch = 5;
	c.commit->epoch = 5;
	assert_int_equal(reveal_judge(&c.s, 118, &c.row), REVEAL_WAIT);
	assert_int_equal(reveal_judge(&c.s, 119, &c.row), REVEAL_NOW);
	assert_int_equal(reveal_judge(&c.s, 125, &c.row), REVEAL_NOW);
	assert_int_equal(reveal_judge(&c.s, 139, &c.row), REVEAL_WAIT);
}

static void
the_period_is_the_chains_of_today(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_HASH, 105, HELD, BEFORE);
	c.s.hyper.reveal_period = 2;
	assert_int_equal(reveal_judge(&c.s, 105, &c.row), REVEAL_WAIT);
	c.s.hyper.epochs.index = 6;
	assert_int_equal(reveal_judge(&c.s, 105, &c.row), REVEAL_NOW);
}

static void
a_subnet_gone_reveals_nothing(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_TIMELOCK, 105, GONE, BEFORE);
	c.s.hyper.exists = false;
	assert_int_equal(reveal_judge(&c.s, 105, &c.row), REVEAL_MISSED);
}

/* Epochs by the block's number: netuid 1, 21 blocks each; 105 is in 5. */
static void
the_older_rule_counts_by_block(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_TIMELOCK, 105, GONE, SHOWN);
	c.s.hyper.epochs =
	    (struct epochs){.netuid = 1, .tempo = TEMPO, .current = 105};
	assert_int_equal(reveal_judge(&c.s, 105, &c.row), REVEAL_SHOWN);
	c.row.commit_epoch = 5;
	assert_int_equal(reveal_judge(&c.s, 105, &c.row), REVEAL_WAIT);
}

static void
a_commit_is_known_by_kind_and_hash(void **state)
{
	struct scene c;

	(void)state;
	set_scene(&c, LEDGER_TIMELOCK, 105, HELD, BEFORE);
	assert_ptr_equal(reveal_find(&c.s.own[1], &c.row), c.commit);
	c.commit->is_timelocked = false;
	assert_null(reveal_find(&c.s.own[1], &c.row));
	c.commit->is_timelocked = true;
	c.commit->hash[3]++;
	assert_null(reveal_find(&c.s.own[1], &c.row));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_round_is_out_three_blocks_behind_the_epoch),
	    cmocka_unit_test(none_commits_at_the_border),
	    cmocka_unit_test(reasons_not_to_commit),
	    cmocka_unit_test(epochs_go_on_from_the_head_to_the_best_block),
	    cmocka_unit_test(a_clock_may_be_twenty_seconds_off),
	    cmocka_unit_test(blocks_left_to_a_reveal),
	    cmocka_unit_test(what_a_snapshot_says_of_a_commit),
	    cmocka_unit_test(the_last_block_of_the_epoch_ends_it),
	    cmocka_unit_test(a_reveal_is_due_by_the_best_block),
	    cmocka_unit_test(the_period_is_the_chains_of_today),
	    cmocka_unit_test(a_subnet_gone_reveals_nothing),
	    cmocka_unit_test(the_older_rule_counts_by_block),
	    cmocka_unit_test(a_commit_is_known_by_kind_and_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

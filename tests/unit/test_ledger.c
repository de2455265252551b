/* Every state of the weight ledger meets every event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "weightsetter/ledger.c"
#include "weightsetter/uid_weights.c"

/* -- in the place of PostgreSQL ------------------------------------------ */

struct pending {
	store_cb *cb;
	void *arg;
	char from[16], to[16];
	uint64_t block, epoch;
	char reason[32];
};

static struct pending pending[8];
static size_t n_pending;

void
store_step(struct store *s, const char *id, const char *from, const char *to,
    const struct ledger_fact *fact, int64_t now_us, store_cb *cb, void *arg)
{
	struct pending *p = &pending[n_pending++];

	(void)s;
	(void)id;
	(void)now_us;
	p->cb = cb;
	p->arg = arg;
	snprintf(p->from, sizeof(p->from), "%s", from);
	snprintf(p->to, sizeof(p->to), "%s", to);
	p->block = fact->block;
	p->epoch = fact->epoch;
	snprintf(p->reason, sizeof(p->reason), "%s",
	    fact->reason == NULL ? "" : fact->reason);
}

struct seen {
	struct ledger ledger;
	int steps, conflicts;
	enum ledger_state state;
};

static void
on_step(const struct ledger_row *row, void *arg)
{
	struct seen *s = arg;

	s->steps++;
	s->state = row->state;
}

static void
on_conflict(void *arg)
{
	struct seen *s = arg;

	s->conflicts++;
}

static void
begin(struct seen *s, enum ledger_state state)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));

	memset(s, 0, sizeof(*s));
	n_pending = 0;
	ledger_init(&s->ledger, NULL);
	s->ledger.on_step = on_step;
	s->ledger.on_conflict = on_conflict;
	s->ledger.arg = s;
	snprintf(row->id, sizeof(row->id), "%s", "one");
	row->state = state;
	ledger_take(&s->ledger, row);
}

static void
answer(size_t i, enum store_outcome outcome)
{
	pending[i].cb(outcome, pending[i].arg);
}

/* -- the table ----------------------------------------------------------- */

enum { I, S, C, F, M, P, R, U, X, _ = -1 }; /* the states, and nothing */

static void
every_state_meets_every_event(void **state)
{
	static const int want[N_LEDGER_STATES][N_LEDGER_EVENTS] = {
	    /* in the enum's order: never_sent sent refusal loss in_block
	     * retracted finality commit proof disproof death */
	    [LEDGER_INTENDED] = {R, S, R, U, C, _, F, _, _, _, _},
	    [LEDGER_SUBMITTED] = {_, _, _, U, C, _, F, _, _, _, _},
	    [LEDGER_INCLUDED] = {_, _, _, U, C, S, F, _, _, _, _},
	    [LEDGER_FINALIZED] = {_, _, _, U, _, _, _, M, P, R, X},
	    [LEDGER_COMMITTED] = {_, _, _, _, _, _, _, _, P, R, _},
	    [LEDGER_PROVEN] = {_, _, _, _, _, _, _, _, _, _, _},
	    [LEDGER_REFUSED] = {_, _, _, _, _, _, _, _, _, _, _},
	    [LEDGER_UNKNOWN] = {_, _, _, _, _, _, F, _, _, _, X},
	    [LEDGER_EXPIRED] = {_, _, _, _, _, _, _, _, _, _, _},
	};

	(void)state;
	for (int s = 0; s < N_LEDGER_STATES; s++) {
		for (int e = 0; e < N_LEDGER_EVENTS; e++)
			assert_int_equal(ledger_next(s, e), want[s][e]);
	}
}

/* From any state that is no end, an end can be reached; from an end, none. */
static void
every_state_has_a_way_out(void **state)
{
	(void)state;
	for (int s = 0; s < N_LEDGER_STATES; s++) {
		bool can_move = false;

		for (int e = 0; e < N_LEDGER_EVENTS; e++)
			can_move |= ledger_next(s, e) >= 0;
		assert_int_equal(can_move, !ledger_is_end(s));
	}
}

/* Nothing leads to "intended", and nothing is sent again from "unknown". */
static void
unknown_is_never_sent_again(void **state)
{
	(void)state;
	for (int e = 0; e < N_LEDGER_EVENTS; e++) {
		int next = ledger_next(LEDGER_UNKNOWN, e);

		assert_true(next < 0 || next == LEDGER_FINALIZED ||
			    next == LEDGER_EXPIRED);
		for (int s = 0; s < N_LEDGER_STATES; s++)
			assert_int_not_equal(
			    ledger_next(s, e), LEDGER_INTENDED);
	}
}

static void
names_go_both_ways(void **state)
{
	(void)state;
	for (int s = 0; s < N_LEDGER_STATES; s++)
		assert_int_equal(ledger_state_of(ledger_state_name(s)), s);
	assert_int_equal(ledger_state_of("nonsense"), -1);
	for (int a = 0; a < N_LEDGER_ACTIONS; a++)
		assert_int_equal(ledger_action_of(ledger_action_name(a)), a);
	assert_int_equal(ledger_action_of("nonsense"), -1);
}

static void
a_commit_is_neither_in_flight_nor_ended(void **state)
{
	(void)state;
	for (int s = 0; s < N_LEDGER_STATES; s++)
		assert_int_equal(ledger_is_in_flight(s),
		    !ledger_is_end(s) && s != LEDGER_COMMITTED);
	assert_false(ledger_is_end(LEDGER_COMMITTED));
	assert_true(ledger_is_commit(LEDGER_TIMELOCK));
	assert_true(ledger_is_commit(LEDGER_HASH));
	assert_false(ledger_is_commit(LEDGER_SET));
	assert_false(ledger_is_commit(LEDGER_REVEAL));
}

/* -- steps --------------------------------------------------------------- */

static void
a_step_is_told_once_it_is_written(void **state)
{
	struct ledger_fact fact = {.block = 7, .block_hash = "0xab"};
	struct seen s;

	(void)state;
	begin(&s, LEDGER_SUBMITTED);
	ledger_step(&s.ledger, LEDGER_IN_BLOCK, &fact, 1);
	assert_int_equal(n_pending, 1);
	assert_string_equal(pending[0].from, "submitted");
	assert_string_equal(pending[0].to, "included");
	assert_int_equal(pending[0].block, 7);
	assert_int_equal(s.steps, 0);
	answer(0, STORE_DONE);
	assert_int_equal(s.steps, 1);
	assert_int_equal(s.state, LEDGER_INCLUDED);
	assert_string_equal(s.ledger.open->block_hash, "0xab");
	ledger_clear(&s.ledger);
}

static void
an_event_out_of_place_writes_nothing(void **state)
{
	struct seen s;

	(void)state;
	begin(&s, LEDGER_SUBMITTED);
	ledger_step(&s.ledger, LEDGER_PROOF, NULL, 1);
	ledger_step(&s.ledger, LEDGER_SENT, NULL, 1);
	assert_int_equal(n_pending, 0);
	ledger_clear(&s.ledger);
}

static void
steps_in_a_row_compare_each_with_the_one_before(void **state)
{
	struct seen s;

	(void)state;
	begin(&s, LEDGER_INTENDED);
	ledger_step(&s.ledger, LEDGER_SENT, NULL, 1);
	ledger_step(&s.ledger, LEDGER_IN_BLOCK, NULL, 2);
	assert_string_equal(pending[1].from, "submitted");
	answer(0, STORE_DONE);
	assert_int_equal(s.steps, 0); /* it has moved on meanwhile */
	answer(1, STORE_DONE);
	assert_int_equal(s.steps, 1);
	ledger_clear(&s.ledger);
}

static void
a_step_not_written_is_a_conflict(void **state)
{
	static const enum store_outcome bad[] = {STORE_NOTHING, STORE_FAILED};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&s, LEDGER_SUBMITTED);
		ledger_step(&s.ledger, LEDGER_LOSS, NULL, 1);
		answer(0, bad[i]);
		assert_int_equal(s.conflicts, 1);
		assert_int_equal(s.steps, 0);
		ledger_clear(&s.ledger);
	}
}

static void
an_answer_about_a_row_let_go_is_ignored(void **state)
{
	struct seen s;

	(void)state;
	begin(&s, LEDGER_SUBMITTED);
	ledger_step(&s.ledger, LEDGER_LOSS, NULL, 1);
	ledger_drop(&s.ledger);
	answer(0, STORE_FAILED);
	assert_int_equal(s.conflicts, 0);
	ledger_step(&s.ledger, LEDGER_LOSS, NULL, 1);
	assert_int_equal(n_pending, 1);
	ledger_clear(&s.ledger);
}

/* A commit keeps the block it was included in; an unknown row has none. */
static void
the_block_goes_with_the_state(void **state)
{
	struct ledger_fact in = {.block = 7, .block_hash = "0xab"};
	struct ledger_fact commit = {.epoch = 3};
	struct seen s;

	(void)state;
	begin(&s, LEDGER_SUBMITTED);
	s.ledger.open->commit_epoch = 2;
	ledger_step(&s.ledger, LEDGER_FINALITY, &in, 1);
	ledger_step(&s.ledger, LEDGER_COMMIT, &commit, 2);
	assert_int_equal(s.ledger.open->block, 7);
	assert_string_equal(s.ledger.open->block_hash, "0xab");
	assert_int_equal(s.ledger.open->commit_epoch, 3);
	assert_int_equal(pending[1].epoch, 3);
	ledger_clear(&s.ledger);
	begin(&s, LEDGER_SUBMITTED);
	ledger_step(&s.ledger, LEDGER_IN_BLOCK, &in, 1);
	ledger_step(&s.ledger, LEDGER_LOSS, NULL, 2);
	assert_int_equal(s.ledger.open->block, 0);
	ledger_clear(&s.ledger);
}

static void
a_reason_is_kept(void **state)
{
	struct ledger_fact fact = {.reason = "Stale"};
	struct seen s;

	(void)state;
	begin(&s, LEDGER_INTENDED);
	ledger_step(&s.ledger, LEDGER_REFUSAL, &fact, 1);
	assert_string_equal(pending[0].reason, "Stale");
	assert_string_equal(s.ledger.open->reason, "Stale");
	ledger_clear(&s.ledger);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_state_meets_every_event),
	    cmocka_unit_test(every_state_has_a_way_out),
	    cmocka_unit_test(unknown_is_never_sent_again),
	    cmocka_unit_test(names_go_both_ways),
	    cmocka_unit_test(a_step_is_told_once_it_is_written),
	    cmocka_unit_test(an_event_out_of_place_writes_nothing),
	    cmocka_unit_test(steps_in_a_row_compare_each_with_the_one_before),
	    cmocka_unit_test(a_step_not_written_is_a_conflict),
	    cmocka_unit_test(an_answer_about_a_row_let_go_is_ignored),
	    cmocka_unit_test(a_commit_is_neither_in_flight_nor_ended),
	    cmocka_unit_test(the_block_goes_with_the_state),
	    cmocka_unit_test(a_reason_is_kept),
	};

	log_set_level(LOG_FATAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

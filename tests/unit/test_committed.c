/* Commits that wait for their reveal, with a store of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "weightsetter/committed.c"
#include "weightsetter/ledger.c"
#include "weightsetter/refusal.c"
#include "weightsetter/retry.c"
#include "weightsetter/reveal.c"
#include "weightsetter/uid_weights.c"

enum { MAX_STEPS = 8 };

static uint16_t uids[] = {1}, first[] = {11}, second[] = {22}, third[] = {33};

/* -- in the place of PostgreSQL ------------------------------------------ */

struct step {
	char id[PLAN_ID], to[16], reason[32];
	uint64_t block;
	store_cb *cb;
	void *arg;
};

struct seen {
	struct step steps[MAX_STEPS];
	size_t n_steps;
	store_rows_cb *on_rows;
	void *arg;
	int loaded, unloaded, ends;
	char ended[PLAN_ID];
	enum ledger_state state;
};

static struct seen seen;

void
store_step(struct store *s, const char *id, const char *from, const char *to,
    const struct ledger_fact *fact, int64_t now_us, store_cb *cb, void *arg)
{
	struct step *step = &seen.steps[seen.n_steps++];

	(void)s;
	(void)now_us;
	assert_string_equal(from, "committed");
	snprintf(step->id, sizeof(step->id), "%s", id);
	snprintf(step->to, sizeof(step->to), "%s", to);
	snprintf(step->reason, sizeof(step->reason), "%s",
	    fact->reason == NULL ? "" : fact->reason);
	step->block = fact->block;
	step->cb = cb;
	step->arg = arg;
}

void
store_committed(struct store *s, uint16_t netuid, uint8_t mecid,
    const char *hotkey, store_rows_cb *cb, void *arg)
{
	(void)s;
	assert_int_equal(netuid, 11);
	assert_int_equal(mecid, 0);
	assert_string_equal(hotkey, "ours");
	seen.on_rows = cb;
	seen.arg = arg;
}

/* -- the scene ----------------------------------------------------------- */

static void
on_end(const struct ledger_row *row, void *arg)
{
	(void)arg;
	seen.ends++;
	memcpy(seen.ended, row->id, sizeof(seen.ended));
	seen.state = row->state;
}

static void
on_loaded(bool was_read, void *arg)
{
	(void)arg;
	seen.loaded += was_read;
	seen.unloaded += !was_read;
}

static struct committed *
begin(void)
{
	const struct committed_parts parts = {
	    .netuid = 11, .on_end = on_end, .on_loaded = on_loaded};

	memset(&seen, 0, sizeof(seen));
	return committed_new(&parts);
}

/* Counted to that epoch; it opens one later. */
static void
fill(struct ledger_row *row, const char *id, enum ledger_action action,
    uint64_t epoch, uint16_t *weights)
{
	memset(row, 0, sizeof(*row));
	row->state = LEDGER_COMMITTED;
	row->action = action;
	row->commit_epoch = epoch;
	row->block = 50;
	row->sent = (struct uid_weights){uids, weights, 1};
	snprintf(row->id, sizeof(row->id), "%s", id);
	snprintf(row->commit_hash, sizeof(row->commit_hash), "0x%s", id);
}

static void
add(struct committed *c, const char *id, enum ledger_action action,
    uint64_t epoch, uint16_t *weights)
{
	struct ledger_row row;

	fill(&row, id, action, epoch, weights);
	committed_add(c, &row);
}

/* Block 105 of an epoch; the chain shows those weights and holds that commit
 * ("": none). */
static struct snapshot
head_in(uint64_t epoch, uint16_t *shown, const char *held, bool is_timelocked)
{
	struct snapshot s = {.block = 105};

	s.hyper.exists = true;
	s.hyper.reveal_period = 1;
	s.hyper.epochs = (struct epochs){.is_counted = true,
	    .tempo = 20,
	    .last = 100,
	    .index = epoch,
	    .current = 105};
	s.own[0].on_chain = (struct uid_weights){uids, shown, 1};
	s.own[0].n_commits = held[0] != '\0';
	s.own[0].commits[0].is_timelocked = is_timelocked;
	snprintf(s.own[0].commits[0].hash, SNAPSHOT_HASH, "0x%s", held);
	return s;
}

static void
answer(size_t i, enum store_outcome outcome)
{
	seen.steps[i].cb(outcome, seen.steps[i].arg);
}

/* -- the tests ----------------------------------------------------------- */

static void
what_opened_is_proven_once_it_is_written(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(6, first, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	assert_int_equal(committed_count(c), 1);
	committed_judge(c, &s, 105, NULL);
	committed_judge(c, &s, 105, NULL); /* it is being written */
	assert_int_equal(seen.n_steps, 1);
	assert_string_equal(seen.steps[0].to, "proven");
	assert_int_equal(seen.steps[0].block, 105);
	assert_int_equal(seen.ends, 0);
	answer(0, STORE_DONE);
	assert_int_equal(seen.ends, 1);
	assert_string_equal(seen.ended, "a");
	assert_int_equal(seen.state, LEDGER_PROVEN);
	assert_int_equal(committed_count(c), 0);
	committed_judge(c, &s, 105, NULL);
	committed_free(c);
}

static void
what_did_not_open_is_not_revealed(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(6, second, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	committed_judge(c, &s, 105, NULL);
	assert_string_equal(seen.steps[0].to, "refused");
	assert_string_equal(seen.steps[0].reason, "not_revealed");
	answer(0, STORE_DONE);
	assert_int_equal(seen.state, LEDGER_REFUSED);
	committed_free(c);
}

static void
what_waits_is_left_alone(void **state)
{
	struct committed *c = begin();
	struct snapshot before = head_in(5, second, "a", true);
	struct snapshot within = head_in(6, second, "a", true);
	struct snapshot older = head_in(7, second, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	committed_judge(c, &before, 105, NULL);
	committed_judge(c, &within, 105, NULL); /* its pulse is not out yet */
	older.block = 49;			/* than its inclusion */
	committed_judge(c, &older, 105, NULL);
	assert_int_equal(seen.n_steps, 0);
	committed_free(c);
}

/* We were away while two of them opened: the later one is all that shows. */
static void
one_that_was_overtaken_is_no_alarm(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(7, second, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	add(c, "b", LEDGER_TIMELOCK, 6, second);
	committed_judge(c, &s, 105, NULL);
	assert_int_equal(seen.n_steps, 2);
	assert_string_equal(seen.steps[0].id, "a");
	assert_string_equal(seen.steps[0].reason, "overtaken");
	assert_string_equal(seen.steps[1].id, "b");
	assert_string_equal(seen.steps[1].to, "proven");
	committed_free(c);
}

static void
rows_are_read_and_known_ones_kept_once(void **state)
{
	struct committed *c = begin();
	struct ledger_row a, b;
	struct ledger_row *rows[2];

	(void)state;
	fill(&a, "a", LEDGER_TIMELOCK, 5, first);
	fill(&b, "b", LEDGER_HASH, 6, second);
	committed_load(c, "ours");
	committed_add(c, &a); /* the chain has it meanwhile */
	rows[0] = ledger_row_copy(&a);
	rows[1] = ledger_row_copy(&b);
	seen.on_rows(STORE_DONE, rows, 2, seen.arg);
	assert_int_equal(seen.loaded, 1);
	assert_int_equal(committed_count(c), 2);
	assert_true(committed_in_epoch(c, 5));
	assert_false(committed_in_epoch(c, 7));
	assert_true(committed_holds(c, &b.sent));
	assert_int_equal(committed_block(c), 50);
	committed_load(c, "ours");
	assert_int_equal(committed_count(c), 0);
	assert_int_equal(committed_block(c), 0);
	seen.on_rows(STORE_FAILED, NULL, 0, seen.arg);
	assert_int_equal(seen.unloaded, 1);
	committed_free(c);
}

static void
a_step_not_written_has_them_read_again(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(6, first, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	committed_judge(c, &s, 105, NULL);
	answer(0, STORE_FAILED);
	assert_int_equal(seen.unloaded, 1);
	assert_int_equal(seen.ends, 0);
	committed_free(c);
}

/* Read again while a step is on its way: its answer harms nobody. */
static void
an_answer_about_a_forgotten_row_is_ignored(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(6, first, "", true);

	(void)state;
	add(c, "a", LEDGER_TIMELOCK, 5, first);
	committed_judge(c, &s, 105, NULL);
	committed_load(c, "ours");
	seen.on_rows(STORE_NOTHING, NULL, 0, seen.arg);
	answer(0, STORE_FAILED);
	assert_int_equal(seen.ends, 0);
	assert_int_equal(seen.unloaded, 0);
	committed_judge(c, &s, 105, NULL);
	committed_free(c);
}

static void
a_plain_commit_is_due_in_its_epoch(void **state)
{
	struct committed *c = begin();
	struct snapshot before = head_in(5, third, "a", false);
	struct snapshot within = head_in(6, third, "a", false);

	(void)state;
	add(c, "t", LEDGER_TIMELOCK, 5, second);
	add(c, "a", LEDGER_HASH, 5, first);
	assert_null(committed_due(c, &before, 105));
	assert_string_equal(committed_due(c, &within, 105)->id, "a");
	committed_free(c);
}

static void
a_commit_is_proven_behind_its_reveal(void **state)
{
	struct committed *c = begin();
	struct snapshot s = head_in(6, first, "", false);

	(void)state;
	add(c, "a", LEDGER_HASH, 5, first);
	committed_judge(c, &s, 105, "a");
	assert_int_equal(seen.n_steps, 0);
	committed_judge(c, &s, 105, "");
	assert_int_equal(seen.n_steps, 1);
	committed_free(c);
}

static void
a_reveal_that_failed_is_tried_again_soon(void **state)
{
	static const struct {
		const char *reason;
		uint64_t again_at;
	} cases[] = {
	    {"node", 106}, {"CommitBlockNotInRevealRange", 106},
	    {"era_over", 106}, {"CommitNotFound", 106},
	    {"InvalidRevealCommitHashNotMatch", 125}, /* it never will */
	};
	const struct vectors_when at = {105, 20, 120};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct committed *c = begin();
		struct snapshot s = head_in(6, third, "a", false);

		add(c, "a", LEDGER_HASH, 5, first);
		committed_reveal_failed(c, "a", cases[i].reason, &at);
		committed_reveal_failed(c, "nobody", cases[i].reason, &at);
		s.block = cases[i].again_at - 1;
		assert_null(committed_due(c, &s, 105));
		s.block = cases[i].again_at;
		assert_non_null(committed_due(c, &s, 105));
		committed_free(c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_opened_is_proven_once_it_is_written),
	    cmocka_unit_test(what_did_not_open_is_not_revealed),
	    cmocka_unit_test(what_waits_is_left_alone),
	    cmocka_unit_test(one_that_was_overtaken_is_no_alarm),
	    cmocka_unit_test(rows_are_read_and_known_ones_kept_once),
	    cmocka_unit_test(a_step_not_written_has_them_read_again),
	    cmocka_unit_test(an_answer_about_a_forgotten_row_is_ignored),
	    cmocka_unit_test(a_plain_commit_is_due_in_its_epoch),
	    cmocka_unit_test(a_commit_is_proven_behind_its_reveal),
	    cmocka_unit_test(a_reveal_that_failed_is_tried_again_soon),
	};

	log_set_level(LOG_FATAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * What a hotkey has in flight, with a chain, a store, and all that works on a
 * row played by the test; and whose turn it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/metrics.h"
#include "weightsetter/find.h"
#include "weightsetter/flight.c"
#include "weightsetter/ledger.c"
#include "weightsetter/refusal.c"
#include "weightsetter/uid_weights.c"

/* -- the world ----------------------------------------------------------- */

struct submit {
	bool is_busy;
	submit_cb *on_none;
	void *arg;
	int started, abandoned;
};

struct prove {
	bool is_busy;
	prove_cb *cb;
	void *arg;
	int started;
};

struct find {
	bool is_busy;
	find_cb *cb;
	void *arg;
	int started;
};

struct world {
	struct metrics *metrics;
	struct submit submit;
	struct prove prove;
	struct find find;
	bool is_up;
	uint64_t best;
	/* the store */
	store_row_cb *on_row;
	void *row_arg;
	int loads, steps;
	char to[16], reason[32];
	uint64_t epoch;
	store_cb *on_step;
	void *step_arg;
	/* what the flight says */
	int ends, frees, nones;
	enum ledger_state end_state;
	enum flight_commit commit;
};

static struct world world;

struct submit *
submit_new(const struct submit_parts *parts, submit_cb *cb, void *arg)
{
	(void)parts;
	world.submit.on_none = cb;
	world.submit.arg = arg;
	return &world.submit;
}

void
submit_free(struct submit *s)
{
	(void)s;
}

bool
submit_is_busy(const struct submit *s)
{
	return s->is_busy;
}

void
submit_abandon(struct submit *s)
{
	s->abandoned++;
	s->is_busy = false;
}

void
submit_start(struct submit *s, const struct submit_order *order)
{
	(void)order;
	s->started++;
	s->is_busy = true;
}

struct prove *
prove_new(struct chain *c, prove_cb *cb, void *arg)
{
	(void)c;
	world.prove.cb = cb;
	world.prove.arg = arg;
	return &world.prove;
}

void
prove_free(struct prove *p)
{
	(void)p;
}

bool
prove_is_busy(const struct prove *p)
{
	return p->is_busy;
}

void
prove_start(
    struct prove *p, const struct ledger_row *row, const struct snapshot *s)
{
	assert_true(s->block >= row->block);
	p->started++;
	p->is_busy = true;
}

struct find *
find_new(struct chain *c, find_cb *cb, void *arg)
{
	(void)c;
	world.find.cb = cb;
	world.find.arg = arg;
	return &world.find;
}

void
find_free(struct find *f)
{
	(void)f;
}

bool
find_is_busy(const struct find *f)
{
	return f->is_busy;
}

bool
find_start(struct find *f, const struct ledger_row *row,
    const struct snapshot *s, struct finding *at_once)
{
	(void)row;
	(void)s;
	(void)at_once;
	f->started++;
	f->is_busy = true;
	return true;
}

bool
chain_is_up(const struct chain *c)
{
	(void)c;
	return world.is_up;
}

uint64_t
chain_best_number(const struct chain *c)
{
	(void)c;
	return world.best;
}

struct snapshot *
snapshot_hold(struct snapshot *s)
{
	s->holders++;
	return s;
}

void
snapshot_free(struct snapshot *s)
{
	if (s != NULL)
		s->holders--;
}

void
store_open_row(struct store *s, const char *hotkey, store_row_cb *cb, void *arg)
{
	(void)s;
	assert_string_not_equal(hotkey, "");
	world.loads++;
	world.on_row = cb;
	world.row_arg = arg;
}

void
store_step(struct store *s, const char *id, const char *from, const char *to,
    const struct ledger_fact *fact, int64_t now_us, store_cb *cb, void *arg)
{
	(void)s;
	(void)id;
	(void)from;
	(void)now_us;
	world.steps++;
	snprintf(world.to, sizeof(world.to), "%s", to);
	snprintf(world.reason, sizeof(world.reason), "%s",
	    fact->reason == NULL ? "" : fact->reason);
	world.epoch = fact->epoch;
	world.on_step = cb;
	world.step_arg = arg;
}

static enum flight_commit
find_commit(const struct ledger_row *row, uint64_t *epoch, void *arg)
{
	(void)row;
	(void)arg;
	if (world.commit == FLIGHT_STORED)
		*epoch = 9;
	return world.commit;
}

static void
on_end(const struct ledger_row *row, void *arg)
{
	(void)arg;
	world.ends++;
	world.end_state = row->state;
}

static void
on_none_of(const struct ledger_row *row, const char *reason, void *arg)
{
	(void)row;
	(void)reason;
	(void)arg;
	world.nones++;
}

static void
on_free(void *arg)
{
	(void)arg;
	world.frees++;
}

/* -- the scene ----------------------------------------------------------- */

static struct snapshot heads[8];

/* A head; each call is a newer one. */
static void
head(struct flight *f, uint64_t block, uint32_t nonce)
{
	struct snapshot *s = NULL;

	for (size_t i = 0; s == NULL; i++) {
		assert_true(i < sizeof(heads) / sizeof(heads[0]));
		if (heads[i].holders == 0)
			s = &heads[i];
	}
	memset(s, 0, sizeof(*s));
	s->block = block;
	s->nonce = nonce;
	snprintf(s->hotkey, sizeof(s->hotkey), "ours");
	world.best = block + 2;
	flight_take_snapshot(f, s);
}

static struct flight *
begin(void)
{
	struct flight_parts parts = {.find_commit = find_commit,
	    .on_end = on_end,
	    .on_none = on_none_of,
	    .on_free = on_free};

	memset(&world, 0, sizeof(world));
	memset(heads, 0, sizeof(heads));
	world.is_up = true;
	world.metrics = metrics_new();
	parts.metrics = world.metrics;
	return flight_new(&parts);
}

static void
finish(struct flight *f)
{
	flight_free(f);
	metrics_free(world.metrics);
}

/* Begin with that row in PostgreSQL; NULL: none. */
static struct flight *
begin_with(enum ledger_state state, enum ledger_action action, bool has_hash)
{
	struct flight *f = begin();
	struct ledger_row *row = xcalloc(1, sizeof(*row));

	snprintf(row->id, sizeof(row->id), "row");
	row->state = state;
	row->action = action;
	row->nonce = 7;
	row->era_death = 200;
	if (has_hash)
		snprintf(
		    row->extrinsic_hash, sizeof(row->extrinsic_hash), "0xab");
	if (state == LEDGER_FINALIZED)
		row->block = 100;
	head(f, 100, 7);
	assert_int_equal(world.loads, 1);
	world.on_row(STORE_DONE, row, world.row_arg);
	return f;
}

static struct flight *
begin_empty(void)
{
	struct flight *f = begin();

	head(f, 100, 7);
	world.on_row(STORE_NOTHING, NULL, world.row_arg);
	return f;
}

static void
written(void)
{
	store_cb *cb = world.on_step;

	assert_non_null(cb);
	world.on_step = NULL;
	cb(STORE_DONE, world.step_arg);
}

static void
prove(enum prove_result result, const char *reason)
{
	struct proof proof = {"row", result, 100, "0xcd", reason};

	assert_true(world.prove.is_busy);
	world.prove.is_busy = false;
	world.prove.cb(&proof, world.prove.arg);
}

/* -- a row at the start -------------------------------------------------- */

static void
each_state_is_taken_up_where_it_is(void **state)
{
	static const struct {
		enum ledger_state state;
		bool has_hash;
		const char *to, *reason; /* NULL: no step */
		int finds, proofs;
	} cases[] = {
	    {LEDGER_INTENDED, false, "refused", "never_sent", 0, 0},
	    {LEDGER_INTENDED, true, "unknown", "", 0, 0},
	    {LEDGER_SUBMITTED, true, "unknown", "", 0, 0},
	    {LEDGER_INCLUDED, true, "unknown", "", 0, 0},
	    {LEDGER_FINALIZED, true, NULL, NULL, 0, 1},
	    {LEDGER_UNKNOWN, true, NULL, NULL, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flight *f =
		    begin_with(cases[i].state, LEDGER_SET, cases[i].has_hash);

		assert_int_equal(world.steps, cases[i].to != NULL);
		if (cases[i].to != NULL) {
			assert_string_equal(world.to, cases[i].to);
			assert_string_equal(world.reason, cases[i].reason);
		}
		assert_int_equal(world.find.started, cases[i].finds);
		assert_int_equal(world.prove.started, cases[i].proofs);
		assert_false(flight_is_free(f));
		assert_int_equal(world.submit.started, 0);
		finish(f);
	}
}

static void
nothing_is_sent_before_the_ledger_was_read(void **state)
{
	struct flight *f = begin();

	(void)state;
	assert_false(flight_is_free(f));
	head(f, 100, 7);
	assert_false(flight_is_free(f));
	world.on_row(STORE_FAILED, NULL, world.row_arg);
	assert_false(flight_is_free(f));
	head(f, 101, 7);
	assert_int_equal(world.loads, 2);
	world.on_row(STORE_NOTHING, NULL, world.row_arg);
	assert_true(flight_is_free(f));
	assert_int_equal(world.frees, 1);
	finish(f);
}

/* -- one at a time ------------------------------------------------------- */

static void
one_submission_for_a_best_block(void **state)
{
	struct flight *f = begin_empty();
	struct submit_order order = {0};
	struct ledger_row row = {0};

	(void)state;
	assert_true(flight_is_free(f));
	flight_start(f, &order);
	assert_false(flight_is_free(f));
	world.submit.is_busy = false;
	world.submit.on_none(&row, "node", world.submit.arg);
	assert_int_equal(world.nones, 1);
	assert_false(flight_is_free(f)); /* the best block is the same */
	world.best++;
	assert_true(flight_is_free(f));
	world.is_up = false;
	assert_false(flight_is_free(f));
	finish(f);
}

static void
what_may_have_been_written_is_read_again(void **state)
{
	static const char *const reasons[] = {
	    "not_written", "another_under_way"};
	struct submit_order order = {0};
	struct ledger_row row = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct flight *f = begin_empty();

		flight_start(f, &order);
		world.submit.is_busy = false;
		world.submit.on_none(&row, reasons[i], world.submit.arg);
		assert_int_equal(world.loads, 2);
		world.best += 5;
		assert_false(flight_is_free(f));
		finish(f);
	}
}

static void
a_step_not_written_is_read_again(void **state)
{
	struct flight *f = begin_with(LEDGER_SUBMITTED, LEDGER_SET, true);
	store_cb *cb = world.on_step;

	(void)state;
	cb(STORE_FAILED, world.step_arg);
	assert_null(flight_row(f));
	head(f, 101, 7);
	assert_int_equal(world.loads, 2);
	assert_int_equal(world.ends, 0);
	finish(f);
}

static void
an_era_that_is_over_ends_the_watching(void **state)
{
	struct flight *f = begin_with(LEDGER_FINALIZED, LEDGER_SET, true);

	(void)state;
	f->ledger.open->state = LEDGER_SUBMITTED;
	world.submit.is_busy = true;
	head(f, 199, 7);
	assert_int_equal(world.submit.abandoned, 1); /* at the start */
	head(f, 200, 7);
	assert_int_equal(world.submit.abandoned, 2);
	assert_string_equal(world.to, "unknown");
	finish(f);
}

/* -- proofs -------------------------------------------------------------- */

static void
weights_are_proven_or_not(void **state)
{
	static const struct {
		enum prove_result result;
		const char *to; /* NULL: asked again at the next head */
	} cases[] = {
	    {PROVE_PROVEN, "proven"},
	    {PROVE_REFUSED, "refused"},
	    {PROVE_ABSENT, "unknown"},
	    {PROVE_GONE, "expired"},
	    {PROVE_LATER, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flight *f =
		    begin_with(LEDGER_FINALIZED, LEDGER_REVEAL, true);

		prove(cases[i].result, "why");
		if (cases[i].to == NULL) {
			assert_int_equal(world.steps, 0);
			head(f, 101, 8);
			assert_int_equal(world.prove.started, 2);
		} else {
			assert_string_equal(world.to, cases[i].to);
		}
		finish(f);
	}
}

static void
a_commit_is_committed_if_the_chain_has_it(void **state)
{
	static const struct {
		enum prove_result result;
		enum flight_commit commit;
		const char *to, *reason; /* NULL: nothing is told */
		uint64_t epoch;
	} cases[] = {
	    {PROVE_PROVEN, FLIGHT_STORED, "committed", "", 9},
	    {PROVE_PROVEN, FLIGHT_UNKNOWN, "committed", "", 0},
	    {PROVE_PROVEN, FLIGHT_ABSENT, "refused", "commit_not_stored", 0},
	    {PROVE_PROVEN, FLIGHT_LATER, NULL, NULL, 0},
	    {PROVE_GONE, FLIGHT_STORED, "committed", "", 9},
	    {PROVE_GONE, FLIGHT_ABSENT, "expired", "state_discarded", 0},
	    {PROVE_GONE, FLIGHT_UNKNOWN, "expired", "state_discarded", 0},
	    {PROVE_GONE, FLIGHT_LATER, NULL, NULL, 0},
	    {PROVE_REFUSED, FLIGHT_STORED, "refused", "why", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flight *f =
		    begin_with(LEDGER_FINALIZED, LEDGER_TIMELOCK, true);

		world.commit = cases[i].commit;
		prove(cases[i].result, "why");
		assert_int_equal(world.steps, cases[i].to != NULL);
		if (cases[i].to != NULL) {
			assert_string_equal(world.to, cases[i].to);
			assert_string_equal(world.reason, cases[i].reason);
			assert_int_equal(world.epoch, cases[i].epoch);
		}
		finish(f);
	}
}

static void
a_commit_frees_the_flight(void **state)
{
	struct flight *f = begin_with(LEDGER_FINALIZED, LEDGER_HASH, true);

	(void)state;
	world.commit = FLIGHT_STORED;
	prove(PROVE_PROVEN, NULL);
	assert_int_equal(world.ends, 0); /* not before it is written */
	written();
	assert_int_equal(world.ends, 1);
	assert_int_equal(world.end_state, LEDGER_COMMITTED);
	assert_true(flight_is_free(f));
	assert_int_equal(world.frees, 1);
	finish(f);
}

/* -- nonces -------------------------------------------------------------- */

static double
foreign_nonces(void)
{
	struct buf out = {0};
	const char *at;
	double n;

	metrics_print(world.metrics, 0, &out);
	at = strstr(buf_str(&out), "\nsubnetd_weights_foreign_nonces_total ");
	assert_non_null(at);
	n = atof(strchr(at, ' '));
	buf_free(&out);
	return n;
}

static void
a_nonce_used_without_us_is_told_once(void **state)
{
	struct flight *f = begin_empty();

	(void)state;
	head(f, 101, 7);
	head(f, 102, 7);
	assert_true(foreign_nonces() == 0);
	head(f, 103, 8);
	head(f, 104, 8);
	assert_true(foreign_nonces() == 1);
	finish(f);
}

static void
our_own_nonce_is_expected(void **state)
{
	struct flight *f = begin_with(LEDGER_FINALIZED, LEDGER_SET, true);

	(void)state;
	prove(PROVE_PROVEN, NULL);
	written();
	head(f, 101, 8);
	head(f, 102, 8);
	assert_true(foreign_nonces() == 0);
	head(f, 103, 9);
	assert_true(foreign_nonces() == 1);
	finish(f);
}

static void
a_nonce_another_took_from_our_row_is_told_once(void **state)
{
	struct flight *f = begin_with(LEDGER_UNKNOWN, LEDGER_SET, true);
	struct finding finding = {
	    .row_id = "row", .result = FIND_EXPIRED, .is_foreign = true};

	(void)state;
	world.find.is_busy = false;
	world.find.cb(&finding, world.find.arg);
	assert_string_equal(world.reason, "foreign_nonce");
	written();
	head(f, 101, 8);
	head(f, 102, 8);
	assert_true(foreign_nonces() == 1);
	finish(f);
}

static void
what_the_search_says_is_written(void **state)
{
	static const struct {
		struct finding finding;
		const char *to, *reason;
	} cases[] = {
	    {{.result = FIND_FOUND, .block = 99, .block_hash = "0x1"},
		"finalized", ""},
	    {{.result = FIND_EXPIRED}, "expired", "era_over"},
	    {{.result = FIND_EXPIRED, .is_outlived = true}, "expired",
		"runtime_over"},
	    {{.result = FIND_NOT_YET}, NULL, NULL},
	    {{.result = FIND_LATER}, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flight *f = begin_with(LEDGER_UNKNOWN, LEDGER_SET, true);
		struct finding finding = cases[i].finding;

		finding.row_id = "row";
		world.find.is_busy = false;
		world.find.cb(&finding, world.find.arg);
		assert_int_equal(world.steps, cases[i].to != NULL);
		if (cases[i].to != NULL) {
			assert_string_equal(world.to, cases[i].to);
			assert_string_equal(world.reason, cases[i].reason);
		}
		finish(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_state_is_taken_up_where_it_is),
	    cmocka_unit_test(nothing_is_sent_before_the_ledger_was_read),
	    cmocka_unit_test(one_submission_for_a_best_block),
	    cmocka_unit_test(what_may_have_been_written_is_read_again),
	    cmocka_unit_test(a_step_not_written_is_read_again),
	    cmocka_unit_test(an_era_that_is_over_ends_the_watching),
	    cmocka_unit_test(weights_are_proven_or_not),
	    cmocka_unit_test(a_commit_is_committed_if_the_chain_has_it),
	    cmocka_unit_test(a_commit_frees_the_flight),
	    cmocka_unit_test(a_nonce_used_without_us_is_told_once),
	    cmocka_unit_test(our_own_nonce_is_expected),
	    cmocka_unit_test(a_nonce_another_took_from_our_row_is_told_once),
	    cmocka_unit_test(what_the_search_says_is_written),
	};

	log_set_level(LOG_FATAL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

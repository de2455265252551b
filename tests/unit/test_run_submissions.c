/* Scoring rounds by submissions: win rates by their blocks, who is out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "scorer/penalty.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/winrate.h"
#include "tests/lib/dice.h"
#include "tests/lib/edit.h"

static const char models[] = "deploy/policies/sn11-models.ini";

enum { EPOCH = 5623610, NOW_BLOCK = EPOCH + 1000, S = 1000000, MINERS = 12 };

static const int64_t now_us = 1000000 * (int64_t)S;

static const char *const by_gap[] = {
    "mode = flat", "mode = gap", "threshold = 2", "threshold = 0.96", NULL};

static struct run *
run_of(const char *const *edits)
{
	static const struct run_round round = {.netuid = 11,
	    .epoch = 1,
	    .block = NOW_BLOCK,
	    .at_us = 1000000 * (int64_t)S};
	char *text = edit_file(models, edits);
	struct err err;
	struct run *run = run_new(text, &err);

	if (run == NULL)
		fail_msg("%s", err.text);
	run_set_round(run, &round);
	free(text);
	return run;
}

/* Who submits serves nowhere, and its address, if any, is of another block. */
static struct run_miner
miner(int i, int state, double score, int64_t block)
{
	struct run_miner m = {.uid = i,
	    .block = WINRATE_NO_BLOCK,
	    .since_us = INT64_MIN,
	    .submission = {.state = state,
		.score = score,
		.block = EPOCH + block,
		.at_us = now_us,
		.hash = i}};

	snprintf(m.hotkey, sizeof(m.hotkey), "5%02d", i);
	snprintf(m.coldkey, sizeof(m.coldkey), "5c%d", i);
	snprintf(m.submission.repo, sizeof(m.submission.repo), "a/%d", i);
	return m;
}

static void
add(struct run *run, const struct run_miner *m)
{
	assert_int_equal(run_add_miner(run, m), 0);
}

static void
near(double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		fail_msg("%.17g, not %.17g", got, want);
}

static const struct run_entry *
entries_of(const struct run *run)
{
	size_t n;

	return run_entries(run, &n);
}

/* -- the reference ------------------------------------------------------ */

/* {0:.5, 1:.6, 2:.7, 74:0}, of one block: rates 1/3, 2/3, 1 and none. */
static struct run *
three_and_the_owner(const int64_t blocks[3])
{
	struct run *run = run_of(NULL);
	struct run_miner owner = {
	    .hotkey = "5Z", .uid = 74, .block = WINRATE_NO_BLOCK};

	for (int i = 0; i < 3; i++) {
		struct run_miner m =
		    miner(i, SUBMISSION_COMPLETED, (5 + i) / 10., blocks[i]);

		add(run, &m);
	}
	add(run, &owner);
	return run;
}

static void
rates_and_weights_are_the_references(void **state)
{
	static const int64_t same[] = {7, 7, 7};
	static const double weights[] = {
	    3.40733459e-05, .00290143304, .247064501, .75};
	struct run *run = three_and_the_owner(same);
	const struct run_entry *e;

	(void)state;
	assert_null(run_finish(run));
	e = entries_of(run);
	for (int i = 0; i < 4; i++)
		near(e[i].weight, weights[i], 1e-8);
	for (int i = 0; i < 3; i++) {
		near(e[i].win_rate, (i + 1) / 3., 1e-15);
		assert_int_equal(e[i].wins, i + 1);
		near(e[i].score, (5 + i) / 10., 0);
		assert_null(e[i].out);
	}
	assert_true(e[3].win_rate == -INFINITY);
	assert_string_equal(e[3].out, "no submission");
	run_free(run);
}

/* A newcomer must be better by .03 / .97 = 3.0928 %. */
static void
who_submits_later_must_be_better(void **state)
{
	static const struct {
		double score;
		int wins;
	} cases[] = {{.7, 0}, {.7 * 1.0309, 0}, {.7 * 1.0310, 1}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct run *run = run_of(NULL);
		struct run_miner first = miner(0, SUBMISSION_COMPLETED, .7, 10);
		struct run_miner second =
		    miner(1, SUBMISSION_COMPLETED, cases[i].score, 11);

		first.block = 500; /* of the address, which is idle */
		second.block = 5;
		first.serves = second.serves = true;
		add(run, &first);
		add(run, &second);
		assert_null(run_finish(run));
		assert_int_equal(entries_of(run)[1].wins, cases[i].wins);
		assert_int_equal(entries_of(run)[0].wins, 1 - cases[i].wins);
		run_free(run);
	}
}

static void
by_the_gap_a_block_costs_little(void **state)
{
	/* penalty(1) = .0038710923..., of 100 blocks .03 */
	static const struct {
		double score;
		int64_t block;
		size_t wins;
	} cases[] = {
	    {.703, 11, 1}, {.702, 11, 0}, {.72, 110, 0}, {.722, 110, 1}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct run *run = run_of(by_gap);
		struct run_miner first = miner(0, SUBMISSION_COMPLETED, .7, 10);
		struct run_miner second = miner(
		    1, SUBMISSION_COMPLETED, cases[i].score, cases[i].block);

		add(run, &first);
		add(run, &second);
		assert_null(run_finish(run));
		assert_int_equal(entries_of(run)[1].wins, cases[i].wins);
		run_free(run);
	}
}

/* -- who is out --------------------------------------------------------- */

static void
who_has_no_submission_that_counts_is_out(void **state)
{
	static const struct {
		int submission;
		int64_t block;
		const char *out;
	} cases[] = {
	    {SUBMISSION_COMPLETED, 10, NULL},
	    {SUBMISSION_FAILED, 10, NULL}, /* a score of 0 */
	    {SUBMISSION_QUEUED, 10, "not scored yet"},
	    {SUBMISSION_UNASKED, 10, "not scored yet"},
	    {SUBMISSION_WRONG, 10, "its submission breaks a rule"},
	    {SUBMISSION_NONE, 10, "no submission"},
	    {SUBMISSION_COMPLETED, -1, "submitted before the epoch"},
	    {SUBMISSION_COMPLETED, 1001, "submitted after the round's block"},
	};
	enum { N = sizeof(cases) / sizeof(cases[0]) };
	struct run *run = run_of(NULL);
	const struct run_entry *e;

	(void)state;
	for (int i = 0; i < N; i++) {
		struct run_miner m = miner(
		    i, cases[i].submission, .9 + i / 100., cases[i].block);

		m.serves = i % 2 == 0; /* does not matter */
		add(run, &m);
	}
	assert_null(run_finish(run));
	e = entries_of(run);
	for (int i = 0; i < N; i++) {
		if (cases[i].out == NULL)
			assert_null(e[i].out);
		else
			assert_string_equal(e[i].out, cases[i].out);
		assert_true((e[i].win_rate == -INFINITY) == (i > 0));
		near(e[i].score, i == 0 ? .9 : 0, 0);
	}
	/* All the others are there to beat. */
	assert_int_equal(e[0].wins, N - 1);
	near(e[0].weight, 1, 1e-15); /* no uid 74 is there */
	run_free(run);
}

static void
copies_bans_and_twins_are_out_too(void **state)
{
	struct run *run = run_of(NULL);
	struct run_miner m[5];
	const struct run_entry *e;

	(void)state;
	for (int i = 0; i < 5; i++)
		m[i] = miner(i, SUBMISSION_COMPLETED, .5 + i / 10., 10 + i);
	m[1].submission = m[0].submission;
	m[1].submission.block++;
	m[2].banned = true;
	snprintf(m[4].coldkey, sizeof(m[4].coldkey), "%s", m[3].coldkey);
	for (int i = 0; i < 5; i++)
		add(run, &m[i]);
	assert_null(run_finish(run));
	e = entries_of(run);
	assert_null(e[0].out);
	assert_string_equal(e[1].out, "a copy of an earlier submission");
	assert_string_equal(e[2].out, "banned");
	assert_string_equal(e[3].out, "shares its coldkey");
	assert_string_equal(e[4].out, "shares its coldkey");
	assert_int_equal(e[0].wins, 1); /* the copy; the rest have scores */
	run_free(run);
}

static void
jobs_do_not_count(void **state)
{
	struct run *run = run_of(NULL);
	struct run_miner m = miner(0, SUBMISSION_QUEUED, NAN, 10);
	struct run_event e = {.success = true, .ms = 1, .accuracy = 1};

	(void)state;
	m.serves = true;
	add(run, &m);
	e.kind = run_kind(run, "audio.speak");
	assert_int_equal(run_add_event(run, &e), 0);
	assert_string_equal(run_finish(run), "no miner has a positive score");
	near(entries_of(run)[0].score, 0, 0);
	near(run_what_if(run, 0, RUN_WHOLE_SPEED), 0, 0);
	run_free(run);
}

/* -- pair by pair ------------------------------------------------------- */

static bool
beats(const struct penalty_rule *p, const struct run_miner *a,
    const struct run_miner *b)
{
	double x = submission_score(&a->submission);
	double y = submission_score(&b->submission);
	int64_t d = a->submission.block - b->submission.block;
	double keep = 1 - penalty_of(p, d < 0 ? -d : d);

	if (x >= p->threshold && y >= p->threshold)
		return x > y;
	return d > 0 ? keep * x > y : x > keep * y;
}

static void
compare(const struct run *run, const struct run_miner *m, size_t n)
{
	const struct run_entry *e = entries_of(run);
	const struct penalty_rule *p = &run_policy(run)->penalty;

	for (size_t i = 0; i < n; i++) {
		size_t wins = 0;

		for (size_t j = 0; j < n; j++)
			wins += j != i && beats(p, &m[i], &m[j]);
		if (submission_score(&m[i].submission) > 0) {
			assert_int_equal(e[i].wins, wins);
			near(e[i].win_rate, wins / (n - 1.), 1e-15);
		} else {
			assert_true(e[i].win_rate == -INFINITY);
		}
	}
}

static void
random_rounds_are_as_pairs_say(void **state)
{
	const char *const *variants[] = {NULL, by_gap};
	struct dice dice = {.state = 58};

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct run *run = run_of(variants[round % 2]);
		struct run_miner m[MINERS];

		for (int i = 0; i < MINERS; i++) {
			bool done = dice_between(&dice, 0, 4) > 0;

			m[i] = miner(i,
			    done ? SUBMISSION_COMPLETED : SUBMISSION_FAILED,
			    dice_between(&dice, 900, 1000) / 1000.,
			    dice_between(&dice, 0, 130));
			if (!done)
				m[i].submission.score = NAN;
			add(run, &m[i]);
		}
		run_finish(run);
		compare(run, m, MINERS);
		run_free(run);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rates_and_weights_are_the_references),
	    cmocka_unit_test(who_submits_later_must_be_better),
	    cmocka_unit_test(by_the_gap_a_block_costs_little),
	    cmocka_unit_test(who_has_no_submission_that_counts_is_out),
	    cmocka_unit_test(copies_bans_and_twins_are_out_too),
	    cmocka_unit_test(jobs_do_not_count),
	    cmocka_unit_test(random_rounds_are_as_pairs_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Where a miner stands, what its events gave, what would raise its score. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "scorer/explain.h"
#include "scorer/policy.h"
#include "scorer/winrate.h"
#include "tests/lib/edit.h"

enum { S = 1000000 };

static const char mean[] = "\nfold = mean";

/* The default policy with another fold. */
static struct run *
new_run(const char *fold)
{
	const char *const edits[] = {"\nfold = mean", fold, NULL};
	const struct run_round round = {.at_us = 100 * (int64_t)S};
	char *text = edit_file("deploy/policies/default.ini", edits);
	struct err err;
	struct run *run = run_new(text, &err);

	if (run == NULL)
		fail_msg("%s", err.text);
	run_set_round(run, &round);
	free(text);
	return run;
}

static void
add_miner(struct run *run, const char *hotkey)
{
	struct run_miner m = {.uid = hotkey[1],
	    .alpha = 100,
	    .block = WINRATE_NO_BLOCK,
	    .since_us = INT64_MIN,
	    .serves = true};

	snprintf(m.hotkey, sizeof(m.hotkey), "%s", hotkey);
	assert_int_equal(run_add_miner(run, &m), 0);
}

static void
add(struct run *run, const char *hotkey, int at_s, bool success, double ms,
    double accuracy)
{
	const struct run_event e = {.miner = run_find(run, hotkey),
	    .kind = run_kind(run, "audio.speak"),
	    .source = POLICY_CLIENT,
	    .success = success,
	    .at_us = at_s * (int64_t)S,
	    .ms = ms,
	    .accuracy = accuracy};

	assert_int_equal(run_add_event(run, &e), 0);
}

static void
add_four(struct run *run)
{
	add_miner(run, "5A");
	add_miner(run, "5B");
	add_miner(run, "5C");
	add_miner(run, "5D");
}

/* A is good, B slow, C fails half the time, D always. */
static struct run *
four_miners(void)
{
	struct run *run = new_run(mean);

	add_four(run);
	add(run, "5A", 1, true, 1000, 1);
	add(run, "5A", 2, true, 2000, 0.9);
	add(run, "5B", 1, true, 8000, 1);
	add(run, "5C", 1, true, 1000, 1);
	add(run, "5C", 2, false, NAN, 0);
	add(run, "5D", 1, false, NAN, 0);
	run_finish(run);
	return run;
}

static void
near(double got, double want)
{
	if (!(fabs(got - want) < 1e-12))
		fail_msg("%.17g, not %.17g", got, want);
}

static const struct run_entry *
entry(const struct run *run, size_t miner)
{
	size_t n;

	return &run_entries(run, &n)[miner];
}

/* -- where it stands ---------------------------------------------------- */

static void
ranks_are_among_those_that_scored(void **state)
{
	static const struct {
		size_t rank;
		double percentile;
	} want[] = {{1, 1}, {2, 2 / 3.}, {3, 1 / 3.}};
	struct run *run = four_miners();
	struct explain_stand stand;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		explain_stand(run, i, &stand);
		assert_int_equal(stand.scored, 3);
		assert_int_equal(stand.rank, want[i].rank);
		near(stand.percentile, want[i].percentile);
	}
	explain_stand(run, 3, &stand);
	assert_int_equal(stand.scored, 3);
	assert_int_equal(stand.rank, 0);
	assert_true(isnan(stand.percentile));
	run_free(run);
}

static void
equal_scores_share_a_rank(void **state)
{
	struct run *run = new_run(mean);
	struct explain_stand stand;

	(void)state;
	add_miner(run, "5A");
	add_miner(run, "5B");
	add_miner(run, "5C");
	add(run, "5A", 1, true, 1000, 1);
	add(run, "5B", 1, true, 1000, 1);
	add(run, "5C", 1, true, 9000, 1);
	run_finish(run);
	for (size_t i = 0; i < 2; i++) {
		explain_stand(run, i, &stand);
		assert_int_equal(stand.rank, 1);
		near(stand.percentile, 1);
	}
	explain_stand(run, 2, &stand);
	assert_int_equal(stand.rank, 3);
	run_free(run);
}

/* -- what an event gave ------------------------------------------------- */

/* Speed .9, .8; accuracy 1, .9; stake a quarter. */
static void
an_event_gave_what_is_less_without_it(void **state)
{
	struct run *run = four_miners();
	double whole = 0.4 * 0.85 + 0.4 * 0.95 + 0.2 * 0.25;

	(void)state;
	near(entry(run, 0)->score, whole);
	near(explain_gave(run, 0, 0),
	    whole - (0.4 * 0.8 + 0.4 * 0.9 + 0.2 * 0.25));
	near(explain_gave(run, 0, 1),
	    whole - (0.4 * 0.9 + 0.4 * 1 + 0.2 * 0.25));
	near(explain_gave(run, 1, 2), entry(run, 1)->score); /* its only one */
	assert_true(explain_gave(run, 2, 4) < 0);	     /* a failure */
	near(entry(run, 0)->score, whole);		     /* as it was */
	run_free(run);
}

/* The same events, folded by an average that moves, without one of them. */
static void
moving_averages_are_folded_again(void **state)
{
	static const char fold[] = "\nfold = moving";
	struct run *whole = new_run(fold), *less = new_run(fold);

	(void)state;
	add_miner(whole, "5A");
	add_miner(less, "5A");
	add(whole, "5A", 1, true, 1000, 1);
	add(whole, "5A", 20, false, NAN, 0);
	add(whole, "5A", 50, true, 4000, 0.5);
	add(less, "5A", 1, true, 1000, 1);
	add(less, "5A", 50, true, 4000, 0.5);
	run_finish(whole);
	run_finish(less);
	assert_true(entry(less, 0)->score > 0);
	near(explain_gave(whole, 0, 1),
	    entry(whole, 0)->score - entry(less, 0)->score);
	assert_true(explain_gave(whole, 0, 1) < 0);
	run_free(whole);
	run_free(less);
}

/* -- what would raise it ------------------------------------------------ */

/* Without its failure C would be the best: a round in which it is not there
 * says with which weight. */
static void
changes_come_with_what_they_would_bring(void **state)
{
	struct run *run = four_miners(), *other = new_run(mean);
	struct explain_change c[RUN_N_CHANGES];

	(void)state;
	add_four(other);
	add(other, "5A", 1, true, 1000, 1);
	add(other, "5A", 2, true, 2000, 0.9);
	add(other, "5B", 1, true, 8000, 1);
	add(other, "5C", 1, true, 1000, 1);
	add(other, "5D", 1, false, NAN, 0);
	run_finish(other);
	assert_int_equal(explain_changes(run, 2, c), 2);
	assert_int_equal(c[0].what, RUN_NO_FAILURES);
	near(c[0].score, entry(other, 2)->score);
	near(c[0].win_rate, entry(other, 2)->win_rate);
	near(c[0].weight, entry(other, 2)->weight);
	assert_int_equal(c[0].stand.rank, 1);
	assert_int_equal(c[1].what, RUN_WHOLE_SPEED);
	near(c[1].score, 0.4 * 0.5 + 0.4 * 0.5 + 0.2 * 0.25);
	assert_int_equal(c[1].stand.rank, 3);
	assert_true(entry(run, 2)->weight < c[0].weight); /* as it was */
	run_free(run);
	run_free(other);
}

static void
who_only_failed_could_have_scored(void **state)
{
	struct run *run = four_miners();
	struct explain_change c[RUN_N_CHANGES];

	(void)state;
	assert_int_equal(explain_changes(run, 3, c), 1);
	assert_int_equal(c[0].what, RUN_NO_FAILURES);
	assert_int_equal(c[0].stand.scored, 4);
	run_free(run);
}

static void
changes_have_names(void **state)
{
	(void)state;
	assert_string_equal(
	    explain_change_name(RUN_NO_FAILURES), "no failures");
	assert_string_equal(explain_change_name(RUN_WHOLE_SPEED), "full speed");
	assert_string_equal(
	    explain_change_name(RUN_WHOLE_ACCURACY), "full accuracy");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ranks_are_among_those_that_scored),
	    cmocka_unit_test(equal_scores_share_a_rank),
	    cmocka_unit_test(an_event_gave_what_is_less_without_it),
	    cmocka_unit_test(moving_averages_are_folded_again),
	    cmocka_unit_test(changes_come_with_what_they_would_bring),
	    cmocka_unit_test(who_only_failed_could_have_scored),
	    cmocka_unit_test(changes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

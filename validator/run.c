/* Tallies to scores to win rates to weights. */
#include "validator/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/curve.h"
#include "scorer/policy.h"
#include "scorer/score.h"
#include "scorer/winrate.h"

struct run {
	struct policy policy;
	struct run_entry *entries;
	struct score_tally *tallies; /* one an entry */
	double *stakes;		     /* likewise; 0 of who does not serve */
	size_t n, cap;
};

struct run *
run_new(const struct policy *policy)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->policy = *policy;
	return run;
}

void
run_free(struct run *run)
{
	if (run == NULL)
		return;
	for (size_t i = 0; i < run->n; i++)
		score_tally_clear(&run->tallies[i]);
	free(run->entries);
	free(run->tallies);
	free(run->stakes);
	free(run);
}

static void
grow(struct run *run)
{
	if (run->n < run->cap)
		return;
	run->cap = run->cap * 2 + 64;
	run->entries = xrealloc(run->entries, run->cap, sizeof(*run->entries));
	run->tallies = xrealloc(run->tallies, run->cap, sizeof(*run->tallies));
	run->stakes = xrealloc(run->stakes, run->cap, sizeof(*run->stakes));
}

int
run_add_neuron(
    struct run *run, const char *hotkey, int uid, double alpha, bool serves)
{
	struct run_entry *e;

	if (strlen(hotkey) >= sizeof(e->hotkey))
		return -1;
	if (run->n > 0 && strcmp(run->entries[run->n - 1].hotkey, hotkey) >= 0)
		return -1;
	grow(run);
	e = &run->entries[run->n];
	memset(e, 0, sizeof(*e));
	snprintf(e->hotkey, sizeof(e->hotkey), "%s", hotkey);
	e->uid = uid;
	memset(&run->tallies[run->n], 0, sizeof(*run->tallies));
	run->stakes[run->n] = serves ? alpha : 0;
	run->n++;
	return 0;
}

static int
compare_hotkey(const void *hotkey, const void *entry)
{
	return strcmp(hotkey, ((const struct run_entry *)entry)->hotkey);
}

void
run_add_sample(
    struct run *run, const char *hotkey, const struct score_sample *sample)
{
	const struct run_entry *e;

	if (run->n == 0)
		return;
	e = bsearch(hotkey, run->entries, run->n, sizeof(*e), compare_hotkey);
	if (e != NULL)
		score_fold(&run->tallies[e - run->entries], sample);
}

static void
score_entries(struct run *run, const double *shares, double *scores)
{
	for (size_t i = 0; i < run->n; i++) {
		struct run_entry *e = &run->entries[i];
		struct score_tally *tally = &run->tallies[i];

		e->jobs = tally->jobs;
		e->successes = tally->successes;
		e->latency_p50_ms = score_latency_p50(tally);
		e->speed = score_speed(tally);
		e->accuracy = score_accuracy(tally);
		e->stake_share = shares[i];
		e->score = score_combine(&run->policy.shares, e->successes,
		    e->speed, e->accuracy, e->stake_share);
		scores[i] = e->score;
	}
}

static long
burn_target(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		if (run->entries[i].uid == (int)run->policy.burn_uid)
			return i;
	}
	return CURVE_NO_TARGET;
}

const char *
run_finish(struct run *run)
{
	double *column = xcalloc(4 * run->n + 1, sizeof(*column));
	double *shares = column, *scores = column + run->n;
	double *rates = scores + run->n, *weights = rates + run->n;
	int failed;

	score_stake_shares(run->stakes, run->n, run->policy.stake_cap, shares);
	score_entries(run, shares, scores);
	winrate_compute(scores, run->n, rates);
	failed = curve_weights(&run->policy.curve, rates, scores, run->n,
	    burn_target(run), weights);
	for (size_t i = 0; i < run->n; i++) {
		run->entries[i].win_rate = rates[i];
		run->entries[i].weight = weights[i];
	}
	free(column);
	return failed ? "no miner has a positive score" : NULL;
}

const struct run_entry *
run_entries(const struct run *run, size_t *n)
{
	*n = run->n;
	return run->entries;
}

/* Inputs in their order; the steps from scores to weights. */
#include "scorer/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/guard.h"
#include "scorer/run_parts.h"
#include "scorer/winrate.h"

/* -- what goes in ------------------------------------------------------- */

struct run *
run_new(const char *policy_text, struct err *err)
{
	struct run *run = xcalloc(1, sizeof(*run));

	if (policy_parse(policy_text, &run->policy, err) != 0) {
		free(run);
		return NULL;
	}
	run->policy_text = xstrdup(policy_text);
	return run;
}

void
run_free(struct run *run)
{
	if (run == NULL)
		return;
	free(run->policy_text);
	free(run->miners);
	free(run->entries);
	free(run->events);
	free(run->posts);
	free(run);
}

void
run_set_round(struct run *run, const struct run_round *round)
{
	run->round = *round;
}

int
run_add_miner(struct run *run, const struct run_miner *miner)
{
	if (run->n > 0 &&
	    strcmp(run->miners[run->n - 1].hotkey, miner->hotkey) >= 0)
		return -1;
	if (run->n == RUN_MAX_MINERS || miner->hotkey[0] == '\0')
		return -1;
	if (run->n == run->cap) {
		run->cap = run->cap * 2 + 64;
		run->miners =
		    xrealloc(run->miners, run->cap, sizeof(*run->miners));
		run->entries =
		    xrealloc(run->entries, run->cap, sizeof(*run->entries));
	}
	memset(&run->entries[run->n], 0, sizeof(*run->entries));
	run->miners[run->n++] = *miner;
	return 0;
}

static int
compare_hotkey(const void *hotkey, const void *miner)
{
	return strcmp(hotkey, ((const struct run_miner *)miner)->hotkey);
}

long
run_find(const struct run *run, const char *hotkey)
{
	const struct run_miner *m;

	if (run->n == 0)
		return -1;
	m = bsearch(hotkey, run->miners, run->n, sizeof(*m), compare_hotkey);
	return m != NULL ? m - run->miners : -1;
}

int
run_kind(struct run *run, const char *name)
{
	for (int i = 0; i < run->n_kinds; i++) {
		if (strcmp(run->kinds[i], name) == 0)
			return i;
	}
	if (run->n_kinds == RUN_MAX_KINDS ||
	    strlen(name) >= sizeof(run->kinds[0]))
		return -1;
	snprintf(run->kinds[run->n_kinds], sizeof(run->kinds[0]), "%s", name);
	run->rules[run->n_kinds] = policy_kind_of(&run->policy, name);
	return run->n_kinds++;
}

static bool
follows(const struct run *run, const struct run_event *e)
{
	const struct run_event *last;

	if (run->n_events == 0)
		return true;
	last = &run->events[run->n_events - 1];
	return e->miner > last->miner ||
	       (e->miner == last->miner && e->at_us >= last->at_us);
}

int
run_add_event(struct run *run, const struct run_event *event)
{
	if (event->miner >= run->n || event->kind < 0 ||
	    event->kind >= run->n_kinds || event->source < 0 ||
	    event->source >= POLICY_N_SOURCES || !follows(run, event))
		return -1;
	if (run->n_events == run->cap_events) {
		run->cap_events = run->cap_events * 2 + 256;
		run->events = xrealloc(
		    run->events, run->cap_events, sizeof(*run->events));
	}
	run->events[run->n_events++] = *event;
	return 0;
}

const struct policy *
run_policy(const struct run *run)
{
	return &run->policy;
}

const char *
run_policy_text(const struct run *run)
{
	return run->policy_text;
}

const struct run_round *
run_round(const struct run *run)
{
	return &run->round;
}

const struct run_miner *
run_miners(const struct run *run, size_t *n)
{
	*n = run->n;
	return run->miners;
}

const struct run_event *
run_events(const struct run *run, size_t *n)
{
	*n = run->n_events;
	return run->events;
}

const char *
run_kind_name(const struct run *run, int kind)
{
	return kind >= 0 && kind < run->n_kinds ? run->kinds[kind] : NULL;
}

/* -- scores ------------------------------------------------------------- */

static bool
is_of_submissions(const struct run *run)
{
	return run->policy.fold == POLICY_SUBMISSION;
}

static bool
is_of_posts(const struct run *run)
{
	return run->policy.fold == POLICY_ENGAGEMENT;
}

static void
share_stake(struct run *run)
{
	bool of_max = run->policy.stake_form == POLICY_STAKE_OF_MAX;
	double *stakes = xcalloc(2 * run->n + 1, sizeof(*stakes));
	double *shares = stakes + run->n;

	/* Who serves nowhere has no part of the sum, but may be the largest. */
	for (size_t i = 0; i < run->n; i++) {
		if (run->miners[i].serves || of_max)
			stakes[i] = run->miners[i].alpha;
	}
	if (of_max)
		score_stake_of_max(
		    stakes, run->n, run->policy.stake_cap, shares);
	else
		score_stake_shares(
		    stakes, run->n, run->policy.stake_cap, shares);
	for (size_t i = 0; i < run->n; i++)
		run->entries[i].stake_share = shares[i];
	free(stakes);
}

static double
median_latency(const struct run_event *events, size_t n)
{
	double *ms = xcalloc(n + 1, sizeof(*ms)), median;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (events[i].counted && events[i].success &&
		    !isnan(events[i].ms))
			ms[count++] = events[i].ms;
	}
	median = score_median(ms, count);
	free(ms);
	return median;
}

static void
score_miners(struct run *run)
{
	size_t next = 0;

	for (size_t i = 0; i < run->n; i++) {
		struct run_entry *e = &run->entries[i];
		const struct run_event *mine = run->events + next;

		e->first = next;
		while (next < run->n_events && run->events[next].miner == i)
			next++;
		e->n = next - e->first;
		e->latency_p50_ms = median_latency(mine, e->n);
		e->score = run_fold(run, i, mine, e->n, e);
		if (is_of_submissions(run))
			e->score = submission_score(&run->miners[i].submission);
	}
}

/* -- win rates ---------------------------------------------------------- */

/* Whoever submits need not serve; what does not count is worth nothing. */
static void
mark_unsubmitted(struct run *run)
{
	const struct submission **all = xcalloc(run->n + 1, sizeof(*all));
	const char **why = xcalloc(run->n + 1, sizeof(*why));

	for (size_t i = 0; i < run->n; i++)
		all[i] = &run->miners[i].submission;
	submission_check(&run->policy.submission, run->round.block,
	    run->round.at_us, all, run->n, why);
	for (size_t i = 0; i < run->n; i++) {
		run->entries[i].out = why[i];
		if (why[i] != NULL)
			run->entries[i].score = 0;
	}
	free(all);
	free(why);
}

static void
mark_idle(struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		if (!run->miners[i].serves)
			run->entries[i].out = "serves nowhere";
	}
}

static void
mark_out(struct run *run)
{
	const char **coldkeys = xcalloc(run->n + 1, sizeof(*coldkeys));
	bool *twin = xcalloc(run->n + 1, sizeof(*twin));
	const struct policy *p = &run->policy;

	for (size_t i = 0; i < run->n; i++)
		coldkeys[i] = run->miners[i].coldkey;
	winrate_twins(coldkeys, run->n, twin);
	if (is_of_submissions(run))
		mark_unsubmitted(run);
	else if (!is_of_posts(run)) /* who posts need not serve */
		mark_idle(run);
	for (size_t i = 0; i < run->n; i++) {
		const struct run_miner *m = &run->miners[i];
		struct run_entry *e = &run->entries[i];

		if (e->out != NULL)
			continue;
		if (p->out_banned && m->banned)
			e->out = "banned";
		else if (p->out_audits && m->failed_audits > 0)
			e->out = "failed an audit";
		else if (p->out_twins && twin[i])
			e->out = "shares its coldkey";
	}
	free(coldkeys);
	free(twin);
}

/* Score and block are of what the miner is scored by. */
static struct winrate_entry
rate_by(const struct run *run, size_t i)
{
	const struct run_miner *m = &run->miners[i];
	struct winrate_entry e = {
	    .score = m->serves || is_of_posts(run) ? run->entries[i].score : 0,
	    .block = m->block,
	    .out = run->entries[i].out != NULL,
	};

	if (is_of_submissions(run)) {
		e.score = run->entries[i].score;
		e.block = m->submission.state == SUBMISSION_NONE
			      ? WINRATE_NO_BLOCK
			      : m->submission.block;
	}
	return e;
}

static void
rate_miners(struct run *run)
{
	const struct winrate_rule rule = {
	    .penalty = run->policy.penalty,
	    .scored_only = run->policy.population == POLICY_SCORED,
	};
	struct winrate_entry *entries = xcalloc(run->n + 1, sizeof(*entries));
	double *rates = xcalloc(run->n + 1, sizeof(*rates));
	size_t *wins = xcalloc(run->n + 1, sizeof(*wins));

	for (size_t i = 0; i < run->n; i++)
		entries[i] = rate_by(run, i);
	winrate_compute(&rule, entries, run->n, wins, rates);
	for (size_t i = 0; i < run->n; i++) {
		run->entries[i].wins = wins[i];
		run->entries[i].win_rate = rates[i];
	}
	free(entries);
	free(rates);
	free(wins);
}

/* -- weights ------------------------------------------------------------ */

static long
burn_target(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		if (run->miners[i].uid == (int)run->policy.burn_uid)
			return i;
	}
	return CURVE_NO_TARGET;
}

static double
basis_of(const struct run *run, size_t i)
{
	const struct run_entry *e = &run->entries[i];

	if (isinf(e->win_rate) || run->policy.basis == POLICY_BY_WIN_RATE)
		return e->win_rate;
	return e->score;
}

/* What was proven before stays in, in part; of who is here no more, not. */
static void
smooth(const struct run *run, double *weights)
{
	double alpha = run->policy.smooth_alpha, before = 0, sum = 0;

	for (size_t i = 0; i < run->n; i++)
		before += run->miners[i].previous;
	if (!(alpha < 1) || !(before > 0))
		return;
	for (size_t i = 0; i < run->n; i++) {
		weights[i] = alpha * weights[i] +
			     (1 - alpha) * run->miners[i].previous / before;
		sum += weights[i];
	}
	for (size_t i = 0; i < run->n; i++)
		weights[i] /= sum;
}

static void
guard(const struct run *run, double *weights)
{
	double *consensus;

	if (!(run->policy.guard_floor > 0))
		return;
	consensus = xcalloc(run->n + 1, sizeof(*consensus));
	for (size_t i = 0; i < run->n; i++)
		consensus[i] = run->miners[i].consensus;
	guard_blend(weights, consensus, run->n, run->policy.guard_floor);
	free(consensus);
}

static int
weigh(struct run *run, double *values, double *scores, double *weights)
{
	bool any = false;

	for (size_t i = 0; i < run->n; i++) {
		values[i] = basis_of(run, i);
		scores[i] = run->entries[i].score;
		any |= isfinite(values[i]);
	}
	/* Not even the owner gets anything for an epoch without a score. */
	if (!any || curve_weights(&run->policy.curve, values, scores, run->n,
			burn_target(run), weights) != 0)
		return -1;
	smooth(run, weights);
	guard(run, weights);
	for (size_t i = 0; i < run->n; i++)
		run->entries[i].weight = weights[i];
	return 0;
}

int
run_weigh(struct run *run)
{
	double *column = xcalloc(3 * run->n + 1, sizeof(*column));
	int failed;

	rate_miners(run);
	failed = weigh(run, column, column + run->n, column + 2 * run->n);
	free(column);
	return failed;
}

const char *
run_finish(struct run *run)
{
	run_value_events(run);
	share_stake(run);
	score_miners(run);
	mark_out(run);
	if (is_of_posts(run)) {
		run_value_posts(run);
		run_share_posts(run);
	}
	return run_weigh(run) != 0 ? "no miner has a positive score" : NULL;
}

const struct run_entry *
run_entries(const struct run *run, size_t *n)
{
	*n = run->n;
	return run->entries;
}

/* -- what if ------------------------------------------------------------ */

/* A failure that had been none: like the successes, or whole without any. */
static void
mend(const struct run_entry *entry, struct run_event *e)
{
	double whole = entry->successes > 0 ? NAN : 1;

	e->success = true;
	e->speed = whole;
	e->accuracy = isnan(e->accuracy) ? NAN : whole;
}

static void
change(const struct run_entry *entry, struct run_event *e, enum run_change what)
{
	if (what == RUN_NO_FAILURES && !e->success)
		mend(entry, e);
	if (what == RUN_WHOLE_SPEED && e->success && !isnan(e->speed))
		e->speed = 1;
	if (what == RUN_WHOLE_ACCURACY && e->success && !isnan(e->accuracy))
		e->accuracy = 1;
}

double
run_what_if(const struct run *run, size_t miner, enum run_change what)
{
	const struct run_entry *e = &run->entries[miner];
	struct run_event *mine;
	double score;

	if (is_of_submissions(run) || is_of_posts(run))
		return e->score;
	mine = xcalloc(e->n + 1, sizeof(*mine));
	memcpy(mine, run->events + e->first, e->n * sizeof(*mine));
	for (size_t i = 0; i < e->n; i++)
		change(e, &mine[i], what);
	score = run_fold(run, miner, mine, e->n, NULL);
	free(mine);
	return score;
}

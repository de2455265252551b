/*
 * A miner's events to its score, in the order they are in: by means of each
 * kind, or by moving averages.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/math.h"
#include "scorer/moving.h"
#include "scorer/run_parts.h"

/* -- events ------------------------------------------------------------- */

/* Does it count at all, and if so as what? */
static void
settle_event(const struct run *run, struct run_event *e)
{
	const struct policy_kind *rule = run->rules[e->kind];
	int64_t since_us = run->miners[e->miner].since_us;

	e->counted = rule->weight > 0 && run->policy.sources[e->source] > 0 &&
		     !(run->policy.reset_on_register && e->at_us < since_us);
	if (e->success && rule->fail_ms > 0 && e->ms > rule->fail_ms)
		e->success = false;
	if (!e->success && !isnan(e->accuracy))
		e->accuracy = 0;
	if (!e->success)
		e->speed = 0;
	else
		e->speed = isnan(e->ms) ? NAN : speed_of(&rule->speed, e->ms);
}

/* The successes of one kind against each other. */
static void
rank_kind(struct run *run, int kind)
{
	size_t n = run->n_events, count = 0;
	size_t *which = xcalloc(n + 1, sizeof(*which));
	double *ms = xcalloc(2 * n + 1, sizeof(*ms)), *shares = ms + n;

	for (size_t i = 0; i < n; i++) {
		const struct run_event *e = &run->events[i];

		if (e->kind == kind && e->counted && e->success &&
		    !isnan(e->ms)) {
			ms[count] = e->ms;
			which[count++] = i;
		}
	}
	speed_percentiles(ms, count, shares);
	for (size_t i = 0; i < count; i++)
		run->events[which[i]].speed = shares[i];
	free(which);
	free(ms);
}

static struct score_parts
parts_of(const struct run_event *e)
{
	return (struct score_parts){
	    .speed = e->speed,
	    .accuracy = e->accuracy,
	    .quality = e->success,
	    .stake = NAN,
	};
}

static double
value_of(const struct run *run, const struct run_event *e)
{
	const struct score_parts parts = parts_of(e);

	return score_combine(&run->rules[e->kind]->shares, &parts);
}

void
run_value_events(struct run *run)
{
	for (size_t i = 0; i < run->n_events; i++)
		settle_event(run, &run->events[i]);
	if (run->policy.any.speed.form == SPEED_PERCENTILE) {
		for (int kind = 0; kind < run->n_kinds; kind++)
			rank_kind(run, kind);
	}
	for (size_t i = 0; i < run->n_events; i++)
		run->events[i].value = value_of(run, &run->events[i]);
}

/* -- means -------------------------------------------------------------- */

/* Has anything been measured that has a share? Stake alone says nothing of
 * what was done. */
static bool
is_measured(const struct score_shares *shares, const struct score_parts *parts)
{
	return (shares->speed > 0 && !isnan(parts->speed)) ||
	       (shares->accuracy > 0 && !isnan(parts->accuracy)) ||
	       (shares->quality > 0 && !isnan(parts->quality));
}

/* Each kind by its shares, stake among them; kinds by weight and number. What
 * could not be measured, for want of a reference, say, lowers nothing. NaN if
 * nothing could. */
static double
mean_of_kinds(
    const struct run *run, const struct score_tally *kinds, double stake_share)
{
	double sum = 0, weight = 0;

	for (int k = 0; k < run->n_kinds; k++) {
		const struct policy_kind *rule = run->rules[k];
		struct score_parts parts = score_means(&kinds[k]);
		double w = rule->weight * kinds[k].weight;

		if (!(w > 0) || !is_measured(&rule->shares, &parts))
			continue;
		parts.stake = stake_share;
		sum += w * score_combine(&rule->shares, &parts);
		weight += w;
	}
	return weight > 0 ? sum / weight : NAN;
}

/* -- moving averages ---------------------------------------------------- */

static double
seconds_into(const struct run *run, int64_t at_us)
{
	return (double)(at_us - run->round.from_us) / 1e6;
}

/* An attempt that weighs less moves the average less. */
static void
add_moving(const struct run *run, struct moving *m, const struct run_event *e,
    double value)
{
	double w = run->policy.sources[e->source];
	const struct score_parts parts = parts_of(e);
	struct moving_policy p = run->policy.moving;
	enum moving_event what = MOVING_FAILURE;

	if (e->success)
		what = is_measured(&run->rules[e->kind]->shares, &parts)
			   ? MOVING_SUCCESS
			   : MOVING_NOTHING;
	p.alpha *= w;
	p.penalty *= w;
	moving_add(m, &p, seconds_into(run, e->at_us), what, value);
}

/* One average of all kinds: as Dippy does it. */
static double
moving_of_all(const struct run *run, const struct run_event *events, size_t n)
{
	struct moving m = {0};

	for (size_t i = 0; i < n; i++) {
		const struct run_event *e = &events[i];

		if (e->counted)
			add_moving(run, &m, e,
			    run->rules[e->kind]->weight * value_of(run, e));
	}
	if (m.successes + m.failures == 0)
		return NAN;
	moving_end(
	    &m, &run->policy.moving, seconds_into(run, run->round.at_us));
	return m.score;
}

/* One of each kind the miner had, together by their weights. */
static double
moving_of_kinds(const struct run *run, const struct run_event *events, size_t n)
{
	struct moving kinds[RUN_MAX_KINDS];
	double sum = 0, weight = 0;

	memset(kinds, 0, sizeof(kinds));
	for (size_t i = 0; i < n; i++) {
		if (events[i].counted)
			add_moving(run, &kinds[events[i].kind], &events[i],
			    value_of(run, &events[i]));
	}
	for (int k = 0; k < run->n_kinds; k++) {
		if (kinds[k].successes + kinds[k].failures == 0)
			continue;
		moving_end(&kinds[k], &run->policy.moving,
		    seconds_into(run, run->round.at_us));
		sum += run->rules[k]->weight * kinds[k].score;
		weight += run->rules[k]->weight;
	}
	return weight > 0 ? sum / weight : NAN;
}

/* The stake's share beside all the others. */
static double
with_stake(const struct run *run, double value, double stake_share)
{
	const struct score_shares *s = &run->policy.any.shares;
	double others = s->speed + s->accuracy + s->quality;

	if (!(s->stake > 0))
		return value;
	return (others * value + s->stake * stake_share) / (others + s->stake);
}

/* -- the whole ---------------------------------------------------------- */

struct tallies {
	struct score_tally all, kinds[RUN_MAX_KINDS];
};

static void
tally(const struct run *run, const struct run_event *events, size_t n,
    struct tallies *t)
{
	for (size_t i = 0; i < n; i++) {
		const struct run_event *e = &events[i];
		const struct score_sample sample = {
		    .success = e->success,
		    .speed = e->speed,
		    .accuracy = e->accuracy,
		    .weight = run->policy.sources[e->source],
		};

		if (!e->counted)
			continue;
		score_fold(&t->all, &sample);
		score_fold(&t->kinds[e->kind], &sample);
	}
}

static double
fold(const struct run *run, const struct tallies *t,
    const struct run_event *events, size_t n, double stake_share)
{
	if ((double)t->all.successes < run->policy.min_successes)
		return 0;
	switch (run->policy.fold) {
	case POLICY_MOVING:
		return with_stake(
		    run, moving_of_all(run, events, n), stake_share);
	case POLICY_MOVING_KINDS:
		return with_stake(
		    run, moving_of_kinds(run, events, n), stake_share);
	case POLICY_SUBMISSION: /* what attempts come to is not asked */
		return 0;
	case POLICY_ENGAGEMENT: /* beside the posts */
	default:
		return mean_of_kinds(run, t->kinds, stake_share);
	}
}

double
run_fold(const struct run *run, size_t miner, const struct run_event *events,
    size_t n, struct run_entry *entry)
{
	struct tallies *t = xcalloc(1, sizeof(*t));
	double score;

	tally(run, events, n, t);
	score = fold(run, t, events, n, run->entries[miner].stake_share);
	if (isnan(score))
		score = math_clamp01(run->miners[miner].before);
	if (entry != NULL) {
		const struct score_parts means = score_means(&t->all);

		entry->jobs = t->all.jobs;
		entry->successes = t->all.successes;
		entry->speed = means.speed;
		entry->accuracy = means.accuracy;
	}
	free(t);
	return score;
}

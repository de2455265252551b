/*
 * Births by two processes, the clients' own thinned and the floor's. All that
 * is drawn is drawn in a fixed order, so that one key gives one plan.
 */
#include "validator/challenge.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

#include "validator/challenge_dice.h"

enum {
	ENOUGH_FOR_HOURS = 240, /* jobs, before their hours say anything */
	US_PER_S = 1000000,
	NEAR_PAIRS = 24,
};

static const int64_t hour_us = 3600LL * US_PER_S;
static const int64_t day_us = 86400LL * US_PER_S;

struct plan {
	const struct challenge_rule *rule;
	const struct challenge_past *past;
	int64_t look_us;
	struct challenge_dice *dice;
	struct challenge_birth *births;
	size_t n, most;
	size_t usable[CHALLENGE_TEMPLATES], n_usable;
};

double
challenge_hour_weight(const int64_t by_hour[CHALLENGE_HOURS], int hour)
{
	int64_t all = 0;

	for (int i = 0; i < CHALLENGE_HOURS; i++)
		all += by_hour[i];
	if (all < ENOUGH_FOR_HOURS)
		return 1;
	return (double)by_hour[hour] * CHALLENGE_HOURS / all;
}

/* -- templates ----------------------------------------------------------- */

/* Those of the last day; if there are none, whatever there is. */
static void
find_templates(struct plan *p)
{
	const struct challenge_past *past = p->past;
	bool any_new = false;

	for (size_t i = 0; i < past->n && p->n_usable < CHALLENGE_TEMPLATES;
	     i++) {
		bool is_old = past->now_us - past->jobs[i].at_us > day_us;

		if (is_old && any_new)
			return;
		if (!past->jobs[i].is_usable)
			continue;
		p->usable[p->n_usable++] = i;
		any_new |= !is_old;
	}
}

static size_t
draw_any(const struct plan *p)
{
	return p->usable[challenge_dice_below(p->dice, p->n_usable)];
}

/* -- times --------------------------------------------------------------- */

/* A gap that was seen between two of the clients' jobs, of the last day. */
static int64_t
draw_gap(const struct plan *p)
{
	const struct challenge_past *past = p->past;
	size_t n = 0;
	size_t i;

	while (
	    n + 1 < past->n && past->now_us - past->jobs[n + 1].at_us <= day_us)
		n++;
	if (n == 0)
		return 0;
	i = challenge_dice_below(p->dice, n);
	return past->jobs[i].at_us - past->jobs[i + 1].at_us;
}

/* Some time before the next look. */
static int64_t
soon(const struct plan *p)
{
	return p->past->now_us +
	       (int64_t)(challenge_dice_unit(p->dice) * p->look_us);
}

static void
bear(struct plan *p, int64_t due_us)
{
	if (p->n < p->most)
		p->births[p->n++] =
		    (struct challenge_birth){due_us, draw_any(p)};
}

/* -- the two processes --------------------------------------------------- */

/* So that they are that share of all jobs, not of the clients'. */
static double
chance(const struct challenge_rule *rule)
{
	return rule->share / (1 - rule->share);
}

static void
thin(struct plan *p, int64_t from_us)
{
	const struct challenge_past *past = p->past;

	for (size_t i = 0; i < past->n && past->jobs[i].at_us > from_us; i++) {
		int64_t due_us;

		if (challenge_dice_unit(p->dice) >= chance(p->rule))
			continue;
		due_us = past->jobs[i].at_us + draw_gap(p);
		bear(p, due_us > past->now_us ? due_us : past->now_us);
	}
}

/* What the clients' own rate leaves of the floor, for the time from the last
 * look to this one. */
static void
fill_floor(struct plan *p, int64_t from_us)
{
	const struct challenge_past *past = p->past;
	int hour = (int)(past->now_us / hour_us % CHALLENGE_HOURS);
	double rate = p->rule->least_per_hour *
		      challenge_hour_weight(past->by_hour, hour);
	double wanted;

	rate -= past->in_last_hour * chance(p->rule);
	if (rate <= 0)
		return;
	wanted = rate * (past->now_us - from_us) / hour_us;
	for (; wanted >= 1; wanted--)
		bear(p, soon(p));
	if (challenge_dice_unit(p->dice) < wanted)
		bear(p, soon(p));
}

static size_t
most_now(const struct challenge_rule *rule, const struct challenge_past *past)
{
	double left = rule->most_per_hour - past->born_in_last_hour;

	if (left < 1)
		return 0;
	return left < CHALLENGE_MAX_BIRTHS ? (size_t)left
					   : CHALLENGE_MAX_BIRTHS;
}

size_t
challenge_plan(const struct challenge_rule *rule,
    const struct challenge_past *past, int64_t look_us,
    struct challenge_dice *dice,
    struct challenge_birth births[CHALLENGE_MAX_BIRTHS])
{
	struct plan p = {.rule = rule,
	    .past = past,
	    .look_us = look_us,
	    .dice = dice,
	    .births = births,
	    .most = most_now(rule, past)};
	int64_t from_us = past->from_us;

	if (from_us < past->now_us - CHALLENGE_MISSED_US)
		from_us = past->now_us - CHALLENGE_MISSED_US;
	find_templates(&p);
	if (p.n_usable == 0)
		return 0;
	thin(&p, from_us);
	fill_floor(&p, from_us);
	return p.n;
}

/* -- following ------------------------------------------------------------ */

/* By two passes: how many there are, then one of them. */
int64_t
challenge_short_gap(const struct challenge_past_job *jobs, size_t n,
    int64_t most_us, struct challenge_dice *dice)
{
	size_t fits = 0, chosen;

	for (size_t i = 0; i + 1 < n; i++)
		fits += jobs[i].at_us - jobs[i + 1].at_us <= most_us;
	if (fits == 0)
		return 0;
	chosen = challenge_dice_below(dice, fits);
	for (size_t i = 0;; i++) {
		int64_t gap_us = jobs[i].at_us - jobs[i + 1].at_us;

		if (gap_us <= most_us && chosen-- == 0)
			return gap_us;
	}
}

/* -- company -------------------------------------------------------------- */

uint64_t
challenge_sort(const char *kind, const char *language, const char *input_type)
{
	const char *const parts[] = {kind, language, input_type};
	uint64_t sort = 0;

	for (int i = 0; i < 3; i++) {
		const char *part = parts[i] != NULL ? parts[i] : "";

		sort = XXH64(part, strlen(part), sort);
	}
	return sort;
}

/* The pairs whose gaps are nearest by ratio, in no order. */
bool
challenge_is_alike(const struct challenge_past_job *jobs, size_t n,
    int64_t after_us, struct challenge_dice *dice)
{
	double off[NEAR_PAIRS];
	bool is_alike[NEAR_PAIRS];
	size_t k = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		int64_t gap_us = jobs[i].at_us - jobs[i + 1].at_us;
		double is = fabs(log((gap_us + 1.0) / (after_us + 1.0)));
		size_t at = k, worst = 0;

		for (size_t w = 1; w < k; w++)
			worst = off[w] > off[worst] ? w : worst;
		if (k < NEAR_PAIRS)
			k++;
		else if (is >= off[worst])
			continue;
		else
			at = worst;
		off[at] = is;
		is_alike[at] = jobs[i].sort == jobs[i + 1].sort;
	}
	return k > 0 && is_alike[challenge_dice_below(dice, k)];
}

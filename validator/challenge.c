/*
 * Births by two processes, the clients' own thinned and the floor's. All that
 * is drawn is drawn in a fixed order, so that one key gives one plan.
 */
#include "validator/challenge.h"

#include "validator/challenge_dice.h"

enum {
	ENOUGH_FOR_HOURS = 240, /* jobs, before their hours say anything */
	US_PER_S = 1000000,
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

/* Of that sort, or of any other; of all, if there is none. */
static size_t
draw_of_sort(const struct plan *p, uint64_t sort, bool is_same)
{
	size_t fits[CHALLENGE_TEMPLATES], n = 0;

	for (size_t i = 0; i < p->n_usable; i++) {
		if ((p->past->jobs[p->usable[i]].sort == sort) == is_same)
			fits[n++] = p->usable[i];
	}
	return n > 0 ? fits[challenge_dice_below(p->dice, n)] : draw_any(p);
}

/* -- times --------------------------------------------------------------- */

/* Two jobs that came one behind the other in the last day: the later one's
 * place, the other's is the next. -1: there are none. */
static int
draw_pair(const struct plan *p)
{
	const struct challenge_past *past = p->past;
	size_t n = 0;

	while (
	    n + 1 < past->n && past->now_us - past->jobs[n + 1].at_us <= day_us)
		n++;
	return n > 0 ? (int)challenge_dice_below(p->dice, n) : -1;
}

/* Some time before the next look: whoever is overdue comes then, and not all
 * of them at the look. */
static int64_t
soon(const struct plan *p)
{
	return p->past->now_us +
	       (int64_t)(challenge_dice_unit(p->dice) * p->look_us);
}

static void
bear(struct plan *p, int64_t due_us, size_t template)
{
	if (p->n < p->most)
		p->births[p->n++] = (struct challenge_birth){due_us, template};
}

/* -- the two processes --------------------------------------------------- */

/* So that they are that share of all jobs, not of the clients'. */
static double
chance(const struct challenge_rule *rule)
{
	return rule->share / (1 - rule->share);
}

/* The child of one, which follows it as a job followed another. */
static void
bear_child(struct plan *p, const struct challenge_past_job *parent)
{
	const struct challenge_past *past = p->past;
	const struct challenge_past_job *later;
	int pair = draw_pair(p);
	int64_t due_us = parent->at_us;
	size_t template;

	if (pair >= 0) {
		later = &past->jobs[pair];
		due_us += later->at_us - later[1].at_us;
		template =
		    draw_of_sort(p, parent->sort, later->sort == later[1].sort);
	} else {
		template = draw_any(p);
	}
	bear(p, due_us > past->now_us ? due_us : soon(p), template);
}

static void
thin(struct plan *p, int64_t from_us)
{
	const struct challenge_past *past = p->past;

	for (size_t i = 0; i < past->n && past->jobs[i].at_us > from_us; i++) {
		if (challenge_dice_unit(p->dice) < chance(p->rule))
			bear_child(p, &past->jobs[i]);
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
		bear(p, soon(p), draw_any(p));
	if (challenge_dice_unit(p->dice) < wanted)
		bear(p, soon(p), draw_any(p));
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

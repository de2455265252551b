/* Gates one after the other; shares of sums. */
#include "scorer/engagement.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/xalloc.h"
#include "scorer/score.h"

/* -- a post ------------------------------------------------------------- */

/* It is not the miner's to be paid for. */
static const char *
why_not_its(const struct growth_post *p)
{
	if (p->barred[0] != '\0')
		return p->barred;
	if (!p->listed)
		return "unlisted";
	if (p->gone)
		return "gone";
	if (p->observed == 0)
		return "not_observed";
	return p->owned ? NULL : "not_owned";
}

static bool
is_older(const struct engagement_rule *rule, const struct growth_post *p)
{
	return rule->lead_s > 0 && p->published_us != INT64_MIN &&
	       p->claimed_us != INT64_MIN &&
	       ((double)p->claimed_us - (double)p->published_us) / 1e6 >
		   rule->lead_s;
}

/* It is not what the subnet pays for. */
static const char *
why_not_wanted(const struct engagement_rule *rule, const struct growth_post *p)
{
	if (p->followers < rule->growth.followers)
		return "few_followers";
	if (isnan(p->ai) && rule->needs_ai)
		return "no_ai_verdict";
	if (p->ai <= rule->ai_least)
		return "not_ai";
	if (isnan(p->illicit) && rule->needs_moderation)
		return "no_moderation";
	if (p->illicit > rule->illicit_most)
		return "illicit";
	return is_older(rule, p) ? "older_than_claim" : NULL;
}

static double
for_bots(const struct engagement_rule *rule, const struct growth_post *p)
{
	if (!(p->bots > rule->bots) || !(p->bots_confidence > rule->bots_sure))
		return 1;
	return fmax(rule->bots_floor, 1 - rule->bots_penalty * p->bots);
}

/* What took more than half of what it gained; or of its followers. */
static const char *
worst(const struct growth_post *p, double people)
{
	double half = p->gained / 2;

	if (p->debt > p->value)
		return "debt";
	if (p->spike > half)
		return "spike";
	if (p->crowd > half)
		return "crowd";
	if (p->thin > half)
		return "thin";
	if (people < 0.5)
		return "bots";
	return p->burst > 0.5 ? "follower_burst" : NULL;
}

double
engagement_gave(const struct engagement_rule *rule, const struct growth_post *p,
    const char **why)
{
	double people = for_bots(rule, p);

	*why = why_not_its(p);
	if (*why == NULL)
		*why = why_not_wanted(rule, p);
	if (*why != NULL)
		return -p->debt - (p->gone && p->barred[0] == '\0'
					  ? rule->gone * p->value
					  : 0);
	*why = worst(p, people);
	return p->value * people - p->debt;
}

/* -- a miner ------------------------------------------------------------ */

static double
known(double v)
{
	return v > 0 ? v : 0;
}

static double
collateral_of(
    const struct engagement_rule *rule, const struct engagement_miner *m)
{
	switch ((enum engagement_collateral)rule->collateral) {
	case ENGAGEMENT_ALPHA:
		return known(m->alpha);
	case ENGAGEMENT_LOCKED:
		return known(m->locked);
	case ENGAGEMENT_LOCKED_OWN:
		return known(m->locked_own);
	case ENGAGEMENT_EITHER:
		return fmax(known(m->alpha), known(m->locked));
	}
	return 0;
}

/* Locks could not be read: nobody is kept out for that. */
static bool
is_unknown(const struct engagement_rule *rule, const struct engagement_miner *m)
{
	if (rule->collateral == ENGAGEMENT_LOCKED_OWN)
		return isnan(m->locked_own);
	return rule->collateral != ENGAGEMENT_ALPHA && isnan(m->locked);
}

const char *
engagement_gate(
    const struct engagement_rule *rule, const struct engagement_miner *m)
{
	if (collateral_of(rule, m) >= rule->collateral_least ||
	    is_unknown(rule, m))
		return NULL;
	return "not enough collateral";
}

/* One column of the miners into shares of its sum; the sum. */
static double
share_out(double *values, size_t n, double cap)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += score_capped(values[i], cap);
	score_stake_shares(values, n, cap, values);
	return sum;
}

static void
share_collateral(const struct engagement_rule *rule,
    const struct engagement_miner *miners, size_t n, double *column,
    struct engagement_shares *out)
{
	for (size_t i = 0; i < n; i++)
		column[i] = !miners[i].out && miners[i].points > 0
				? collateral_of(rule, &miners[i])
				: 0;
	share_out(column, n, rule->collateral_cap);
	for (size_t i = 0; i < n; i++)
		out[i].collateral = column[i];
}

void
engagement_share(const struct engagement_rule *rule,
    const struct engagement_miner *miners, size_t n,
    struct engagement_shares *out)
{
	double *posts = xcalloc(3 * n + 1, sizeof(*posts));
	double *jobs = posts + n, *paid = jobs + n;
	double of_posts = 1 - rule->jobs - rule->paid;
	double of_jobs = rule->jobs, of_paid = rule->paid, all;

	share_collateral(rule, miners, n, posts, out);
	for (size_t i = 0; i < n; i++) {
		bool in = !miners[i].out;
		double bonus = 1 + rule->collateral_bonus * out[i].collateral;

		posts[i] = in ? known(miners[i].points) * bonus : 0;
		jobs[i] = in ? miners[i].jobs : 0;
		paid[i] = in ? miners[i].paid : 0;
	}
	if (!(share_out(posts, n, INFINITY) > 0))
		of_posts = 0;
	if (!(share_out(jobs, n, INFINITY) > 0))
		of_jobs = 0;
	if (!(share_out(paid, n, rule->paid_cap) > 0))
		of_paid = 0;
	all = of_posts + of_jobs + of_paid;
	for (size_t i = 0; i < n; i++) {
		out[i].posts = posts[i];
		out[i].jobs = jobs[i];
		out[i].paid = paid[i];
		out[i].score = all > 0
				   ? (of_posts * posts[i] + of_jobs * jobs[i] +
					 of_paid * paid[i]) /
					 all
				   : 0;
	}
	free(posts);
}

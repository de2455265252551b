/* Upstream's steps in upstream's order, one function each. */
#include "scorer/engage.h"

#include <math.h>

#include "scorer/math.h"

/* -- moving averages ---------------------------------------------------- */

static void
reset(struct engage_average *a)
{
	*a = (struct engage_average){0};
}

void
engage_average_add(struct engage_average *a, enum engage_ema ema, double alpha,
    double count, bool is_valid)
{
	double of = count;

	if (!is_valid) {
		reset(a);
		return;
	}
	if (ema != ENGAGE_ABSOLUTE && a->has_previous)
		of = count - a->previous;
	if (ema != ENGAGE_BASELINE || a->has_previous)
		a->score = alpha * of + (1 - alpha) * a->score;
	a->previous = count;
	a->has_previous = true;
}

/* -- of an account ------------------------------------------------------ */

double
engage_rate_percent(const struct engage_post *posts, size_t n)
{
	double followers = 0, likes = 0, comments = 0, count = 0;

	for (size_t i = 0; i < n; i++) {
		if (posts[i].followers > 0)
			followers = posts[i].followers;
		if (!posts[i].is_valid)
			continue;
		likes += posts[i].likes;
		comments += posts[i].comments;
		count++;
	}
	if (!(count > 0) || !(followers > 0))
		return 0;
	return (likes + comments) / count / followers * 100;
}

static const double ln_10 = 2.302585092994045684;

/* Points of the followers gained: 100 for 9 % an hour, were it not capped at
 * 1 %; a loss is a straight line. */
static double
growth_points(const struct engage_growth *g)
{
	double rate = (g->now - g->before) / g->before / g->hours;
	double percent = fmin(rate, 0.01) * 100;

	if (percent > 0)
		return 100 * (math_log(1 + percent) / ln_10);
	return 5 * percent;
}

double
engage_growth_score(const struct engage_growth *g)
{
	double multiplier = 1, growth, engaged;

	if (g->now < 500 || g->hours < 12 || g->before == 0)
		return 0;
	if (g->p_bot > 0.6 && g->confidence > 0.5)
		multiplier = fmax(0.1, 1 - 0.9 * g->p_bot);
	growth = 0.7 * growth_points(g) * multiplier;
	if (!(growth > 0))
		return 0;
	engaged = fmin(100 * (g->likes + g->comments) / g->now, 8);
	return growth * (0.5 + 1.5 * engaged / 8);
}

/* -- weights ------------------------------------------------------------ */

/* The five of the highest rates, by rate and then by place. How many. */
static size_t
choose_top(
    const struct engage_miner *miners, size_t n, size_t chosen[ENGAGE_TOP])
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = count;

		while (at > 0 && miners[i].rate_percent >
				     miners[chosen[at - 1]].rate_percent)
			at--;
		if (at == ENGAGE_TOP)
			continue;
		if (count < ENGAGE_TOP)
			count++;
		for (size_t j = count - 1; j > at; j--)
			chosen[j] = chosen[j - 1];
		chosen[at] = i;
	}
	return count;
}

void
engage_top_weights(const struct engage_miner *miners, size_t n, double *weights)
{
	size_t chosen[ENGAGE_TOP], count = choose_top(miners, n, chosen);
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		weights[i] = 0;
	for (size_t i = 0; i < count; i++)
		weights[chosen[i]] = (float)fmax(0, miners[chosen[i]].sum);
	for (size_t i = 0; i < n; i++)
		sum += (float)weights[i];
	for (size_t i = 0; i < count; i++)
		weights[chosen[i]] =
		    sum > 0 ? (float)weights[chosen[i]] / sum : 1;
}

/* -- penalties ---------------------------------------------------------- */

static const double sure = 0.5;

double
engage_penalty_linear(double p_bot, double confidence)
{
	return confidence >= sure ? fmax(0.2, 1 - 0.8 * p_bot) : 1;
}

double
engage_penalty_ramp(double p_bot, double confidence)
{
	if (!(p_bot >= 0.7) || !(confidence >= sure))
		return 0;
	return fmin(0.8, 0.8 * (p_bot - 0.7) / 0.3);
}

/* Folding samples and combining the parts. */
#include "scorer/score.h"

#include <math.h>
#include <stdlib.h>

#include "scorer/math.h"

/* -- the parts ---------------------------------------------------------- */

struct sum {
	double value, share;
};

static void
add_part(struct sum *sum, double share, double part)
{
	if (isnan(part))
		return;
	sum->value += share * math_clamp01(part);
	sum->share += share;
}

double
score_combine(
    const struct score_shares *shares, const struct score_parts *parts)
{
	struct sum sum = {0, 0};

	add_part(&sum, shares->speed, parts->speed);
	add_part(&sum, shares->accuracy, parts->accuracy);
	add_part(&sum, shares->quality, parts->quality);
	add_part(&sum, shares->stake, parts->stake);
	return sum.share > 0 ? math_clamp01(sum.value / sum.share) : 0;
}

/* -- attempts ----------------------------------------------------------- */

void
score_fold(struct score_tally *tally, const struct score_sample *sample)
{
	double w = sample->weight;

	tally->jobs++;
	tally->successes += sample->success;
	tally->weight += w;
	if (sample->success)
		tally->success_weight += w;
	if (!isnan(sample->speed)) {
		tally->speed_sum += w * math_clamp01(sample->speed);
		tally->speed_weight += w;
	}
	if (!isnan(sample->accuracy)) {
		tally->accuracy_sum += w * math_clamp01(sample->accuracy);
		tally->accuracy_weight += w;
	}
}

static double
mean(double sum, double weight)
{
	return weight > 0 ? sum / weight : NAN;
}

struct score_parts
score_means(const struct score_tally *tally)
{
	return (struct score_parts){
	    .speed = mean(tally->speed_sum, tally->speed_weight),
	    .accuracy = mean(tally->accuracy_sum, tally->accuracy_weight),
	    .quality = mean(tally->success_weight, tally->weight),
	    .stake = NAN,
	};
}

static int
compare_reals(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
score_median(double *values, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(values, n, sizeof(*values), compare_reals);
	if (n % 2 == 1)
		return values[n / 2];
	return (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* -- stake -------------------------------------------------------------- */

double
score_capped(double stake, double cap)
{
	if (!(stake > 0))
		return 0;
	return stake < cap ? stake : cap;
}

void
score_stake_shares(const double *stakes, size_t n, double cap, double *shares)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += score_capped(stakes[i], cap);
	for (size_t i = 0; i < n; i++)
		shares[i] = sum > 0 ? score_capped(stakes[i], cap) / sum : 0;
}

void
score_stake_of_max(const double *stakes, size_t n, double cap, double *shares)
{
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		if (score_capped(stakes[i], cap) > most)
			most = score_capped(stakes[i], cap);
	}
	for (size_t i = 0; i < n; i++)
		shares[i] = most > 0 ? score_capped(stakes[i], cap) / most : 0;
}

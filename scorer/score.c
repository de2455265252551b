/* Folding samples and combining the parts. */
#include "scorer/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/math.h"

static void
add_latency(struct score_tally *tally, double ms)
{
	if (tally->latency_n == tally->latency_cap) {
		tally->latency_cap = tally->latency_cap * 2 + 16;
		tally->latencies = xrealloc(tally->latencies,
		    tally->latency_cap, sizeof(*tally->latencies));
	}
	tally->latencies[tally->latency_n++] = ms;
}

void
score_fold(struct score_tally *tally, const struct score_sample *sample)
{
	tally->jobs++;
	tally->successes += sample->success;
	if (!isnan(sample->speed)) {
		tally->speed_sum += math_clamp01(sample->speed);
		tally->speed_n++;
	}
	if (!isnan(sample->accuracy)) {
		tally->accuracy_sum += math_clamp01(sample->accuracy);
		tally->accuracy_n++;
	}
	if (sample->success && !isnan(sample->latency_ms))
		add_latency(tally, sample->latency_ms);
}

void
score_tally_clear(struct score_tally *tally)
{
	free(tally->latencies);
	memset(tally, 0, sizeof(*tally));
}

double
score_speed(const struct score_tally *tally)
{
	return tally->speed_n > 0 ? tally->speed_sum / tally->speed_n : 0;
}

double
score_accuracy(const struct score_tally *tally)
{
	if (tally->accuracy_n == 0)
		return NAN;
	return tally->accuracy_sum / tally->accuracy_n;
}

static int
compare_reals(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
score_latency_p50(struct score_tally *tally)
{
	size_t n = tally->latency_n;

	if (n == 0)
		return NAN;
	qsort(tally->latencies, n, sizeof(double), compare_reals);
	if (n % 2 == 1)
		return tally->latencies[n / 2];
	return (tally->latencies[n / 2 - 1] + tally->latencies[n / 2]) / 2;
}

double
score_combine(const struct score_shares *shares, size_t successes, double speed,
    double accuracy, double stake_share)
{
	double sum = shares->speed * math_clamp01(speed);
	double all = shares->speed;

	if ((double)successes < shares->min_successes)
		return 0;
	if (!isnan(accuracy)) {
		sum += shares->accuracy * math_clamp01(accuracy);
		all += shares->accuracy;
	}
	sum += shares->stake * math_clamp01(stake_share);
	all += shares->stake;
	return all > 0 ? math_clamp01(sum / all) : 0;
}

static double
capped(double stake, double cap)
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
		sum += capped(stakes[i], cap);
	for (size_t i = 0; i < n; i++)
		shares[i] = sum > 0 ? capped(stakes[i], cap) / sum : 0;
}

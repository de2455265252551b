/* Two arms, timed in turns. */
#include "tests/lib/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/xalloc.h"

enum { ROUNDS = 15, MAX_ROUNDS = 1000 };

static const double round_us = 40000;

static double
cpu_us(void)
{
	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e6 +
	       use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

/* A call's microseconds over n calls. */
static double
time_calls(void (*call)(void *), void *arg, long n)
{
	double began_us = cpu_us();

	for (long i = 0; i < n; i++)
		call(arg);
	return (cpu_us() - began_us) / n;
}

/* So many calls that a round of them is long enough. */
static long
calibrate(void (*call)(void *), void *arg)
{
	for (long n = 1;; n *= 2) {
		double each_us = time_calls(call, arg, n);

		if (each_us * n >= round_us / 4)
			return each_us < round_us ? round_us / each_us + 1 : 1;
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, int n)
{
	qsort(values, n, sizeof(*values), compare);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

bool
bench_run(const struct bench *b)
{
	const char *set = getenv("ROUNDS");
	int rounds = set != NULL ? atoi(set) : ROUNDS;
	long n_ours = calibrate(b->ours, b->arg);
	long n_floor = calibrate(b->floor, b->arg);
	double *ours, *floor, *ratios, ratio;

	if (rounds < 1 || rounds > MAX_ROUNDS)
		rounds = ROUNDS;
	ours = xcalloc(3 * (size_t)rounds, sizeof(*ours));
	floor = ours + rounds;
	ratios = floor + rounds;
	for (int i = 0; i < rounds; i++) {
		ours[i] = time_calls(b->ours, b->arg, n_ours);
		floor[i] = time_calls(b->floor, b->arg, n_floor);
		ratios[i] = ours[i] / floor[i];
	}
	ratio = median(ratios, rounds);
	printf("%-28s %10.1f %10.1f %7.2f   %.2f to %.2f   %g%s\n", b->name,
	    median(ours, rounds), median(floor, rounds), ratio, ratios[0],
	    ratios[rounds - 1], b->limit, ratio > b->limit ? "   OVER" : "");
	free(ours);
	return ratio <= b->limit;
}

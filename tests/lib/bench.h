/*
 * Two ways to do one thing, ours and the floor it is measured by, timed in
 * turns: what each call costs in CPU time, and the median of the ratios.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>

struct bench {
	const char *name;
	void (*ours)(void *arg);
	void (*floor)(void *arg);
	void *arg;
	double limit; /* of the ratio */
};

/*
 * Some rounds of each arm in turn (ROUNDS of the environment), each of as many
 * calls as make it long enough to time. Prints a line; false if the median is
 * over the limit.
 */
bool bench_run(const struct bench *);

#endif

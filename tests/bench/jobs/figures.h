/*
 * Figures of one kind, gathered; and the table's rows: what was measured, its
 * floor, their ratio with its spread, the limit and whether it is kept.
 */
#ifndef TESTS_BENCH_JOBS_FIGURES_H
#define TESTS_BENCH_JOBS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

struct figures {
	double *values;
	size_t n, room;
};

void figures_add(struct figures *, double);
void figures_clear(struct figures *);
/* The value below which this part of them lies; 0 if there are none. Sorts. */
double figures_quantile(struct figures *, double part);
double figures_median(struct figures *);
/* Of its figures from one part of them to another, in their order. */
double figures_mean(const struct figures *, double from, double to);

enum figures_limit { AT_LEAST, AT_MOST };

void figures_head(void);
/*
 * A row of two arms, a pair of figures for each round; the verdict is on the
 * median of the ratios. Whether it is kept.
 */
bool figures_row(const char *name, const struct figures *ours,
    const struct figures *floor, enum figures_limit, double limit);

#endif

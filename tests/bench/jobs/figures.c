/* Figures and rows. */
#include "tests/bench/jobs/figures.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/xalloc.h"

void
figures_add(struct figures *f, double value)
{
	if (f->n == f->room) {
		f->room = f->room > 0 ? 2 * f->room : 64;
		f->values = xrealloc(f->values, f->room, sizeof(*f->values));
	}
	f->values[f->n++] = value;
}

void
figures_clear(struct figures *f)
{
	free(f->values);
	*f = (struct figures){.n = 0};
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
figures_quantile(struct figures *f, double part)
{
	if (f->n == 0)
		return 0;
	qsort(f->values, f->n, sizeof(*f->values), compare);
	return f->values[(size_t)((f->n - 1) * part + 0.5)];
}

static struct figures
copy_of(const struct figures *f)
{
	struct figures copy = {.n = 0};

	for (size_t i = 0; i < f->n; i++)
		figures_add(&copy, f->values[i]);
	return copy;
}

double
figures_median(struct figures *f)
{
	return figures_quantile(f, 0.5);
}

double
figures_mean(const struct figures *f, double from, double to)
{
	size_t first = f->n * from, last = f->n * to;
	double sum = 0;

	for (size_t i = first; i < last; i++)
		sum += f->values[i];
	return last > first ? sum / (last - first) : 0;
}

void
figures_head(void)
{
	printf("%-38s %10s %10s %7s   %-14s %-8s\n", "jobs", "ours", "floor",
	    "ratio", "spread", "limit");
}

bool
figures_row(const char *name, const struct figures *ours,
    const struct figures *floor, enum figures_limit sense, double limit)
{
	struct figures a = copy_of(ours), b = copy_of(floor), ratios = {0};
	char spread[32];
	double ratio;
	bool is_kept;

	for (size_t i = 0; i < ours->n && i < floor->n; i++)
		figures_add(&ratios, ours->values[i] / floor->values[i]);
	ratio = figures_median(&ratios);
	is_kept = ratios.n > 0 &&
		  (sense == AT_LEAST ? ratio >= limit : ratio <= limit);
	snprintf(spread, sizeof(spread), "%.2f to %.2f",
	    figures_quantile(&ratios, 0), figures_quantile(&ratios, 1));
	printf("%-38s %10.1f %10.1f %7.2f   %-14s %s %-5g %s\n", name,
	    figures_median(&a), figures_median(&b), ratio, spread,
	    sense == AT_LEAST ? ">=" : "<=", limit,
	    is_kept ? "kept" : "MISSED");
	figures_clear(&a);
	figures_clear(&b);
	figures_clear(&ratios);
	return is_kept;
}

/* Logistic regression by full-batch gradient steps (Adam), L2. */
#include "tests/lib/classify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"

enum { FOLDS = 5, STEPS = 250, QUARTERS = 4, MAX_NAME = 96, MAX_SHARED = 12 };

static const double rate = 0.05, decay = 0.02;
/* A value that so many of the rows share is a column of its own. */
static const double shared_least = 0.03, shared_most = 0.97;

struct feature {
	char name[MAX_NAME];
	double *values; /* of the rows; NaN: it has none */
	size_t room;
};

struct classify {
	struct feature *features;
	size_t n_features;
	bool *labels;
	int *groups;
	size_t rows;
	/* What is trained on: columns behind each other. */
	double *columns;
	size_t n_columns;
};

struct classify *
classify_new(void)
{
	return xcalloc(1, sizeof(struct classify));
}

void
classify_free(struct classify *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_features; i++)
		free(c->features[i].values);
	free(c->features);
	free(c->labels);
	free(c->groups);
	free(c->columns);
	free(c);
}

/* -- rows ----------------------------------------------------------------- */

void
classify_row(struct classify *c, int group, bool label)
{
	c->labels = xrealloc(c->labels, c->rows + 1, sizeof(*c->labels));
	c->groups = xrealloc(c->groups, c->rows + 1, sizeof(*c->groups));
	c->labels[c->rows] = label;
	c->groups[c->rows] = group;
	c->rows++;
}

static struct feature *
find(const struct classify *c, const char *name)
{
	for (size_t i = 0; i < c->n_features; i++) {
		if (strcmp(c->features[i].name, name) == 0)
			return &c->features[i];
	}
	return NULL;
}

static struct feature *
add(struct classify *c, const char *name)
{
	struct feature *f;

	c->features =
	    xrealloc(c->features, c->n_features + 1, sizeof(*c->features));
	f = &c->features[c->n_features++];
	*f = (struct feature){.values = NULL};
	snprintf(f->name, sizeof(f->name), "%s", name);
	return f;
}

static double
value_of(const struct feature *f, size_t row)
{
	return row < f->room ? f->values[row] : NAN;
}

void
classify_number(struct classify *c, const char *name, double value)
{
	struct feature *f = find(c, name);

	if (f == NULL)
		f = add(c, name);
	f->values = xrealloc(f->values, c->rows, sizeof(*f->values));
	while (f->room < c->rows)
		f->values[f->room++] = NAN;
	f->values[c->rows - 1] = value;
}

void
classify_word(struct classify *c, const char *name, const char *word)
{
	char both[MAX_NAME];

	snprintf(both, sizeof(both), "%s=%s", name, word);
	classify_number(c, both, 1);
}

void
classify_drop(struct classify *c, const char *prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_features; i++) {
		struct feature *f = &c->features[i];

		if (strncmp(f->name, prefix, strlen(prefix)) == 0)
			free(f->values);
		else
			c->features[n++] = *f;
	}
	c->n_features = n;
}

size_t
classify_count(const struct classify *c, bool label)
{
	size_t n = 0;

	for (size_t i = 0; i < c->rows; i++)
		n += c->labels[i] == label;
	return n;
}

/* -- the area under the curve --------------------------------------------- */

struct scored {
	double score;
	bool label;
};

static int
by_score(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->score;
	double y = ((const struct scored *)b)->score;

	return (x > y) - (x < y);
}

/* By ranks; those of equal scores share theirs. */
static double
auc_of(struct scored *s, size_t n)
{
	double ranks = 0, yes = 0;

	qsort(s, n, sizeof(*s), by_score);
	for (size_t i = 0; i < n;) {
		size_t end = i, in = 0;

		while (end < n && s[end].score == s[i].score)
			in += s[end++].label;
		ranks += in * ((i + end - 1) / 2.0 + 1);
		yes += in;
		i = end;
	}
	if (yes == 0 || yes == n)
		return NAN;
	return (ranks - yes * (yes + 1) / 2) / (yes * (n - yes));
}

static double
alone(const struct classify *c, const struct feature *f)
{
	struct scored *s = xcalloc(c->rows, sizeof(*s));
	double auc;

	for (size_t i = 0; i < c->rows; i++) {
		double v = value_of(f, i);

		s[i] = (struct scored){isnan(v) ? -1e18 : v, c->labels[i]};
	}
	auc = auc_of(s, c->rows);
	free(s);
	return auc < 0.5 ? 1 - auc : auc;
}

double
classify_alone(const struct classify *c, const char *name)
{
	size_t len = strlen(name);
	double best = 0.5;

	for (size_t i = 0; i < c->n_features; i++) {
		const char *is = c->features[i].name;
		double auc;

		if (strncmp(is, name, len) != 0 ||
		    (is[len] != '\0' && is[len] != '='))
			continue;
		auc = alone(c, &c->features[i]);
		best = auc > best ? auc : best;
	}
	return best;
}

void
classify_show(const struct classify *c, int n)
{
	bool *shown = xcalloc(c->n_features + 1, sizeof(*shown));

	for (int k = 0; k < n; k++) {
		size_t best = c->n_features;
		double most = 0.5;

		for (size_t i = 0; i < c->n_features; i++) {
			double auc = shown[i] ? 0 : alone(c, &c->features[i]);

			if (auc > most) {
				most = auc;
				best = i;
			}
		}
		if (best == c->n_features)
			break;
		shown[best] = true;
		fprintf(
		    stderr, "# alone %.3f %s\n", most, c->features[best].name);
	}
	free(shown);
}

/* -- columns -------------------------------------------------------------- */

/* Standardised; one that does not vary is left out. */
static void
push_column(struct classify *c, const double *v)
{
	double mean = 0, var = 0;
	double *column;

	for (size_t i = 0; i < c->rows; i++)
		mean += v[i] / c->rows;
	for (size_t i = 0; i < c->rows; i++)
		var += (v[i] - mean) * (v[i] - mean) / c->rows;
	if (var < 1e-12 * (1 + mean * mean))
		return;
	c->columns = xrealloc(
	    c->columns, (c->n_columns + 1) * c->rows, sizeof(*c->columns));
	column = c->columns + c->n_columns * c->rows;
	for (size_t i = 0; i < c->rows; i++)
		column[i] = (v[i] - mean) / sqrt(var);
	c->n_columns++;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The values that are there, in order. */
static size_t
sort_values(const struct classify *c, const struct feature *f, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < c->rows; i++) {
		if (!isnan(value_of(f, i)))
			out[n++] = value_of(f, i);
	}
	qsort(out, n, sizeof(*out), by_value);
	return n;
}

static void
push_range(struct classify *c, const struct feature *f, double low, double high,
    double *space)
{
	for (size_t i = 0; i < c->rows; i++) {
		double v = value_of(f, i);

		space[i] = !isnan(v) && v >= low && v <= high;
	}
	push_column(c, space);
}

static void
push_shared(struct classify *c, const struct feature *f, const double *sorted,
    size_t n, double *space)
{
	int pushed = 0;

	for (size_t i = 0; i < n && pushed < MAX_SHARED;) {
		size_t end = i;

		while (end < n && sorted[end] == sorted[i])
			end++;
		if (end - i >= shared_least * c->rows &&
		    end - i <= shared_most * c->rows) {
			push_range(c, f, sorted[i], sorted[i], space);
			pushed++;
		}
		i = end;
	}
}

static void
push_feature(struct classify *c, const struct feature *f)
{
	double *sorted = xcalloc(c->rows, sizeof(*sorted));
	double *space = xcalloc(c->rows, sizeof(*space));
	size_t n = sort_values(c, f, sorted);
	double middle = n > 0 ? sorted[n / 2] : 0;

	for (size_t i = 0; i < c->rows; i++)
		space[i] = isnan(value_of(f, i)) ? middle : value_of(f, i);
	push_column(c, space);
	for (size_t i = 0; i < c->rows; i++)
		space[i] = isnan(value_of(f, i));
	push_column(c, space);
	for (int q = 0; q < QUARTERS && n > 0; q++)
		push_range(c, f, sorted[q * (n - 1) / QUARTERS],
		    sorted[(q + 1) * (n - 1) / QUARTERS], space);
	push_shared(c, f, sorted, n, space);
	free(sorted);
	free(space);
}

/* -- training ------------------------------------------------------------- */

struct model {
	double *w, *m, *v, *gradient; /* the last one is the bias */
	double *margins;
};

/* Sides count alike, however many rows each has. */
static void
gradient_of(const struct classify *c, struct model *model, int fold,
    const double weights[2])
{
	size_t k = c->n_columns;

	for (size_t i = 0; i < c->rows; i++)
		model->margins[i] = model->w[k];
	for (size_t j = 0; j < k; j++) {
		for (size_t i = 0; i < c->rows; i++)
			model->margins[i] +=
			    model->w[j] * c->columns[j * c->rows + i];
	}
	model->gradient[k] = 0;
	for (size_t i = 0; i < c->rows; i++) {
		double p = 1 / (1 + exp(-model->margins[i]));

		model->margins[i] =
		    c->groups[i] % FOLDS == fold
			? 0
			: weights[c->labels[i]] * (p - c->labels[i]);
		model->gradient[k] += model->margins[i];
	}
	for (size_t j = 0; j < k; j++) {
		model->gradient[j] = decay * model->w[j];
		for (size_t i = 0; i < c->rows; i++)
			model->gradient[j] +=
			    model->margins[i] * c->columns[j * c->rows + i];
	}
}

static void
train(const struct classify *c, struct model *model, int fold)
{
	double weights[2] = {0, 0};
	size_t k = c->n_columns + 1;

	memset(model->w, 0, k * sizeof(double));
	memset(model->m, 0, k * sizeof(double));
	memset(model->v, 0, k * sizeof(double));
	for (size_t i = 0; i < c->rows; i++)
		weights[c->labels[i]] += c->groups[i] % FOLDS != fold;
	for (int s = 0; s < 2; s++)
		weights[s] = weights[s] > 0 ? 0.5 / weights[s] : 0;
	for (int step = 1; step <= STEPS; step++) {
		gradient_of(c, model, fold, weights);
		for (size_t j = 0; j < k; j++) {
			double g = model->gradient[j];

			model->m[j] = 0.9 * model->m[j] + 0.1 * g;
			model->v[j] = 0.999 * model->v[j] + 0.001 * g * g;
			model->w[j] -=
			    rate * model->m[j] / (1 - pow(0.9, step)) /
			    (sqrt(model->v[j] / (1 - pow(0.999, step))) + 1e-8);
		}
	}
}

static void
score_fold(const struct classify *c, const struct model *model, int fold,
    struct scored *scored)
{
	for (size_t i = 0; i < c->rows; i++) {
		double margin = model->w[c->n_columns];

		if (c->groups[i] % FOLDS != fold)
			continue;
		for (size_t j = 0; j < c->n_columns; j++)
			margin += model->w[j] * c->columns[j * c->rows + i];
		scored[i] = (struct scored){margin, c->labels[i]};
	}
}

/* Models of different folds are not on one scale: the area is each fold's,
 * and their mean. */
static double
mean_of_folds(const struct classify *c, const struct scored *scored)
{
	struct scored *part = xcalloc(c->rows, sizeof(*part));
	double sum = 0;
	int folds = 0;

	for (int fold = 0; fold < FOLDS; fold++) {
		size_t n = 0;
		double auc;

		for (size_t i = 0; i < c->rows; i++) {
			if (c->groups[i] % FOLDS == fold)
				part[n++] = scored[i];
		}
		auc = auc_of(part, n);
		if (!isnan(auc)) {
			sum += auc;
			folds++;
		}
	}
	free(part);
	return sum / folds;
}

double
classify_auc(struct classify *c)
{
	struct scored *scored = xcalloc(c->rows, sizeof(*scored));
	struct model model;
	double auc, *space;
	size_t k;

	c->n_columns = 0;
	for (size_t i = 0; i < c->n_features; i++)
		push_feature(c, &c->features[i]);
	k = c->n_columns + 1;
	space = xcalloc(4 * k + c->rows, sizeof(*space));
	model = (struct model){
	    space, space + k, space + 2 * k, space + 3 * k, space + 4 * k};
	for (int fold = 0; fold < FOLDS; fold++) {
		train(c, &model, fold);
		score_fold(c, &model, fold, scored);
	}
	auc = mean_of_folds(c, scored);
	free(space);
	free(scored);
	return auc;
}

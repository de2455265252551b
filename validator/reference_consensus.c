/* The medoid of a job's texts, and who is like it. */
#include "validator/reference_consensus.h"

#include <math.h>

#include "validator/metric.h"

void
consensus_begin(struct consensus *c, const struct metric *metric,
    const char *const *texts, size_t n)
{
	*c = (struct consensus){.metric = metric, .j = 1};
	c->n = n < CONSENSUS_MAX ? n : CONSENSUS_MAX;
	for (size_t i = 0; i < c->n; i++) {
		c->texts[i] = texts[i];
		c->alike[i][i] = 1;
	}
}

/* -- pairs ---------------------------------------------------------------- */

/* What there is nothing to measure by is like nothing. */
static double
likeness(const struct metric *m, const char *reference, const char *text)
{
	double value;

	if (reference == NULL || text == NULL ||
	    m->measure(reference, text, &value) != 0)
		return 0;
	return m->accuracy(value);
}

bool
consensus_step(struct consensus *c)
{
	const char *a, *b;
	double there;

	if (c->j >= c->n)
		return false;
	a = c->texts[c->i];
	b = c->texts[c->j];
	there = likeness(c->metric, a, b);
	if (there > 0) /* else the other way is as bad or better */
		there = fmin(there, likeness(c->metric, b, a));
	c->alike[c->i][c->j] = c->alike[c->j][c->i] = there;
	if (++c->j == c->n) {
		c->i++;
		c->j = c->i + 1;
	}
	return true;
}

/* -- all of them ---------------------------------------------------------- */

/* The one with the largest sum; the first of equals. */
static size_t
medoid(const struct consensus *c)
{
	double best = -1;
	size_t at = 0;

	for (size_t i = 0; i < c->n; i++) {
		double sum = 0;

		for (size_t j = 0; j < c->n; j++)
			sum += c->alike[i][j];
		if (sum > best) {
			best = sum;
			at = i;
		}
	}
	return at;
}

void
consensus_end(const struct consensus *c, struct consensus_found *out)
{
	size_t at = medoid(c), n_like = 0;
	double sum = 0;

	*out = (struct consensus_found){.medoid = -1, .agreement = NAN};
	if (c->n < CONSENSUS_LEAST) {
		out->why = "too few miners answered to compare them";
		return;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (i == at)
			continue;
		if (c->alike[at][i] < c->metric->alike) {
			out->is_outlier[i] = true;
			continue;
		}
		sum += c->alike[at][i];
		n_like++;
	}
	if (2 * (n_like + 1) <= c->n) {
		out->why = "most miners did not say the same";
		return;
	}
	out->medoid = (long)at;
	out->agreement = sum / (double)n_like;
}

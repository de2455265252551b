/* The medoid of a job's texts, and who is like it. */
#include "validator/reference_consensus.h"

#include <math.h>

#include "validator/metric.h"

void
reference_consensus_begin(struct reference_consensus *c,
    const struct metric *metric, const char *const *texts, size_t n)
{
	*c = (struct reference_consensus){.metric = metric, .j = 1};
	c->n = n < CONSENSUS_MAX ? n : CONSENSUS_MAX;
	for (size_t i = 0; i < c->n; i++)
		c->texts[i] = texts[i];
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
reference_consensus_step(struct reference_consensus *c)
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
	c->alike[c->i * c->n + c->j] = there;
	c->alike[c->j * c->n + c->i] = there;
	if (++c->j == c->n) {
		c->i++;
		c->j = c->i + 1;
	}
	return true;
}

/* -- all of them ---------------------------------------------------------- */

/* The mean over those of the majority but the medoid, in their order. */
static double
agreement_of(const struct reference_consensus *c, const struct consensus *found)
{
	size_t n_like = 0;
	double sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (i == found->medoid || found->is_outlier[i])
			continue;
		sum += c->alike[found->medoid * c->n + i];
		n_like++;
	}
	return sum / (double)n_like;
}

void
reference_consensus_end(
    const struct reference_consensus *c, struct reference_found *out)
{
	struct consensus found;

	*out = (struct reference_found){.medoid = -1, .agreement = NAN};
	if (c->n < REFERENCE_LEAST_MINERS) {
		out->why = "too few miners answered to compare them";
		return;
	}
	if (consensus_find(c->alike, c->n, c->metric->alike, &found) != 0 ||
	    !found.is_reached) {
		out->why = "most miners did not say the same";
		return;
	}
	out->medoid = (long)found.medoid;
	out->agreement = agreement_of(c, &found);
	for (size_t i = 0; i < c->n; i++)
		out->is_outlier[i] = found.is_outlier[i];
}

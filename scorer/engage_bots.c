/*
 * Each feature is a function of one column, of those followers that have it;
 * how many have it says what the feature weighs.
 */
#include "scorer/engage_bots.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "scorer/math.h"
#include "scorer/text.h"
#include "scorer/text_table.h"

static const double ln_2 = 0.6931471805599453094;
/* A feature that fewer of the sample have says nothing. */
static const double least_known = 0.2;

enum { FEWEST_IN_TIME = 10 };

/* A step of a table: above this it is worth that. */
struct step {
	double above, worth;
};

/* The first that v is above; the last one's if none. */
static double
step_down(const struct step *steps, size_t n, double v)
{
	for (size_t i = 0; i + 1 < n; i++) {
		if (v > steps[i].above)
			return steps[i].worth;
	}
	return steps[n - 1].worth;
}

#define STEPS(table, v) step_down(table, sizeof(table) / sizeof((table)[0]), v)

/* -- entropy ------------------------------------------------------------ */

static int
by_code(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
entropy_of(const uint32_t *sorted, size_t n)
{
	double bits = 0;

	for (size_t i = 0; i < n;) {
		size_t from = i;
		double p;

		while (i < n && sorted[i] == sorted[from])
			i++;
		p = (double)(i - from) / (double)n;
		bits -= p * (math_log(p) / ln_2);
	}
	return bits;
}

double
engage_bots_entropy(const char *username)
{
	size_t len = strlen(username), n = 0;
	uint32_t *codes = xcalloc(len + 1, sizeof(*codes));
	double bits;

	for (size_t i = 0; i < len;)
		codes[n++] = text_lower(text_next(username, len, &i));
	qsort(codes, n, sizeof(*codes), by_code);
	bits = entropy_of(codes, n);
	free(codes);
	return n > 0 ? bits + 0.0 : 0;
}

/* -- columns ------------------------------------------------------------ */

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Values in order: how often the most frequent is there, and how many there
 * are. */
struct modes {
	size_t most, distinct;
};

static struct modes
modes_of(const double *sorted, size_t n)
{
	struct modes m = {0, 0};

	for (size_t i = 0; i < n; m.distinct++) {
		size_t from = i;

		while (i < n && sorted[i] == sorted[from])
			i++;
		if (i - from > m.most)
			m.most = i - from;
	}
	return m;
}

static double
mean_of(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return sum / (double)n;
}

static double
share_below(const double *values, size_t n, double limit)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += values[i] < limit;
	return (double)count / (double)n;
}

static bool
is_blank(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		if (!text_is_space(text_next(text, len, &i)))
			return false;
	}
	return true;
}

/* -- statistical -------------------------------------------------------- */

/* One feature of those that have it; *known: how many do. NaN if none. */
typedef double feature_function(
    const struct engage_follower *, size_t n, size_t *known);

static double
usernames(const struct engage_follower *f, size_t n, size_t *known)
{
	double sum = 0;
	size_t count = 0;

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (f[i].username == NULL)
			continue;
		++*known;
		if (f[i].username[0] == '\0')
			continue;
		sum += engage_bots_entropy(f[i].username);
		count++;
	}
	return count > 0 ? 1 - fmin(1, sum / (double)count / 4) : 0;
}

static double
ratios(const struct engage_follower *f, size_t n, size_t *known)
{
	size_t odd = 0;

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (isnan(f[i].followers) || isnan(f[i].following))
			continue;
		++*known;
		odd += f[i].following > 1000 && f[i].followers < 100;
		odd += f[i].following == 0 && f[i].followers == 0;
	}
	return 1 - (double)odd / (double)*known;
}

static double
bios(const struct engage_follower *f, size_t n, size_t *known)
{
	static const struct step steps[] = {
	    {0.6, 1}, {0.4, 0.8}, {0.2, 0.4}, {0, 0}};
	size_t written = 0;

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (f[i].bio == NULL)
			continue;
		++*known;
		written += !is_blank(f[i].bio);
	}
	return STEPS(steps, (double)written / (double)*known);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The share of the most frequent; NaN of fewer than five. */
static double
top_share(const char **places, size_t n)
{
	size_t most = 0;

	if (n < 5)
		return NAN;
	qsort(places, n, sizeof(*places), by_text);
	for (size_t i = 0; i < n;) {
		size_t from = i;

		while (i < n && strcmp(places[i], places[from]) == 0)
			i++;
		if (i - from > most)
			most = i - from;
	}
	return (double)most / (double)n;
}

static double
locations(const struct engage_follower *f, size_t n, size_t *known)
{
	static const struct step steps[] = {
	    {0.8, 0.1}, {0.6, 0.3}, {0.4, 0.6}, {0, 1}};
	const char **places = xcalloc(n + 1, sizeof(*places));
	size_t count = 0;
	double share;

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (f[i].location == NULL)
			continue;
		++*known;
		if (f[i].location[0] != '\0')
			places[count++] = f[i].location;
	}
	share = top_share(places, count);
	free(places);
	return isnan(share) ? 0.5 : STEPS(steps, share);
}

/* How far the post counts look made by machine, of sorted counts. */
static double
alike(const double *sorted, size_t n)
{
	const struct modes m = modes_of(sorted, n);
	double share = (double)m.most / (double)n;

	if (share > 0.9 && m.distinct < 3)
		return 0.8;
	if (share > 0.7 && m.distinct < 5)
		return 0.5;
	return share > 0.5 && m.distinct < 10 ? 0.2 : 0;
}

static double
even(const double *values, size_t n)
{
	double mean = mean_of(values, n), squares = 0, cv = 0;

	for (size_t i = 0; i < n; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	if (n > 1)
		cv = sqrt(squares / (double)(n - 1)) / (mean + 1);
	return cv < 0.1 ? 0.6 : cv < 0.3 ? 0.3 : 0;
}

static double
post_counts(const struct engage_follower *f, size_t n, size_t *known)
{
	static const struct step zeros[] = {
	    {0.8, 0.9}, {0.6, 0.7}, {0.4, 0.4}, {0, 0}};
	double *counts = xcalloc(n + 1, sizeof(*counts)), none, worst;
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isnan(f[i].posts))
			counts[m++] = f[i].posts;
	}
	*known = m;
	none = share_below(counts, m, 1);
	qsort(counts, m, sizeof(*counts), by_value);
	worst =
	    fmax(STEPS(zeros, none), fmax(alike(counts, m), even(counts, m)));
	free(counts);
	return 1 - worst;
}

/* -- temporal ----------------------------------------------------------- */

/* Of those known; the caller frees. */
static double *
ages_of(const struct engage_follower *f, size_t n, size_t *known)
{
	double *ages = xcalloc(n + 1, sizeof(*ages));

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isnan(f[i].created_days))
			ages[(*known)++] = f[i].created_days;
	}
	return ages;
}

static double
clusters(const struct engage_follower *f, size_t n, size_t *known)
{
	static const struct step steps[] = {
	    {0.5, 0.1}, {0.3, 0.3}, {0.15, 0.6}, {0, 1}};
	double *days = ages_of(f, n, known), share;

	for (size_t i = 0; i < *known; i++)
		days[i] = floor(days[i]);
	qsort(days, *known, sizeof(*days), by_value);
	share = (double)modes_of(days, *known).most / (double)*known;
	free(days);
	return STEPS(steps, share);
}

static double
account_ages(const struct engage_follower *f, size_t n, size_t *known)
{
	double *ages = ages_of(f, n, known), new, young, mean;

	new = share_below(ages, *known, 30);
	young = share_below(ages, *known, 90);
	mean = mean_of(ages, *known);
	free(ages);
	if (new > 0.6)
		return new > 0.8 ? 0.1 : 0.3;
	if (young > 0.8)
		return 0.4;
	return mean < 90 ? 0.5 : 1;
}

static double
activity(const struct engage_follower *f, size_t n, size_t *known)
{
	double sum = 0;

	*known = 0;
	for (size_t i = 0; i < n; i++) {
		double days = f[i].posted_days;

		if (isnan(days))
			continue;
		++*known;
		sum += days <= 30    ? 1.0
		       : days <= 90  ? 0.7
		       : days <= 180 ? 0.4
				     : 0.1;
	}
	return sum / (double)*known;
}

/* -- together ----------------------------------------------------------- */

struct analyzer {
	feature_function *features[ENGAGE_BOTS_FEATURES];
	double shares[ENGAGE_BOTS_FEATURES];
	size_t n;
	double confidence, whole; /* the most of it, from so many followers */
};

static const struct analyzer statistical = {
    {usernames, ratios, bios, locations, post_counts},
    {0.25, 0.25, 0.20, 0.15, 0.15}, 5, 0.8, 100};
static const struct analyzer temporal = {
    {clusters, account_ages, activity}, {0.4, 0.3, 0.3}, 3, 0.9, 50};

static struct engage_bots_verdict
not_run(void)
{
	struct engage_bots_verdict v = {
	    .ran = false, .score = NAN, .confidence = NAN};

	for (int i = 0; i < ENGAGE_BOTS_FEATURES; i++)
		v.features[i] = NAN;
	return v;
}

/* Each feature that enough have, by its share; `least`: so many at least. */
static struct engage_bots_verdict
analyze(const struct analyzer *a, const struct engage_follower *f, size_t n,
    size_t least)
{
	struct engage_bots_verdict v = not_run();
	double sum = 0, shares = 0, known_shares = 0, all = 0;

	for (size_t i = 0; i < a->n; i++) {
		size_t known = 0;
		double value = a->features[i](f, n, &known);
		double part = (double)known / (double)n;

		all += a->shares[i];
		if (known < least || part < least_known)
			continue;
		v.features[i] = value;
		sum += a->shares[i] * value;
		shares += a->shares[i];
		known_shares += a->shares[i] * part;
	}
	if (!(shares > 0))
		return v;
	v.ran = true;
	v.score = sum / shares;
	v.confidence = a->confidence * fmin(1, (double)n / a->whole) *
		       (known_shares / all);
	return v;
}

static bool
has_statistical(const struct engage_follower *f)
{
	return f->username != NULL && f->bio != NULL && f->location != NULL &&
	       !isnan(f->followers) && !isnan(f->following) && !isnan(f->posts);
}

static bool
has_temporal(const struct engage_follower *f)
{
	return f->username != NULL && !isnan(f->created_days) &&
	       !isnan(f->posted_days);
}

static bool
all_have(bool (*has)(const struct engage_follower *),
    const struct engage_follower *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!has(&f[i]))
			return false;
	}
	return true;
}

struct engage_bots_verdict
engage_bots_statistical(
    enum engage_bots_mode mode, const struct engage_follower *f, size_t n)
{
	if (n == 0 ||
	    (mode == ENGAGE_BOTS_WHOLE && !all_have(has_statistical, f, n)))
		return not_run();
	return analyze(&statistical, f, n, 1);
}

struct engage_bots_verdict
engage_bots_temporal(
    enum engage_bots_mode mode, const struct engage_follower *f, size_t n)
{
	struct engage_bots_verdict v = not_run();

	if (n == 0 ||
	    (mode == ENGAGE_BOTS_WHOLE && !all_have(has_temporal, f, n)))
		return v;
	if (n >= FEWEST_IN_TIME)
		return analyze(&temporal, f, n, FEWEST_IN_TIME);
	v.ran = true;
	v.score = 0.5;
	v.confidence = 0.1;
	return v;
}

static enum engage_bots_risk
risk_of(double p_bot, double confidence)
{
	if (confidence < 0.3)
		return ENGAGE_BOTS_UNKNOWN;
	if (p_bot >= 0.8)
		return ENGAGE_BOTS_CRITICAL;
	if (p_bot >= 0.6)
		return ENGAGE_BOTS_HIGH;
	return p_bot >= 0.4 ? ENGAGE_BOTS_MEDIUM : ENGAGE_BOTS_LOW;
}

struct engage_bots
engage_bots_combine(const struct engage_bots_verdict *verdicts, size_t n)
{
	static const double share = 0.5; /* of each */
	struct engage_bots b = {.authenticity = 0.5};
	double sum = 0, confidence = 0, shares = 0;

	for (size_t i = 0; i < n; i++) {
		if (!verdicts[i].ran)
			continue;
		sum += share * verdicts[i].score;
		confidence += share * verdicts[i].confidence;
		shares += share;
	}
	if (shares > 0) {
		b.authenticity = sum / shares;
		b.confidence = confidence / shares;
	}
	b.p_bot = 1 - b.authenticity;
	b.risk = risk_of(b.p_bot, b.confidence);
	return b;
}

const char *
engage_bots_risk_name(enum engage_bots_risk risk)
{
	static const char *const names[] = {
	    [ENGAGE_BOTS_UNKNOWN] = "UNKNOWN",
	    [ENGAGE_BOTS_LOW] = "LOW",
	    [ENGAGE_BOTS_MEDIUM] = "MEDIUM",
	    [ENGAGE_BOTS_HIGH] = "HIGH",
	    [ENGAGE_BOTS_CRITICAL] = "CRITICAL",
	};

	return names[risk];
}

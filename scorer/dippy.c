/* Job scores and the router's multiplier. */
#include "scorer/dippy.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "scorer/math.h"
#include "scorer/score.h"

static const char blanks[] = " \t\r\n\v\f";
static const double least = .05; /* of the router's multiplier */

static const struct type {
	const char *name;
	double weight;
	bool is_edit; /* has a longest callback */
} types[] = {
    {"img-h100_pcie", .8, true},
    {"base-h100_pcie", .2, false},
    {"flux_kontext", 0, true},
    {"h100_pcie", 0, true},
};

static const struct type other = {"", 0, false};

static const struct type *
type_of(const char *name)
{
	size_t len;

	name += strspn(name, blanks);
	len = strlen(name);
	while (len > 0 && strchr(blanks, name[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strlen(types[i].name) == len &&
		    strncasecmp(types[i].name, name, len) == 0)
			return &types[i];
	}
	return &other;
}

/* -- a job -------------------------------------------------------------- */

double
dippy_type_weight(const char *type)
{
	return type_of(type)->weight;
}

double
dippy_weighted(const char *type, double raw)
{
	return math_clamp01(type_of(type)->weight * raw);
}

bool
dippy_success_counts(const char *type, double latency_ms, double callback_ms)
{
	if (isnan(latency_ms))
		return false;
	return !(type_of(type)->is_edit && callback_ms > DIPPY_EDIT_MAX_MS);
}

/* -- the router --------------------------------------------------------- */

static double
base_of(const struct dippy_miner *m)
{
	double a = m->scores, b = m->ema_score, score;

	if (isnan(a) && isnan(b))
		return 1;
	a = math_clamp01(a);
	b = math_clamp01(b);
	score = a > b ? a : b;
	return score > least ? score : least;
}

double
dippy_multiplier(const struct dippy_miner *m)
{
	double p = 1 / (1 + m->failure_count);
	double scored = base_of(m) * p;

	if (m->failed_audits > 0)
		return 0;
	return scored > least * p ? scored : least * p;
}

void
dippy_select(const struct dippy_miner *miners, size_t n, double cap,
    double *weights, double *chances)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		weights[i] = score_capped(miners[i].alpha_stake, cap) *
			     dippy_multiplier(&miners[i]);
		sum += weights[i];
	}
	for (size_t i = 0; i < n; i++)
		chances[i] = sum > 0 ? weights[i] / sum : 1 / (double)n;
}

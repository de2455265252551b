/* subnetctl calc dippy...: SN11's formulas. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/dippy.h"
#include "scorer/math.h"
#include "scorer/moving.h"
#include "scorer/speed.h"
#include "subnetctl/calc.h"

enum { MAX_EVENTS = 1000000, MAX_MINERS = 65536 };

/* -- latencies ---------------------------------------------------------- */

/* A number, or the text of one; else NaN. */
static double
loose_number(const json_t *v)
{
	const char *text = json_string_value(v);
	char *end;
	double number;

	if (json_is_number(v))
		return json_number_value(v);
	if (text == NULL || text[0] == '\0')
		return NAN;
	number = strtod(text, &end);
	return *end == '\0' ? number : NAN;
}

/* The first of the names that is a number, at the object's own level. */
static double
first_of(const json_t *object, const char *const *names)
{
	for (; *names != NULL; names++) {
		double v = loose_number(json_object_get(object, *names));

		if (!isnan(v))
			return v;
	}
	return NAN;
}

/* Upstream looks at the row, at its response, at its metrics. */
static double
find_latency(const json_t *job, const char *const *names)
{
	static const char *const levels[] = {
	    "response_payload", "response", "metrics"};
	double v = first_of(job, names);

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (isnan(v))
			v = first_of(json_object_get(job, levels[i]), names);
	}
	return v;
}

static double
scored_latency(const json_t *job)
{
	static const char *const names[] = {
	    "execution_duration_ms", "total_runtime_ms", "latency_ms", NULL};

	return find_latency(job, names);
}

static double
callback_latency(const json_t *job)
{
	static const char *const names[] = {"latency_ms", NULL};

	return find_latency(job, names);
}

/* -- a job -------------------------------------------------------------- */

int
calc_dippy_job_score(const json_t *in, json_t **out, struct err *err)
{
	const json_t *job = json_object_get(in, "job");
	double max_ms = DIPPY_MAX_MS, raw;
	const char *type;

	if (!json_is_object(job))
		return err_set(err, "\"job\" is missing, or is not an object");
	type = calc_text(job, "job_type", err);
	if (type == NULL ||
	    calc_opt_real(in, "max_latency_ms", &max_ms, err) != 0)
		return -1;
	if (!(max_ms > 0))
		return err_set(err, "\"max_latency_ms\" is not above 0");
	raw = speed_score(scored_latency(job), max_ms);
	*out = json_pack("{s:o, s:o}", "raw", calc_number(raw), "weighted",
	    calc_number(dippy_weighted(type, raw)));
	return 0;
}

/* -- the moving average ------------------------------------------------- */

struct event {
	double at_s, value;
	enum moving_event what;
	size_t place; /* in the input: of the same time, as they stand */
};

/* 1: it is one; 0: of a type or a state that is passed over; -1 and why. */
static int
read_event(const json_t *in, struct event *e, struct err *err)
{
	const char *status = calc_text(in, "status", err);
	const char *type = calc_text(in, "job_type", err);
	double latency_ms = scored_latency(in);

	if (status == NULL || type == NULL ||
	    calc_real(in, "t", &e->at_s, err) != 0)
		return -1;
	if (!(dippy_type_weight(type) > 0))
		return 0;
	e->value = dippy_weighted(type, speed_score(latency_ms, DIPPY_MAX_MS));
	if (strcmp(status, "failed") == 0 || strcmp(status, "timeout") == 0)
		e->what = MOVING_FAILURE;
	else if (strcmp(status, "success") == 0)
		e->what =
		    dippy_success_counts(type, latency_ms, callback_latency(in))
			? MOVING_SUCCESS
			: MOVING_FAILURE;
	else
		return 0;
	return 1;
}

static int
by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->at_s != y->at_s)
		return x->at_s < y->at_s ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int
read_events(
    const json_t *list, struct event *events, size_t *n, struct err *err)
{
	const json_t *item;
	size_t i;

	*n = 0;
	json_array_foreach(list, i, item)
	{
		int is_one = read_event(item, &events[*n], err);

		if (is_one < 0)
			return err_wrap(err, "events[%zu]", i);
		events[*n].place = i;
		*n += is_one;
	}
	qsort(events, *n, sizeof(*events), by_time);
	return 0;
}

/* The numbers' names in the input, and in a stored record of upstream's. */
static int
read_policy(const json_t *in, struct moving_policy *p, struct err *err)
{
	const json_t *stored = json_object_get(in, "stored");

	if (calc_real(in, "alpha", &p->alpha, err) != 0 ||
	    calc_real(in, "half_life_s", &p->half_life_s, err) != 0 ||
	    calc_real(in, "penalty", &p->penalty, err) != 0)
		return -1;
	if (calc_opt_real(stored, "alpha", &p->alpha, err) != 0 ||
	    calc_opt_real(stored, "ema_alpha", &p->alpha, err) != 0 ||
	    calc_opt_real(stored, "half_life_s", &p->half_life_s, err) != 0 ||
	    calc_opt_real(
		stored, "decay_half_life_seconds", &p->half_life_s, err) != 0 ||
	    calc_opt_real(stored, "penalty", &p->penalty, err) != 0 ||
	    calc_opt_real(stored, "failure_penalty_weight", &p->penalty, err) !=
		0)
		return err_wrap(err, "stored");
	if (!(p->half_life_s >= 1))
		p->half_life_s = 1;
	p->alpha = math_clamp01(p->alpha);
	p->penalty = math_clamp01(p->penalty);
	return 0;
}

int
calc_dippy_ema(const json_t *in, json_t **out, struct err *err)
{
	const json_t *list = calc_array(in, "events", MAX_EVENTS, err);
	struct moving m = {0};
	struct moving_policy p;
	struct event *events;
	double reference;
	size_t n;
	int failed;

	if (list == NULL || read_policy(in, &p, err) != 0 ||
	    calc_real(in, "reference", &reference, err) != 0)
		return -1;
	events = xcalloc(json_array_size(list) + 1, sizeof(*events));
	failed = read_events(list, events, &n, err);
	for (size_t i = 0; i < n && !failed; i++)
		moving_add(
		    &m, &p, events[i].at_s, events[i].what, events[i].value);
	free(events);
	if (failed)
		return -1;
	moving_end(&m, &p, reference);
	*out = json_pack("{s:o, s:o, s:i, s:i}", "scores", calc_number(m.score),
	    "ema_score", calc_number(m.average), "success_count", m.successes,
	    "failure_count", m.failures);
	return 0;
}

/* -- selection ---------------------------------------------------------- */

static int
read_miner(const json_t *in, struct dippy_miner *m, struct err *err)
{
	*m = (struct dippy_miner){0};
	m->scores = loose_number(json_object_get(in, "scores"));
	m->ema_score = loose_number(json_object_get(in, "ema_score"));
	if (json_is_string(json_object_get(in, "scores")))
		m->scores = NAN; /* upstream takes numbers alone */
	if (json_is_string(json_object_get(in, "ema_score")))
		m->ema_score = NAN;
	if (calc_real(in, "alpha_stake", &m->alpha_stake, err) != 0 ||
	    calc_opt_real(in, "failed_audits", &m->failed_audits, err) != 0)
		return -1;
	return calc_opt_real(in, "failure_count", &m->failure_count, err);
}

static int
read_miners(const json_t *list, struct dippy_miner *miners, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (read_miner(item, &miners[i], err) != 0)
			return err_wrap(err, "miners[%zu]", i);
	}
	return 0;
}

int
calc_dippy_select_weights(const json_t *in, json_t **out, struct err *err)
{
	const json_t *list = calc_array(in, "miners", MAX_MINERS, err);
	struct dippy_miner *miners;
	double cap, *weights, *chances;
	size_t n;
	int failed;

	if (list == NULL || calc_real(in, "cap", &cap, err) != 0)
		return -1;
	n = json_array_size(list);
	miners = xcalloc(n + 1, sizeof(*miners));
	weights = xcalloc(2 * n + 1, sizeof(*weights));
	chances = weights + n;
	failed = read_miners(list, miners, err);
	if (!failed) {
		dippy_select(miners, n, cap, weights, chances);
		*out =
		    json_pack("{s:o, s:o}", "weights", calc_numbers(weights, n),
			"probabilities", calc_numbers(chances, n));
	}
	free(miners);
	free(weights);
	return failed;
}

/* subnetctl calc engagement...: SN89's formulas, era by era. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/engage.h"
#include "scorer/engage_tag.h"
#include "subnetctl/calc.h"
#include "subtensor/weights.h"

enum { MAX_SAMPLES = 1000000, MAX_MINERS = 65536 };

static json_t *
value_of(json_t *value)
{
	return json_pack("{s:o}", "value", value);
}

/* -- whose it is -------------------------------------------------------- */

int
calc_engage_signature(const json_t *in, json_t **out, struct err *err)
{
	const char *caption = calc_text(in, "caption", err);
	const char *hotkey = calc_text(in, "hotkey", err);

	if (caption == NULL || hotkey == NULL)
		return -1;
	*out = value_of(json_boolean(engage_tag_is_in(hotkey, caption,
	    json_string_length(json_object_get(in, "caption")))));
	return 0;
}

/* -- moving averages ---------------------------------------------------- */

/* [count, is valid], or null: the tracker gave nothing. */
static int
add_sample(struct engage_average *a, enum engage_ema ema, double alpha,
    const json_t *sample, struct err *err)
{
	const json_t *count = json_array_get(sample, 0);
	const json_t *valid = json_array_get(sample, 1);

	if (json_is_null(sample))
		return 0;
	if (json_array_size(sample) != 2 || !json_is_number(count) ||
	    !json_is_boolean(valid))
		return err_set(
		    err, "is neither [count, true or false] nor null");
	engage_average_add(
	    a, ema, alpha, json_number_value(count), json_is_true(valid));
	return 0;
}

static int
average(enum engage_ema ema, const json_t *in, json_t **out, struct err *err)
{
	const json_t *list = calc_array(in, "samples", MAX_SAMPLES, err);
	struct engage_average a = {0};
	const json_t *sample;
	double alpha = 0;
	size_t i;

	if (list == NULL || calc_real(in, "alpha", &alpha, err) != 0)
		return -1;
	json_array_foreach(list, i, sample)
	{
		if (add_sample(&a, ema, alpha, sample, err) != 0)
			return err_wrap(err, "samples[%zu]", i);
	}
	*out = calc_value(a.score);
	return 0;
}

int
calc_engage_baseline(const json_t *in, json_t **out, struct err *err)
{
	return average(ENGAGE_BASELINE, in, out, err);
}

int
calc_engage_first_scores(const json_t *in, json_t **out, struct err *err)
{
	return average(ENGAGE_FIRST, in, out, err);
}

int
calc_engage_absolute(const json_t *in, json_t **out, struct err *err)
{
	return average(ENGAGE_ABSOLUTE, in, out, err);
}

/* -- accounts ----------------------------------------------------------- */

static int
read_post(const json_t *in, struct engage_post *p, struct err *err)
{
	p->is_valid = true;
	if (calc_real(in, "likes", &p->likes, err) != 0 ||
	    calc_real(in, "comments", &p->comments, err) != 0 ||
	    calc_real(in, "followers", &p->followers, err) != 0)
		return -1;
	return calc_opt_bool(in, "valid", &p->is_valid, err);
}

int
calc_engage_rate(const json_t *in, json_t **out, struct err *err)
{
	const json_t *list = calc_array(in, "posts", MAX_SAMPLES, err);
	size_t n = json_array_size(list);
	struct engage_post *posts;
	int failed = 0;

	if (list == NULL)
		return -1;
	posts = xcalloc(n + 1, sizeof(*posts));
	for (size_t i = 0; i < n && !failed; i++) {
		failed = read_post(json_array_get(list, i), &posts[i], err);
		if (failed)
			err_wrap(err, "posts[%zu]", i);
	}
	if (!failed)
		*out = calc_value(engage_rate_percent(posts, n));
	free(posts);
	return failed;
}

int
calc_engage_growth(const json_t *in, json_t **out, struct err *err)
{
	struct engage_growth g = {0};

	if (calc_real(in, "cur", &g.now, err) != 0 ||
	    calc_real(in, "prev", &g.before, err) != 0 ||
	    calc_real(in, "hours", &g.hours, err) != 0 ||
	    calc_real(in, "likes", &g.likes, err) != 0 ||
	    calc_real(in, "comments", &g.comments, err) != 0 ||
	    calc_real(in, "p_bot", &g.p_bot, err) != 0 ||
	    calc_real(in, "confidence", &g.confidence, err) != 0)
		return -1;
	*out = calc_value(engage_growth_score(&g));
	return 0;
}

int
calc_engage_penalty(const json_t *in, json_t **out, struct err *err)
{
	double p_bot = 0, confidence = 0;

	if (calc_real(in, "p_bot", &p_bot, err) != 0 ||
	    calc_real(in, "confidence", &confidence, err) != 0)
		return -1;
	*out = value_of(json_pack("{s:o, s:o}", "linear_multiplier",
	    calc_number(engage_penalty_linear(p_bot, confidence)),
	    "ramp_removed",
	    calc_number(engage_penalty_ramp(p_bot, confidence))));
	return 0;
}

/* -- weights ------------------------------------------------------------ */

/* As they are sent; uids[i] is weight i's. -1, and why. */
static long
emit(uint16_t *uids, const double *weights, size_t n, uint16_t *values,
    struct err *err)
{
	return weights_emit(uids, weights, n, false, uids, values, err);
}

static int
read_weights(const json_t *list, double *weights, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (!json_is_number(item))
			return err_set(err, "weights[%zu] is no number", i);
		weights[i] = json_number_value(item);
	}
	return 0;
}

int
calc_engage_emit(const json_t *in, json_t **out, struct err *err)
{
	const json_t *list = calc_array(in, "weights", MAX_MINERS, err);
	size_t n = json_array_size(list);
	json_t *of_uids, *of_values;
	uint16_t *uids, *values;
	double *weights;
	long count = -1;

	if (list == NULL)
		return -1;
	weights = xcalloc(n + 1, sizeof(*weights));
	uids = xcalloc(2 * n + 1, sizeof(*uids));
	values = uids + n;
	for (size_t i = 0; i < n; i++)
		uids[i] = i;
	if (read_weights(list, weights, err) == 0)
		count = emit(uids, weights, n, values, err);
	if (count >= 0) {
		of_uids = json_array();
		of_values = json_array();
		for (long i = 0; i < count; i++) {
			json_array_append_new(of_uids, json_integer(uids[i]));
			json_array_append_new(
			    of_values, json_integer(values[i]));
		}
		*out = value_of(json_pack(
		    "{s:o, s:o}", "uids", of_uids, "weights", of_values));
	}
	free(weights);
	free(uids);
	return count < 0 ? -1 : 0;
}

/* Miners that have a rate, and their uids. -1 and why. */
static int
read_active(const json_t *in, const json_t *hotkeys,
    struct engage_miner *miners, uint16_t *uids, size_t *n, struct err *err)
{
	const json_t *rates = json_object_get(in, "engagement_rate");
	const json_t *sums = json_object_get(in, "ema_sum");
	const json_t *item;
	size_t i;

	*n = 0;
	json_array_foreach(hotkeys, i, item)
	{
		const char *hotkey = json_string_value(item);

		if (hotkey == NULL)
			return err_set(
			    err, "hotkeys_in_uid_order[%zu] is no text", i);
		if (json_object_get(rates, hotkey) == NULL)
			continue;
		miners[*n] = (struct engage_miner){0};
		if (calc_real(rates, hotkey, &miners[*n].rate_percent, err) !=
			0 ||
		    calc_opt_real(sums, hotkey, &miners[*n].sum, err) != 0)
			return -1;
		uids[(*n)++] = i;
	}
	return 0;
}

static json_t *
print_pairs(const uint16_t *uids, const uint16_t *values, long n)
{
	json_t *list = json_array();

	for (long i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("[i, i]", uids[i], values[i]));
	return list;
}

int
calc_engage_top5(const json_t *in, json_t **out, struct err *err)
{
	const json_t *list =
	    calc_array(in, "hotkeys_in_uid_order", MAX_MINERS, err);
	size_t n = json_array_size(list);
	struct engage_miner *miners;
	double *weights;
	uint16_t *uids;
	long count = -1;

	if (list == NULL)
		return -1;
	miners = xcalloc(n + 1, sizeof(*miners));
	weights = xcalloc(n + 1, sizeof(*weights));
	uids = xcalloc(2 * n + 1, sizeof(*uids));
	if (read_active(in, list, miners, uids, &n, err) == 0) {
		engage_top_weights(miners, n, weights);
		count =
		    emit(uids, weights, n, uids + json_array_size(list), err);
	}
	if (count >= 0)
		*out = value_of(
		    print_pairs(uids, uids + json_array_size(list), count));
	free(miners);
	free(weights);
	free(uids);
	return count < 0 ? -1 : 0;
}

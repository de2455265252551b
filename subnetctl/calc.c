/* The formulas' table, and how their input is read. */
#include "subnetctl/calc.h"

#include <math.h>
#include <string.h>

#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"

static const struct formula {
	const char *name;
	calc_function *run;
	const char *in, *out; /* in short */
} formulas[] = {
    {"dippy.job_score", calc_dippy_job_score, "{job, max_latency_ms?}",
	"{raw, weighted}"},
    {"dippy.ema", calc_dippy_ema,
	"{alpha, half_life_s, penalty, events, reference, stored?}",
	"{scores, ema_score, success_count, failure_count}"},
    {"dippy.select_weights", calc_dippy_select_weights, "{miners, cap}",
	"{weights, probabilities}"},
    {"win_rate", calc_win_rate, "{miners, penalty?, population?}",
	"{wins, win_rate}"},
    {"weights.curve", calc_weights_curve,
	"{win_rate, uids, temperature, burn, owner_uid, mode, scores?}",
	"{weights, u16}"},
    {"u16", calc_u16, "{weights}", "{uids, values}"},
    {"violet.score_v1", calc_violet_score_v1, "{t, accuracy, stake, max_stake}",
	"{score}"},
    {"violet.score_v2", calc_violet_score_v2, "{type, t, output...}",
	"{speed, accuracy, quality, score}"},
    {"violet.final_v2", calc_violet_final_v2,
	"{uptime, invocation, diversity, bounty} or {tasks}", "{score}"},
    {"violet.tracker", calc_violet_tracker,
	"{tasks, done, recent, mean_s, load, capacity, task_success, stake, "
	"max_stake}",
	"{performance, composite}"},
    {"wer", calc_wer, "{reference, hypothesis}", "{value}"},
    {"cer", calc_cer, "{reference, hypothesis}", "{value}"},
    {"chrf", calc_chrf, "{reference, hypothesis}", "{value}"},
    {"bleu", calc_bleu, "{reference, hypothesis}", "{value}"},
    {"rouge_l", calc_rouge_l, "{reference, hypothesis}", "{value}"},
    {"difflib", calc_difflib, "{reference, hypothesis}", "{value}"},
    {"si_sdr", calc_si_sdr, "{reference_wav, estimate_wav, zero_mean?}",
	"{value}"},
    {"segmental_snr", calc_segmental_snr, "{reference_wav, estimate_wav}",
	"{value}"},
    {"engagement.signature", calc_engage_signature, "{caption, hotkey}",
	"{value}"},
    {"engagement.ema_incremental_baseline", calc_engage_baseline,
	"{alpha, samples}", "{value}"},
    {"engagement.ema_incremental_first_scores", calc_engage_first_scores,
	"{alpha, samples}", "{value}"},
    {"engagement.ema_absolute_gated", calc_engage_absolute, "{alpha, samples}",
	"{value}"},
    {"engagement.engagement_rate_percent", calc_engage_rate, "{posts}",
	"{value}"},
    {"engagement.emit_u16", calc_engage_emit, "{weights}",
	"{value: {uids, weights}}"},
    {"engagement.username_entropy_bits", calc_engage_entropy, "{username}",
	"{value}"},
    {"engagement.statistical_analyzer", calc_engage_statistical,
	"{followers, mode?}",
	"{value: {ent, ratio, bio, loc, post, score, conf}}"},
    {"engagement.temporal_analyzer", calc_engage_temporal,
	"{created_age_days, last_post_age_days, mode?}",
	"{value: {cl, age, act, score, conf}}"},
    {"engagement.combine", calc_engage_combine,
	"{statistical?, temporal?} or a text",
	"{value: {auth, conf, bot, risk}}"},
    {"engagement.penalty", calc_engage_penalty, "{p_bot, confidence}",
	"{value: {linear_multiplier, ramp_removed}}"},
    {"engagement.top5_weights", calc_engage_top5,
	"{hotkeys_in_uid_order, engagement_rate, ema_sum}", "{value}"},
    {"engagement.growth_score", calc_engage_growth,
	"{cur, prev, hours, likes, comments, p_bot, confidence}", "{value}"},
};

enum { N_FORMULAS = sizeof(formulas) / sizeof(formulas[0]) };

/* -- the command -------------------------------------------------------- */

static json_t *
list_formulas(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < N_FORMULAS; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s}", "name", formulas[i].name,
			      "in", formulas[i].in, "out", formulas[i].out));
	return json_pack("{s:o}", "formulas", list);
}

static const struct formula *
find_formula(const char *name)
{
	for (size_t i = 0; i < N_FORMULAS; i++) {
		if (strcmp(formulas[i].name, name) == 0)
			return &formulas[i];
	}
	return NULL;
}

/* The object on stdin, or one made of a text. */
static json_t *
read_input(struct chain_args *args, struct err *err)
{
	json_t *in = chain_stdin_json(args, CALC_MAX_INPUT, err), *object;

	if (in == NULL || json_is_object(in))
		return in;
	if (json_is_string(in)) {
		object = json_object();
		json_object_set_new(object, CALC_TEXT, in);
		return object;
	}
	err_set(err, "stdin is not a JSON object, and no text");
	json_decref(in);
	return NULL;
}

enum ctl_exit
chain_calc(struct chain_args *args, json_t **out, struct err *err)
{
	const struct formula *f;
	json_t *in;
	int failed;

	if (args->n_words == 0) {
		*out = list_formulas();
		return CTL_OK;
	}
	f = find_formula(args->words[0]);
	if (f == NULL) {
		err_set(err,
		    "there is no formula %s; without a name all are listed",
		    args->words[0]);
		return CTL_FAILED;
	}
	in = read_input(args, err);
	if (in == NULL)
		return CTL_FAILED;
	failed = f->run(in, out, err);
	if (failed)
		err_wrap(err, "%s", f->name);
	json_decref(in);
	return failed ? CTL_FAILED : CTL_OK;
}

/* -- reading ------------------------------------------------------------ */

int
calc_real(const json_t *in, const char *name, double *value, struct err *err)
{
	const json_t *v = json_object_get(in, name);
	const char *text = json_string_value(v);

	if (json_is_number(v)) {
		*value = json_number_value(v);
		return 0;
	}
	if (text != NULL && strcmp(text, "-inf") == 0) {
		*value = -INFINITY;
		return 0;
	}
	if (v == NULL)
		return err_set(err, "\"%s\" is missing", name);
	return err_set(err, "\"%s\" is not a number (or \"-inf\")", name);
}

int
calc_opt_real(
    const json_t *in, const char *name, double *value, struct err *err)
{
	const json_t *v = json_object_get(in, name);

	if (v == NULL || json_is_null(v))
		return 0;
	return calc_real(in, name, value, err);
}

int
calc_opt_bool(const json_t *in, const char *name, bool *value, struct err *err)
{
	const json_t *v = json_object_get(in, name);

	if (v == NULL || json_is_null(v))
		return 0;
	if (!json_is_boolean(v))
		return err_set(err, "\"%s\" is true or false", name);
	*value = json_is_true(v);
	return 0;
}

const char *
calc_text(const json_t *in, const char *name, struct err *err)
{
	const char *text = json_string_value(json_object_get(in, name));

	if (text == NULL)
		err_set(err, "\"%s\" is missing, or is not a text", name);
	return text;
}

const json_t *
calc_array(const json_t *in, const char *name, size_t max, struct err *err)
{
	const json_t *v = json_object_get(in, name);

	if (!json_is_array(v)) {
		err_set(err, "\"%s\" is missing, or is not an array", name);
		return NULL;
	}
	if (json_array_size(v) > max) {
		err_set(err, "\"%s\" has %zu members, at most %zu are allowed",
		    name, json_array_size(v), max);
		return NULL;
	}
	return v;
}

/* -- giving ------------------------------------------------------------- */

json_t *
calc_number(double v)
{
	if (isinf(v) && v < 0)
		return json_string("-inf");
	return isfinite(v) ? json_real(v) : json_null();
}

json_t *
calc_numbers(const double *values, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, calc_number(values[i]));
	return list;
}

json_t *
calc_value(double v)
{
	return json_pack("{s:o}", "value", calc_number(v));
}

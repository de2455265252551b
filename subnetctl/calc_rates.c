/* subnetctl calc win_rate, weights.curve, u16: from scores to the chain. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "scorer/curve.h"
#include "scorer/winrate.h"
#include "subnetctl/calc.h"
#include "subnetctl/chain_input.h"
#include "subtensor/weights.h"

enum { MAX_MINERS = 65536, MAX_GAP_MINERS = 4096 };

/* One of a list of words, ended by NULL; `otherwise` if it is not given. */
static int
read_word(const json_t *in, const char *name, const char *const *words,
    int otherwise, int *out, struct err *err)
{
	const json_t *v = json_object_get(in, name);
	const char *text = json_string_value(v);

	*out = otherwise;
	if (v == NULL || json_is_null(v))
		return 0;
	for (int i = 0; text != NULL && words[i] != NULL; i++) {
		*out = i;
		if (strcmp(words[i], text) == 0)
			return 0;
	}
	return err_set(err, "\"%s\" is none of the words it may be", name);
}

/* -- win rates ---------------------------------------------------------- */

static int
read_penalty(const json_t *in, struct penalty_rule *rule, struct err *err)
{
	static const char *const modes[] = {"none", "flat", "gap", NULL};
	const json_t *p = json_object_get(in, "penalty");
	int mode;

	*rule = (struct penalty_rule){
	    .p = .03, .window = 100, .threshold = INFINITY};
	if (read_word(p, "mode", modes, PENALTY_NONE, &mode, err) != 0 ||
	    calc_opt_real(p, "p", &rule->p, err) != 0 ||
	    calc_opt_real(p, "k", &rule->k, err) != 0 ||
	    calc_opt_real(p, "window", &rule->window, err) != 0 ||
	    calc_opt_real(p, "threshold", &rule->threshold, err) != 0)
		return err_wrap(err, "penalty");
	rule->mode = mode;
	if (!(rule->p >= 0 && rule->p <= 1))
		return err_set(err, "\"penalty\".p is not between 0 and 1");
	if (!(rule->window >= 1 && rule->window <= PENALTY_MAX_WINDOW) ||
	    rule->window != floor(rule->window))
		return err_set(err,
		    "\"penalty\".window is no whole number from 1 to %d",
		    PENALTY_MAX_WINDOW);
	return 0;
}

static int
read_entry(const json_t *in, struct winrate_entry *e, const char **coldkey,
    struct err *err)
{
	const json_t *block = json_object_get(in, "block");
	bool banned = false, invalid = false;

	if (calc_real(in, "score", &e->score, err) != 0 ||
	    calc_opt_bool(in, "banned", &banned, err) != 0 ||
	    calc_opt_bool(in, "invalid", &invalid, err) != 0)
		return -1;
	e->block = WINRATE_NO_BLOCK;
	if (json_is_integer(block) && json_integer_value(block) >= 0)
		e->block = json_integer_value(block);
	else if (block != NULL && !json_is_null(block))
		return err_set(err, "\"block\" is no whole number from 0 on");
	e->out = banned || invalid;
	if (invalid)
		e->score = 0;
	*coldkey = json_string_value(json_object_get(in, "coldkey"));
	return 0;
}

struct contest {
	struct winrate_entry *entries;
	const char **coldkeys;
	bool *twins;
	size_t *wins;
	double *rates;
	size_t n;
};

static void
contest_new(struct contest *c, size_t n)
{
	c->n = n;
	c->entries = xcalloc(n + 1, sizeof(*c->entries));
	c->coldkeys = xcalloc(n + 1, sizeof(*c->coldkeys));
	c->twins = xcalloc(n + 1, sizeof(*c->twins));
	c->wins = xcalloc(n + 1, sizeof(*c->wins));
	c->rates = xcalloc(n + 1, sizeof(*c->rates));
}

static void
contest_clear(struct contest *c)
{
	free(c->entries);
	free(c->coldkeys);
	free(c->twins);
	free(c->wins);
	free(c->rates);
}

static int
read_contest(const json_t *list, struct contest *c, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (read_entry(item, &c->entries[i], &c->coldkeys[i], err) != 0)
			return err_wrap(err, "miners[%zu]", i);
	}
	winrate_twins(c->coldkeys, c->n, c->twins);
	for (i = 0; i < c->n; i++)
		c->entries[i].out |= c->twins[i];
	return 0;
}

static json_t *
print_contest(const struct contest *c)
{
	json_t *wins = json_array();

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(wins, json_integer(c->wins[i]));
	return json_pack("{s:o, s:o}", "wins", wins, "win_rate",
	    calc_numbers(c->rates, c->n));
}

int
calc_win_rate(const json_t *in, json_t **out, struct err *err)
{
	static const char *const populations[] = {"all", "scored", NULL};
	const json_t *list = calc_array(in, "miners", MAX_MINERS, err);
	struct winrate_rule rule;
	struct contest c;
	int population, failed;

	if (list == NULL || read_penalty(in, &rule.penalty, err) != 0 ||
	    read_word(in, "population", populations, 0, &population, err) != 0)
		return -1;
	if (rule.penalty.mode == PENALTY_GAP &&
	    json_array_size(list) > MAX_GAP_MINERS)
		return err_set(err,
		    "every pair is compared with a gap: at most %d miners",
		    MAX_GAP_MINERS);
	rule.scored_only = population == 1;
	contest_new(&c, json_array_size(list));
	failed = read_contest(list, &c, err);
	if (!failed) {
		winrate_compute(&rule, c.entries, c.n, c.wins, c.rates);
		*out = print_contest(&c);
	}
	contest_clear(&c);
	return failed;
}

/* -- u16 ---------------------------------------------------------------- */

/* NULL, and why. */
static json_t *
emit(const uint16_t *uids, const double *weights, size_t n, struct err *err)
{
	uint16_t *out = xcalloc(2 * n + 1, sizeof(*out));
	long count = weights_emit(uids, weights, n, false, out, out + n, err);
	json_t *json = count < 0 ? NULL : chain_u16_json(out, out + n, count);

	free(out);
	return json;
}

/* An array of numbers into what the caller frees. */
static int
read_numbers(const json_t *in, const char *name, double **values, size_t *n,
    struct err *err)
{
	const json_t *list = calc_array(in, name, MAX_MINERS, err);
	const json_t *item;
	size_t i;

	if (list == NULL)
		return -1;
	*n = json_array_size(list);
	*values = xcalloc(*n + 1, sizeof(**values));
	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);

		if (text != NULL && strcmp(text, "-inf") == 0)
			(*values)[i] = -INFINITY;
		else if (json_is_number(item))
			(*values)[i] = json_number_value(item);
		else
			return err_set(err, "%s[%zu] is no number", name, i);
	}
	return 0;
}

int
calc_u16(const json_t *in, json_t **out, struct err *err)
{
	double *weights = NULL;
	uint16_t *uids = NULL;
	size_t n;

	if (read_numbers(in, "weights", &weights, &n, err) == 0) {
		uids = xcalloc(n + 1, sizeof(*uids));
		for (size_t i = 0; i < n; i++)
			uids[i] = i;
		*out = emit(uids, weights, n, err);
	}
	free(weights);
	free(uids);
	return *out != NULL ? 0 : -1;
}

/* -- the curve ---------------------------------------------------------- */

struct plan {
	struct curve_rule rule;
	double owner_uid;
	double *rates, *uids, *scores; /* scores may be NULL */
	size_t n;
};

static void
plan_clear(struct plan *p)
{
	free(p->rates);
	free(p->uids);
	free(p->scores);
}

static int
read_rule(const json_t *in, struct plan *p, struct err *err)
{
	static const char *const modes[] = {"corrected", "compat", NULL};
	static const char *const shapes[] = {"softmax", "linear", NULL};
	int mode, shape;

	p->rule.temperature = .075;
	p->owner_uid = CURVE_NO_TARGET;
	if (read_word(in, "mode", modes, 0, &mode, err) != 0 ||
	    read_word(in, "shape", shapes, 0, &shape, err) != 0 ||
	    calc_opt_real(in, "temperature", &p->rule.temperature, err) != 0 ||
	    calc_opt_real(in, "burn", &p->rule.burn_rate, err) != 0 ||
	    calc_opt_real(in, "top", &p->rule.top, err) != 0 ||
	    calc_opt_real(in, "owner_uid", &p->owner_uid, err) != 0)
		return -1;
	p->rule.burn = mode == 1 ? CURVE_COMPAT : CURVE_CORRECTED;
	p->rule.shape = shape == 1 ? CURVE_LINEAR : CURVE_SOFTMAX;
	if (!(p->rule.temperature > 0))
		return err_set(err, "\"temperature\" is not above 0");
	if (!(p->rule.burn_rate >= 0 && p->rule.burn_rate <= 1))
		return err_set(err, "\"burn\" is not between 0 and 1");
	if (!(p->rule.top >= 0))
		return err_set(err, "\"top\" is below 0");
	return 0;
}

static int
read_columns(const json_t *in, struct plan *p, struct err *err)
{
	const json_t *scores = json_object_get(in, "scores");
	size_t n_uids, n_scores;

	if (read_numbers(in, "win_rate", &p->rates, &p->n, err) != 0 ||
	    read_numbers(in, "uids", &p->uids, &n_uids, err) != 0)
		return -1;
	n_scores = p->n;
	if (scores != NULL && !json_is_null(scores) &&
	    read_numbers(in, "scores", &p->scores, &n_scores, err) != 0)
		return -1;
	if (n_uids != p->n || n_scores != p->n)
		return err_set(err,
		    "there are %zu win rates, %zu uids and %zu "
		    "scores",
		    p->n, n_uids, n_scores);
	for (size_t i = 0; i < p->n; i++) {
		if (!(p->uids[i] >= 0 && p->uids[i] < 65536))
			return err_set(
			    err, "uids[%zu] is not from 0 to 65535", i);
	}
	return 0;
}

static json_t *
draw_curve(const struct plan *p, struct err *err)
{
	double *weights = xcalloc(p->n + 1, sizeof(*weights));
	uint16_t *uids = xcalloc(p->n + 1, sizeof(*uids));
	long target = CURVE_NO_TARGET;
	json_t *u16;

	for (size_t i = 0; i < p->n; i++) {
		uids[i] = p->uids[i];
		if (p->uids[i] == p->owner_uid)
			target = i;
	}
	curve_weights(&p->rule, p->rates, p->scores, p->n, target, weights);
	u16 = emit(uids, weights, p->n, err);
	if (u16 != NULL)
		u16 = json_pack("{s:o, s:o}", "weights",
		    calc_numbers(weights, p->n), "u16", u16);
	free(weights);
	free(uids);
	return u16;
}

int
calc_weights_curve(const json_t *in, json_t **out, struct err *err)
{
	struct plan p = {.n = 0};

	if (read_rule(in, &p, err) == 0 && read_columns(in, &p, err) == 0)
		*out = draw_curve(&p, err);
	plan_clear(&p);
	return *out != NULL ? 0 : -1;
}

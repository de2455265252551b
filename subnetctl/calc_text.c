/*
 * subnetctl calc of texts: how like its reference one is. Each reads two
 * texts, prepares both alike, and has scorer/ measure them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "scorer/bleu.h"
#include "scorer/chrf.h"
#include "scorer/ratio.h"
#include "scorer/rouge.h"
#include "scorer/text.h"
#include "scorer/wer.h"
#include "subnetctl/calc.h"

struct texts {
	char *reference, *hypothesis; /* prepared */
};

static void
texts_clear(struct texts *t)
{
	free(t->reference);
	free(t->hypothesis);
}

static int
too_long(struct err *err)
{
	return err_set(
	    err, "a text has more than %d words or letters", TEXT_MAX_SYMBOLS);
}

/* The two members, by that, or as they are if "normalise" is false. */
static int
read_texts(const json_t *in, char *(*normalise)(const char *), bool by_default,
    struct texts *t, struct err *err)
{
	const char *a = calc_text(in, "reference", err);
	const char *b = a != NULL ? calc_text(in, "hypothesis", err) : NULL;
	bool is_normalised = by_default;

	if (b == NULL ||
	    calc_opt_bool(in, "normalise", &is_normalised, err) != 0)
		return -1;
	if (!is_normalised)
		normalise = text_plain;
	t->reference = normalise(a);
	t->hypothesis = normalise(b);
	if (t->reference != NULL && t->hypothesis != NULL)
		return 0;
	texts_clear(t);
	return err_set(err, "a text has more than %d bytes", TEXT_MAX_BYTES);
}

/* A whole number that may be missing. */
static int
opt_count(const json_t *in, const char *name, size_t least, size_t most,
    size_t *count, struct err *err)
{
	double value = *count;

	if (calc_opt_real(in, name, &value, err) != 0)
		return -1;
	if (!(value >= least && value <= most) || value != floor(value))
		return err_set(err, "\"%s\" is a whole number from %zu to %zu",
		    name, least, most);
	*count = value;
	return 0;
}

/* A number above 0 that may be missing, of a size that can be squared. */
static int
opt_above_0(const json_t *in, const char *name, double *value, struct err *err)
{
	if (calc_opt_real(in, name, value, err) != 0)
		return -1;
	if (!(*value >= 1e-6 && *value <= 1e6))
		return err_set(err, "\"%s\" is not from 1e-6 to 1e6", name);
	return 0;
}

/* -- error rates --------------------------------------------------------- */

static int
give_rate(struct texts *t, enum wer_unit unit, json_t **out, struct err *err)
{
	double rate;
	int result = 0;

	if (*t->reference == '\0')
		result = err_set(err, "\"reference\" has no words: there is "
				      "nothing to measure by");
	else if (wer_rate(t->reference, t->hypothesis, unit, &rate) != 0)
		result = too_long(err);
	else
		*out = calc_value(rate);
	texts_clear(t);
	return result;
}

int
calc_wer(const json_t *in, json_t **out, struct err *err)
{
	struct texts t;

	if (read_texts(in, text_normalise_apart, true, &t, err) != 0)
		return -1;
	return give_rate(&t, WER_WORDS, out, err);
}

int
calc_cer(const json_t *in, json_t **out, struct err *err)
{
	bool with_spaces = true;
	struct texts t;

	if (calc_opt_bool(in, "spaces", &with_spaces, err) != 0 ||
	    read_texts(in, text_normalise, true, &t, err) != 0)
		return -1;
	return give_rate(
	    &t, with_spaces ? WER_CHARACTERS : WER_LETTERS, out, err);
}

/* -- n-grams, rows ------------------------------------------------------- */

int
calc_chrf(const json_t *in, json_t **out, struct err *err)
{
	struct chrf_rule rule = chrf_plus_plus;
	struct texts t;
	double score;
	int result;

	if (opt_count(in, "char_order", 0, CHRF_MAX_ORDER, &rule.char_order,
		err) != 0 ||
	    opt_count(in, "word_order", 0, CHRF_MAX_ORDER, &rule.word_order,
		err) != 0 ||
	    opt_above_0(in, "beta", &rule.beta, err) != 0 ||
	    read_texts(in, text_normalise_apart, false, &t, err) != 0)
		return -1;
	result = chrf_score(t.reference, t.hypothesis, &rule, &score);
	texts_clear(&t);
	if (result != 0)
		return too_long(err);
	*out = calc_value(score);
	return 0;
}

static int
opt_smoothing(const json_t *in, enum bleu_smoothing *smoothing, struct err *err)
{
	static const char *const names[] = {
	    [BLEU_NONE] = "none",
	    [BLEU_EPSILON] = "epsilon",
	    [BLEU_EXP] = "exp",
	};
	const json_t *v = json_object_get(in, "smoothing");

	if (v == NULL || json_is_null(v))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (json_is_string(v) &&
		    strcmp(json_string_value(v), names[i]) == 0) {
			*smoothing = i;
			return 0;
		}
	}
	return err_set(
	    err, "\"smoothing\" is \"none\", \"epsilon\" or \"exp\"");
}

int
calc_bleu(const json_t *in, json_t **out, struct err *err)
{
	struct bleu_rule rule = bleu_sentence;
	struct texts t;
	double score;
	int result;

	if (opt_count(in, "max_n", 1, BLEU_MAX_N, &rule.max_n, err) != 0 ||
	    opt_smoothing(in, &rule.smoothing, err) != 0 ||
	    opt_above_0(in, "epsilon", &rule.epsilon, err) != 0 ||
	    calc_opt_bool(in, "effective_order", &rule.is_effective, err) !=
		0 ||
	    read_texts(in, text_normalise_apart, true, &t, err) != 0)
		return -1;
	result = bleu_score(t.reference, t.hypothesis, &rule, &score);
	texts_clear(&t);
	if (result != 0)
		return too_long(err);
	*out = calc_value(score);
	return 0;
}

int
calc_rouge_l(const json_t *in, json_t **out, struct err *err)
{
	double beta = 1, score;
	struct texts t;
	int result;

	if (opt_above_0(in, "beta", &beta, err) != 0 ||
	    read_texts(in, text_normalise_apart, true, &t, err) != 0)
		return -1;
	result = rouge_l(t.reference, t.hypothesis, beta, &score);
	texts_clear(&t);
	if (result != 0)
		return too_long(err);
	*out = calc_value(score);
	return 0;
}

/* -- for compatibility --------------------------------------------------- */

/* As they are, white space and all; "normalise": true makes it the ratio of
 * the normalised texts. */
int
calc_difflib(const json_t *in, json_t **out, struct err *err)
{
	const char *a = calc_text(in, "reference", err);
	const char *b = a != NULL ? calc_text(in, "hypothesis", err) : NULL;
	bool is_normalised = false;
	struct texts t = {0};
	double ratio;
	int result;

	if (b == NULL ||
	    calc_opt_bool(in, "normalise", &is_normalised, err) != 0)
		return -1;
	if (is_normalised) {
		if (read_texts(in, text_normalise, true, &t, err) != 0)
			return -1;
		a = t.reference;
		b = t.hypothesis;
	}
	result = ratio_difflib(a, b, &ratio);
	texts_clear(&t);
	if (result != 0)
		return err_set(err, "a text has more than %d characters",
		    RATIO_MAX_LETTERS);
	*out = calc_value(ratio);
	return 0;
}

/*
 * measure < pairs: what the formulas of subnetctl calc make of pairs of texts,
 * for the comparison with other implementations. Each line is a JSON object
 * with "reference" and "hypothesis"; the answer is a line with a value for each
 * name of the table below, null where the formula refuses the pair, and the
 * normalised reference.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "scorer/text.h"
#include "subnetctl/calc.h"

static const struct {
	const char *name;
	calc_function *run;
	const char *options;
} measures[] = {
    {"wer", calc_wer, "{'normalise': false}"},
    {"wer_normalised", calc_wer, "{}"},
    {"cer", calc_cer, "{'normalise': false}"},
    {"cer_without_spaces", calc_cer, "{'spaces': false}"},
    {"chrf", calc_chrf, "{'word_order': 0}"},
    {"chrf_words", calc_chrf, "{'char_order': 0}"},
    {"chrf_plus_plus", calc_chrf, "{}"},
    {"chrf_normalised", calc_chrf, "{'normalise': true, 'beta': 1}"},
    {"bleu", calc_bleu, "{'normalise': false}"},
    {"bleu_none", calc_bleu,
	"{'normalise': false, 'smoothing': 'none', 'effective_order': false}"},
    {"bleu_epsilon", calc_bleu,
	"{'normalise': false, 'smoothing': 'epsilon',"
	" 'effective_order': false}"},
    {"bleu_exp", calc_bleu, "{'normalise': false, 'effective_order': false}"},
    {"bleu_normalised", calc_bleu, "{'max_n': 2}"},
    {"rouge_l", calc_rouge_l, "{'normalise': false}"},
    {"rouge_l_recall", calc_rouge_l, "{'normalise': false, 'beta': 2}"},
    {"rouge_l_normalised", calc_rouge_l, "{}"},
    {"difflib", calc_difflib, "{}"},
};

enum { N_MEASURES = sizeof(measures) / sizeof(measures[0]) };

/* The options, in which ' stands for ". */
static json_t *
read_options(const char *text)
{
	char json[128];
	size_t i;

	for (i = 0; text[i] != '\0' && i < sizeof(json) - 1; i++)
		json[i] = text[i] == '\'' ? '"' : text[i];
	return json_loadb(json, i, 0, NULL);
}

static json_t *
value_of(size_t measure, const json_t *pair)
{
	json_t *in = read_options(measures[measure].options);
	json_t *out = NULL, *value = NULL;
	struct err err;

	json_object_update(in, (json_t *)pair);
	if (measures[measure].run(in, &out, &err) == 0)
		value = json_incref(json_object_get(out, "value"));
	json_decref(in);
	json_decref(out);
	return value != NULL ? value : json_null();
}

static void
add_text(json_t *answer, const char *name, char *text)
{
	json_object_set_new(answer, name, json_string(text));
	free(text);
}

static json_t *
measure(const json_t *pair)
{
	const char *raw = json_string_value(json_object_get(pair, "reference"));
	json_t *answer = json_object();

	for (size_t i = 0; i < N_MEASURES; i++)
		json_object_set_new(
		    answer, measures[i].name, value_of(i, pair));
	if (raw != NULL) {
		add_text(answer, "normalised", text_normalise(raw));
		add_text(answer, "apart", text_normalise_apart(raw));
	}
	return answer;
}

int
main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, stdin)) > 0) {
		json_t *pair = json_loadb(line, len, 0, NULL);
		json_t *answer;

		if (pair == NULL) {
			fprintf(stderr, "measure: a line is not JSON\n");
			return 1;
		}
		answer = measure(pair);
		json_dumpf(answer, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(answer);
		json_decref(pair);
	}
	free(line);
	return fflush(stdout) == 0 ? 0 : 1;
}

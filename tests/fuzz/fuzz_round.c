/*
 * What a scoring round is read from: its text, a policy, decimals; and calls
 * of the scorer with what came of them.
 *
 * The first byte says which.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "scorer/decimal.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "scorer/run_text.h"
#include "tests/fuzz/input.h"

/* -- rounds ------------------------------------------------------------- */

static double
sum_of_weights(const struct run *run)
{
	bool of_submissions = run_policy(run)->fold == POLICY_SUBMISSION;
	const struct run_entry *e;
	double sum = 0;
	size_t n;

	e = run_entries(run, &n);
	for (size_t i = 0; i < n; i++) {
		input_must(e[i].weight >= 0 && e[i].weight <= 1 + 1e-9,
		    "a weight is of 1");
		input_must(
		    e[i].score >= 0 && (e[i].score <= 1 || of_submissions),
		    "a score is between 0 and 1");
		input_must(e[i].weight == 0 || isfinite(e[i].weight),
		    "a weight is a number");
		sum += e[i].weight;
	}
	return sum;
}

static void
try_changes(const struct run *run)
{
	size_t n;

	run_miners(run, &n);
	for (size_t i = 0; i < n && i < 3; i++) {
		for (int what = 0; what < RUN_N_CHANGES; what++)
			run_what_if(run, i, (enum run_change)what);
	}
}

/* What is read is written so that it is read again, to the same weights. */
static void
read_round(const char *text, size_t len)
{
	struct buf first = {0}, second = {0};
	struct err err = {""};
	struct run *run, *again;
	size_t used = 0;

	run = run_text_read(text, len, NULL, &used, &err);
	if (run == NULL) {
		input_must(err.text[0] != '\0', "a refusal says why");
		return;
	}
	input_must(used <= len, "no more is used than there is");
	run_text_write(run, &first);
	again = run_text_read(
	    (const char *)first.data, first.len, NULL, &used, &err);
	input_must(again != NULL, "what was written is read");
	if (run_finish(run) == NULL) {
		input_must(fabs(sum_of_weights(run) - 1) < 1e-6,
		    "weights are shares of 1");
		try_changes(run);
	}
	run_finish(again);
	buf_reset(&first);
	run_text_write_weights(run, &first);
	run_text_write_weights(again, &second);
	input_must(strcmp(buf_str(&first), buf_str(&second)) == 0,
	    "the weights are the same");
	buf_free(&first);
	buf_free(&second);
	run_free(run);
	run_free(again);
}

/* -- the rest ----------------------------------------------------------- */

static void
read_policy(const char *text)
{
	struct err err = {""};
	struct policy policy;

	if (policy_parse(text, &policy, &err) != 0)
		input_must(err.text[0] != '\0', "a refusal says why");
	else
		input_must(policy.name[0] != '\0', "a policy has a name");
}

static void
read_decimal(const char *text)
{
	double v = decimal_parse(text, strlen(text)), again;
	char out[DECIMAL_MAX];

	if (isnan(v))
		return;
	input_must(v == strtod(text, NULL), "as the library reads it");
	again = decimal_parse(out, decimal_print(v, out));
	input_must(memcmp(&again, &v, sizeof(v)) == 0,
	    "a number is read as it was written");
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t which = input_byte(&in) % 3;
	char *text = input_text(&in);

	if (which == 0)
		read_round(text, in.len);
	else if (which == 1)
		read_policy(text);
	else
		read_decimal(text);
	free(text);
	return 0;
}

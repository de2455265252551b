/*
 * Speed is measured from our own times alone. Accuracy goes by the kind's
 * scoring rule: a transcript against the text its job knows, a recording
 * against the length of the text it should speak, the others not at all.
 */
#include "validator/judge.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scorer/policy.h"
#include "scorer/speech.h"
#include "scorer/speed.h"
#include "scorer/wer.h"

static json_t *
parse(const char *text)
{
	if (text == NULL)
		return NULL;
	return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}

static const char *
string_of(const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : otherwise;
}

static double
number_of(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (json_is_boolean(v))
		return json_is_true(v);
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static void
note_real(json_t *detail, const char *key, double v)
{
	if (isfinite(v))
		json_object_set_new(detail, key, json_real(v));
}

static void
note_text(json_t *detail, const char *key, const char *text)
{
	if (text != NULL)
		json_object_set_new(detail, key, json_string(text));
}

/* What lowered the score of a recording, if anything did. */
static void
note_faults(json_t *detail, unsigned faults)
{
	json_t *names = json_array();

	for (int i = 0; i < SPEECH_N_FAULTS; i++) {
		if (faults >> i & 1)
			json_array_append_new(
			    names, json_string(speech_fault_name(i)));
	}
	if (faults != 0)
		json_object_set(detail, "faults", names);
	json_decref(names);
}

static bool
is_by_letter(const struct policy *policy, const json_t *params)
{
	return policy_is_by_letter(policy, string_of(params, "language", "en"));
}

/* NaN if the job does not know its text. */
static double
transcript_accuracy(const struct judge_case *c, const struct policy *policy,
    const json_t *params, bool delivered, json_t *detail)
{
	json_t *expect = parse(c->expect), *result = parse(c->result_json);
	const char *known = string_of(expect, "text", "");
	const char *heard = string_of(result, "text", "");
	bool by_letter = is_by_letter(policy, params);
	double rate, accuracy = NAN;
	int unknown;

	if (!delivered)
		heard = "";
	unknown = by_letter ? wer_letters(known, heard, &rate)
			    : wer_words(known, heard, &rate);
	if (unknown == 0) {
		accuracy = wer_accuracy(rate);
		note_real(detail, "error_rate", rate);
		note_text(detail, "by", by_letter ? "letters" : "words");
	}
	json_decref(expect);
	json_decref(result);
	return accuracy;
}

/* NaN if the job has no text, or if we did not measure what came. */
static double
speech_accuracy(const struct judge_case *c, const struct policy *policy,
    const json_t *params, bool delivered, json_t *detail)
{
	double words = speech_words(&policy->speech,
	    string_of(params, "text", ""), is_by_letter(policy, params));
	json_t *measured = parse(c->measured);
	const struct speech_sound sound = {
	    .duration_s = number_of(measured, "duration_s"),
	    .rms_db = number_of(measured, "rms_db"),
	    .peak_db = number_of(measured, "peak_db"),
	    .voiced = number_of(measured, "voiced"),
	    .rate_hz = number_of(measured, "rate"),
	    .uneven = number_of(measured, "uneven"),
	};
	bool is_measured = json_is_object(measured);

	json_decref(measured);
	if (!(words > 0))
		return NAN;
	note_real(detail, "words", words);
	if (!delivered)
		return 0;
	if (!is_measured)
		return NAN;
	note_real(detail, "seconds", sound.duration_s);
	note_faults(detail, speech_faults(&policy->speech, &sound, words));
	return speech_score(&policy->speech, &sound, words);
}

static double
accuracy_of(const struct judge_case *c, const struct policy *policy,
    bool delivered, json_t *detail)
{
	json_t *params = parse(c->params);
	double accuracy = NAN;

	if (strcmp(c->scoring, "transcript") == 0)
		accuracy =
		    transcript_accuracy(c, policy, params, delivered, detail);
	else if (strcmp(c->scoring, "speech") == 0)
		accuracy =
		    speech_accuracy(c, policy, params, delivered, detail);
	json_decref(params);
	return accuracy;
}

void
judge_attempt(const struct judge_case *c, const struct policy *policy,
    struct judgement *out)
{
	bool delivered = strcmp(c->state, "delivered") == 0;
	const struct speed_rule *rule = &policy_kind_of(policy, c->kind)->speed;
	json_t *detail;

	memset(out, 0, sizeof(*out));
	out->counts =
	    delivered || (c->side != NULL && strcmp(c->side, "miner") == 0);
	if (!out->counts)
		return;
	detail = json_object();
	note_text(detail, "policy", policy->name);
	note_text(detail, "rule", c->scoring);
	note_text(detail, "state", c->state);
	note_text(detail, "reason", c->reason);
	note_real(detail, "miner_ms", c->miner_ms);
	note_real(detail, "max_ms", rule->max_ms);
	out->success = delivered;
	if (!delivered)
		out->speed = 0;
	else
		out->speed =
		    isnan(c->miner_ms) ? NAN : speed_of(rule, c->miner_ms);
	out->accuracy = accuracy_of(c, policy, delivered, detail);
	out->detail = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(detail);
}

void
judgement_clear(struct judgement *j)
{
	free(j->detail);
	memset(j, 0, sizeof(*j));
}

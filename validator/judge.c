/*
 * Speed is measured from our own times alone. Accuracy goes by the kind's
 * scoring rule: a text against the one its job knows, or else against the one
 * that was found for it (metric.h); a recording against the length of the text
 * it should speak; the others not at all.
 */
#include "validator/judge.h"

#include <jansson.h>
#include <math.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"
#include "scorer/picture.h"
#include "scorer/policy.h"
#include "scorer/speech.h"
#include "scorer/speed.h"
#include "validator/metric.h"

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

static void __attribute__((format(printf, 2, 3)))
say(struct judgement *j, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(j->reason, sizeof(j->reason), fmt, args);
	va_end(args);
}

void
judge_hash(const char *text, char sha256[JUDGE_SHA256])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
	hex_encode(hash, sizeof(hash), sha256);
}

/* -- what a case is ------------------------------------------------------- */

static bool
is_delivered(const struct judge_case *c)
{
	return strcmp(c->state, "delivered") == 0;
}

bool
judge_counts(const struct judge_case *c)
{
	return !c->is_unproven &&
	       (is_delivered(c) ||
		   (c->side != NULL && strcmp(c->side, "miner") == 0));
}

const char *
judge_language(const struct judge_case *c, const json_t *params)
{
	const char *assumed = c->language != NULL ? c->language : "en";

	return string_of(
	    params, "target_language", string_of(params, "language", assumed));
}

static bool
is_by_letter(const struct judge_case *c, const struct policy *policy,
    const json_t *params)
{
	return policy_is_by_letter(policy, judge_language(c, params));
}

const struct metric *
judge_metric(const struct judge_case *c, const struct policy *policy)
{
	json_t *params = parse(c->params);
	const struct metric *m =
	    metric_of(c->scoring, is_by_letter(c, policy, params));

	json_decref(params);
	return m;
}

bool
judge_is_known(const struct judge_case *c)
{
	json_t *expect = parse(c->expect);
	bool is_known = string_of(expect, "text", NULL) != NULL;

	json_decref(expect);
	return is_known;
}

/* -- texts ---------------------------------------------------------------- */

static void
use_reference(struct judgement *j, const char *by, const char *text)
{
	j->reference = by;
	judge_hash(text, j->reference_sha256);
}

static void
note_outliers(const struct judge_case *c, json_t *detail)
{
	json_t *outliers = parse(c->outliers);

	if (json_array_size(outliers) > 0)
		json_object_set(detail, "outliers", outliers);
	json_decref(outliers);
}

/* The one the others agreed with is not compared with itself. */
static bool
is_medoid(const struct judge_case *c)
{
	return c->medoid != NULL && strcmp(c->medoid, c->id) == 0;
}

static double
compare(const struct metric *m, const char *known, const char *heard,
    struct judgement *j, json_t *detail)
{
	double value;

	if (m->measure(known, heard, &value) != 0) {
		say(j, "not measured: the reference has no words or too many");
		return NAN;
	}
	note_real(detail, m->value, value);
	say(j, "%s %.4f against the %s reference", m->value, value,
	    j->reference);
	return m->accuracy(value);
}

static bool
is_outlier(const struct judge_case *c)
{
	json_t *outliers = parse(c->outliers), *hotkey;
	bool found = false;
	size_t i;

	json_array_foreach(outliers, i, hotkey)
	{
		found |= json_is_string(hotkey) &&
			 strcmp(json_string_value(hotkey), c->hotkey) == 0;
	}
	json_decref(outliers);
	return found;
}

static double
compare_found(const struct judge_case *c, const struct metric *m,
    const char *heard, struct judgement *j, json_t *detail)
{
	double accuracy;

	use_reference(j, c->found_by, c->found_text);
	note_outliers(c, detail);
	if (is_medoid(c)) {
		say(j, "the others agree with it by %.4f", c->agreement);
		note_real(detail, "agreement", c->agreement);
		return c->agreement;
	}
	accuracy = compare(m, c->found_text, heard, j, detail);
	if (is_outlier(c))
		say(j, "an outlier: %.4f like what most miners said", accuracy);
	return accuracy;
}

/* NaN if there is nothing to compare with. */
static double
text_accuracy(const struct judge_case *c, const struct metric *m,
    struct judgement *j, json_t *detail)
{
	json_t *expect = parse(c->expect), *result = parse(c->result_json);
	const char *known = string_of(expect, "text", NULL);
	const char *heard = string_of(result, "text", NULL);
	double accuracy = NAN;

	j->metric = m->name;
	if (heard != NULL && j->result_sha256[0] == '\0')
		judge_hash(heard, j->result_sha256);
	if (heard == NULL || !is_delivered(c))
		heard = "";
	if (known != NULL) {
		use_reference(j, "known", known);
		accuracy = compare(m, known, heard, j, detail);
	} else if (c->found_text != NULL) {
		accuracy = compare_found(c, m, heard, j, detail);
	} else {
		say(j, "not measured: %s",
		    c->found_not != NULL ? c->found_not : "no reference");
	}
	json_decref(expect);
	json_decref(result);
	return accuracy;
}

/* -- recordings ----------------------------------------------------------- */

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

static struct speech_sound
sound_of(const json_t *measured)
{
	return (struct speech_sound){
	    .duration_s = number_of(measured, "duration_s"),
	    .rms_db = number_of(measured, "rms_db"),
	    .peak_db = number_of(measured, "peak_db"),
	    .voiced = number_of(measured, "voiced"),
	    .rate_hz = number_of(measured, "rate"),
	    .uneven = number_of(measured, "uneven"),
	};
}

/* NaN if we did not measure what came. */
static double
sound_accuracy(const struct judge_case *c, const struct policy *policy,
    double words, struct judgement *j, json_t *detail)
{
	json_t *measured = parse(c->measured);
	const struct speech_sound sound = sound_of(measured);
	bool is_measured = json_is_object(measured);

	json_decref(measured);
	if (!is_delivered(c))
		return 0;
	if (!is_measured) {
		say(j, "not measured: the recording was not looked at");
		return NAN;
	}
	note_real(detail, "seconds", sound.duration_s);
	note_faults(detail, speech_faults(&policy->speech, &sound, words));
	say(j, "%g words in %.2f s", words, sound.duration_s);
	return speech_score(&policy->speech, &sound, words);
}

/* NaN if the job has no text, too. */
static double
speech_accuracy(const struct judge_case *c, const struct policy *policy,
    const json_t *params, struct judgement *j, json_t *detail)
{
	const char *text = string_of(params, "text", "");
	double words = speech_words(
	    &policy->speech, text, is_by_letter(c, policy, params));

	j->metric = "speech";
	if (!(words > 0)) {
		say(j, "not measured: the job has no words to speak");
		return NAN;
	}
	use_reference(j, "known", text);
	note_real(detail, "words", words);
	return sound_accuracy(c, policy, words, j, detail);
}

/* -- pictures ------------------------------------------------------------- */

/* Was something delivered that is no picture of anything? What was not
 * measured is believed. */
static bool
is_no_picture(const struct judge_case *c, const struct policy *policy,
    struct judgement *j)
{
	json_t *measured = parse(c->measured);
	double width = number_of(measured, "width");
	double height = number_of(measured, "height");
	bool blank = json_is_true(json_object_get(measured, "blank"));

	json_decref(measured);
	if (strcmp(c->scoring, "image") != 0 || !is_delivered(c) ||
	    isnan(width) || isnan(height))
		return false;
	if (picture_is_real(width, height, blank, policy->picture_side))
		return false;
	j->metric = "picture";
	say(j, blank ? "a blank picture of %g x %g" : "a picture of %g x %g",
	    width, height);
	return true;
}

/* -- the verdict ---------------------------------------------------------- */

static double
accuracy_of(const struct judge_case *c, const struct policy *policy,
    struct judgement *j, json_t *detail)
{
	json_t *params = parse(c->params);
	const struct metric *m =
	    metric_of(c->scoring, is_by_letter(c, policy, params));
	double accuracy = NAN;

	if (m != NULL)
		accuracy = text_accuracy(c, m, j, detail);
	else if (strcmp(c->scoring, "speech") == 0)
		accuracy = speech_accuracy(c, policy, params, j, detail);
	else
		say(j, "not measured: nothing to measure %s by", c->kind);
	json_decref(params);
	return accuracy;
}

static double
quickness(const struct judge_case *c, const struct policy *policy)
{
	if (!is_delivered(c))
		return 0;
	if (isnan(c->miner_ms))
		return NAN;
	return speed_of(&policy_kind_of(policy, c->kind)->speed, c->miner_ms);
}

static json_t *
detail_of(const struct judge_case *c, const struct policy *policy)
{
	json_t *detail = json_object();

	note_text(detail, "policy", policy->name);
	note_text(detail, "rule", c->scoring);
	note_text(detail, "state", c->state);
	note_text(detail, "reason", c->reason);
	note_real(detail, "miner_ms", c->miner_ms);
	note_real(
	    detail, "max_ms", policy_kind_of(policy, c->kind)->speed.max_ms);
	return detail;
}

void
judge_attempt(const struct judge_case *c, const struct policy *policy,
    struct judgement *out)
{
	json_t *detail;

	*out = (struct judgement){
	    .counts = judge_counts(c),
	    .source = c->source != NULL ? c->source : "client",
	    .metric = "none",
	    .reference = "none",
	    .total_ms = c->queue_ms + c->miner_ms,
	};
	if (!out->counts)
		return;
	detail = detail_of(c, policy);
	out->success = is_delivered(c);
	out->speed = quickness(c, policy);
	if (c->result_sha256 != NULL)
		snprintf(out->result_sha256, sizeof(out->result_sha256), "%s",
		    c->result_sha256);
	out->accuracy = accuracy_of(c, policy, out, detail);
	if (is_no_picture(c, policy, out)) {
		out->success = false;
		out->speed = 0;
	} else if (!out->success) {
		say(out, "%s: %s", c->state,
		    c->reason != NULL ? c->reason : "for no reason given");
	}
	out->detail = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(detail);
}

void
judgement_clear(struct judgement *j)
{
	free(j->detail);
	memset(j, 0, sizeof(*j));
}

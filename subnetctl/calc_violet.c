/* subnetctl calc violet...: SN49's formulas. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/err.h"
#include "scorer/text.h"
#include "scorer/violet.h"
#include "subnetctl/calc.h"

int
calc_violet_score_v1(const json_t *in, json_t **out, struct err *err)
{
	double t = 0, accuracy = 0, stake = 0, max_stake = 0;

	if (calc_real(in, "t", &t, err) != 0 ||
	    calc_real(in, "accuracy", &accuracy, err) != 0 ||
	    calc_real(in, "stake", &stake, err) != 0 ||
	    calc_real(in, "max_stake", &max_stake, err) != 0)
		return -1;
	*out = json_pack("{s:o}", "score",
	    calc_number(violet_score_v1(t, accuracy, stake, max_stake)));
	return 0;
}

/* -- the later form ------------------------------------------------------ */

/* How many characters Python's str() makes of a value: upstream adds accuracy
 * for an output that is printed with more than 100 of them. */
static size_t
printed_text(const char *text)
{
	size_t i = 0, len = strlen(text), n = 2;
	bool doubled = strchr(text, '\'') != NULL && strchr(text, '"') == NULL;

	while (i < len) {
		uint32_t code = text_next(text, len, &i);

		if (code == '\\' || code == '\n' || code == '\r' ||
		    code == '\t' || (code == '\'' && !doubled))
			n += 2;
		else if (code < ' ' || (code >= 0x7f && code < 0xa0))
			n += 4;
		else
			n += 1;
	}
	return n;
}

static size_t
printed_length(const json_t *v)
{
	const char *name;
	json_t *member;
	size_t i, n = 2;

	switch (json_typeof(v)) {
	case JSON_OBJECT:
		json_object_foreach((json_t *)v, name, member) n +=
		    printed_text(name) + 2 + printed_length(member);
		return n +
		       2 * (json_object_size(v) - (json_object_size(v) > 0));
	case JSON_ARRAY:
		json_array_foreach(v, i, member) n += printed_length(member);
		return n + 2 * (json_array_size(v) - (json_array_size(v) > 0));
	case JSON_STRING:
		return printed_text(json_string_value(v));
	case JSON_INTEGER:
		return snprintf(
		    NULL, 0, "%lld", (long long)json_integer_value(v));
	case JSON_REAL:
		return snprintf(NULL, 0, "%.17g", json_real_value(v));
	case JSON_TRUE:
	case JSON_NULL:
		return 4;
	case JSON_FALSE:
		return 5;
	}
	return 0;
}

static size_t
text_length(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? strlen(text) : 0;
}

static bool
has(const json_t *object, const char *name)
{
	return json_object_get(object, name) != NULL;
}

static bool
has_output(const char *type, const json_t *output)
{
	if (strcmp(type, "transcription") == 0 ||
	    strcmp(type, "video_transcription") == 0)
		return text_length(output, "transcript") > 0;
	if (strcmp(type, "tts") == 0)
		return has(output, "audio_data") || has(output, "audio_file");
	if (strcmp(type, "summarization") == 0)
		return text_length(output, "summary") > 10;
	if (strcmp(type, "text_translation") == 0 ||
	    strcmp(type, "document_translation") == 0)
		return has(output, "translated_text") ||
		       has(output, "translation");
	return json_object_size(output) > 0;
}

/* Of what the response has beside its output. */
static double
quality_of(const char *type, const json_t *top, bool is_timed)
{
	double q = 0;

	if (strcmp(type, "transcription") == 0 ||
	    strcmp(type, "video_transcription") == 0)
		q += .4 * has(top, "transcript") + .3 * has(top, "confidence") +
		     .3 * has(top, "language");
	else if (strcmp(type, "tts") == 0)
		q += .7 * has(top, "audio_data") + .3 * has(top, "duration");
	else if (strcmp(type, "summarization") == 0)
		q += .6 * has(top, "summary") + .4 * has(top, "key_points");
	q += .1 * is_timed + .1 * has(top, "accuracy_score") +
	     .1 * has(top, "speed_score");
	return q < 1 ? q : 1;
}

/* The output of a response; the older, flat form has it beside the rest. */
static json_t *
output_of(const json_t *in, struct err *err)
{
	static const char *const rest[] = {"type", "t", "accuracy_score",
	    "speed_score", "processing_time", "confidence", "language"};
	json_t *output = json_object_get(in, "output");

	if (output == NULL) {
		output = json_copy((json_t *)in);
		for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
			json_object_del(output, rest[i]);
		return output;
	}
	if (json_is_object(output))
		return json_incref(output);
	err_set(err, "\"output\" is not an object");
	return NULL;
}

int
calc_violet_score_v2(const json_t *in, json_t **out, struct err *err)
{
	const char *type = calc_text(in, "type", err);
	double t = NAN, claimed = NAN, speed, accuracy, quality;
	json_t *output;

	if (type == NULL || calc_opt_real(in, "t", &t, err) != 0 ||
	    calc_opt_real(in, "accuracy_score", &claimed, err) != 0)
		return -1;
	output = output_of(in, err);
	if (output == NULL)
		return -1;
	accuracy = violet_accuracy_v2(
	    has_output(type, output), printed_length(output) > 100, claimed);
	json_decref(output);
	speed = violet_speed_v2(type, t);
	quality = quality_of(type, in, !isnan(t));
	*out = json_pack("{s:o, s:o, s:o, s:o}", "speed", calc_number(speed),
	    "accuracy", calc_number(accuracy), "quality", calc_number(quality),
	    "score",
	    calc_number(violet_score_v2(type, accuracy, speed, quality)));
	return 0;
}

/* -- the final weight ---------------------------------------------------- */

/* What upstream falls back on: counts instead of what they are named for. */
static int
count_tasks(const json_t *in, struct violet_parts *parts, struct err *err)
{
	double tasks, distinct;
	bool scored = true;

	if (calc_real(in, "tasks", &tasks, err) != 0)
		return -1;
	distinct = tasks;
	if (calc_opt_real(in, "distinct", &distinct, err) != 0 ||
	    calc_opt_bool(in, "scored", &scored, err) != 0)
		return -1;
	*parts = violet_count_parts(tasks, distinct, scored && tasks > 0);
	return 0;
}

int
calc_violet_final_v2(const json_t *in, json_t **out, struct err *err)
{
	struct violet_parts p = {0};

	if (has(in, "tasks")) {
		if (count_tasks(in, &p, err) != 0)
			return -1;
	} else if (calc_real(in, "uptime", &p.uptime, err) != 0 ||
		   calc_real(in, "invocation", &p.invocation, err) != 0 ||
		   calc_real(in, "diversity", &p.diversity, err) != 0 ||
		   calc_real(in, "bounty", &p.bounty, err) != 0) {
		return -1;
	}
	*out = json_pack("{s:o}", "score", calc_number(violet_final_v2(&p)));
	return 0;
}

/* -- the tracker --------------------------------------------------------- */

int
calc_violet_tracker(const json_t *in, json_t **out, struct err *err)
{
	struct violet_record r = {.capacity = 5};
	double stake = 0, max_stake = 0;

	if (calc_real(in, "tasks", &r.tasks, err) != 0 ||
	    calc_opt_real(in, "done", &r.done, err) != 0 ||
	    calc_opt_real(in, "recent", &r.recent, err) != 0 ||
	    calc_opt_real(in, "mean_s", &r.mean_s, err) != 0 ||
	    calc_opt_real(in, "load", &r.load, err) != 0 ||
	    calc_opt_real(in, "capacity", &r.capacity, err) != 0 ||
	    calc_opt_real(in, "task_success", &r.task_success, err) != 0 ||
	    calc_opt_real(in, "stake", &stake, err) != 0 ||
	    calc_opt_real(in, "max_stake", &max_stake, err) != 0)
		return -1;
	if (!(r.capacity > 0))
		return err_set(err, "\"capacity\" is not above 0");
	*out = json_pack("{s:o, s:o}", "performance",
	    calc_number(violet_performance(&r)), "composite",
	    calc_number(violet_composite(&r, stake, max_stake)));
	return 0;
}

/* Dippy's job types and payloads as our kinds and parameters. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "orchestrator/dippy.h"
#include "orchestrator/kinds.h"

/* More steps are not asked for in an edit. */
enum { MAX_EDIT_STEPS = 10 };

/* What only the orchestrator reads, or no miner of the two kinds. */
static const char *const passed_over[] = {"job_id", "callback_secret",
    "callback_url", "webhook_url", "image_url", "image_b64", "task_type",
    "flux_mode", "enable_safety_checker", "expiry", NULL};
/* A miner that edits a picture gives it the size it has. */
static const char *const passed_over_in_edits[] = {
    "width", "height", "lora_path", NULL};

/* Job types that are another's by an older name. */
static const char *const synonyms[][2] = {
    {"generate", "base-h100_pcie"}, {"lora", "lora.train"}};

const struct kind *
dippy_kind(const struct kinds *kinds, const char *job_type)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (strcmp(synonyms[i][0], job_type) == 0)
			job_type = synonyms[i][1];
	}
	for (size_t i = 0; i < kinds->n; i++) {
		if (strcmp(kinds->items[i].capacity_key, job_type) == 0)
			return &kinds->items[i];
	}
	return NULL;
}

static bool
is_among(const char *const *names, const char *name)
{
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

static bool
takes_picture(const struct kind *kind)
{
	return json_array_size(kind->input_types) > 0;
}

/* A text that is a whole number, blanks around it or not; NAN otherwise. */
static double
number_of(const char *text)
{
	char *end;
	double n;

	errno = 0;
	n = (double)strtoll(text, &end, 10);
	if (end == text || errno != 0)
		return NAN;
	while (isspace((unsigned char)*end))
		end++;
	return *end == '\0' ? n : NAN;
}

/* Dippy's rule: true is 1, a text is the number it says, a fraction is cut
 * off; what is none, or is negative, is no seed. NULL for that. */
static json_t *
seed_of(const json_t *value)
{
	double n = NAN;

	if (json_is_boolean(value))
		n = json_is_true(value);
	else if (json_is_number(value))
		n = json_number_value(value);
	else if (json_is_string(value))
		n = number_of(json_string_value(value));
	if (isnan(n) || trunc(n) < 0 || n >= 9007199254740992.0)
		return NULL;
	return json_integer((json_int_t)n);
}

static json_t *
steps_of(const struct kind *kind, const json_t *value)
{
	if (takes_picture(kind) && json_is_integer(value) &&
	    json_integer_value(value) > MAX_EDIT_STEPS)
		return json_integer(MAX_EDIT_STEPS);
	return json_deep_copy(value);
}

static json_t *
param_of(const struct kind *kind, const char *name, const json_t *value)
{
	if (strcmp(name, "seed") == 0)
		return seed_of(value);
	if (strcmp(name, "num_inference_steps") == 0)
		return steps_of(kind, value);
	return json_deep_copy(value);
}

static bool
is_passed_over(const struct kind *kind, const char *name)
{
	return is_among(passed_over, name) ||
	       (takes_picture(kind) && is_among(passed_over_in_edits, name));
}

json_t *
dippy_params(const struct kind *kind, const json_t *payload, struct err *err)
{
	json_t *params = json_object();
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)payload, name, value)
	{
		json_t *param;

		if (is_passed_over(kind, name) || json_is_null(value))
			continue;
		if (json_object_get(kind->params, name) == NULL) {
			err_set(err,
			    "payload.%s is nothing that a miner of %s is "
			    "given; leave it out",
			    name, kind->name);
			json_decref(params);
			return NULL;
		}
		param = param_of(kind, name, value);
		if (param != NULL)
			json_object_set_new(params, name, param);
	}
	return params;
}

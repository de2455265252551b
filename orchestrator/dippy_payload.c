/* Dippy's job types and payloads as our kinds and parameters. */
#include <string.h>

#include "common/err.h"
#include "common/job_seed.h"
#include "orchestrator/dippy.h"
#include "orchestrator/kinds.h"

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

/* NULL: it is none. */
static json_t *
seed_of(const json_t *value)
{
	int64_t seed = job_seed_said(value);

	return seed >= 0 ? json_integer(seed) : NULL;
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
		param = strcmp(name, "seed") == 0 ? seed_of(value)
						  : json_deep_copy(value);
		if (param != NULL)
			json_object_set_new(params, name, param);
	}
	return params;
}

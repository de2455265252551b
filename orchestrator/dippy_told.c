/* What the webhook of Dippy's door is told. */
#include "orchestrator/dippy_told.h"

#include <stdbool.h>
#include <string.h>

static const char *
text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* The attempt that the result is of; NULL: none. */
static const json_t *
best_of(const json_t *job)
{
	const char *id = text_of(json_object_get(job, "result"), "attempt");
	json_t *attempt;
	size_t i;

	json_array_foreach(json_object_get(job, "attempts"), i, attempt)
	{
		if (strcmp(text_of(attempt, "id"), id) == 0)
			return attempt;
	}
	return NULL;
}

/* With us, on its way to the miner, and there. */
static void
add_times(json_t *told, const json_t *attempt)
{
	static const char *const parts[] = {
	    "queue_ms", "dispatch_ms", "miner_ms"};
	double total = 0;

	if (attempt == NULL)
		return;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		total += json_number_value(json_object_get(attempt, parts[i]));
	json_object_set_new(
	    told, "total_runtime_ms", json_integer((json_int_t)total));
	json_object_set_new(told, "latency_ms",
	    json_integer((json_int_t)json_number_value(
		json_object_get(attempt, "miner_ms"))));
}

static bool
has_picture(const json_t *job)
{
	return strncmp(text_of(json_object_get(job, "result"), "type"),
		   "image/", 6) == 0;
}

json_t *
dippy_told(const json_t *job, const char *image_url)
{
	bool is_done = strcmp(text_of(job, "state"), "done") == 0;
	const char *reason = text_of(job, "reason");
	json_t *told = json_pack("{s:s, s:s, s:O}", "job_id",
	    text_of(job, "id"), "status", is_done ? "completed" : "failed",
	    "completed_at", json_object_get(job, "finished_at"));

	if (!is_done)
		json_object_set_new(told, "error",
		    json_string(
			reason[0] != '\0' ? reason : text_of(job, "state")));
	add_times(told, best_of(job));
	if (is_done && has_picture(job))
		json_object_set_new(told, "image_url", json_string(image_url));
	return told;
}

/* The kinds of job as clients need to know them, and the voices. */
#include "orchestrator/v1_kinds.h"

#include <stdlib.h>
#include <string.h>

#include "common/http_server.h"
#include "orchestrator/kinds.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/params.h"

/* -- as JSON --------------------------------------------------------------- */

/* What its parameter of that name may be; NULL if it has none. */
static json_t *
choices_of(const struct kind *kind, const char *param)
{
	json_t *spec = json_object_get(kind->params, param);
	json_t *list = json_object_get(spec, "one_of");

	if (spec == NULL)
		return NULL;
	if (list != NULL)
		return json_incref(list);
	return strcmp(json_string_value(json_object_get(spec, "type")),
		   "language") == 0
		   ? params_languages()
		   : json_array();
}

static bool
is_required(const struct kind *kind, const char *param)
{
	return json_is_true(
	    json_object_get(json_object_get(kind->params, param), "required"));
}

json_t *
v1_kind_json(const struct kind *kind)
{
	json_t *languages = choices_of(kind, "language");
	json_t *voices = choices_of(kind, "voice");
	json_t *json = json_pack(
	    "{s:s, s:O, s:{s:O, s:I}, s:{s:O, s:I}, s:{s:i, s:i, s:i}, "
	    "s:I, s:I, s:b}",
	    "name", kind->name, "params", kind->params, "input", "types",
	    kind->input_types, "max_bytes", (json_int_t)kind->max_input_bytes,
	    "output", "types", kind->output_types, "max_bytes",
	    (json_int_t)kind->max_output_bytes, "miners", "min",
	    kind->miners_min, "wanted", kind->miners_wanted, "max",
	    kind->miners_max, "deadline_ms", (json_int_t)kind->deadline_ms,
	    "attempt_ms", (json_int_t)kind->attempt_ms, "hedge", kind->hedge);

	if (languages != NULL) {
		json_object_set_new(json, "detects_language",
		    json_boolean(!is_required(kind, "language")));
		json_object_set_new(json, "languages", languages);
	}
	if (voices != NULL)
		json_object_set_new(json, "voices", voices);
	return json;
}

static void
add_voices(json_t *voices, const struct kind *kind)
{
	json_t *names = choices_of(kind, "voice"), *name;
	json_t *languages = choices_of(kind, "language");
	size_t i;

	json_array_foreach(names, i, name)
	{
		json_array_append_new(
		    voices, json_pack("{s:O, s:s, s:O*}", "name", name, "kind",
				kind->name, "languages", languages));
	}
	json_decref(languages);
	json_decref(names);
}

json_t *
v1_voices_json(const struct kinds *kinds)
{
	json_t *voices = json_array();

	for (size_t i = 0; i < kinds->n; i++)
		add_voices(voices, &kinds->items[i]);
	return json_pack("{s:o}", "voices", voices);
}

/* -- answers --------------------------------------------------------------- */

/* Takes json. */
static void
reply_json(struct http_req *req, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	http_reply(req, 200, "application/json", text, strlen(text));
	free(text);
	json_decref(json);
}

/* NULL: they are not read yet, and that was answered. */
static const struct kinds *
kinds_here(struct http_req *req, const struct orchestrator *o)
{
	if (o->kinds == NULL)
		http_reply_problem(
		    req, 503, "unavailable", "the kinds are not read yet");
	return o->kinds;
}

void
v1_kind_list(struct http_req *req, void *orchestrator)
{
	const struct kinds *kinds = kinds_here(req, orchestrator);
	json_t *list;

	if (kinds == NULL)
		return;
	list = json_array();
	for (size_t i = 0; i < kinds->n; i++)
		json_array_append_new(list, v1_kind_json(&kinds->items[i]));
	reply_json(req, json_pack("{s:o}", "kinds", list));
}

void
v1_kind_show(struct http_req *req, void *orchestrator)
{
	const struct kinds *kinds = kinds_here(req, orchestrator);
	const struct kind *kind;

	if (kinds == NULL)
		return;
	kind = kinds_find(kinds, http_req_param(req, "name"));
	if (kind == NULL)
		http_reply_problem(req, 404, "not_found",
		    "there is no such kind; GET /v1/kinds lists them");
	else
		reply_json(req, v1_kind_json(kind));
}

void
v1_voices(struct http_req *req, void *orchestrator)
{
	const struct kinds *kinds = kinds_here(req, orchestrator);

	if (kinds != NULL)
		reply_json(req, v1_voices_json(kinds));
}

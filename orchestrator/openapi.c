/* The OpenAPI document of all doors. */
#include "orchestrator/openapi.h"

#include <string.h>

#include "common/config_parse.h"
#include "common/err.h"

static const char description[] =
    "Jobs for the miners of a Bittensor subnet. A job is ordered with POST "
    "/v1/jobs, answered 202 once it is committed, and has one result. Errors "
    "are problem details (RFC 9457) whose codes are stable.";

/* Members of from, that may not be there yet. */
static int
add_members(json_t *to, json_t *from, const char *what, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach(from, name, value)
	{
		if (json_object_get(to, name) != NULL)
			return err_set(err, "%s %s is there twice", what, name);
		json_object_set(to, name, value);
	}
	return 0;
}

/* What one part says of components of a sort, "schemas" say. */
static int
add_components(json_t *to, json_t *from, struct err *err)
{
	const char *sort;
	json_t *members;

	json_object_foreach(from, sort, members)
	{
		if (json_object_get(to, sort) == NULL)
			json_object_set_new(to, sort, json_object());
		if (add_members(
			json_object_get(to, sort), members, sort, err) != 0)
			return -1;
	}
	return 0;
}

static int
add_part(json_t *doc, const struct openapi_part *part, struct err *err)
{
	json_error_t why;
	json_t *json = json_loads(part->text, JSON_REJECT_DUPLICATES, &why);
	int failed = 0;

	if (!json_is_object(json)) {
		json_decref(json);
		return err_set(
		    err, "%s, line %d: %s", part->name, why.line, why.text);
	}
	json_array_extend(
	    json_object_get(doc, "tags"), json_object_get(json, "tags"));
	if (add_members(json_object_get(doc, "paths"),
		json_object_get(json, "paths"), "path", err) != 0 ||
	    add_members(json_object_get(doc, "x-problems"),
		json_object_get(json, "x-problems"), "problem", err) != 0 ||
	    add_components(json_object_get(doc, "components"),
		json_object_get(json, "components"), err) != 0)
		failed = err_wrap(err, "%s", part->name);
	json_decref(json);
	return failed;
}

/* The closed list, in the schema of problems. */
static void
add_codes(json_t *doc)
{
	json_t *schemas =
	    json_object_get(json_object_get(doc, "components"), "schemas");
	json_t *code = json_object_get(
	    json_object_get(json_object_get(schemas, "Problem"), "properties"),
	    "code");
	json_t *codes = json_array(), *problem;
	const char *name;

	json_object_foreach(json_object_get(doc, "x-problems"), name, problem)
	{
		json_array_append_new(codes, json_string(name));
	}
	json_object_set_new(code, "enum", codes);
}

json_t *
openapi_document(struct err *err)
{
	json_t *doc = json_pack(
	    "{s:s, s:{s:s, s:s, s:s, s:{s:s, s:s}}, "
	    "s:[{s:s}], s:[{s:[]}, {s:[]}], s:[], s:{}, s:{}, s:{}}",
	    "openapi", "3.1.0", "info", "title", "subnetd", "version",
	    SUBNETD_VERSION, "description", description, "license", "name",
	    "MIT", "identifier", "MIT", "servers", "url", "/", "security",
	    "bearer", "header", "tags", "paths", "components", "x-problems");

	for (size_t i = 0; i < n_openapi_parts; i++) {
		if (add_part(doc, &openapi_parts[i], err) != 0) {
			json_decref(doc);
			return NULL;
		}
	}
	add_codes(doc);
	return doc;
}

const json_t *
openapi_problem(const json_t *document, const char *code)
{
	return json_object_get(json_object_get(document, "x-problems"), code);
}

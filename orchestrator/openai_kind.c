/* Which kinds answer the OpenAI door's endpoints, and how. */
#include "orchestrator/openai_kind.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "orchestrator/kinds.h"

enum { MAX_NAME = 64 };

static const char *const endpoints[] = {
    [OPENAI_TRANSCRIPTIONS] = "transcriptions",
    [OPENAI_TRANSLATIONS] = "translations",
    [OPENAI_SPEECH] = "speech",
    [OPENAI_GENERATIONS] = "generations",
    [OPENAI_EDITS] = "edits",
};

const char *
openai_endpoint_name(enum openai_endpoint endpoint)
{
	return endpoints[endpoint];
}

/* -- checking the file ---------------------------------------------------- */

/* What a client can name in a path and in a form. */
static bool
is_name(const json_t *value)
{
	const char *s = json_string_value(value);
	size_t len = s != NULL ? strlen(s) : 0;

	return len > 0 && len <= MAX_NAME &&
	       len == strspn(s, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-");
}

static bool
is_list_of_names(const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (!is_name(item))
			return false;
	}
	return list == NULL || json_is_array(list);
}

static bool
is_object_of(const json_t *object, bool (*is_right)(const json_t *))
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value)
	{
		if (!is_right(value))
			return false;
	}
	return object == NULL || json_is_object(object);
}

static bool
is_object(const json_t *value)
{
	return json_is_object(value);
}

static bool
is_choice(const json_t *value)
{
	return json_is_object(value) && is_object_of(value, is_object);
}

static bool
is_known(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

/* Always -1. */
static int
bad_kind(
    struct err *err, const json_t *kind, const char *where, const char *want)
{
	const char *name = json_string_value(json_object_get(kind, "name"));

	return err_set(err, "kind %s: %s must be %s",
	    name != NULL ? name : "without a name", where, want);
}

static int
check_table(const json_t *kind, const char *endpoint, const json_t *table,
    struct err *err)
{
	static const char *const known[] = {
	    "params", "fields", "choices", "then", "b64_json", NULL};
	const json_t *params = json_object_get(table, "params");
	const json_t *then = json_object_get(table, "then");
	const char *name;
	char where[96];
	json_t *value;

	snprintf(where, sizeof(where), "openai.%s", endpoint);
	json_object_foreach((json_t *)table, name, value)
	{
		if (!is_known(name, known))
			return bad_kind(err, kind, where,
			    "made of params, fields, choices, then and "
			    "b64_json");
	}
	if (!json_is_object(table) ||
	    (params != NULL && !json_is_object(params)))
		return bad_kind(
		    err, kind, where, "an object, and its params too");
	if (!is_object_of(json_object_get(table, "fields"), is_name))
		return bad_kind(
		    err, kind, where, "one whose fields name a parameter each");
	if (!is_object_of(json_object_get(table, "choices"), is_choice))
		return bad_kind(err, kind, where,
		    "one whose choices have parameters for each value");
	if (!is_list_of_names(json_object_get(table, "b64_json")))
		return bad_kind(
		    err, kind, where, "one whose b64_json is a list");
	if (then != NULL && !is_name(json_object_get(then, "kind")))
		return bad_kind(
		    err, kind, where, "one whose then names a kind");
	return 0;
}

int
openai_kind_check(const json_t *kind, struct err *err)
{
	const json_t *all = json_object_get(kind, "openai");
	const char *name;
	json_t *table;

	if (!is_list_of_names(json_object_get(kind, "aliases")))
		return bad_kind(err, kind, "aliases",
		    "an array of names: letters, digits, dots, dashes, colons "
		    "and underscores, 64 at most");
	if (all != NULL && !json_is_object(all))
		return bad_kind(err, kind, "openai", "an object");
	json_object_foreach((json_t *)all, name, table)
	{
		size_t i = 0;

		while (
		    i < N_OPENAI_ENDPOINTS && strcmp(endpoints[i], name) != 0)
			i++;
		if (i == N_OPENAI_ENDPOINTS)
			return bad_kind(err, kind, "openai",
			    "made of transcriptions, translations, speech, "
			    "generations and edits");
		if (check_table(kind, name, table, err) != 0)
			return -1;
	}
	return 0;
}

/* One model at one endpoint is one kind. */
static int
check_once(json_t *seen, const json_t *kind, const char *endpoint,
    const char *model, struct err *err)
{
	char key[2 * MAX_NAME + 8];

	snprintf(key, sizeof(key), "%s %s", endpoint, model);
	if (json_object_get(seen, key) != NULL)
		return bad_kind(err, kind, "aliases",
		    "names that no other kind has at the same endpoint");
	json_object_set_new(seen, key, json_true());
	return 0;
}

static int
check_names(json_t *seen, const json_t *kind, struct err *err)
{
	json_t *aliases = json_object_get(kind, "aliases"), *alias, *table;
	const char *endpoint;
	size_t i;

	json_object_foreach(json_object_get(kind, "openai"), endpoint, table)
	{
		if (check_once(seen, kind, endpoint,
			json_string_value(json_object_get(kind, "name")),
			err) != 0)
			return -1;
		json_array_foreach(aliases, i, alias)
		{
			if (check_once(seen, kind, endpoint,
				json_string_value(alias), err) != 0)
				return -1;
		}
	}
	return 0;
}

int
openai_kinds_check(const json_t *file, struct err *err)
{
	json_t *seen = json_object(), *kind;
	int result = 0;
	size_t i;

	json_array_foreach(file, i, kind)
	{
		if (result == 0)
			result = check_names(seen, kind, err);
	}
	json_decref(seen);
	return result;
}

/* -- which kind ----------------------------------------------------------- */

const json_t *
openai_kind_table(const struct kind *kind, enum openai_endpoint endpoint)
{
	return json_object_get(kind->openai, endpoints[endpoint]);
}

static bool
has_name(const json_t *list, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (strcmp(json_string_value(item), name) == 0)
			return true;
	}
	return false;
}

bool
openai_kind_lists(const json_t *table, const char *list, const char *name)
{
	return has_name(json_object_get(table, list), name);
}

const struct kind *
openai_kind_find(
    const struct kinds *kinds, enum openai_endpoint endpoint, const char *model)
{
	for (size_t i = 0; i < kinds->n; i++) {
		const struct kind *k = &kinds->items[i];

		if (openai_kind_table(k, endpoint) != NULL &&
		    (strcmp(k->name, model) == 0 ||
			has_name(k->aliases, model)))
			return k;
	}
	return NULL;
}

bool
openai_kind_any(const struct kinds *kinds, enum openai_endpoint endpoint)
{
	for (size_t i = 0; i < kinds->n; i++) {
		if (openai_kind_table(&kinds->items[i], endpoint) != NULL)
			return true;
	}
	return false;
}

/* -- models ---------------------------------------------------------------- */

/* When a kind was made nobody knows: it is data. */
static json_t *
model(const char *id)
{
	return json_pack("{s:s, s:s, s:i, s:s}", "id", id, "object", "model",
	    "created", 0, "owned_by", "subnetd");
}

static void
add_model(json_t *models, const char *id)
{
	if (json_object_get(models, id) == NULL)
		json_object_set_new(models, id, model(id));
}

/* By id. */
static json_t *
all_models(const struct kinds *kinds)
{
	json_t *models = json_object(), *alias;
	size_t j;

	for (size_t i = 0; i < kinds->n; i++) {
		const struct kind *k = &kinds->items[i];

		if (json_object_size(k->openai) == 0)
			continue;
		add_model(models, k->name);
		json_array_foreach(k->aliases, j, alias)
		{
			add_model(models, json_string_value(alias));
		}
	}
	return models;
}

json_t *
openai_models(const struct kinds *kinds)
{
	json_t *models = all_models(kinds), *data = json_array(), *one;
	const char *id;

	json_object_foreach(models, id, one)
	{
		json_array_append(data, one);
	}
	json_decref(models);
	return json_pack("{s:s, s:o}", "object", "list", "data", data);
}

json_t *
openai_model(const struct kinds *kinds, const char *id)
{
	json_t *models = all_models(kinds);
	json_t *one = json_incref(json_object_get(models, id));

	json_decref(models);
	return one;
}

/* A request's fields as the parameters of a job. */
#include "orchestrator/openai_params.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "orchestrator/form.h"
#include "orchestrator/kinds.h"

int
openai_fault_set(
    struct openai_fault *fault, const char *param, const char *fmt, ...)
{
	va_list ap;

	snprintf(fault->param, sizeof(fault->param), "%s", param);
	va_start(ap, fmt);
	vsnprintf(fault->why, sizeof(fault->why), fmt, ap);
	va_end(ap);
	return -1;
}

json_t *
openai_field(const struct openai_fields *fields, const char *name)
{
	const char *text;
	json_t *value;

	if (fields->json != NULL) {
		value = json_object_get(fields->json, name);
		return json_is_null(value) ? NULL : json_incref(value);
	}
	if (!form_has(fields->form, name))
		return NULL;
	text = form_field(fields->form, name);
	value = text != NULL ? json_string(text) : NULL;
	return value != NULL ? value : json_true(); /* no UTF-8: no string */
}

const char *
openai_field_of(const json_t *table, const char *param)
{
	const char *field;
	json_t *is;

	json_object_foreach(json_object_get(table, "fields"), field, is)
	{
		if (strcmp(json_string_value(is), param) == 0)
			return field;
	}
	return param;
}

bool
openai_has_field(
    const struct kind *kind, const json_t *table, const char *field)
{
	const json_t *param =
	    json_object_get(json_object_get(table, "fields"), field);

	if (json_object_get(json_object_get(table, "choices"), field) != NULL)
		return true;
	return json_object_get(kind->params,
		   param != NULL ? json_string_value(param) : field) != NULL;
}

/* A form's text as what the parameter's type says; the text itself if it
 * cannot be read so, which the check of parameters then says. */
static json_t *
typed(json_t *value, const json_t *spec)
{
	const char *type = json_string_value(json_object_get(spec, "type"));
	json_t *read;

	if (!json_is_string(value) || type == NULL ||
	    strcmp(type, "string") == 0 || strcmp(type, "language") == 0)
		return value;
	read = json_loads(json_string_value(value), JSON_DECODE_ANY, NULL);
	if (!json_is_number(read) && !json_is_boolean(read)) {
		json_decref(read);
		return value;
	}
	json_decref(value);
	return read;
}

static void
take_params(const struct kind *kind, const json_t *table,
    const struct openai_fields *fields, json_t *params)
{
	const char *name;
	json_t *spec, *value;

	json_object_foreach(kind->params, name, spec)
	{
		value = openai_field(fields, openai_field_of(table, name));
		if (value != NULL && fields->form != NULL)
			value = typed(value, spec);
		if (value != NULL)
			json_object_set_new(params, name, value);
	}
}

static int
refuse_choice(const char *field, const json_t *choices, const char *given,
    struct openai_fault *fault)
{
	struct buf known = {0};
	const char *value;
	json_t *params;

	json_object_foreach((json_t *)choices, value, params)
	{
		buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", value);
	}
	openai_fault_set(fault, field, "%s is %.64s; it must be one of %s",
	    field, given, buf_str(&known));
	buf_free(&known);
	return -1;
}

/* A value that stands for parameters; one that does not is the kind's own,
 * if it has such a parameter. */
static int
take_choice(const struct kind *kind, const char *field, const json_t *choices,
    const struct openai_fields *fields, json_t *params,
    struct openai_fault *fault)
{
	json_t *given = openai_field(fields, field);
	const char *text = json_string_value(given);
	const json_t *means =
	    text != NULL ? json_object_get(choices, text) : NULL;
	int result = 0;

	if (means != NULL) {
		json_object_del(params, field);
		json_object_update(params, (json_t *)means);
	} else if (given != NULL && text == NULL) {
		result = openai_fault_set(
		    fault, field, "%s must be a string", field);
	} else if (given != NULL &&
		   json_object_get(kind->params, field) == NULL) {
		result = refuse_choice(field, choices, text, fault);
	}
	json_decref(given);
	return result;
}

json_t *
openai_params(const struct kind *kind, const json_t *table,
    const struct openai_fields *fields, struct openai_fault *fault)
{
	json_t *given = json_object_get(table, "params"), *choices;
	json_t *params = given != NULL ? json_deep_copy(given) : json_object();
	const char *field;

	take_params(kind, table, fields, params);
	json_object_foreach(json_object_get(table, "choices"), field, choices)
	{
		if (take_choice(kind, field, choices, fields, params, fault) !=
		    0) {
			json_decref(params);
			return NULL;
		}
	}
	return params;
}

/* A job's parameters, checked against its kind's table of them. */
#include "orchestrator/params.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

static const char *const types[] = {
    "string", "integer", "number", "boolean", "language", NULL};

/* ISO 639-1. */
static const char languages[] =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce "
    "ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr "
    "fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
    "it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln "
    "lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk "
    "sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw "
    "ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

static const char *
type_of(const json_t *spec)
{
	const char *type = json_string_value(json_object_get(spec, "type"));

	for (int i = 0; types[i] != NULL && type != NULL; i++) {
		if (strcmp(types[i], type) == 0)
			return type;
	}
	return NULL;
}

static size_t
utf8_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
check_range(const char *name, const json_t *spec, double v, const char *unit,
    struct err *err)
{
	const json_t *min = json_object_get(spec, "min");
	const json_t *max = json_object_get(spec, "max");

	if (min != NULL && v < json_number_value(min))
		return err_set(err, "params.%s is %.15g%s; the least is %.15g",
		    name, v, unit, json_number_value(min));
	if (max != NULL && v > json_number_value(max))
		return err_set(err, "params.%s is %.15g%s; the most is %.15g",
		    name, v, unit, json_number_value(max));
	return 0;
}

static int
check_one_of(
    const char *name, const json_t *spec, const json_t *value, struct err *err)
{
	const json_t *list = json_object_get(spec, "one_of");
	json_t *item;
	char *choice;
	size_t i;

	if (list == NULL)
		return 0;
	json_array_foreach(list, i, item)
	{
		if (json_equal(item, (json_t *)value))
			return 0;
	}
	choice = json_dumps(list, JSON_COMPACT);
	err_set(err, "params.%s must be one of %s", name, choice);
	free(choice);
	return -1;
}

json_t *
params_languages(void)
{
	json_t *list = json_array();

	for (const char *at = languages; *at != '\0'; at += 3)
		json_array_append_new(list, json_stringn(at, 2));
	return list;
}

static int
is_language(const json_t *value)
{
	const char *s = json_string_value(value);
	const char *at = s != NULL ? strstr(languages, s) : NULL;

	return at != NULL && strlen(s) == 2 && (at - languages) % 3 == 0;
}

static int
check_value(
    const char *name, const json_t *spec, const json_t *value, struct err *err)
{
	const char *type = type_of(spec);

	if (strcmp(type, "string") == 0) {
		if (!json_is_string(value))
			return err_set(err, "params.%s must be a string", name);
		return check_range(name, spec,
		    utf8_length(json_string_value(value)), " characters long",
		    err);
	}
	if (strcmp(type, "language") == 0)
		return is_language(value) ? 0
					  : err_set(err,
						"params.%s must be a "
						"two-letter language code such "
						"as \"en\"",
						name);
	if (strcmp(type, "boolean") == 0)
		return json_is_boolean(value)
			   ? 0
			   : err_set(
				 err, "params.%s must be true or false", name);
	if (strcmp(type, "integer") == 0 && !json_is_integer(value))
		return err_set(err, "params.%s must be a whole number", name);
	if (!json_is_number(value))
		return err_set(err, "params.%s must be a number", name);
	return check_range(name, spec, json_number_value(value), "", err);
}

/* Always -1. */
static int
refuse_unknown(const char *name, const json_t *spec, struct err *err)
{
	struct buf known = {0};
	const char *other;
	json_t *one;

	json_object_foreach((json_t *)spec, other, one)
	{
		buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", other);
	}
	err_set(err,
	    "params.%s is not a parameter of this kind, which takes %s", name,
	    known.len > 0 ? buf_str(&known) : "none");
	buf_free(&known);
	return -1;
}

static int
check_unknown(const json_t *spec, const json_t *given, struct err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)given, name, value)
	{
		if (json_object_get(spec, name) == NULL)
			return refuse_unknown(name, spec, err);
	}
	return 0;
}

static int
take_param(const char *name, const json_t *spec, const json_t *given,
    json_t *out, struct err *err)
{
	json_t *value = json_object_get(given, name);

	if (value == NULL || json_is_null(value))
		value = json_object_get(spec, "default");
	if (value == NULL) {
		if (json_is_true(json_object_get(spec, "required")))
			return err_set(err,
			    "params.%s is missing; its type is %s", name,
			    type_of(spec));
		return 0;
	}
	if (check_value(name, spec, value, err) != 0 ||
	    check_one_of(name, spec, value, err) != 0)
		return -1;
	json_object_set(out, name, value);
	return 0;
}

/* What judges take a job for that names no language. */
static int
check_assumed(const char *name, const json_t *spec, struct err *err)
{
	const json_t *assumed = json_object_get(spec, "assumed");

	if (assumed == NULL)
		return 0;
	if (strcmp(type_of(spec), "language") != 0)
		return err_set(
		    err, "params.%s.assumed is for languages only", name);
	if (check_value(name, spec, assumed, err) != 0 ||
	    check_one_of(name, spec, assumed, err) != 0)
		return err_wrap(err, "what is assumed is no good");
	return 0;
}

/* A table whose own limits and default make sense. */
static int
check_limits(const char *name, const json_t *spec, struct err *err)
{
	const json_t *min = json_object_get(spec, "min");
	const json_t *max = json_object_get(spec, "max");
	const json_t *list = json_object_get(spec, "one_of");
	const json_t *fallback = json_object_get(spec, "default");

	if (min != NULL && !json_is_number(min))
		return err_set(err, "params.%s.min must be a number", name);
	if (max != NULL && !json_is_number(max))
		return err_set(err, "params.%s.max must be a number", name);
	if (list != NULL && !json_is_array(list))
		return err_set(err, "params.%s.one_of must be an array", name);
	if (fallback != NULL && (check_value(name, spec, fallback, err) != 0 ||
				    check_one_of(name, spec, fallback, err)))
		return err_wrap(err, "the default is no good");
	return check_assumed(name, spec, err);
}

int
params_check_spec(const json_t *spec, struct err *err)
{
	const char *name;
	json_t *one;

	if (!json_is_object(spec))
		return err_set(err, "params must be an object");
	json_object_foreach((json_t *)spec, name, one)
	{
		if (type_of(one) == NULL)
			return err_set(err,
			    "params.%s.type must be string, integer, number, "
			    "boolean or language",
			    name);
		if (check_limits(name, one, err) != 0)
			return -1;
	}
	return 0;
}

json_t *
params_check(const json_t *spec, const json_t *given, struct err *err)
{
	json_t *out = json_object(), *one;
	const char *name;

	if (given != NULL && !json_is_object(given)) {
		err_set(err, "params must be an object");
		goto fail;
	}
	if (check_unknown(spec, given, err) != 0)
		goto fail;
	json_object_foreach((json_t *)spec, name, one)
	{
		if (take_param(name, one, given, out, err) != 0)
			goto fail;
	}
	return out;
fail:
	json_decref(out);
	return NULL;
}

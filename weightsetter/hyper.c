/* Hyper-parameters from any of their three forms. */
#include "weightsetter/hyper.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/metadata.h"
#include "weightsetter/value.h"

static const char *const names[] = {
    "SubnetInfoRuntimeApi_get_subnet_hyperparams_v3",
    "SubnetInfoRuntimeApi_get_subnet_hyperparams_v2",
    "SubnetInfoRuntimeApi_get_subnet_hyperparams",
};

enum { MAX_NAME_BYTES = 128, MAX_FRACTION = 128 };

const char *
hyper_method_name(const struct metadata *md)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (metadata_method(md, names[i]) != NULL)
			return names[i];
	}
	return NULL;
}

const struct runtime_method *
hyper_method(const struct metadata *md)
{
	const char *name = hyper_method_name(md);

	return name == NULL ? NULL : metadata_method(md, name);
}

/* -- fixed-point numbers ------------------------------------------------- */

/* "I32F32": 32; -1 if the type is not called so. */
static int
fraction_bits(const char *type)
{
	size_t whole;
	char *end;
	long bits;

	if (type == NULL || (type[0] != 'I' && type[0] != 'U'))
		return -1;
	whole = strspn(type + 1, "0123456789");
	if (whole == 0 || type[1 + whole] != 'F')
		return -1;
	bits = strtol(type + whole + 2, &end, 10);
	if (end == type + whole + 2 || *end != '\0' || bits > MAX_FRACTION)
		return -1;
	return (int)bits;
}

/* {"bits": n} of a type with so many bits behind the point; else as it is. */
static json_t *
plain(const json_t *value, const char *type)
{
	const json_t *bits = json_object_get(value, "bits");
	int fraction = fraction_bits(type);
	double n;

	if (bits == NULL || fraction < 0)
		return json_incref((json_t *)value);
	n = json_is_string(bits) ? strtod(json_string_value(bits), NULL)
				 : (double)json_integer_value(bits);
	return json_real(ldexp(n, -fraction));
}

/* -- a struct ------------------------------------------------------------ */

/* The struct inside an Option<struct>; NULL if it is none. */
static const struct type *
inside_option(const struct metadata *md, uint32_t option)
{
	const struct variant *some;

	if (option >= md->n_types || md->types[option].kind != TYPE_VARIANT)
		return NULL;
	some = type_variant_at(&md->types[option], 1);
	if (some == NULL || some->n_fields != 1 ||
	    some->fields[0].type >= md->n_types)
		return NULL;
	return &md->types[some->fields[0].type];
}

static const char *
type_name_of(const struct type *t, const char *field)
{
	for (size_t i = 0; t != NULL && i < t->n_fields; i++) {
		if (t->fields[i].name != NULL &&
		    strcmp(t->fields[i].name, field) == 0)
			return t->fields[i].type_name;
	}
	return NULL;
}

static json_t *
of_struct(const struct metadata *md, const json_t *answer)
{
	const struct type *t = inside_option(md, hyper_method(md)->output);
	json_t *all = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)answer, name, value)
	    json_object_set_new(all, name, plain(value, type_name_of(t, name)));
	return all;
}

/* -- a list -------------------------------------------------------------- */

/* {"name": "0x..", "value": {"U16": 5}} */
static int
add_entry(const json_t *entry, json_t *all)
{
	const json_t *value = json_object_get(entry, "value");
	void *only = json_object_iter((json_t *)value);
	struct buf name = {0};
	int rc = -1;

	if (only != NULL && value_bytes(json_object_get(entry, "name"),
				MAX_NAME_BYTES, &name) == 0)
		rc = json_object_set_new(all, buf_str(&name),
		    plain(json_object_iter_value(only),
			json_object_iter_key(only)));
	buf_free(&name);
	return rc;
}

static json_t *
of_list(const json_t *answer, struct err *err)
{
	json_t *all = json_object(), *entry;
	size_t i;

	json_array_foreach((json_t *)answer, i, entry)
	{
		if (add_entry(entry, all) != 0) {
			err_set(err, "hyper-parameter %zu is malformed", i);
			json_decref(all);
			return NULL;
		}
	}
	return all;
}

json_t *
hyper_of(const struct metadata *md, const json_t *answer, struct err *err)
{
	if (json_is_array(answer))
		return of_list(answer, err);
	if (json_is_object(answer))
		return of_struct(md, answer);
	err_set(err, "there is no such subnet");
	return NULL;
}

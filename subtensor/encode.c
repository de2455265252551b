/*
 * JSON to SCALE bytes: decode.c the other way round. Here are the types made
 * of other types; encode_scalar.c has the rest.
 */
#include "subtensor/decode.h"

#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/encode_parts.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "subtensor/shape.h"

static int encode(struct encoder *, uint32_t type, const json_t *);

/* The value of the field or item called so, or with that index. */
static int
encode_step(struct encoder *e, const char *name, size_t index, uint32_t type,
    const json_t *json)
{
	struct step step = {.up = e->at, .name = name, .index = index};
	int rc;

	e->at = &step;
	if (json == NULL)
		rc = encoder_refuse(e, "it is missing");
	else
		rc = encode(e, type, json);
	e->at = step.up;
	return rc;
}

static int
refuse_unknown(struct encoder *e, const struct field *fields, size_t n,
    const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		size_t i = 0;

		while (i < n && strcmp(fields[i].name, key) != 0)
			i++;
		if (i == n)
			return encoder_refuse(e, "there is no field %s", key);
	}
	return 0;
}

static int
encode_object(
    struct encoder *e, const struct field *fields, size_t n, const json_t *json)
{
	if (!json_is_object(json))
		return encoder_refuse(e, "it is no object");
	for (size_t i = 0; i < n; i++)
		if (encode_step(e, fields[i].name, 0, fields[i].type,
			json_object_get(json, fields[i].name)) != 0)
			return -1;
	if (json_object_size(json) != n)
		return refuse_unknown(e, fields, n, json);
	return 0;
}

static int
encode_fields(
    struct encoder *e, const struct field *fields, size_t n, const json_t *json)
{
	if (n == 0)
		return encoder_nothing(e, json);
	if (shape_is_named(fields, n))
		return encode_object(e, fields, n, json);
	if (n == 1)
		return encode(e, fields[0].type, json);
	if (!json_is_array(json) || json_array_size(json) != n)
		return encoder_refuse(e, "it is no array of %zu", n);
	for (size_t i = 0; i < n; i++)
		if (encode_step(e, NULL, i, fields[i].type,
			json_array_get(json, i)) != 0)
			return -1;
	return 0;
}

static int
encode_option(struct encoder *e, const struct variant *some, const json_t *json)
{
	uint32_t type = some->fields[0].type;

	scale_put_u8(e->out, !json_is_null(json));
	if (json_is_null(json))
		return 0;
	if (!shape_may_be_null(e->md, type))
		return encode(e, type, json);
	return encode_step(
	    e, some->name, 0, type, json_object_get(json, some->name));
}

static int
encode_enum(struct encoder *e, const struct type *t, const json_t *json)
{
	const json_t *value = json_null();
	const char *name = json_string_value(json);
	struct step step = {.up = e->at};
	size_t i = 0;
	int rc;

	if (json_is_object(json) && json_object_size(json) == 1) {
		void *only = json_object_iter((json_t *)json);

		name = json_object_iter_key(only);
		value = json_object_iter_value(only);
	}
	if (name == NULL)
		return encoder_refuse(e, "it is no {\"variant\": value}");
	while (i < t->n_variants && strcmp(t->variants[i].name, name) != 0)
		i++;
	if (i == t->n_variants)
		return encoder_refuse(e, "there is no variant %s", name);
	scale_put_u8(e->out, t->variants[i].index);
	step.name = t->variants[i].name;
	e->at = &step;
	rc = encode_fields(
	    e, t->variants[i].fields, t->variants[i].n_fields, value);
	e->at = step.up;
	return rc;
}

static int
encode_variant(struct encoder *e, const struct type *t, const json_t *json)
{
	const struct variant *some;

	if (shape_is_option(t, &some))
		return encode_option(e, some, json);
	return encode_enum(e, t, json);
}

static int
encode_items(struct encoder *e, const struct type *t, const json_t *json)
{
	size_t n = json_array_size(json);

	if (!json_is_array(json))
		return encoder_refuse(e, "it is no array");
	if (t->kind == TYPE_SEQUENCE)
		scale_put_compact(e->out, n);
	else if (n != t->array_len)
		return encoder_refuse(
		    e, "it has %zu items, not %u", n, t->array_len);
	for (size_t i = 0; i < n; i++)
		if (encode_step(
			e, NULL, i, t->inner, json_array_get(json, i)) != 0)
			return -1;
	return 0;
}

static int
encode_kind(struct encoder *e, const struct type *t, const json_t *json)
{
	switch (t->kind) {
	case TYPE_COMPOSITE:
		if (shape_is_account(e->md, t))
			return encoder_account(e, json);
		return encode_fields(e, t->fields, t->n_fields, json);
	case TYPE_TUPLE:
		return encode_fields(e, t->fields, t->n_fields, json);
	case TYPE_VARIANT:
		return encode_variant(e, t, json);
	case TYPE_SEQUENCE:
	case TYPE_ARRAY:
		if (shape_is_bytes(e->md, t))
			return encoder_bytes(e, t, json);
		return encode_items(e, t, json);
	case TYPE_PRIMITIVE:
		return encoder_primitive(e, t, json);
	case TYPE_COMPACT:
		return encoder_compact(e, t, json);
	case TYPE_BITS:
		return encoder_bits(e, t, json);
	}
	return -1;
}

static int
encode(struct encoder *e, uint32_t type, const json_t *json)
{
	int rc;

	if (e->depth >= METADATA_MAX_DEPTH)
		return encoder_refuse(e, "it is nested too deeply");
	e->depth++;
	rc = encode_kind(e, &e->md->types[type], json);
	e->depth--;
	return rc;
}

int
encode_value(const struct metadata *md, uint32_t type, const json_t *json,
    struct buf *out, struct err *err)
{
	struct encoder e = {.md = md, .out = out, .err = err};
	size_t start = out->len;

	if (type >= md->n_types || json == NULL)
		return err_set(err, "there is no type %u, or no value", type);
	if (encode(&e, type, json) == 0)
		return 0;
	out->len = start;
	return -1;
}

int
encode_call(const struct metadata *md, const char *pallet, const char *call,
    const json_t *args, struct buf *out, struct err *err)
{
	struct step inner = {.name = call};
	struct step outer = {.name = pallet};
	struct encoder e = {.md = md, .out = out, .err = err, .at = &inner};
	const struct pallet *p;
	const struct variant *v = metadata_call(md, pallet, call, &p);
	size_t start = out->len;

	inner.up = &outer;
	if (v == NULL)
		return err_set(err, "there is no call %s.%s", pallet, call);
	scale_put_u8(out, p->index);
	scale_put_u8(out, v->index);
	if (encode_fields(&e, v->fields, v->n_fields,
		args != NULL ? args : json_null()) == 0)
		return 0;
	out->len = start;
	return -1;
}

/* Types with a form of their own in JSON. */
#include "subtensor/shape.h"

#include <string.h>

#include "subtensor/metadata.h"

static bool
is_primitive(const struct metadata *md, uint32_t type, enum primitive what)
{
	const struct type *t = &md->types[type];

	return t->kind == TYPE_PRIMITIVE && t->primitive == what;
}

bool
shape_is_bytes(const struct metadata *md, const struct type *t)
{
	return (t->kind == TYPE_SEQUENCE || t->kind == TYPE_ARRAY) &&
	       is_primitive(md, t->inner, PRIM_U8);
}

bool
shape_is_account(const struct metadata *md, const struct type *t)
{
	const char *colons = strrchr(t->path, ':');
	const char *name = colons != NULL ? colons + 1 : t->path;
	const struct type *inner;

	if (t->kind != TYPE_COMPOSITE || t->n_fields != 1 ||
	    strcmp(name, "AccountId32") != 0)
		return false;
	inner = &md->types[t->fields[0].type];
	return inner->kind == TYPE_ARRAY && inner->array_len == 32 &&
	       shape_is_bytes(md, inner);
}

bool
shape_is_option(const struct type *t, const struct variant **some)
{
	const struct variant *v = t->variants;

	if (t->kind != TYPE_VARIANT || t->n_variants != 2 ||
	    strcmp(t->path, "Option") != 0)
		return false;
	*some = &v[1];
	return v[0].index == 0 && v[0].n_fields == 0 && v[1].index == 1 &&
	       v[1].n_fields == 1;
}

bool
shape_is_named(const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name == NULL)
			return false;
	return n > 0;
}

/* The only field of a composite or tuple, where there is only one. */
static bool
unwrap(const struct type *t, uint32_t *type)
{
	if ((t->kind != TYPE_COMPOSITE && t->kind != TYPE_TUPLE) ||
	    t->n_fields != 1)
		return false;
	*type = t->fields[0].type;
	return true;
}

bool
shape_may_be_null(const struct metadata *md, uint32_t type)
{
	const struct type *t = &md->types[type];
	const struct variant *some;

	while (!shape_is_named(t->fields, t->n_fields) && unwrap(t, &type))
		t = &md->types[type];
	if (t->kind == TYPE_COMPACT)
		return shape_compact_bytes(md, t->inner) == 0;
	if (t->kind == TYPE_COMPOSITE || t->kind == TYPE_TUPLE)
		return t->n_fields == 0;
	return shape_is_option(t, &some);
}

size_t
shape_integer_bytes(const struct type *t, bool *is_signed)
{
	if (t->kind != TYPE_PRIMITIVE || t->primitive < PRIM_U8)
		return 0;
	*is_signed = t->primitive >= PRIM_I8;
	return t->min_bytes;
}

int
shape_compact_bytes(const struct metadata *md, uint32_t type)
{
	const struct type *t = &md->types[type];
	bool is_signed = false;
	size_t n;

	if (t->min_bytes == 0)
		return 0;
	while (unwrap(t, &type))
		t = &md->types[type];
	n = shape_integer_bytes(t, &is_signed);
	return n > 0 && !is_signed ? (int)n : -1;
}

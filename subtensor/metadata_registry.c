/*
 * The portable registry: every type of the runtime, numbered, and what can be
 * said of them once all are known.
 */
#include "subtensor/metadata_parse.h"

#include <stdlib.h>
#include <string.h>

#include "common/xalloc.h"
#include "subtensor/arena.h"
#include "subtensor/utf8.h"

/* The fewest bytes one of each takes, by which counts are believed. */
enum { MIN_TYPE = 6, MIN_FIELD = 4, MIN_VARIANT = 4, MIN_PARAM = 2 };

enum { PATH_MAX_BYTES = 1024 };

/* Vec<String> to "a::b::c". */
static const char *
read_path(struct metadata_parser *p)
{
	char path[PATH_MAX_BYTES];
	size_t parts = scale_count(&p->r, 1), used = 0;

	for (size_t i = 0; i < parts && !p->r.failed; i++) {
		const char *colons = i > 0 ? "::" : "";
		size_t gap = strlen(colons), len = scale_count(&p->r, 1);
		const uint8_t *part = scale_bytes(&p->r, len);

		if (part == NULL || used + gap + len > PATH_MAX_BYTES ||
		    memchr(part, '\0', len) != NULL || !utf8_valid(part, len)) {
			parser_refuse(p, "a type's path is not one");
			return "";
		}
		memcpy(path + used, colons, gap);
		memcpy(path + used + gap, part, len);
		used += gap + len;
	}
	return used > 0 ? arena_str(p->arena, path, used) : "";
}

static void
skip_params(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, MIN_PARAM);

	while (n-- > 0 && !p->r.failed) {
		parser_skip_text(p);
		if (parser_option(p))
			parser_type(p);
	}
}

static const struct field *
read_fields(struct metadata_parser *p, size_t *n)
{
	struct field *fields;

	*n = scale_count(&p->r, MIN_FIELD);
	fields = arena_alloc(p->arena, *n, sizeof(*fields));
	for (size_t i = 0; i < *n && !p->r.failed; i++) {
		if (parser_option(p))
			fields[i].name = parser_name(p);
		fields[i].type = parser_type(p);
		if (parser_option(p))
			fields[i].type_name = parser_name(p);
		parser_skip_docs(p);
	}
	return fields;
}

static const struct variant *
read_variants(struct metadata_parser *p, size_t *n)
{
	struct variant *variants;

	*n = scale_count(&p->r, MIN_VARIANT);
	variants = arena_alloc(p->arena, *n, sizeof(*variants));
	for (size_t i = 0; i < *n && !p->r.failed; i++) {
		variants[i].name = parser_name(p);
		variants[i].fields = read_fields(p, &variants[i].n_fields);
		variants[i].index = scale_u8(&p->r);
		parser_skip_docs(p);
	}
	return variants;
}

static const struct field *
read_tuple(struct metadata_parser *p, size_t *n)
{
	struct field *fields;

	*n = scale_count(&p->r, 1);
	fields = arena_alloc(p->arena, *n, sizeof(*fields));
	for (size_t i = 0; i < *n; i++)
		fields[i].type = parser_type(p);
	return fields;
}

static void
read_primitive(struct metadata_parser *p, struct type *t)
{
	t->primitive = scale_u8(&p->r);
	if (t->primitive > PRIM_I256)
		parser_refuse(p, "a primitive we do not know");
}

/* The wire's tags are in the order of enum type_kind but for these two. */
enum {
	TAG_COMPOSITE,
	TAG_VARIANT,
	TAG_SEQUENCE,
	TAG_ARRAY,
	TAG_TUPLE,
	TAG_PRIMITIVE,
	TAG_COMPACT,
	TAG_BITS,
	N_TAGS
};

static void
read_definition(struct metadata_parser *p, struct type *t)
{
	static const enum type_kind kinds[N_TAGS] = {TYPE_COMPOSITE,
	    TYPE_VARIANT, TYPE_SEQUENCE, TYPE_ARRAY, TYPE_TUPLE, TYPE_PRIMITIVE,
	    TYPE_COMPACT, TYPE_BITS};
	uint8_t tag = scale_u8(&p->r);

	if (tag >= N_TAGS) {
		parser_refuse(p, "a kind of type we do not know");
		return;
	}
	t->kind = kinds[tag];
	switch (t->kind) {
	case TYPE_COMPOSITE:
		t->fields = read_fields(p, &t->n_fields);
		break;
	case TYPE_VARIANT:
		t->variants = read_variants(p, &t->n_variants);
		break;
	case TYPE_ARRAY:
		t->array_len = scale_u32(&p->r);
		t->inner = parser_type(p);
		break;
	case TYPE_TUPLE:
		t->fields = read_tuple(p, &t->n_fields);
		break;
	case TYPE_PRIMITIVE:
		read_primitive(p, t);
		break;
	case TYPE_SEQUENCE:
	case TYPE_COMPACT:
		t->inner = parser_type(p);
		break;
	case TYPE_BITS:
		t->inner = parser_type(p);
		parser_type(p); /* the order: Lsb0 or Msb0 */
		break;
	}
}

static bool
fields_are_known(const struct metadata *md, const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].type >= md->n_types)
			return false;
	return true;
}

static bool
is_known(const struct metadata *md, const struct type *t)
{
	if (t->inner >= md->n_types ||
	    !fields_are_known(md, t->fields, t->n_fields))
		return false;
	for (size_t i = 0; i < t->n_variants; i++)
		if (!fields_are_known(
			md, t->variants[i].fields, t->variants[i].n_fields))
			return false;
	return true;
}

static uint32_t
primitive_bytes(enum primitive p)
{
	static const uint8_t bytes[] = {[PRIM_BOOL] = 1,
	    [PRIM_CHAR] = 4,
	    [PRIM_STR] = 1,
	    [PRIM_U8] = 1,
	    [PRIM_U16] = 2,
	    [PRIM_U32] = 4,
	    [PRIM_U64] = 8,
	    [PRIM_U128] = 16,
	    [PRIM_U256] = 32,
	    [PRIM_I8] = 1,
	    [PRIM_I16] = 2,
	    [PRIM_I32] = 4,
	    [PRIM_I64] = 8,
	    [PRIM_I128] = 16,
	    [PRIM_I256] = 32};

	return bytes[p];
}

static uint32_t
at_most_32_bits(uint64_t v)
{
	return v < UINT32_MAX ? v : UINT32_MAX;
}

/* A type's min_bytes. One inside itself with no enum or vector between would
 * have no end; `level` finds it and everything nested deeper than we read. */
static uint32_t
measure(struct metadata_parser *p, bool *done, uint32_t id, unsigned level)
{
	struct type *t = &p->types[id];
	uint64_t sum = 0;

	if (done[id])
		return t->min_bytes;
	if (level > METADATA_MAX_DEPTH)
		parser_refuse(p, "types are nested too deeply");
	if (p->r.failed)
		return 0;
	switch (t->kind) {
	case TYPE_PRIMITIVE:
		sum = primitive_bytes(t->primitive);
		break;
	case TYPE_VARIANT:
	case TYPE_SEQUENCE:
	case TYPE_BITS:
		sum = 1;
		break;
	case TYPE_COMPACT:
		sum = measure(p, done, t->inner, level + 1) > 0;
		break;
	case TYPE_ARRAY:
		sum = measure(p, done, t->inner, level + 1);
		sum *= t->array_len;
		break;
	case TYPE_COMPOSITE:
	case TYPE_TUPLE:
		for (size_t i = 0; i < t->n_fields; i++)
			sum += measure(p, done, t->fields[i].type, level + 1);
		break;
	}
	t->min_bytes = at_most_32_bits(sum);
	done[id] = true;
	return t->min_bytes;
}

static void
check_types(struct metadata_parser *p)
{
	bool *done;

	for (size_t i = 0; i < p->md->n_types; i++)
		if (!is_known(p->md, &p->types[i]))
			parser_refuse(
			    p, "a type is made of one that is not there");
	if (p->r.failed)
		return;
	done = xcalloc(p->md->n_types, sizeof(*done));
	for (size_t i = 0; i < p->md->n_types; i++)
		measure(p, done, i, 0);
	free(done);
}

void
metadata_read_registry(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, MIN_TYPE);

	p->types = arena_alloc(p->arena, n, sizeof(*p->types));
	for (size_t i = 0; i < n && !p->r.failed; i++) {
		if (parser_type(p) != i)
			parser_refuse(p, "types are not numbered in order");
		p->types[i].path = read_path(p);
		skip_params(p);
		read_definition(p, &p->types[i]);
		parser_skip_docs(p);
	}
	if (p->r.failed)
		return;
	p->md->n_types = n;
	check_types(p);
	p->md->types = p->types;
}

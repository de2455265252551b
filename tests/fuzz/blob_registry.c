/* The types of a blob: which, by what numbers, and their bytes. */
#include "tests/fuzz/blob_parts.h"

#include <string.h>

#include "common/buf.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"

enum { NOT_NUMBERED = UINT32_MAX };

void
blob_put_nothing(struct blob *b)
{
	scale_put_compact(b->out, 0);
}

void
blob_put_docs(struct blob *b)
{
	scale_put_compact(b->out, b->form.is_dressed);
	if (b->form.is_dressed)
		scale_put_str(b->out, "A line.");
}

/* V16's note on an item: none, or why and since when. */
void
blob_put_deprecation(struct blob *b)
{
	if (b->form.version < 16)
		return;
	scale_put_u8(b->out, b->form.is_dressed ? 2 : 0);
	if (b->form.is_dressed) {
		scale_put_str(b->out, "Why.");
		scale_put_u8(b->out, 1);
		scale_put_str(b->out, "1");
	}
}

void
blob_put_type(struct blob *b, uint32_t id)
{
	scale_put_compact(b->out, b->number[id]);
}

static void
put_option_str(struct blob *b, const char *text)
{
	scale_put_u8(b->out, text != NULL);
	if (text != NULL)
		scale_put_str(b->out, text);
}

static void
put_fields(struct blob *b, const struct field *f, size_t n)
{
	scale_put_compact(b->out, n);
	for (size_t i = 0; i < n; i++) {
		put_option_str(b, f[i].name);
		blob_put_type(b, f[i].type);
		put_option_str(b, f[i].type_name);
		blob_put_docs(b);
	}
}

static void
put_variants(struct blob *b, const struct type *t)
{
	scale_put_compact(b->out, t->n_variants);
	for (size_t i = 0; i < t->n_variants; i++) {
		const struct variant *v = &t->variants[i];

		scale_put_str(b->out, v->name);
		put_fields(b, v->fields, v->n_fields);
		scale_put_u8(b->out, v->index);
		blob_put_docs(b);
	}
}

static void
put_definition(struct blob *b, const struct type *t)
{
	scale_put_u8(b->out, t->kind);
	switch (t->kind) {
	case TYPE_COMPOSITE:
		put_fields(b, t->fields, t->n_fields);
		break;
	case TYPE_VARIANT:
		put_variants(b, t);
		break;
	case TYPE_ARRAY:
		scale_put_u32(b->out, t->array_len);
		blob_put_type(b, t->inner);
		break;
	case TYPE_TUPLE:
		scale_put_compact(b->out, t->n_fields);
		for (size_t i = 0; i < t->n_fields; i++)
			blob_put_type(b, t->fields[i].type);
		break;
	case TYPE_PRIMITIVE:
		scale_put_u8(b->out, t->primitive);
		break;
	case TYPE_SEQUENCE:
	case TYPE_COMPACT:
		blob_put_type(b, t->inner);
		break;
	case TYPE_BITS:
		blob_put_type(b, t->inner);
		blob_put_type(b, t->inner); /* the order, which is not kept */
		break;
	}
}

/* One with a type and one without. */
static void
put_params(struct blob *b)
{
	scale_put_compact(b->out, b->form.is_dressed ? 2 : 0);
	if (b->form.is_dressed) {
		scale_put_str(b->out, "T");
		scale_put_u8(b->out, 1);
		blob_put_nothing(b);
		scale_put_str(b->out, "I");
		scale_put_u8(b->out, 0);
	}
}

void
blob_put_registry(struct blob *b)
{
	scale_put_compact(b->out, b->n);
	for (size_t i = 0; i < b->n; i++) {
		const struct type *t = &b->md->types[b->order[i]];

		scale_put_compact(b->out, i);
		scale_put_compact(b->out, t->path[0] != '\0');
		if (t->path[0] != '\0')
			scale_put_str(b->out, t->path);
		put_params(b);
		put_definition(b, t);
		blob_put_docs(b);
	}
}

/* The tuple of several keys, which was read apart. */
uint32_t
blob_key_type(const struct blob *b, const struct storage_entry *e)
{
	for (uint32_t id = 0; e->n_hashers > 1 && id < b->md->n_types; id++) {
		const struct type *t = &b->md->types[id];
		size_t i = 0;

		if (t->kind != TYPE_TUPLE || t->n_fields != e->n_hashers)
			continue;
		while (i < t->n_fields && t->fields[i].type == e->keys[i])
			i++;
		if (i == t->n_fields)
			return id;
	}
	return e->keys[0];
}

bool
blob_keeps(const struct blob *b, const struct pallet *p)
{
	size_t i = 0;

	if (b->form.keep == NULL)
		return true;
	while (b->form.keep[i] != NULL && strcmp(b->form.keep[i], p->name) != 0)
		i++;
	return b->form.keep[i] != NULL;
}

/* Give a type, and what it is made of, the next numbers. */
static void
number(struct blob *b, uint32_t id)
{
	if (b->number[id] != NOT_NUMBERED)
		return;
	b->number[id] = b->n;
	b->order[b->n++] = id;
}

static void
number_fields(struct blob *b, const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		number(b, f[i].type);
}

static void
number_parts(struct blob *b, const struct type *t)
{
	number_fields(b, t->fields, t->n_fields);
	for (size_t i = 0; i < t->n_variants; i++)
		number_fields(
		    b, t->variants[i].fields, t->variants[i].n_fields);
	if (t->kind == TYPE_ARRAY || t->kind == TYPE_SEQUENCE ||
	    t->kind == TYPE_COMPACT || t->kind == TYPE_BITS)
		number(b, t->inner);
}

static void
number_pallet(struct blob *b, const struct pallet *p)
{
	for (size_t i = 0; i < p->n_storage; i++) {
		const struct storage_entry *e = &p->storage[i];

		number(b, e->value);
		if (e->n_hashers > 0)
			number(b, blob_key_type(b, e));
	}
	for (size_t i = 0; i < p->n_constants; i++)
		number(b, p->constants[i].type);
	if (p->errors >= 0)
		number(b, p->errors);
}

void
blob_number_all(struct blob *b)
{
	for (size_t i = 0; i < b->md->n_types && b->form.keep == NULL; i++)
		number(b, i);
	for (size_t i = 0; i < b->md->n_pallets; i++)
		if (blob_keeps(b, &b->md->pallets[i]))
			number_pallet(b, &b->md->pallets[i]);
	for (size_t i = 0; i < b->md->n_extensions; i++) {
		number(b, b->md->extensions[i].type);
		number(b, b->md->extensions[i].implicit);
	}
	for (size_t i = 0; i < b->n; i++)
		number_parts(b, &b->md->types[b->order[i]]);
}

/*
 * The reader's structs to bytes, in the order of the format; V14, V15 and V16
 * differ in a few places, which ask for the version.
 */
#include "tests/fuzz/blob.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/fuzz/blob_parts.h"

/* The same on an enum's variants: none, or one that only is deprecated. */
static void
put_enum_deprecation(struct blob *b)
{
	if (b->form.version < 16)
		return;
	scale_put_compact(b->out, b->form.is_dressed);
	if (b->form.is_dressed) {
		scale_put_u8(b->out, 0);
		scale_put_u8(b->out, 1);
	}
}

static void
put_entry(struct blob *b, const struct storage_entry *e)
{
	scale_put_str(b->out, e->name);
	scale_put_u8(b->out, e->has_default);
	scale_put_u8(b->out, e->n_hashers > 0);
	if (e->n_hashers > 0) {
		scale_put_compact(b->out, e->n_hashers);
		for (size_t i = 0; i < e->n_hashers; i++)
			scale_put_u8(b->out, e->hashers[i]);
		blob_put_type(b, blob_key_type(b, e));
	}
	blob_put_type(b, e->value);
	scale_put_bytes(b->out, e->fallback, e->fallback_len);
	blob_put_docs(b);
	blob_put_deprecation(b);
}

static void
put_storage(struct blob *b, const struct pallet *p)
{
	scale_put_u8(b->out, p->prefix != NULL);
	if (p->prefix == NULL)
		return;
	scale_put_str(b->out, p->prefix);
	scale_put_compact(b->out, p->n_storage);
	for (size_t i = 0; i < p->n_storage; i++)
		put_entry(b, &p->storage[i]);
}

static void
put_enum(struct blob *b, int64_t type)
{
	scale_put_u8(b->out, type >= 0);
	if (type < 0)
		return;
	blob_put_type(b, type);
	put_enum_deprecation(b);
}

static void
put_constants(struct blob *b, const struct pallet *p)
{
	scale_put_compact(b->out, p->n_constants);
	for (size_t i = 0; i < p->n_constants; i++) {
		const struct constant *c = &p->constants[i];

		scale_put_str(b->out, c->name);
		blob_put_type(b, c->type);
		scale_put_bytes(b->out, c->value, c->value_len);
		blob_put_docs(b);
		blob_put_deprecation(b);
	}
}

static void
put_associated(struct blob *b)
{
	scale_put_compact(b->out, b->form.is_dressed);
	if (b->form.is_dressed) {
		scale_put_str(b->out, "Hash");
		blob_put_nothing(b); /* its type */
		blob_put_docs(b);
	}
}

static void
put_views(struct blob *b)
{
	static const uint8_t id[32] = {7};

	scale_put_compact(b->out, b->form.is_dressed);
	if (b->form.is_dressed) {
		buf_add(b->out, id, sizeof(id));
		scale_put_str(b->out, "view");
		scale_put_compact(b->out, 1);
		scale_put_str(b->out, "input");
		blob_put_nothing(b);
		blob_put_nothing(b); /* the output's type */
		blob_put_docs(b);
		blob_put_deprecation(b);
	}
}

static void
put_pallet(struct blob *b, const struct pallet *p)
{
	scale_put_str(b->out, p->name);
	put_storage(b, p);
	put_enum(b, b->form.keep != NULL ? -1 : p->calls);
	put_enum(b, b->form.keep != NULL ? -1 : p->events);
	put_constants(b, p);
	put_enum(b, p->errors);
	if (b->form.version >= 16) {
		put_associated(b);
		put_views(b);
	}
	scale_put_u8(b->out, p->index);
	if (b->form.version >= 15)
		blob_put_docs(b);
	blob_put_deprecation(b);
}

static void
put_pallets(struct blob *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->md->n_pallets; i++)
		n += blob_keeps(b, &b->md->pallets[i]);
	scale_put_compact(b->out, n);
	for (size_t i = 0; i < b->md->n_pallets; i++)
		if (blob_keeps(b, &b->md->pallets[i]))
			put_pallet(b, &b->md->pallets[i]);
}

static void
put_extensions(struct blob *b)
{
	scale_put_compact(b->out, b->md->n_extensions);
	for (size_t i = 0; i < b->md->n_extensions; i++) {
		scale_put_str(b->out, b->md->extensions[i].identifier);
		blob_put_type(b, b->md->extensions[i].type);
		blob_put_type(b, b->md->extensions[i].implicit);
	}
}

/* Types nobody looks at are type 0. */
static void
put_zeros(struct blob *b, int n)
{
	while (n-- > 0)
		blob_put_nothing(b);
}

static void
put_extrinsic(struct blob *b)
{
	uint8_t version = b->md->has_v4 ? 4 : 5;

	if (b->form.version == 16) {
		scale_put_compact(b->out, 1);
		scale_put_u8(b->out, version);
		put_zeros(b, 3);
		scale_put_compact(b->out, 1);
		scale_put_u8(b->out, 0);
		scale_put_compact(b->out, b->md->n_extensions);
		for (size_t i = 0; i < b->md->n_extensions; i++)
			scale_put_compact(b->out, i);
		put_extensions(b);
		return;
	}
	put_zeros(b, b->form.version == 14);
	scale_put_u8(b->out, version);
	put_zeros(b, b->form.version == 15 ? 4 : 0);
	put_extensions(b);
	put_zeros(b, 1);
}

/* The methods of one API, which stand together. */
static size_t
put_api(struct blob *b, size_t first)
{
	const struct runtime_method *m = &b->md->methods[first];
	size_t n = 1;

	while (first + n < b->md->n_methods && m[n].api == m[0].api)
		n++;
	scale_put_str(b->out, m[0].api);
	scale_put_compact(b->out, n);
	for (size_t i = 0; i < n; i++) {
		scale_put_str(b->out, m[i].name);
		scale_put_compact(b->out, m[i].n_inputs);
		for (size_t k = 0; k < m[i].n_inputs; k++) {
			scale_put_str(b->out, m[i].inputs[k].name);
			blob_put_type(b, m[i].inputs[k].type);
		}
		blob_put_type(b, m[i].output);
		blob_put_docs(b);
		blob_put_deprecation(b);
	}
	blob_put_docs(b);
	if (b->form.version >= 16) {
		scale_put_compact(b->out, 1);
		blob_put_deprecation(b);
	}
	return first + n;
}

static void
put_custom(struct blob *b)
{
	scale_put_compact(b->out, b->form.is_dressed);
	if (b->form.is_dressed) {
		scale_put_str(b->out, "custom");
		blob_put_nothing(b);
		scale_put_str(b->out, "value");
	}
}

static void
put_apis(struct blob *b)
{
	const struct runtime_method *m = b->md->methods;
	size_t all = b->form.keep != NULL ? 0 : b->md->n_methods, n = 0;

	if (b->form.version < 15)
		return;
	for (size_t i = 0; i < all; i++)
		n += i == 0 || m[i].api != m[i - 1].api;
	scale_put_compact(b->out, n);
	for (size_t i = 0; i < all;)
		i = put_api(b, i);
	put_zeros(b, 3);
	put_custom(b);
}

void
blob_encode(
    const struct metadata *md, const struct blob_form *form, struct buf *out)
{
	struct blob b = {.md = md, .out = out, .form = *form};

	b.number = xcalloc(md->n_types, sizeof(*b.number));
	b.order = xcalloc(md->n_types, sizeof(*b.order));
	memset(b.number, 0xff, md->n_types * sizeof(*b.number));
	blob_number_all(&b);
	buf_add_str(out, "meta");
	scale_put_u8(out, form->version);
	blob_put_registry(&b);
	put_pallets(&b);
	put_extrinsic(&b);
	put_apis(&b);
	free(b.number);
	free(b.order);
}

/*
 * A blob is the registry and then the pallets, which refer to it; the pallets
 * are written first, as writing them is what fills the registry.
 */
#include "tests/fake/devchain/meta_write.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/meta_table.h"
#include "tests/fake/devchain/older.h"

struct writer {
	const struct runtime_spec *spec;
	struct registry *types;
	struct buf out; /* what comes behind the registry */
	int version;
};

void
meta_api_id(const char *name, uint8_t id[8])
{
	crypto_generichash(id, 8, (const uint8_t *)name, strlen(name), NULL, 0);
}

void
meta_write_version(const struct runtime_spec *spec, struct buf *b)
{
	scale_put_str(b, "node-subtensor");
	scale_put_str(b, "node-subtensor");
	scale_put_u32(b, 1); /* authoring */
	scale_put_u32(b, spec->spec_version);
	scale_put_u32(b, 1); /* implementation */
	scale_put_compact(b, meta_n_apis);
	for (size_t i = 0; i < meta_n_apis; i++) {
		uint8_t id[8];

		meta_api_id(meta_apis[i].name, id);
		buf_add(b, id, sizeof(id));
		scale_put_u32(b, meta_apis[i].version);
	}
	scale_put_u32(b, spec->transaction_version);
	scale_put_u8(b, 1); /* state version */
}

static void
put_type(struct writer *w, const char *expression)
{
	scale_put_compact(&w->out, registry_type(w->types, expression));
}

static void
put_docs(struct writer *w)
{
	scale_put_compact(&w->out, 0);
}

/* Vec<u8> of bytes written in hex. */
static void
put_hex(struct writer *w, const char *hex)
{
	size_t len = strlen(hex) / 2;
	uint8_t *bytes = xmalloc(len + 1);
	long got = hex_decode(hex, bytes, len);

	assert(got == (long)len);
	scale_put_bytes(&w->out, bytes, got);
	free(bytes);
}

static uint8_t
hasher_id(char letter)
{
	switch (letter) {
	case 'b':
		return 2; /* Blake2_128Concat */
	case 't':
		return 5; /* Twox64Concat */
	default:
		assert(letter == 'i');
		return 6; /* Identity */
	}
}

static void
put_storage_entry(struct writer *w, const struct meta_storage *s)
{
	size_t hashers = strlen(s->hashers);

	scale_put_str(&w->out, s->name);
	scale_put_u8(&w->out, s->fallback != NULL);
	scale_put_u8(&w->out, hashers > 0);
	if (hashers > 0) {
		scale_put_compact(&w->out, hashers);
		for (size_t i = 0; i < hashers; i++)
			scale_put_u8(&w->out, hasher_id(s->hashers[i]));
		put_type(w, s->keys);
	}
	put_type(w, s->value);
	put_hex(w, s->fallback != NULL ? s->fallback : "00");
	put_docs(w);
}

static void
put_storage(struct writer *w, const struct meta_pallet *p)
{
	size_t n = 0;

	for (const struct meta_storage *s = p->storage; s->name != NULL; s++)
		n += !older_hides(w->spec, p->name, s->name);
	scale_put_u8(&w->out, 1);
	scale_put_str(&w->out, p->name);
	scale_put_compact(&w->out, n);
	for (const struct meta_storage *s = p->storage; s->name != NULL; s++)
		if (!older_hides(w->spec, p->name, s->name))
			put_storage_entry(w, s);
}

/* Option<type> of "Pallet::Call" and its like. */
static void
put_enum(struct writer *w, const struct meta_pallet *p, const char *which,
    bool there)
{
	char name[128];

	scale_put_u8(&w->out, there);
	if (!there)
		return;
	snprintf(name, sizeof(name), "%s::%s", p->name, which);
	put_type(w, name);
}

static void
put_constants(struct writer *w, const struct meta_constant *c)
{
	size_t n = 0;

	while (c != NULL && c[n].name != NULL)
		n++;
	scale_put_compact(&w->out, n);
	for (size_t i = 0; i < n; i++) {
		scale_put_str(&w->out, c[i].name);
		put_type(w, c[i].type);
		if (strcmp(c[i].name, "SlotDuration") == 0 &&
		    w->spec->slot_ms != 0) {
			scale_put_compact(&w->out, sizeof(uint64_t));
			scale_put_u64(&w->out, w->spec->slot_ms);
		} else if (c[i].value != NULL) {
			put_hex(w, c[i].value);
		} else {
			struct buf version = {0};

			meta_write_version(w->spec, &version);
			scale_put_bytes(&w->out, version.data, version.len);
			buf_free(&version);
		}
		put_docs(w);
	}
}

static void
put_pallet(struct writer *w, const struct meta_pallet *p)
{
	scale_put_str(&w->out, p->name);
	put_storage(w, p);
	put_enum(w, p, "Call", p->calls != NULL);
	put_enum(w, p, "Event", p->events != NULL);
	put_constants(w, p->constants);
	put_enum(w, p, "Error", p->errors != NULL);
	scale_put_u8(&w->out, p->index);
	if (w->version >= 15)
		put_docs(w);
}

static void
put_extension(
    struct writer *w, const char *name, const char *type, const char *implicit)
{
	scale_put_str(&w->out, name);
	put_type(w, type);
	put_type(w, implicit);
}

static void
put_extensions(struct writer *w)
{
	bool more = w->spec->extension[0] != '\0';

	scale_put_compact(&w->out, meta_n_extensions + more);
	for (size_t i = 0; i < meta_n_extensions; i++)
		put_extension(w, meta_extensions[i].identifier,
		    meta_extensions[i].type, meta_extensions[i].implicit);
	if (more)
		put_extension(w, w->spec->extension,
		    w->spec->extension_has_bytes ? "u8" : "()", "()");
}

static void
put_extrinsic(struct writer *w)
{
	enum { VERSION = 4 };

	if (w->version < 15)
		put_type(w, "UncheckedExtrinsic");
	scale_put_u8(&w->out, VERSION);
	if (w->version >= 15) {
		put_type(w, "MultiAddress");
		put_type(w, "RuntimeCall");
		put_type(w, "MultiSignature");
		scale_put_compact(&w->out, registry_extra(w->types));
	}
	put_extensions(w);
}

/* A method's inputs, "{a: T, b: T}", as Vec<{name, type}>. */
static void
put_inputs(struct writer *w, const char *inputs)
{
	char *text = xstrdup(inputs + 1), *rest = text;
	struct buf params = {0};
	size_t n = 0;

	text[strlen(text) - 1] = '\0';
	for (char *one; (one = strsep(&rest, ",")) != NULL && *one != '\0';) {
		char *type = strchr(one, ':');

		*type++ = '\0';
		scale_put_str(&params, one + strspn(one, " "));
		scale_put_compact(
		    &params, registry_type(w->types, type + strspn(type, " ")));
		n++;
	}
	scale_put_compact(&w->out, n);
	buf_add(&w->out, params.data, params.len);
	buf_free(&params);
	free(text);
}

static void
put_method(struct writer *w, const struct meta_method *m)
{
	scale_put_str(&w->out, m->name);
	put_inputs(w, m->inputs);
	put_type(w, m->output);
	put_docs(w);
}

static void
put_api(struct writer *w, const struct meta_api *api)
{
	size_t n = 0;

	for (const struct meta_method *m = api->methods; m->name != NULL; m++)
		n += !older_hides(w->spec, api->name, m->name);
	scale_put_str(&w->out, api->name);
	scale_put_compact(&w->out, n);
	for (const struct meta_method *m = api->methods; m->name != NULL; m++)
		if (!older_hides(w->spec, api->name, m->name))
			put_method(w, m);
	put_docs(w);
}

/* What V15 has and V14 has not. */
static void
put_apis_and_outer_enums(struct writer *w)
{
	scale_put_compact(&w->out, meta_n_apis);
	for (size_t i = 0; i < meta_n_apis; i++)
		put_api(w, &meta_apis[i]);
	put_type(w, "RuntimeCall");
	put_type(w, "RuntimeEvent");
	put_type(w, "RuntimeError");
	scale_put_compact(&w->out, 0); /* custom */
}

void
meta_write(const struct runtime_spec *spec, int version, struct buf *out)
{
	struct writer w = {.spec = spec, .version = version};

	w.types = registry_new(spec);
	scale_put_compact(&w.out, meta_n_pallets);
	for (size_t i = 0; i < meta_n_pallets; i++)
		put_pallet(&w, &meta_pallets[i]);
	put_extrinsic(&w);
	put_type(&w, "Runtime");
	if (version >= 15)
		put_apis_and_outer_enums(&w);
	buf_add_str(out, "meta");
	scale_put_u8(out, version);
	registry_write(w.types, out);
	buf_add(out, w.out.data, w.out.len);
	buf_free(&w.out);
	registry_free(w.types);
}

/*
 * The development chain's metadata: that it reads, that its own values decode
 * by it, and that it is finney's wherever it has something finney has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/meta_write.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/lib/chaindata.h"

/* The runtime the tables were written after. */
static const char finney_file[] = "finney_taohop_20260704.scale";

enum { MAX_DEPTH = 40 };

static struct runtime *
plain_runtime(void)
{
	const struct runtime_spec spec = {
	    .spec_version = 424, .transaction_version = 1};

	return runtime_new(&spec);
}

static struct metadata *
parse(const struct buf *blob)
{
	struct err err = {""};
	struct metadata *md = metadata_parse(blob->data, blob->len, &err);

	if (md == NULL)
		fail_msg("%s", err.text);
	return md;
}

static struct metadata *
read_finney(void)
{
	size_t len;
	uint8_t *data = chaindata_read(finney_file, &len);
	struct metadata *md = metadata_parse(data, len, NULL);

	assert_non_null(md);
	free(data);
	return md;
}

static void
both_versions_parse(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *v14 = parse(&rt->v14), *v15 = parse(&rt->v15);

	(void)state;
	assert_int_equal(v14->version, 14);
	assert_int_equal(v15->version, 15);
	assert_int_equal(v14->spec_version, 424);
	assert_int_equal(v15->spec_version, 424);
	assert_int_equal(v15->transaction_version, 1);
	assert_string_equal(v15->spec_name, "node-subtensor");
	assert_true(v14->has_v4 && v15->has_v4);
	assert_int_equal(v14->n_methods, 0);
	assert_true(v15->n_methods > 0);
	assert_int_equal(v14->n_extensions, 13);
	metadata_free(v14);
	metadata_free(v15);
	runtime_free(rt);
}

/* Every byte of every default and constant is accounted for by its type. */
static void
defaults_and_constants_decode_by_their_types(void **state)
{
	struct runtime *rt = plain_runtime();
	const struct metadata *md = rt->md;
	struct err err;

	(void)state;
	for (size_t p = 0; p < md->n_pallets; p++) {
		const struct pallet *pallet = &md->pallets[p];

		for (size_t i = 0; i < pallet->n_storage; i++) {
			const struct storage_entry *e = &pallet->storage[i];
			json_t *j = json_null();

			if (e->has_default)
				j = decode_all(md, e->value, e->fallback,
				    e->fallback_len, &err);
			if (j == NULL)
				fail_msg("%s: %s", e->name, err.text);
			json_decref(j);
		}
		for (size_t i = 0; i < pallet->n_constants; i++) {
			const struct constant *c = &pallet->constants[i];
			json_t *j = decode_all(
			    md, c->type, c->value, c->value_len, &err);

			if (j == NULL)
				fail_msg("%s: %s", c->name, err.text);
			json_decref(j);
		}
	}
	runtime_free(rt);
}

static void
a_moved_call_has_its_new_index_in_both_versions(void **state)
{
	struct runtime_spec spec = {.spec_version = 425,
	    .transaction_version = 1,
	    .moves = {{"SubtensorModule", "set_weights", 150}},
	    .n_moves = 1};
	struct runtime *rt;
	struct metadata *v14;

	(void)state;
	rt = runtime_new(&spec);
	v14 = parse(&rt->v14);
	assert_int_equal(
	    metadata_call(v14, "SubtensorModule", "set_weights", NULL)->index,
	    150);
	assert_int_equal(
	    metadata_call(rt->md, "SubtensorModule", "set_weights", NULL)
		->index,
	    150);
	assert_int_equal(
	    metadata_call(rt->md, "SubtensorModule", "serve_axon", NULL)->index,
	    4);
	metadata_free(v14);
	runtime_free(rt);
}

static void
a_new_extension_comes_last(void **state)
{
	struct runtime_spec spec = {.spec_version = 425,
	    .transaction_version = 1,
	    .extension = "CheckSomethingNew",
	    .extension_has_bytes = true};
	struct runtime *rt = runtime_new(&spec);
	const struct extension *last =
	    &rt->md->extensions[rt->md->n_extensions - 1];

	(void)state;
	assert_int_equal(rt->md->n_extensions, 14);
	assert_string_equal(last->identifier, "CheckSomethingNew");
	assert_false(type_is_empty(rt->md, last->type));
	runtime_free(rt);
}

/* Two types that encode alike and whose parts are named alike. */
static bool same_type(const struct metadata *, uint32_t,
    const struct metadata *, uint32_t, int depth);

static bool
same_fields(const struct metadata *a, const struct field *x, size_t n,
    const struct metadata *b, const struct field *y, size_t m, int depth)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		if ((x[i].name == NULL) != (y[i].name == NULL) ||
		    (x[i].name != NULL && strcmp(x[i].name, y[i].name) != 0) ||
		    !same_type(a, x[i].type, b, y[i].type, depth))
			return false;
	}
	return true;
}

static const struct variant *
variant_named(const struct type *t, const char *name)
{
	for (size_t i = 0; i < t->n_variants; i++)
		if (strcmp(t->variants[i].name, name) == 0)
			return &t->variants[i];
	return NULL;
}

/* All variants of a are in b; the runtime's own enums may have more. */
static bool
same_variants(const struct metadata *a, const struct type *x,
    const struct metadata *b, const struct type *y, int depth)
{
	for (size_t i = 0; i < x->n_variants; i++) {
		const struct variant *v = &x->variants[i];
		const struct variant *w = variant_named(y, v->name);

		if (w == NULL || v->index != w->index ||
		    !same_fields(a, v->fields, v->n_fields, b, w->fields,
			w->n_fields, depth)) {
			print_message("variant %s differs\n", v->name);
			return false;
		}
	}
	return true;
}

/* A struct of one unnamed field encodes as the field does. */
static uint32_t
unwrapped(const struct metadata *md, uint32_t type)
{
	while (md->types[type].kind == TYPE_COMPOSITE &&
	       md->types[type].n_fields == 1 &&
	       md->types[type].fields[0].name == NULL)
		type = md->types[type].fields[0].type;
	return type;
}

static bool
same_type(const struct metadata *a, uint32_t ta, const struct metadata *b,
    uint32_t tb, int depth)
{
	const struct type *x = &a->types[unwrapped(a, ta)];
	const struct type *y = &b->types[unwrapped(b, tb)];

	if (depth > MAX_DEPTH)
		return true;
	if (x->kind != y->kind) {
		print_message("%s is not %s\n", x->path, y->path);
		return false;
	}
	switch (x->kind) {
	case TYPE_COMPOSITE:
	case TYPE_TUPLE:
		return same_fields(a, x->fields, x->n_fields, b, y->fields,
		    y->n_fields, depth + 1);
	case TYPE_VARIANT:
		return same_variants(a, x, b, y, depth + 1);
	case TYPE_ARRAY:
		return x->array_len == y->array_len &&
		       same_type(a, x->inner, b, y->inner, depth + 1);
	case TYPE_SEQUENCE:
	case TYPE_COMPACT:
		return same_type(a, x->inner, b, y->inner, depth + 1);
	case TYPE_PRIMITIVE:
		return x->primitive == y->primitive;
	case TYPE_BITS:
		return true;
	}
	return false;
}

static void
calls_events_and_errors_are_finneys(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *finney;

	(void)state;
	chaindata_or_skip();
	finney = read_finney();
	for (size_t i = 0; i < rt->md->n_pallets; i++) {
		const struct pallet *p = &rt->md->pallets[i];
		const struct pallet *q = metadata_pallet(finney, p->name);

		assert_non_null(q);
		assert_int_equal(p->index, q->index);
		if (p->calls >= 0 &&
		    !same_type(rt->md, p->calls, finney, q->calls, 0))
			fail_msg("%s's calls differ", p->name);
		if (p->events >= 0 &&
		    !same_type(rt->md, p->events, finney, q->events, 0))
			fail_msg("%s's events differ", p->name);
		if (p->errors >= 0 &&
		    !same_type(rt->md, p->errors, finney, q->errors, 0))
			fail_msg("%s's errors differ", p->name);
	}
	metadata_free(finney);
	runtime_free(rt);
}

static void
assert_same_entry(const struct metadata *a, const struct storage_entry *e,
    const struct metadata *b, const struct storage_entry *f)
{
	if (e->has_default != f->has_default || e->n_hashers != f->n_hashers)
		fail_msg("%s: another kind of entry", e->name);
	for (size_t h = 0; h < e->n_hashers; h++)
		if (e->hashers[h] != f->hashers[h] ||
		    !same_type(a, e->keys[h], b, f->keys[h], 0))
			fail_msg("%s: key %zu differs", e->name, h);
	if (!same_type(a, e->value, b, f->value, 0))
		fail_msg("%s: its value differs", e->name);
	/* The beacon is the chain's own. */
	if (strcmp(e->name, "BeaconConfig") == 0)
		return;
	if (e->fallback_len != f->fallback_len ||
	    memcmp(e->fallback, f->fallback, e->fallback_len) != 0)
		fail_msg("%s: its default differs", e->name);
}

static void
storage_is_finneys(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *finney;

	(void)state;
	chaindata_or_skip();
	finney = read_finney();
	for (size_t i = 0; i < rt->md->n_pallets; i++) {
		const struct pallet *p = &rt->md->pallets[i];

		for (size_t k = 0; k < p->n_storage; k++) {
			const struct storage_entry *f = metadata_storage(
			    finney, p->name, p->storage[k].name, NULL);

			if (f == NULL)
				fail_msg("finney has no %s.%s", p->name,
				    p->storage[k].name);
			assert_same_entry(rt->md, &p->storage[k], finney, f);
		}
	}
	metadata_free(finney);
	runtime_free(rt);
}

static void
constants_are_finneys(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *finney;

	(void)state;
	chaindata_or_skip();
	finney = read_finney();
	for (size_t i = 0; i < rt->md->n_pallets; i++) {
		const struct pallet *p = &rt->md->pallets[i];

		for (size_t k = 0; k < p->n_constants; k++) {
			const struct constant *c = &p->constants[k];
			const struct constant *d =
			    metadata_constant(finney, p->name, c->name);

			if (d == NULL)
				fail_msg("finney has no %s", c->name);
			if (!same_type(rt->md, c->type, finney, d->type, 0))
				fail_msg("%s: its type differs", c->name);
			if (strcmp(c->name, "Version") != 0 &&
			    (c->value_len != d->value_len ||
				memcmp(c->value, d->value, c->value_len) != 0))
				fail_msg("%s: its value differs", c->name);
		}
	}
	metadata_free(finney);
	runtime_free(rt);
}

static void
extensions_are_finneys_in_its_order(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *finney;

	(void)state;
	chaindata_or_skip();
	finney = read_finney();
	assert_int_equal(rt->md->n_extensions, finney->n_extensions);
	for (size_t i = 0; i < finney->n_extensions; i++) {
		const struct extension *e = &rt->md->extensions[i];
		const struct extension *f = &finney->extensions[i];

		assert_string_equal(e->identifier, f->identifier);
		assert_true(same_type(rt->md, e->type, finney, f->type, 0));
		assert_true(
		    same_type(rt->md, e->implicit, finney, f->implicit, 0));
	}
	metadata_free(finney);
	runtime_free(rt);
}

static void
runtime_apis_are_finneys(void **state)
{
	struct runtime *rt = plain_runtime();
	struct metadata *finney;

	(void)state;
	chaindata_or_skip();
	finney = read_finney();
	for (size_t i = 0; i < rt->md->n_methods; i++) {
		const struct runtime_method *m = &rt->md->methods[i];
		char *name = xasprintf("%s_%s", m->api, m->name);
		const struct runtime_method *f = metadata_method(finney, name);
		bool is_validate = strcmp(m->name, "validate_transaction") == 0;

		if (f == NULL)
			fail_msg("finney has no %s", name);
		/* What finney writes as an extrinsic is opaque bytes here. */
		if (!is_validate && !same_fields(rt->md, m->inputs, m->n_inputs,
					finney, f->inputs, f->n_inputs, 0))
			fail_msg("%s: its inputs differ", name);
		if (!same_type(rt->md, m->output, finney, f->output, 0))
			fail_msg("%s: its output differs", name);
		free(name);
	}
	metadata_free(finney);
	runtime_free(rt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_versions_parse),
	    cmocka_unit_test(defaults_and_constants_decode_by_their_types),
	    cmocka_unit_test(a_moved_call_has_its_new_index_in_both_versions),
	    cmocka_unit_test(a_new_extension_comes_last),
	    cmocka_unit_test(calls_events_and_errors_are_finneys),
	    cmocka_unit_test(storage_is_finneys),
	    cmocka_unit_test(constants_are_finneys),
	    cmocka_unit_test(extensions_are_finneys_in_its_order),
	    cmocka_unit_test(runtime_apis_are_finneys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

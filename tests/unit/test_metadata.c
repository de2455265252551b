/* Metadata: every recorded blob, two versions of one, and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/arena.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

enum { MAX_ARENA = 1536 * 1024 };

static const char v14_file[] = "finney_spec343_v14.scale";
static const char v15_file[] = "finney_spec343_v15.scale";
static const char v16_file[] = "finney_taohop_20260704.scale";

static const struct blob {
	const char *file;
	unsigned version, spec, types, pallets, methods, extensions;
} blobs[] = {
    {"metadata-293.scale", 14, 293, 514, 28, 0, 10},
    {v14_file, 14, 343, 552, 26, 0, 11},
    {v15_file, 15, 343, 712, 26, 92, 11},
    {"subtensor_devnet_spec246ish_20250307.scale", 15, 240, 570, 26, 71, 11},
    {"finney_one-covenant_bittensor-rs_20251227.scale", 16, 365, 720, 27, 92,
	12},
    {v16_file, 16, 424, 753, 28, 105, 13},
};

enum { N_BLOBS = sizeof(blobs) / sizeof(blobs[0]) };

static void
every_blob_is_read_to_its_last_byte(void **state)
{
	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < N_BLOBS; i++) {
		const struct blob *b = &blobs[i];
		struct metadata *md = chainmeta_load(b->file);

		assert_int_equal(md->version, b->version);
		assert_int_equal(md->n_types, b->types);
		assert_int_equal(md->n_pallets, b->pallets);
		assert_int_equal(md->n_methods, b->methods);
		assert_int_equal(md->n_extensions, b->extensions);
		assert_true(md->has_v4);
		assert_int_equal(md->spec_version, b->spec);
		assert_int_equal(md->transaction_version, 1);
		assert_string_equal(md->spec_name, "node-subtensor");
		assert_true(arena_size(md->arena) <= MAX_ARENA);
		print_message("%s: spec %u, %zu bytes of memory\n", b->file,
		    md->spec_version, arena_size(md->arena));
		metadata_free(md);
	}
}

static void
a_byte_more_or_less_is_refused(void **state)
{
	(void)state;
	chaindata_or_skip();
	for (size_t i = 0; i < N_BLOBS; i++) {
		struct err err = {""};
		size_t len;
		uint8_t *data = chaindata_read(blobs[i].file, &len);

		assert_null(metadata_parse(data, len + 1, &err));
		assert_non_null(strstr(err.text, "behind its end"));
		assert_null(metadata_parse(data, len - 1, NULL));
		free(data);
	}
}

/* Cut anywhere, in memory of just that size, so that the sanitizer sees any
 * step over the end. */
static void
a_blob_cut_short_is_refused(void **state)
{
	size_t len;
	uint8_t *data;

	(void)state;
	chaindata_or_skip();
	data = chaindata_read(v16_file, &len);
	for (size_t cut = 0; cut < len; cut += cut < 64 ? 1 : 4099) {
		uint8_t *part = xmemdup(data, cut);

		assert_null(metadata_parse(part, cut, NULL));
		free(part);
	}
	free(data);
}

/* Whatever a flipped byte makes of it, it is read or refused. */
static void
a_spoilt_blob_does_no_harm(void **state)
{
	unsigned refused = 0, read = 0;
	size_t len;
	uint8_t *data;

	(void)state;
	chaindata_or_skip();
	data = chaindata_read(v15_file, &len);
	for (size_t at = 5; at < len; at += 1499) {
		uint8_t was = data[at];
		struct metadata *md;

		data[at] ^= 1 << at % 8;
		md = metadata_parse(data, len, NULL);
		if (md == NULL)
			refused++;
		else
			read++;
		metadata_free(md);
		data[at] = was;
	}
	print_message("spoilt: %u refused, %u read\n", refused, read);
	assert_true(refused > 0 && read > 0);
	free(data);
}

static void
assert_same_fields(
    const struct field *a, size_t n, const struct field *b, size_t m)
{
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(a[i].name == NULL, b[i].name == NULL);
		if (a[i].name != NULL)
			assert_string_equal(a[i].name, b[i].name);
		assert_int_equal(
		    a[i].type_name == NULL, b[i].type_name == NULL);
		if (a[i].type_name != NULL)
			assert_string_equal(a[i].type_name, b[i].type_name);
	}
}

/* The enums under two ids; how many variants. */
static size_t
assert_same_enum(const struct metadata *a, int64_t id_a,
    const struct metadata *b, int64_t id_b)
{
	const struct type *x, *y;

	assert_int_equal(id_a < 0, id_b < 0);
	if (id_a < 0)
		return 0;
	x = &a->types[id_a];
	y = &b->types[id_b];
	assert_int_equal(x->n_variants, y->n_variants);
	for (size_t i = 0; i < x->n_variants; i++) {
		const struct variant *v = &x->variants[i], *w = &y->variants[i];

		assert_string_equal(v->name, w->name);
		assert_int_equal(v->index, w->index);
		assert_same_fields(
		    v->fields, v->n_fields, w->fields, w->n_fields);
	}
	return x->n_variants;
}

static size_t
assert_same_storage(const struct metadata *a, const struct pallet *x,
    const struct metadata *b, const struct pallet *y)
{
	assert_int_equal(x->n_storage, y->n_storage);
	for (size_t i = 0; i < x->n_storage; i++) {
		const struct storage_entry *e = &x->storage[i];
		const struct storage_entry *f = &y->storage[i];

		assert_string_equal(e->name, f->name);
		assert_int_equal(e->has_default, f->has_default);
		assert_int_equal(e->n_hashers, f->n_hashers);
		for (size_t k = 0; k < e->n_hashers; k++) {
			assert_int_equal(e->hashers[k], f->hashers[k]);
			assert_string_equal(a->types[e->keys[k]].path,
			    b->types[f->keys[k]].path);
		}
		assert_string_equal(
		    a->types[e->value].path, b->types[f->value].path);
		assert_int_equal(
		    a->types[e->value].min_bytes, b->types[f->value].min_bytes);
		assert_int_equal(e->fallback_len, f->fallback_len);
		assert_memory_equal(e->fallback, f->fallback, e->fallback_len);
	}
	return x->n_storage;
}

static size_t
assert_same_constants(const struct pallet *x, const struct pallet *y)
{
	assert_int_equal(x->n_constants, y->n_constants);
	for (size_t i = 0; i < x->n_constants; i++) {
		const struct constant *c = &x->constants[i];
		const struct constant *d = &y->constants[i];

		assert_string_equal(c->name, d->name);
		assert_int_equal(c->value_len, d->value_len);
		assert_memory_equal(c->value, d->value, c->value_len);
	}
	return x->n_constants;
}

static void
v14_and_v15_of_one_runtime_agree(void **state)
{
	size_t calls = 0, events = 0, errors = 0, storage = 0, constants = 0;
	struct metadata *a, *b;

	(void)state;
	chaindata_or_skip();
	a = chainmeta_load(v14_file);
	b = chainmeta_load(v15_file);
	assert_int_equal(a->n_pallets, b->n_pallets);
	for (size_t i = 0; i < a->n_pallets; i++) {
		const struct pallet *x = &a->pallets[i], *y = &b->pallets[i];

		assert_string_equal(x->name, y->name);
		assert_int_equal(x->index, y->index);
		calls += assert_same_enum(a, x->calls, b, y->calls);
		events += assert_same_enum(a, x->events, b, y->events);
		errors += assert_same_enum(a, x->errors, b, y->errors);
		storage += assert_same_storage(a, x, b, y);
		constants += assert_same_constants(x, y);
	}
	assert_int_equal(a->n_extensions, b->n_extensions);
	for (size_t i = 0; i < a->n_extensions; i++)
		assert_string_equal(
		    a->extensions[i].identifier, b->extensions[i].identifier);
	print_message("spec 343, V14 = V15: %zu calls, %zu events, "
		      "%zu errors, %zu storage entries, %zu constants\n",
	    calls, events, errors, storage, constants);
	metadata_free(a);
	metadata_free(b);
}

static void
things_are_found_by_name_and_number(void **state)
{
	const struct storage_entry *e;
	const struct pallet *p;
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(v16_file);
	assert_int_equal(
	    metadata_call(md, "SubtensorModule", "set_weights", &p)->index, 0);
	assert_int_equal(p->index, 7);
	assert_ptr_equal(metadata_pallet_at(md, 7), p);
	assert_null(metadata_call(md, "SubtensorModule", "set_weight", &p));
	assert_null(metadata_call(md, "Nowhere", "set_weights", &p));
	assert_null(p);
	assert_null(metadata_pallet_at(md, 8));
	assert_string_equal(
	    metadata_error(md, 7, 53)->name, "CommitRevealEnabled");
	assert_null(metadata_error(md, 7, 255));
	assert_null(metadata_error(md, 8, 0));
	e = metadata_storage(md, "SubtensorModule", "Uids", NULL);
	assert_int_equal(e->n_hashers, 2);
	assert_false(e->has_default);
	assert_string_equal(
	    metadata_method(md, "NeuronInfoRuntimeApi_get_neurons_lite")->name,
	    "get_neurons_lite");
	assert_null(metadata_method(md, "NeuronInfoRuntimeApi_get"));
	assert_null(metadata_method(md, "NeuronInfoRuntimeApi"));
	assert_int_equal(
	    metadata_constant(md, "System", "SS58Prefix")->value[0], 42);
	assert_null(metadata_constant(md, "System", "SS58"));
	assert_int_equal(metadata_events_type(md),
	    metadata_storage(md, "System", "Events", NULL)->value);
	metadata_free(md);
}

static void
a_minimum_is_known_for_every_type(void **state)
{
	const struct pallet *p;
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load(v15_file);
	/* AccountInfo: four u32, three u64 and a u128. */
	assert_int_equal(
	    md->types[metadata_storage(md, "System", "Account", &p)->value]
		.min_bytes,
	    4 * 4 + 3 * 8 + 16);
	for (size_t i = 0; i < md->n_extensions; i++)
		if (strcmp(md->extensions[i].identifier, "CheckWeight") == 0)
			assert_int_equal(
			    md->types[md->extensions[i].type].min_bytes, 0);
	metadata_free(md);
}

/* A registry of composites with a field each, of the type field[i]. */
static void
put_registry(struct buf *out, const uint32_t *field, size_t n)
{
	buf_add(out, "meta\x0f", 5);
	scale_put_compact(out, n);
	for (size_t i = 0; i < n; i++) {
		scale_put_compact(out, i);
		buf_add(out, "\0\0\0\4\0", 5); /* path, params, a field */
		scale_put_compact(out, field[i]);
		buf_add(out, "\0\0\0", 3); /* type name, docs, docs */
	}
}

static void
assert_refused(const struct buf *b, const char *why)
{
	struct err err = {""};

	assert_null(metadata_parse(b->data, b->len, &err));
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" is not \"%s\"", err.text, why);
}

static void
types_that_make_no_sense_are_refused(void **state)
{
	uint32_t chain[METADATA_MAX_DEPTH + 8];
	struct buf b = {0};

	(void)state;
	put_registry(&b, (uint32_t[]){1, 0}, 2);
	assert_refused(&b, "nested too deeply"); /* each inside the other */
	buf_reset(&b);
	put_registry(&b, (uint32_t[]){0}, 1);
	assert_refused(&b, "nested too deeply");
	buf_reset(&b);
	put_registry(&b, (uint32_t[]){1}, 1);
	assert_refused(&b, "not there");
	buf_reset(&b);
	for (uint32_t i = 0; i < METADATA_MAX_DEPTH + 8; i++)
		chain[i] = i + 1;
	put_registry(&b, chain, METADATA_MAX_DEPTH + 7);
	assert_refused(&b, "not there");
	buf_reset(&b);
	chain[METADATA_MAX_DEPTH + 6] = 0;
	put_registry(&b, chain, METADATA_MAX_DEPTH + 7);
	assert_refused(&b, "nested too deeply");
	buf_free(&b);
}

static void
a_beginning_that_is_wrong_is_refused(void **state)
{
	static const struct {
		const char *hex, *why;
	} cases[] = {
	    {"", "meta"},
	    {"6d657461", "breaks off"},
	    {"6d6574610d00", "version"},
	    {"6d6574611100", "version"},
	    {"6d6574620f00", "meta"},
	    {"6d6574610f04", "breaks off"},
	    {"6d6574610f04040000000000", "not numbered in order"},
	    {"6d6574610f04000000090000", "kind of type"},
	    {"6d6574610f04000000050f00", "primitive"},
	    {"6d6574610f13ffffffffffffffff", "breaks off"},
	    {"6d6574610f04000408610000ff", "path"},
	    {"6d6574610f04000408ff610000", "path"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b = chainmeta_bytes(cases[i].hex);

		assert_refused(&b, cases[i].why);
		buf_free(&b);
	}
}

static void
a_blob_too_big_is_refused_unread(void **state)
{
	struct err err = {""};

	(void)state;
	assert_null(metadata_parse(NULL, METADATA_MAX_BYTES + 1, &err));
	assert_non_null(strstr(err.text, "too many"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_blob_is_read_to_its_last_byte),
	    cmocka_unit_test(a_byte_more_or_less_is_refused),
	    cmocka_unit_test(a_blob_cut_short_is_refused),
	    cmocka_unit_test(a_spoilt_blob_does_no_harm),
	    cmocka_unit_test(v14_and_v15_of_one_runtime_agree),
	    cmocka_unit_test(things_are_found_by_name_and_number),
	    cmocka_unit_test(a_minimum_is_known_for_every_type),
	    cmocka_unit_test(types_that_make_no_sense_are_refused),
	    cmocka_unit_test(a_beginning_that_is_wrong_is_refused),
	    cmocka_unit_test(a_blob_too_big_is_refused_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

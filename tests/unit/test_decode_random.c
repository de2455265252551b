/*
 * Decoding and encoding undo each other: for every type of two real
 * registries, random values made straight from the type, without decode.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

enum { SAMPLES = 12, MAX_ITEMS = 3, MAX_NESTING = METADATA_MAX_DEPTH / 2 };

struct maker {
	const struct metadata *md;
	struct buf out;
	uint64_t seed;
	unsigned depth;
	bool stuck; /* nested too deeply, or no such value: throw it away */
};

static void make(struct maker *, uint32_t type);

/* xorshift64: the same values at every run. */
static uint32_t
draw(struct maker *m, uint32_t below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return (m->seed >> 20) % below;
}

static void
make_bytes(struct maker *m, size_t n)
{
	while (n-- > 0)
		scale_put_u8(&m->out, draw(m, 256));
}

static void
make_primitive(struct maker *m, const struct type *t)
{
	size_t n = draw(m, MAX_ITEMS);

	if (t->primitive == PRIM_BOOL) {
		scale_put_u8(&m->out, draw(m, 2));
	} else if (t->primitive == PRIM_CHAR) {
		scale_put_u32(&m->out, draw(m, 0xd800));
	} else if (t->primitive == PRIM_STR) {
		scale_put_compact(&m->out, n);
		while (n-- > 0)
			scale_put_u8(&m->out, 'a' + draw(m, 26));
	} else {
		make_bytes(m, t->min_bytes);
	}
}

/* As much of the integer's width as chance has it. */
static void
make_compact(struct maker *m, uint32_t type)
{
	const struct type *t = &m->md->types[type];
	uint8_t le[SCALE_WIDE] = {0};

	while (t->kind == TYPE_COMPOSITE && t->n_fields == 1)
		t = &m->md->types[t->fields[0].type];
	if (t->min_bytes == 0)
		return;
	for (size_t i = draw(m, t->min_bytes + 1); i-- > 0;)
		le[i] = draw(m, 256);
	scale_put_compact_wide(&m->out, le);
}

static void
make_fields(struct maker *m, const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		make(m, f[i].type);
}

static void
make_variant(struct maker *m, const struct type *t)
{
	const struct variant *v;

	if (t->n_variants == 0) {
		m->stuck = true;
		return;
	}
	v = &t->variants[draw(m, t->n_variants)];
	scale_put_u8(&m->out, v->index);
	make_fields(m, v->fields, v->n_fields);
}

static void
make_kind(struct maker *m, const struct type *t)
{
	size_t n = t->array_len;

	switch (t->kind) {
	case TYPE_COMPOSITE:
	case TYPE_TUPLE:
		make_fields(m, t->fields, t->n_fields);
		break;
	case TYPE_VARIANT:
		make_variant(m, t);
		break;
	case TYPE_SEQUENCE:
		n = draw(m, MAX_ITEMS + 1);
		scale_put_compact(&m->out, n);
		/* fall through */
	case TYPE_ARRAY:
		while (n-- > 0 && !m->stuck)
			make(m, t->inner);
		break;
	case TYPE_PRIMITIVE:
		make_primitive(m, t);
		break;
	case TYPE_COMPACT:
		make_compact(m, t->inner);
		break;
	case TYPE_BITS:
		n = m->md->types[t->inner].min_bytes;
		scale_put_compact(&m->out, 8 * n);
		make_bytes(m, n);
		break;
	}
}

static void
make(struct maker *m, uint32_t type)
{
	if (m->depth >= MAX_NESTING)
		m->stuck = true;
	if (m->stuck)
		return;
	m->depth++;
	make_kind(m, &m->md->types[type]);
	m->depth--;
}

static void
check_file(const char *file)
{
	struct maker m = {.seed = 0x9e3779b97f4a7c15};
	struct metadata *md = chainmeta_load(file);
	size_t values = 0, types = 0, bytes = 0;

	m.md = md;
	for (uint32_t id = 0; id < md->n_types; id++) {
		size_t before = values;

		for (int i = 0; i < SAMPLES; i++) {
			char *name;

			buf_reset(&m.out);
			m.stuck = false;
			m.depth = 0;
			make(&m, id);
			if (m.stuck)
				continue;
			name = xasprintf("type %u %s", id, md->types[id].path);
			json_decref(chainmeta_round_trip(md, id, &m.out, name));
			free(name);
			values++;
			bytes += m.out.len;
		}
		types += values > before;
	}
	print_message("%s: %zu values (%zu bytes) of %zu of %zu types\n", file,
	    values, bytes, types, md->n_types);
	assert_true(types >= md->n_types - 5);
	buf_free(&m.out);
	metadata_free(md);
}

static void
random_values_of_every_type_go_there_and_back(void **state)
{
	(void)state;
	chaindata_or_skip();
	check_file("finney_spec343_v15.scale");
	check_file("finney_taohop_20260704.scale");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_values_of_every_type_go_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The pallets: storage, calls, events, errors and constants.
 *
 * Versions 14 to 16 say the same in slightly different orders; each function
 * here reads one thing in all three.
 */
#include "subtensor/metadata_parse.h"

#include "subtensor/arena.h"

enum { MIN_ENTRY = 6, MIN_CONSTANT = 4, MIN_PALLET = 7, MIN_VIEW = 36 };

static void
read_hashers(struct metadata_parser *p, struct storage_entry *e)
{
	size_t n = scale_count(&p->r, 1);
	enum hasher *hashers = arena_alloc(p->arena, n, sizeof(*hashers));

	for (size_t i = 0; i < n; i++) {
		hashers[i] = scale_u8(&p->r);
		if (hashers[i] > HASH_IDENTITY)
			parser_refuse(p, "a storage hasher we do not know");
	}
	if (n == 0)
		parser_refuse(p, "a storage map without a hasher");
	e->hashers = hashers;
	e->n_hashers = n;
}

/* One key type per hasher: several come as a tuple. */
static void
read_keys(struct metadata_parser *p, struct storage_entry *e)
{
	const struct type *t;
	uint32_t *keys, id = parser_type(p);

	if (p->r.failed)
		return;
	t = &p->types[id];
	keys = arena_alloc(p->arena, e->n_hashers, sizeof(*keys));
	keys[0] = id;
	if (e->n_hashers > 1 &&
	    (t->kind != TYPE_TUPLE || t->n_fields != e->n_hashers)) {
		parser_refuse(p, "a storage map with more hashers than keys");
		return;
	}
	for (size_t i = 0; e->n_hashers > 1 && i < e->n_hashers; i++)
		keys[i] = t->fields[i].type;
	e->keys = keys;
}

static void
read_entry(struct metadata_parser *p, struct storage_entry *e)
{
	uint8_t kind;

	e->name = parser_name(p);
	e->has_default = scale_bool(&p->r);
	kind = scale_u8(&p->r);
	if (kind > 1)
		parser_refuse(p, "a kind of storage we do not know");
	if (kind == 1) {
		read_hashers(p, e);
		read_keys(p, e);
	}
	e->value = parser_type(p);
	e->fallback = parser_bytes(p, &e->fallback_len);
	parser_skip_docs(p);
	parser_skip_deprecation(p);
}

static void
read_storage(struct metadata_parser *p, struct pallet *pallet)
{
	struct storage_entry *entries;
	size_t n;

	if (!parser_option(p))
		return;
	pallet->prefix = parser_name(p);
	n = scale_count(&p->r, MIN_ENTRY);
	entries = arena_alloc(p->arena, n, sizeof(*entries));
	for (size_t i = 0; i < n && !p->r.failed; i++)
		read_entry(p, &entries[i]);
	pallet->storage = entries;
	pallet->n_storage = n;
}

/* Calls, events or errors: an enum, or none. */
static int64_t
read_enum(struct metadata_parser *p)
{
	uint32_t id;

	if (!parser_option(p))
		return -1;
	id = parser_type(p);
	parser_skip_enum_deprecation(p);
	if (!p->r.failed && p->types[id].kind != TYPE_VARIANT)
		parser_refuse(p, "calls, events or errors that are no enum");
	return id;
}

static void
read_constants(struct metadata_parser *p, struct pallet *pallet)
{
	size_t n = scale_count(&p->r, MIN_CONSTANT);
	struct constant *c = arena_alloc(p->arena, n, sizeof(*c));

	for (size_t i = 0; i < n && !p->r.failed; i++) {
		c[i].name = parser_name(p);
		c[i].type = parser_type(p);
		c[i].value = parser_bytes(p, &c[i].value_len);
		parser_skip_docs(p);
		parser_skip_deprecation(p);
	}
	pallet->constants = c;
	pallet->n_constants = n;
}

static void
skip_associated_types(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, 3);

	while (n-- > 0 && !p->r.failed) {
		parser_skip_text(p);
		parser_type(p);
		parser_skip_docs(p);
	}
}

static void
skip_view_functions(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, MIN_VIEW), inputs;

	while (n-- > 0 && !p->r.failed) {
		scale_bytes(&p->r, 32);
		parser_skip_text(p);
		inputs = scale_count(&p->r, 2);
		while (inputs-- > 0 && !p->r.failed) {
			parser_skip_text(p);
			parser_type(p);
		}
		parser_type(p);
		parser_skip_docs(p);
		parser_skip_deprecation(p);
	}
}

static void
read_pallet(struct metadata_parser *p, struct pallet *pallet)
{
	pallet->name = parser_name(p);
	read_storage(p, pallet);
	pallet->calls = read_enum(p);
	pallet->events = read_enum(p);
	read_constants(p, pallet);
	pallet->errors = read_enum(p);
	if (p->md->version >= 16) {
		skip_associated_types(p);
		skip_view_functions(p);
	}
	pallet->index = scale_u8(&p->r);
	if (p->md->version >= 15)
		parser_skip_docs(p);
	parser_skip_deprecation(p);
}

void
metadata_read_pallets(struct metadata_parser *p)
{
	size_t n = scale_count(&p->r, MIN_PALLET);
	struct pallet *pallets = arena_alloc(p->arena, n, sizeof(*pallets));

	for (size_t i = 0; i < n && !p->r.failed; i++)
		read_pallet(p, &pallets[i]);
	if (p->r.failed)
		return;
	p->md->pallets = pallets;
	p->md->n_pallets = n;
}

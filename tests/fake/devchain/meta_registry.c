/*
 * A recursive reader of type expressions. Each type is known by a key: the
 * name of a named type, else its shape over the ids of its parts ("Vec<12>"),
 * so that a type written in two ways is still one. A named type gets its id
 * before its body is read, which lets types be recursive.
 */
#include "tests/fake/devchain/meta_registry.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/xalloc.h"
#include "subtensor/scale.h"
#include "tests/fake/devchain/meta_put.h"
#include "tests/fake/devchain/meta_table.h"
#include "tests/fake/devchain/older.h"

enum { MAX_WORD = 160, MAX_PARTS = 32 };

struct slot {
	char *key;
	struct buf body; /* all of the type but its id */
};

struct registry {
	const struct runtime_spec *spec;
	struct slot *slots;
	size_t n;
};

static const char *const primitives[] = {"bool", "char", "str", "u8", "u16",
    "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "i256"};

static uint32_t read_type(struct registry *, const char **);

struct registry *
registry_new(const struct runtime_spec *spec)
{
	struct registry *r = xcalloc(1, sizeof(*r));

	r->spec = spec;
	return r;
}

void
registry_free(struct registry *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		free(r->slots[i].key);
		buf_free(&r->slots[i].body);
	}
	free(r->slots);
	free(r);
}

/*
 * The body to fill of a new type, or NULL if the key has its type already.
 * It is good until the next type is opened.
 */
static struct buf *
open_type(struct registry *r, const char *key, uint32_t *id)
{
	for (*id = 0; *id < r->n; (*id)++)
		if (strcmp(r->slots[*id].key, key) == 0)
			return NULL;
	r->slots = xrealloc(r->slots, r->n + 1, sizeof(*r->slots));
	r->slots[r->n] = (struct slot){.key = xstrdup(key)};
	return &r->slots[r->n++].body;
}

static void
skip_spaces(const char **p)
{
	while (**p == ' ')
		(*p)++;
}

static bool
take(const char **p, char c)
{
	skip_spaces(p);
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static void
expect(const char **p, char c)
{
	bool there = take(p, c);

	assert(there);
	(void)there;
}

/* A name, "Pallet::Enum" included; a lone colon ends it. */
static void
read_word(const char **p, char word[MAX_WORD])
{
	size_t n = 0;

	skip_spaces(p);
	while (isalnum((unsigned char)**p) || **p == '_' ||
	       ((*p)[0] == ':' && (*p)[1] == ':')) {
		size_t step = **p == ':' ? 2 : 1;

		assert(n + step < MAX_WORD);
		memcpy(word + n, *p, step);
		n += step;
		*p += step;
	}
	word[n] = '\0';
}

/* One field at the cursor; named ones are "name: type". */
static void
read_field(struct registry *r, const char **p, bool named, struct buf *out)
{
	char word[MAX_WORD];
	const char *start;
	uint32_t type;

	if (named) {
		read_word(p, word);
		expect(p, ':');
	}
	skip_spaces(p);
	start = *p;
	type = read_type(r, p);
	meta_put_field(out, named ? word : NULL, type, start, *p - start);
}

/* "{a: T, b: T}", "(T, T)" or nothing at all, as Vec<Field>. */
static void
read_fields(struct registry *r, const char **p, struct buf *out)
{
	struct buf fields = {0};
	size_t n = 0;
	bool named = take(p, '{');

	if (named || take(p, '(')) {
		while (!take(p, named ? '}' : ')')) {
			if (n++ > 0)
				expect(p, ',');
			read_field(r, p, named, &fields);
		}
	}
	scale_put_compact(out, n);
	buf_add(out, fields.data, fields.len);
	buf_free(&fields);
}

/* A call's index in this runtime: the table's unless it was moved. */
static uint8_t
moved_index(const struct registry *r, const char *type, const char *variant,
    uint8_t index)
{
	char name[MAX_WORD];

	for (int i = 0; i < r->spec->n_moves; i++) {
		snprintf(
		    name, sizeof(name), "%s::Call", r->spec->moves[i].pallet);
		if (strcmp(name, type) == 0 &&
		    strcmp(r->spec->moves[i].call, variant) == 0)
			return r->spec->moves[i].index;
	}
	return index;
}

/* Whether a variant is a call that this runtime has not. */
static bool
is_hidden_call(const struct registry *r, const char *type, const char *variant)
{
	const char *end = strstr(type, "::Call");
	char pallet[MAX_WORD];

	if (end == NULL || strcmp(end, "::Call") != 0)
		return false;
	snprintf(pallet, sizeof(pallet), "%.*s", (int)(end - type), type);
	return older_hides(r->spec, pallet, variant);
}

/* "A{a: T}" at the cursor, as a Variant. */
static void
read_variant(struct registry *r, const char *type, const char *word,
    unsigned index, const char **p, struct buf *out)
{
	scale_put_str(out, word);
	read_fields(r, p, out);
	scale_put_u8(out, moved_index(r, type, word, index));
	meta_put_end(out);
}

/* "|A|B(T)|7 C{a: T}", as Vec<Variant>. */
static void
read_variants(
    struct registry *r, const char *type, const char **p, struct buf *out)
{
	struct buf variants = {0};
	char word[MAX_WORD];
	size_t n = 0, end;
	unsigned next = 0;

	while (take(p, '|')) {
		skip_spaces(p);
		if (isdigit((unsigned char)**p))
			next = strtoul(*p, (char **)p, 10);
		read_word(p, word);
		end = variants.len;
		read_variant(r, type, word, next++, p, &variants);
		if (is_hidden_call(r, type, word))
			variants.len = end;
		else
			n++;
	}
	scale_put_compact(out, n);
	buf_add(out, variants.data, variants.len);
	buf_free(&variants);
}

/* "<Name: T, Name: T>" or nothing, as Vec<TypeParameter>. */
static void
read_params(struct registry *r, const char **p, struct buf *out)
{
	struct buf params = {0};
	char word[MAX_WORD];
	size_t n = 0;

	while (take(p, n == 0 ? '<' : ',')) {
		read_word(p, word);
		expect(p, ':');
		meta_put_param(&params, word, read_type(r, p));
		n++;
	}
	if (n > 0)
		expect(p, '>');
	scale_put_compact(out, n);
	buf_add(out, params.data, params.len);
	buf_free(&params);
}

/* Fill a slot from a body; slots move while the parts are read. */
static void
fill_named(struct registry *r, uint32_t id, const char *name, const char *path,
    const char *body)
{
	struct buf b = {0};
	const char *p = body;

	meta_put_path(&b, path);
	read_params(r, &p, &b);
	if (*p == '|') {
		scale_put_u8(&b, SHAPE_VARIANT);
		read_variants(r, name, &p, &b);
	} else {
		scale_put_u8(&b, SHAPE_COMPOSITE);
		read_fields(r, &p, &b);
	}
	assert(*p == '\0');
	meta_put_end(&b);
	r->slots[id].body = b;
}

/* Call, Event or Error of a pallet; NULL if it has none. */
static const char *
enum_body(const struct meta_pallet *m, const char *which)
{
	if (strcmp(which, "Call") == 0)
		return m->calls;
	return strcmp(which, "Event") == 0 ? m->events : m->errors;
}

/* "SubtensorModule::Call" to its body and path. */
static const char *
pallet_enum(const char *name, char path[MAX_WORD])
{
	for (size_t i = 0; i < meta_n_pallets; i++) {
		const struct meta_pallet *m = &meta_pallets[i];
		size_t len = strlen(m->name);

		if (strncmp(name, m->name, len) != 0 ||
		    strncmp(name + len, "::", 2) != 0)
			continue;
		name += len + 2;
		snprintf(path, MAX_WORD, "%s::pallet::%s", m->crate, name);
		return enum_body(m, name);
	}
	return NULL;
}

/* RuntimeCall, RuntimeEvent and RuntimeError: a variant per pallet. */
static char *
runtime_enum(const char *which)
{
	struct buf b = {0};

	for (size_t i = 0; i < meta_n_pallets; i++) {
		const struct meta_pallet *m = &meta_pallets[i];

		if (enum_body(m, which) != NULL)
			buf_printf(&b, "|%d %s(%s::%s)", m->index, m->name,
			    m->name, which);
	}
	return buf_take_str(&b);
}

uint32_t
registry_extra(struct registry *r)
{
	struct buf b = {0};
	uint32_t id;

	for (size_t i = 0; i < meta_n_extensions; i++)
		buf_printf(
		    &b, "%s%s", i == 0 ? "(" : ", ", meta_extensions[i].type);
	if (r->spec->extension[0] != '\0')
		buf_printf(
		    &b, ", %s", r->spec->extension_has_bytes ? "u8" : "()");
	buf_add_str(&b, ")");
	id = registry_type(r, buf_str(&b));
	buf_free(&b);
	return id;
}

/* A type of the table, of a pallet or of the runtime, not met before. */
static void
fill_type(struct registry *r, uint32_t id, const struct meta_type *t,
    const char *name)
{
	char path[MAX_WORD];
	const char *body;
	char *made = NULL;

	if (t != NULL)
		snprintf(path, sizeof(path), "%s", t->path);
	if (strncmp(name, "Runtime", 7) == 0 && t == NULL) {
		snprintf(
		    path, sizeof(path), "node_subtensor_runtime::%s", name);
		body = made = runtime_enum(name + 7);
	} else if (t != NULL && t->body[0] == '@') {
		body = made = meta_generated_body(t->body + 1);
	} else {
		body = t != NULL ? t->body : pallet_enum(name, path);
	}
	assert(body != NULL);
	fill_named(r, id, name, path, body);
	free(made);
}

static uint32_t
named_type(struct registry *r, const char *name)
{
	const struct meta_type *t = NULL;
	uint32_t id;

	for (size_t i = 0; i < meta_n_types && t == NULL; i++)
		if (strcmp(meta_types[i].name, name) == 0)
			t = &meta_types[i];
	if (strcmp(name, "Extra") == 0)
		return registry_extra(r);
	if (t != NULL && t->body[0] == '=')
		return registry_type(r, t->body + 1);
	if (open_type(r, name, &id) != NULL)
		fill_type(r, id, t, name);
	return id;
}

static uint32_t
unary_type(struct registry *r, const char *word, enum shape shape, uint32_t in)
{
	char key[MAX_WORD];
	uint32_t id;
	struct buf *b;

	snprintf(key, sizeof(key), "%s<%u>", word, in);
	if ((b = open_type(r, key, &id)) != NULL)
		meta_put_unary(b, shape, in);
	return id;
}

/* What stands in angle brackets after a known word. */
static uint32_t
generic_type(struct registry *r, const char *word, const char **p)
{
	uint32_t first = read_type(r, p), second = 0, id;
	char key[MAX_WORD + 32];
	struct buf *b;

	if (take(p, ','))
		second = read_type(r, p);
	expect(p, '>');
	if (strcmp(word, "Vec") == 0)
		return unary_type(r, word, SHAPE_SEQUENCE, first);
	if (strcmp(word, "Compact") == 0)
		return unary_type(r, word, SHAPE_COMPACT, first);
	if (strcmp(word, "BoundedVec") == 0)
		second = unary_type(r, "Vec", SHAPE_SEQUENCE, first);
	snprintf(key, sizeof(key), "%s<%u,%u>", word, first, second);
	if ((b = open_type(r, key, &id)) == NULL)
		return id;
	if (strcmp(word, "Option") == 0)
		meta_put_option(b, first);
	else if (strcmp(word, "Result") == 0)
		meta_put_result(b, first, second);
	else if (strcmp(word, "BoundedVec") == 0)
		meta_put_bounded(b, first, second);
	else
		assert(!"a generic type nobody knows");
	return id;
}

/* "u8; 32]", the bracket is read. */
static uint32_t
array_type(struct registry *r, const char **p)
{
	uint32_t item = read_type(r, p), id;
	char key[MAX_WORD];
	unsigned long len;
	struct buf *b;

	expect(p, ';');
	len = strtoul(*p, (char **)p, 10);
	expect(p, ']');
	snprintf(key, sizeof(key), "[%u;%lu]", item, len);
	if ((b = open_type(r, key, &id)) != NULL)
		meta_put_array(b, item, len);
	return id;
}

/* "A, B)", the parenthesis is read. */
static uint32_t
tuple_type(struct registry *r, const char **p)
{
	uint32_t parts[MAX_PARTS], id;
	struct buf key = {0}, *b;
	size_t n = 0;

	buf_add_str(&key, "(");
	while (!take(p, ')')) {
		if (n > 0)
			expect(p, ',');
		assert(n < MAX_PARTS);
		parts[n] = read_type(r, p);
		buf_printf(&key, "%u,", parts[n++]);
	}
	if ((b = open_type(r, buf_str(&key), &id)) != NULL)
		meta_put_tuple(b, parts, n);
	buf_free(&key);
	return id;
}

static uint32_t
read_type(struct registry *r, const char **p)
{
	char word[MAX_WORD];
	uint32_t id;
	struct buf *b;

	if (take(p, '['))
		return array_type(r, p);
	if (take(p, '('))
		return tuple_type(r, p);
	read_word(p, word);
	if (take(p, '<'))
		return generic_type(r, word, p);
	for (size_t i = 0; i < sizeof(primitives) / sizeof(*primitives); i++) {
		if (strcmp(word, primitives[i]) != 0)
			continue;
		if ((b = open_type(r, word, &id)) != NULL)
			meta_put_primitive(b, i);
		return id;
	}
	return named_type(r, word);
}

uint32_t
registry_type(struct registry *r, const char *expression)
{
	const char *p = expression;
	uint32_t id = read_type(r, &p);

	assert(*p == '\0');
	return id;
}

void
registry_write(const struct registry *r, struct buf *out)
{
	scale_put_compact(out, r->n);
	for (size_t i = 0; i < r->n; i++) {
		scale_put_compact(out, i);
		buf_add(out, r->slots[i].body.data, r->slots[i].body.len);
	}
}

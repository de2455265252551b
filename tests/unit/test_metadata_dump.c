/*
 * Metadata against an independent reader's listing of the same blob: every
 * call, event, error, storage entry, constant and runtime API of spec 424.
 *
 * The listing writes types as text. We check how each begins (an integer, a
 * vector, a compact...), which is what decides how its bytes are read.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

struct listing {
	struct metadata *md;
	const struct pallet *pallet; /* whose lines are being read */
	size_t pallets, calls, events, errors, storage, constants, methods,
	    fields, extensions, structs;
};

static const char *const hasher_names[] = {[HASH_BLAKE2_128] = "Blake2_128",
    [HASH_BLAKE2_256] = "Blake2_256",
    [HASH_BLAKE2_128_CONCAT] = "Blake2_128Concat",
    [HASH_TWOX_128] = "Twox128",
    [HASH_TWOX_256] = "Twox256",
    [HASH_TWOX_64_CONCAT] = "Twox64Concat",
    [HASH_IDENTITY] = "Identity"};

static const char *const primitive_names[] = {"bool", "char", "str", "u8",
    "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128",
    "i256"};

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* A word of the listing; *line moves behind it and the space after it. */
static char *
word(const char **line)
{
	size_t len = strcspn(*line, " ");
	char *w = xstrndup(*line, len);

	*line += len;
	*line += strspn(*line, " ");
	return w;
}

/* As text, up to the comma or bracket that ends it. */
static void
assert_type(const struct metadata *md, uint32_t id, const char *text)
{
	const struct type *t = &md->types[id];
	size_t len = 0;

	while (isalnum((unsigned char)text[len]))
		len++;
	for (size_t i = 0; i < 15; i++)
		if (strlen(primitive_names[i]) == len &&
		    memcmp(text, primitive_names[i], len) == 0)
			assert_true(
			    t->kind == TYPE_PRIMITIVE && t->primitive == i);
	if (begins(text, "Vec<"))
		assert_int_equal(t->kind, TYPE_SEQUENCE);
	if (begins(text, "Compact<"))
		assert_int_equal(t->kind, TYPE_COMPACT);
	if (begins(text, "["))
		assert_int_equal(t->kind, TYPE_ARRAY);
	if (begins(text, "("))
		assert_int_equal(t->kind, TYPE_TUPLE);
	if (begins(text, "Option<"))
		assert_string_equal(t->path, "Option");
	if (begins(text, "AccountId32"))
		assert_string_equal(t->path, "sp_core::crypto::AccountId32");
}

/* "name: type" or "type", and where the next one begins; NULL at the end. */
static const char *
assert_field(struct listing *l, const struct field *f, const char *text)
{
	size_t len = strcspn(text, ":,)}< ");
	int depth = 0;

	if (f->name != NULL) {
		assert_int_equal(strlen(f->name), len);
		assert_memory_equal(f->name, text, len);
		assert_int_equal(text[len], ':');
	}
	if (text[len] == ':')
		text += len + 1;
	text += strspn(text, " ");
	assert_type(l->md, f->type, text);
	l->fields++;
	for (; *text != '\0'; text++) {
		if (strchr("<({[", *text) != NULL)
			depth++;
		if (strchr(">)}]", *text) != NULL && depth-- == 0)
			return NULL;
		if (*text == ',' && depth == 0)
			return text + 1 + strspn(text + 1, " ");
	}
	return NULL;
}

/* "(a: u16, b: Vec<(u16,u16)>)" */
static void
assert_fields(
    struct listing *l, const struct field *f, size_t n, const char *text)
{
	text++;
	if (n == 0)
		assert_true(*text == ')' || *text == '}');
	for (size_t i = 0; i < n; i++) {
		assert_non_null(text);
		text = assert_field(l, &f[i], text);
	}
	if (n > 0)
		assert_null(text);
}

/* "0 set_weights (...)" among an enum's variants; 1, for it is one. */
static size_t
read_variant(struct listing *l, int64_t type, const char *line)
{
	char *index = word(&line), *name = word(&line);
	const struct variant *v =
	    type_variant_at(&l->md->types[type], atoi(index));

	assert_non_null(v);
	assert_string_equal(v->name, name);
	assert_fields(l, v->fields, v->n_fields, line);
	free(index);
	free(name);
	return 1;
}

/* "0=NoneValue, 1=StorageOverflow" */
static void
read_errors(struct listing *l, const char *line)
{
	const struct type *t = &l->md->types[l->pallet->errors];
	size_t n = 0;

	while (*line != '\0') {
		int index = atoi(line);
		const char *name = strchr(line, '=') + 1;
		size_t len = strcspn(name, ",");
		const struct variant *v =
		    metadata_error(l->md, l->pallet->index, index);

		assert_non_null(v);
		assert_int_equal(strlen(v->name), len);
		assert_memory_equal(v->name, name, len);
		line = name + len + strspn(name + len, ", ");
		n++;
	}
	assert_int_equal(n, t->n_variants);
	l->errors += n;
}

/* "['Identity', 'Twox64Concat'] (u16,AccountId32) -> ..." */
static const char *
read_hashers(const struct storage_entry *e, const char *line)
{
	size_t n = 0;

	for (line++; *line == '\''; n++) {
		size_t len = strcspn(++line, "'");
		const char *name;

		assert_true(n < e->n_hashers);
		name = hasher_names[e->hashers[n]];
		assert_int_equal(strlen(name), len);
		assert_memory_equal(name, line, len);
		line += len + 1;
		line += strspn(line, ", ");
	}
	assert_int_equal(n, e->n_hashers);
	return line + 2;
}

static void
read_keys(struct listing *l, const struct storage_entry *e, const char *line)
{
	struct field keys[8] = {0};

	if (e->n_hashers == 1) {
		assert_type(l->md, e->keys[0], line);
		return;
	}
	for (size_t i = 0; i < e->n_hashers; i++)
		keys[i].type = e->keys[i];
	assert_fields(l, keys, e->n_hashers, line);
}

static void
read_default(const struct storage_entry *e, const char *line)
{
	const char *hex = strstr(line, " default=0x");
	char *ours = hex_0x(e->fallback, e->fallback_len);

	assert_non_null(hex);
	hex += strlen(" default=");
	/* A long one is cut in the listing. */
	assert_memory_equal(ours, hex, strspn(hex, "0123456789abcdefx"));
	assert_int_equal(
	    e->has_default, strncmp(hex - 17, " Default ", 9) == 0);
	free(ours);
}

/* "Uids map ['Identity'] u16 -> u16 Optional default=0x00" */
static void
read_storage(struct listing *l, const char *line)
{
	char *name = word(&line), *kind = word(&line);
	const struct storage_entry *e =
	    metadata_storage(l->md, l->pallet->name, name, NULL);

	assert_non_null(e);
	assert_int_equal(e->n_hashers > 0, strcmp(kind, "map") == 0);
	if (e->n_hashers > 0) {
		line = read_hashers(e, line);
		read_keys(l, e, line);
		line = strstr(line, " -> ") + strlen(" -> ");
	}
	assert_type(l->md, e->value, line);
	read_default(e, line);
	free(name);
	free(kind);
	l->storage++;
}

/* "BlockHashCount u32 0x60090000", cut after 32 bytes */
static void
read_constant(struct listing *l, const char *line)
{
	char *name = word(&line);
	const struct constant *c =
	    metadata_constant(l->md, l->pallet->name, name);
	const char *hex = strrchr(line, ' ') + 1;
	char *ours;

	assert_non_null(c);
	ours = hex_0x(c->value, c->value_len);
	assert_type(l->md, c->type, line);
	assert_true(strlen(hex) == strlen(ours) || strlen(hex) >= 64);
	assert_true(begins(ours, hex));
	free(ours);
	free(name);
	l->constants++;
}

/* "AccountNonceApi_account_nonce (account: AccountId32) -> u32" */
static void
read_method(struct listing *l, const char *line)
{
	char *name = word(&line);
	const struct runtime_method *m = metadata_method(l->md, name);
	const char *arrow = line;

	assert_non_null(m);
	assert_fields(l, m->inputs, m->n_inputs, line);
	for (const char *at = line; (at = strstr(at, ") -> ")) != NULL; at++)
		arrow = at;
	assert_type(l->md, m->output, arrow + strlen(") -> "));
	free(name);
	l->methods++;
}

/* "CheckNonce | CheckNonce<_>=Compact<u32> | ()" */
static void
read_extension(struct listing *l, const char *line)
{
	const struct extension *x = &l->md->extensions[l->extensions++];
	char *name = word(&line);

	assert_string_equal(x->identifier, name);
	line = strrchr(line, '|') + 2;
	assert_type(l->md, x->implicit, line);
	free(name);
}

/* "23 frame_system::DispatchEventInfo {weight: Weight, ...}" */
static void
read_struct(struct listing *l, const char *line)
{
	char *id = word(&line), *path = word(&line);
	const struct type *t = &l->md->types[atoi(id)];

	assert_string_equal(t->path, path);
	assert_int_equal(t->kind, TYPE_COMPOSITE);
	if (t->n_fields > 0 && t->fields[0].name != NULL)
		assert_fields(l, t->fields, t->n_fields, line);
	free(id);
	free(path);
	l->structs++;
}

/* "26 SubtensorModule prefix SubtensorModule" */
static void
read_pallet(struct listing *l, const char *line)
{
	char *index = word(&line), *name = word(&line);

	l->pallet = metadata_pallet(l->md, name);
	assert_non_null(l->pallet);
	assert_int_equal(l->pallet->index, atoi(index));
	line += strlen("prefix ");
	if (l->pallet->prefix == NULL)
		assert_string_equal(line, "None");
	else
		assert_string_equal(line, l->pallet->prefix);
	free(index);
	free(name);
	l->pallets++;
}

static void
read_line(struct listing *l, const char *line)
{
	if (begins(line, "### pallet "))
		read_pallet(l, line + 11);
	else if (begins(line, "  call "))
		l->calls += read_variant(l, l->pallet->calls, line + 7);
	else if (begins(line, "  event "))
		l->events += read_variant(l, l->pallet->events, line + 8);
	else if (begins(line, "  errors "))
		read_errors(l, line + 9);
	else if (begins(line, "  st "))
		read_storage(l, line + 5);
	else if (begins(line, "  const "))
		read_constant(l, line + 8);
	else if (begins(line, "  m "))
		read_method(l, line + 4);
	else if (begins(line, "  type "))
		read_struct(l, line + 7);
	else if (begins(line, "ext "))
		read_extension(l, line + 4);
}

/* Nothing in the metadata may be missing from the listing either. */
static void
assert_complete(const struct listing *l)
{
	size_t calls = 0, events = 0, errors = 0, storage = 0, constants = 0;
	const struct metadata *md = l->md;

	for (size_t i = 0; i < md->n_pallets; i++) {
		const struct pallet *p = &md->pallets[i];

		calls += p->calls < 0 ? 0 : md->types[p->calls].n_variants;
		events += p->events < 0 ? 0 : md->types[p->events].n_variants;
		errors += p->errors < 0 ? 0 : md->types[p->errors].n_variants;
		storage += p->n_storage;
		constants += p->n_constants;
	}
	assert_int_equal(l->pallets, md->n_pallets);
	assert_int_equal(l->calls, calls);
	assert_int_equal(l->events, events);
	assert_int_equal(l->errors, errors);
	assert_int_equal(l->storage, storage);
	assert_int_equal(l->constants, constants);
	assert_int_equal(l->methods, md->n_methods);
	assert_int_equal(l->extensions, md->n_extensions);
}

static void
the_listing_of_spec_424_agrees(void **state)
{
	struct listing l = {0};
	char *text, *line, *rest;
	size_t len;

	(void)state;
	chaindata_or_skip();
	l.md = chainmeta_load("finney_taohop_20260704.scale");
	text = (char *)chaindata_read("finney_spec424_dump.txt", &len);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		read_line(&l, line);
	assert_complete(&l);
	print_message("finney_spec424_dump.txt: %zu pallets, %zu calls, %zu "
		      "events, %zu errors, %zu storage entries, %zu "
		      "constants, %zu methods, %zu structs, %zu fields\n",
	    l.pallets, l.calls, l.events, l.errors, l.storage, l.constants,
	    l.methods, l.structs, l.fields);
	free(text);
	metadata_free(l.md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_listing_of_spec_424_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

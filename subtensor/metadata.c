/* A metadata blob from its first byte to its last, and what parts share. */
#include "subtensor/metadata.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/arena.h"
#include "subtensor/metadata_parse.h"
#include "subtensor/utf8.h"

enum { OLDEST_VERSION = 14, NEWEST_VERSION = 16 };

void
parser_refuse(struct metadata_parser *p, const char *why)
{
	if (!p->r.failed)
		p->why = why;
	scale_fail(&p->r);
}

static const uint8_t *
read_text(struct metadata_parser *p, size_t *len)
{
	const uint8_t *text;

	*len = scale_count(&p->r, 1);
	text = scale_bytes(&p->r, *len);
	if (text != NULL && !utf8_valid(text, *len))
		parser_refuse(p, "a text is not UTF-8");
	return p->r.failed ? NULL : text;
}

const char *
parser_name(struct metadata_parser *p)
{
	size_t len;
	const uint8_t *text = read_text(p, &len);

	if (text == NULL)
		return "";
	if (memchr(text, '\0', len) != NULL)
		parser_refuse(p, "a name has a NUL in it");
	return arena_str(p->arena, text, len);
}

void
parser_skip_text(struct metadata_parser *p)
{
	size_t len;

	read_text(p, &len);
}

void
parser_skip_docs(struct metadata_parser *p)
{
	size_t lines = scale_count(&p->r, 1);

	while (lines-- > 0)
		scale_bytes(&p->r, scale_count(&p->r, 1));
}

const uint8_t *
parser_bytes(struct metadata_parser *p, size_t *len)
{
	const uint8_t *bytes;

	*len = scale_count(&p->r, 1);
	bytes = scale_bytes(&p->r, *len);
	return arena_copy(p->arena, bytes, bytes != NULL ? *len : 0);
}

bool
parser_option(struct metadata_parser *p)
{
	return scale_bool(&p->r);
}

uint32_t
parser_type(struct metadata_parser *p)
{
	uint64_t id = scale_compact(&p->r);

	if (id > UINT32_MAX || (p->md->types != NULL && id >= p->md->n_types))
		parser_refuse(p, "a type's number is not in the registry");
	return p->r.failed ? 0 : id;
}

static void
skip_note(struct metadata_parser *p)
{
	parser_skip_text(p);
	if (parser_option(p))
		parser_skip_text(p);
}

void
parser_skip_deprecation(struct metadata_parser *p)
{
	uint8_t kind;

	if (p->md->version < 16)
		return;
	kind = scale_u8(&p->r);
	if (kind == 2)
		skip_note(p);
	else if (kind > 2)
		parser_refuse(p, "a deprecation note of a kind we do not know");
}

void
parser_skip_enum_deprecation(struct metadata_parser *p)
{
	size_t n;

	if (p->md->version < 16)
		return;
	n = scale_count(&p->r, 2);
	while (n-- > 0 && !p->r.failed) {
		scale_u8(&p->r);
		parser_skip_deprecation(p);
	}
}

/* Whether the constant's fields lie where read_version() takes them from. */
static bool
is_runtime_version(const struct type *t)
{
	static const char *const names[] = {"spec_name", "impl_name",
	    "authoring_version", "spec_version", "impl_version", "apis",
	    "transaction_version"};
	size_t n = sizeof(names) / sizeof(names[0]);

	if (t->kind != TYPE_COMPOSITE || t->n_fields < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (t->fields[i].name == NULL ||
		    strcmp(t->fields[i].name, names[i]) != 0)
			return false;
	return true;
}

static void
read_version(struct metadata_parser *p)
{
	const struct constant *c =
	    metadata_constant(p->md, "System", "Version");
	struct metadata_parser v = {.arena = p->arena, .md = p->md};

	if (c == NULL || !is_runtime_version(&p->md->types[c->type])) {
		parser_refuse(p, "it has no System.Version that we can read");
		return;
	}
	scale_read_init(&v.r, c->value, c->value_len);
	p->md->spec_name = (char *)parser_name(&v);
	parser_skip_text(&v);
	scale_u32(&v.r);
	p->md->spec_version = scale_u32(&v.r);
	scale_u32(&v.r);
	scale_bytes(&v.r, scale_count(&v.r, 12) * 12);
	p->md->transaction_version = scale_u32(&v.r);
	if (v.r.failed)
		parser_refuse(p, "its System.Version breaks off");
}

static void
read_all(struct metadata_parser *p)
{
	const uint8_t *magic = scale_bytes(&p->r, 4);

	if (magic == NULL || memcmp(magic, "meta", 4) != 0) {
		parser_refuse(p, "it does not begin with \"meta\"");
		return;
	}
	p->md->version = scale_u8(&p->r);
	if (p->md->version < OLDEST_VERSION ||
	    p->md->version > NEWEST_VERSION) {
		parser_refuse(p, "its version is not 14, 15 or 16");
		return;
	}
	metadata_read_registry(p);
	metadata_read_pallets(p);
	metadata_read_extrinsic(p);
	metadata_read_apis(p);
	if (!p->r.failed && !scale_done(&p->r))
		parser_refuse(p, "there are bytes behind its end");
	if (!p->r.failed)
		read_version(p);
}

struct metadata *
metadata_parse(const void *data, size_t len, struct err *err)
{
	struct metadata_parser p = {0};

	if (len > METADATA_MAX_BYTES) {
		err_set(err, "metadata: %zu bytes are too many", len);
		return NULL;
	}
	scale_read_init(&p.r, data, len);
	p.md = xcalloc(1, sizeof(*p.md));
	p.md->arena = p.arena = arena_new();
	read_all(&p);
	if (p.r.failed) {
		err_set(err, "metadata: %s (byte %zu of %zu)",
		    p.why != NULL ? p.why : "it breaks off or is malformed",
		    p.r.pos, len);
		metadata_free(p.md);
		return NULL;
	}
	return p.md;
}

void
metadata_free(struct metadata *md)
{
	if (md == NULL)
		return;
	arena_free(md->arena);
	free(md);
}

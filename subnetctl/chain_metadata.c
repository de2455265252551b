/* subnetctl metadata: what a runtime is made of, as our reader sees it. */
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subnetctl/chain.h"
#include "subnetctl/chain_input.h"
#include "subtensor/metadata.h"

/* Types in types are followed so far. */
enum { MAX_NESTING = 6 };

static const char *const hasher_names[] = {"Blake2_128", "Blake2_256",
    "Blake2_128Concat", "Twox128", "Twox256", "Twox64Concat", "Identity"};

static const char *const primitive_names[] = {"bool", "char", "str", "u8",
    "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128",
    "i256"};

static void add_type(
    struct buf *out, const struct metadata *md, uint32_t type, int depth);

static void
add_tuple(
    struct buf *out, const struct metadata *md, const struct type *t, int depth)
{
	buf_add_str(out, "(");
	for (size_t i = 0; i < t->n_fields; i++) {
		buf_add_str(out, i > 0 ? ", " : "");
		add_type(out, md, t->fields[i].type, depth);
	}
	buf_add_str(out, ")");
}

/* A type in the words of its source: its path, or what it is built of. */
static void
add_type(struct buf *out, const struct metadata *md, uint32_t type, int depth)
{
	const struct type *t = &md->types[type];

	if (depth > MAX_NESTING) {
		buf_add_str(out, "...");
		return;
	}
	switch (t->kind) {
	case TYPE_COMPOSITE:
	case TYPE_VARIANT:
		buf_add_str(out, t->path);
		break;
	case TYPE_SEQUENCE:
		buf_add_str(out, "Vec<");
		add_type(out, md, t->inner, depth + 1);
		buf_add_str(out, ">");
		break;
	case TYPE_ARRAY:
		buf_add_str(out, "[");
		add_type(out, md, t->inner, depth + 1);
		buf_printf(out, "; %u]", (unsigned)t->array_len);
		break;
	case TYPE_TUPLE:
		add_tuple(out, md, t, depth + 1);
		break;
	case TYPE_PRIMITIVE:
		buf_add_str(out, primitive_names[t->primitive]);
		break;
	case TYPE_COMPACT:
		buf_add_str(out, "Compact<");
		add_type(out, md, t->inner, depth + 1);
		buf_add_str(out, ">");
		break;
	case TYPE_BITS:
		buf_add_str(out, "Bits");
		break;
	}
}

static json_t *
type_json(const struct metadata *md, uint32_t type)
{
	struct buf text = {0};
	json_t *json;

	add_type(&text, md, type, 0);
	json = json_string(buf_str(&text));
	buf_free(&text);
	return json;
}

/* As its source has it, where that is told. */
static json_t *
arg_type(const struct metadata *md, const struct field *f)
{
	return f->type_name != NULL ? json_string(f->type_name)
				    : type_json(md, f->type);
}

static json_t *
args_json(const struct metadata *md, const struct variant *v)
{
	json_t *args = json_array();

	for (size_t i = 0; i < v->n_fields; i++) {
		const struct field *f = &v->fields[i];

		json_array_append_new(
		    args, json_pack("{s:s?, s:o}", "name", f->name, "type",
			      arg_type(md, f)));
	}
	return args;
}

/* Calls, or errors: which have no arguments to show. */
static json_t *
variants_json(const struct metadata *md, int64_t type, bool with_args)
{
	json_t *list = json_array();

	for (size_t i = 0; type >= 0 && i < md->types[type].n_variants; i++) {
		const struct variant *v = &md->types[type].variants[i];
		json_t *item =
		    json_pack("{s:s, s:i}", "name", v->name, "index", v->index);

		if (with_args)
			json_object_set_new(item, "args", args_json(md, v));
		json_array_append_new(list, item);
	}
	return list;
}

static json_t *
entry_json(const struct metadata *md, const struct storage_entry *e)
{
	json_t *hashers = json_array(), *keys = json_array();

	for (size_t i = 0; i < e->n_hashers; i++) {
		json_array_append_new(
		    hashers, json_string(hasher_names[e->hashers[i]]));
		json_array_append_new(keys, type_json(md, e->keys[i]));
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:b}", "name", e->name,
	    "hashers", hashers, "keys", keys, "value", type_json(md, e->value),
	    "default", e->has_default);
}

static json_t *
storage_json(const struct metadata *md, const struct pallet *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_storage; i++)
		json_array_append_new(list, entry_json(md, &p->storage[i]));
	return list;
}

static json_t *
pallet_json(const struct metadata *md, const struct pallet *p)
{
	return json_pack("{s:s, s:i, s:s?, s:o, s:o, s:o}", "name", p->name,
	    "index", p->index, "prefix", p->prefix, "calls",
	    variants_json(md, p->calls, true), "storage", storage_json(md, p),
	    "errors", variants_json(md, p->errors, false));
}

/* All pallets, or the one named. */
static json_t *
metadata_json(const struct metadata *md, const char *only)
{
	json_t *pallets = json_array(), *extensions = json_array();

	for (size_t i = 0; i < md->n_extensions; i++)
		json_array_append_new(
		    extensions, json_string(md->extensions[i].identifier));
	for (size_t i = 0; i < md->n_pallets; i++)
		if (only == NULL || strcmp(md->pallets[i].name, only) == 0)
			json_array_append_new(
			    pallets, pallet_json(md, &md->pallets[i]));
	return json_pack("{s:i, s:I, s:o, s:o}", "version", md->version,
	    "spec_version", (json_int_t)md->spec_version, "extensions",
	    extensions, "pallets", pallets);
}

enum ctl_exit
chain_metadata_show(struct chain_args *args, json_t **out, struct err *err)
{
	struct metadata *md = chain_metadata(args, args->words[0], err);
	const char *pallet = chain_flag(args, "pallet");

	if (md != NULL && pallet != NULL && metadata_pallet(md, pallet) == NULL)
		err_set(err,
		    "there is no pallet \"%.60s\": without --pallet all are "
		    "shown",
		    pallet);
	else if (md != NULL)
		*out = metadata_json(md, pallet);
	metadata_free(md);
	return *out != NULL ? CTL_OK : CTL_FAILED;
}

/* subnetctl metadata: what a runtime is made of, as our reader sees it. */
#include "subtensor/metadata.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subnetctl/ctl.h"
#include "subnetctl/show.h"

static const char *const hasher_names[] = {"Blake2_128", "Blake2_256",
    "Blake2_128Concat", "Twox128", "Twox256", "Twox64Concat", "Identity"};

/* The caller frees. */
static uint8_t *
read_file(const char *path, size_t *len, struct err *err)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	if (f == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	data = xmalloc(METADATA_MAX_BYTES + 1);
	*len = fread(data, 1, METADATA_MAX_BYTES + 1, f);
	fclose(f);
	if (*len <= METADATA_MAX_BYTES)
		return data;
	err_set(err, "%s: too large for metadata", path);
	free(data);
	return NULL;
}

/* The name its source has for a type, or else its path. */
static json_t *
type_name(const struct metadata *md, const struct field *f)
{
	const char *name = f->type_name;

	if (name == NULL)
		name = md->types[f->type].path;
	return json_string(name);
}

static json_t *
args_json(const struct metadata *md, const struct variant *v)
{
	json_t *args = json_array();

	for (size_t i = 0; i < v->n_fields; i++) {
		const struct field *f = &v->fields[i];

		json_array_append_new(
		    args, json_pack("{s:s?, s:o}", "name", f->name, "type",
			      type_name(md, f)));
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
storage_json(const struct pallet *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_storage; i++) {
		const struct storage_entry *e = &p->storage[i];
		json_t *hashers = json_array();

		for (size_t k = 0; k < e->n_hashers; k++)
			json_array_append_new(
			    hashers, json_string(hasher_names[e->hashers[k]]));
		json_array_append_new(
		    list, json_pack("{s:s, s:o, s:b}", "name", e->name,
			      "hashers", hashers, "default", e->has_default));
	}
	return list;
}

static json_t *
metadata_json(const struct metadata *md)
{
	json_t *pallets = json_array(), *extensions = json_array();

	for (size_t i = 0; i < md->n_extensions; i++)
		json_array_append_new(
		    extensions, json_string(md->extensions[i].identifier));
	for (size_t i = 0; i < md->n_pallets; i++) {
		const struct pallet *p = &md->pallets[i];

		json_array_append_new(pallets,
		    json_pack("{s:s, s:i, s:s?, s:o, s:o, s:o}", "name",
			p->name, "index", p->index, "prefix", p->prefix,
			"calls", variants_json(md, p->calls, true), "storage",
			storage_json(p), "errors",
			variants_json(md, p->errors, false)));
	}
	return json_pack("{s:i, s:I, s:o, s:o}", "version", md->version,
	    "spec_version", (json_int_t)md->spec_version, "extensions",
	    extensions, "pallets", pallets);
}

static size_t
n_variants(const struct metadata *md, int64_t type)
{
	return type >= 0 ? md->types[type].n_variants : 0;
}

static void
print_metadata(const struct metadata *md)
{
	printf("metadata V%d of %s %u\n\n%-28s %5s %5s %7s %6s\n", md->version,
	    md->spec_name, md->spec_version, "pallet", "index", "calls",
	    "storage", "errors");
	for (size_t i = 0; i < md->n_pallets; i++) {
		const struct pallet *p = &md->pallets[i];

		printf("%-28s %5d %5zu %7zu %6zu\n", p->name, p->index,
		    n_variants(md, p->calls), p->n_storage,
		    n_variants(md, p->errors));
	}
}

int
ctl_metadata_show(const struct ctl *ctl)
{
	struct metadata *md = NULL;
	struct err err;
	size_t len;
	uint8_t *data = read_file(ctl->args[0], &len, &err);

	if (data != NULL)
		md = metadata_parse(data, len, &err);
	free(data);
	if (md == NULL)
		return ctl_fail(ctl, CTL_FAILED, &err);
	if (ctl->json)
		show_json(metadata_json(md));
	else
		print_metadata(md);
	metadata_free(md);
	return CTL_OK;
}

/*
 * dump FILE: what our reader makes of a metadata blob, as JSON, for the
 * comparison with another reader: pallets by index, their calls with argument
 * names, storage entries with hashers, errors.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"

static uint8_t *
read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;

	if (f == NULL)
		return NULL;
	data = xmalloc(METADATA_MAX_BYTES + 1);
	*len = fread(data, 1, METADATA_MAX_BYTES + 1, f);
	fclose(f);
	return data;
}

static int
by_index(const void *a, const void *b)
{
	const struct variant *const *x = a, *const *y = b;

	return (*x)->index - (*y)->index;
}

static json_t *
variant_json(const struct variant *v, int with_arguments)
{
	json_t *j =
	    json_pack("{s:s, s:i}", "name", v->name, "index", (int)v->index);
	json_t *args = json_array();

	for (size_t i = 0; i < v->n_fields; i++)
		json_array_append_new(args,
		    json_string(
			v->fields[i].name != NULL ? v->fields[i].name : ""));
	if (with_arguments)
		json_object_set(j, "args", args);
	json_decref(args);
	return j;
}

static json_t *
variants_json(const struct metadata *md, int64_t type, int with_arguments)
{
	json_t *list = json_array();
	const struct variant **sorted;
	size_t n;

	if (type < 0)
		return list;
	n = md->types[type].n_variants;
	sorted = xcalloc(n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &md->types[type].variants[i];
	qsort(sorted, n, sizeof(*sorted), by_index);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, variant_json(sorted[i], with_arguments));
	free(sorted);
	return list;
}

static json_t *
storage_json(const struct pallet *p)
{
	static const char *const names[] = {"Blake2_128", "Blake2_256",
	    "Blake2_128Concat", "Twox128", "Twox256", "Twox64Concat",
	    "Identity"};
	json_t *list = json_array();

	for (size_t i = 0; i < p->n_storage; i++) {
		const struct storage_entry *e = &p->storage[i];
		json_t *hashers = json_array();

		for (size_t h = 0; h < e->n_hashers; h++)
			json_array_append_new(
			    hashers, json_string(names[e->hashers[h]]));
		json_array_append_new(list, json_pack("{s:s, s:o}", "name",
						e->name, "hashers", hashers));
	}
	return list;
}

static json_t *
metadata_json(const struct metadata *md)
{
	json_t *pallets = json_array();

	for (int index = 0; index < 256; index++) {
		const struct pallet *p = metadata_pallet_at(md, index);

		if (p == NULL)
			continue;
		json_array_append_new(pallets,
		    json_pack("{s:s, s:i, s:o, s:o, s:o}", "name", p->name,
			"index", index, "calls", variants_json(md, p->calls, 1),
			"storage", storage_json(p), "errors",
			variants_json(md, p->errors, 0)));
	}
	return json_pack("{s:o}", "pallets", pallets);
}

int
main(int argc, char **argv)
{
	struct metadata *md = NULL;
	struct err err = {"it cannot be read"};
	uint8_t *data = NULL;
	size_t len = 0;
	json_t *j;

	if (argc == 2)
		data = read_file(argv[1], &len);
	if (data != NULL)
		md = metadata_parse(data, len, &err);
	free(data);
	if (md == NULL) {
		fprintf(stderr, "dump: %s\n", err.text);
		return 1;
	}
	j = metadata_json(md);
	json_dumpf(j, stdout, JSON_COMPACT);
	json_decref(j);
	metadata_free(md);
	return 0;
}

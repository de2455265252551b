/* Looking things up in parsed metadata, by name or by number. */
#include "subtensor/metadata.h"

#include <string.h>

const struct pallet *
metadata_pallet(const struct metadata *md, const char *name)
{
	for (size_t i = 0; i < md->n_pallets; i++)
		if (strcmp(md->pallets[i].name, name) == 0)
			return &md->pallets[i];
	return NULL;
}

const struct pallet *
metadata_pallet_at(const struct metadata *md, uint8_t index)
{
	for (size_t i = 0; i < md->n_pallets; i++)
		if (md->pallets[i].index == index)
			return &md->pallets[i];
	return NULL;
}

const struct storage_entry *
metadata_storage(const struct metadata *md, const char *pallet,
    const char *entry, const struct pallet **out)
{
	const struct pallet *p = metadata_pallet(md, pallet);

	if (out != NULL)
		*out = p;
	for (size_t i = 0; p != NULL && i < p->n_storage; i++)
		if (strcmp(p->storage[i].name, entry) == 0)
			return &p->storage[i];
	return NULL;
}

const struct variant *
metadata_call(const struct metadata *md, const char *pallet, const char *call,
    const struct pallet **out)
{
	const struct pallet *p = metadata_pallet(md, pallet);
	const struct type *calls;

	if (out != NULL)
		*out = p;
	if (p == NULL || p->calls < 0)
		return NULL;
	calls = &md->types[p->calls];
	for (size_t i = 0; i < calls->n_variants; i++)
		if (strcmp(calls->variants[i].name, call) == 0)
			return &calls->variants[i];
	return NULL;
}

const struct variant *
metadata_error(const struct metadata *md, uint8_t pallet, uint8_t error)
{
	const struct pallet *p = metadata_pallet_at(md, pallet);

	if (p == NULL || p->errors < 0)
		return NULL;
	return type_variant_at(&md->types[p->errors], error);
}

const struct runtime_method *
metadata_method(const struct metadata *md, const char *api_method)
{
	for (size_t i = 0; i < md->n_methods; i++) {
		const struct runtime_method *m = &md->methods[i];
		size_t len = strlen(m->api);

		if (strncmp(api_method, m->api, len) == 0 &&
		    api_method[len] == '_' &&
		    strcmp(api_method + len + 1, m->name) == 0)
			return m;
	}
	return NULL;
}

const struct constant *
metadata_constant(
    const struct metadata *md, const char *pallet, const char *name)
{
	const struct pallet *p = metadata_pallet(md, pallet);

	for (size_t i = 0; p != NULL && i < p->n_constants; i++)
		if (strcmp(p->constants[i].name, name) == 0)
			return &p->constants[i];
	return NULL;
}

const struct variant *
type_variant_at(const struct type *t, uint8_t index)
{
	for (size_t i = 0; i < t->n_variants; i++)
		if (t->variants[i].index == index)
			return &t->variants[i];
	return NULL;
}

int64_t
metadata_events_type(const struct metadata *md)
{
	const struct storage_entry *e =
	    metadata_storage(md, "System", "Events", NULL);

	return e != NULL ? (int64_t)e->value : -1;
}

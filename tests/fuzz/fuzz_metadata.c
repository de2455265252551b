/*
 * Metadata: any bytes as a blob. One that is read is then used as the daemons
 * use it, and written again in each version: reading that gives the same.
 *
 * The blob begins at the first byte.
 */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/arena.h"
#include "subtensor/decode.h"
#include "subtensor/extrinsic.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "tests/fuzz/blob.h"
#include "tests/fuzz/input.h"

static void
use_value(
    const struct metadata *md, uint32_t type, const uint8_t *data, size_t len)
{
	struct err err = {""};
	struct buf out = {0};
	json_t *json = decode_all(md, type, data, len, &err);

	if (json != NULL)
		encode_value(md, type, json, &out, &err);
	buf_free(&out);
	json_decref(json);
}

static void
use_storage(const struct metadata *md, const struct pallet *p)
{
	for (size_t i = 0; i < p->n_storage; i++) {
		const struct storage_entry *e = &p->storage[i];
		const struct pallet *found;
		struct err err = {""};
		struct buf key = {0};
		json_t *keys = json_array();

		for (size_t k = 0; k < e->n_hashers; k++)
			json_array_append_new(keys, json_integer(1));
		input_must(
		    metadata_storage(md, p->name, e->name, &found) != NULL,
		    "storage is found by its name");
		input_must(
		    storage_key(md, p->name, e->name, NULL, &key, &err) == 0 &&
			key.len == 32,
		    "every entry has a prefix");
		storage_key(md, p->name, e->name, keys, &key, &err);
		use_value(md, e->value, e->fallback, e->fallback_len);
		buf_free(&key);
		json_decref(keys);
	}
}

static void
use_calls(const struct metadata *md, const struct pallet *p)
{
	const struct type *t = &md->types[p->calls];
	const struct pallet *found;

	for (size_t i = 0; i < t->n_variants; i++) {
		struct err err = {""};
		struct buf out = {0};
		const char *name = t->variants[i].name;

		input_must(metadata_call(md, p->name, name, &found) != NULL,
		    "a call is found by its name");
		encode_call(md, p->name, name, NULL, &out, &err);
		input_must(type_variant_at(t, t->variants[i].index) != NULL,
		    "a variant is found by its number");
		buf_free(&out);
	}
}

static void
use_pallet(const struct metadata *md, const struct pallet *p)
{
	/* One of the same name may stand before it. */
	if (metadata_pallet(md, p->name) != p)
		return;
	use_storage(md, p);
	if (p->calls >= 0)
		use_calls(md, p);
	for (size_t i = 0; i < p->n_constants; i++) {
		input_must(metadata_constant(
			       md, p->name, p->constants[i].name) != NULL,
		    "a constant is found by its name");
		use_value(md, p->constants[i].type, p->constants[i].value,
		    p->constants[i].value_len);
	}
	metadata_error(md, p->index, 0);
	metadata_pallet_at(md, p->index);
}

static void
use_methods(const struct metadata *md)
{
	for (size_t i = 0; i < md->n_methods; i++) {
		struct buf name = {0};

		buf_printf(
		    &name, "%s_%s", md->methods[i].api, md->methods[i].name);
		input_must(metadata_method(md, buf_str(&name)) != NULL,
		    "a method is found by its name");
		buf_free(&name);
	}
}

static void
use(const struct metadata *md)
{
	struct extrinsic_env env = {.nonce = 1};
	struct err err = {""};
	struct buf payload = {0};
	int64_t events = metadata_events_type(md);

	for (size_t i = 0; i < md->n_types; i++)
		input_must(
		    type_is_empty(md, i) == (md->types[i].min_bytes == 0),
		    "a type is empty or not");
	for (size_t i = 0; i < md->n_pallets; i++)
		use_pallet(md, &md->pallets[i]);
	use_methods(md);
	if (events >= 0)
		use_value(md, events, (const uint8_t *)"\4\0\0\0\0", 5);
	extrinsic_payload(md, &env, "\0\0", 2, &payload, &err);
	buf_free(&payload);
}

static void
write_again(const struct metadata *md, int version)
{
	struct blob_form form = {.version = version};
	struct err err = {""};
	struct buf first = {0}, second = {0};
	struct metadata *again;

	blob_encode(md, &form, &first);
	again = metadata_parse(first.data, first.len, &err);
	input_must(again != NULL, "what was written can be read");
	input_must(again->version == version &&
		       again->spec_version == md->spec_version &&
		       again->transaction_version == md->transaction_version &&
		       again->has_v4 == md->has_v4 &&
		       arena_size(again->arena) > 0,
	    "it says the same");
	blob_encode(again, &form, &second);
	input_must(first.len == second.len &&
		       memcmp(first.data, second.data, first.len) == 0,
	    "it is written alike twice");
	metadata_free(again);
	buf_free(&first);
	buf_free(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	struct err err = {""};
	uint8_t *bytes = input_copy(&in);
	struct metadata *md = metadata_parse(bytes, n, &err);

	free(bytes);
	if (md == NULL) {
		input_must(err.text[0] != '\0', "a refusal says why");
		return 0;
	}
	use(md);
	for (int version = 14; version <= 16; version++)
		write_again(md, version);
	metadata_free(md);
	return 0;
}

/*
 * Recorded chain data: parts of the metadata, its defaults and constants, the
 * runtime's answers, extrinsics, events, storage, the JSON they came in,
 * vectors of keys and wallets.
 */
#include "tests/fuzz/seed.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "tests/fuzz/blob.h"
#include "tests/fuzz/world.h"

enum { EVERY = 7 };

static json_t *
read_json(const char *file)
{
	size_t len;
	char *text = (char *)world_read(file, &len);
	json_t *json =
	    text != NULL ? json_loadb(text, len, JSON_DECODE_ANY, NULL) : NULL;

	free(text);
	return json;
}

static const char *
text_of(const json_t *json, const char *name)
{
	return json_string_value(json_object_get(json, name));
}

static struct buf
bytes_of(const char *hex)
{
	struct buf b = {0};
	long n = 0;

	if (hex != NULL)
		n = hex_decode(
		    hex, buf_reserve(&b, strlen(hex) / 2 + 1), strlen(hex) / 2);
	b.len = n > 0 ? n : 0;
	return b;
}

static void
put_value(const struct seeds *s, uint8_t world, uint32_t type,
    const void *bytes, size_t len)
{
	uint8_t head[4] = {0, world, type & 0xff, type >> 8};

	seed_put(s, "scale", head, 4, bytes, len);
}

static void
put_hex(const struct seeds *s, const char *fuzzer, const void *head,
    size_t head_len, const char *hex)
{
	struct buf b = bytes_of(hex);

	seed_buf(s, fuzzer, head, head_len, &b);
	buf_free(&b);
}

static void
pallet_values(const struct seeds *s, uint8_t world, const struct pallet *p)
{
	for (size_t i = 0; i < p->n_storage; i += EVERY)
		put_value(s, world, p->storage[i].value, p->storage[i].fallback,
		    p->storage[i].fallback_len);
	for (size_t i = 0; i < p->n_constants; i += EVERY)
		put_value(s, world, p->constants[i].type, p->constants[i].value,
		    p->constants[i].value_len);
}

/* System's constants and one small pallet: without System's events, whose
 * type is made of everybody's. */
static void
blobs(const struct seeds *s, const struct metadata *md)
{
	static const char *const names[] = {
	    "Drand", "Timestamp", "TransactionPayment", "Commitments"};
	static const char *const both[] = {"System", "Part", NULL};
	struct pallet parts[2];
	struct metadata part = *md;

	part.pallets = parts;
	part.n_pallets = 2;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct blob_form form = {.version = md->version, .keep = both};
		struct buf b = {0};

		if (metadata_pallet(md, names[i]) == NULL)
			continue;
		parts[0] = *metadata_pallet(md, "System");
		parts[0].n_storage = 0;
		parts[1] = *metadata_pallet(md, names[i]);
		parts[1].name = "Part";
		part.n_extensions = i == 0 ? md->n_extensions : 0;
		blob_encode(&part, &form, &b);
		seed_buf(s, "metadata", "", 0, &b);
		buf_free(&b);
	}
}

/* The runtime's answers: their types by the method's name. */
static void
answers(
    const struct seeds *s, uint8_t world, const char *method, const char *hex)
{
	const struct runtime_method *m =
	    method != NULL ? metadata_method(world_get(world), method) : NULL;
	struct buf b = bytes_of(hex);

	if (m != NULL)
		put_value(s, world, m->output, b.data, b.len);
	buf_free(&b);
}

static void
recorded_calls(const struct seeds *s)
{
	json_t *calls =
	    read_json("rpc_state_call_recorded_bittensor_sdk_tests.json");
	const char *name;
	json_t *call;

	json_object_foreach(calls, name, call)
	{
		json_t *params = json_object_get(call, "params");
		char *text = json_dumps(call, JSON_COMPACT);

		answers(s, WORLD_RECORDED,
		    json_string_value(json_array_get(params, 0)),
		    text_of(call, "result"));
		seed_text(s, "rpc_message", "\0", text);
		free(text);
	}
	json_decref(calls);
}

/* The JSON of whole answers, as a node sends them. */
static void
recorded_storage(const struct seeds *s)
{
	json_t *all =
	    read_json("rpc_storage_recorded_bittensor_sdk_tests.json");
	const char *test, *method, *params;
	json_t *methods, *calls, *answer;

	json_object_foreach(all, test, methods)
	{
		json_object_foreach(methods, method, calls)
		{
			json_object_foreach(calls, params, answer)
			{
				char *text;

				if (!json_is_object(answer))
					continue;
				json_object_set_new(
				    answer, "id", json_integer(1));
				text = json_dumps(answer, JSON_COMPACT);
				seed_text(s, "rpc_message", "\0", text);
				free(text);
			}
		}
	}
	json_decref(all);
}

static void
storage_293(const struct seeds *s)
{
	const uint8_t world = WORLD_RECORDED + 2;
	json_t *all = read_json("storage-keys-293.json"), *one;
	size_t i;

	json_array_foreach(all, i, one)
	{
		const char *pallet = text_of(one, "pallet");
		const char *entry = text_of(one, "metaName");
		const struct storage_entry *e = NULL;
		struct buf b = bytes_of(text_of(one, "value"));

		if (pallet != NULL && entry != NULL)
			e = metadata_storage(
			    world_get(world), pallet, entry, NULL);
		if (e != NULL)
			put_value(s, world, e->value, b.data, b.len);
		buf_free(&b);
	}
	json_decref(all);
}

static void
golden(const struct seeds *s)
{
	const uint8_t world = WORLD_RECORDED + 1;
	uint8_t head[2] = {0, world};
	json_t *all = read_json("golden_spec438.json"), *one;
	int64_t events = metadata_events_type(world_get(world));
	struct buf b =
	    bytes_of(text_of(json_object_get(all, "events_block6"), "hex"));
	size_t i;

	if (events >= 0)
		put_value(s, world, events, b.data, b.len);
	buf_free(&b);
	json_array_foreach(json_object_get(all, "extrinsics"), i, one)
	    put_hex(s, "extrinsic", head, 2, text_of(one, "hex"));
	json_array_foreach(json_object_get(all, "signature_payloads"), i, one)
	    put_hex(s, "sign", "\0\0\0", 3, text_of(one, "payload"));
	head[0] = 1;
	json_array_foreach(json_object_get(all, "calls"), i, one) put_hex(
	    s, "extrinsic", head, 2, json_string_value(json_array_get(one, 1)));
	json_decref(all);
}

static void
keys(const struct seeds *s)
{
	json_t *all = read_json("sr25519_vectors.json"), *one;
	size_t i;

	json_array_foreach(json_object_get(all, "suri"), i, one)
	{
		struct buf uri = {0};

		buf_printf(
		    &uri, "%s%s", text_of(one, "phrase"), text_of(one, "path"));
		seed_buf(s, "mnemonic", "\2", 1, &uri);
		buf_free(&uri);
		if (text_of(one, "ss58_42") != NULL)
			seed_text(s, "ss58", "\0", text_of(one, "ss58_42"));
	}
	json_array_foreach(json_object_get(all, "bip39"), i, one)
	{
		const char *phrase = text_of(one, "mnemonic");

		if (phrase == NULL)
			phrase = text_of(one, "phrase");
		if (phrase == NULL)
			phrase = json_string_value(json_array_get(one, 0));
		if (phrase != NULL)
			seed_put(
			    s, "mnemonic", "\0", 1, phrase, strlen(phrase));
	}
	json_decref(all);
}

static void
wallets(const struct seeds *s)
{
	json_t *all = read_json("wallet_vectors.json");
	const char *const names[] = {
	    "plaintext_json", "ansible_vault", "legacy_fernet"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_of(all, names[i]) != NULL)
			seed_text(s, "keyfile", "\0", text_of(all, names[i]));
	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_of(all, names[i]) != NULL)
			seed_put(s, "keyfile_sealed", "\0\1p", 3,
			    text_of(all, names[i]),
			    strlen(text_of(all, names[i])));
	put_hex(s, "keyfile_sealed", "\0\1p", 3, text_of(all, "nacl_file_hex"));
	json_decref(all);
}

void
seed_recorded(const struct seeds *s)
{
	for (uint8_t i = WORLD_RECORDED; i < world_count(); i++) {
		const struct metadata *md = world_get(i);

		blobs(s, md);
		for (size_t p = 0; p < md->n_pallets; p++)
			pallet_values(s, i, &md->pallets[p]);
	}
	if (world_count() < WORLD_MAX)
		return;
	recorded_calls(s);
	recorded_storage(s);
	storage_293(s);
	golden(s);
	keys(s);
	wallets(s);
}

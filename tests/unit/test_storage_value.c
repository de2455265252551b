/* Values of storage as nodes recorded them, and the keys they lay under. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char *
text_at(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

/* "System.Account(alice)" to its entry. */
static const struct storage_entry *
entry_called(const struct metadata *md, const char *name)
{
	char pallet[32], entry[32];

	assert_int_equal(sscanf(name, "%31[^.].%31[^(]", pallet, entry), 2);
	return metadata_storage(md, pallet, entry, NULL);
}

static void
assert_account(const json_t *json, const json_t *want)
{
	static const char *const counts[] = {
	    "nonce", "consumers", "providers", "sufficients"};
	const json_t *data = json_object_get(json, "data");

	for (size_t i = 0; i < 4; i++)
		assert_true(json_equal(json_object_get(json, counts[i]),
		    json_object_get(want, counts[i])));
	assert_true(json_equal(
	    json_object_get(data, "free"), json_object_get(want, "free")));
	assert_string_equal(text_at(data, "flags"),
	    "170141183460469231731687303715884105728"); /* 2^127 */
}

static void
values_of_spec_438_are_as_recorded(void **state)
{
	json_t *file, *row;
	struct metadata *md;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	json_array_foreach(json_object_get(file, "storage_values"), i, row)
	{
		const char *name = json_string_value(json_array_get(row, 0));
		const char *hex = json_string_value(json_array_get(row, 1));
		json_t *want = json_array_get(row, 2);
		const struct storage_entry *e = entry_called(md, name);
		struct buf bytes = {0};
		json_t *json;

		if (hex != NULL)
			bytes = chainmeta_bytes(hex);
		else
			buf_add(&bytes, e->fallback, e->fallback_len);
		json = chainmeta_round_trip(md, e->value, &bytes, name);
		if (json_is_object(want))
			assert_account(json, want);
		else
			assert_true(json_equal(json, want));
		json_decref(json);
		buf_free(&bytes);
		n++;
	}
	print_message("golden_spec438.json storage_values: %zu of 7\n", n);
	assert_int_equal(n, 7);
	json_decref(file);
	metadata_free(md);
}

/* Numbers past 2^53 are big-endian hex there and decimal text with us. */
static bool
is_same_bits(const json_t *ours, const json_t *theirs)
{
	const char *hex = json_string_value(theirs);
	const char *decimal = json_string_value(ours);
	unsigned __int128 a = 0, b = 0;

	if (hex == NULL || decimal == NULL || strncmp(hex, "0x", 2) != 0)
		return false;
	for (const char *p = hex + 2; *p != '\0'; p++)
		a = a << 4 | (*p <= '9' ? *p - '0' : *p - 'a' + 10);
	for (const char *p = decimal; *p != '\0'; p++)
		b = b * 10 + (*p - '0');
	return a == b;
}

/* Every scalar in `theirs` is in `ours` under the same name. */
static void
assert_agrees(const json_t *ours, const json_t *theirs, const char *what)
{
	const char *key;
	json_t *value;

	if (!json_is_object(theirs)) {
		if (!json_equal(ours, theirs) && !is_same_bits(ours, theirs))
			fail_msg("%s is another value", what);
		return;
	}
	json_object_foreach((json_t *)theirs, key, value)
	    assert_agrees(json_object_get(ours, key), value, what);
}

/* The events of the recording name things in another manner. */
static void
assert_events(const json_t *ours, const json_t *theirs)
{
	static const struct {
		const char *ours, *theirs;
	} paths[] = {
	    {"0.phase.ApplyExtrinsic", "0.phase.applyExtrinsic"},
	    {"3.phase.ApplyExtrinsic", "3.phase.applyExtrinsic"},
	    {"0.event.System.ExtrinsicSuccess.dispatch_info.weight.ref_time",
		"0.event.data.0.weight.refTime"},
	    {"0.event.System.ExtrinsicSuccess.dispatch_info.weight.proof_size",
		"0.event.data.0.weight.proofSize"},
	    {"1.event.SubtensorModule.WeightsSet", "1.event.data"},
	    {"2.event.TransactionPayment.TransactionFeePaid.who",
		"2.event.data.0"},
	    {"2.event.TransactionPayment.TransactionFeePaid.actual_fee",
		"2.event.data.1"},
	    {"3.event.System.ExtrinsicSuccess.dispatch_info.weight.ref_time",
		"3.event.data.0.weight.refTime"},
	    {"3.topics", "3.topics"},
	};

	assert_int_equal(json_array_size(ours), json_array_size(theirs));
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const json_t *a = chainmeta_at(ours, paths[i].ours);

		if (a == NULL ||
		    !json_equal(a, chainmeta_at(theirs, paths[i].theirs)))
			fail_msg("%s is another", paths[i].ours);
	}
}

static void
check_value(const struct metadata *md, const json_t *row)
{
	const char *name = text_at(row, "metaName");
	const struct storage_entry *e =
	    metadata_storage(md, text_at(row, "pallet"), name, NULL);
	const json_t *want = json_object_get(row, "decoded");
	struct buf bytes = chainmeta_bytes(text_at(row, "value"));
	json_t *json = chainmeta_round_trip(md, e->value, &bytes, name);

	if (strcmp(name, "Events") == 0)
		assert_events(json, want);
	else
		assert_agrees(json, want, name);
	json_decref(json);
	buf_free(&bytes);
}

static void
values_of_spec_293_are_as_recorded(void **state)
{
	size_t i, n = 0;
	json_t *file, *row;
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("metadata-293.scale");
	file = chaindata_json("storage-keys-293.json");
	json_array_foreach(file, i, row)
	{
		if (text_at(row, "value") == NULL)
			continue;
		check_value(md, row);
		n++;
	}
	print_message("storage-keys-293.json: %zu values\n", n);
	assert_int_equal(n, 27);
	json_decref(file);
	metadata_free(md);
}

/* The entry whose map a whole key belongs to; NULL if it is none of ours. */
static const struct storage_entry *
entry_of_key(const struct metadata *md, const struct buf *key,
    const struct pallet **pallet)
{
	struct buf prefix = {0};

	for (size_t i = 0; i < md->n_pallets; i++) {
		const struct pallet *p = &md->pallets[i];

		for (size_t k = 0; k < p->n_storage; k++) {
			bool is_it;

			buf_reset(&prefix);
			storage_key(md, p->name, p->storage[k].name, NULL,
			    &prefix, NULL);
			is_it = key->len >= prefix.len &&
				memcmp(key->data, prefix.data, prefix.len) == 0;
			if (!is_it)
				continue;
			buf_free(&prefix);
			*pallet = p;
			return &p->storage[k];
		}
	}
	buf_free(&prefix);
	return NULL;
}

static size_t
digest_bytes(enum hasher hasher)
{
	if (hasher == HASH_IDENTITY)
		return 0;
	return hasher == HASH_TWOX_64_CONCAT ? 8 : 16;
}

/* Take the keys out of a whole key, where its hashers leave them in. */
static json_t *
keys_inside(const struct metadata *md, const struct storage_entry *e,
    const struct buf *key)
{
	json_t *keys = json_array();
	size_t at = 32;

	for (size_t i = 0; i < e->n_hashers; i++) {
		size_t len = md->types[e->keys[i]].min_bytes;

		at += digest_bytes(e->hashers[i]);
		assert_true(at + len <= key->len);
		json_array_append_new(keys,
		    decode_all(md, e->keys[i], key->data + at, len, NULL));
		at += len;
	}
	assert_int_equal(at, key->len);
	return keys;
}

static void
assert_key(const struct metadata *md, const char *pallet, const char *entry,
    const json_t *keys, const char *hex)
{
	struct buf out = {0};
	struct err err = {""};

	if (storage_key(md, pallet, entry, keys, &out, &err) != 0)
		fail_msg("%s.%s: %s", pallet, entry, err.text);
	if (!chainmeta_is(&out, hex))
		fail_msg("%s.%s: another key", pallet, entry);
	buf_free(&out);
}

/* From the key recorded to its parts and back, and its value there and back.
 */
static void
check_recorded(
    const struct metadata *md, const char *key_hex, const char *value)
{
	struct buf key = chainmeta_bytes(key_hex), bytes = {0};
	const struct storage_entry *e;
	const struct pallet *p = NULL;
	json_t *keys;

	e = entry_of_key(md, &key, &p);
	if (e == NULL)
		fail_msg("%s is in no map", key_hex);
	keys = keys_inside(md, e, &key);
	assert_key(md, p->name, e->name, keys, key_hex);
	json_decref(keys);
	buf_free(&key);
	if (value == NULL)
		return;
	bytes = chainmeta_bytes(value);
	json_decref(chainmeta_round_trip(md, e->value, &bytes, e->name));
	buf_free(&bytes);
}

/* ["0xkey", "0xblock"] as text names a request for one key. */
static size_t
check_requests(const struct metadata *md, const json_t *requests)
{
	const char *params;
	json_t *answer;
	size_t n = 0;

	json_object_foreach((json_t *)requests, params, answer)
	{
		json_t *list = json_loads(params, 0, NULL);

		check_recorded(md, json_string_value(json_array_get(list, 0)),
		    text_at(answer, "result"));
		json_decref(list);
		n++;
	}
	return n;
}

static size_t
check_queries(const struct metadata *md, const json_t *queries)
{
	const char *params;
	json_t *answer, *change;
	size_t i, n = 0;

	json_object_foreach((json_t *)queries, params, answer)
	{
		json_t *result = json_object_get(answer, "result");

		json_array_foreach(
		    json_object_get(json_array_get(result, 0), "changes"), i,
		    change)
		{
			check_recorded(md,
			    json_string_value(json_array_get(change, 0)),
			    json_string_value(json_array_get(change, 1)));
			n++;
		}
	}
	return n;
}

static size_t
check_pages(const struct metadata *md, const json_t *pages)
{
	const char *params;
	json_t *answer, *key;
	size_t i, n = 0;

	json_object_foreach((json_t *)pages, params, answer)
	{
		json_array_foreach(json_object_get(answer, "result"), i, key)
		{
			check_recorded(md, json_string_value(key), NULL);
			n++;
		}
	}
	return n;
}

static void
recorded_keys_and_values_of_finney_go_there_and_back(void **state)
{
	size_t requests = 0, changes = 0, keys = 0;
	json_t *file, *test;
	struct metadata *md;
	const char *name;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json("rpc_storage_recorded_bittensor_sdk_tests.json");
	json_object_foreach(file, name, test)
	{
		requests += check_requests(
		    md, json_object_get(test, "state_getStorageAt"));
		changes += check_queries(
		    md, json_object_get(test, "state_queryStorageAt"));
		keys += check_pages(
		    md, json_object_get(test, "state_getKeysPaged"));
	}
	print_message("rpc_storage_recorded: %zu requests, %zu changes, %zu "
		      "keys with the metadata of 343\n",
	    requests, changes, keys);
	json_decref(file);
	metadata_free(md);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_of_spec_438_are_as_recorded),
	    cmocka_unit_test(values_of_spec_293_are_as_recorded),
	    cmocka_unit_test(
		recorded_keys_and_values_of_finney_go_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

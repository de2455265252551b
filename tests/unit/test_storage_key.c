/* Storage keys: the recorded ones, prefixes, and what is refused. */
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
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char *
text_at(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
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

/* "acc:" and "raw:" hex, "u16:" a number. */
static json_t *
golden_keys(const json_t *list)
{
	json_t *keys = json_array(), *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		const char *text = json_string_value(item);

		if (strncmp(text, "u16:", 4) == 0)
			json_array_append_new(
			    keys, json_integer(atoi(text + 4)));
		else
			json_array_append_new(
			    keys, json_sprintf("0x%s", text + 4));
	}
	return keys;
}

static void
keys_of_spec_438_come_out_with_the_metadata_of_424(void **state)
{
	json_t *file, *list, *row;
	struct metadata *md;
	size_t i, n = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	list = json_object_get(file, "storage_keys");
	json_array_foreach(list, i, row)
	{
		json_t *keys = golden_keys(json_array_get(row, 2));

		assert_key(md, json_string_value(json_array_get(row, 0)),
		    json_string_value(json_array_get(row, 1)), keys,
		    json_string_value(json_array_get(row, 3)));
		json_decref(keys);
		n++;
	}
	print_message("golden_spec438.json storage_keys: %zu of %zu\n", n,
	    json_array_size(list));
	json_decref(file);
	metadata_free(md);
}

static void
the_prefix_of_a_map_is_its_key_without_keys(void **state)
{
	struct metadata *md;
	json_t *file;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	file = chaindata_json("golden_spec438.json");
	assert_key(md, "SubtensorModule", "NetworksAdded", NULL,
	    text_at(
		json_object_get(file, "query_map_NetworksAdded"), "prefix"));
	json_decref(file);
	metadata_free(md);
}

static void
check_hashers(const struct metadata *md, const json_t *row)
{
	static const char *const names[] = {
	    [HASH_BLAKE2_128_CONCAT] = "Blake2_128Concat",
	    [HASH_TWOX_64_CONCAT] = "Twox64Concat",
	    [HASH_IDENTITY] = "Identity"};
	const struct storage_entry *e = metadata_storage(
	    md, text_at(row, "pallet"), text_at(row, "metaName"), NULL);
	const json_t *hashers = json_object_get(row, "hashers");

	assert_int_equal(e->n_hashers, json_array_size(hashers));
	for (size_t i = 0; i < e->n_hashers; i++)
		assert_string_equal(names[e->hashers[i]],
		    json_string_value(json_array_get(hashers, i)));
}

/* Keys[2], and the whole keys of the map under it. */
static void
check_prefix(const struct metadata *md, const json_t *row)
{
	json_t *keys = json_pack("[i]", 2), *key;
	size_t i;

	assert_key(md, "SubtensorModule", "Keys", keys, text_at(row, "key"));
	json_array_append_new(keys, json_null());
	json_array_foreach(json_object_get(row, "keys"), i, key)
	{
		json_array_set_new(keys, 1, json_integer(i));
		assert_key(md, "SubtensorModule", "Keys", keys,
		    json_string_value(key));
	}
	json_decref(keys);
}

static void
keys_of_spec_293_are_as_recorded(void **state)
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
		json_t *keys;

		if (json_object_get(row, "note") != NULL) {
			check_prefix(md, row);
			n++;
			continue;
		}
		/* All keys are texts there; numbers read from those, too. */
		keys = json_object_get(row, "args");
		check_hashers(md, row);
		assert_key(md, text_at(row, "pallet"), text_at(row, "metaName"),
		    keys, text_at(row, "key"));
		n++;
	}
	print_message("storage-keys-293.json: %zu of %zu keys\n", n,
	    json_array_size(file));
	json_decref(file);
	metadata_free(md);
}

static void
a_key_that_cannot_be_made_is_refused(void **state)
{
	static const struct {
		const char *pallet, *entry, *keys, *why;
	} cases[] = {
	    {"Nowhere", "Tempo", "[1]", "no storage Nowhere.Tempo"},
	    {"SubtensorModule", "Tempi", "[1]", "no storage"},
	    {"Utility", "Tempo", "[1]", "no storage"},
	    {"SubtensorModule", "Tempo", "[1, 2]", "has 1 keys, not 2"},
	    {"System", "Number", "[1]", "has 0 keys"},
	    {"SubtensorModule", "Tempo", "[65536]", "key 0: it is no integer"},
	    {"SubtensorModule", "Tempo", "{}", "no array"},
	    {"SubtensorModule", "Uids", "[1, \"5Grw\"]", "key 1: "},
	};
	struct metadata *md;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *keys = json_loads(cases[i].keys, 0, NULL);
		struct buf out = {0};
		struct err err = {""};

		assert_int_equal(storage_key(md, cases[i].pallet,
				     cases[i].entry, keys, &out, &err),
		    -1);
		if (strstr(err.text, cases[i].why) == NULL)
			fail_msg(
			    "\"%s\" is not \"%s\"", err.text, cases[i].why);
		assert_int_equal(out.len, 0);
		buf_free(&out);
		json_decref(keys);
	}
	metadata_free(md);
}

static void
the_digests_are_the_known_ones(void **state)
{
	static const struct {
		const char *text, *hex;
	} twox[] = {{"SubtensorModule", "658faa385070e074c85bf6b568cf0555"},
	    {"System", "26aa394eea5630e07c48ae0c9558cef7"}};
	struct buf b = {0};
	uint8_t h[32];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		buf_reset(&b);
		hash_twox128(twox[i].text, strlen(twox[i].text), h);
		buf_add(&b, h, 16);
		assert_true(chainmeta_is(&b, twox[i].hex));
	}
	buf_reset(&b);
	hash_blake2_256("", 0, h);
	buf_add(&b, h, 32);
	assert_true(chainmeta_is(&b,
	    "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3"
	    "a8"));
	/* The narrow ones begin the wide one. */
	hash_twox256("System", 6, h);
	buf_reset(&b);
	buf_add(&b, h, 16);
	assert_true(chainmeta_is(&b, twox[1].hex));
	hash_twox64("System", 6, h);
	buf_reset(&b);
	buf_add(&b, h, 8);
	assert_memory_equal(b.data, "\x26\xaa\x39\x4e\xea\x56\x30\xe0", 8);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		keys_of_spec_438_come_out_with_the_metadata_of_424),
	    cmocka_unit_test(the_prefix_of_a_map_is_its_key_without_keys),
	    cmocka_unit_test(keys_of_spec_293_are_as_recorded),
	    cmocka_unit_test(a_key_that_cannot_be_made_is_refused),
	    cmocka_unit_test(the_digests_are_the_known_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

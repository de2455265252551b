/*
 * Recorded chain data that no module's own test goes through: block headers,
 * runtime versions, keys of a map, and every field of the key vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/merlin.h"
#include "subtensor/metadata.h"
#include "subtensor/mnemonic.c"
#include "subtensor/scale.h"
#include "subtensor/ss58.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

static const char keys_file[] = "sr25519_vectors.json";
static const char storage_file[] =
    "rpc_storage_recorded_bittensor_sdk_tests.json";

static const char *
text_at(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static void
assert_bytes_at(
    const json_t *row, const char *name, const uint8_t *bytes, size_t len)
{
	struct buf expected = chainmeta_bytes(text_at(row, name));

	assert_int_equal(expected.len, len);
	assert_memory_equal(expected.data, bytes, len);
	buf_free(&expected);
}

static void
add_hex(struct buf *out, const char *hex)
{
	struct buf part = chainmeta_bytes(hex);

	buf_add(out, part.data, part.len);
	buf_free(&part);
}

/* As a node answers chain_getHeader. */
static void
header_hash(const json_t *header, uint8_t hash[32])
{
	const json_t *logs = chainmeta_at(header, "digest.logs"), *log;
	struct buf b = {0};
	size_t i;

	add_hex(&b, text_at(header, "parentHash"));
	scale_put_compact(&b, strtoull(text_at(header, "number"), NULL, 16));
	add_hex(&b, text_at(header, "stateRoot"));
	add_hex(&b, text_at(header, "extrinsicsRoot"));
	scale_put_compact(&b, json_array_size(logs));
	json_array_foreach(logs, i, log) add_hex(&b, json_string_value(log));
	hash_blake2_256(b.data, b.len, hash);
	buf_free(&b);
}

/* How many headers were asked for by hash; the key is the parameters. */
static size_t
check_headers(const json_t *answers)
{
	const char *params;
	size_t n = 0;
	json_t *answer;

	json_object_foreach((json_t *)answers, params, answer)
	{
		char asked[67] = "";
		uint8_t hash[32], expected[32];

		if (sscanf(params, "[\"%66[0-9a-fx]\"]", asked) != 1)
			continue;
		assert_int_equal(hex_decode_exact(asked, expected, 32), 0);
		header_hash(json_object_get(answer, "result"), hash);
		assert_memory_equal(hash, expected, 32);
		n++;
	}
	return n;
}

static void
recorded_headers_hash_to_their_blocks(void **state)
{
	json_t *file, *test;
	const char *name;
	size_t n = 0;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json(storage_file);
	json_object_foreach(file, name, test) n +=
	    check_headers(json_object_get(test, "chain_getHeader"));
	print_message("%zu vectors of %s chain_getHeader\n", n, storage_file);
	assert_true(n > 20);
	json_decref(file);
}

/* state_getRuntimeVersion's answer and the constant System.Version. */
static size_t
assert_version(const struct metadata *md, const json_t *answer)
{
	static const char *const names[][2] = {
	    {"spec_name", "specName"},
	    {"impl_name", "implName"},
	    {"authoring_version", "authoringVersion"},
	    {"spec_version", "specVersion"},
	    {"impl_version", "implVersion"},
	    {"apis", "apis"},
	    {"transaction_version", "transactionVersion"},
	    {"system_version", "stateVersion"},
	};
	enum { NAMES = sizeof(names) / sizeof(names[0]) };
	const struct constant *c = metadata_constant(md, "System", "Version");
	json_t *ours;
	size_t apis;

	assert_non_null(c);
	ours = decode_all(md, c->type, c->value, c->value_len, NULL);
	assert_non_null(ours);
	for (size_t i = 0; i < NAMES; i++) {
		json_t *expected = json_object_get(answer, names[i][1]);

		assert_non_null(expected);
		assert_true(
		    json_equal(json_object_get(ours, names[i][0]), expected));
	}
	apis = json_array_size(json_object_get(ours, "apis"));
	json_decref(ours);
	return NAMES - 1 + apis;
}

static void
a_runtime_version_is_the_constant_of_its_metadata(void **state)
{
	struct metadata *md;
	json_t *answer;
	size_t n;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("metadata-293.scale");
	answer = chaindata_json("runtime-version-293.json");
	n = assert_version(md, answer);
	print_message("%zu vectors of runtime-version-293.json\n", n);
	assert_int_equal(n, 27);
	json_decref(answer);
	metadata_free(md);
}

/* Of those recorded, the ones of a runtime whose metadata is here. */
static void
finneys_runtime_version_is_the_constant_of_its_metadata(void **state)
{
	json_t *file, *test, *answer;
	const char *name, *params;
	struct metadata *md;
	size_t n = 0;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_spec343_v15.scale");
	file = chaindata_json(storage_file);
	json_object_foreach(file, name, test)
	{
		json_object_foreach(
		    json_object_get(test, "state_getRuntimeVersion"), params,
		    answer)
		{
			json_t *result = json_object_get(answer, "result");

			if (json_integer_value(
				json_object_get(result, "specVersion")) != 343)
				continue;
			assert_version(md, result);
			n++;
		}
	}
	print_message(
	    "%zu vectors of %s state_getRuntimeVersion\n", n, storage_file);
	assert_int_equal(n, 1);
	json_decref(file);
	metadata_free(md);
}

static void
pairs_of_a_map_are_as_recorded(void **state)
{
	const struct storage_entry *e;
	json_t *file, *pairs, *pair;
	struct metadata *md;
	size_t i;

	(void)state;
	chaindata_or_skip();
	md = chainmeta_load("finney_taohop_20260704.scale");
	e = metadata_storage(md, "SubtensorModule", "NetworksAdded", NULL);
	file = chaindata_json("golden_spec438.json");
	pairs = chainmeta_at(file, "query_map_NetworksAdded.pairs");
	json_array_foreach(pairs, i, pair)
	{
		json_t *keys = json_pack("[i]", (int)i), *value;
		struct buf key = {0}, bytes;

		assert_int_equal(storage_key(md, "SubtensorModule",
				     "NetworksAdded", keys, &key, NULL),
		    0);
		assert_true(chainmeta_is(
		    &key, json_string_value(json_array_get(pair, 0))));
		bytes =
		    chainmeta_bytes(json_string_value(json_array_get(pair, 1)));
		value =
		    chainmeta_round_trip(md, e->value, &bytes, "NetworksAdded");
		assert_true(json_is_true(value));
		json_decref(keys);
		json_decref(value);
		buf_free(&key);
		buf_free(&bytes);
	}
	print_message(
	    "%zu vectors of golden_spec438.json query_map_NetworksAdded\n", i);
	assert_int_equal(i, 2);
	json_decref(file);
	metadata_free(md);
}

static void
assert_account(const json_t *row, const struct sr25519_keypair *kp)
{
	char address[SS58_MAX_TEXT];

	assert_bytes_at(row, "public", kp->public, 32);
	assert_int_equal(ss58_encode(42, kp->public, address), 0);
	assert_string_equal(address, text_at(row, "ss58_42"));
}

static void
check_uri(const json_t *row)
{
	char *suri =
	    xasprintf("%s%s", text_at(row, "phrase"), text_at(row, "path"));
	struct sr25519_keypair kp;
	uint8_t seed[32];

	assert_int_equal(suri_to_keypair(suri, &kp, NULL), 0);
	assert_account(row, &kp);
	assert_int_equal(
	    mnemonic_to_seed(text_at(row, "phrase"), "", seed, NULL), 0);
	assert_bytes_at(row, "mini_secret_root", seed, 32);
	free(suri);
}

/* The scalar, and eight times it as btwallet's other form has it. */
static void
check_path(const json_t *row)
{
	static const char message[] = "this is a message";
	struct sr25519_keypair kp, other;
	uint8_t secret[64];

	assert_int_equal(suri_to_keypair(text_at(row, "path"), &kp, NULL), 0);
	assert_account(row, &kp);
	assert_bytes_at(row, "scalar", kp.key, 32);
	memcpy(secret + 32, kp.nonce, 32);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "ed25519_form_x8"), secret, 32), 0);
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(other.key, kp.key, 32);
	if (text_at(row, "mini_secret") == NULL)
		return;
	assert_bytes_at(row, "nonce", kp.nonce, 32);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "mini_secret"), secret, 32), 0);
	sr25519_from_seed(secret, &other);
	assert_memory_equal(&other, &kp, sizeof(kp));
	assert_int_equal(
	    hex_decode_exact(
		text_at(row, "sig_rng0_this_is_a_message"), secret, 64),
	    0);
	assert_true(sr25519_verify(
	    kp.public, (const uint8_t *)message, strlen(message), secret));
}

static void
check_seed(const json_t *row)
{
	struct sr25519_keypair kp, other;
	uint8_t secret[64];

	sr25519_from_seed((const uint8_t *)text_at(row, "seed_ascii"), &kp);
	assert_bytes_at(row, "public", kp.public, 32);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "secret_x8_and_nonce"), secret, 64),
	    0);
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(&other, &kp, sizeof(kp));
}

/* Of the 64 bytes of PBKDF2 the first half is the mini secret. */
static void
check_phrase(const json_t *row)
{
	const char *phrase = text_at(row, "mnemonic");
	uint8_t bits[MAX_BITS_BYTES] = {0}, seed[32], secret[64], long_seed[64];
	struct sr25519_keypair kp, other;
	int n = read_words(phrase, bits, NULL);

	assert_bytes_at(row, "entropy", bits, (size_t)n / 3 * 4);
	assert_int_equal(
	    mnemonic_to_seed(phrase, text_at(row, "password"), seed, NULL), 0);
	assert_bytes_at(row, "mini_secret", seed, 32);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "seed64"), long_seed, 64), 0);
	assert_memory_equal(long_seed, seed, 32);
	sr25519_from_seed(seed, &kp);
	assert_bytes_at(row, "public", kp.public, 32);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "secret_x8_and_nonce"), secret, 64),
	    0);
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(&other, &kp, sizeof(kp));
}

static void
check_signature(const json_t *row)
{
	const char *message = text_at(row, "message_utf8");
	uint8_t public[32], sig[64];

	assert_int_equal(
	    hex_decode_exact(text_at(row, "public"), public, 32), 0);
	assert_int_equal(
	    hex_decode_exact(text_at(row, "signature"), sig, 64), 0);
	assert_true(sr25519_verify(
	    public, (const uint8_t *)message, strlen(message), sig));
	sig[0] ^= 1;
	assert_false(sr25519_verify(
	    public, (const uint8_t *)message, strlen(message), sig));
}

static void
check_transcript(const json_t *row)
{
	const char *data = text_at(row, "data");
	struct merlin t;
	uint8_t out[32];

	merlin_init(&t, text_at(row, "protocol"));
	merlin_append(&t, text_at(row, "label"), data, strlen(data));
	merlin_challenge(&t, text_at(row, "challenge_label"), out, sizeof(out));
	assert_bytes_at(row, "challenge32", out, sizeof(out));
}

static size_t
check_each(const json_t *list, void (*check)(const json_t *))
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row) check(row);
	return i;
}

static void
check_path_or_seed(const json_t *row)
{
	if (text_at(row, "path") != NULL)
		check_path(row);
	else
		check_seed(row);
}

static void
every_key_vector_holds(void **state)
{
	size_t suri, seeds, phrases, signatures;
	json_t *file;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json(keys_file);
	suri = check_each(json_object_get(file, "suri"), check_uri);
	seeds = check_each(json_object_get(file, "seeds"), check_path_or_seed);
	phrases = check_each(json_object_get(file, "bip39"), check_phrase);
	signatures =
	    check_each(json_object_get(file, "verify"), check_signature);
	check_transcript(json_object_get(file, "merlin"));
	print_message("%zu vectors of %s: %zu suri, %zu seeds, %zu bip39, "
		      "%zu verify, 1 merlin\n",
	    suri + seeds + phrases + signatures + 1, keys_file, suri, seeds,
	    phrases, signatures);
	assert_int_equal(suri, 5);
	assert_int_equal(seeds, 7);
	assert_int_equal(phrases, 12);
	assert_int_equal(signatures, 1);
	json_decref(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recorded_headers_hash_to_their_blocks),
	    cmocka_unit_test(a_runtime_version_is_the_constant_of_its_metadata),
	    cmocka_unit_test(
		finneys_runtime_version_is_the_constant_of_its_metadata),
	    cmocka_unit_test(pairs_of_a_map_are_as_recorded),
	    cmocka_unit_test(every_key_vector_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

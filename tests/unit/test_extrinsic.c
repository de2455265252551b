/* Extrinsics: what is signed and what is sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "subtensor/extrinsic.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"
#include "subtensor/sr25519.h"
#include "tests/lib/chaindata.h"
#include "tests/lib/chainmeta.h"

/* The recordings of spec 438 are read with the metadata of 424: extensions,
 * calls and events in them are the same. */
static const char metadata_file[] = "finney_taohop_20260704.scale";

struct fixture {
	struct metadata *md;
	json_t *file;
};

static void
fixture_init(struct fixture *f)
{
	f->md = chainmeta_load(metadata_file);
	f->file = chaindata_json("golden_spec438.json");
}

static void
fixture_clear(struct fixture *f)
{
	json_decref(f->file);
	metadata_free(f->md);
}

static const char *
text_at(const json_t *json, const char *path)
{
	return json_string_value(chainmeta_at(json, path));
}

static struct extrinsic_env
golden_env(const struct fixture *f, uint32_t nonce)
{
	const json_t *network = json_object_get(f->file, "network");
	struct extrinsic_env env = {.nonce = nonce};

	env.spec_version =
	    json_integer_value(chainmeta_at(network, "spec_version"));
	env.transaction_version =
	    json_integer_value(chainmeta_at(network, "transaction_version"));
	assert_int_equal(
	    hex_decode_exact(text_at(network, "genesis_hash"), env.genesis, 32),
	    0);
	return env;
}

static void
set_mortal(struct extrinsic_env *env, const char *birth_hash)
{
	env->era = era_at(64, 5);
	assert_int_equal(hex_decode_exact(birth_hash, env->birth_hash, 32), 0);
}

static void
payloads_of_spec_438_are_as_recorded(void **state)
{
	struct fixture f;
	json_t *list, *row;
	size_t i;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	list = json_object_get(f.file, "signature_payloads");
	json_array_foreach(list, i, row)
	{
		struct extrinsic_env env = golden_env(
		    &f, json_integer_value(json_object_get(row, "nonce")));
		struct buf call = chainmeta_bytes(text_at(row, "call"));
		struct buf out = {0}, raw = {0};

		if (text_at(row, "era_birth_hash") != NULL)
			set_mortal(&env, text_at(row, "era_birth_hash"));
		assert_int_equal(extrinsic_payload(f.md, &env, call.data,
				     call.len, &out, NULL),
		    0);
		assert_true(chainmeta_is(&out, text_at(row, "payload")));
		extrinsic_signing_bytes(&out, &raw);
		assert_true(chainmeta_is(&raw, text_at(row, "payload")));
		buf_free(&raw);
		buf_free(&out);
		buf_free(&call);
	}
	print_message("golden_spec438.json signature_payloads: %zu of 2\n", i);
	assert_int_equal(i, 2);
	fixture_clear(&f);
}

/* The two with a made-up signature. */
static void
extrinsics_of_spec_438_are_built_as_recorded(void **state)
{
	static const char call_hex[] =
	    "0503008eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794"
	    "f26a48e5c0";
	struct fixture f;
	uint8_t public[32], sig[64];

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	hex_decode_exact(text_at(f.file, "ss58.0.0"), public, 32);
	for (int i = 0; i < 64; i++)
		sig[i] = i + 1;
	for (int i = 0; i < 2; i++) {
		const json_t *row =
		    json_array_get(json_object_get(f.file, "extrinsics"), i);
		struct extrinsic_env env = golden_env(&f, i == 0 ? 0 : 11);
		struct buf call = chainmeta_bytes(call_hex), out = {0};
		struct buf got = {0};
		uint8_t hash[32];

		if (i == 1)
			set_mortal(
			    &env, text_at(f.file,
				      "signature_payloads.1.era_birth_hash"));
		assert_int_equal(extrinsic_build(f.md, &env, call.data,
				     call.len, public, sig, &out, hash, NULL),
		    0);
		assert_true(chainmeta_is(&out, text_at(row, "hex")));
		buf_add(&got, hash, 32);
		assert_true(chainmeta_is(&got, text_at(row, "hash")));
		buf_free(&got);
		buf_free(&out);
		buf_free(&call);
	}
	fixture_clear(&f);
}

/* Block 6 holds what //Alice signed: the payload made again from the
 * extrinsic's parts is what her signature is of. */
static void
a_real_signature_is_of_our_payload(void **state)
{
	struct buf bytes, payload = {0}, raw = {0};
	struct extrinsic_env env;
	struct fixture f;
	struct extrinsic x;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	bytes = chainmeta_bytes(text_at(f.file, "extrinsics.2.hex"));
	assert_int_equal(
	    extrinsic_parse(f.md, bytes.data, bytes.len, &x, NULL), 0);
	env = golden_env(&f, x.nonce);
	env.era = x.era;
	assert_int_equal(
	    extrinsic_payload(f.md, &env, x.call, x.call_len, &payload, NULL),
	    0);
	extrinsic_signing_bytes(&payload, &raw);
	assert_true(sr25519_verify(x.signer, raw.data, raw.len, x.sig));
	raw.data[0] ^= 1;
	assert_false(sr25519_verify(x.signer, raw.data, raw.len, x.sig));
	buf_free(&raw);
	buf_free(&payload);
	extrinsic_clear(&x);
	buf_free(&bytes);
	fixture_clear(&f);
}

/* blake2b-256 of parent, compact number, two roots and the digest's items. */
static void
the_hash_of_block_6_is_as_recorded(void **state)
{
	struct fixture f;
	const json_t *header;
	struct buf b = {0};
	uint8_t hash[32];
	size_t logs;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	header = json_object_get(f.file, "header_block6");
	b = chainmeta_bytes(text_at(header, "parentHash"));
	scale_put_compact(
	    &b, json_integer_value(json_object_get(header, "number")));
	logs = json_array_size(json_object_get(header, "logs"));
	for (size_t i = 0; i < logs + 2; i++) {
		const char *hex =
		    i < 2 ? text_at(
				header, i == 0 ? "stateRoot" : "extrinsicsRoot")
			  : json_string_value(json_array_get(
				json_object_get(header, "logs"), i - 2));
		struct buf part = chainmeta_bytes(hex);

		if (i == 2)
			scale_put_compact(&b, logs);
		buf_add(&b, part.data, part.len);
		buf_free(&part);
	}
	hash_blake2_256(b.data, b.len, hash);
	buf_reset(&b);
	buf_add(&b, hash, 32);
	assert_true(chainmeta_is(&b, text_at(header, "hash")));
	buf_free(&b);
	fixture_clear(&f);
}

static void
a_payload_over_256_bytes_is_signed_by_its_hash(void **state)
{
	uint8_t bytes[257] = {0}, hash[32];
	struct buf payload = {0}, out = {0};

	(void)state;
	buf_add(&payload, bytes, 256);
	extrinsic_signing_bytes(&payload, &out);
	assert_int_equal(out.len, 256);
	buf_add(&payload, bytes, 1);
	buf_reset(&out);
	extrinsic_signing_bytes(&payload, &out);
	hash_blake2_256(payload.data, payload.len, hash);
	assert_int_equal(out.len, 32);
	assert_memory_equal(out.data, hash, 32);
	buf_free(&out);
	buf_free(&payload);
}

/* Specs 240 to 424 differ in their extensions, not in what these put in. */
static void
every_runtime_at_hand_is_signed_for_alike(void **state)
{
	static const char *const files[] = {"metadata-293.scale",
	    "finney_spec343_v14.scale", "finney_spec343_v15.scale",
	    "finney_one-covenant_bittensor-rs_20251227.scale",
	    "subtensor_devnet_spec246ish_20250307.scale"};
	struct extrinsic_env env;
	struct buf want = {0};
	struct fixture f;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	env = golden_env(&f, 3);
	set_mortal(
	    &env, text_at(f.file, "signature_payloads.1.era_birth_hash"));
	assert_int_equal(
	    extrinsic_payload(f.md, &env, "call", 4, &want, NULL), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct metadata *md = chainmeta_load(files[i]);
		struct buf out = {0};
		struct err err = {""};

		if (extrinsic_payload(md, &env, "call", 4, &out, &err) != 0)
			fail_msg("%s: %s", files[i], err.text);
		assert_int_equal(out.len, want.len);
		assert_memory_equal(out.data, want.data, want.len);
		buf_free(&out);
		metadata_free(md);
	}
	buf_free(&want);
	fixture_clear(&f);
}

/* The metadata with one extension made into another. */
static void
assert_not_signed(const struct metadata *md, size_t at,
    struct extension instead, const char *why)
{
	struct extension list[16];
	struct extrinsic_env env = {0};
	struct metadata other = *md;
	struct buf out = {0};
	struct err err = {""};
	uint8_t key[64] = {0}, hash[32];

	assert_true(md->n_extensions <= 16);
	memcpy(list, md->extensions, md->n_extensions * sizeof(list[0]));
	list[at] = instead;
	other.extensions = list;
	assert_int_equal(
	    extrinsic_payload(&other, &env, "call", 4, &out, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(extrinsic_build(&other, &env, "call", 4, key, key,
			     &out, hash, &err),
	    -1);
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static size_t
extension_at(const struct metadata *md, const char *name)
{
	size_t i = 0;

	while (strcmp(md->extensions[i].identifier, name) != 0)
		i++;
	return i;
}

static void
an_extension_we_do_not_know_is_not_signed(void **state)
{
	struct extension strange, nonce;
	struct metadata other;
	struct fixture f;
	size_t weight, at;

	(void)state;
	chaindata_or_skip();
	fixture_init(&f);
	weight = extension_at(f.md, "CheckWeight");
	at = extension_at(f.md, "CheckNonce");
	nonce = f.md->extensions[at];
	strange = nonce;
	strange.identifier = "CheckStrange";
	assert_not_signed(
	    f.md, weight, strange, "unknown signed extension CheckStrange");
	strange.type = f.md->extensions[weight].type;
	strange.implicit = nonce.type;
	assert_not_signed(
	    f.md, weight, strange, "unknown signed extension CheckStrange");
	/* A known name with other bytes is not what we know. */
	nonce.implicit = nonce.type;
	assert_not_signed(
	    f.md, at, nonce, "unknown signed extension CheckNonce");
	other = *f.md;
	other.has_v4 = false;
	assert_not_signed(&other, weight, f.md->extensions[weight],
	    "the runtime takes no extrinsics of v4");
	fixture_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(payloads_of_spec_438_are_as_recorded),
	    cmocka_unit_test(extrinsics_of_spec_438_are_built_as_recorded),
	    cmocka_unit_test(a_real_signature_is_of_our_payload),
	    cmocka_unit_test(the_hash_of_block_6_is_as_recorded),
	    cmocka_unit_test(a_payload_over_256_bytes_is_signed_by_its_hash),
	    cmocka_unit_test(every_runtime_at_hand_is_signed_for_alike),
	    cmocka_unit_test(an_extension_we_do_not_know_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

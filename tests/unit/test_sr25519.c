/* Merlin transcripts and sr25519 against what others computed. */
#include "subtensor/sr25519.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/hex.h"
#include "tests/lib/chaindata.h"

static const char message[] = "this is a message";

static void
unhex(const char *text, uint8_t *out, size_t len)
{
	assert_int_equal(hex_decode_exact(text, out, len), 0);
}

static void
assert_hex(const uint8_t *got, size_t len, const char *want)
{
	char *text = hex_0x(got, len);

	assert_string_equal(text + 2, want);
	free(text);
}

static void
merlins_own_vector_holds(void **state)
{
	struct merlin t;
	uint8_t out[32];

	(void)state;
	merlin_init(&t, "test protocol");
	merlin_append(&t, "some label", "some data", 9);
	merlin_challenge(&t, "challenge", out, sizeof(out));
	assert_hex(out, sizeof(out),
	    "d5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615");
}

/* A message over several blocks of the sponge: the same in one piece and
 * challenged twice, and each byte of it counts. */
static void
long_messages_are_hashed_whole(void **state)
{
	static uint8_t msg[1000];
	uint8_t first[32], other[32];

	(void)state;
	for (size_t i = 0; i <= sizeof(msg); i += 125) {
		struct merlin t, u;

		merlin_init(&t, "long");
		u = t;
		merlin_append(&t, "m", msg, sizeof(msg));
		if (i < sizeof(msg))
			msg[i] ^= 1;
		merlin_append(&u, "m", msg, sizeof(msg));
		if (i < sizeof(msg))
			msg[i] ^= 1;
		merlin_challenge(&t, "c", first, sizeof(first));
		merlin_challenge(&u, "c", other, sizeof(other));
		assert_int_equal(
		    memcmp(first, other, sizeof(first)) == 0, i == sizeof(msg));
	}
}

static void
a_seed_gives_the_known_key(void **state)
{
	struct sr25519_keypair kp;
	uint8_t secret[64];

	(void)state;
	sr25519_from_seed(
	    (const uint8_t *)"12345678901234567890123456789012", &kp);
	assert_hex(kp.public, 32,
	    "741c08a06f41c596608f6774259bd9043304adfa5d3eea62760bd9be97634d63");
	unhex(
	    "f0106660c3dda23f16daa9ac5b811b963077f5bc0af89f85804f0de8e424f050"
	    "f98d66f39442506ff947fd911f18c7a7a5da639a63e8d3b4e233f74143d951c1",
	    secret, sizeof(secret));
	assert_memory_equal(kp.nonce, secret + 32, 32);
}

static void
a_stored_secret_gives_the_same_key_in_both_forms(void **state)
{
	struct sr25519_keypair kp, plain, times_8;
	uint8_t secret[64];

	(void)state;
	sr25519_from_seed(
	    (const uint8_t *)"12345678901234567890123456789012", &kp);
	memcpy(secret, kp.key, 32);
	memcpy(secret + 32, kp.nonce, 32);
	assert_int_equal(sr25519_from_secret(secret, false, &plain), 0);
	assert_memory_equal(&plain, &kp, sizeof(kp));
	unhex(
	    "f0106660c3dda23f16daa9ac5b811b963077f5bc0af89f85804f0de8e424f050"
	    "f98d66f39442506ff947fd911f18c7a7a5da639a63e8d3b4e233f74143d951c1",
	    secret, sizeof(secret));
	assert_int_equal(sr25519_from_secret(secret, true, &times_8), 0);
	assert_memory_equal(&times_8, &kp, sizeof(kp));
}

static void
a_scalar_out_of_range_is_no_secret(void **state)
{
	struct sr25519_keypair kp;
	uint8_t secret[64] = {0};

	(void)state;
	assert_int_equal(sr25519_from_secret(secret, false, &kp), -1);
	memset(secret, 0xff, 32);
	assert_int_equal(sr25519_from_secret(secret, false, &kp), -1);
	assert_true(sodium_is_zero((uint8_t *)&kp, sizeof(kp)));
}

static void
schnorrkels_signature_verifies(void **state)
{
	uint8_t public[32], sig[64];

	(void)state;
	unhex(
	    "46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a",
	    public, sizeof(public));
	unhex(
	    "4e172314444b8f820bb54c22e95076f220ed25373e5c178234aa6c211d292712"
	    "44b947e3ff3418ff6b45fd1df1140c8cbff69fc58ee6dc96df70936a2bb74b82",
	    sig, sizeof(sig));
	assert_true(sr25519_verify(
	    public, (const uint8_t *)message, sizeof(message) - 1, sig));
}

/* With the same nonce seed and random bytes schnorrkel makes this one. */
static void
we_sign_what_schnorrkel_signs(void **state)
{
	static const uint8_t no_random[32];
	struct sr25519_keypair kp;
	uint8_t seed[32], sig[64];

	(void)state;
	unhex(
	    "3c881bc4d45926680c64a7f9315eeda3dd287f8d598f3653d7c107799c5422b3",
	    seed, sizeof(seed));
	sr25519_from_seed(seed, &kp);
	assert_hex(kp.public, 32,
	    "be5ddb1579b72e84524fc29e78609e3caf42e85aa118ebfe0b0ad404b5bdd25f");
	sign_with(
	    &kp, (const uint8_t *)message, sizeof(message) - 1, no_random, sig);
	assert_hex(sig, sizeof(sig),
	    "fea29f1d94f178d046ba591f987e023aaf09dcdd715226a617b2671e2ce1a67f"
	    "3a4bdbe5b3c546e0499cbe4e5ae69bd5633fc5075f64716de1f71dab5a6be682");
}

static void
signatures_of_every_length_verify(void **state)
{
	static const size_t lengths[] = {0, 1, 31, 120, 165, 166, 167, 5000};
	static uint8_t msg[5000];
	struct sr25519_keypair kp;
	uint8_t sig[64], again[64];

	(void)state;
	sr25519_from_seed((const uint8_t[32]){7}, &kp);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		sr25519_sign(&kp, msg, lengths[i], sig);
		sr25519_sign(&kp, msg, lengths[i], again);
		assert_memory_not_equal(sig, again, sizeof(sig));
		assert_true(sr25519_verify(kp.public, msg, lengths[i], sig));
		assert_true(sr25519_verify(kp.public, msg, lengths[i], again));
	}
}

static void
a_flipped_bit_is_a_wrong_signature(void **state)
{
	struct sr25519_keypair kp;
	uint8_t msg[40] = "for one reader only", sig[64], bad[64];

	(void)state;
	sr25519_from_seed((const uint8_t[32]){9}, &kp);
	sr25519_sign(&kp, msg, sizeof(msg), sig);
	for (size_t bit = 0; bit < 512; bit++) {
		memcpy(bad, sig, sizeof(bad));
		bad[bit / 8] ^= 1 << bit % 8;
		assert_false(sr25519_verify(kp.public, msg, sizeof(msg), bad));
	}
	msg[3] ^= 1;
	assert_false(sr25519_verify(kp.public, msg, sizeof(msg), sig));
}

/* s and s + l are one scalar; only the smaller is a signature. */
static void
an_unreduced_signature_is_refused(void **state)
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
	    0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
	    0x14, [31] = 0x10};
	struct sr25519_keypair kp;
	uint8_t sig[64];

	(void)state;
	sr25519_from_seed((const uint8_t[32]){11}, &kp);
	sr25519_sign(&kp, (const uint8_t *)"x", 1, sig);
	sig[63] &= 0x7f;
	sodium_add(sig + 32, order, sizeof(order));
	sig[63] |= SCHNORRKEL_MARK;
	assert_false(sr25519_verify(kp.public, (const uint8_t *)"x", 1, sig));
}

static void
degenerate_keys_and_signatures_are_refused(void **state)
{
	static const uint8_t zero[32];
	uint8_t garbage[32], sig[64] = {0};
	struct sr25519_keypair kp;

	(void)state;
	sr25519_from_seed((const uint8_t[32]){13}, &kp);
	sig[63] = SCHNORRKEL_MARK;
	assert_false(sr25519_verify(zero, (const uint8_t *)"x", 1, sig));
	assert_false(sr25519_verify(kp.public, (const uint8_t *)"x", 1, sig));
	memset(garbage, 0xff, sizeof(garbage));
	sr25519_sign(&kp, (const uint8_t *)"x", 1, sig);
	assert_false(sr25519_verify(garbage, (const uint8_t *)"x", 1, sig));
}

static void
check_recorded_seed(const json_t *vector)
{
	const char *ascii, *x8;
	struct sr25519_keypair kp, other;
	uint8_t secret[64];

	ascii = json_string_value(json_object_get(vector, "seed_ascii"));
	if (ascii == NULL)
		return;
	x8 = json_string_value(json_object_get(vector, "secret_x8_and_nonce"));
	sr25519_from_seed((const uint8_t *)ascii, &kp);
	assert_hex(kp.public, 32,
	    json_string_value(json_object_get(vector, "public")));
	unhex(x8, secret, sizeof(secret));
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(&other, &kp, sizeof(kp));
}

static void
recorded_vectors_hold(void **state)
{
	json_t *file, *vector;
	uint8_t public[32], sig[64];
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("sr25519_vectors.json");
	json_array_foreach(json_object_get(file, "seeds"), i, vector)
	    check_recorded_seed(vector);
	json_array_foreach(json_object_get(file, "verify"), i, vector)
	{
		const char *text =
		    json_string_value(json_object_get(vector, "message_utf8"));

		unhex(json_string_value(json_object_get(vector, "public")),
		    public, sizeof(public));
		unhex(json_string_value(json_object_get(vector, "signature")),
		    sig, sizeof(sig));
		assert_true(sr25519_verify(
		    public, (const uint8_t *)text, strlen(text), sig));
	}
	assert_true(i > 0);
	json_decref(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(merlins_own_vector_holds),
	    cmocka_unit_test(long_messages_are_hashed_whole),
	    cmocka_unit_test(a_seed_gives_the_known_key),
	    cmocka_unit_test(a_stored_secret_gives_the_same_key_in_both_forms),
	    cmocka_unit_test(a_scalar_out_of_range_is_no_secret),
	    cmocka_unit_test(schnorrkels_signature_verifies),
	    cmocka_unit_test(we_sign_what_schnorrkel_signs),
	    cmocka_unit_test(signatures_of_every_length_verify),
	    cmocka_unit_test(a_flipped_bit_is_a_wrong_signature),
	    cmocka_unit_test(an_unreduced_signature_is_refused),
	    cmocka_unit_test(degenerate_keys_and_signatures_are_refused),
	    cmocka_unit_test(recorded_vectors_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Mnemonics and secret URIs to keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"
#include "tests/lib/chaindata.h"

#define DEV_PHRASE                                                             \
	"bottom drive obey lake curtain smoke basket hold race lonely fit "    \
	"walk"

static const struct {
	const char *suri, *ss58;
} accounts[] = {
    {DEV_PHRASE, "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"},
    {"  bottom  drive obey lake\tcurtain smoke basket hold race lonely fit "
     "walk\n",
	"5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"},
    {"0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e",
	"5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"},
    {"//Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
    {DEV_PHRASE "//Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
    {"//Bob", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"},
    {"//Alice//stash", "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY"},
    {"/Alice", "5GvKEoc787uDV8etY1AM8vF385edu2iyqD1WfCjDugzLUiAL"},
    {"//1", "5GBNeWRhZc2jXu7D55rBimKYDk8PGk8itRYFTPfC8RJLKG5o"},
    {"//01", "5GBNeWRhZc2jXu7D55rBimKYDk8PGk8itRYFTPfC8RJLKG5o"},
    {DEV_PHRASE "/foo", "5DXZzrDxHbkQov4QBAY4TjpwnHCMrKXkomTnKSw8UArBEY5v"},
    {DEV_PHRASE "//foo/bar",
	"5DLU27is5iViNopQb2KxsTyPx6j4vCu8X3sk3j3NNLkPCqKM"},
    {DEV_PHRASE "//foo/bar//42/69",
	"5FkHmNgbg64MwStgCyDi2Uw3ufFu11mqQgmWT9uwK4Lghvpv"},
};

static void
check_suri(const char *suri, const char *want)
{
	struct sr25519_keypair kp;
	char text[SS58_MAX_TEXT];
	struct err err = {""};
	uint8_t sig[64];

	if (suri_to_keypair(suri, &kp, &err) < 0)
		fail_msg("%s: %s", suri, err.text);
	assert_int_equal(ss58_encode(SS58_BITTENSOR, kp.public, text), 0);
	assert_string_equal(text, want);
	sr25519_sign(&kp, (const uint8_t *)"m", 1, sig);
	assert_true(sr25519_verify(kp.public, (const uint8_t *)"m", 1, sig));
}

static void
known_uris_give_known_accounts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		check_suri(accounts[i].suri, accounts[i].ss58);
}

/* Both stored forms of the scalar are what was recorded. */
static void
check_scalar(const json_t *v)
{
	struct sr25519_keypair kp, other;
	uint8_t want[32], secret[64];

	assert_int_equal(
	    suri_to_keypair(
		json_string_value(json_object_get(v, "path")), &kp, NULL),
	    0);
	assert_int_equal(
	    hex_decode_exact(json_string_value(json_object_get(v, "scalar")),
		want, sizeof(want)),
	    0);
	assert_memory_equal(kp.key, want, sizeof(want));
	assert_int_equal(hex_decode_exact(json_string_value(json_object_get(
					      v, "ed25519_form_x8")),
			     secret, 32),
	    0);
	memcpy(secret + 32, kp.nonce, 32);
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(&other, &kp, sizeof(kp));
}

static void
recorded_uris_give_their_accounts(void **state)
{
	json_t *file, *v;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("sr25519_vectors.json");
	json_array_foreach(json_object_get(file, "suri"), i, v)
	{
		char *suri = xasprintf("%s%s",
		    json_string_value(json_object_get(v, "phrase")),
		    json_string_value(json_object_get(v, "path")));

		check_suri(
		    suri, json_string_value(json_object_get(v, "ss58_42")));
		free(suri);
	}
	assert_true(i > 0);
	json_array_foreach(json_object_get(file, "seeds"), i, v)
	{
		const char *path =
		    json_string_value(json_object_get(v, "path"));

		if (path == NULL)
			continue;
		check_suri(
		    path, json_string_value(json_object_get(v, "ss58_42")));
		if (path[1] == '/') /* a soft key's nonce is random */
			check_scalar(v);
	}
	json_decref(file);
}

/* The key of a seed, where it was recorded. */
static void
check_recorded_key(const json_t *v, const uint8_t seed[32])
{
	const char *x8 =
	    json_string_value(json_object_get(v, "secret_x8_and_nonce"));
	const char *public = json_string_value(json_object_get(v, "public"));
	struct sr25519_keypair kp, other;
	uint8_t secret[64], want[32];

	if (x8 == NULL || public == NULL)
		return;
	sr25519_from_seed(seed, &kp);
	assert_int_equal(hex_decode_exact(x8, secret, sizeof(secret)), 0);
	assert_int_equal(sr25519_from_secret(secret, true, &other), 0);
	assert_memory_equal(&other, &kp, sizeof(kp));
	assert_int_equal(hex_decode_exact(public, want, sizeof(want)), 0);
	assert_memory_equal(kp.public, want, sizeof(want));
}

static void
recorded_mnemonics_give_their_seeds(void **state)
{
	json_t *file, *v;
	size_t i;

	(void)state;
	chaindata_or_skip();
	file = chaindata_json("sr25519_vectors.json");
	json_array_foreach(json_object_get(file, "bip39"), i, v)
	{
		uint8_t want[32], seed[32];
		struct err err;

		assert_int_equal(
		    hex_decode_exact(
			json_string_value(json_object_get(v, "mini_secret")),
			want, sizeof(want)),
		    0);
		assert_int_equal(
		    mnemonic_to_seed(
			json_string_value(json_object_get(v, "mnemonic")),
			json_string_value(json_object_get(v, "password")), seed,
			&err),
		    0);
		assert_memory_equal(seed, want, sizeof(seed));
		check_recorded_key(v, seed);
	}
	assert_true(i > 10);
	json_decref(file);
}

static void
a_password_changes_the_key(void **state)
{
	uint8_t want[32], seed[32];
	struct sr25519_keypair kp, expected;

	(void)state;
	assert_int_equal(
	    hex_decode_exact("44e9d125f037ac1d51f0a7d3649689d422c2af8b1ec8e00d7"
			     "1db4d7bf6d127e3",
		want, sizeof(want)),
	    0);
	assert_int_equal(
	    mnemonic_to_seed("abandon abandon abandon abandon abandon abandon "
			     "abandon abandon abandon abandon abandon about",
		"Substrate", seed, NULL),
	    0);
	assert_memory_equal(seed, want, sizeof(seed));
	sr25519_from_seed(seed, &expected);
	assert_int_equal(
	    suri_to_keypair("abandon abandon abandon abandon abandon abandon "
			    "abandon abandon abandon abandon abandon about"
			    "///Substrate",
		&kp, NULL),
	    0);
	assert_memory_equal(&kp, &expected, sizeof(kp));
}

/* Longer than 32 bytes a junction is hashed; 20 digits are no number. */
static void
junctions_of_every_kind_differ(void **state)
{
	static const char *const suris[] = {"//18446744073709551615",
	    "//18446744073709551616", "//", "//a", "/a", "//a//a", "//A",
	    "//0123456789012345678901234567890", /* 31 characters */
	    "//a234567890123456789012345678901", /* encoded: 32 bytes */
	    "//a2345678901234567890123456789012",
	    "//a2345678901234567890123456789013"};
	enum { N = sizeof(suris) / sizeof(suris[0]) };
	struct sr25519_keypair kps[N];
	struct err err;

	(void)state;
	memset(kps, 0, sizeof(kps));
	for (size_t i = 0; i < N; i++) {
		int ret = suri_to_keypair(suris[i], &kps[i], &err);

		assert_int_equal(ret, strcmp(suris[i], "//") == 0 ? -1 : 0);
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(
			    kps[i].public, kps[j].public, 32);
	}
}

static void
bad_uris_are_refused_without_telling_words(void **state)
{
	static const struct {
		const char *suri, *why;
	} bad[] = {
	    {"", "secret URI is empty"},
	    {"//Alice//", "secret URI has an empty junction"},
	    {"//Alice/", "secret URI has an empty junction"},
	    {"0xfac7", "a seed is 0x and 64 hexadecimal digits"},
	    {"0xzac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb77974"
	     "79e",
		"a seed is 0x and 64 hexadecimal digits"},
	    {"bottom drive obey", "mnemonic has 3 words, not 12, 15, 18, 21 or "
				  "24"},
	    {"bottom drive obeyy lake curtain smoke basket hold race lonely "
	     "fit walk",
		"word 3 of the mnemonic is not in BIP39's English list"},
	    {"bottom drive Obey lake curtain smoke basket hold race lonely fit "
	     "walk",
		"word 3 of the mnemonic is not in BIP39's English list"},
	    {"bottom drive lake obey curtain smoke basket hold race lonely fit "
	     "walk",
		"mnemonic's checksum is wrong: a word is mistyped or out of "
		"place"},
	    {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
	     "zoo zoo zoo zoo zoo zoo zoo zoo zoo",
		"mnemonic has more than 24 words"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sr25519_keypair kp;
		struct err err = {""};

		assert_int_equal(suri_to_keypair(bad[i].suri, &kp, &err), -1);
		assert_string_equal(err.text, bad[i].why);
	}
}

static void
an_endless_uri_is_refused(void **state)
{
	char *suri = xcalloc(1, 5000);
	struct sr25519_keypair kp;
	struct err err;

	(void)state;
	memset(suri, 'a', 4999);
	assert_int_equal(suri_to_keypair(suri, &kp, &err), -1);
	assert_string_equal(err.text, "secret URI is longer than 1024 bytes");
	assert_int_equal(mnemonic_to_seed(DEV_PHRASE, suri, kp.key, &err), -1);
	assert_string_equal(err.text, "mnemonic password is too long");
	free(suri);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_uris_give_known_accounts),
	    cmocka_unit_test(recorded_uris_give_their_accounts),
	    cmocka_unit_test(recorded_mnemonics_give_their_seeds),
	    cmocka_unit_test(a_password_changes_the_key),
	    cmocka_unit_test(junctions_of_every_kind_differ),
	    cmocka_unit_test(bad_uris_are_refused_without_telling_words),
	    cmocka_unit_test(an_endless_uri_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Key files: what is opened, what is refused, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"

#define PHRASE                                                                 \
	"bottom drive obey lake curtain smoke basket hold race lonely fit "    \
	"walk"
#define SEED "fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e"
#define PUBLIC                                                                 \
	"46ebddef8cd9bb167dc30878d7113b7e168e6f0646beffd77d69d39bad76b47a"
#define SS58 "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"
#define SCALAR                                                                 \
	"05d65584630d16cd4af6d0bec10f34bb504a5dcb62dba2122d49f5a663763d0a"
#define SCALAR_X8                                                              \
	"28b0ae221c6bb06856b287f60d7ea0d98552ea5a16db16956849aa371db3eb51"
#define NONCE "fd190cce74df356432b410bd64682309d6dedb27c76845daf388557cbac3ca34"
#define OTHER "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"

static void
plain_forms_are_opened(void **state)
{
	static const char *const texts[] = {
	    SEED,
	    "0x" SEED "\n",
	    "{\"secretPhrase\":\"" PHRASE "\"}",
	    "{\"secretSeed\":\"0x" SEED "\"}",
	    "{\"secretSeed\":\"" SEED "\",\"secretPhrase\":null}",
	    "{\"secretPhrase\":\"\",\"secretSeed\":\"0x" SEED
	    "\",\"publicKey\":\"0x" PUBLIC "\"}\n",
	    "{\"privateKey\":\"0x" SCALAR NONCE "\",\"ss58Address\":\"" SS58
	    "\"}",
	    "{\"privateKey\":\"0x" SCALAR_X8 NONCE
	    "\",\"publicKey\":\"0x" PUBLIC "\"}",
	    "{\"accountId\":\"0x" PUBLIC "\",\"publicKey\":\"0x" PUBLIC
	    "\",\"privateKey\":\"0x" SCALAR NONCE
	    "\",\"secretPhrase\":\"" PHRASE "\",\"secretSeed\":\"0x" SEED
	    "\",\"ss58Address\":\"" SS58 "\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sr25519_keypair kp;
		struct err err = {""};
		char text[SS58_MAX_TEXT];

		if (keyfile_parse(texts[i], strlen(texts[i]), &kp, &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		ss58_encode(SS58_BITTENSOR, kp.public, text);
		assert_string_equal(text, SS58);
	}
}

/* btwallet writes a seed that happens to be text as that text. */
static void
a_seed_written_raw_is_opened(void **state)
{
	static const char text[] =
	    "{\"secretSeed\":\"12345678901234567890123456789012\"}";
	struct sr25519_keypair kp, want;
	struct err err;

	(void)state;
	sr25519_from_seed(
	    (const uint8_t *)"12345678901234567890123456789012", &want);
	assert_int_equal(keyfile_parse(text, strlen(text), &kp, &err), 0);
	assert_memory_equal(&kp, &want, sizeof(kp));
}

static void
what_is_no_key_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"", "key file is empty"},
	    {" \n", "key file is empty"},
	    {"hello", "key file is not a JSON object"},
	    {"[]", "key file is not a JSON object"},
	    {"{}", "key file holds no secret: no secretPhrase, secretSeed or "
		   "privateKey (is it a ...pub.txt?)"},
	    {"{\"ss58Address\":\"" SS58 "\"}",
		"key file holds no secret: no secretPhrase, secretSeed or "
		"privateKey (is it a ...pub.txt?)"},
	    {"{\"secretPhrase\":7}",
		"key file holds no secret: no secretPhrase, secretSeed or "
		"privateKey (is it a ...pub.txt?)"},
	    {"{\"secretSeed\":\"0x" SEED "\",\"secretSeed\":\"0x" OTHER "\"}",
		"key file is not a JSON object"},
	    {"{\"secretPhrase\":\"bottom\",\"secretSeed\":\"0x" SEED "\"}",
		"key file's secretPhrase: mnemonic has 1 words, not 12, 15, "
		"18, 21 or 24"},
	    {"{\"secretSeed\":\"0xfac7\"}",
		"key file's secretSeed is not 32 bytes"},
	    {"{\"privateKey\":\"0x" SCALAR "\"}",
		"key file's privateKey is not 64 bytes"},
	    {"{\"privateKey\":\"0x" SCALAR NONCE "\",\"publicKey\":\"0x" OTHER
	     "\"}",
		"key file's publicKey does not belong to its secret"},
	    {"{\"secretSeed\":\"0x" SEED "\",\"accountId\":\"0x" OTHER "\"}",
		"key file's accountId does not belong to its secret"},
	    {"{\"secretSeed\":\"0x" SEED "\",\"publicKey\":\"0x12\"}",
		"key file's publicKey is not 32 bytes"},
	    {"{\"secretSeed\":\"0x" SEED "\",\"ss58Address\":\"5xyz\"}",
		"key file's ss58Address is not an address"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		static const struct sr25519_keypair wiped;
		struct sr25519_keypair kp = wiped;
		struct err err = {""};

		assert_int_equal(
		    keyfile_parse(bad[i].text, strlen(bad[i].text), &kp, &err),
		    -1);
		assert_string_equal(err.text, bad[i].why);
		assert_memory_equal(&kp, &wiped, sizeof(kp));
	}
}

static void
sealed_forms_are_named(void **state)
{
	static const struct {
		const char *text;
		enum keyfile_form form;
		const char *why;
	} forms[] = {
	    {"$NACL\x07\x07\x07", KEYFILE_NACL, "key file is sealed ($NACL)"},
	    {"$ANSIBLE_VAULT;1.1;AES256\n3030", KEYFILE_ANSIBLE,
		"key file is sealed ($ANSIBLE_VAULT)"},
	    {"gAAAAABlU_EAAAAA", KEYFILE_FERNET, "key file is sealed (Fernet)"},
	    {"{\"encoded\":\"AAAA\",\"encoding\":{},\"address\":\"\"}",
		KEYFILE_PLAIN,
		"key file is in polkadot-js's encrypted form, which is not "
		"supported: give a hotkey in one of btwallet's forms"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = strlen(forms[i].text);
		struct sr25519_keypair kp;
		struct err err = {""};

		assert_int_equal(
		    keyfile_form(forms[i].text, len), forms[i].form);
		assert_int_equal(
		    keyfile_parse(forms[i].text, len, &kp, &err), -1);
		assert_string_equal(err.text, forms[i].why);
	}
	assert_int_equal(keyfile_form("$NAC", 4), KEYFILE_PLAIN);
	assert_int_equal(keyfile_form("", 0), KEYFILE_PLAIN);
}

static void
a_phrase_with_a_nul_in_it_is_refused(void **state)
{
	static const char text[] =
	    "{\"secretPhrase\":\"" PHRASE "\\u0000 and more\"}";
	struct sr25519_keypair kp;
	struct err err = {""};

	(void)state;
	assert_int_equal(keyfile_parse(text, strlen(text), &kp, &err), -1);
	assert_string_equal(
	    err.text, "key file's secretPhrase has a NUL in it");
}

/* secretPhrase before secretSeed before privateKey. */
static void
the_first_secret_of_several_counts(void **state)
{
	static const char *const texts[] = {
	    "{\"privateKey\":\"0x12\",\"secretSeed\":\"0x12\","
	    "\"secretPhrase\":\"" PHRASE "\"}",
	    "{\"privateKey\":\"0x12\",\"secretPhrase\":null,"
	    "\"secretSeed\":\"0x" SEED "\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sr25519_keypair kp;
		struct err err = {""};
		char text[SS58_MAX_TEXT];

		if (keyfile_parse(texts[i], strlen(texts[i]), &kp, &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		ss58_encode(SS58_BITTENSOR, kp.public, text);
		assert_string_equal(text, SS58);
	}
}

/* -- public keys -------------------------------------------------------- */

static void
public_files_are_read(void **state)
{
	static const char *const texts[] = {
	    "{\"accountId\":\"0x" PUBLIC "\",\"publicKey\":\"0x" PUBLIC
	    "\",\"privateKey\":null,\"secretPhrase\":null,\"secretSeed\":"
	    "null,\"ss58Address\":\"" SS58 "\"}",
	    "{\"ss58Address\":\"" SS58 "\"}",
	    "{\"accountId\":\"0x" PUBLIC "\"}",
	    SS58 "\n",
	    "{\"secretSeed\":\"0x" SEED "\",\"publicKey\":\"" PUBLIC "\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t public[32], want[32];
		struct err err = {""};

		assert_int_equal(hex_decode_exact(PUBLIC, want, 32), 0);
		if (keyfile_parse_public(
			texts[i], strlen(texts[i]), public, &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_memory_equal(public, want, 32);
	}
}

static void
what_is_no_public_key_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"", "key file is empty"},
	    {"$NACL", "key file is sealed ($NACL)"},
	    {"5xyz", "key file is not a JSON object"},
	    {"{}", "key file holds no public key: no publicKey, accountId or "
		   "ss58Address"},
	    {"{\"secretSeed\":\"0x" SEED "\"}",
		"key file holds no public key: no publicKey, accountId or "
		"ss58Address"},
	    {"{\"ss58Address\":\"" SS58 "\",\"publicKey\":\"0x" OTHER "\"}",
		"key file's ss58Address does not belong to its other public "
		"keys"},
	    {"{\"publicKey\":\"0x12\"}",
		"key file's publicKey is not 32 bytes"},
	    {"{\"ss58Address\":\"5xyz\"}",
		"key file's ss58Address is not an address"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t public[32];
		struct err err = {""};

		assert_int_equal(keyfile_parse_public(bad[i].text,
				     strlen(bad[i].text), public, &err),
		    -1);
		assert_string_equal(err.text, bad[i].why);
	}
}

/* A file of this text and mode in a new folder; the caller removes both. */
static char *
write_file(const char *text, mode_t mode)
{
	char dir[] = P_tmpdir "/keyfile-XXXXXX";
	char *path;
	FILE *f;

	assert_non_null(mkdtemp(dir));
	path = xasprintf("%s/hotkey", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void
remove_file(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static void
a_private_file_is_loaded(void **state)
{
	struct sr25519_keypair kp, want;
	uint8_t seed[32];
	struct err err = {""};
	char *path = write_file("{\"secretSeed\":\"0x" SEED "\"}\n", 0600);

	(void)state;
	hex_decode_exact(SEED, seed, sizeof(seed));
	sr25519_from_seed(seed, &want);
	assert_int_equal(keyfile_load(path, &kp, &err), 0);
	assert_memory_equal(&kp, &want, sizeof(kp));
	remove_file(path);
}

static void
a_file_others_can_read_is_refused_with_the_remedy(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0620, 0666, 0777};

	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct sr25519_keypair kp;
		struct err err = {""};
		char *path = write_file(SEED, modes[i]);
		char *remedy = xasprintf("run: chmod 600 %s", path);

		assert_int_equal(keyfile_load(path, &kp, &err), -1);
		assert_non_null(strstr(err.text, remedy));
		free(remedy);
		remove_file(path);
	}
}

/* Others' rights show as its group's where the access list lets the service's
 * user read it; and only in that very folder. */
static void
a_credential_of_systemd_is_private_in_its_own_way(void **state)
{
	static const struct {
		mode_t mode;
		const char *behind; /* the folder's name */
		bool is_taken;
	} cases[] = {
	    {0400, "", true},
	    {0440, "", true},
	    {0444, "", false},
	    {0460, "", false},
	    {0450, "", false},
	    {0401, "", false},
	    {0440, "/hotkey", false},
	    {0440, "x", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sr25519_keypair kp;
		struct err err = {""};
		char *path = write_file(SEED, cases[i].mode);
		char *folder = xasprintf("%.*s%s",
		    (int)(strrchr(path, '/') - path), path, cases[i].behind);

		setenv("CREDENTIALS_DIRECTORY", folder, 1);
		assert_int_equal(
		    keyfile_load(path, &kp, &err), cases[i].is_taken ? 0 : -1);
		unsetenv("CREDENTIALS_DIRECTORY");
		free(folder);
		remove_file(path);
	}
}

static void
a_public_file_may_be_open_to_all(void **state)
{
	char *path = write_file("{\"ss58Address\":\"" SS58 "\"}", 0644);
	uint8_t public[32], want[32];
	struct err err = {""};

	(void)state;
	assert_int_equal(hex_decode_exact(PUBLIC, want, 32), 0);
	assert_int_equal(keyfile_load_public(path, public, &err), 0);
	assert_memory_equal(public, want, 32);
	assert_int_equal(keyfile_load_public("/nonexistent", public, &err), -1);
	remove_file(path);
	path = write_file("{}", 0644);
	assert_int_equal(keyfile_load_public(path, public, &err), -1);
	assert_memory_equal(err.text, path, strlen(path));
	remove_file(path);
}

static void
what_is_no_file_is_refused(void **state)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	char *big = xcalloc(1, KEYFILE_MAX_BYTES + 2), *path;

	(void)state;
	assert_int_equal(keyfile_load("/nonexistent/hotkey", &kp, &err), -1);
	assert_string_equal(err.text,
	    "cannot open key file /nonexistent/hotkey: No such file or "
	    "directory");
	assert_int_equal(keyfile_load("/", &kp, &err), -1);
	assert_string_equal(err.text, "/ is not a regular file");
	memset(big, ' ', KEYFILE_MAX_BYTES + 1);
	path = write_file(big, 0600);
	assert_int_equal(keyfile_load(path, &kp, &err), -1);
	assert_non_null(strstr(err.text, "is longer than 16384 bytes"));
	remove_file(path);
	free(big);
}

static void
a_bad_file_is_named(void **state)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	char *path = write_file("{}", 0600);

	(void)state;
	assert_int_equal(keyfile_load(path, &kp, &err), -1);
	assert_memory_equal(err.text, path, strlen(path));
	remove_file(path);
}

static void
hotkey_paths_begin_at_home(void **state)
{
	static const struct {
		const char *wallets, *want;
	} cases[] = {
	    {"~/.bittensor/wallets", "/home/op/.bittensor/wallets/w/hotkeys/h"},
	    {"~", "/home/op/w/hotkeys/h"},
	    {"~op", "~op/w/hotkeys/h"},
	    {"/srv/keys", "/srv/keys/w/hotkeys/h"},
	    {"keys", "keys/w/hotkeys/h"},
	};
	char *old = xstrdup(getenv("HOME") != NULL ? getenv("HOME") : "");

	(void)state;
	setenv("HOME", "/home/op", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = keyfile_hotkey_path(cases[i].wallets, "w", "h");

		assert_string_equal(path, cases[i].want);
		free(path);
	}
	setenv("HOME", old, 1);
	free(old);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_forms_are_opened),
	    cmocka_unit_test(a_seed_written_raw_is_opened),
	    cmocka_unit_test(what_is_no_key_is_refused_with_the_reason),
	    cmocka_unit_test(sealed_forms_are_named),
	    cmocka_unit_test(a_phrase_with_a_nul_in_it_is_refused),
	    cmocka_unit_test(the_first_secret_of_several_counts),
	    cmocka_unit_test(public_files_are_read),
	    cmocka_unit_test(what_is_no_public_key_is_refused),
	    cmocka_unit_test(a_public_file_may_be_open_to_all),
	    cmocka_unit_test(a_private_file_is_loaded),
	    cmocka_unit_test(a_file_others_can_read_is_refused_with_the_remedy),
	    cmocka_unit_test(a_credential_of_systemd_is_private_in_its_own_way),
	    cmocka_unit_test(what_is_no_file_is_refused),
	    cmocka_unit_test(a_bad_file_is_named),
	    cmocka_unit_test(hotkey_paths_begin_at_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Sealed key files: every recorded case, and each way one may be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sodium.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"
#include "tests/lib/chaindata.h"

#define SS58 "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"

/* The recorded files; what they seal, and with what. */
struct fixture {
	json_t *file;
	const char *plain, *password;
	struct sealed {
		const char *name;
		uint8_t *data;
		size_t len;
	} sealed[3];
};

static const char *
text_of(const json_t *file, const char *name)
{
	const char *text = json_string_value(json_object_get(file, name));

	if (text == NULL)
		fail_msg("wallet_vectors.json has no %s", name);
	return text;
}

static int
set_up(void **state)
{
	static struct fixture f;
	const char *hex;

	*state = NULL;
	if (sodium_init() < 0)
		return -1;
	if (access(getenv("CHAIN_DATA") != NULL ? getenv("CHAIN_DATA")
						: "../shared/chain-data",
		R_OK) != 0)
		return 0; /* each test says that it skips */
	f.file = chaindata_json("wallet_vectors.json");
	f.plain = text_of(f.file, "plaintext_json");
	f.password = text_of(f.file, "password");
	hex = text_of(f.file, "nacl_file_hex");
	f.sealed[0] =
	    (struct sealed){"$NACL", xmalloc(strlen(hex)), strlen(hex) / 2};
	if (hex_decode_exact(hex, f.sealed[0].data, f.sealed[0].len) < 0)
		return -1;
	for (int i = 1; i < 3; i++) {
		const char *text =
		    text_of(f.file, i == 1 ? "ansible_vault" : "legacy_fernet");

		f.sealed[i] =
		    (struct sealed){i == 1 ? "$ANSIBLE_VAULT" : "Fernet",
			(uint8_t *)xstrdup(text), strlen(text)};
	}
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	if (f == NULL)
		return 0;
	for (int i = 0; i < 3; i++)
		free(f->sealed[i].data);
	json_decref(f->file);
	return 0;
}

/* Length or -1; plain is freed by the caller. */
static long
unseal(const struct sealed *s, const char *password, uint8_t **plain,
    struct err *err)
{
	*plain = xcalloc(1, s->len + 1);
	return keyfile_unseal(
	    s->data, s->len, password, strlen(password), *plain, err);
}

static void
assert_ss58(const struct sr25519_keypair *kp, const char *want)
{
	char text[SS58_MAX_TEXT];

	ss58_encode(SS58_BITTENSOR, kp->public, text);
	assert_string_equal(text, want);
}

/* -- what was recorded -------------------------------------------------- */

static void
sealed_files_open_to_the_recorded_text(struct fixture *f)
{
	for (int i = 0; i < 3; i++) {
		struct err err = {""};
		struct sr25519_keypair kp;
		uint8_t *plain;
		long n = unseal(&f->sealed[i], f->password, &plain, &err);

		if (n < 0)
			fail_msg("%s: %s", f->sealed[i].name, err.text);
		assert_int_equal(n, strlen(f->plain));
		assert_memory_equal(plain, f->plain, n);
		assert_int_equal(keyfile_parse((char *)plain, n, &kp, &err), 0);
		assert_ss58(&kp, SS58);
		free(plain);
	}
}

static void
the_plain_text_is_a_key(struct fixture *f)
{
	struct sr25519_keypair kp;
	struct err err = {""};

	if (keyfile_parse(f->plain, strlen(f->plain), &kp, &err) < 0)
		fail_msg("%s", err.text);
	assert_ss58(&kp, SS58);
}

static void
the_mnemonic_gives_its_address(struct fixture *f)
{
	json_t *check = json_object_get(f->file, "mnemonic_check");
	char *text =
	    xasprintf("{\"secretPhrase\":\"%s\"}", text_of(check, "mnemonic"));
	struct sr25519_keypair kp;
	struct err err = {""};

	assert_int_equal(keyfile_parse(text, strlen(text), &kp, &err), 0);
	assert_ss58(&kp, text_of(check, "ss58"));
	free(text);
}

static void
the_variable_is_named_and_read(struct fixture *f)
{
	json_t *env = json_object_get(f->file, "env_example");
	uint8_t password[KEYFILE_MAX_PASSWORD];
	char *name = keyfile_password_name(text_of(env, "path"));
	long n;

	assert_string_equal(name, text_of(env, "var"));
	n = keyfile_password_unmask(name, text_of(env, "value"), password);
	assert_int_equal(n, strlen(f->password));
	assert_memory_equal(password, f->password, n);
	free(name);
}

/* Fernet's key is proved by its authentication code, over all before it. */
static void
assert_fernet_key(struct fixture *f, const char *text)
{
	const struct sealed *s = &f->sealed[2];
	crypto_auth_hmacsha256_state state;
	uint8_t key[32], code[32], *token = xmalloc(s->len);
	size_t key_len, len;

	assert_int_equal(
	    sodium_base642bin(key, sizeof(key), text, strlen(text), NULL,
		&key_len, NULL, sodium_base64_VARIANT_URLSAFE),
	    0);
	assert_int_equal(
	    sodium_base642bin(token, s->len, (char *)s->data, s->len, NULL,
		&len, NULL, sodium_base64_VARIANT_URLSAFE),
	    0);
	assert_int_equal(key_len, sizeof(key));
	crypto_auth_hmacsha256_init(&state, key, 16);
	crypto_auth_hmacsha256_update(&state, token, len - 32);
	crypto_auth_hmacsha256_final(&state, code);
	assert_memory_equal(code, token + len - 32, 32);
	free(token);
}

/* The keys that passwords are stretched to, by themselves. */
static void
the_stretched_keys_are_the_recorded_ones(struct fixture *f)
{
	static const char *const names[] = {
	    "nacl_key_argon2i13", "legacy_fernet_key"};
	const char *hex = text_of(f->file, names[0]);
	uint8_t key[32], plain[1024];
	const struct sealed *nacl = &f->sealed[0];

	assert_int_equal(hex_decode_exact(hex, key, sizeof(key)), 0);
	assert_int_equal(crypto_secretbox_open_easy(plain, nacl->data + 5 + 24,
			     nacl->len - 5 - 24, nacl->data + 5, key),
	    0);
	assert_memory_equal(plain, f->plain, strlen(f->plain));
	assert_fernet_key(f, text_of(f->file, names[1]));
}

static void
every_recorded_wallet_passes(void **state)
{
	static const struct {
		const char *what;
		void (*test)(struct fixture *);
		int n;
	} cases[] = {
	    {"sealed files", sealed_files_open_to_the_recorded_text, 3},
	    {"plain file", the_plain_text_is_a_key, 1},
	    {"stretched keys", the_stretched_keys_are_the_recorded_ones, 2},
	    {"variable", the_variable_is_named_and_read, 1},
	    {"mnemonic", the_mnemonic_gives_its_address, 1},
	};
	int n = 0;

	chaindata_or_skip();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cases[i].test(*state);
		n += cases[i].n;
	}
	print_message("# wallet_vectors.json: %d cases\n", n);
	assert_int_equal(n, 8);
}

/* -- what is wrong ------------------------------------------------------ */

static void
a_wrong_password_opens_nothing(void **state)
{
	struct fixture *f = *state;

	chaindata_or_skip();
	for (int i = 0; i < 3; i++) {
		struct err err = {""};
		uint8_t *plain;

		assert_int_equal(
		    unseal(&f->sealed[i], "testing123?", &plain, &err), -1);
		assert_string_equal(
		    err.text, "the password does not open the key file");
		free(plain);
	}
}

/* Ansible's is the cheap one to open: any of its characters changed. */
static void
a_changed_file_does_not_open(void **state)
{
	struct fixture *f = *state;
	struct sealed *s;

	chaindata_or_skip();
	s = &f->sealed[1];
	for (size_t at = 0; at < s->len; at += 97) {
		uint8_t old = s->data[at], *plain;
		struct err err = {""};

		s->data[at] = old == '3' ? '6' : '3';
		assert_int_equal(unseal(s, f->password, &plain, &err), -1);
		assert_true(err.text[0] != '\0');
		s->data[at] = old;
		free(plain);
	}
}

static void
a_cut_file_does_not_open(void **state)
{
	struct fixture *f = *state;

	chaindata_or_skip();
	for (size_t len = 5; len < f->sealed[1].len; len += 131) {
		struct sealed cut = {"", f->sealed[1].data, len};
		struct err err = {""};
		uint8_t *plain;

		assert_int_equal(unseal(&cut, f->password, &plain, &err), -1);
		free(plain);
	}
}

/* What needs no password to be seen as wrong, and costs none of the time. */
static void
what_is_no_sealed_file_is_refused_at_once(void **state)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
	    {"", "key file is not sealed"},
	    {"{}", "key file is not sealed"},
	    {"$NACL", "key file is damaged"},
	    {"$NACL012345678901234567890123456789012345678",
		"key file is damaged"},
	    {"$ANSIBLE_VAULT", "key file is damaged"},
	    {"$ANSIBLE_VAULT;1.1;AES256", "key file is damaged"},
	    {"$ANSIBLE_VAULT;1.2;AES256;me\n3030", "key file is damaged"},
	    {"$ANSIBLE_VAULT;1.1;AES256\n303", "key file is damaged"},
	    {"$ANSIBLE_VAULT;1.1;AES256\nzz", "key file is damaged"},
	    {"$ANSIBLE_VAULT;1.1;AES256\n30300a30300a3030",
		"key file is damaged"}, /* a code of one byte */
	    {"$ANSIBLE_VAULT;1.1;AES256\n30300a3030", "key file is damaged"},
	    {"gAAAAA", "key file is damaged"},
	    {"gAAAAABlU_EA", "key file is damaged"},
	    {"gAAAAA!!", "key file is damaged"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sealed s = {
		    "", (uint8_t *)bad[i].text, strlen(bad[i].text)};
		struct err err = {""};
		uint8_t *plain;

		assert_int_equal(unseal(&s, "x", &plain, &err), -1);
		assert_string_equal(err.text, bad[i].why);
		free(plain);
	}
}

static void
what_is_too_long_is_refused(void **state)
{
	char *big = xcalloc(1, KEYFILE_MAX_BYTES + 1);
	struct err err = {""};
	uint8_t plain[8];

	(void)state;
	memcpy(big, "$NACL", 5);
	assert_int_equal(
	    keyfile_unseal(big, KEYFILE_MAX_BYTES + 1, "x", 1, plain, &err),
	    -1);
	assert_non_null(strstr(err.text, "too long"));
	assert_int_equal(
	    keyfile_unseal(big, 5, big, KEYFILE_MAX_PASSWORD + 1, plain, &err),
	    -1);
	assert_non_null(strstr(err.text, "too long"));
	free(big);
}

/* -- passwords and files ------------------------------------------------ */

static void
variables_are_named_by_the_path(void **state)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
	    {"/root/.bittensor/wallets/default/hotkeys/h.1",
		"BT_PW__ROOT__BITTENSOR_WALLETS_DEFAULT_HOTKEYS_H_1"},
	    {"/a-b/C", "BT_PW__A-B_C"},
	    {"/", "BT_PW__"},
	};
	char *name;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		name = keyfile_password_name(cases[i].path);
		assert_string_equal(name, cases[i].want);
		free(name);
	}
	name = keyfile_password_name("hotkey");
	assert_non_null(strstr(name, "BT_PW__"));
	assert_string_equal(name + strlen(name) - 7, "_HOTKEY");
	free(name);
}

static void
what_is_no_masked_password_is_refused(void **state)
{
	static const char *const bad[] = {"!", "NjEs=", "NjE", "Nj Es"};
	uint8_t password[KEYFILE_MAX_PASSWORD];
	char *big = xcalloc(1, 2 * KEYFILE_MAX_PASSWORD + 1);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    keyfile_password_unmask("BT_PW_X", bad[i], password), -1);
	memset(big, 'A', 2 * KEYFILE_MAX_PASSWORD);
	assert_int_equal(keyfile_password_unmask("BT_PW_X", big, password), -1);
	assert_int_equal(keyfile_password_unmask("", "NjEs", password), -1);
	assert_int_equal(keyfile_password_unmask("BT_PW_X", "", password), 0);
	free(big);
}

static char *
write_file(const char *dir, const char *name, const void *data, size_t len,
    mode_t mode)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void
assert_load(const char *path, const char *password_file, const char *why)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	int ret = keyfile_load_with(path, password_file, &kp, &err);

	if (why == NULL && ret < 0)
		fail_msg("%s", err.text);
	if (why == NULL) {
		assert_ss58(&kp, SS58);
		return;
	}
	assert_int_equal(ret, -1);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" says nothing of \"%s\"", err.text, why);
	assert_null(strstr(err.text, "testing123"));
}

/* Put away what was written, and its folder. */
static void
remove_file(char *path)
{
	unlink(path);
	free(path);
}

static void
a_password_comes_from_a_private_file(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *why;
	} cases[] = {
	    {"testing123!", 0600, NULL},
	    {"testing123!\n", 0400, NULL},
	    {"testing123!\r\n", 0600, NULL},
	    {"testing123!\n\n", 0600, "does not open"},
	    {" testing123!", 0600, "does not open"},
	    {"testing123!", 0640, "run: chmod 600"},
	    {"testing123!", 0644, "run: chmod 600"},
	    {"", 0600, "holds no password"},
	    {"\n", 0600, "holds no password"},
	};
	struct fixture *f = *state;
	char dir[] = P_tmpdir "/keyfile-XXXXXX", *key, *password;

	chaindata_or_skip();
	assert_non_null(mkdtemp(dir));
	key = write_file(
	    dir, "hotkey", f->sealed[1].data, f->sealed[1].len, 0600);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		password = write_file(dir, "password", cases[i].text,
		    strlen(cases[i].text), cases[i].mode);
		assert_load(key, password, cases[i].why);
		remove_file(password);
	}
	assert_load(key, "/nonexistent/password", "No such file");
	assert_int_equal(chmod(key, 0640), 0);
	assert_load(key, NULL, "run: chmod 600");
	remove_file(key);
	rmdir(dir);
}

static void
a_password_comes_from_the_variable(void **state)
{
	struct fixture *f = *state;
	char dir[] = P_tmpdir "/keyfile-XXXXXX", *key, *name, masked[64];
	uint8_t mixed[16];
	size_t len;

	chaindata_or_skip();
	assert_non_null(mkdtemp(dir));
	key = write_file(
	    dir, "hotkey", f->sealed[1].data, f->sealed[1].len, 0600);
	name = keyfile_password_name(key);
	len = strlen(f->password);
	for (size_t i = 0; i < len; i++)
		mixed[i] = f->password[i] ^ name[i % strlen(name)];
	sodium_bin2base64(
	    masked, sizeof(masked), mixed, len, sodium_base64_VARIANT_ORIGINAL);
	assert_load(key, NULL, name);
	assert_false(keyfile_password_is_set(key));
	setenv(name, masked, 1);
	assert_true(keyfile_password_is_set(key));
	assert_load(key, NULL, NULL);
	setenv(name, "testing123!", 1);
	assert_load(key, NULL, "holds no masked password");
	keyfile_password_forget(key);
	assert_null(getenv(name));
	assert_false(keyfile_password_is_set(key));
	keyfile_password_forget(key);
	free(name);
	remove_file(key);
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_recorded_wallet_passes),
	    cmocka_unit_test(a_wrong_password_opens_nothing),
	    cmocka_unit_test(a_changed_file_does_not_open),
	    cmocka_unit_test(a_cut_file_does_not_open),
	    cmocka_unit_test(what_is_no_sealed_file_is_refused_at_once),
	    cmocka_unit_test(what_is_too_long_is_refused),
	    cmocka_unit_test(variables_are_named_by_the_path),
	    cmocka_unit_test(what_is_no_masked_password_is_refused),
	    cmocka_unit_test(a_password_comes_from_a_private_file),
	    cmocka_unit_test(a_password_comes_from_the_variable),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

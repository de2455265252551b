/*
 * signerd with an encrypted hotkey file: where its password may come from,
 * and that it is not kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "subtensor/ss58.h"
#include "tests/lib/memory.h"
#include "tests/lib/paths.h"
#include "tests/lib/proc.h"
#include "tests/lib/sandbox.h"

#define SEED "1a2b3c4d5e6f70819203a4b5c6d7e8f90011223344556677889900aabbccddee"
#define PASSWORD "battery staple in a horse"

enum { BLOCK = 16 };

struct fixture {
	struct sandbox *box;
	char *key, *socket;
	struct proc *signer;
	int n;
};

/* -- a sealed file ------------------------------------------------------ */

static void
add_hex(struct buf *text, const void *data, size_t len, const char *behind)
{
	char *hex = hex_0x(data, len);

	buf_printf(text, "%s%s", hex + 2, behind);
	free(hex);
}

/* Ansible's form, which is cheap to open. */
static char *
write_sealed(struct sandbox *box, const char *password)
{
	static const char plain[] = "{\"secretSeed\":\"0x" SEED "\"}";
	static const uint8_t salt[32] = {1, 2, 3};
	uint8_t keys[80], cipher[sizeof(plain) + BLOCK], mac[32];
	struct buf inner = {0}, text = {0};
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	size_t len = sizeof(plain) - 1, pad = BLOCK - len % BLOCK;
	char *path;
	int n;

	memcpy(cipher, plain, len);
	memset(cipher + len, (int)pad, pad);
	len += pad;
	assert_int_equal(
	    PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt,
		sizeof(salt), 10000, EVP_sha256(), sizeof(keys), keys),
	    1);
	assert_int_equal(
	    EVP_EncryptInit_ex(ctx, EVP_aes_256_ctr(), NULL, keys, keys + 64),
	    1);
	assert_int_equal(
	    EVP_EncryptUpdate(ctx, cipher, &n, cipher, (int)len), 1);
	EVP_CIPHER_CTX_free(ctx);
	crypto_auth_hmacsha256(mac, cipher, len, keys + 32);
	add_hex(&inner, salt, sizeof(salt), "\n");
	add_hex(&inner, mac, sizeof(mac), "\n");
	add_hex(&inner, cipher, len, "");
	buf_add_str(&text, "$ANSIBLE_VAULT;1.1;AES256\n");
	add_hex(&text, inner.data, inner.len, "\n");
	path = sandbox_write(box, "sealed", 0600, buf_str(&text));
	buf_free(&inner);
	buf_free(&text);
	return path;
}

/* -- starting ----------------------------------------------------------- */

static int
set_up(void **state)
{
	const struct sandbox_options o = {.name = "signer-key"};
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	if (sodium_init() < 0)
		return -1;
	f->box = sandbox_new(&o);
	if (f->box == NULL)
		return -1;
	f->key = write_sealed(f->box, PASSWORD);
	f->socket = sandbox_path(f->box, "signer.sock");
	return f->key != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = sandbox_end(f->box, false);

	free(f->key);
	free(f->socket);
	free(f);
	return failed;
}

static int
stop(void **state)
{
	struct fixture *f = *state;
	int status = f->signer != NULL ? proc_stop(f->signer) : 0;

	if (f->signer != NULL)
		sandbox_drop(f->box, f->signer);
	f->signer = NULL;
	return status;
}

static void
launch(struct fixture *f, const char *password_file, const char *env)
{
	char *program = paths_program("bin/signerd");
	char *name = xasprintf("signerd-%d", ++f->n);
	const char *argv[] = {program, "-c", "/dev/null", "--socket", f->socket,
	    "--metrics_listen", "", "--key_file", f->key, "--password_file",
	    password_file, NULL};
	const char *envs[] = {env, NULL};

	f->signer = sandbox_start(f->box, name, argv, envs);
	assert_non_null(f->signer);
	free(name);
	free(program);
}

/* It listens, and for the hotkey that was sealed. */
static void
assert_starts(struct fixture *f)
{
	char hotkey[SS58_MAX_TEXT], want[SS58_MAX_TEXT];
	struct sr25519_keypair pair;
	uint8_t seed[32];
	const char *line =
	    proc_wait_event(f->signer, "signer.listening", NULL, 0);

	assert_non_null(line);
	assert_int_equal(proc_value(line, "hotkey", hotkey, sizeof(hotkey)), 0);
	assert_int_equal(hex_decode_exact(SEED, seed, 32), 0);
	sr25519_from_seed(seed, &pair);
	ss58_encode(SS58_BITTENSOR, pair.public, want);
	assert_string_equal(hotkey, want);
}

/* It ends by itself and says both, and not the password. */
static void
assert_refuses(struct fixture *f, const char *one, const char *two)
{
	const char *line =
	    proc_wait_event(f->signer, "signer.refused", NULL, 0);

	assert_non_null(line);
	if (strstr(line, one) == NULL || strstr(line, two) == NULL)
		fail_msg("no \"%s\" or \"%s\" in %s", one, two, line);
	assert_null(strstr(line, "staple"));
	assert_int_equal(proc_wait(f->signer, 0), EXIT_FAILURE);
	sandbox_drop(f->box, f->signer);
	f->signer = NULL;
}

/* "BT_PW_...=..." for the key file; the caller frees. */
static char *
masked(const char *path, const char *password)
{
	char *name = keyfile_password_name(path), *env, value[256];
	size_t len = strlen(password), name_len = strlen(name);
	uint8_t mixed[128];

	assert_true(len <= sizeof(mixed));
	for (size_t i = 0; i < len; i++)
		mixed[i] = password[i] ^ name[i % name_len];
	sodium_bin2base64(
	    value, sizeof(value), mixed, len, sodium_base64_VARIANT_ORIGINAL);
	env = xasprintf("%s=%s", name, value);
	free(name);
	return env;
}

/* -- the tests ---------------------------------------------------------- */

static void
a_password_file_opens_it(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *one, *two; /* NULL: it opens */
	} cases[] = {
	    {"correct horse", 0600, "sealed", "does not open the key file"},
	    {PASSWORD, 0644, "password", "chmod 600"},
	    {PASSWORD, 0640, "password", "chmod 600"},
	    {"\n", 0600, "password", "holds no password"},
	    {PASSWORD "\n", 0600, NULL, NULL},
	    {PASSWORD, 0400, NULL, NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *password = sandbox_write(
		    f->box, "password", cases[i].mode, cases[i].text);

		launch(f, password, NULL);
		if (cases[i].one == NULL)
			assert_starts(f);
		else
			assert_refuses(f, cases[i].one, cases[i].two);
		assert_int_equal(stop(state), 0);
		unlink(password);
		free(password);
	}
}

/* Who gives the password itself instead of a file does not find it in the
 * log. */
static void
what_is_no_path_is_not_repeated(void **state)
{
	struct fixture *f = *state;

	launch(f, PASSWORD, NULL);
	assert_refuses(f, "signer.password_file", "full path");
}

static void
its_variable_opens_it(void **state)
{
	struct fixture *f = *state;
	char *good = masked(f->key, PASSWORD);
	char *wrong = masked(f->key, "correct horse");
	char *name = keyfile_password_name(f->key);

	launch(f, "", NULL);
	assert_refuses(f, "sealed", name);
	launch(f, "", wrong);
	assert_refuses(f, "sealed", "does not open the key file");
	launch(f, "", good);
	assert_starts(f);
	free(good);
	free(wrong);
	free(name);
}

/* As LoadCredential= gives them to a unit: no key and no password are set. */
static void
systemds_credentials_open_it(void **state)
{
	struct fixture *f = *state;
	char *program = paths_program("bin/signerd");
	const char *argv[] = {program, "-c", "/dev/null", "--socket", f->socket,
	    "--metrics_listen", "", "--wallet.path", "/nowhere", NULL};
	char *folder = sandbox_path(f->box, "credentials");
	char *env = xasprintf("CREDENTIALS_DIRECTORY=%s", folder);
	const char *envs[] = {env, NULL};
	char *key, *password;

	assert_int_equal(mkdir(folder, 0700), 0);
	f->signer = sandbox_start(f->box, "signerd-bare", argv, envs);
	assert_refuses(f, "/nowhere", "hotkey");
	key = xasprintf("%s/hotkey", folder);
	assert_int_equal(rename(f->key, key), 0);
	f->signer = sandbox_start(f->box, "signerd-closed", argv, envs);
	assert_refuses(f, key, "sealed");
	password = sandbox_write(
	    f->box, "credentials/hotkey.password", 0440, PASSWORD);
	f->signer = sandbox_start(f->box, "signerd-open", argv, envs);
	assert_starts(f);
	assert_int_equal(rename(key, f->key), 0);
	free(password);
	free(key);
	free(env);
	free(folder);
	free(program);
}

/* The sanitizer keeps an environment of its own, and locks nothing. */
#ifdef __SANITIZE_ADDRESS__
static const bool is_sanitized = true;
#else
static const bool is_sanitized = false;
#endif

/* Neither the password, nor the file's own text, nor the variable. */
static void
nothing_of_it_is_kept(void **state)
{
	struct fixture *f = *state;
	char *env = masked(f->key, PASSWORD);
	const char *value = strchr(env, '=') + 1;
	struct memory_needle needles[] = {
	    {"password", (const uint8_t *)PASSWORD, strlen(PASSWORD), 0},
	    {"seed", (const uint8_t *)SEED, 32, 0},
	    {"file", (const uint8_t *)"\"secretSeed\":\"0x1a", 18, 0},
	    {"variable", (const uint8_t *)value, strlen(value), 0},
	};
	const size_t n = sizeof(needles) / sizeof(needles[0]) - is_sanitized;
	pid_t pid;

	if (getuid() != 0) {
		free(env);
		skip(); /* signerd's memory is root's to read */
	}
	launch(f, "", env);
	assert_starts(f);
	pid = proc_pid(f->signer);
	assert_true(memory_search(pid, needles, n) > 0);
	for (size_t i = 0; i < n; i++) {
		if (needles[i].found > 0)
			fail_msg("signerd keeps the %s", needles[i].name);
	}
	assert_true(memory_search(getpid(), needles, n) > 0);
	for (size_t i = 0; i < n; i++)
		assert_true(needles[i].found > 0); /* so it can be found */
	if (!is_sanitized &&
	    proc_find_event(f->signer, "key.not_locked", NULL) == NULL)
		assert_true(memory_status(pid, "VmLck") > 0);
	free(env);
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_password_file_opens_it),
	    TEST(what_is_no_path_is_not_repeated),
	    TEST(its_variable_opens_it),
	    TEST(systemds_credentials_open_it),
	    TEST(nothing_of_it_is_kept),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

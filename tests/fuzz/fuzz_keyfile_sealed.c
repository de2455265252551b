/*
 * Wallet files sealed with a password.
 *
 * The first byte says what the rest is: a password (its length before it) and
 * a sealed file; a text to be sealed and opened again; a file to be sealed and
 * loaded, with its password from a file or from a variable; or a variable.
 * Linked with cheap.c, no key costs more than a hash.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/keyfile.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/seal.h"

enum { MAX_PATH = 64 };

static struct buf
take_password(struct input *in)
{
	struct buf password = {0};
	size_t len = input_byte(in);

	len = len < in->len ? len : in->len;
	input_bytes(in, buf_reserve(&password, len + 1), len);
	password.len = len;
	return password;
}

/* What opens is shorter than it was sealed. */
static long
unseal(
    const void *sealed, size_t len, const struct buf *password, uint8_t **plain)
{
	struct err err = {""};
	long n;

	*plain = xmalloc(len);
	n = keyfile_unseal(
	    sealed, len, password->data, password->len, *plain, &err);
	input_must(n >= 0 ? (size_t)n < len : err.text[0] != '\0',
	    "a refusal says why, and what opens is shorter");
	return n;
}

static void
open_any(struct input *in)
{
	struct buf password = take_password(in);
	struct sr25519_keypair kp;
	uint8_t *sealed = input_copy(in), *plain;
	long n = unseal(sealed, in->len, &password, &plain);

	input_must(keyfile_form_name(keyfile_form(sealed, in->len)) != NULL,
	    "every form has a name");
	input_must(keyfile_form(sealed, in->len) != KEYFILE_PLAIN || n < 0,
	    "what is plain does not open");
	if (n >= 0)
		keyfile_parse((char *)plain, n, &kp, NULL);
	free(plain);
	free(sealed);
	buf_free(&password);
}

static enum keyfile_form
take_form(struct input *in)
{
	return 1 + input_byte(in) % (N_KEYFILE_FORMS - 1);
}

static void
there_and_back(struct input *in)
{
	enum keyfile_form form = take_form(in);
	uint16_t at = input_u16(in);
	uint8_t by = input_byte(in), *plain;
	struct buf password = take_password(in), sealed = {0};
	long n;

	seal_file(
	    form, in->data, in->len, password.data, password.len, 1, &sealed);
	input_must(keyfile_form(sealed.data, sealed.len) == form,
	    "a form is known by its first bytes");
	n = unseal(sealed.data, sealed.len, &password, &plain);
	if (sealed.len <= KEYFILE_MAX_BYTES)
		input_must(
		    n == (long)in->len && memcmp(plain, in->data, in->len) == 0,
		    "what was sealed opens to the same");
	free(plain);
	/* base64 and hex have more than one way to write a byte. */
	sealed.data[at % sealed.len] ^= by;
	n = unseal(sealed.data, sealed.len, &password, &plain);
	input_must(n < 0 || (n == (long)in->len &&
				memcmp(plain, in->data, in->len) == 0),
	    "a spoilt file does not open to anything else");
	free(plain);
	buf_free(&password);
	buf_free(&sealed);
}

/* Padding that is none, under an authentication code that holds. */
static void
bad_padding(struct input *in)
{
	enum keyfile_form form = take_form(in);
	struct buf password = {0}, sealed = {0};
	size_t len = in->len / 16 * 16;
	uint8_t *plain;

	buf_add_str(&password, "p");
	seal_file(form, in->data, len, "p", 1, 0, &sealed);
	unseal(sealed.data, sealed.len, &password, &plain);
	free(plain);
	buf_free(&password);
	buf_free(&sealed);
}

static int
put_file(const void *data, size_t len, char path[MAX_PATH])
{
	int fd = memfd_create("key", MFD_CLOEXEC);

	snprintf(path, MAX_PATH, "/proc/self/fd/%d", fd);
	if (fd < 0 || fchmod(fd, 0600) != 0 ||
	    write(fd, data, len) != (ssize_t)len)
		abort();
	return fd;
}

/* The password as its variable holds it; the caller frees. */
static char *
mask(const char *name, const struct buf *password)
{
	size_t len = sodium_base64_encoded_len(
	    password->len, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *masked = xmalloc(password->len);
	char *text = xmalloc(len);

	for (size_t i = 0; i < password->len; i++)
		masked[i] = password->data[i] ^ name[i % strlen(name)];
	sodium_bin2base64(
	    text, len, masked, password->len, sodium_base64_VARIANT_ORIGINAL);
	free(masked);
	return text;
}

static int
load_by_variable(
    const char *path, const struct buf *password, struct sr25519_keypair *kp)
{
	struct err err = {""};
	char *name = keyfile_password_name(path), *value;
	int rc;

	input_must(keyfile_load(path, kp, &err) != 0,
	    "what is sealed needs its password");
	value = mask(name, password);
	setenv(name, value, 1);
	input_must(keyfile_password_is_set(path) == (value[0] != '\0'),
	    "a variable that is set is there");
	rc = keyfile_load(path, kp, &err);
	keyfile_password_forget(path);
	input_must(!keyfile_password_is_set(path),
	    "a variable that is forgotten is not");
	free(value);
	free(name);
	return rc;
}

/* A key file sealed: with the right password it is the key. */
static void
load(struct input *in)
{
	enum keyfile_form form = take_form(in);
	struct buf password = take_password(in), sealed = {0};
	struct sr25519_keypair plain, by_file, by_variable;
	char path[MAX_PATH], password_path[MAX_PATH];
	int is_key = keyfile_parse((char *)in->data, in->len, &plain, NULL);
	int fd, password_fd, rc;

	seal_file(
	    form, in->data, in->len, password.data, password.len, 1, &sealed);
	fd = put_file(sealed.data, sealed.len, path);
	password_fd = put_file(password.data, password.len, password_path);
	rc = keyfile_load_with(path, password_path, &by_file, NULL);
	if (rc == 0)
		input_must(
		    is_key == 0 && memcmp(&plain, &by_file, sizeof(plain)) == 0,
		    "a sealed key is the key that was sealed");
	rc = load_by_variable(path, &password, &by_variable);
	if (password.len > 0 && sealed.len <= KEYFILE_MAX_BYTES)
		input_must(rc == is_key, "a sealed key is loaded, or is none");
	close(fd);
	close(password_fd);
	buf_free(&password);
	buf_free(&sealed);
}

/* Any text as a variable's value, under any name. */
static void
unmask(struct input *in)
{
	uint8_t *password = xmalloc(KEYFILE_MAX_PASSWORD);
	struct buf name = take_password(in);
	char *value = input_text(in);
	long n = keyfile_password_unmask(buf_str(&name), value, password);

	input_must(n <= KEYFILE_MAX_PASSWORD, "a password fits");
	free(value);
	free(password);
	buf_free(&name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};

	if (sodium_init() < 0)
		abort();
	switch (input_byte(&in) % 5) {
	case 0:
		open_any(&in);
		break;
	case 1:
		there_and_back(&in);
		break;
	case 2:
		bad_padding(&in);
		break;
	case 3:
		load(&in);
		break;
	case 4:
		unmask(&in);
		break;
	}
	return 0;
}

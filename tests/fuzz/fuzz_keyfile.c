/*
 * Wallet files, as bytes and as a file that is opened.
 *
 * The first byte says which, and whether the file is open to others. Of a
 * ...pub.txt only the public key is read. fuzz_keyfile_sealed.c has the rest.
 */
#include "subtensor/keyfile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "tests/fuzz/input.h"

/* What was opened is a whole key, with its own public half. */
static void
check_key(const struct sr25519_keypair *kp)
{
	static const uint8_t message[] = "message";
	uint8_t sig[64];

	sr25519_sign(kp, message, sizeof(message), sig);
	input_must(sr25519_verify(kp->public, message, sizeof(message), sig),
	    "a key that was read signs");
}

static void
parse(const struct input *in)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	char *text = (char *)input_copy(in);

	if (keyfile_parse(text, in->len, &kp, &err) == 0)
		check_key(&kp);
	else
		input_must(err.text[0] != '\0', "a refusal says why");
	free(text);
}

static void
load(struct input *in, mode_t mode)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	char path[64];
	int fd = memfd_create("key", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || fchmod(fd, mode) != 0 ||
	    write(fd, in->data, in->len) != (ssize_t)in->len)
		abort();
	if (keyfile_load(path, &kp, &err) == 0) {
		input_must((mode & 077) == 0, "an open file is refused");
		check_key(&kp);
	} else {
		input_must(err.text[0] != '\0', "a refusal says why");
	}
	close(fd);
	input_must(keyfile_load(path, &kp, &err) != 0, "no file is no key");
}

/* The public key of any file; it is the key's, if there is one. */
static void
parse_public(const struct input *in)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	uint8_t public[32];
	char *text = (char *)input_copy(in), path[64];
	int fd = memfd_create("key", MFD_CLOEXEC);

	if (keyfile_parse_public(text, in->len, public, &err) != 0)
		input_must(err.text[0] != '\0', "a refusal says why");
	else if (keyfile_parse(text, in->len, &kp, NULL) == 0)
		input_must(memcmp(public, kp.public, 32) == 0,
		    "a key file's public key is the key's");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd < 0 || write(fd, text, in->len) != (ssize_t)in->len)
		abort();
	keyfile_load_public(path, public, &err);
	close(fd);
	input_must(keyfile_load_public(path, public, &err) != 0,
	    "no file is no public key");
	free(text);
}

/* One that is too long, one that is no file, and where a file is. */
static void
others(const struct input *in)
{
	struct sr25519_keypair kp;
	struct err err = {""};
	struct input long_one = {
	    calloc(1, KEYFILE_MAX_BYTES + 1), KEYFILE_MAX_BYTES + 1};
	char *text = input_text(in), *path;

	load(&long_one, 0600);
	free((void *)long_one.data);
	input_must(keyfile_load("/dev/null", &kp, &err) != 0,
	    "a device is no key file");
	path = keyfile_hotkey_path(text, "default", "default");
	input_must(strstr(path, "/default/hotkeys/default") != NULL,
	    "a hotkey is in its wallet");
	free(path);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct input in = {p, n};
	uint8_t what = input_byte(&in);

	if (sodium_init() < 0)
		abort();
	switch (what % 5) {
	case 0:
		parse(&in);
		break;
	case 1:
		load(&in, 0600);
		break;
	case 2:
		others(&in);
		break;
	case 3:
		load(&in, 0644);
		break;
	case 4:
		parse_public(&in);
		break;
	}
	return 0;
}

/*
 * btwallet's key files. JSON text of a secret leaves no copy behind: while it
 * is parsed, jansson frees through a function that wipes.
 */
#include "subtensor/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/ss58.h"
#include "subtensor/suri.h"

/* Forms we know by their first bytes and do not open. */
static const struct form {
	const char *magic;
	const char *name;
} encrypted_forms[] = {
    {"$NACL", "btwallet's encrypted form ($NACL, secretbox)"},
    {"$ANSIBLE_VAULT", "the Ansible vault form ($ANSIBLE_VAULT)"},
    {"gAAAAA", "the legacy Fernet form (gAAAAA...)"},
};

enum { SECRET_BYTES = 64 }; /* privateKey: scalar, then nonce */

static int
refuse_encrypted(const char *text, size_t len, struct err *err)
{
	size_t n = sizeof(encrypted_forms) / sizeof(encrypted_forms[0]);

	for (size_t i = 0; i < n; i++) {
		const struct form *form = &encrypted_forms[i];
		size_t magic_len = strlen(form->magic);

		if (len >= magic_len &&
		    memcmp(text, form->magic, magic_len) == 0)
			return err_set(err,
			    "key file is in %s, which is not supported: give a "
			    "hotkey in the plain form",
			    form->name);
	}
	return 0;
}

/* The string under name, or NULL where it is absent, null or empty. */
static const char *
field(const json_t *file, const char *name)
{
	const json_t *value = json_object_get(file, name);

	return json_string_length(value) > 0 ? json_string_value(value) : NULL;
}

/* A public key under name, if it is there: 1, 0, or -1 if it is malformed. */
static int
read_public(
    const json_t *file, const char *name, uint8_t public[32], struct err *err)
{
	const char *text = field(file, name);

	if (text == NULL)
		return 0;
	if (strcmp(name, "ss58Address") == 0) {
		if (ss58_decode_account(text, public) < 0)
			return err_set(
			    err, "key file's ss58Address is not an address");
		return 1;
	}
	if (hex_decode_exact(text, public, 32) < 0)
		return err_set(err, "key file's %s is not 32 bytes", name);
	return 1;
}

/* Whatever the file says of the public key must be what the secret gives. */
static int
check_public(
    const json_t *file, const struct sr25519_keypair *kp, struct err *err)
{
	static const char *const names[] = {
	    "publicKey", "accountId", "ss58Address"};
	uint8_t public[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int found = read_public(file, names[i], public, err);

		if (found < 0)
			return -1;
		if (found == 1 && memcmp(public, kp->public, 32) != 0)
			return err_set(err,
			    "key file's %s does not belong to its secret",
			    names[i]);
	}
	return 0;
}

/* "0x" and 64 digits; or, where the seed's 32 bytes happened to be valid
 * UTF-8, those bytes as they are. */
static int
from_seed_text(const json_t *value, struct sr25519_keypair *kp, struct err *err)
{
	const char *text = json_string_value(value);
	uint8_t seed[32];

	if (json_string_length(value) == sizeof(seed))
		memcpy(seed, text, sizeof(seed));
	else if (hex_decode_exact(text, seed, sizeof(seed)) < 0)
		return err_set(err, "key file's secretSeed is not 32 bytes");
	sr25519_from_seed(seed, kp);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}

/*
 * btwallet writes the scalar itself, polkadot-js eight times it. The public
 * key of the file tells which it is.
 */
static int
from_private_key(const json_t *file, const char *text,
    struct sr25519_keypair *kp, struct err *err)
{
	uint8_t secret[SECRET_BYTES];
	int ret = -1;

	if (hex_decode_exact(text, secret, sizeof(secret)) < 0)
		return err_set(err, "key file's privateKey is not 64 bytes");
	for (int times_8 = 0; times_8 < 2 && ret < 0; times_8++) {
		if (sr25519_from_secret(secret, times_8, kp) == 0)
			ret = check_public(file, kp, err);
		else
			err_set(err, "key file's privateKey is not a key");
	}
	sodium_memzero(secret, sizeof(secret));
	return ret;
}

static int
from_phrase(const char *phrase, struct sr25519_keypair *kp, struct err *err)
{
	uint8_t seed[32];

	if (mnemonic_to_seed(phrase, NULL, seed, err) < 0)
		return err_wrap(err, "key file's secretPhrase");
	sr25519_from_seed(seed, kp);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}

static int
from_json(const json_t *file, struct sr25519_keypair *kp, struct err *err)
{
	int ret;

	if (field(file, "encoded") != NULL)
		return err_set(err,
		    "key file is in polkadot-js's encrypted form, which is not "
		    "supported: give a hotkey in btwallet's plain form");
	if (field(file, "secretPhrase") != NULL)
		ret = from_phrase(field(file, "secretPhrase"), kp, err);
	else if (field(file, "secretSeed") != NULL)
		ret = from_seed_text(
		    json_object_get(file, "secretSeed"), kp, err);
	else if (field(file, "privateKey") != NULL)
		ret =
		    from_private_key(file, field(file, "privateKey"), kp, err);
	else
		return err_set(err,
		    "key file holds no secret: no secretPhrase, secretSeed or "
		    "privateKey (is it a ...pub.txt?)");
	return ret < 0 ? -1 : check_public(file, kp, err);
}

static void
free_wiped(void *p)
{
	if (p == NULL)
		return;
	sodium_memzero(p, malloc_usable_size(p));
	free(p);
}

static int
parse_json(
    const char *text, size_t len, struct sr25519_keypair *kp, struct err *err)
{
	json_malloc_t old_malloc;
	json_free_t old_free;
	json_error_t why;
	json_t *file;
	int ret;

	json_get_alloc_funcs(&old_malloc, &old_free);
	json_set_alloc_funcs(malloc, free_wiped);
	file = json_loadb(
	    text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (json_is_object(file))
		ret = from_json(file, kp, err);
	else
		ret = err_set(err, "key file is not a JSON object");
	json_decref(file);
	json_set_alloc_funcs(old_malloc, old_free);
	return ret;
}

/* A bare seed, with or without 0x. 1 if it was one, 0 if not. */
static int
parse_bare_seed(const char *text, size_t len, struct sr25519_keypair *kp)
{
	char digits[2 + 64 + 1];
	uint8_t seed[32];
	int is_seed;

	if (len != 64 && len != 66)
		return 0;
	memcpy(digits, text, len);
	digits[len] = '\0';
	is_seed = hex_decode_exact(digits, seed, sizeof(seed)) == 0;
	if (is_seed)
		sr25519_from_seed(seed, kp);
	sodium_memzero(digits, sizeof(digits));
	sodium_memzero(seed, sizeof(seed));
	return is_seed;
}

int
keyfile_parse(
    const char *text, size_t len, struct sr25519_keypair *kp, struct err *err)
{
	int ret;

	if (refuse_encrypted(text, len, err) < 0)
		return -1;
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	if (len == 0)
		return err_set(err, "key file is empty");
	if (parse_bare_seed(text, len, kp))
		return 0;
	ret = parse_json(text, len, kp, err);
	if (ret < 0)
		sr25519_wipe(kp);
	return ret;
}

/* The file must be a regular one that only its owner can read. */
static int
check_file(int fd, const char *path, size_t *len, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s is not a regular file", path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err,
		    "%s is open to others than its owner (mode %03o); run: "
		    "chmod 600 %s",
		    path, (unsigned)st.st_mode & 0777, path);
	if (st.st_size > KEYFILE_MAX_BYTES)
		return err_set(
		    err, "%s is longer than %d bytes", path, KEYFILE_MAX_BYTES);
	*len = st.st_size;
	return 0;
}

/* Up to size bytes; their number, or -1. */
static ssize_t
read_all(int fd, char *data, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, data + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += n;
	}
	return len;
}

int
keyfile_load(const char *path, struct sr25519_keypair *kp, struct err *err)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t len;
	int ret = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(
		    err, "cannot open key file %s: %s", path, strerror(errno));
	if (check_file(fd, path, &size, err) < 0)
		goto out;
	text = xcalloc(1, size + 1);
	len = read_all(fd, text, size);
	if (len < 0)
		err_set(err, "%s: %s", path, strerror(errno));
	else if (keyfile_parse(text, len, kp, err) < 0)
		err_wrap(err, "%s", path);
	else
		ret = 0;
	sodium_memzero(text, size);
out:
	free(text);
	close(fd);
	return ret;
}

static const char *
home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *me;

	if (dir != NULL && *dir != '\0')
		return dir;
	me = getpwuid(getuid());
	return me != NULL ? me->pw_dir : "";
}

char *
keyfile_hotkey_path(const char *wallets, const char *name, const char *hotkey)
{
	bool tilde =
	    wallets[0] == '~' && (wallets[1] == '/' || wallets[1] == '\0');

	return xasprintf("%s%s/%s/hotkeys/%s", tilde ? home() : "",
	    tilde ? wallets + 1 : wallets, name, hotkey);
}

/* Key files as files: where they are, and what is in one. */
#include "subtensor/keyfile.h"

#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/keyfile_impl.h"

static int
parse_sealed(const char *path, const char *password_file, const uint8_t *file,
    size_t len, struct sr25519_keypair *kp, struct err *err)
{
	size_t password_len;
	uint8_t *password =
	    keyfile_password(path, password_file, &password_len, err);
	uint8_t *plain = password != NULL ? keyfile_memory(len) : NULL;
	long n = -1;
	int ret = -1;

	if (plain != NULL)
		n = keyfile_unseal(
		    file, len, password, password_len, plain, err);
	else if (password != NULL)
		err_set(err, "sodium_malloc: out of memory");
	sodium_free(password);
	if (n >= 0)
		ret = keyfile_parse((const char *)plain, n, kp, err);
	sodium_free(plain);
	return ret;
}

int
keyfile_load_with(const char *path, const char *password_file,
    struct sr25519_keypair *kp, struct err *err)
{
	size_t len;
	uint8_t *file = keyfile_read(path, true, KEYFILE_MAX_BYTES, &len, err);
	int ret;

	if (file == NULL)
		return -1;
	if (keyfile_form(file, len) == KEYFILE_PLAIN)
		ret = keyfile_parse((const char *)file, len, kp, err);
	else
		ret = parse_sealed(path, password_file, file, len, kp, err);
	sodium_free(file);
	return ret < 0 ? err_wrap(err, "%s", path) : 0;
}

int
keyfile_load(const char *path, struct sr25519_keypair *kp, struct err *err)
{
	return keyfile_load_with(path, NULL, kp, err);
}

int
keyfile_load_public(const char *path, uint8_t public[32], struct err *err)
{
	size_t len;
	uint8_t *file = keyfile_read(path, false, KEYFILE_MAX_BYTES, &len, err);
	int ret;

	if (file == NULL)
		return -1;
	ret = keyfile_parse_public((const char *)file, len, public, err);
	sodium_free(file);
	return ret < 0 ? err_wrap(err, "%s", path) : 0;
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

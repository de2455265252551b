/* The hotkey in memory. */
#include "signer/key.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "common/err.h"
#include "subtensor/keyfile.h"

int
key_harden_process(struct err *err)
{
	const struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return err_set(
		    err, "setrlimit(RLIMIT_CORE): %s", strerror(errno));
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_set(
		    err, "prctl(PR_SET_DUMPABLE): %s", strerror(errno));
	return 0;
}

struct sr25519_keypair *
key_open(
    const char *path, const char *password_file, bool *locked, struct err *err)
{
	struct sr25519_keypair *key = sodium_malloc(sizeof(*key));

	if (key == NULL) {
		err_set(err, "sodium_malloc: %s", strerror(errno));
		return NULL;
	}
	/* sodium_malloc locks, too, but does not say whether it could. */
	*locked = sodium_mlock(key, sizeof(*key)) == 0;
	if (keyfile_load_with(path, password_file, key, err) < 0) {
		sodium_free(key);
		return NULL;
	}
	keyfile_password_forget(path);
	sodium_mprotect_readonly(key);
	return key;
}

void
key_close(struct sr25519_keypair *key)
{
	sodium_free(key);
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/*
 * btwallet's key files: <path>/<name>/hotkeys/<hotkey>, and the ...pub.txt
 * beside them.
 *
 * Plain: JSON with secretPhrase, secretSeed or privateKey (tried in that
 * order; the public key must match where it is given), or a bare 64-digit hex
 * seed. Sealed with a password: $NACL, $ANSIBLE_VAULT or Fernet around that.
 * A file of secrets that group or others can use is refused, with the chmod to
 * run. Secrets lie in locked memory where the system lets us, and are wiped.
 *
 * What parses touches no file. The first call of all starts libsodium, if
 * nobody has.
 */
#ifndef SUBTENSOR_KEYFILE_H
#define SUBTENSOR_KEYFILE_H

#include <stddef.h>
#include <stdint.h>

#include "subtensor/sr25519.h"

struct err;

enum { KEYFILE_MAX_BYTES = 16384, KEYFILE_MAX_PASSWORD = 1024 };

enum keyfile_form {
	KEYFILE_PLAIN, /* or nothing we know */
	KEYFILE_NACL,
	KEYFILE_ANSIBLE,
	KEYFILE_FERNET,
	N_KEYFILE_FORMS,
};

/* -- bytes -------------------------------------------------------------- */

/* By the first KEYFILE_MAGIC bytes at most. */
enum { KEYFILE_MAGIC = 14 };
enum keyfile_form keyfile_form(const void *, size_t len);
const char *keyfile_form_name(enum keyfile_form); /* "plain", "$NACL" */

/* The plain form; a sealed one is refused by its name. */
int keyfile_parse(
    const char *text, size_t len, struct sr25519_keypair *, struct err *);

/*
 * Open a sealed form into plain, which has room for len bytes; how many there
 * are, or -1. Costs seconds, and $NACL 512 MiB of memory while it lasts.
 */
long keyfile_unseal(const void *sealed, size_t len, const void *password,
    size_t password_len, uint8_t *plain, struct err *);

/* The public key of a ...pub.txt, or of a plain key file: JSON with publicKey,
 * accountId or ss58Address, which must agree; or a bare address. */
int keyfile_parse_public(
    const char *text, size_t len, uint8_t public[32], struct err *);

/* -- passwords ---------------------------------------------------------- */

/* "/w/n/hotkeys/h" -> "BT_PW__W_N_HOTKEYS_H"; the caller frees. */
char *keyfile_password_name(const char *path);

/* A variable's value to the password: base64 of it, each byte xor the name's
 * bytes over and over. Its length, or -1. */
long keyfile_password_unmask(const char *name, const char *value,
    uint8_t password[KEYFILE_MAX_PASSWORD]);

/* Is the variable of this key file set? Wipe it, there and in the list. */
bool keyfile_password_is_set(const char *path);
void keyfile_password_forget(const char *path);

/* -- files -------------------------------------------------------------- */

/*
 * password_file: a file with the password of a sealed one and nothing else but
 * a newline, as private as a key file; NULL: the password is in the variable
 * that keyfile_password_name() names.
 */
int keyfile_load_with(const char *path, const char *password_file,
    struct sr25519_keypair *, struct err *);
int keyfile_load(const char *path, struct sr25519_keypair *, struct err *);

/* Whoever may read the file. */
int keyfile_load_public(const char *path, uint8_t public[32], struct err *);

/* "~/.bittensor/wallets", "default", "default" -> the hotkey's file; the
 * caller frees. A leading ~ is HOME. */
char *keyfile_hotkey_path(
    const char *wallets, const char *name, const char *hotkey);

#endif

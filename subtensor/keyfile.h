/*
 * btwallet's key files: <path>/<name>/hotkeys/<hotkey>, plain JSON with
 * secretPhrase, secretSeed or privateKey (tried in that order; the public key
 * must match where it is given) or a bare 64-digit hex seed.
 *
 * A file that group or others can read is refused, with the chmod to run.
 */
#ifndef SUBTENSOR_KEYFILE_H
#define SUBTENSOR_KEYFILE_H

#include "subtensor/sr25519.h"

struct err;

enum { KEYFILE_MAX_BYTES = 16384 };

int keyfile_load(const char *path, struct sr25519_keypair *, struct err *);

/* The same from bytes already read. */
int keyfile_parse(
    const char *text, size_t len, struct sr25519_keypair *, struct err *);

/* "~/.bittensor/wallets", "default", "default" -> the hotkey's file; the
 * caller frees. A leading ~ is HOME. */
char *keyfile_hotkey_path(
    const char *wallets, const char *name, const char *hotkey);

#endif

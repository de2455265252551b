/*
 * The hotkey in memory: locked, guarded, read only once it is loaded, and in
 * a process that leaves no core and cannot be traced by its own user.
 */
#ifndef SIGNER_KEY_H
#define SIGNER_KEY_H

#include <stdbool.h>

struct err;
struct sr25519_keypair;

/* Before the key is opened: no core files, no ptrace, no /proc/PID/mem. */
int key_harden_process(struct err *);

/* Read the file; NULL and why not. A sealed one's password is in
 * password_file, or, for NULL, in its BT_PW_ variable, which is wiped. *locked
 * says whether the memory is kept out of swap (RLIMIT_MEMLOCK may forbid it).
 * sodium_init() came before. */
struct sr25519_keypair *key_open(
    const char *path, const char *password_file, bool *locked, struct err *);
/* Wipes it; the process may be traced again. NULL is fine. */
void key_close(struct sr25519_keypair *);

#endif

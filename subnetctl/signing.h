/*
 * Statements signed by a hotkey: signerd's, or one whose file a miner has.
 * Synchronous. What is signed begins with "subnetd/" and the domain.
 */
#ifndef SUBNETCTL_SIGNING_H
#define SUBNETCTL_SIGNING_H

#include <stdint.h>

struct err;
struct signing;

/* NULL, and why, if signerd does not say who it signs for. */
struct signing *signing_ask(const char *socket, struct err *);
/* password_file as keyfile_load_with() has it. NULL, and why. */
struct signing *signing_read(
    const char *key_file, const char *password_file, struct err *);
void signing_free(struct signing *); /* wipes the key; NULL is fine */

const char *signing_hotkey(const struct signing *); /* SS58 */

/* 0, or -1 and why. Whether the signature holds is for the caller. */
int signing_sign(struct signing *, const char *domain, const char *text,
    uint8_t signature[64], struct err *);

#endif

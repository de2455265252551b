/*
 * signerd's configuration: its table of keys, and from their values the rules
 * of answer.h.
 */
#ifndef SIGNER_RULES_H
#define SIGNER_RULES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/config.h"
#include "signer/answer.h"

struct err;

enum { RULES_MAX_UIDS = 16 };

struct rules_uids {
	uid_t uids[RULES_MAX_UIDS];
	size_t n;
};

extern const struct config_key signer_keys[];

/* What weight extrinsics may be signed. */
int rules_load_weights(
    const struct config *, struct weights_rules *, struct err *);

/* Set the rates of an answerer that answer_init() made. */
void rules_set_rates(const struct config *, struct answerer *, int64_t mono_us);

/* The users besides our own that may connect. */
int rules_load_uids(const struct config *, struct rules_uids *, struct err *);

/* The key file's path: signer.key_file, systemd's credential, or the wallet's;
 * the caller frees. */
char *rules_key_path(const struct config *);

/* The file of a sealed key's password; NULL if there is none. The caller
 * frees. */
int rules_password_file(const struct config *, char **path, struct err *);

#endif

/*
 * Wallet files sealed with a password, as btwallet and Ansible seal them:
 * what keyfile_unseal() must open.
 */
#ifndef FUZZ_SEAL_H
#define FUZZ_SEAL_H

#include <stddef.h>

#include "subtensor/keyfile.h"

struct buf;

/* Not KEYFILE_PLAIN. The nonce is of zeros; is_padded false leaves PKCS7's
 * padding to the text, whose length must then be whole blocks. */
void seal_file(enum keyfile_form, const void *text, size_t len,
    const void *password, size_t password_len, int is_padded, struct buf *out);

#endif

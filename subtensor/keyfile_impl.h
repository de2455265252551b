/*
 * What the files of keyfile.h share. Private to them.
 */
#ifndef SUBTENSOR_KEYFILE_IMPL_H
#define SUBTENSOR_KEYFILE_IMPL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * JSON with secrets in it: while it is open jansson takes all its memory from
 * sodium_malloc(), which locks it, and gives it back wiped. To be closed in
 * either case.
 */
struct keyfile_json {
	json_t *root; /* an object, or NULL */
	json_malloc_t old_malloc;
	json_free_t old_free;
};

int keyfile_json_open(
    struct keyfile_json *, const char *text, size_t len, struct err *);
void keyfile_json_close(struct keyfile_json *);

/* The string under name, or NULL where it is absent, null or empty. */
const char *keyfile_json_field(const json_t *, const char *name);

/*
 * Every public key the object gives (publicKey, accountId, ss58Address) must
 * be this one, or, where *public_set says there is none yet, each other.
 */
int keyfile_json_public(
    const json_t *, uint8_t public[32], bool *public_set, struct err *);

/* Length without the white space at the end. */
size_t keyfile_trim(const char *text, size_t len);

/* As sodium_malloc(), whether libsodium was started or not. */
void *keyfile_memory(size_t size);

/* A regular file's bytes, at most max, for sodium_free(); NULL and why not.
 * Of secrets: nobody but its owner may have any right to it, or, in the folder
 * of systemd's credentials, nobody but whom systemd lets read it. */
uint8_t *keyfile_read(
    const char *path, bool is_secret, size_t max, size_t *len, struct err *);

/* The password for the key file at path, for sodium_free(). */
uint8_t *keyfile_password(
    const char *path, const char *password_file, size_t *len, struct err *);

#endif

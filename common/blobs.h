/*
 * Files of jobs: inputs and results, in one folder that all instances share.
 *
 * A file is written under a temporary name while its bytes are counted and
 * hashed. Its own name is the id it belongs to and its hash, so that a name
 * stands for a whole file, and for one content only: of two results that
 * race for one attempt, neither can overwrite the other.
 */
#ifndef COMMON_BLOBS_H
#define COMMON_BLOBS_H

#include <stddef.h>
#include <stdint.h>

struct blob_writer;
struct blobs;
struct err;

/* Makes the folder if it is not there. */
struct blobs *blobs_new(const char *folder, struct err *);
void blobs_free(struct blobs *); /* NULL is fine */

struct blob_writer *blob_begin(
    struct blobs *, uint64_t max_bytes, struct err *);
int blob_write(struct blob_writer *, const void *, size_t, struct err *);
uint64_t blob_bytes(const struct blob_writer *);
/* Keep it under the id and its own hash; sha256 gets 64 hex digits and a
 * NUL. The writer is freed in each case. */
int blob_commit(
    struct blob_writer *, const char *id, char sha256[65], struct err *);
void blob_abort(struct blob_writer *); /* NULL is fine */

/* Away with one that nothing refers to. */
void blob_remove(struct blobs *, const char *id, const char *sha256);

/* A descriptor to read it with, or -1. */
int blob_open(
    struct blobs *, const char *id, const char *sha256, uint64_t *bytes);

#endif

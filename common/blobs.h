/*
 * Files of jobs, inputs and results, which all instances share: in one folder,
 * or in S3-compatible storage with a local spool in front of it.
 *
 * A file is written under a temporary name while its bytes are counted and
 * hashed. Its own name is the id it belongs to and its hash, so that a name
 * stands for a whole file, and for one content only: of two results that
 * race for one attempt, neither can overwrite the other.
 *
 * What takes time calls back once, later, never inside the call that started
 * it, and never after blobs_free. The spool keeps a file for some minutes, for
 * whoever looks at it next; what it does not have is fetched, and its hash is
 * compared.
 */
#ifndef COMMON_BLOBS_H
#define COMMON_BLOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blob_read;
struct blob_writer;
struct blobs;
struct err;
struct event_base;

struct blobs_options {
	const char *store; /* a folder, or "s3://bucket/prefix" */
	/* Only of S3: see s3.h. */
	const char *endpoint, *region, *key_id, *secret;
	bool path_style;
	const char *spool;    /* a folder */
	uint64_t spool_bytes; /* that it may have; 0: 20 GiB */
};

/* Makes the folder if it is not there. */
struct blobs *blobs_new(
    struct event_base *, const struct blobs_options *, struct err *);
void blobs_free(struct blobs *); /* calls nobody back; NULL is fine */

/* Is anything under way? */
bool blobs_are_busy(const struct blobs *);

/* Of the disk under the folder, or under the spool: -1 if that cannot be
 * told. */
int blobs_disk(
    const struct blobs *, uint64_t *free_bytes, uint64_t *size_bytes);

/* -- writing ------------------------------------------------------------ */

struct blob_writer *blob_begin(
    struct blobs *, uint64_t max_bytes, struct err *);
int blob_write(struct blob_writer *, const void *, size_t, struct err *);
uint64_t blob_bytes(const struct blob_writer *);
void blob_abort(struct blob_writer *); /* NULL is fine */

/* why is NULL if it was done. */
typedef void blob_on_done(const char *why, void *arg);

/* Keep it under the id and its own hash; sha256 gets 64 hex digits and a NUL
 * at once. The writer is freed. */
void blob_commit(struct blob_writer *, const char *id, char sha256[65],
    blob_on_done *, void *arg);

/* Away with one that nothing refers to. */
void blob_remove(struct blobs *, const char *id, const char *sha256);

/* -- reading ------------------------------------------------------------ */

enum blob_outcome {
	BLOB_DONE,
	BLOB_MISSING, /* there is no such file */
	BLOB_FAILED,  /* it cannot be read now */
};

/* A descriptor to read it with, which is the callee's; -1 unless BLOB_DONE. */
typedef void blob_on_open(
    enum blob_outcome, int fd, uint64_t bytes, const char *why, void *arg);
void blob_open(struct blobs *, const char *id, const char *sha256,
    blob_on_open *, void *arg);
/* Whether one of that id is being opened. */
bool blob_is_opening(const struct blobs *, const char *id);

/* So many bytes from offset, not none, as they come. on_data may pause, resume
 * and cancel; on_end is the last call. */
struct blob_read *blob_read_start(struct blobs *, const char *id,
    const char *sha256, uint64_t offset, uint64_t len,
    void (*on_data)(const void *, size_t, void *arg),
    void (*on_end)(enum blob_outcome, const char *why, void *arg), void *arg);
void blob_read_pause(struct blob_read *);
void blob_read_resume(struct blob_read *);
void blob_read_cancel(struct blob_read *);

/* Whether they are in a folder, and can be opened in no time. */
bool blobs_are_local(const struct blobs *);

/* A URL by which anybody gets it until then; NULL for one in a folder. The
 * caller frees. */
char *blob_url(const struct blobs *, const char *id, const char *sha256,
    const char *content_type, int64_t now_s, int expires_s);

/* -- by a child that has no loop ---------------------------------------- */

/* Of what is here, in the folder or the spool: a descriptor, or -1. */
int blob_open_here(
    struct blobs *, const char *id, const char *sha256, uint64_t *bytes);
/* Into the folder or the spool; its parent sends it on by blob_send. The
 * writer is freed in each case. */
int blob_commit_here(
    struct blob_writer *, const char *id, char sha256[65], struct err *);
void blob_send(struct blobs *, const char *id, const char *sha256,
    blob_on_done *, void *arg);

#endif

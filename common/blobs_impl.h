/*
 * The insides of the blobs, for their own files only:
 *   blobs.c        their life, and what takes time
 *   blobs_write.c  a file while it is written
 *   blobs_read.c   a file handed on as it comes
 *   blobs_folder.c names in a folder; what is too old or too much in a spool
 */
#ifndef COMMON_BLOBS_IMPL_H
#define COMMON_BLOBS_IMPL_H

#include <sodium.h>
#include <sys/queue.h>

#include "common/blobs.h"

struct blob_op;
struct event;
struct s3;

enum {
	BLOB_NAME = 64,		 /* of "ab/id.hash" */
	BLOB_SPOOL_S = 600,	 /* a file is kept in a spool */
	BLOB_LEFT_S = 3600,	 /* something half written */
	BLOB_SWEEP_S = 60,	 /* how often is looked */
	BLOB_PIECE = 256 * 1024, /* read of a file at once */
};

struct blobs {
	struct event_base *base;
	char *folder;	      /* the store, or the spool */
	struct s3 *s3;	      /* NULL: in the folder */
	uint64_t spool_bytes; /* the most; 0: no limit */
	uint64_t used;	      /* as far as we know */
	struct event *sweep;
	LIST_HEAD(, blob_op) ops;
	LIST_HEAD(, blob_read) reads;
};

struct blob_writer {
	struct blobs *blobs;
	char *path; /* temporary */
	int fd;
	uint64_t bytes, max_bytes;
	crypto_hash_sha256_state hash;
};

/* blobs_folder.c */
void blobs_name(const char *id, const char *sha256, char out[BLOB_NAME]);
/* folder/name; the caller frees. */
char *blobs_path(const struct blobs *, const char *id, const char *sha256);
int blobs_make_folder(const char *path, struct err *);
/* The folder that an id's files are in. */
int blobs_make_place(const struct blobs *, const char *id, struct err *);
/* Away with what is left over, with what a spool has had for long, and with
 * its oldest files until it has room for so many bytes more. */
void blobs_sweep(struct blobs *, uint64_t room, int64_t now_s);

#endif

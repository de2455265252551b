/* A file while it is written: counted, limited and hashed. */
#include "common/blobs_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/uuid.h"
#include "common/xalloc.h"

enum { ROOM_PARTS = 16 };

/* Whether the spool takes so many bytes more; its oldest files give way. */
static int
make_room(struct blobs *blobs, uint64_t bytes, struct err *err)
{
	if (blobs->s3 == NULL || blobs->used + bytes <= blobs->spool_bytes)
		return 0;
	/* More than is asked for, so as not to look for each piece. */
	blobs_sweep(blobs, bytes + blobs->spool_bytes / ROOM_PARTS,
	    clock_wall_us() / 1000000);
	if (blobs->used + bytes <= blobs->spool_bytes)
		return 0;
	return err_set(err, "the spool %s has its %llu bytes", blobs->folder,
	    (unsigned long long)blobs->spool_bytes);
}

struct blob_writer *
blob_begin(struct blobs *blobs, uint64_t max_bytes, struct err *err)
{
	struct blob_writer *w = xcalloc(1, sizeof(*w));
	char id[UUID_TEXT];

	uuid_new(id);
	w->blobs = blobs;
	w->max_bytes = max_bytes;
	w->path = xasprintf("%s/tmp.%s", blobs->folder, id);
	w->fd = open(w->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	crypto_hash_sha256_init(&w->hash);
	if (w->fd >= 0)
		return w;
	err_set(err, "cannot write %s: %s", w->path, strerror(errno));
	free(w->path);
	free(w);
	return NULL;
}

int
blob_write(struct blob_writer *w, const void *data, size_t len, struct err *err)
{
	const char *p = data;

	if (len > w->max_bytes - w->bytes)
		return err_set(err, "more than %llu bytes",
		    (unsigned long long)w->max_bytes);
	if (make_room(w->blobs, len, err) != 0)
		return -1;
	crypto_hash_sha256_update(&w->hash, data, len);
	w->bytes += len;
	w->blobs->used += len;
	while (len > 0) {
		ssize_t n = write(w->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, "cannot write %s: %s", w->path,
			    strerror(errno));
		p += n;
		len -= n;
	}
	return 0;
}

uint64_t
blob_bytes(const struct blob_writer *w)
{
	return w->bytes;
}

static void
writer_free(struct blob_writer *w)
{
	close(w->fd);
	free(w->path);
	free(w);
}

int
blob_commit_here(
    struct blob_writer *w, const char *id, char sha256[65], struct err *err)
{
	int failed = blobs_make_place(w->blobs, id, err);
	uint8_t hash[32];
	char *path;

	crypto_hash_sha256_final(&w->hash, hash);
	hex_encode(hash, sizeof(hash), sha256);
	path = blobs_path(w->blobs, id, sha256);
	if (!failed && rename(w->path, path) != 0)
		failed = err_set(
		    err, "cannot rename to %s: %s", path, strerror(errno));
	if (failed)
		unlink(w->path);
	free(path);
	writer_free(w);
	return failed;
}

void
blob_abort(struct blob_writer *w)
{
	if (w == NULL)
		return;
	if (w->bytes < w->blobs->used)
		w->blobs->used -= w->bytes;
	unlink(w->path);
	writer_free(w);
}

/* Files of jobs, in a folder split by the ids' last two digits (their first
 * are the time, and would fill one folder after the other). */
#include "common/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/uuid.h"
#include "common/xalloc.h"

struct blobs {
	char *folder;
};

struct blob_writer {
	struct blobs *blobs;
	char *path; /* temporary */
	int fd;
	uint64_t bytes, max_bytes;
	crypto_hash_sha256_state hash;
};

static int
make_folder(const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	return err_set(err, "cannot make %s: %s", path, strerror(errno));
}

struct blobs *
blobs_new(const char *folder, struct err *err)
{
	struct blobs *blobs;

	if (make_folder(folder, err) != 0)
		return NULL;
	if (access(folder, W_OK | X_OK) != 0) {
		err_set(err, "cannot write to %s: %s", folder, strerror(errno));
		return NULL;
	}
	blobs = xcalloc(1, sizeof(*blobs));
	blobs->folder = xstrdup(folder);
	return blobs;
}

void
blobs_free(struct blobs *blobs)
{
	if (blobs == NULL)
		return;
	free(blobs->folder);
	free(blobs);
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
	w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
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
	crypto_hash_sha256_update(&w->hash, data, len);
	w->bytes += len;
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

static char *
path_of(const struct blobs *blobs, const char *id, const char *sha256)
{
	return xasprintf(
	    "%s/%.2s/%s.%.16s", blobs->folder, id + 34, id, sha256);
}

int
blob_commit(
    struct blob_writer *w, const char *id, char sha256[65], struct err *err)
{
	char *folder = xasprintf("%s/%.2s", w->blobs->folder, id + 34);
	int failed = make_folder(folder, err);
	uint8_t hash[32];
	char *path;

	crypto_hash_sha256_final(&w->hash, hash);
	hex_encode(hash, sizeof(hash), sha256);
	path = path_of(w->blobs, id, sha256);
	if (!failed && rename(w->path, path) != 0)
		failed = err_set(
		    err, "cannot rename to %s: %s", path, strerror(errno));
	if (failed)
		unlink(w->path);
	free(folder);
	free(path);
	writer_free(w);
	return failed;
}

void
blob_abort(struct blob_writer *w)
{
	if (w == NULL)
		return;
	unlink(w->path);
	writer_free(w);
}

void
blob_remove(struct blobs *blobs, const char *id, const char *sha256)
{
	char *path = path_of(blobs, id, sha256);

	unlink(path);
	free(path);
}

int
blob_open(
    struct blobs *blobs, const char *id, const char *sha256, uint64_t *bytes)
{
	char *path = path_of(blobs, id, sha256);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	free(path);
	if (fd >= 0 && fstat(fd, &st) != 0) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		*bytes = st.st_size;
	return fd;
}

/* Metadata on disk. */
#include "weightsetter/cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"

enum { SUM = 32, MAX_FILE = SUM + METADATA_MAX_BYTES, CHUNK = 65536 };

static char *
path_of(const struct cache_of *of, const char *suffix)
{
	char genesis[65];

	hex_encode(of->genesis, 32, genesis);
	return xasprintf("%s/metadata-%s-%u.blob%s", of->dir, genesis,
	    of->spec_version, suffix);
}

void
cache_remove(const struct cache_of *of)
{
	char *path = path_of(of, "");

	unlink(path);
	free(path);
}

static int
read_all(FILE *f, struct buf *out, struct err *err)
{
	size_t n;

	do {
		n = fread(buf_reserve(out, CHUNK), 1, CHUNK, f);
		out->len += n;
	} while (n > 0 && out->len <= MAX_FILE);
	if (ferror(f))
		return err_set(err, "%s", strerror(errno));
	return 0;
}

static int
check(const struct buf *file, struct err *err)
{
	uint8_t sum[SUM];

	if (file->len < SUM || file->len > MAX_FILE)
		return err_set(err, "it has %zu bytes", file->len);
	hash_blake2_256(file->data + SUM, file->len - SUM, sum);
	if (memcmp(sum, file->data, SUM) != 0)
		return err_set(err, "its bytes are not those written");
	return 0;
}

int
cache_read(const struct cache_of *of, struct buf *out, struct err *err)
{
	char *path = path_of(of, "");
	struct buf file = {0};
	FILE *f = fopen(path, "rb");
	int rc;

	free(path);
	if (f == NULL)
		return err_set(err, "%s", strerror(errno));
	rc = read_all(f, &file, err);
	fclose(f);
	if (rc == 0)
		rc = check(&file, err);
	if (rc == 0)
		buf_add(out, file.data + SUM, file.len - SUM);
	else
		cache_remove(of);
	buf_free(&file);
	return rc;
}

static int
write_file(const char *path, const void *blob, size_t len, struct err *err)
{
	uint8_t sum[SUM];
	FILE *f = fopen(path, "wb");
	int failed;

	if (f == NULL)
		return err_set(err, "%s: %s", path, strerror(errno));
	hash_blake2_256(blob, len, sum);
	failed = fwrite(sum, 1, SUM, f) != SUM;
	failed |= fwrite(blob, 1, len, f) != len;
	failed |= fclose(f) != 0;
	return failed ? err_set(err, "%s: %s", path, strerror(errno)) : 0;
}

/* Nothing is synced to disk: what a crash leaves behind does not add up. */
int
cache_write(
    const struct cache_of *of, const void *blob, size_t len, struct err *err)
{
	char *path = path_of(of, ""), *new = path_of(of, ".new");
	int rc = write_file(new, blob, len, err);

	if (rc == 0 && rename(new, path) != 0)
		rc = err_set(err, "%s: %s", path, strerror(errno));
	if (rc != 0)
		unlink(new);
	free(path);
	free(new);
	return rc;
}

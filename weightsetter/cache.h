/*
 * Runtimes' metadata on disk, by genesis and spec version, so that a restart
 * need not fetch half a megabyte of it.
 *
 * A file is BLAKE2b-256 of the blob, then the blob: one that was cut off or
 * spoilt is found out, removed and fetched anew. It comes into being under
 * another name and is moved to its own. Only this cache is lost with it.
 */
#ifndef WEIGHTSETTER_CACHE_H
#define WEIGHTSETTER_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* What a file is of. */
struct cache_of {
	const char *dir;
	const uint8_t *genesis; /* 32 bytes */
	uint32_t spec_version;
};

/* The blob, added to the buf. -1: there is none, or it was broken and is
 * removed, and why. */
int cache_read(const struct cache_of *, struct buf *, struct err *);
/* 0, or -1 and why. */
int cache_write(
    const struct cache_of *, const void *blob, size_t len, struct err *);
void cache_remove(const struct cache_of *);

#endif

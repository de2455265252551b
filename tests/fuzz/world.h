/*
 * The runtimes that fuzzed values are of: three small ones made here, which
 * have every kind of type between them, then those of recorded chain data
 * that are there (CHAIN_DATA, or ../shared/chain-data).
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct metadata;

enum {
	WORLD_V14,	/* every extension we know */
	WORLD_UNKNOWN,	/* V15, with an extension we do not know */
	WORLD_NO_V4,	/* V16, which takes no extrinsics of version 4 */
	WORLD_RECORDED, /* the first of the recorded ones */
	WORLD_MAX = 9,
};

/* One of them, by any number. Never NULL; ours to keep. */
const struct metadata *world_get(uint8_t which);
/* How many there are. */
size_t world_count(void);

/* Append the blob of one of our own, and the files' names. */
void world_blob(int which, struct buf *);
extern const char *const world_files[WORLD_MAX - WORLD_RECORDED + 1];

/* A file of the recorded chain data; NULL if it cannot be read. The caller
 * frees; a NUL stands behind the bytes. */
uint8_t *world_read(const char *file, size_t *len);

/* The type of that path, "sp_runtime::DispatchError"; -1 if there is none. */
int64_t world_type(const struct metadata *, const char *path);

#endif

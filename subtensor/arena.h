/*
 * Memory given out in order and freed all at once: what a parsed metadata
 * blob is kept in.
 *
 * Private to this library. What arena_alloc gives is zeroed and aligned for any
 * type; a copy is of bytes and not aligned.
 */
#ifndef SUBTENSOR_ARENA_H
#define SUBTENSOR_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *); /* NULL is fine */

/* Room for count things of size bytes; never NULL, even for none. */
void *arena_alloc(struct arena *, size_t count, size_t size);
void *arena_copy(struct arena *, const void *, size_t len);
char *arena_str(struct arena *, const void *, size_t len); /* adds a NUL */

/* Bytes taken from the system so far. */
size_t arena_size(const struct arena *);

#endif

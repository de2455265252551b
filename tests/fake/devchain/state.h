/*
 * The chain's storage: keys, and for each key its values by block.
 *
 * Blocks form a tree. A value is seen from the block that wrote it and from
 * every block after it, until one of those writes again; a fork sees its own
 * writes and its ancestors', never its sibling's. Old values are folded into
 * a floor that every later block sees.
 *
 * Pure: it knows nothing of what keys mean.
 */
#ifndef DEVCHAIN_STATE_H
#define DEVCHAIN_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A block's place in the tree. Embedded in the block; it must outlive the
 * values written at it (see state_fold and state_forget). */
struct place {
	const struct place *parent; /* NULL: the first, or folded away */
	uint32_t number;
};

struct bytes {
	const uint8_t *data;
	size_t len;
};

struct state;

struct state *state_new(void);
void state_free(struct state *); /* NULL is fine */

/* Write at a block that has no children yet; the bytes are copied. */
void state_put(struct state *, const struct place *at, const void *key,
    size_t key_len, const void *value, size_t len);
void state_delete(
    struct state *, const struct place *at, const void *key, size_t key_len);

/* What a block sees; false if the key has no value there. The bytes are
 * borrowed until the next write. */
bool state_get(const struct state *, const struct place *at, const void *key,
    size_t key_len, struct bytes *value);

/*
 * The first key after `after` (NULL: from the start) that begins with the
 * prefix and has a value at the block; false if there is none.
 */
bool state_next_key(const struct state *, const struct place *at,
    const void *prefix, size_t prefix_len, const struct bytes *after,
    struct bytes *key);

/* Run for each key written at exactly this block, in the keys' order. */
void state_changes(const struct state *, const struct place *at,
    void (*on_change)(
	const struct bytes *key, const struct bytes *value, void *arg),
    void *arg);

/* Make what `floor` sees the floor: every older value goes. From now on only
 * floor and what follows it may be read or written. */
void state_fold(struct state *, const struct place *floor);

/* Drop the values written at a block that has no children. */
void state_forget(struct state *, const struct place *at);

bool place_sees(const struct place *at, const struct place *earlier);

#endif

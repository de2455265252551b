/*
 * The keys of storage: twox128 of the pallet's prefix, twox128 of the entry's
 * name, then every map key as its hasher wants it.
 */
#ifndef SUBTENSOR_STORAGE_KEY_H
#define SUBTENSOR_STORAGE_KEY_H

#include <jansson.h>

struct buf;
struct err;
struct metadata;

/* The key of a storage entry; keys is a JSON array, one item a hasher, or
 * fewer for a prefix of the map, or NULL for none. 0, or -1. */
int storage_key(const struct metadata *, const char *pallet, const char *entry,
    const json_t *keys, struct buf *, struct err *);

#endif

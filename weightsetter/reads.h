/*
 * What is read of storage at each finalized head: which entries, by which
 * keys, and what the answers mean.
 *
 * Pure. Entries a runtime does not have count as null, missing values as the
 * entry's default, both by that runtime's metadata.
 */
#ifndef WEIGHTSETTER_READS_H
#define WEIGHTSETTER_READS_H

#include <jansson.h>
#include <stdint.h>

#include "weightsetter/snapshot.h"

struct err;
struct metadata;

/* Whose entries. hotkey may be "": then its own are left out. */
struct reads_of {
	uint16_t netuid;
	const char *hotkey;
};

/* The keys, as a JSON array of "0x..". NULL and why if metadata's entries are
 * not of the shape we know. */
json_t *reads_keys(
    const struct metadata *, const struct reads_of *, struct err *);

/*
 * The answer of state_queryStorageAt: an object of decoded values by our
 * names ("tempo"). NULL and why.
 */
json_t *reads_decode(const struct metadata *, const struct reads_of *,
    const json_t *answer, struct err *);

/* The values into a snapshot: hyper, hyper_json, beacon, nonce. 0, or -1 and
 * why. */
int reads_take(const struct metadata *, const json_t *values, struct snapshot *,
    struct err *);

/* -- storage by itself, for who reads other entries ----------------------- */

/* A key as "0x.."; keys as storage_key() takes them, borrowed. The caller
 * frees. NULL and why. */
char *reads_key(const struct metadata *, const char *pallet, const char *item,
    const json_t *keys, struct err *);

/* The value of "0x.." key in an answer, or NULL: missing. Borrowed. */
const json_t *reads_find(const json_t *answer, const char *key);

/* A value decoded, or its default, or null. NULL and why. */
json_t *reads_value(const struct metadata *, const char *pallet,
    const char *item, const json_t *hex, struct err *);

#endif

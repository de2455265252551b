/*
 * The chain's storage by name: entries of the metadata with encoded keys, read
 * and written as a block sees them.
 *
 * A name that the metadata has not is a mistake of ours and asserted; what
 * comes from outside is looked up with metadata_storage() first.
 */
#ifndef DEVCHAIN_STORAGE_H
#define DEVCHAIN_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/fake/devchain/state.h"

struct buf;
struct metadata;

enum { ITEM_MAX_KEYS = 3, MECHANISM_STRIDE = 4096 };

/* One value of storage: "Tempo" of SubtensorModule for netuid 11. */
struct item {
	const char *pallet, *entry;
	struct {
		uint8_t data[32];
		uint8_t len;
	} keys[ITEM_MAX_KEYS];
	int n_keys;
};

struct item item(const char *pallet, const char *entry);
struct item item_with(struct item, const void *key, size_t len);
/* Of SubtensorModule, by its keys. */
struct item item_plain(const char *entry);
struct item item_net(const char *entry, uint16_t netuid);
struct item item_net_uid(const char *entry, uint16_t netuid, uint16_t uid);
struct item item_net_account(
    const char *entry, uint16_t netuid, const uint8_t account[32]);
struct item item_account(const char *entry, const uint8_t account[32]);
struct item item_account_net(
    const char *entry, const uint8_t account[32], uint16_t netuid);

/* The key it is stored under. */
void item_key(const struct metadata *, struct item, struct buf *);

/* What one block sees, or, while it is being made, writes. */
struct view {
	struct state *state;
	const struct place *at;
	const struct metadata *md;
	bool old_epochs; /* they follow from the block's number */
	bool crv3;	 /* commits are kept in the form before */
};

/* The stored bytes, else the entry's default; false if it is Optional and
 * there is none. Borrowed until the next write. */
bool view_get(const struct view *, struct item, struct bytes *);
/* Only what is stored, no default. */
bool view_has(const struct view *, struct item);
void view_put(const struct view *, struct item, const void *, size_t len);
void view_delete(const struct view *, struct item);

/* Integers and bools of any width up to 8 bytes; 0 for what is missing. */
uint64_t view_uint(const struct view *, struct item);
void view_put_uint(const struct view *, struct item, uint64_t);

/* 32 bytes; zeroes for what is missing. */
void view_account(const struct view *, struct item, uint8_t account[32]);

/* Item i of a vector of integers or bools; 0 beyond its end. */
uint64_t view_nth(const struct view *, struct item, size_t i);
/* Set it, filling up with zeroes. */
void view_put_nth(const struct view *, struct item, size_t i, uint64_t);

#endif

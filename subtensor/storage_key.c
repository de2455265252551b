/* Storage keys, from the hashers that metadata names. */
#include "subtensor/storage_key.h"

#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"

enum { HASH_MAX_BYTES = 32 };

static void
add_name(struct buf *out, const char *name)
{
	uint8_t h[16];

	hash_twox128(name, strlen(name), h);
	buf_add(out, h, sizeof(h));
}

/* The digest, and behind it the key itself where the hasher is a Concat. */
static void
add_hashed(struct buf *out, enum hasher hasher, const struct buf *key)
{
	uint8_t h[HASH_MAX_BYTES];
	size_t n = 0;

	switch (hasher) {
	case HASH_BLAKE2_128:
	case HASH_BLAKE2_128_CONCAT:
		hash_blake2_128(key->data, key->len, h);
		n = 16;
		break;
	case HASH_BLAKE2_256:
		hash_blake2_256(key->data, key->len, h);
		n = 32;
		break;
	case HASH_TWOX_128:
		hash_twox128(key->data, key->len, h);
		n = 16;
		break;
	case HASH_TWOX_256:
		hash_twox256(key->data, key->len, h);
		n = 32;
		break;
	case HASH_TWOX_64_CONCAT:
		hash_twox64(key->data, key->len, h);
		n = 8;
		break;
	case HASH_IDENTITY:
		break;
	}
	buf_add(out, h, n);
	if (hasher == HASH_IDENTITY || hasher == HASH_BLAKE2_128_CONCAT ||
	    hasher == HASH_TWOX_64_CONCAT)
		buf_add(out, key->data, key->len);
}

static int
add_keys(const struct metadata *md, const struct storage_entry *e,
    const json_t *keys, struct buf *out, struct err *err)
{
	struct buf key = {0};
	int rc = 0;

	for (size_t i = 0; i < json_array_size(keys) && rc == 0; i++) {
		buf_reset(&key);
		rc = encode_value(
		    md, e->keys[i], json_array_get(keys, i), &key, err);
		if (rc != 0)
			err_wrap(err, "key %zu", i);
		else
			add_hashed(out, e->hashers[i], &key);
	}
	buf_free(&key);
	return rc;
}

int
storage_key(const struct metadata *md, const char *pallet, const char *entry,
    const json_t *keys, struct buf *out, struct err *err)
{
	const struct pallet *p;
	const struct storage_entry *e = metadata_storage(md, pallet, entry, &p);
	size_t start = out->len;

	if (e == NULL)
		return err_set(err, "there is no storage %s.%s", pallet, entry);
	if (keys != NULL && !json_is_array(keys))
		return err_set(err, "%s.%s: keys are no array", pallet, entry);
	if (json_array_size(keys) > e->n_hashers)
		return err_set(err, "%s.%s has %zu keys, not %zu", pallet,
		    entry, e->n_hashers, json_array_size(keys));
	add_name(out, p->prefix);
	add_name(out, e->name);
	if (add_keys(md, e, keys, out, err) == 0)
		return 0;
	out->len = start;
	return err_wrap(err, "%s.%s", pallet, entry);
}

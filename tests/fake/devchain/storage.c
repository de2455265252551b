/* Keys by the metadata's hashers, values by its types. */
#include "tests/fake/devchain/storage.h"

#include <assert.h>
#include <string.h>

#include "common/buf.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "subtensor/scale.h"

struct item
item(const char *pallet, const char *entry)
{
	struct item i;

	memset(&i, 0, sizeof(i));
	i.pallet = pallet;
	i.entry = entry;
	return i;
}

struct item
item_with(struct item i, const void *key, size_t len)
{
	assert(i.n_keys < ITEM_MAX_KEYS && len <= sizeof(i.keys[0].data));
	memcpy(i.keys[i.n_keys].data, key, len);
	i.keys[i.n_keys++].len = len;
	return i;
}

static struct item
with_u16(struct item i, uint16_t v)
{
	const uint8_t le[] = {v & 0xff, v >> 8};

	return item_with(i, le, sizeof(le));
}

struct item
item_plain(const char *entry)
{
	return item("SubtensorModule", entry);
}

struct item
item_net(const char *entry, uint16_t netuid)
{
	return with_u16(item_plain(entry), netuid);
}

struct item
item_net_uid(const char *entry, uint16_t netuid, uint16_t uid)
{
	return with_u16(item_net(entry, netuid), uid);
}

struct item
item_net_account(const char *entry, uint16_t netuid, const uint8_t account[32])
{
	return item_with(item_net(entry, netuid), account, 32);
}

struct item
item_account(const char *entry, const uint8_t account[32])
{
	return item_with(item_plain(entry), account, 32);
}

struct item
item_account_net(const char *entry, const uint8_t account[32], uint16_t netuid)
{
	return with_u16(item_account(entry, account), netuid);
}

static void
put_hashed(enum hasher hasher, const uint8_t *key, size_t len, struct buf *out)
{
	uint8_t hash[16];

	switch (hasher) {
	case HASH_BLAKE2_128_CONCAT:
		hash_blake2_128(key, len, hash);
		buf_add(out, hash, 16);
		break;
	case HASH_TWOX_64_CONCAT:
		hash_twox64(key, len, hash);
		buf_add(out, hash, 8);
		break;
	case HASH_IDENTITY:
		break;
	case HASH_BLAKE2_128:
	case HASH_BLAKE2_256:
	case HASH_TWOX_128:
	case HASH_TWOX_256:
		assert(!"a hasher our tables do not use");
	}
	buf_add(out, key, len);
}

static const struct storage_entry *
entry_of(const struct metadata *md, struct item i)
{
	const struct storage_entry *e =
	    metadata_storage(md, i.pallet, i.entry, NULL);

	assert(e != NULL);
	return e;
}

void
item_key(const struct metadata *md, struct item i, struct buf *out)
{
	const struct storage_entry *e = entry_of(md, i);
	uint8_t hash[16];

	assert((size_t)i.n_keys == e->n_hashers);
	hash_twox128(i.pallet, strlen(i.pallet), hash);
	buf_add(out, hash, sizeof(hash));
	hash_twox128(i.entry, strlen(i.entry), hash);
	buf_add(out, hash, sizeof(hash));
	for (int k = 0; k < i.n_keys; k++)
		put_hashed(e->hashers[k], i.keys[k].data, i.keys[k].len, out);
}

static bool
get_stored(const struct view *v, struct item i, struct bytes *out)
{
	struct buf key = {0};
	bool found;

	item_key(v->md, i, &key);
	found = state_get(v->state, v->at, key.data, key.len, out);
	buf_free(&key);
	return found;
}

bool
view_get(const struct view *v, struct item i, struct bytes *out)
{
	const struct storage_entry *e = entry_of(v->md, i);

	if (get_stored(v, i, out))
		return true;
	*out = (struct bytes){e->fallback, e->fallback_len};
	return e->has_default;
}

bool
view_has(const struct view *v, struct item i)
{
	struct bytes value;

	return get_stored(v, i, &value);
}

void
view_put(const struct view *v, struct item i, const void *data, size_t len)
{
	struct buf key = {0};

	item_key(v->md, i, &key);
	state_put(v->state, v->at, key.data, key.len, data, len);
	buf_free(&key);
}

void
view_delete(const struct view *v, struct item i)
{
	struct buf key = {0};

	item_key(v->md, i, &key);
	state_delete(v->state, v->at, key.data, key.len);
	buf_free(&key);
}

static uint64_t
little(const uint8_t *data, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		v |= (uint64_t)data[i] << (8 * i);
	return v;
}

static void
put_little(struct buf *b, uint64_t v, size_t width)
{
	for (size_t i = 0; i < width; i++)
		buf_add_byte(b, i < 8 ? v >> (8 * i) : 0);
}

/* Bytes of an integer or bool type. */
static size_t
width_of(const struct metadata *md, uint32_t type)
{
	switch (md->types[type].primitive) {
	case PRIM_BOOL:
	case PRIM_U8:
		return 1;
	case PRIM_U16:
		return 2;
	case PRIM_U32:
		return 4;
	case PRIM_U64:
		return 8;
	case PRIM_U128:
		return 16;
	default:
		assert(!"not an unsigned integer");
		return 0;
	}
}

uint64_t
view_uint(const struct view *v, struct item i)
{
	struct bytes b;

	return view_get(v, i, &b) ? little(b.data, b.len) : 0;
}

void
view_put_uint(const struct view *v, struct item i, uint64_t value)
{
	struct buf b = {0};

	put_little(&b, value, width_of(v->md, entry_of(v->md, i)->value));
	view_put(v, i, b.data, b.len);
	buf_free(&b);
}

void
view_account(const struct view *v, struct item i, uint8_t account[32])
{
	struct bytes b;

	memset(account, 0, 32);
	if (view_get(v, i, &b) && b.len == 32)
		memcpy(account, b.data, 32);
}

/* The vector's items, and how many there are. */
static const uint8_t *
items(const struct view *v, struct item i, size_t width, size_t *n)
{
	struct bytes b;
	struct scale_reader r;

	*n = 0;
	if (!view_get(v, i, &b))
		return NULL;
	scale_read_init(&r, b.data, b.len);
	*n = scale_count(&r, width);
	return b.data + r.pos;
}

static size_t
item_width(const struct view *v, struct item i)
{
	return width_of(v->md, v->md->types[entry_of(v->md, i)->value].inner);
}

uint64_t
view_nth(const struct view *v, struct item i, size_t nth)
{
	size_t width = item_width(v, i), n;
	const uint8_t *data = items(v, i, width, &n);

	return nth < n ? little(data + nth * width, width) : 0;
}

void
view_put_nth(const struct view *v, struct item i, size_t nth, uint64_t value)
{
	size_t width = item_width(v, i), n;
	const uint8_t *data = items(v, i, width, &n);
	size_t count = nth < n ? n : nth + 1;
	struct buf b = {0};

	scale_put_compact(&b, count);
	for (size_t k = 0; k < count; k++)
		put_little(&b,
		    k == nth ? value
		    : k < n  ? little(data + k * width, width)
			     : 0,
		    width);
	view_put(v, i, b.data, b.len);
	buf_free(&b);
}

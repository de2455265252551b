/* state_*: storage, metadata, runtime calls. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/hex.h"
#include "subtensor/hash.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/older.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/runtime_api.h"
#include "tests/fake/devchain/show.h"
#include "tests/fake/devchain/storage.h"
#include "tests/fake/devchain/subs.h"

enum { MAX_KEY = 512, MAX_ARGUMENTS = 1 << 20, MAX_PAGE = 1000 };

static json_t *
get_runtime_version(struct call *c)
{
	const struct block *b = call_block(c, 0);

	return b != NULL ? show_version(b->runtime) : NULL;
}

static json_t *
get_metadata(struct call *c)
{
	const struct block *b = call_state(c, 0);

	return b != NULL ? show_buf(&b->runtime->v14) : NULL;
}

static json_t *
call_api(struct call *c, const struct block *b, const struct buf *args)
{
	const char *method = call_text(c, 0);
	struct buf out = {0};
	json_t *answer = NULL;

	switch (runtime_api_call(
	    c->node->chain, b, method, args->data, args->len, &out)) {
	case API_OK:
		answer = show_buf(&out);
		break;
	case API_NO_METHOD:
		call_fail(c, RPC_STATE_GONE, NULL,
		    "Client error: Execution failed: Other: Exported method "
		    "%s is not found",
		    method);
		break;
	case API_BAD_ARGUMENTS:
		call_fail(c, RPC_STATE_GONE, NULL,
		    "Client error: Execution failed: Execution aborted due to "
		    "trap: wasm trap: wasm `unreachable` instruction executed");
		break;
	}
	buf_free(&out);
	return answer;
}

static json_t *
state_call(struct call *c)
{
	const struct block *b = call_state(c, 2);
	struct buf args = {0};
	json_t *answer = NULL;

	if (b == NULL)
		return NULL;
	if (call_text(c, 0) == NULL)
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: no method is named");
	if (call_bytes(c, 1, MAX_ARGUMENTS, &args) == 0)
		answer = call_api(c, b, &args);
	buf_free(&args);
	return answer;
}

/* The value of a key given in hex; NULL if it has none. */
static json_t *
value_of(const struct node *n, const struct block *b, const char *hex)
{
	uint8_t key[MAX_KEY];
	long len = hex != NULL ? hex_decode(hex, key, sizeof(key)) : -1;
	struct bytes value;

	if (len < 0 || !chain_read(n->chain, b, key, len, &value))
		return NULL;
	return show_hex(value.data, value.len);
}

static bool
get_value(struct call *c, struct bytes *value)
{
	const struct block *b = call_state(c, 1);
	struct buf key = {0};
	bool found = false;

	if (b != NULL && call_bytes(c, 0, MAX_KEY, &key) == 0)
		found = chain_read(c->node->chain, b, key.data, key.len, value);
	buf_free(&key);
	return found;
}

static json_t *
null_unless_failed(const struct call *c)
{
	return c->code == 0 ? json_null() : NULL;
}

static json_t *
get_storage(struct call *c)
{
	struct bytes value;

	if (!get_value(c, &value))
		return null_unless_failed(c);
	return show_hex(value.data, value.len);
}

static json_t *
get_storage_size(struct call *c)
{
	struct bytes value;

	if (!get_value(c, &value))
		return null_unless_failed(c);
	return json_integer(value.len);
}

static json_t *
get_storage_hash(struct call *c)
{
	struct bytes value;
	uint8_t hash[32];

	if (!get_value(c, &value))
		return null_unless_failed(c);
	hash_blake2_256(value.data, value.len, hash);
	return show_hex(hash, sizeof(hash));
}

static json_t *
query_storage_at(struct call *c)
{
	const json_t *keys = call_param(c, 0), *key;
	const struct block *b = call_state(c, 1);
	json_t *changes;
	size_t i;

	if (b == NULL)
		return NULL;
	changes = json_array();
	json_array_foreach(keys, i, key)
	{
		json_t *value = value_of(c->node, b, json_string_value(key));

		json_array_append_new(
		    changes, json_pack("[O, o]", key,
				 value != NULL ? value : json_null()));
	}
	return json_pack(
	    "[{s:o, s:o}]", "block", show_hex(b->hash, 32), "changes", changes);
}

/* The prefix, and the key to start behind if one is given. */
static int
read_range(struct call *c, struct buf *prefix, struct buf *start)
{
	if (call_param(c, 0) != NULL && call_bytes(c, 0, MAX_KEY, prefix) != 0)
		return -1;
	if (call_param(c, 2) != NULL && call_bytes(c, 2, MAX_KEY, start) != 0)
		return -1;
	return 0;
}

static json_t *
list_keys(struct call *c, const struct block *b, const struct buf *prefix,
    const struct buf *start, json_int_t count)
{
	struct bytes key = {start->data, start->len};
	const struct bytes *after = start->len > 0 ? &key : NULL;
	json_t *keys = json_array();

	while (count > 0 && state_next_key(c->node->chain->state, &b->place,
				prefix->data, prefix->len, after, &key)) {
		after = &key;
		if (older_hides_key(&b->runtime->spec, key.data, key.len))
			continue;
		json_array_append_new(keys, show_hex(key.data, key.len));
		count--;
	}
	return keys;
}

static json_t *
get_keys_paged(struct call *c)
{
	const struct block *b = call_state(c, 3);
	json_int_t count = json_integer_value(call_param(c, 1));
	struct buf prefix = {0}, start = {0};
	json_t *keys = NULL;

	if (b == NULL)
		return NULL;
	buf_reserve(&prefix, 1); /* an empty one is a prefix, too */
	if (count > MAX_PAGE)
		call_fail(c, RPC_STATE_GONE, NULL,
		    "count exceeds maximum value. value: %lld, max: %d",
		    (long long)count, MAX_PAGE);
	else if (read_range(c, &prefix, &start) == 0)
		keys = list_keys(c, b, &prefix, &start, count);
	buf_free(&prefix);
	buf_free(&start);
	return keys;
}

static json_t *
subscribe(struct call *c, enum sub_kind kind)
{
	if (!c->client->can_subscribe)
		return call_fail(c, RPC_SERVER_ERROR, NULL,
		    "Subscriptions are not available on this transport.");
	c->sub = subs_add(c->client, kind);
	return json_string(c->sub->id);
}

static json_t *
subscribe_runtime_version(struct call *c)
{
	return subscribe(c, SUB_RUNTIME);
}

static json_t *
subscribe_storage(struct call *c)
{
	const json_t *keys = call_param(c, 0), *key;
	bool good = json_is_array(keys);
	json_t *id;
	size_t i;

	json_array_foreach(keys, i, key) good = good && json_is_string(key);
	if (!good)
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "Invalid params: keys are expected");
	id = subscribe(c, SUB_STORAGE);
	if (id != NULL)
		c->sub->keys = json_deep_copy(keys);
	return id;
}

static json_t *
unsubscribe(struct call *c)
{
	const char *id = call_text(c, 0);

	return json_boolean(id != NULL && subs_remove(c->client, id));
}

const struct method methods_state[] = {
    {"state_getRuntimeVersion", get_runtime_version},
    {"chain_getRuntimeVersion", get_runtime_version},
    {"state_getMetadata", get_metadata},
    {"state_call", state_call},
    {"state_callAt", state_call},
    {"state_getStorage", get_storage},
    {"state_getStorageAt", get_storage},
    {"state_getStorageSize", get_storage_size},
    {"state_getStorageHash", get_storage_hash},
    {"state_queryStorageAt", query_storage_at},
    {"state_getKeysPaged", get_keys_paged},
    {"state_getKeysPagedAt", get_keys_paged},
    {"state_subscribeRuntimeVersion", subscribe_runtime_version},
    {"state_unsubscribeRuntimeVersion", unsubscribe},
    {"chain_subscribeRuntimeVersion", subscribe_runtime_version},
    {"chain_unsubscribeRuntimeVersion", unsubscribe},
    {"state_subscribeStorage", subscribe_storage},
    {"state_unsubscribeStorage", unsubscribe},
    {NULL, NULL},
};

/*
 * One reading after the other: runtime, hyper-parameters, neurons, our own
 * standing, commitments. Each step starts the next; fail() ends them all.
 */
#include "weightsetter/sync.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/log.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/address.h"
#include "weightsetter/apis.h"
#include "weightsetter/chain.h"
#include "weightsetter/own.h"
#include "weightsetter/reads.h"
#include "weightsetter/value.h"

enum {
	PAGE = 512, /* keys a request; at most 1000 */
	MAX_PAGES = 64,
	MAX_ANSWER = 4 * 1024 * 1024,
	ACCOUNT_DIGITS = 64, /* at the end of a CommitmentOf key */
};

static const char graph_method[] =
    "SubnetInfoRuntimeApi_get_selective_metagraph";
static const char lite_method[] = "NeuronInfoRuntimeApi_get_neurons_lite";

/* Of the metagraph: n, hotkeys, coldkeys, permits, last updates, stakes. */
static const uint16_t graph_fields[] = {30, 52, 53, 57, 59, 67, 68, 69};

struct sync {
	struct chain *chain;
	sync_cb *on_done;
	void *arg;
	/* of the reading under way */
	struct snapshot *s; /* NULL: none */
	struct runtime *runtime;
	char *last_key; /* of the page of commitments, NULL: the first */
	size_t page_keys, pages;
};

struct sync *
sync_new(struct chain *chain, sync_cb *on_done, void *arg)
{
	struct sync *y = xcalloc(1, sizeof(*y));

	y->chain = chain;
	y->on_done = on_done;
	y->arg = arg;
	return y;
}

static void
drop_reading(struct sync *y)
{
	snapshot_free(y->s);
	runtime_release(y->runtime);
	free(y->last_key);
	y->s = NULL;
	y->runtime = NULL;
	y->last_key = NULL;
	y->pages = 0;
}

void
sync_free(struct sync *y)
{
	if (y == NULL)
		return;
	drop_reading(y);
	free(y);
}

bool
sync_is_busy(const struct sync *y)
{
	return y->s != NULL;
}

static void
fail(struct sync *y, const char *step, const char *why)
{
	log_warn("sync.failed", "block=%llu step=%s why=\"%s\"",
	    (unsigned long long)y->s->block, step, why);
	drop_reading(y);
	y->on_done(NULL, NULL, y->arg);
}

/* True, and the reading has ended, if the node has not answered well. */
static bool
has_failed(struct sync *y, const char *step, const struct rpc_answer *a)
{
	struct err why;

	if (a->outcome == RPC_OK)
		return false;
	err_set(&why, "%s %s", a->message, a->data);
	fail(y, step, why.text);
	return true;
}

static void
finish(struct sync *y)
{
	struct snapshot *s = y->s;
	struct runtime *r = y->runtime;

	y->s = NULL;
	y->runtime = NULL;
	drop_reading(y);
	y->on_done(s, r, y->arg);
}

static void ask_commitments(struct sync *);

/* -- commitments --------------------------------------------------------- */

/* The account that a key of CommitmentOf ends with. */
static struct neuron *
neuron_of_key(struct sync *y, const char *key)
{
	size_t len = strlen(key);
	char hotkey[SS58_MAX_TEXT];
	uint8_t account[32];

	if (len < ACCOUNT_DIGITS ||
	    hex_decode_exact(key + len - ACCOUNT_DIGITS, account, 32) != 0 ||
	    ss58_encode(SS58_BITTENSOR, account, hotkey) != 0)
		return NULL;
	return snapshot_find_mutable(y->s, hotkey);
}

/* What a miner wrote is its own affair: what does not decode is no address. */
static void
take_commitment(struct sync *y, const char *key, const json_t *hex)
{
	struct neuron *n = neuron_of_key(y, key);
	json_t *registration;

	if (n == NULL || !json_is_string(hex))
		return;
	registration = reads_value(
	    y->runtime->md, "Commitments", "CommitmentOf", hex, NULL);
	if (registration != NULL && address_read(registration, n->address) == 0)
		value_u64(
		    json_object_get(registration, "block"), &n->address_block);
	json_decref(registration);
}

static void
on_commitments(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	const json_t *changes, *pair;
	const char *key;
	size_t i;

	if (has_failed(y, "commitments", a))
		return;
	changes = json_object_get(json_array_get(a->result, 0), "changes");
	json_array_foreach((json_t *)changes, i, pair)
	{
		key = json_string_value(json_array_get(pair, 0));
		if (key != NULL)
			take_commitment(y, key, json_array_get(pair, 1));
	}
	if (y->page_keys < PAGE || ++y->pages >= MAX_PAGES)
		finish(y);
	else
		ask_commitments(y);
}

static void
on_commitment_keys(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	const char *last;

	if (has_failed(y, "commitment_keys", a))
		return;
	y->page_keys = json_array_size(a->result);
	last = y->page_keys == 0 ? NULL
				 : json_string_value(json_array_get(
				       a->result, y->page_keys - 1));
	if (last == NULL) {
		finish(y);
		return;
	}
	free(y->last_key);
	y->last_key = xstrdup(last);
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[O, s]", a->result, y->s->block_hash), on_commitments,
	    y);
}

static void
ask_commitments(struct sync *y)
{
	json_t *keys = json_pack("[i]", y->s->netuid);
	struct err err = {{0}};
	char *prefix = reads_key(
	    y->runtime->md, "Commitments", "CommitmentOf", keys, &err);

	json_decref(keys);
	if (prefix == NULL) { /* a runtime without the pallet */
		finish(y);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_getKeysPaged",
	    json_pack(
		"[s, i, s?, s]", prefix, PAGE, y->last_key, y->s->block_hash),
	    on_commitment_keys, y);
	free(prefix);
}

/* -- our own standing ---------------------------------------------------- */

static void
on_own(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	struct err err = {{0}};

	if (has_failed(y, "own", a))
		return;
	if (own_take(y->runtime->md, y->s, a->result, &err) != 0)
		fail(y, "own", err.text);
	else
		ask_commitments(y);
}

static void
ask_own(struct sync *y)
{
	json_t *keys = own_keys(y->runtime->md, y->s);

	if (json_array_size(keys) == 0) {
		json_decref(keys);
		ask_commitments(y);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_own, y);
}

/* -- neurons ------------------------------------------------------------- */

static json_t *
decode_answer(
    struct sync *y, const char *method, const json_t *hex, struct err *err)
{
	const struct metadata *md = apis_of(y->runtime->md);
	const struct runtime_method *m = metadata_method(md, method);
	struct buf bytes = {0};
	json_t *value = NULL;

	if (value_bytes(hex, MAX_ANSWER, &bytes) != 0)
		err_set(err, "the answer is no hex");
	else
		value = decode_all(md, m->output, bytes.data, bytes.len, err);
	buf_free(&bytes);
	return value;
}

static void
take_neurons(struct sync *y, const char *method, const json_t *hex,
    int (*take)(struct snapshot *, const json_t *, struct err *))
{
	struct err err = {{0}};
	json_t *value = decode_answer(y, method, hex, &err);
	int rc = value == NULL ? -1 : take(y->s, value, &err);

	json_decref(value);
	if (rc != 0) {
		fail(y, method, err.text);
		return;
	}
	ask_own(y);
}

static void
on_graph(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (!has_failed(y, graph_method, a))
		take_neurons(
		    y, graph_method, a->result, snapshot_take_metagraph);
}

static void
on_lite(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (!has_failed(y, lite_method, a))
		take_neurons(y, lite_method, a->result, snapshot_take_lite);
}

static void
call_runtime(struct sync *y, const char *method, const struct buf *args,
    void (*on_answer)(const struct rpc_answer *, void *))
{
	char *hex = hex_0x(args->data, args->len);

	rpc_call(chain_rpc(y->chain), "state_call",
	    json_pack("[s, s, s]", method, hex, y->s->block_hash), on_answer,
	    y);
	free(hex);
}

static void
ask_neurons(struct sync *y)
{
	const struct metadata *md = apis_of(y->runtime->md);
	size_t n = sizeof(graph_fields) / sizeof(graph_fields[0]);
	struct buf args = {0};

	scale_put_u16(&args, y->s->netuid);
	if (metadata_method(md, graph_method) != NULL) {
		scale_put_compact(&args, n);
		for (size_t i = 0; i < n; i++)
			scale_put_u16(&args, graph_fields[i]);
		call_runtime(y, graph_method, &args, on_graph);
	} else if (metadata_method(md, lite_method) != NULL) {
		call_runtime(y, lite_method, &args, on_lite);
	} else {
		fail(y, "neurons", "the runtime has no way to list neurons");
	}
	buf_free(&args);
}

/* -- storage ------------------------------------------------------------- */

static struct reads_of
reads_of(const struct sync *y)
{
	return (struct reads_of){y->s->netuid, y->s->hotkey};
}

static void
on_storage(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	struct reads_of of = reads_of(y);
	struct err err = {{0}};
	json_t *values;
	int rc = -1;

	if (has_failed(y, "storage", a))
		return;
	values = reads_decode(y->runtime->md, &of, a->result, &err);
	if (values != NULL)
		rc = reads_take(y->runtime->md, values, y->s, &err);
	json_decref(values);
	if (rc != 0)
		fail(y, "storage", err.text);
	else
		ask_neurons(y);
}

static void
on_runtime(struct runtime *r, const struct err *why, void *arg)
{
	struct sync *y = arg;
	struct reads_of of = reads_of(y);
	struct err err = {{0}};
	json_t *keys;

	if (r == NULL) {
		fail(y, "runtime", why->text);
		return;
	}
	y->runtime = r;
	y->s->spec_version = r->spec_version;
	keys = reads_keys(r->md, &of, &err);
	if (keys == NULL) {
		fail(y, "storage", err.text);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_storage, y);
}

void
sync_start(struct sync *y, const struct head *head, uint16_t netuid,
    const char *hotkey)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->netuid = netuid;
	s->block = head->number;
	memcpy(s->block_hash, head->hash, sizeof(s->block_hash));
	memcpy(s->hotkey, hotkey, strlen(hotkey) + 1);
	y->s = s;
	runtimes_get(chain_runtimes(y->chain), chain_rpc(y->chain),
	    s->block_hash, on_runtime, y);
}

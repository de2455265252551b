/* Questions about the best block, one after the other. */
#include "weightsetter/prepare.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/rpc.h"
#include "subtensor/scale.h"
#include "weightsetter/chain.h"
#include "weightsetter/reads.h"
#include "weightsetter/uid_weights.h"
#include "weightsetter/value.h"

static const char nonce_method[] = "AccountNonceApi_account_nonce";

struct prepare {
	struct chain *chain;
	prepare_cb *on_done;
	void *arg;
	/* of the preparation under way */
	const struct runtime *runtime; /* borrowed */
	char hotkey[SS58_MAX_TEXT];
	json_t
	    *standing; /* {key of Keys[netuid][uid]: hotkey} of who gets any */
	char *timestamp_key; /* of Timestamp.Now; owned, NULL: there is none */
	uint32_t nonce;
	char best[SNAPSHOT_HASH];
	uint64_t timestamp_ms;
};

struct prepare *
prepare_new(struct chain *chain, prepare_cb *on_done, void *arg)
{
	struct prepare *p = xcalloc(1, sizeof(*p));

	p->chain = chain;
	p->on_done = on_done;
	p->arg = arg;
	return p;
}

void
prepare_free(struct prepare *p)
{
	if (p == NULL)
		return;
	json_decref(p->standing);
	free(p->timestamp_key);
	free(p);
}

static void
end(struct prepare *p, const char *reason, const char *why)
{
	struct prepared prepared = {.nonce = p->nonce,
	    .timestamp_ms = p->timestamp_ms,
	    .reason = reason,
	    .why = why};

	memcpy(prepared.best, p->best, sizeof(prepared.best));
	json_decref(p->standing);
	p->standing = NULL;
	free(p->timestamp_key);
	p->timestamp_key = NULL;
	p->on_done(&prepared, p->arg);
}

/* -- do the hotkeys still stand where they stood? ------------------------ */

static bool
stands(struct prepare *p, const json_t *answer, const char *key,
    const char *hotkey)
{
	json_t *value = reads_value(p->runtime->md, "SubtensorModule", "Keys",
	    reads_find(answer, key), NULL);
	const char *now = json_string_value(value);
	bool same = now != NULL && strcmp(now, hotkey) == 0;

	json_decref(value);
	return same;
}

static void
take_timestamp(struct prepare *p, const json_t *answer)
{
	json_t *now;

	p->timestamp_ms = 0;
	if (p->timestamp_key == NULL)
		return;
	now = reads_value(p->runtime->md, "Timestamp", "Now",
	    reads_find(answer, p->timestamp_key), NULL);
	value_u64(now, &p->timestamp_ms);
	json_decref(now);
}

static void
on_standing(const struct rpc_answer *a, void *arg)
{
	struct prepare *p = arg;
	const char *key;
	json_t *hotkey;

	if (a->outcome != RPC_OK) {
		end(p, "node", a->message);
		return;
	}
	take_timestamp(p, a->result);
	json_object_foreach(p->standing, key, hotkey)
	{
		if (stands(p, a->result, key, json_string_value(hotkey)))
			continue;
		end(p, "uid_moved",
		    "a uid has another hotkey at the best block");
		return;
	}
	end(p, NULL, NULL);
}

static void
ask_standing(struct prepare *p)
{
	json_t *keys = json_array(), *hotkey;
	const char *key;

	json_object_foreach(p->standing, key, hotkey)
	    json_array_append_new(keys, json_string(key));
	if (p->timestamp_key != NULL)
		json_array_append_new(keys, json_string(p->timestamp_key));
	rpc_call(chain_rpc(p->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, p->best), on_standing, p);
}

/* Of everybody whose weight is not zero. */
static json_t *
standing_of(const struct metadata *md, const struct snapshot *at,
    const struct uid_weights *w)
{
	json_t *all = json_object(), *keys;
	char *key;

	for (size_t i = 0; i < w->n; i++) {
		if (w->weights[i] == 0)
			continue;
		keys = json_pack("[i, i]", at->netuid, w->uids[i]);
		key = reads_key(md, "SubtensorModule", "Keys", keys, NULL);
		json_decref(keys);
		if (key != NULL)
			json_object_set_new(all, key,
			    json_string(at->neurons[w->uids[i]].hotkey));
		free(key);
	}
	return all;
}

/* -- nonce and version at the best block --------------------------------- */

static void
on_next_index(const struct rpc_answer *a, void *arg)
{
	struct prepare *p = arg;
	uint64_t next;

	if (a->outcome != RPC_OK ||
	    value_uint(a->result, UINT32_MAX, &next) != 0) {
		end(p, "node", a->message);
		return;
	}
	if (next > p->nonce) {
		end(p, "nonce_in_pool",
		    "the node's pool has a transaction of this hotkey");
		return;
	}
	ask_standing(p);
}

static void
on_nonce(const struct rpc_answer *a, void *arg)
{
	struct prepare *p = arg;
	struct buf bytes = {0};
	struct scale_reader r;

	if (a->outcome == RPC_OK)
		value_bytes(a->result, sizeof(uint32_t), &bytes);
	scale_read_init(&r, bytes.data, bytes.len);
	p->nonce = scale_u32(&r);
	buf_free(&bytes);
	if (!scale_done(&r)) {
		end(p, "node", a->message);
		return;
	}
	rpc_call(chain_rpc(p->chain), "system_accountNextIndex",
	    json_pack("[s]", p->hotkey), on_next_index, p);
}

static void
ask_nonce(struct prepare *p)
{
	uint8_t public[32] = {0};
	char *hex;

	ss58_decode_account(p->hotkey, public);
	hex = hex_0x(public, sizeof(public));
	rpc_call(chain_rpc(p->chain), "state_call",
	    json_pack("[s, s, s]", nonce_method, hex, p->best), on_nonce, p);
	free(hex);
}

/* The signature names a version: it must be the best block's as well as the
 * one we read by. They differ for some blocks around an upgrade. */
static void
on_best_runtime(struct runtime *r, const struct err *why, void *arg)
{
	struct prepare *p = arg;
	bool same = r != NULL && r->spec_version == p->runtime->spec_version &&
		    r->transaction_version == p->runtime->transaction_version;

	runtime_release(r);
	if (r == NULL)
		end(p, "node", why->text);
	else if (!same)
		end(p, "upgrade_in_flight",
		    "the best block has another runtime than the finalized");
	else
		ask_nonce(p);
}

static void
on_best(const struct rpc_answer *a, void *arg)
{
	struct prepare *p = arg;

	if (a->outcome != RPC_OK || header_read_text(a->result, p->best) != 0) {
		end(p, "node", a->message);
		return;
	}
	runtimes_get(chain_runtimes(p->chain), chain_rpc(p->chain), p->best,
	    on_best_runtime, p);
}

void
prepare_start(struct prepare *p, const struct snapshot *at,
    const struct runtime *r, const struct uid_weights *w)
{
	p->runtime = r;
	memcpy(p->hotkey, at->hotkey, sizeof(p->hotkey));
	p->standing = standing_of(r->md, at, w);
	p->timestamp_key = reads_key(r->md, "Timestamp", "Now", NULL, NULL);
	p->best[0] = '\0';
	rpc_call(chain_rpc(p->chain), "chain_getBlockHash", json_array(),
	    on_best, p);
}

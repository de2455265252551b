/* One proof: the block, its place in the chain, its events, its storage. */
#include "weightsetter/prove.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "subtensor/rpc.h"
#include "weightsetter/block.h"
#include "weightsetter/chain.h"
#include "weightsetter/ledger.h"
#include "weightsetter/reads.h"
#include "weightsetter/value.h"

static const char pallet[] = "SubtensorModule";

struct prove {
	struct chain *chain;
	prove_cb *on_done;
	void *arg;
	/* of the proof under way */
	struct ledger_row *row; /* a copy; NULL: none is under way */
	struct head head;
	struct head block; /* it was included in */
	char parent[SNAPSHOT_HASH];
	struct head at;	  /* whose storage is read */
	bool is_fallback; /* at the head, for want of the block's state */
	long place;	  /* in the block */
	uint64_t uid;	  /* ours at that block */
	struct runtime *runtime;
};

struct prove *
prove_new(struct chain *chain, prove_cb *on_done, void *arg)
{
	struct prove *p = xcalloc(1, sizeof(*p));

	p->chain = chain;
	p->on_done = on_done;
	p->arg = arg;
	return p;
}

void
prove_free(struct prove *p)
{
	if (p == NULL)
		return;
	ledger_row_free(p->row);
	runtime_release(p->runtime);
	free(p);
}

bool
prove_is_busy(const struct prove *p)
{
	return p->row != NULL;
}

static void
end(struct prove *p, enum prove_result result, const char *reason)
{
	struct ledger_row *row = p->row;
	struct head at = p->at;
	struct proof proof = {row->id, result, at.number, at.hash, reason};

	runtime_release(p->runtime);
	p->runtime = NULL;
	p->row = NULL;
	p->on_done(&proof, p->arg);
	ledger_row_free(row);
}

static void read_at(
    struct prove *, const struct head *, const char *runtime_of);

/* The node does not answer for that block any more: then for the head, once. */
static void
fall_back(struct prove *p, const char *why)
{
	if (p->is_fallback || p->head.number <= p->block.number) {
		end(p, PROVE_LATER, why);
		return;
	}
	p->is_fallback = true;
	read_at(p, &p->head, p->head.hash);
}

/* True, and the proof has ended or gone another way, if there is no answer. */
static bool
has_failed(struct prove *p, const struct rpc_answer *a)
{
	if (a->outcome == RPC_REFUSED)
		fall_back(p, a->message);
	else if (a->outcome == RPC_UNKNOWN)
		end(p, PROVE_LATER, a->message);
	return a->outcome != RPC_OK;
}

/* -- storage ------------------------------------------------------------- */

static json_t *
index_key(const struct prove *p)
{
	return json_pack("[i]", snapshot_index(p->row->netuid, p->row->mecid));
}

static json_t *
member_key(const struct prove *p)
{
	return json_pack("[i, s]", p->row->netuid, p->row->hotkey);
}

static json_t *
weights_key(const struct prove *p)
{
	return json_pack("[i, I]",
	    snapshot_index(p->row->netuid, p->row->mecid), (json_int_t)p->uid);
}

/* Adds an entry's key to the list; keys is taken. */
static void
add_key(const struct prove *p, json_t *list, const char *of, const char *item,
    json_t *keys)
{
	char *key = reads_key(p->runtime->md, of, item, keys, NULL);

	json_decref(keys);
	if (key != NULL)
		json_array_append_new(list, json_string(key));
	free(key);
}

/* An entry's value out of an answer, or NULL; keys is taken. */
static json_t *
value_of(const struct prove *p, const json_t *answer, const char *of,
    const char *item, json_t *keys)
{
	char *key = reads_key(p->runtime->md, of, item, keys, NULL);
	json_t *value = NULL;

	json_decref(keys);
	if (key != NULL)
		value = reads_value(
		    p->runtime->md, of, item, reads_find(answer, key), NULL);
	free(key);
	return value;
}

static void
query(struct prove *p, json_t *keys,
    void (*on_answer)(const struct rpc_answer *, void *))
{
	rpc_call(chain_rpc(p->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, p->at.hash), on_answer, p);
}

/* At the block itself what differs was never set; at the head it may have
 * been set again since. */
static void
end_differing(struct prove *p)
{
	end(p, p->is_fallback ? PROVE_GONE : PROVE_REFUSED,
	    "read_back_differs");
}

static void
on_weights(const struct rpc_answer *a, void *arg)
{
	struct prove *p = arg;
	json_t *weights;
	bool same;

	if (has_failed(p, a))
		return;
	weights = value_of(p, a->result, pallet, "Weights", weights_key(p));
	if (weights == NULL) {
		end(p, PROVE_LATER, "Weights cannot be decoded");
		return;
	}
	same = block_holds(weights, &p->row->sent);
	json_decref(weights);
	if (same)
		end(p, PROVE_PROVEN, NULL);
	else
		end_differing(p);
}

/* Our uid, and whether our last update was made in the block. */
static int
take_standing(struct prove *p, const json_t *answer, uint64_t *updated)
{
	json_t *uid = value_of(p, answer, pallet, "Uids", member_key(p));
	json_t *list = value_of(p, answer, pallet, "LastUpdate", index_key(p));
	int rc = -1;

	*updated = 0;
	if (uid != NULL && list != NULL &&
	    value_uint(uid, UINT16_MAX, &p->uid) == 0)
		rc = value_u64(json_array_get(list, p->uid), updated);
	json_decref(uid);
	json_decref(list);
	return rc;
}

/* True if the events say that it was carried out; else the proof has ended. */
static bool
was_carried_out(struct prove *p, const json_t *answer)
{
	json_t *events = value_of(p, answer, "System", "Events", json_array());
	char reason[REFUSAL_MAX] = "";
	enum block_outcome outcome = BLOCK_SILENT;

	if (events != NULL)
		outcome =
		    block_outcome_of(p->runtime->md, events, p->place, reason);
	json_decref(events);
	switch (outcome) {
	case BLOCK_SUCCESS:
		return true;
	case BLOCK_FAILURE:
		end(p, PROVE_REFUSED, reason);
		return false;
	case BLOCK_SILENT:
		end(p, PROVE_LATER, "the block's events say nothing of it");
		return false;
	}
	return false;
}

static void
on_standing(const struct rpc_answer *a, void *arg)
{
	struct prove *p = arg;
	json_t *keys;
	uint64_t updated;

	if (has_failed(p, a))
		return;
	if (!p->is_fallback && !was_carried_out(p, a->result))
		return;
	if (take_standing(p, a->result, &updated) != 0 ||
	    (p->row->action != LEDGER_REVEAL && updated != p->block.number)) {
		end_differing(p);
		return;
	}
	if (ledger_is_commit(p->row->action)) {
		end(p, PROVE_PROVEN, NULL);
		return;
	}
	keys = json_array();
	add_key(p, keys, pallet, "Weights", weights_key(p));
	query(p, keys, on_weights);
}

static void
on_runtime(struct runtime *r, const struct err *why, void *arg)
{
	struct prove *p = arg;
	json_t *keys;

	if (r == NULL) {
		fall_back(p, why->text);
		return;
	}
	p->runtime = r;
	keys = json_array();
	if (!p->is_fallback)
		add_key(p, keys, "System", "Events", json_array());
	add_key(p, keys, pallet, "Uids", member_key(p));
	add_key(p, keys, pallet, "LastUpdate", index_key(p));
	query(p, keys, on_standing);
}

/* Events and storage are as the runtime wrote them that made the block, and
 * that is the one its parent has: a block may bring a new one in. */
static void
read_at(struct prove *p, const struct head *at, const char *runtime_of)
{
	p->at = *at;
	runtime_release(p->runtime);
	p->runtime = NULL;
	runtimes_get(chain_runtimes(p->chain), chain_rpc(p->chain), runtime_of,
	    on_runtime, p);
}

/* -- the block ----------------------------------------------------------- */

static void
on_canonical(const struct rpc_answer *a, void *arg)
{
	struct prove *p = arg;
	char hash[SNAPSHOT_HASH];

	if (a->outcome != RPC_OK || header_read_text(a->result, hash) != 0)
		end(p, PROVE_LATER, "the block's number has no hash");
	else if (strcmp(hash, p->block.hash) != 0)
		end(p, PROVE_ABSENT, "the block is not in the chain");
	else
		read_at(p, &p->block, p->parent);
}

static void
on_block(const struct rpc_answer *a, void *arg)
{
	struct prove *p = arg;
	const json_t *header =
	    json_object_get(json_object_get(a->result, "block"), "header");

	if (a->outcome != RPC_OK ||
	    header_number(header, &p->block.number) != 0 ||
	    header_read_text(
		json_object_get(header, "parentHash"), p->parent) != 0) {
		end(p, PROVE_LATER, "the node does not have the block");
		return;
	}
	p->at = p->block;
	p->place = block_find(a->result, p->row->extrinsic_hash);
	if (p->place < 0) {
		end(p, PROVE_ABSENT, "it is not in the block");
		return;
	}
	rpc_call(chain_rpc(p->chain), "chain_getBlockHash",
	    json_pack("[I]", (json_int_t)p->block.number), on_canonical, p);
}

void
prove_start(
    struct prove *p, const struct ledger_row *row, const struct snapshot *s)
{
	p->row = ledger_row_copy(row);
	p->is_fallback = false;
	p->head.number = s->block;
	memcpy(p->head.hash, s->block_hash, sizeof(p->head.hash));
	memset(&p->block, 0, sizeof(p->block));
	memcpy(p->block.hash, row->block_hash, sizeof(p->block.hash));
	p->at = p->block;
	rpc_call(chain_rpc(p->chain), "chain_getBlock",
	    json_pack("[s]", p->block.hash), on_block, p);
}

/*
 * Commitments, what was revealed of them, locks, validators' weights: page by
 * page, when the caller wants them. What cannot be had is left out.
 */
#include "weightsetter/sync_impl.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/metadata.h"
#include "subtensor/rpc.h"
#include "subtensor/ss58.h"
#include "weightsetter/chain.h"
#include "weightsetter/commitments.h"
#include "weightsetter/locks.h"
#include "weightsetter/peers.h"
#include "weightsetter/reads.h"

enum {
	PAGE = 512, /* keys a request; at most 1000 */
	MAX_PAGES = 16,
	ACCOUNT_DIGITS = 64, /* at the end of a key */
};

static const char commits_pallet[] = "Commitments";

static const char another_form[] = "the answer is of another form";

/* The changes in an answer of state_queryStorageAt, which has one for each
 * key: a value that is left out would look as if it were gone. NULL: it has
 * not. */
static const json_t *
changes_of(const struct rpc_answer *a, size_t n_keys)
{
	const json_t *changes =
	    json_object_get(json_array_get(a->result, 0), "changes");

	return json_array_size(changes) == n_keys ? changes : NULL;
}

/* -- validators' weights ------------------------------------------------- */

static void ask_peers(struct sync *);

static void
on_peers(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;

	if (sync_part_failed(y, PART_PEERS, a)) {
		sync_finish(y);
		return;
	}
	if (changes_of(a, peers_in_page(y->s, y->first_peer)) == NULL) {
		sync_part_missed(y, PART_PEERS, another_form);
		sync_finish(y);
		return;
	}
	peers_take(y->runtime->md, y->s, y->first_peer, a->result);
	y->first_peer += PEERS_PAGE;
	ask_peers(y);
}

static void
ask_peers(struct sync *y)
{
	struct err err = {{0}};
	json_t *keys;

	if (y->first_peer >= y->s->n_peers) {
		y->s->has_peers = true;
		sync_part_done(y, PART_PEERS);
		sync_finish(y);
		return;
	}
	keys = peers_keys(y->runtime->md, y->s, y->first_peer, &err);
	if (keys == NULL) {
		sync_part_missed(y, PART_PEERS, err.text);
		sync_finish(y);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_peers, y);
}

static void
start_peers(struct sync *y)
{
	if (y->want.peers == NULL) {
		sync_finish(y);
		return;
	}
	y->first_peer = 0;
	peers_plan(y->s, y->want.peers);
	ask_peers(y);
}

/* -- locks --------------------------------------------------------------- */

static void ask_locks(struct sync *);

static void
miss_locks(struct sync *y, const char *why)
{
	sync_part_missed(y, PART_LOCKS, why);
	start_peers(y);
}

static void
on_locks(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	struct err err = {{0}};

	if (sync_part_failed(y, PART_LOCKS, a)) {
		start_peers(y);
		return;
	}
	if (changes_of(a, y->page_keys) == NULL) {
		miss_locks(y, another_form);
		return;
	}
	if (locks_take(y->runtime->md, y->s, y->first_lock, a->result, &err) !=
	    0) {
		miss_locks(y, err.text);
		return;
	}
	y->first_lock += LOCKS_PAGE;
	ask_locks(y);
}

static void
ask_locks(struct sync *y)
{
	struct err err = {{0}};
	json_t *keys;

	if (y->first_lock >= y->s->n_neurons) {
		y->s->has_locks = true;
		sync_part_done(y, PART_LOCKS);
		start_peers(y);
		return;
	}
	keys = locks_keys(y->runtime->md, y->s, y->first_lock, &err);
	if (keys == NULL) {
		miss_locks(y, err.text);
		return;
	}
	y->page_keys = json_array_size(keys);
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[o, s]", keys, y->s->block_hash), on_locks, y);
}

static void
start_locks(struct sync *y)
{
	if (!y->want.locks || !locks_exist(y->runtime->md)) {
		start_peers(y);
		return;
	}
	y->first_lock = 0;
	ask_locks(y);
}

/* -- maps by account ----------------------------------------------------- */

static void start_map(struct sync *, enum sync_part);
static void ask_page(struct sync *);

static const char *
item_of(const struct sync *y)
{
	return y->map == PART_COMMITMENTS ? "CommitmentOf"
					  : "RevealedCommitments";
}

static void
drop_map(struct sync *y)
{
	json_decref(y->rows);
	free(y->last_key);
	y->rows = NULL;
	y->last_key = NULL;
	y->pages = 0;
}

static void
end_map(struct sync *y)
{
	json_t **out =
	    y->map == PART_COMMITMENTS ? &y->s->commitments : &y->s->revealed;

	*out = json_incref(y->rows);
	drop_map(y);
	sync_part_done(y, y->map);
	if (y->map == PART_COMMITMENTS)
		start_map(y, PART_REVEALED);
	else
		start_locks(y);
}

/* A part of a map would look as if the rest were gone: all or nothing. */
static void
miss_map(struct sync *y, const char *why)
{
	sync_part_missed(y, y->map, why);
	drop_map(y);
	start_locks(y);
}

static bool
map_failed(struct sync *y, const struct rpc_answer *a)
{
	if (!sync_part_failed(y, y->map, a))
		return false;
	drop_map(y);
	start_locks(y);
	return true;
}

static void
take_pair(struct sync *y, const json_t *pair)
{
	const char *key = json_string_value(json_array_get(pair, 0));
	const json_t *hex = json_array_get(pair, 1);
	size_t len = key == NULL ? 0 : strlen(key);
	const struct metadata *md = y->runtime->md;
	char hotkey[SS58_MAX_TEXT];
	uint8_t account[32];

	if (len < ACCOUNT_DIGITS || !json_is_string(hex) ||
	    hex_decode_exact(key + len - ACCOUNT_DIGITS, account, 32) != 0 ||
	    ss58_encode(SS58_BITTENSOR, account, hotkey) != 0)
		return;
	json_array_append_new(
	    y->rows, y->map == PART_COMMITMENTS
			 ? commitments_row(md, hotkey, hex)
			 : commitments_revealed_row(md, hotkey, hex));
}

static void
on_values(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	const json_t *changes, *pair;
	size_t i;

	if (map_failed(y, a))
		return;
	changes = changes_of(a, y->page_keys);
	if (changes == NULL) {
		miss_map(y, another_form);
		return;
	}
	json_array_foreach((json_t *)changes, i, pair) take_pair(y, pair);
	if (y->page_keys < PAGE)
		end_map(y);
	else if (++y->pages >= MAX_PAGES)
		miss_map(y, "there are too many");
	else
		ask_page(y);
}

static void
on_keys(const struct rpc_answer *a, void *arg)
{
	struct sync *y = arg;
	const char *last;

	if (map_failed(y, a))
		return;
	y->page_keys = json_array_size(a->result);
	last = y->page_keys == 0 ? NULL
				 : json_string_value(json_array_get(
				       a->result, y->page_keys - 1));
	if (!json_is_array(a->result) || (last == NULL && y->page_keys > 0)) {
		miss_map(y, another_form);
		return;
	}
	if (last == NULL) {
		end_map(y);
		return;
	}
	free(y->last_key);
	y->last_key = xstrdup(last);
	rpc_call(chain_rpc(y->chain), "state_queryStorageAt",
	    json_pack("[O, s]", a->result, y->s->block_hash), on_values, y);
}

static void
ask_page(struct sync *y)
{
	json_t *keys = json_pack("[i]", y->s->netuid);
	struct err err = {{0}};
	char *prefix =
	    reads_key(y->runtime->md, commits_pallet, item_of(y), keys, &err);

	json_decref(keys);
	if (prefix == NULL) {
		miss_map(y, err.text);
		return;
	}
	rpc_call(chain_rpc(y->chain), "state_getKeysPaged",
	    json_pack(
		"[s, i, s?, s]", prefix, PAGE, y->last_key, y->s->block_hash),
	    on_keys, y);
	free(prefix);
}

static void
start_map(struct sync *y, enum sync_part map)
{
	y->map = map;
	if (metadata_storage(
		y->runtime->md, commits_pallet, item_of(y), NULL) == NULL) {
		start_locks(y);
		return;
	}
	y->rows = json_array();
	ask_page(y);
}

void
sync_more(struct sync *y)
{
	if (y->want.commitments)
		start_map(y, PART_COMMITMENTS);
	else
		start_locks(y);
}

/* Our own standing: keys, and what is found there. */
#include "weightsetter/own.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/hash.h"
#include "subtensor/metadata.h"
#include "weightsetter/reads.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/value.h"

/* So many epochs back at most are looked at for timelocked commits. */
enum { MAX_EPOCHS = 16, MAX_SEALED = 64 * 1024 };

static const char own_pallet[] = "SubtensorModule";
/* Newest first: a runtime keeps the entries it has done with. */
static const char *const timelocked[] = {
    "TimelockedWeightCommits", "CRV3WeightCommitsV2", "CRV3WeightCommits"};

/* -- what there is to ask for -------------------------------------------- */

static size_t
mechanisms(const struct snapshot *s)
{
	return s->hyper.mechanisms < SNAPSHOT_MAX_MECHANISMS
		   ? (size_t)s->hyper.mechanisms
		   : SNAPSHOT_MAX_MECHANISMS;
}

/* The epochs whose timelocked commits may still wait: from, and how many. */
static size_t
epochs_of(const struct snapshot *s, uint64_t *from)
{
	uint64_t last = epochs_next_index(&s->hyper.epochs);
	uint64_t back = s->hyper.reveal_period + 1;

	if (!s->hyper.commit_reveal)
		return 0;
	if (back > MAX_EPOCHS)
		back = MAX_EPOCHS;
	if (back > last)
		back = last;
	*from = last - back;
	return (size_t)back + 1;
}

/* A key as "0x..", or NULL where this runtime has no such entry. */
static char *
own_key(const struct metadata *md, const char *item, json_t *keys)
{
	char *text = NULL;

	if (metadata_storage(md, own_pallet, item, NULL) != NULL)
		text = reads_key(md, own_pallet, item, keys, NULL);
	json_decref(keys);
	return text;
}

static char *
key_last_update(const struct metadata *md, uint16_t index)
{
	return own_key(md, "LastUpdate", json_pack("[i]", index));
}

static char *
key_weights(const struct metadata *md, uint16_t index, uint16_t uid)
{
	return own_key(md, "Weights", json_pack("[i, i]", index, uid));
}

static char *
key_hashes(const struct metadata *md, uint16_t index, const char *hotkey)
{
	return own_key(md, "WeightCommits", json_pack("[i, s]", index, hotkey));
}

/* The entry that this runtime keeps timelocked commits in. */
static const char *
timelocked_of(const struct metadata *md)
{
	size_t i = 0, last = sizeof(timelocked) / sizeof(timelocked[0]) - 1;

	while (i < last &&
	       metadata_storage(md, own_pallet, timelocked[i], NULL) == NULL)
		i++;
	return timelocked[i];
}

static char *
key_timelocked(const struct metadata *md, uint16_t index, uint64_t epoch)
{
	return own_key(md, timelocked_of(md),
	    json_pack("[i, I]", index, (json_int_t)epoch));
}

static void
append(json_t *keys, char *key)
{
	if (key != NULL)
		json_array_append_new(keys, json_string(key));
	free(key);
}

json_t *
own_keys(const struct metadata *md, const struct snapshot *s)
{
	const struct neuron *own = snapshot_find(s, s->hotkey);
	json_t *keys = json_array();
	uint64_t from = 0;
	size_t n_epochs = epochs_of(s, &from);

	for (size_t m = 0; own != NULL && m < mechanisms(s); m++) {
		uint16_t index = snapshot_index(s->netuid, (uint8_t)m);

		append(keys, key_last_update(md, index));
		append(keys, key_weights(md, index, own->uid));
		append(keys, key_hashes(md, index, s->hotkey));
		for (size_t i = 0; i < n_epochs; i++)
			append(keys, key_timelocked(md, index, from + i));
	}
	return keys;
}

/* -- what was found ------------------------------------------------------ */

/* The value at a key (which is freed), or its default. NULL and why. */
static json_t *
value_at(const struct metadata *md, const char *item, char *key,
    const json_t *answer, struct err *err)
{
	json_t *value;

	if (key == NULL)
		return json_null();
	value = reads_value(md, own_pallet, item, reads_find(answer, key), err);
	free(key);
	return value;
}

static struct commit *
new_commit(struct own *own)
{
	struct commit *c;

	if (own->n_commits == SNAPSHOT_MAX_COMMITS)
		return NULL;
	c = &own->commits[own->n_commits++];
	memset(c, 0, sizeof(*c));
	return c;
}

/* (hash, epoch, block, unused), in the order they were made. */
static int
take_hashes(const json_t *list, struct own *own)
{
	const json_t *item;
	struct commit *c;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		c = new_commit(own);
		if (c == NULL)
			return 0;
		if (value_text(json_array_get(item, 0), c->hash,
			sizeof(c->hash)) != 0 ||
		    value_u64(json_array_get(item, 1), &c->epoch) != 0 ||
		    value_u64(json_array_get(item, 2), &c->block) != 0)
			return -1;
	}
	return 0;
}

static int
hash_sealed(const json_t *hex, char out[SNAPSHOT_HASH])
{
	struct buf bytes = {0};
	uint8_t hash[32];
	int rc = value_bytes(hex, MAX_SEALED, &bytes);

	if (rc == 0) {
		hash_blake2_256(bytes.data, bytes.len, hash);
		memcpy(out, "0x", 2);
		hex_encode(hash, sizeof(hash), out + 2);
	}
	buf_free(&bytes);
	return rc;
}

/* (who, block, ciphertext, round); the oldest form has no block. */
static int
take_sealed(const json_t *item, struct commit *c)
{
	bool has_block = json_array_size(item) > 3;

	if (has_block && value_u64(json_array_get(item, 1), &c->block) != 0)
		return -1;
	if (hash_sealed(json_array_get(item, 1 + has_block), c->hash) != 0)
		return -1;
	return value_u64(json_array_get(item, 2 + has_block), &c->round);
}

/* Of everybody; ours are taken. */
static int
take_timelocked(
    const json_t *list, uint64_t epoch, const char *hotkey, struct own *own)
{
	const json_t *item;
	const char *who;
	struct commit *c;
	size_t i;

	json_array_foreach((json_t *)list, i, item)
	{
		who = json_string_value(json_array_get(item, 0));
		if (who == NULL || strcmp(who, hotkey) != 0)
			continue;
		c = new_commit(own);
		if (c == NULL)
			return 0;
		c->is_timelocked = true;
		c->epoch = epoch;
		if (take_sealed(item, c) != 0)
			return -1;
	}
	return 0;
}

struct taking {
	const struct metadata *md;
	struct snapshot *s;
	const json_t *answer;
	uint16_t index, uid;
	struct own *own;
	struct err *err;
};

/* Of everybody: peers.c looks for what has changed. */
static void
take_updates(const json_t *list, struct own *own)
{
	size_t n = json_array_size(list);

	if (n > SNAPSHOT_MAX_NEURONS)
		n = SNAPSHOT_MAX_NEURONS;
	free(own->updates);
	own->updates = xcalloc(n > 0 ? n : 1, sizeof(*own->updates));
	own->n_updates = n;
	for (size_t i = 0; i < n; i++)
		value_u64(json_array_get(list, i), &own->updates[i]);
}

static int
take_last_update(struct taking *t)
{
	json_t *list = value_at(t->md, "LastUpdate",
	    key_last_update(t->md, t->index), t->answer, t->err);

	if (list == NULL)
		return -1;
	value_u64(json_array_get(list, t->uid), &t->own->last_update);
	take_updates(list, t->own);
	json_decref(list);
	return 0;
}

static int
take_on_chain(struct taking *t)
{
	json_t *pairs = value_at(t->md, "Weights",
	    key_weights(t->md, t->index, t->uid), t->answer, t->err);
	int rc = -1;

	uid_weights_clear(&t->own->on_chain);
	if (pairs != NULL)
		rc = value_weights(pairs, &t->own->on_chain);

	json_decref(pairs);
	return rc;
}

static int
take_commits(struct taking *t)
{
	json_t *list = value_at(t->md, "WeightCommits",
	    key_hashes(t->md, t->index, t->s->hotkey), t->answer, t->err);
	uint64_t from = 0;
	size_t n = epochs_of(t->s, &from);
	int rc = list == NULL ? -1 : take_hashes(list, t->own);

	json_decref(list);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		list = value_at(t->md, timelocked_of(t->md),
		    key_timelocked(t->md, t->index, from + i), t->answer,
		    t->err);
		rc = list == NULL ? -1
				  : take_timelocked(
					list, from + i, t->s->hotkey, t->own);
		json_decref(list);
	}
	return rc;
}

int
own_take(const struct metadata *md, struct snapshot *s, const json_t *answer,
    struct err *err)
{
	const struct neuron *neuron = snapshot_find(s, s->hotkey);
	struct taking t = {.md = md, .s = s, .answer = answer, .err = err};

	err_set(err, "our own standing is malformed");
	for (size_t m = 0; neuron != NULL && m < mechanisms(s); m++) {
		t.index = snapshot_index(s->netuid, (uint8_t)m);
		t.uid = neuron->uid;
		t.own = &s->own[m];
		if (take_last_update(&t) != 0 || take_on_chain(&t) != 0 ||
		    take_commits(&t) != 0)
			return -1;
	}
	return 0;
}

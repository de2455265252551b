/* Storage entries: a table, their keys and their values. */
#include "weightsetter/reads.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/hex.h"
#include "common/xalloc.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "subtensor/storage_key.h"
#include "weightsetter/value.h"

enum { MAX_VALUE_BYTES = 4 * 1024 * 1024 };

enum read_by { BY_NOTHING, BY_NETUID, BY_MEMBER, BY_HOTKEY };

struct read {
	const char *name;
	const char *pallet, *item;
	enum read_by by;
	bool is_hyper; /* stands in the snapshot's row */
};

static const char subtensor[] = "SubtensorModule";

static const struct read reads[] = {
    {"exists", subtensor, "NetworksAdded", BY_NETUID, true},
    {"mechanisms", subtensor, "MechanismCountCurrent", BY_NETUID, true},
    {"tempo", subtensor, "Tempo", BY_NETUID, true},
    {"weights_rate_limit", subtensor, "WeightsSetRateLimit", BY_NETUID, true},
    {"weights_version", subtensor, "WeightsVersionKey", BY_NETUID, true},
    {"min_allowed_weights", subtensor, "MinAllowedWeights", BY_NETUID, true},
    {"n", subtensor, "SubnetworkN", BY_NETUID, true},
    {"max_n", subtensor, "MaxAllowedUids", BY_NETUID, true},
    {"commit_reveal", subtensor, "CommitRevealWeightsEnabled", BY_NETUID, true},
    {"commit_reveal_version", subtensor, "CommitRevealWeightsVersion",
	BY_NOTHING, true},
    {"reveal_period_epochs", subtensor, "RevealPeriodEpochs", BY_NETUID, true},
    {"stake_threshold", subtensor, "StakeThreshold", BY_NOTHING, true},
    {"owner_hotkey", subtensor, "SubnetOwnerHotkey", BY_NETUID, true},
    {"last_epoch_block", subtensor, "LastEpochBlock", BY_NETUID, true},
    {"pending_epoch_at", subtensor, "PendingEpochAt", BY_NETUID, true},
    {"epoch_index", subtensor, "SubnetEpochIndex", BY_NETUID, true},
    {"blocks_since_last_step", subtensor, "BlocksSinceLastStep", BY_NETUID,
	true},
    {"timestamp_ms", "Timestamp", "Now", BY_NOTHING, true},
    {"beacon", "Drand", "BeaconConfig", BY_NOTHING, false},
    {"last_round", "Drand", "LastStoredRound", BY_NOTHING, false},
    {"permits", subtensor, "ValidatorPermit", BY_NETUID, false},
    {"uid", subtensor, "Uids", BY_MEMBER, false},
    {"account", "System", "Account", BY_HOTKEY, false},
};

enum { N_READS = sizeof(reads) / sizeof(reads[0]) };

/* -- one entry ----------------------------------------------------------- */

char *
reads_key(const struct metadata *md, const char *pallet, const char *item,
    const json_t *keys, struct err *err)
{
	struct buf key = {0};
	char *text = NULL;

	if (storage_key(md, pallet, item, keys, &key, err) == 0)
		text = hex_0x(key.data, key.len);
	buf_free(&key);
	return text;
}

const json_t *
reads_find(const json_t *answer, const char *key)
{
	const json_t *changes =
	    json_object_get(json_array_get(answer, 0), "changes");
	const json_t *pair;
	const char *at;
	size_t i;

	json_array_foreach((json_t *)changes, i, pair)
	{
		at = json_string_value(json_array_get(pair, 0));
		if (at != NULL && strcmp(at, key) == 0)
			return json_array_get(pair, 1);
	}
	return NULL;
}

static json_t *
missing_value(const struct metadata *md, const struct storage_entry *entry,
    struct err *err)
{
	if (!entry->has_default)
		return json_null();
	return decode_all(
	    md, entry->value, entry->fallback, entry->fallback_len, err);
}

json_t *
reads_value(const struct metadata *md, const char *pallet, const char *item,
    const json_t *hex, struct err *err)
{
	const struct storage_entry *entry =
	    metadata_storage(md, pallet, item, NULL);
	struct buf bytes = {0};
	json_t *value = NULL;

	if (entry == NULL)
		return json_null();
	if (hex == NULL || json_is_null(hex))
		return missing_value(md, entry, err);
	if (value_bytes(hex, MAX_VALUE_BYTES, &bytes) != 0)
		err_set(err, "the value is no hex");
	else
		value =
		    decode_all(md, entry->value, bytes.data, bytes.len, err);
	buf_free(&bytes);
	if (value == NULL)
		err_wrap(err, "%s.%s", pallet, item);
	return value;
}

/* -- the table ----------------------------------------------------------- */

/* The map keys of an entry; NULL if it cannot be asked for. */
static json_t *
keys_of(const struct read *r, const struct reads_of *of)
{
	switch (r->by) {
	case BY_NOTHING:
		return json_array();
	case BY_NETUID:
		return json_pack("[i]", of->netuid);
	case BY_MEMBER:
		if (of->hotkey[0] == '\0')
			return NULL;
		return json_pack("[i, s]", of->netuid, of->hotkey);
	case BY_HOTKEY:
		if (of->hotkey[0] == '\0')
			return NULL;
		return json_pack("[s]", of->hotkey);
	}
	return NULL;
}

/* The key of a row; *text is NULL if there is nothing to ask. */
static int
key_of(const struct metadata *md, const struct read *r,
    const struct reads_of *of, char **text, struct err *err)
{
	json_t *keys = keys_of(r, of);

	*text = NULL;
	if (keys == NULL ||
	    metadata_storage(md, r->pallet, r->item, NULL) == NULL) {
		json_decref(keys);
		return 0;
	}
	*text = reads_key(md, r->pallet, r->item, keys, err);
	json_decref(keys);
	return *text == NULL ? -1 : 0;
}

json_t *
reads_keys(
    const struct metadata *md, const struct reads_of *of, struct err *err)
{
	json_t *all = json_array();
	char *text;

	for (size_t i = 0; i < N_READS; i++) {
		if (key_of(md, &reads[i], of, &text, err) != 0) {
			json_decref(all);
			return NULL;
		}
		if (text != NULL)
			json_array_append_new(all, json_string(text));
		free(text);
	}
	return all;
}

static json_t *
read_one(const struct metadata *md, const struct read *r,
    const struct reads_of *of, const json_t *answer, struct err *err)
{
	json_t *value;
	char *key;

	if (key_of(md, r, of, &key, err) != 0)
		return NULL;
	if (key == NULL)
		return json_null();
	value =
	    reads_value(md, r->pallet, r->item, reads_find(answer, key), err);
	free(key);
	return value;
}

json_t *
reads_decode(const struct metadata *md, const struct reads_of *of,
    const json_t *answer, struct err *err)
{
	json_t *values = json_object(), *value;

	for (size_t i = 0; i < N_READS; i++) {
		value = read_one(md, &reads[i], of, answer, err);
		if (value == NULL) {
			json_decref(values);
			return NULL;
		}
		json_object_set_new(values, reads[i].name, value);
	}
	return values;
}

/* -- into a snapshot ----------------------------------------------------- */

static int
take_numbers(const json_t *values, struct hyper *h, struct err *err)
{
	const struct {
		const char *name;
		uint64_t *number;
		uint64_t fallback; /* where the runtime has no such entry */
	} rows[] = {
	    {"mechanisms", &h->mechanisms, 1},
	    {"tempo", &h->tempo, 0},
	    {"weights_rate_limit", &h->weights_rate_limit, 0},
	    {"weights_version", &h->weights_version, 0},
	    {"min_allowed_weights", &h->min_allowed_weights, 0},
	    {"n", &h->n, 0},
	    {"stake_threshold", &h->stake_threshold, 0},
	    {"timestamp_ms", &h->timestamp_ms, 0},
	    {"commit_reveal_version", &h->commit_reveal_version, 0},
	    {"reveal_period_epochs", &h->reveal_period, 1},
	    {"last_epoch_block", &h->epochs.last, 0},
	    {"pending_epoch_at", &h->epochs.pending, 0},
	    {"epoch_index", &h->epochs.index, 0},
	    {"blocks_since_last_step", &h->epochs.since, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const json_t *value = json_object_get(values, rows[i].name);

		*rows[i].number = rows[i].fallback;
		if (!json_is_null(value) &&
		    value_u64(value, rows[i].number) != 0)
			return err_set(err, "%s is no number", rows[i].name);
	}
	return 0;
}

static json_t *
hyper_row(const json_t *values)
{
	json_t *row = json_object();

	for (size_t i = 0; i < N_READS; i++) {
		if (reads[i].is_hyper)
			json_object_set(row, reads[i].name,
			    json_object_get(values, reads[i].name));
	}
	return row;
}

/* Where the runtime says how long a block takes; 0: it does not. */
static uint64_t
slot_ms_of(const struct metadata *md)
{
	const struct constant *c =
	    metadata_constant(md, "Aura", "SlotDuration");
	json_t *value;
	uint64_t ms = 0;

	if (c == NULL)
		return 0;
	value = decode_all(md, c->type, c->value, c->value_len, NULL);
	value_u64(value, &ms);
	json_decref(value);
	return ms;
}

static void
take_epochs(const struct metadata *md, struct snapshot *s)
{
	struct epochs *e = &s->hyper.epochs;

	e->is_counted =
	    metadata_storage(md, subtensor, "SubnetEpochIndex", NULL) != NULL;
	e->netuid = s->netuid;
	e->tempo = s->hyper.tempo;
	e->current = s->block;
	s->hyper.slot_ms = slot_ms_of(md);
}

/* A beacon that is not of the form we know is none. */
static void
take_beacon(const json_t *values, struct beacon *b)
{
	const json_t *config = json_object_get(values, "beacon");
	const char *key =
	    json_string_value(json_object_get(config, "public_key"));

	b->exists = key != NULL &&
		    hex_decode_exact(key, b->public, sizeof(b->public)) == 0 &&
		    value_u64(json_object_get(config, "genesis_time"),
			&b->times.genesis_s) == 0 &&
		    value_u64(json_object_get(config, "period"),
			&b->times.period_s) == 0 &&
		    b->times.period_s > 0;
	value_u64(json_object_get(values, "last_round"), &b->last_round);
}

static int
take_nonce(const json_t *account, struct snapshot *s, struct err *err)
{
	uint64_t nonce = 0;

	if (json_is_object(account) &&
	    value_uint(json_object_get(account, "nonce"), UINT32_MAX, &nonce) !=
		0)
		return err_set(err, "the account has no nonce");
	s->nonce = (uint32_t)nonce;
	return 0;
}

int
reads_take(const struct metadata *md, const json_t *values, struct snapshot *s,
    struct err *err)
{
	struct hyper *h = &s->hyper;

	if (take_numbers(values, h, err) != 0 ||
	    take_nonce(json_object_get(values, "account"), s, err) != 0)
		return -1;
	h->exists = json_is_true(json_object_get(values, "exists"));
	h->commit_reveal =
	    json_is_true(json_object_get(values, "commit_reveal"));
	if (value_text(json_object_get(values, "owner_hotkey"), h->owner_hotkey,
		sizeof(h->owner_hotkey)) != 0)
		h->owner_hotkey[0] = '\0';
	take_epochs(md, s);
	take_beacon(values, &s->beacon);
	json_decref(s->hyper_json);
	s->hyper_json = hyper_row(values);
	return 0;
}

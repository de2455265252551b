/* Reading a scenario, strictly: an unknown key is a mistake, and said so. */
#include "tests/fake/devchain/scenario.h"

#include <stdbool.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "subtensor/decode.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/account.h"
#include "tests/fake/devchain/neuron.h"
#include "tests/fake/devchain/subnet_fields.h"
#include "tests/fake/devchain/work.h"

static const char default_text[] =
    "{\"accounts\": [{\"account\": \"//Alice\", \"free\": 1000000000000}],"
    " \"subnets\": [{\"netuid\": 1, \"owner\": \"//Owner\", \"neurons\": ["
    "  {\"hotkey\": \"//Alice\", \"alpha_stake\": 1000000000000,"
    "   \"validator_permit\": true},"
    "  {\"hotkey\": \"//Bob\", \"commitment\": \"127.0.0.1:8091\"},"
    "  {\"hotkey\": \"//Charlie\", \"commitment\": \"127.0.0.1:8092\"},"
    "  {\"hotkey\": \"//Dave\", \"commitment\": \"127.0.0.1:8093\"}]}]}";

json_t *
scenario_default(void)
{
	return json_loads(default_text, 0, NULL);
}

/* Names that are not SubnetHyperparams'. */
static const struct {
	const char *name, *entry;
} by_names[] = {
    {"weights_version_key", "WeightsVersionKey"},
    {"commit_reveal", "CommitRevealWeightsEnabled"},
    {"reveal_period", "RevealPeriodEpochs"},
    {"max_uids", "MaxAllowedUids"},
    {"mechanisms", "MechanismCountCurrent"},
    {"last_epoch_block", "LastEpochBlock"},
    {"pending_epoch_at", "PendingEpochAt"},
    {"epoch_index", "SubnetEpochIndex"},
};

const char *
scenario_entry(const struct metadata *md, const char *name)
{
	const struct storage_entry *e;

	for (size_t i = 0; i < hyperparam_n_fields; i++)
		if (strcmp(hyperparam_fields[i].name, name) == 0)
			return hyperparam_fields[i].entry;
	for (size_t i = 0; i < sizeof(by_names) / sizeof(by_names[0]); i++)
		if (strcmp(by_names[i].name, name) == 0)
			return by_names[i].entry;
	e = metadata_storage(md, "SubtensorModule", name, NULL);
	return e != NULL && e->n_hashers == 1 ? e->name : NULL;
}

int
scenario_encode(const struct metadata *md, const char *pallet,
    const char *entry, const json_t *keys, const json_t *json, struct buf *key,
    struct buf *value, struct err *err)
{
	const struct storage_entry *e =
	    metadata_storage(md, pallet, entry, NULL);

	if (e == NULL)
		return err_set(err, "there is no storage %s.%s", pallet, entry);
	if (json_array_size(keys) != e->n_hashers)
		return err_set(
		    err, "%s.%s has %zu keys", pallet, entry, e->n_hashers);
	if (storage_key(md, pallet, entry, keys, key, err) != 0)
		return err_wrap(err, "%s.%s", pallet, entry);
	if (!json_is_null(json) &&
	    encode_value(md, e->value, json, value, err) != 0)
		return err_wrap(err, "%s.%s", pallet, entry);
	return 0;
}

static int
put_value(const struct view *v, const char *pallet, const char *entry,
    const json_t *keys, const json_t *json, struct err *err)
{
	struct buf key = {0}, value = {0};
	int done = scenario_encode(
	    v->md, pallet, entry, keys, json, &key, &value, err);

	if (done == 0 && !json_is_null(json))
		state_put(
		    v->state, v->at, key.data, key.len, value.data, value.len);
	buf_free(&key);
	buf_free(&value);
	return done;
}

/* Every key of the object is among the names. */
static int
check_keys(const json_t *j, const char *const *names, struct err *err)
{
	const char *key;
	json_t *value;

	if (!json_is_object(j))
		return err_set(err, "not an object");
	json_object_foreach((json_t *)j, key, value)
	{
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], key) != 0)
			i++;
		if (names[i] == NULL)
			return err_set(err, "\"%s\" means nothing here", key);
	}
	return 0;
}

static int
put_free(const struct view *v, const json_t *j, struct err *err)
{
	static const char *const names[] = {"account", "free", NULL};
	const char *who = json_string_value(json_object_get(j, "account"));
	struct account a = {.providers = 1};
	uint8_t id[32];

	if (check_keys(j, names, err) != 0)
		return -1;
	if (who == NULL || account_parse(who, id, err) != 0)
		return err_wrap(err, "account");
	a.free = json_integer_value(json_object_get(j, "free"));
	account_write(v, id, &a);
	return 0;
}

static int
put_hyperparameter(const struct view *v, uint16_t netuid, const char *name,
    const json_t *value, struct err *err)
{
	const char *entry = scenario_entry(v->md, name);
	json_t *keys;
	int done;

	if (entry == NULL)
		return err_set(err, "there is no hyper-parameter %s", name);
	keys = json_pack("[i]", netuid);
	done = put_value(v, "SubtensorModule", entry, keys, value, err);
	json_decref(keys);
	return done;
}

/* A subnet's number, its owner and what a test wants small. */
static int
found_subnet(
    const struct view *v, uint16_t netuid, const json_t *j, struct err *err)
{
	const char *owner = json_string_value(json_object_get(j, "owner"));
	uint8_t id[32];

	view_put_uint(v, item_net("NetworksAdded", netuid), 1);
	view_put_uint(v, item_plain("TotalNetworks"),
	    view_uint(v, item_plain("TotalNetworks")) + 1);
	view_put_uint(v, item_net("Tempo", netuid), 20);
	view_put_uint(v, item_net("WeightsSetRateLimit", netuid), 5);
	view_put_uint(v, item_net("MinAllowedWeights", netuid), 1);
	view_put_uint(v, item_net("CommitRevealWeightsEnabled", netuid), 0);
	if (owner == NULL)
		return 0;
	if (account_parse(owner, id, err) != 0)
		return err_wrap(err, "owner");
	view_put(v, item_net("SubnetOwnerHotkey", netuid), id, 32);
	view_put(v, item_net("SubnetOwner", netuid), id, 32);
	return 0;
}

static int
put_neurons(
    struct work *w, uint16_t netuid, const json_t *list, struct err *err)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		json_t *neuron = json_copy((json_t *)one);
		int done;

		json_object_set_new(neuron, "netuid", json_integer(netuid));
		done = neuron_apply(w, neuron, err);
		json_decref(neuron);
		if (done != 0)
			return err_wrap(err, "neuron %zu", i);
	}
	return 0;
}

static int
put_subnet(struct work *w, const json_t *j, struct err *err)
{
	static const char *const names[] = {"netuid", "owner", "mechanisms",
	    "hyperparameters", "neurons", NULL};
	const json_t *netuid = json_object_get(j, "netuid"), *value;
	const json_t *mechanisms = json_object_get(j, "mechanisms");
	const char *name;
	uint16_t n;

	if (check_keys(j, names, err) != 0)
		return -1;
	n = json_integer_value(netuid);
	if (!json_is_integer(netuid) || n != json_integer_value(netuid))
		return err_set(err, "netuid is missing or odd");
	if (found_subnet(&w->view, n, j, err) != 0)
		return -1;
	if (mechanisms != NULL)
		view_put_uint(&w->view, item_net("MechanismCountCurrent", n),
		    json_integer_value(mechanisms));
	json_object_foreach(json_object_get(j, "hyperparameters"), name,
	    value) if (put_hyperparameter(&w->view, n, name, value, err) !=
		       0) return -1;
	return put_neurons(w, n, json_object_get(j, "neurons"), err);
}

static int
put_storage(const struct view *v, const json_t *j, struct err *err)
{
	const char *pallet = json_string_value(json_object_get(j, "pallet"));
	const char *entry = json_string_value(json_object_get(j, "entry"));
	const json_t *keys = json_object_get(j, "keys");
	const json_t *value = json_object_get(j, "value");

	if (pallet == NULL || entry == NULL || value == NULL)
		return err_set(err, "storage needs pallet, entry and value");
	return put_value(v, pallet, entry, keys, value, err);
}

int
scenario_fill(struct work *w, void *json, struct err *err)
{
	static const char *const names[] = {
	    "stake_threshold", "accounts", "storage", "subnets", NULL};
	const json_t *j = json, *one;
	const json_t *threshold = json_object_get(j, "stake_threshold");
	size_t i;

	if (check_keys(j, names, err) != 0)
		return -1;
	if (threshold != NULL)
		view_put_uint(&w->view, item_plain("StakeThreshold"),
		    json_integer_value(threshold));
	json_array_foreach(json_object_get(j, "accounts"), i,
	    one) if (put_free(&w->view, one, err) != 0) return err_wrap(err,
	    "account %zu", i);
	json_array_foreach(json_object_get(j, "subnets"), i,
	    one) if (put_subnet(w, one, err) != 0) return err_wrap(err,
	    "subnet %zu", i);
	json_array_foreach(json_object_get(j, "storage"), i,
	    one) if (put_storage(&w->view, one, err) != 0) return err_wrap(err,
	    "storage %zu", i);
	return 0;
}

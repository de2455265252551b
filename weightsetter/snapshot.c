/* Neurons from decoded answers. */
#include "weightsetter/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/xalloc.h"
#include "weightsetter/value.h"

void
snapshot_free(struct snapshot *s)
{
	if (s == NULL || s->holders-- > 0)
		return;
	for (size_t i = 0; i < SNAPSHOT_MAX_MECHANISMS; i++)
		uid_weights_clear(&s->own[i].on_chain);
	json_decref(s->hyper_json);
	free(s->neurons);
	free(s);
}

struct snapshot *
snapshot_hold(struct snapshot *s)
{
	s->holders++;
	return s;
}

struct neuron *
snapshot_find_mutable(struct snapshot *s, const char *hotkey)
{
	for (size_t i = 0; i < s->n_neurons; i++) {
		if (strcmp(s->neurons[i].hotkey, hotkey) == 0)
			return &s->neurons[i];
	}
	return NULL;
}

const struct neuron *
snapshot_find(const struct snapshot *s, const char *hotkey)
{
	return snapshot_find_mutable((struct snapshot *)s, hotkey);
}

const struct neuron *
snapshot_at(const struct snapshot *s, uint16_t uid, const char *hotkey)
{
	if (uid >= s->n_neurons || strcmp(s->neurons[uid].hotkey, hotkey) != 0)
		return NULL;
	return &s->neurons[uid];
}

uint16_t
snapshot_index(uint16_t netuid, uint8_t mecid)
{
	return (uint16_t)(mecid * 4096u + netuid);
}

/* Room for n neurons, which must be as many as the subnet has. */
static int
make_room(struct snapshot *s, size_t n, struct err *err)
{
	if (n > SNAPSHOT_MAX_NEURONS)
		return err_set(err, "%zu neurons are too many", n);
	if (n != s->hyper.n)
		return err_set(err, "%zu neurons where the subnet has %llu", n,
		    (unsigned long long)s->hyper.n);
	free(s->neurons);
	s->neurons = xcalloc(n > 0 ? n : 1, sizeof(*s->neurons));
	s->n_neurons = n;
	return 0;
}

static int
take_account(const json_t *value, char out[SS58_MAX_TEXT])
{
	uint8_t key[32];

	if (value_text(value, out, SS58_MAX_TEXT) != 0)
		return -1;
	return ss58_decode_account(out, key);
}

/* -- get_selective_metagraph: an array per field ------------------------- */

struct columns {
	const json_t *hotkeys, *coldkeys, *permits, *last_update, *alpha, *tao,
	    *total;
};

static int
take_columns(const json_t *graph, size_t n, struct columns *c)
{
	const struct {
		const char *name;
		const json_t **column;
	} names[] = {
	    {"hotkeys", &c->hotkeys},
	    {"coldkeys", &c->coldkeys},
	    {"validator_permit", &c->permits},
	    {"last_update", &c->last_update},
	    {"alpha_stake", &c->alpha},
	    {"tao_stake", &c->tao},
	    {"total_stake", &c->total},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*names[i].column = json_object_get(graph, names[i].name);
		if (!json_is_array(*names[i].column) ||
		    json_array_size(*names[i].column) != n)
			return -1;
	}
	return 0;
}

static int
take_row(const struct columns *c, size_t i, struct neuron *n)
{
	n->uid = (uint16_t)i;
	n->permit = json_is_true(json_array_get(c->permits, i));
	if (take_account(json_array_get(c->hotkeys, i), n->hotkey) != 0 ||
	    take_account(json_array_get(c->coldkeys, i), n->coldkey) != 0 ||
	    value_u64(json_array_get(c->alpha, i), &n->alpha_stake) != 0 ||
	    value_u64(json_array_get(c->tao, i), &n->tao_stake) != 0 ||
	    value_u64(json_array_get(c->total, i), &n->total_stake) != 0)
		return -1;
	return value_u64(json_array_get(c->last_update, i), &n->last_update);
}

int
snapshot_take_metagraph(
    struct snapshot *s, const json_t *graph, struct err *err)
{
	size_t n = json_array_size(json_object_get(graph, "hotkeys"));
	struct columns c;

	if (!json_is_object(graph))
		return err_set(err, "there is no such subnet");
	if (make_room(s, n, err) != 0)
		return -1;
	if (take_columns(graph, n, &c) != 0)
		return err_set(err, "the metagraph lacks a column");
	for (size_t i = 0; i < n; i++) {
		if (take_row(&c, i, &s->neurons[i]) != 0)
			return err_set(err, "neuron %zu is malformed", i);
	}
	return 0;
}

/* -- get_neurons_lite: an object per neuron ------------------------------ */

/* Stakes are a list of (coldkey, amount). */
static int
take_stakes(const json_t *stakes, uint64_t *sum)
{
	const json_t *pair;
	uint64_t amount;
	size_t i;

	*sum = 0;
	if (!json_is_array(stakes))
		return -1;
	json_array_foreach(stakes, i, pair)
	{
		if (value_u64(json_array_get(pair, 1), &amount) != 0 ||
		    __builtin_add_overflow(*sum, amount, sum))
			return -1;
	}
	return 0;
}

static int
take_lite(const json_t *item, size_t i, struct neuron *n)
{
	uint64_t uid;

	if (value_u64(json_object_get(item, "uid"), &uid) != 0 || uid != i)
		return -1;
	n->uid = (uint16_t)uid;
	n->permit = json_is_true(json_object_get(item, "validator_permit"));
	if (take_account(json_object_get(item, "hotkey"), n->hotkey) != 0 ||
	    take_account(json_object_get(item, "coldkey"), n->coldkey) != 0 ||
	    take_stakes(json_object_get(item, "stake"), &n->alpha_stake) != 0)
		return -1;
	n->total_stake = n->alpha_stake;
	return value_u64(json_object_get(item, "last_update"), &n->last_update);
}

int
snapshot_take_lite(struct snapshot *s, const json_t *list, struct err *err)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list))
		return err_set(err, "the neurons are no list");
	if (make_room(s, n, err) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (take_lite(json_array_get(list, i), i, &s->neurons[i]) != 0)
			return err_set(err, "neuron %zu is malformed", i);
	}
	return 0;
}

/* dev_*: how a test moves the chain. See README.md. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/err.h"
#include "common/log.h"
#include "subtensor/metadata.h"
#include "tests/fake/devchain/block.h"
#include "tests/fake/devchain/call.h"
#include "tests/fake/devchain/chain.h"
#include "tests/fake/devchain/neuron.h"
#include "tests/fake/devchain/node.h"
#include "tests/fake/devchain/runtime.h"
#include "tests/fake/devchain/scenario.h"
#include "tests/fake/devchain/show.h"

enum { MAX_BLOCKS_AT_ONCE = 10000 };

static json_t *
tip(const struct chain *chain)
{
	return json_pack("{s:i, s:o}", "number", chain->best->place.number,
	    "hash", show_hex(chain->best->hash, 32));
}

static json_t *
fork_off(struct call *c)
{
	const json_t *options = call_param(c, 1);
	const json_t *n_build = json_object_get(options, "build");
	json_int_t depth = call_count(c, 0, 1), build = depth + 1;
	struct err err;

	if (json_is_integer(n_build))
		build = json_integer_value(n_build);
	if (depth < 1 || build < 1 || build > MAX_BLOCKS_AT_ONCE)
		return call_fail(c, RPC_BAD_PARAMS, NULL,
		    "a fork has blocks to take back "
		    "and blocks to build");
	if (chain_fork(c->node->chain, depth, build,
		json_is_true(json_object_get(options, "empty")),
		clock_wall_ms(), &err) != 0)
		return call_bad(c, &err);
	return tip(c->node->chain);
}

static json_t *
new_block(struct call *c)
{
	json_int_t n = call_count(c, 0, 1);

	if (n < 1 || n > MAX_BLOCKS_AT_ONCE)
		return call_fail(
		    c, RPC_BAD_PARAMS, NULL, "not a number of blocks");
	while (n-- > 0)
		chain_produce(c->node->chain, clock_wall_ms());
	return tip(c->node->chain);
}

static json_t *
finalize(struct call *c)
{
	struct chain *chain = c->node->chain;

	chain_finalize(chain, call_count(c, 0, chain->best->place.number));
	return json_integer(chain->finalized->place.number);
}

static json_t *
finality(struct call *c)
{
	c->node->chain->finality_lag = call_count(c, 0, UINT32_MAX);
	return json_true();
}

static json_t *
stop(struct call *c)
{
	c->node->set_producing(c->node, false);
	return json_true();
}

static json_t *
resume(struct call *c)
{
	c->node->set_producing(c->node, true);
	return json_true();
}

/* Add moves of {"SubtensorModule.set_weights": 150} to the specification. */
static int
read_moves(const struct metadata *md, const json_t *moves,
    struct runtime_spec *spec, struct err *err)
{
	const char *name;
	json_t *index;

	json_object_foreach((json_t *)moves, name, index)
	{
		const char *dot = strchr(name, '.');
		int i = spec->n_moves;

		if (dot == NULL || dot - name >= SPEC_MAX_NAME ||
		    strlen(dot) > SPEC_MAX_NAME || i == SPEC_MAX_MOVES ||
		    !json_is_integer(index))
			return err_set(err, "move: not Pallet.call: index");
		snprintf(spec->moves[i].pallet, SPEC_MAX_NAME, "%.*s",
		    (int)(dot - name), name);
		snprintf(spec->moves[i].call, SPEC_MAX_NAME, "%s", dot + 1);
		if (metadata_call(md, spec->moves[i].pallet,
			spec->moves[i].call, NULL) == NULL)
			return err_set(err, "there is no call %s", name);
		spec->moves[i].index = json_integer_value(index);
		spec->n_moves++;
	}
	return 0;
}

static int
read_spec(const struct runtime *now, const json_t *j, struct runtime_spec *spec,
    struct err *err)
{
	const char *extension =
	    json_string_value(json_object_get(j, "extension"));
	const json_t *version = json_object_get(j, "spec_version");
	const json_t *tx = json_object_get(j, "transaction_version");

	*spec = now->spec;
	spec->spec_version = json_is_integer(version)
				 ? json_integer_value(version)
				 : now->spec.spec_version + 1;
	if (json_is_integer(tx))
		spec->transaction_version = json_integer_value(tx);
	if (extension != NULL)
		snprintf(
		    spec->extension, sizeof(spec->extension), "%s", extension);
	spec->extension_has_bytes =
	    json_is_true(json_object_get(j, "extension_has_bytes"));
	return read_moves(now->md, json_object_get(j, "move"), spec, err);
}

/* In force after the next block. */
static json_t *
upgrade(struct call *c)
{
	struct chain *chain = c->node->chain;
	struct runtime_spec spec;
	struct op op = {.kind = OP_RUNTIME};
	struct err err;

	if (read_spec(chain->best->runtime, call_param(c, 0), &spec, &err) != 0)
		return call_bad(c, &err);
	op.runtime = chain_add_runtime(chain, &spec);
	ops_add(&chain->pending, op);
	return json_integer(spec.spec_version);
}

/* One value of storage in the next block; null takes it away. */
static int
set_value(struct chain *chain, const char *pallet, const char *entry,
    const json_t *keys, const json_t *value, struct err *err)
{
	struct op op = {.kind = json_is_null(value) ? OP_DELETE : OP_PUT};

	if (scenario_encode(chain->best->runtime->md, pallet, entry, keys,
		value, &op.key, &op.value, err) != 0) {
		buf_free(&op.key);
		buf_free(&op.value);
		return -1;
	}
	ops_add(&chain->pending, op);
	return 0;
}

static int
set_hyperparameters(
    struct chain *chain, const json_t *j, const json_t *netuid, struct err *err)
{
	json_t *keys = json_pack("[O]", netuid), *value;
	const char *name;
	int done = 0;

	json_object_foreach((json_t *)j, name, value)
	{
		const char *entry =
		    scenario_entry(chain->best->runtime->md, name);

		if (strcmp(name, "netuid") == 0)
			continue;
		if (entry == NULL)
			done = err_set(
			    err, "there is no hyper-parameter %s", name);
		else
			done = set_value(
			    chain, "SubtensorModule", entry, keys, value, err);
		if (done != 0)
			break;
	}
	json_decref(keys);
	return done;
}

static json_t *
set(struct call *c)
{
	struct chain *chain = c->node->chain;
	const json_t *j = call_param(c, 0);
	const json_t *netuid = json_object_get(j, "netuid");
	const char *entry = json_string_value(json_object_get(j, "entry"));
	const char *pallet = json_string_value(json_object_get(j, "pallet"));
	const json_t *value = json_object_get(j, "value");
	struct err err = {"neither netuid nor entry and value are given"};
	int done = -1;

	if (entry != NULL && value != NULL)
		done = set_value(chain,
		    pallet != NULL ? pallet : "SubtensorModule", entry,
		    json_object_get(j, "keys"), value, &err);
	else if (json_is_integer(netuid))
		done = set_hyperparameters(chain, j, netuid, &err);
	return done == 0 ? json_true() : call_bad(c, &err);
}

static json_t *
neuron(struct call *c)
{
	const json_t *j = call_param(c, 0);
	struct op op = {.kind = OP_NEURON};
	struct err err;

	if (neuron_check(j, &err) != 0)
		return call_bad(c, &err);
	op.neuron = json_deep_copy(j);
	ops_add(&c->node->chain->pending, op);
	return json_true();
}

static json_t *
status(struct call *c)
{
	const struct chain *chain = c->node->chain;
	json_int_t pool = 0, clients = 0;

	for (struct tx *tx = pool_first(chain->pool); tx; tx = tx->next)
		pool++;
	for (struct client *one = c->node->clients; one; one = one->next)
		clients++;
	return json_pack("{s:i, s:i, s:i, s:I, s:I, s:I}", "best",
	    chain->best->place.number, "finalized",
	    chain->finalized->place.number, "floor", chain->floor,
	    "spec_version", (json_int_t)chain->best->runtime->spec.spec_version,
	    "pool", pool, "clients", clients);
}

const struct method methods_dev[] = {
    {"dev_fork", fork_off},
    {"dev_newBlock", new_block},
    {"dev_finalize", finalize},
    {"dev_finality", finality},
    {"dev_stop", stop},
    {"dev_resume", resume},
    {"dev_upgrade", upgrade},
    {"dev_set", set},
    {"dev_neuron", neuron},
    {"dev_status", status},
    {NULL, NULL},
};

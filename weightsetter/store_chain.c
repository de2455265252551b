/* What the chain said, as rows. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/pg.h"
#include "sql.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store_impl.h"

/* Amounts go as texts: they may be beyond what JSON's integers hold here. */
static json_t *
amount(uint64_t rao)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)rao);
	return json_string(text);
}

static char *
neurons_text(const struct snapshot *s)
{
	json_t *all = json_array();
	char *text;

	for (size_t i = 0; i < s->n_neurons; i++) {
		const struct neuron *n = &s->neurons[i];
		json_t *row =
		    json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:b, s:I, s:s?}",
			"uid", n->uid, "hotkey", n->hotkey, "coldkey",
			n->coldkey, "alpha_stake", amount(n->alpha_stake),
			"tao_stake", amount(n->tao_stake), "total_stake",
			amount(n->total_stake), "validator_permit", n->permit,
			"last_update", (json_int_t)n->last_update, "address",
			n->address[0] == '\0' ? NULL : n->address);

		if (n->address[0] != '\0')
			json_object_set_new(row, "address_block",
			    json_integer((json_int_t)n->address_block));
		json_array_append_new(all, row);
	}
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

static void
add_snapshot(struct pg_op *op, const struct snapshot *s, int64_t now_us)
{
	char *hyper = json_dumps(s->hyper_json, JSON_COMPACT);
	struct pg_params p = {0};

	pg_add_int(&p, s->netuid);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_text(&p, s->block_hash);
	pg_add_us(&p, now_us);
	pg_add_int(&p, s->spec_version);
	pg_add_text(&p, hyper);
	pg_op_add(op, sql_chain_snapshot, p.n, p.values);
	free(hyper);
}

static void
add_neurons(struct pg_op *op, const struct snapshot *s)
{
	char *neurons = neurons_text(s);
	struct pg_params gone = {0}, all = {0};

	pg_add_int(&gone, s->netuid);
	pg_add_text(&gone, neurons);
	pg_op_add(op, sql_chain_neurons_gone, gone.n, gone.values);
	pg_add_int(&all, s->netuid);
	pg_add_int(&all, (int64_t)s->block);
	pg_add_text(&all, neurons);
	pg_op_add(op, sql_chain_neurons, all.n, all.values);
	free(neurons);
}

void
store_snapshot(struct store *store, const struct snapshot *s, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "snapshot", arg);
	struct pg_op *op = pg_op_new("snapshot");

	q->on_done = cb;
	add_snapshot(op, s, now_us);
	add_neurons(op, s);
	pg_op_run(store->pg, op, store_on_write, q);
}

void
store_trim(struct store *store, uint16_t netuid, int64_t before_us)
{
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_us(&p, before_us);
	pg_query(store->pg, sql_chain_trim, p.n, p.values, store_on_done,
	    store_ask(store, "trim", NULL));
}

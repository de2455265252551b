/* What the chain said, as rows. */
#include <jansson.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/pg.h"
#include "sql.h"
#include "weightsetter/snapshot.h"
#include "weightsetter/store_impl.h"

/* -- neurons ------------------------------------------------------------- */

/* Texts are the chain's SS58 and what inet_ntop() writes: nothing in them
 * needs escaping. Row by row, as a whole subnet as JSON values would be the
 * most memory we ever take. */
static void
add_axon(struct buf *t, const struct axon *a)
{
	if (a->ip[0] == '\0')
		return;
	buf_printf(t,
	    ",\"axon_ip\":\"%s\",\"axon_port\":%u,\"axon_protocol\":%u,"
	    "\"axon_version\":%u,\"axon_block\":%llu",
	    a->ip, a->port, a->protocol, a->version,
	    (unsigned long long)a->block);
}

static void
add_known(struct buf *t, const char *name, int64_t value)
{
	if (value >= 0)
		buf_printf(t, ",\"%s\":%lld", name, (long long)value);
}

static void
add_neuron(struct buf *t, const struct neuron *n)
{
	buf_printf(t,
	    "{\"uid\":%u,\"hotkey\":\"%s\",\"coldkey\":\"%s\","
	    "\"alpha_stake\":%llu,\"tao_stake\":%llu,\"total_stake\":%llu,",
	    n->uid, n->hotkey, n->coldkey, (unsigned long long)n->alpha_stake,
	    (unsigned long long)n->tao_stake,
	    (unsigned long long)n->total_stake);
	buf_printf(t,
	    "\"validator_permit\":%s,\"active\":%s,\"last_update\":%llu",
	    n->permit ? "true" : "false", n->active ? "true" : "false",
	    (unsigned long long)n->last_update);
	add_known(t, "trust", n->trust);
	add_known(t, "consensus", n->consensus);
	add_known(t, "incentive", n->incentive);
	add_known(t, "dividends", n->dividends);
	add_known(t, "emission", n->emission);
	add_known(t, "registered_block", n->registered_block);
	add_axon(t, &n->axon);
	buf_add_byte(t, '}');
}

static char *
neurons_text(const struct snapshot *s)
{
	struct buf t = {0};

	buf_add_byte(&t, '[');
	for (size_t i = 0; i < s->n_neurons; i++) {
		if (i > 0)
			buf_add_byte(&t, ',');
		add_neuron(&t, &s->neurons[i]);
	}
	buf_add_byte(&t, ']');
	return buf_take_str(&t);
}

/* -- locks --------------------------------------------------------------- */

static char *
locks_text(const struct snapshot *s)
{
	struct buf t = {0};

	buf_add_byte(&t, '[');
	for (size_t i = 0; i < s->n_neurons; i++) {
		const struct neuron *n = &s->neurons[i];

		buf_printf(&t,
		    "%s{\"uid\":%u,\"hotkey\":\"%s\",\"locked\":%llu,"
		    "\"locked_own\":%llu}",
		    i > 0 ? "," : "", n->uid, n->hotkey,
		    (unsigned long long)n->locked,
		    (unsigned long long)n->locked_own);
	}
	buf_add_byte(&t, ']');
	return buf_take_str(&t);
}

/* -- validators' weights ------------------------------------------------- */

static void
add_peer(struct buf *t, const struct snapshot *s, const struct peer *p)
{
	buf_printf(t,
	    "{\"mecid\":%u,\"uid\":%u,\"hotkey\":\"%s\",\"weights\":[",
	    p->mecid, p->uid, s->neurons[p->uid].hotkey);
	for (size_t i = 0; i < p->weights.n; i++)
		buf_printf(t, "%s[%u,%u]", i == 0 ? "" : ",",
		    p->weights.uids[i], p->weights.weights[i]);
	buf_add_str(t, "]}");
}

static char *
peers_text(const struct snapshot *s)
{
	struct buf t = {0};

	buf_add_byte(&t, '[');
	for (size_t i = 0; i < s->n_peers; i++) {
		if (!s->peers[i].is_read)
			continue;
		if (t.len > 1)
			buf_add_byte(&t, ',');
		add_peer(&t, s, &s->peers[i]);
	}
	buf_add_byte(&t, ']');
	return buf_take_str(&t);
}

/* -- statements ---------------------------------------------------------- */

static void
add_snapshot(struct pg_op *op, const struct snapshot *s, int64_t now_us)
{
	char *hyper = json_dumps(s->hyper_json, JSON_COMPACT);
	struct pg_params lock = {0}, p = {0};

	pg_add_int(&lock, s->netuid);
	pg_op_add(op, sql_chain_lock, lock.n, lock.values);
	pg_add_int(&p, s->netuid);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_text(&p, s->block_hash);
	pg_add_us(&p, now_us);
	pg_add_int(&p, s->spec_version);
	pg_add_text(&p, hyper);
	pg_add_text(&p, s->genesis);
	pg_op_add(op, sql_chain_snapshot, p.n, p.values);
	free(hyper);
}

/* $1 netuid, $2 block, $3 rows */
static void
add_rows(struct pg_op *op, const char *sql, const struct snapshot *s,
    const char *rows)
{
	struct pg_params p = {0};

	pg_add_int(&p, s->netuid);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_text(&p, rows);
	pg_op_add(op, sql, p.n, p.values);
}

static void
add_map(struct pg_op *op, const char *gone, const char *all,
    const struct snapshot *s, const json_t *rows)
{
	char *text;

	if (rows == NULL)
		return;
	text = json_dumps(rows, JSON_COMPACT);
	add_rows(op, gone, s, text);
	add_rows(op, all, s, text);
	free(text);
}

static void
add_neurons(struct pg_op *op, const struct snapshot *s, int64_t now_us)
{
	char *neurons = neurons_text(s);
	struct pg_params p = {0};

	pg_add_int(&p, s->netuid);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_us(&p, now_us);
	pg_add_text(&p, neurons);
	pg_op_add(op, sql_chain_changes, p.n, p.values);
	add_rows(op, sql_chain_neurons_gone, s, neurons);
	add_rows(op, sql_chain_neurons, s, neurons);
	free(neurons);
}

static void
add_locks(struct pg_op *op, const struct snapshot *s)
{
	char *locks;

	if (!s->has_locks)
		return;
	locks = locks_text(s);
	add_rows(op, sql_chain_locks, s, locks);
	free(locks);
}

static void
add_peers(struct pg_op *op, const struct snapshot *s)
{
	struct pg_params p = {0};
	char *peers;

	if (s->n_peers > 0) {
		peers = peers_text(s);
		add_rows(op, sql_chain_weights, s, peers);
		free(peers);
	}
	pg_add_int(&p, s->netuid);
	pg_add_int(&p, (int64_t)s->block);
	pg_add_int(&p, (int64_t)s->hyper.mechanisms);
	pg_op_add(op, sql_chain_weights_gone, p.n, p.values);
}

/* The second statement tells whether the snapshot was the newest. */
static void
on_snapshot(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = store_outcome_of(q, a);

	if (outcome != STORE_FAILED && PQntuples(a->results[1]) == 0)
		outcome = STORE_NOTHING;
	q->on_done(outcome, q->arg);
	store_answered(q);
}

void
store_snapshot(struct store *store, const struct snapshot *s, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = store_ask(store, "snapshot", arg);
	struct pg_op *op = pg_op_new("snapshot");

	q->on_done = cb;
	add_snapshot(op, s, now_us);
	add_map(op, sql_chain_commitments_gone, sql_chain_commitments, s,
	    s->commitments);
	add_map(
	    op, sql_chain_revealed_gone, sql_chain_revealed, s, s->revealed);
	add_neurons(op, s, now_us);
	add_locks(op, s);
	add_peers(op, s);
	pg_op_run(store->pg, op, on_snapshot, q);
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

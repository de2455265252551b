/*
 * Queries and their rows. What an answer is for waits in a struct question,
 * in the store's list until the answer is here.
 */
#include "weightsetter/store.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "sql.h"
#include "weightsetter/ledger.h"
#include "weightsetter/plan.h"
#include "weightsetter/snapshot.h"

enum { MAX_ENTRIES = 65536 };

struct question {
	struct store *store;
	const char *what; /* for the log */
	union {
		store_cb *on_done;
		void (*on_row)(enum store_outcome, struct ledger_row *, void *);
		void (*on_proven)(enum store_outcome,
		    const struct uid_weights *, int64_t, void *);
		void (*on_vector)(enum store_outcome, struct vector *, void *);
		void (*on_entries)(
		    enum store_outcome, struct vector_entry *, size_t, void *);
	};
	void *arg;
	/* what the row's own query does not repeat */
	uint16_t netuid;
	uint8_t mecid;
	char hotkey[SS58_MAX_TEXT];
	LIST_ENTRY(question) link;
};

struct store {
	struct pg *pg;
	LIST_HEAD(, question) open;
};

struct store *
store_new(struct pg *pg)
{
	struct store *s = xcalloc(1, sizeof(*s));

	s->pg = pg;
	LIST_INIT(&s->open);
	return s;
}

static struct question *
ask(struct store *store, const char *what, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->store = store;
	q->what = what;
	q->arg = arg;
	LIST_INSERT_HEAD(&store->open, q, link);
	return q;
}

static void
answered(struct question *q)
{
	LIST_REMOVE(q, link);
	free(q);
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	while (!LIST_EMPTY(&store->open))
		answered(LIST_FIRST(&store->open));
	free(store);
}

/* What came of it; the first result tells whether a row was there. */
static enum store_outcome
outcome_of(const struct question *q, const struct pg_answer *a)
{
	if (a->outcome != PG_DONE) {
		log_warn("store.failed", "what=%s why=\"%s\"", q->what, a->why);
		return STORE_FAILED;
	}
	return PQntuples(a->results[0]) > 0 ? STORE_DONE : STORE_NOTHING;
}

static void
on_done(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);

	if (q->on_done != NULL)
		q->on_done(outcome, q->arg);
	answered(q);
}

/* -- parameters and cells ------------------------------------------------ */

/* "{1,2,3}"; the caller frees. */
static char *
array_text(const uint16_t *numbers, size_t n)
{
	struct buf out = {0};

	buf_add_byte(&out, '{');
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s%u", i == 0 ? "" : ",", numbers[i]);
	buf_add_byte(&out, '}');
	return buf_take_str(&out);
}

/* The numbers of "{1,2,3}", at most max; how many, or -1. */
static long
array_numbers(const char *text, uint16_t *out, size_t max)
{
	size_t n = 0;
	char *end;

	if (*text++ != '{')
		return -1;
	while (*text != '}') {
		unsigned long v = strtoul(text, &end, 10);

		if (end == text || v > UINT16_MAX || n == max)
			return -1;
		out[n++] = (uint16_t)v;
		text = *end == ',' ? end + 1 : end;
	}
	return (long)n;
}

static int
take_weights(const PGresult *res, struct uid_weights *out)
{
	const char *uids = pg_text(res, 0, "uids");
	const char *weights = pg_text(res, 0, "weights");
	size_t max = strlen(uids); /* a number is a character at least */
	long n;

	out->uids = xcalloc(max, sizeof(*out->uids));
	out->weights = xcalloc(max, sizeof(*out->weights));
	n = array_numbers(uids, out->uids, max);
	if (n < 0 || array_numbers(weights, out->weights, max) != n)
		return -1;
	out->n = (size_t)n;
	return 0;
}

static void
copy_cell(const PGresult *res, const char *column, char *out, size_t size)
{
	snprintf(out, size, "%s",
	    pg_is_null(res, 0, column) ? "" : pg_text(res, 0, column));
}

/* -- snapshots ----------------------------------------------------------- */

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

/* Statements that return no rows: done is done. */
static void
on_snapshot(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);

	q->on_done(outcome == STORE_FAILED ? outcome : STORE_DONE, q->arg);
	answered(q);
}

void
store_snapshot(struct store *store, const struct snapshot *s, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = ask(store, "snapshot", arg);
	struct pg_op *op = pg_op_new("snapshot");

	q->on_done = cb;
	add_snapshot(op, s, now_us);
	add_neurons(op, s);
	pg_op_run(store->pg, op, on_snapshot, q);
}

void
store_trim(struct store *store, uint16_t netuid, int64_t before_us)
{
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_us(&p, before_us);
	pg_query(store->pg, sql_chain_trim, p.n, p.values, on_done,
	    ask(store, "trim", NULL));
}

/* -- the ledger ---------------------------------------------------------- */

static struct ledger_row *
read_row(const struct question *q, const PGresult *res)
{
	struct ledger_row *row = xcalloc(1, sizeof(*row));
	int state = ledger_state_of(pg_text(res, 0, "state"));

	if (state < 0 || take_weights(res, &row->sent) != 0) {
		ledger_row_free(row);
		return NULL;
	}
	row->netuid = q->netuid;
	row->mecid = q->mecid;
	row->state = (enum ledger_state)state;
	memcpy(row->hotkey, q->hotkey, sizeof(row->hotkey));
	copy_cell(res, "id", row->id, sizeof(row->id));
	copy_cell(res, "vector_id", row->vector_id, sizeof(row->vector_id));
	copy_cell(res, "call", row->call, sizeof(row->call));
	copy_cell(res, "extrinsic_hash", row->extrinsic_hash,
	    sizeof(row->extrinsic_hash));
	copy_cell(res, "block_hash", row->block_hash, sizeof(row->block_hash));
	row->version_key = (uint64_t)pg_int(res, 0, "version_key");
	row->nonce = (uint32_t)pg_int(res, 0, "nonce");
	row->era_birth = (uint64_t)pg_int(res, 0, "era_birth");
	row->era_death = (uint64_t)pg_int(res, 0, "era_death");
	row->block = (uint64_t)pg_int(res, 0, "block");
	return row;
}

static void
on_open_row(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);
	struct ledger_row *row = NULL;

	if (outcome == STORE_DONE) {
		row = read_row(q, a->results[0]);
		if (row == NULL)
			outcome = STORE_FAILED;
	}
	q->on_row(outcome, row, q->arg);
	answered(q);
}

static void
add_whose(
    struct pg_params *p, uint16_t netuid, uint8_t mecid, const char *hotkey)
{
	pg_add_int(p, netuid);
	pg_add_int(p, mecid);
	pg_add_text(p, hotkey);
}

void
store_open_row(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *hotkey,
    void (*cb)(enum store_outcome, struct ledger_row *, void *arg), void *arg)
{
	struct question *q = ask(store, "open_row", arg);
	struct pg_params p = {0};

	q->on_row = cb;
	q->netuid = netuid;
	q->mecid = mecid;
	snprintf(q->hotkey, sizeof(q->hotkey), "%s", hotkey);
	add_whose(&p, netuid, mecid, hotkey);
	pg_query(store->pg, sql_ledger_open, p.n, p.values, on_open_row, q);
}

static void
on_last_proven(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);
	struct uid_weights w = {0};
	int64_t block = 0;

	if (outcome == STORE_DONE) {
		block = pg_int(a->results[0], 0, "proven_block");
		if (take_weights(a->results[0], &w) != 0)
			outcome = STORE_FAILED;
	}
	q->on_proven(outcome, &w, block, q->arg);
	uid_weights_clear(&w);
	answered(q);
}

void
store_last_proven(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *hotkey,
    void (*cb)(enum store_outcome, const struct uid_weights *, int64_t block,
	void *arg),
    void *arg)
{
	struct question *q = ask(store, "last_proven", arg);
	struct pg_params p = {0};

	q->on_proven = cb;
	add_whose(&p, netuid, mecid, hotkey);
	pg_query(store->pg, sql_ledger_last_proven, p.n, p.values,
	    on_last_proven, q);
}

void
store_intend(struct store *store, const struct ledger_row *row, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = ask(store, "intend", arg);
	char *uids = array_text(row->sent.uids, row->sent.n);
	char *weights = array_text(row->sent.weights, row->sent.n);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, row->id);
	pg_add_int(&p, row->netuid);
	pg_add_int(&p, row->mecid);
	pg_add_text(&p, row->vector_id[0] == '\0' ? NULL : row->vector_id);
	pg_add_text(&p, row->hotkey);
	pg_add_text(&p, uids);
	pg_add_text(&p, weights);
	pg_add_int(&p, (int64_t)row->version_key);
	pg_add_text(&p, row->call);
	pg_add_int(&p, row->nonce);
	pg_add_int(&p, (int64_t)row->era_birth);
	pg_add_int(&p, (int64_t)row->era_death);
	pg_add_us(&p, now_us);
	pg_query(store->pg, sql_ledger_intend, p.n, p.values, on_done, q);
	free(uids);
	free(weights);
}

void
store_sign(
    struct store *store, const struct ledger_row *row, store_cb *cb, void *arg)
{
	struct question *q = ask(store, "sign", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, row->id);
	pg_add_text(&p, row->extrinsic_hash);
	pg_query(store->pg, sql_ledger_sign, p.n, p.values, on_done, q);
}

void
store_step(struct store *store, const char *id, const char *from,
    const char *to, const struct ledger_fact *fact, int64_t now_us,
    store_cb *cb, void *arg)
{
	struct question *q = ask(store, "step", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, id);
	pg_add_text(&p, from);
	pg_add_text(&p, to);
	pg_add_us(&p, now_us);
	if (fact->block == 0)
		pg_add_text(&p, NULL);
	else
		pg_add_int(&p, (int64_t)fact->block);
	pg_add_text(&p, fact->block_hash);
	pg_add_text(&p, fact->reason);
	pg_query(store->pg, sql_ledger_step, p.n, p.values, on_done, q);
}

/* -- vectors ------------------------------------------------------------- */

static void
on_waiting(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);
	struct vector *v = NULL;

	if (outcome == STORE_DONE) {
		v = xcalloc(1, sizeof(*v));
		copy_cell(a->results[0], "id", v->id, sizeof(v->id));
		v->created_us = pg_int(a->results[0], 0, "created_us");
	}
	q->on_vector(outcome, v, q->arg);
	answered(q);
}

void
store_waiting(struct store *store, uint16_t netuid, uint8_t mecid,
    void (*cb)(enum store_outcome, struct vector *, void *arg), void *arg)
{
	struct question *q = ask(store, "waiting", arg);
	struct pg_params p = {0};

	q->on_vector = cb;
	pg_add_int(&p, netuid);
	pg_add_int(&p, mecid);
	pg_query(store->pg, sql_weights_waiting, p.n, p.values, on_waiting, q);
}

static void
take_entry(const PGresult *res, int row, struct vector_entry *e)
{
	snprintf(
	    e->hotkey, sizeof(e->hotkey), "%s", pg_text(res, row, "hotkey"));
	e->uid = pg_int(res, row, "uid");
	e->weight = pg_real(res, row, "weight");
}

static void
on_entries(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;
	enum store_outcome outcome = outcome_of(q, a);
	size_t n = outcome == STORE_DONE ? (size_t)PQntuples(a->results[0]) : 0;
	struct vector_entry *entries = NULL;

	if (n > MAX_ENTRIES) {
		outcome = STORE_FAILED;
		n = 0;
	}
	if (n > 0)
		entries = xcalloc(n, sizeof(*entries));
	for (size_t i = 0; i < n; i++)
		take_entry(a->results[0], (int)i, &entries[i]);
	q->on_entries(outcome, entries, n, q->arg);
	answered(q);
}

void
store_entries(struct store *store, const char *vector_id,
    void (*cb)(enum store_outcome, struct vector_entry *, size_t n, void *arg),
    void *arg)
{
	struct question *q = ask(store, "entries", arg);
	struct pg_params p = {0};

	q->on_entries = cb;
	pg_add_text(&p, vector_id);
	pg_query(store->pg, sql_weights_entries, p.n, p.values, on_entries, q);
}

void
store_refuse(struct store *store, const char *vector_id, const char *reason,
    int64_t now_us, store_cb *cb, void *arg)
{
	struct question *q = ask(store, "refuse", arg);
	struct pg_params p = {0};

	q->on_done = cb;
	pg_add_text(&p, vector_id);
	pg_add_text(&p, reason);
	pg_add_us(&p, now_us);
	pg_query(store->pg, sql_weights_refuse, p.n, p.values, on_done, q);
}

static void
on_superseded(const struct pg_answer *a, void *arg)
{
	struct question *q = arg;

	if (outcome_of(q, a) == STORE_DONE) {
		for (int i = 0; i < PQntuples(a->results[0]); i++)
			log_info("weights.superseded", "vector=%s",
			    pg_text(a->results[0], i, "id"));
	}
	answered(q);
}

void
store_supersede(struct store *store, uint16_t netuid, uint8_t mecid,
    const char *waiting, const char *under_way, int64_t now_us)
{
	struct question *q = ask(store, "supersede", NULL);
	struct pg_params p = {0};

	pg_add_int(&p, netuid);
	pg_add_int(&p, mecid);
	pg_add_text(&p, waiting);
	pg_add_text(&p, under_way[0] == '\0' ? NULL : under_way);
	pg_add_us(&p, now_us);
	pg_query(
	    store->pg, sql_weights_supersede, p.n, p.values, on_superseded, q);
}

/* -- being there --------------------------------------------------------- */

void
store_seen(struct store *store, const char *instance, uint16_t netuid,
    int64_t started_us, int64_t now_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, instance);
	pg_add_text(&p, "weightsetterd");
	pg_add_int(&p, netuid);
	pg_add_us(&p, started_us);
	pg_add_us(&p, now_us);
	pg_add_text(&p, NULL);
	pg_query(store->pg, sql_instance_seen, p.n, p.values, on_done,
	    ask(store, "seen", NULL));
}

/* Rows of neurons and judgements to a run, a run to rows. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "scorer/score.h"
#include "sql.h"
#include "validator/epoch.h"
#include "validator/run.h"
#include "validator/store_impl.h"

static const char unique_violation[] = "23505";

static void
on_view(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct epoch_view view;
	const PGresult *res;

	if (answer->outcome != PG_DONE) {
		q->on_view(NULL, answer->why, q->arg);
	} else if (PQntuples(answer->results[0]) == 0) {
		q->on_view(NULL, NULL, q->arg);
	} else {
		res = answer->results[0];
		view = (struct epoch_view){
		    .block = pg_int(res, 0, "block"),
		    .tempo = pg_int(res, 0, "tempo"),
		    .has_last = !pg_is_null(res, 0, "last_epoch"),
		    .last_epoch = pg_int(res, 0, "last_epoch"),
		    .last_block = pg_int(res, 0, "last_block"),
		    .judgements = pg_int(res, 0, "judgements"),
		};
		q->on_view(&view, NULL, q->arg);
	}
	store_answered(q);
}

void
store_read_view(struct store *store, int64_t from_us, int64_t min_judgements,
    store_on_view *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_view = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, from_us);
	pg_add_int(&p, min_judgements);
	pg_query(store->pg, sql_run_view, p.n, p.values, on_view, q);
}

static const char *
read_neurons(const PGresult *res, struct run *run, struct store_read *read)
{
	for (int i = 0; i < PQntuples(res); i++) {
		read->block = pg_int(res, i, "block");
		read->tempo = pg_int(res, i, "tempo");
		if (run_add_neuron(run, pg_text(res, i, "hotkey"),
			pg_int(res, i, "uid"), pg_real(res, i, "alpha"),
			pg_bool(res, i, "serves")) != 0)
			return "the neurons are out of order";
		read->neurons++;
	}
	return read->neurons == 0 ? "no neuron has an address" : NULL;
}

static void
read_samples(const PGresult *res, struct run *run, struct store_read *read)
{
	for (int i = 0; i < PQntuples(res); i++) {
		struct score_sample sample = {
		    .success = pg_bool(res, i, "success"),
		    .speed = pg_real(res, i, "speed"),
		    .accuracy = pg_real(res, i, "accuracy"),
		    .latency_ms = pg_real(res, i, "miner_ms"),
		};

		run_add_sample(run, pg_text(res, i, "hotkey"), &sample);
		read->judgements++;
	}
}

static void
on_run(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct store_read read = {0};

	if (answer->outcome != PG_DONE) {
		read.failed = answer->why;
	} else {
		read.why = read_neurons(answer->results[0], q->run, &read);
		read_samples(answer->results[1], q->run, &read);
	}
	q->on_run(&read, q->arg);
	store_answered(q);
}

void
store_read_run(struct store *store, struct run *run, int burn_uid,
    int64_t from_us, int64_t to_us, store_on_run *on_done, void *arg)
{
	struct pg_op *op = pg_op_new("");
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0}, p2 = {0};

	q->on_run = on_done;
	q->run = run;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, burn_uid);
	pg_op_add(op, sql_run_neurons, p.n, p.values);
	pg_add_int(&p2, store->netuid);
	pg_add_us(&p2, from_us);
	pg_add_us(&p2, to_us);
	pg_op_add(op, sql_run_judgements, p2.n, p2.values);
	pg_op_run(store->pg, op, on_run, q);
}

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

/* The entries as rows for both tables; the caller frees. */
static char *
print_entries(const struct run *run)
{
	json_t *rows = json_array();
	const struct run_entry *e;
	size_t n;
	char *text;

	e = run_entries(run, &n);
	for (; n > 0; n--, e++) {
		json_array_append_new(rows,
		    json_pack("{s:s s:i s:I s:I s:o s:f s:o s:f s:f s:f s:f}",
			"hotkey", e->hotkey, "uid", e->uid, "jobs",
			(json_int_t)e->jobs, "successes",
			(json_int_t)e->successes, "latency_p50_ms",
			real_or_null(e->latency_p50_ms), "speed", e->speed,
			"accuracy", real_or_null(e->accuracy), "stake_share",
			e->stake_share, "score", e->score, "win_rate",
			e->win_rate, "weight", e->weight));
	}
	text = json_dumps(rows, JSON_COMPACT);
	json_decref(rows);
	return text;
}

static void
on_run_written(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;

	if (answer->outcome == PG_DONE)
		q->on_written(STORE_DONE, NULL, q->arg);
	else if (strcmp(answer->sqlstate, unique_violation) == 0)
		q->on_written(STORE_TAKEN, NULL, q->arg);
	else
		q->on_written(STORE_FAILED, answer->why, q->arg);
	store_answered(q);
}

void
store_write_run(struct store *store, const struct store_run *row,
    const struct run *run, store_on_written *on_done, void *arg)
{
	char *entries = print_entries(run);
	struct pg_op *op = pg_op_new(row->id);
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0}, p2 = {0};

	q->on_written = on_done;
	pg_add_text(&p, row->id);
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, row->epoch);
	pg_add_int(&p, row->block);
	pg_add_us(&p, row->at_us);
	pg_add_text(&p, row->policy);
	pg_add_us(&p, row->from_us);
	pg_add_text(&p, entries);
	pg_op_add(op, sql_run_store, p.n, p.values);
	pg_add_text(&p2, row->vector_id);
	pg_add_int(&p2, store->netuid);
	pg_add_text(&p2, row->id);
	pg_add_int(&p2, row->block);
	pg_add_us(&p2, row->at_us);
	pg_add_text(&p2, entries);
	pg_op_add(op, sql_vector_store, p2.n, p2.values);
	pg_op_run(store->pg, op, on_run_written, q);
	free(entries);
}

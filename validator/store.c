/*
 * Queries and their rows. What an answer is for waits in a struct question,
 * in the store's list until the answer is here.
 */
#include "validator/store.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/pg.h"
#include "common/xalloc.h"
#include "scorer/score.h"
#include "sql.h"
#include "validator/epoch.h"
#include "validator/judge.h"
#include "validator/run.h"

static const char unique_violation[] = "23505";

/* What an answer is for. */
struct question {
	struct question *next, **link;
	struct store *store;
	union {
		store_on_cases *on_cases;
		store_on_written *on_written;
		store_on_view *on_view;
		store_on_run *on_run;
	};
	struct run *run;
	void *arg;
};

static struct question *
ask(struct store *store, void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));

	q->store = store;
	q->arg = arg;
	q->next = store->open;
	q->link = &store->open;
	if (q->next != NULL)
		q->next->link = &q->next;
	store->open = q;
	return q;
}

static void
answered(struct question *q)
{
	*q->link = q->next;
	if (q->next != NULL)
		q->next->link = q->link;
	free(q);
}

void
store_clear(struct store *store)
{
	while (store->open != NULL)
		answered(store->open);
}

/* A cell, or NULL. */
static const char *
cell(const PGresult *res, int row, const char *column)
{
	return pg_is_null(res, row, column) ? NULL : pg_text(res, row, column);
}

/* -- judging ------------------------------------------------------------ */

static void
read_case(const PGresult *res, int row, struct judge_case *c)
{
	*c = (struct judge_case){
	    .id = pg_text(res, row, "id"),
	    .hotkey = pg_text(res, row, "hotkey"),
	    .kind = pg_text(res, row, "kind"),
	    .state = pg_text(res, row, "state"),
	    .reason = cell(res, row, "reason"),
	    .side = cell(res, row, "side"),
	    .scoring = pg_text(res, row, "scoring"),
	    .params = cell(res, row, "params"),
	    .expect = cell(res, row, "expect"),
	    .result_json = cell(res, row, "result_json"),
	    .measured = cell(res, row, "measured"),
	    .miner_ms = pg_real(res, row, "miner_ms"),
	};
}

static void
on_cases(const struct pg_answer *answer, void *arg)
{
	struct judge_case cases[STORE_MAX_CASES];
	struct question *q = arg;
	size_t n = 0;

	if (answer->outcome != PG_DONE) {
		q->on_cases(NULL, 0, answer->why, q->arg);
		answered(q);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		if (n < STORE_MAX_CASES)
			read_case(answer->results[0], i, &cases[n++]);
	}
	q->on_cases(cases, n, NULL, q->arg);
	answered(q);
}

void
store_read_unjudged(struct store *store, store_on_cases *on_done, void *arg)
{
	struct question *q = ask(store, arg);
	struct pg_params p = {0};

	q->on_cases = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, STORE_MAX_CASES);
	pg_query(store->pg, sql_judge_unjudged, p.n, p.values, on_cases, q);
}

void
store_read_named(struct store *store, const char *const *ids, size_t n,
    store_on_cases *on_done, void *arg)
{
	struct question *q = ask(store, arg);
	struct pg_params p = {0};
	struct buf list = {0};

	q->on_cases = on_done;
	for (size_t i = 0; i < n && i < STORE_MAX_CASES; i++)
		buf_printf(&list, "%c%s", i == 0 ? '{' : ',', ids[i]);
	buf_add_str(&list, n == 0 ? "{}" : "}");
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, buf_str(&list));
	pg_query(store->pg, sql_judge_named, p.n, p.values, on_cases, q);
	buf_free(&list);
}

static void
on_judged(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;

	if (answer->outcome != PG_DONE)
		q->on_written(STORE_FAILED, answer->why, q->arg);
	else if (PQntuples(answer->results[0]) == 0)
		q->on_written(STORE_TAKEN, NULL, q->arg);
	else
		q->on_written(STORE_DONE, NULL, q->arg);
	answered(q);
}

void
store_judge(struct store *store, const char *attempt_id,
    const struct judgement *j, int64_t now_us, store_on_written *on_done,
    void *arg)
{
	struct pg_op *op = pg_op_new(attempt_id);
	struct question *q = ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_text(&p, attempt_id);
	pg_add_us(&p, now_us);
	pg_add_bool(&p, j->counts);
	pg_add_bool(&p, j->success);
	pg_add_real(&p, j->speed);
	pg_add_real(&p, j->accuracy);
	pg_add_text(&p, j->detail);
	pg_op_add(op, sql_judge_store, p.n, p.values);
	pg_op_batch(store->pg, op, on_judged, q);
}

/* -- rounds ------------------------------------------------------------- */

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
	answered(q);
}

void
store_read_view(struct store *store, int64_t from_us, int64_t min_judgements,
    store_on_view *on_done, void *arg)
{
	struct question *q = ask(store, arg);
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
	answered(q);
}

void
store_read_run(struct store *store, struct run *run, int burn_uid,
    int64_t from_us, int64_t to_us, store_on_run *on_done, void *arg)
{
	struct pg_op *op = pg_op_new("");
	struct question *q = ask(store, arg);
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
	answered(q);
}

void
store_write_run(struct store *store, const struct store_run *row,
    const struct run *run, store_on_written *on_done, void *arg)
{
	char *entries = print_entries(run);
	struct pg_op *op = pg_op_new(row->id);
	struct question *q = ask(store, arg);
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

/* -- being there -------------------------------------------------------- */

void
store_seen(
    struct store *store, const char *id, int64_t started_us, int64_t now_us)
{
	struct pg_params p = {0};

	pg_add_text(&p, id);
	pg_add_text(&p, "validatord");
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, started_us);
	pg_add_us(&p, now_us);
	pg_add_text(&p, NULL);
	pg_query(store->pg, sql_instance_seen, p.n, p.values, NULL, NULL);
}

/* Rows of neurons and judgements to a run, a run to rows. */
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "scorer/policy.h"
#include "scorer/run.h"
#include "sql.h"
#include "validator/epoch.h"
#include "validator/run_rows.h"
#include "validator/store_impl.h"

static const char unique_violation[] = "23505";

static void
on_view(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct epoch_view view;
	const PGresult *res;

	if (answer->outcome != PG_DONE) {
		q->on_view(NULL, 0, answer->why, q->arg);
	} else if (PQntuples(answer->results[0]) == 0) {
		q->on_view(NULL, 0, NULL, q->arg);
	} else {
		res = answer->results[0];
		view = (struct epoch_view){
		    .block = pg_int(res, 0, "block"),
		    .tempo = pg_int(res, 0, "tempo"),
		    .has_last = !pg_is_null(res, 0, "last_epoch"),
		    .last_epoch = pg_int(res, 0, "last_epoch"),
		    .last_block = pg_int(res, 0, "last_block"),
		    .judgements = pg_int(res, 0, "judgements"),
		    .is_behind = pg_bool(res, 0, "is_behind"),
		};
		q->on_view(&view, pg_int(res, 0, "last_us"), NULL, q->arg);
	}
	store_answered(q);
}

void
store_read_view(struct store *store, int64_t from_us, int64_t before_us,
    int64_t min_judgements, store_on_view *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_view = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, from_us);
	pg_add_int(&p, min_judgements);
	pg_add_us(&p, before_us);
	pg_add_int(&p, store->mecid);
	pg_query(store->pg, sql_run_view, p.n, p.values, on_view, q);
}

static void
fill_run(struct question *q, PGresult *const *results, struct store_read *read)
{
	const PGresult *neurons = results[2];

	read->neurons = PQntuples(neurons);
	read->judgements = PQntuples(results[3]);
	if (read->neurons > 0) {
		read->block = pg_int(neurons, 0, "block");
		read->tempo = pg_int(neurons, 0, "tempo");
	}
	read->seen = pg_text(results[1], 0, "seen");
	read->why = run_rows_miners(q->run, neurons);
	if (read->why == NULL)
		read->why = run_rows_events(q->run, results[3]);
}

static void
on_run(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	struct store_read read = {0};

	if (answer->outcome != PG_DONE)
		read.failed = answer->why;
	else
		fill_run(q, answer->results, &read);
	q->on_run(&read, q->arg);
	store_answered(q);
}

void
store_read_run(
    struct store *store, struct run *run, store_on_run *on_done, void *arg)
{
	const struct run_round *round = run_round(run);
	struct pg_op *op = pg_op_new("");
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0}, p2 = {0};

	q->on_run = on_done;
	q->run = run;
	pg_op_add(op, sql_run_begin, 0, NULL);
	pg_op_add(op, sql_run_seen, 0, NULL);
	pg_add_int(&p, round->netuid);
	pg_add_int(&p, round->mecid);
	pg_add_us(&p, round->at_us);
	pg_add_us(&p, round->from_us);
	pg_op_add(op, sql_run_neurons, p.n, p.values);
	pg_add_int(&p2, round->netuid);
	pg_add_us(&p2, round->from_us);
	pg_add_us(&p2, round->at_us);
	pg_op_add(op, sql_run_judgements, p2.n, p2.values);
	pg_op_run(store->pg, op, on_run, q);
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

static void
add_run(struct pg_op *op, const struct store_run *row, const struct run *run,
    const char *entries)
{
	const struct run_round *round = run_round(run);
	char *miners = run_rows_print_miners(run);
	char policy[RUN_ROWS_HASH], inputs[RUN_ROWS_HASH];
	struct pg_params p = {0};
	size_t n_events;

	run_events(run, &n_events);
	run_rows_policy_hash(run, policy);
	run_rows_hash(run, inputs);
	pg_add_text(&p, row->id);
	pg_add_int(&p, round->netuid);
	pg_add_int(&p, round->epoch);
	pg_add_int(&p, round->block);
	pg_add_us(&p, round->at_us);
	pg_add_text(&p, run_policy(run)->name);
	pg_add_us(&p, round->from_us);
	pg_add_text(&p, policy);
	pg_add_text(&p, run_policy_text(run));
	pg_add_text(&p, row->seen);
	pg_add_int(&p, n_events);
	pg_add_text(&p, inputs);
	pg_add_text(&p, miners);
	pg_add_text(&p, entries);
	pg_add_int(&p, round->mecid);
	pg_op_add(op, sql_run_store, p.n, p.values);
	free(miners);
}

static void
add_posts(struct pg_op *op, const struct store_run *row, const struct run *run)
{
	struct pg_params p = {0};
	char *posts;
	size_t n;

	run_posts(run, &n);
	if (n == 0)
		return;
	posts = run_rows_print_posts(run);
	pg_add_text(&p, row->id);
	pg_add_text(&p, posts);
	pg_op_add(op, sql_run_posts_store, p.n, p.values);
	free(posts);
}

void
store_write_run(struct store *store, const struct store_run *row,
    const struct run *run, store_on_written *on_done, void *arg)
{
	const struct run_round *round = run_round(run);
	char *entries = run_rows_print_entries(run);
	struct pg_op *op = pg_op_new(row->id);
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	add_run(op, row, run, entries);
	add_posts(op, row, run);
	pg_add_text(&p, row->vector_id);
	pg_add_int(&p, round->netuid);
	pg_add_text(&p, row->id);
	pg_add_int(&p, round->block);
	pg_add_us(&p, round->at_us);
	pg_add_text(&p, entries);
	pg_add_int(&p, round->mecid);
	pg_op_add(op, sql_vector_store, p.n, p.values);
	pg_op_run(store->pg, op, on_run_written, q);
	free(entries);
}

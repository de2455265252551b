/* References to rows and back. */
#include "validator/store_reference.h"

#include <stdio.h>

#include "common/buf.h"
#include "common/pg.h"
#include "sql.h"
#include "validator/audit.h"
#include "validator/judge.h"
#include "validator/reference_consensus.h"
#include "validator/store_impl.h"

/* -- writing -------------------------------------------------------------- */

static void
on_wanted(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;

	if (answer->outcome == PG_DONE)
		q->on_written(STORE_DONE, NULL, q->arg);
	else
		q->on_written(STORE_FAILED, answer->why, q->arg);
	store_answered(q);
}

static struct question *
ask_to_write(struct store *store, store_on_written *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);

	q->on_written = on_done;
	return q;
}

void
store_want_reference(struct store *store, const char *job_id,
    const char *source, int64_t now_us, int64_t wait_ms,
    store_on_written *on_done, void *arg)
{
	struct pg_op *op = pg_op_new(job_id);
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_text(&p, job_id);
	pg_add_text(&p, source);
	pg_add_us(&p, now_us);
	pg_add_int(&p, wait_ms);
	pg_op_add(op, sql_reference_want, p.n, p.values);
	pg_op_batch(
	    store->pg, op, on_wanted, ask_to_write(store, on_done, arg));
}

void
store_expire_references(struct store *store, bool service_is_out,
    bool has_trusted, int64_t now_us, int64_t wait_ms,
    store_on_written *on_done, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now_us);
	pg_add_bool(&p, service_is_out);
	pg_add_int(&p, REFERENCE_LEAST_MINERS);
	pg_add_int(&p, wait_ms);
	pg_add_bool(&p, has_trusted);
	pg_query(store->pg, sql_reference_expire, p.n, p.values,
	    store_on_changed, ask_to_write(store, on_done, arg));
}

void
store_settle_reference(struct store *store, const struct reference_settled *s,
    int64_t now_us, int64_t wait_ms, store_on_written *on_done, void *arg)
{
	char sha256[JUDGE_SHA256];
	struct pg_params p = {0};

	if (s->text != NULL)
		judge_hash(s->text, sha256);
	pg_add_int(&p, store->netuid);
	pg_add_text(&p, s->job_id);
	pg_add_text(&p, s->source);
	pg_add_us(&p, now_us);
	pg_add_text(&p, s->text);
	pg_add_text(&p, s->text != NULL ? sha256 : NULL);
	pg_add_text(&p, s->why);
	pg_add_text(&p, s->medoid);
	pg_add_real(&p, s->agreement);
	pg_add_text(&p, s->outliers);
	pg_add_int(&p, REFERENCE_LEAST_MINERS);
	pg_add_int(&p, wait_ms);
	pg_add_bool(&p, s->has_trusted);
	pg_query(store->pg, sql_reference_settle, p.n, p.values,
	    store_on_changed, ask_to_write(store, on_done, arg));
}

static void
on_given(const struct pg_answer *answer, void *arg)
{
	struct reference_given given = {0};
	struct question *q = arg;

	if (answer->outcome != PG_DONE) {
		given.why = answer->why;
	} else if (PQntuples(answer->results[0]) > 0) {
		const PGresult *res = answer->results[0];

		given.job_id = pg_text(res, 0, "job_id");
		given.trusted = store_cell(res, 0, "trusted");
		given.why = store_cell(res, 0, "why");
		snprintf(given.as, sizeof(given.as), "%s", q->id);
	}
	q->on_given(&given, q->arg);
	store_answered(q);
}

void
store_give_reference(struct store *store, const struct audit_rule *rule,
    int64_t now_us, int64_t wait_ms, store_on_given *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};
	struct buf hotkeys = {0};

	q->on_given = on_done;
	uuid_new(q->id);
	for (size_t i = 0; i < rule->n_trusted; i++)
		buf_printf(
		    &hotkeys, "%s%s", i > 0 ? " " : "", rule->trusted[i]);
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now_us);
	pg_add_text(&p, q->id);
	pg_add_text(&p, buf_str(&hotkeys));
	pg_add_int(&p, rule->budget);
	pg_add_int(&p, wait_ms);
	pg_add_int(&p, REFERENCE_LEAST_MINERS);
	pg_query(store->pg, sql_reference_give, p.n, p.values, on_given, q);
	buf_free(&hotkeys);
}

/* -- reading -------------------------------------------------------------- */

static void
on_taken(const struct pg_answer *answer, void *arg)
{
	struct reference_ask asks[STORE_MAX_ASKS];
	struct question *q = arg;
	size_t n = 0;

	if (answer->outcome != PG_DONE) {
		q->on_asks(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		const PGresult *res = answer->results[0];

		if (n == STORE_MAX_ASKS)
			break;
		asks[n++] = (struct reference_ask){
		    .job_id = pg_text(res, i, "job_id"),
		    .scoring = pg_text(res, i, "scoring"),
		    .params = store_cell(res, i, "params"),
		    .input_of = pg_text(res, i, "input_of"),
		    .input_sha256 = store_cell(res, i, "input_sha256"),
		    .input_type = store_cell(res, i, "input_type"),
		    .input_bytes = pg_int(res, i, "input_bytes"),
		};
	}
	q->on_asks(asks, n, NULL, q->arg);
	store_answered(q);
}

void
store_take_references(struct store *store, int64_t now_us, int64_t until_us,
    size_t limit, store_on_asks *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_asks = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_us(&p, now_us);
	pg_add_us(&p, until_us);
	pg_add_int(&p, limit < STORE_MAX_ASKS ? limit : STORE_MAX_ASKS);
	pg_query(store->pg, sql_reference_take, p.n, p.values, on_taken, q);
}

static size_t
read_said(const PGresult *res, struct reference_said said[CONSENSUS_MAX])
{
	size_t n = 0;

	for (int i = 0; i < PQntuples(res) && n < CONSENSUS_MAX; i++) {
		if (pg_is_null(res, i, "id"))
			continue;
		said[n++] = (struct reference_said){
		    .attempt_id = pg_text(res, i, "id"),
		    .hotkey = pg_text(res, i, "hotkey"),
		    .text = store_cell(res, i, "text"),
		};
	}
	return n;
}

static void
on_due(const struct pg_answer *answer, void *arg)
{
	struct reference_said said[CONSENSUS_MAX];
	struct reference_due due = {.said = said};
	struct question *q = arg;

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) > 0) {
		const PGresult *res = answer->results[0];

		due.job_id = pg_text(res, 0, "job_id");
		due.scoring = pg_text(res, 0, "scoring");
		due.params = store_cell(res, 0, "params");
		due.language = store_cell(res, 0, "language");
		due.n = read_said(res, said);
	}
	q->on_due(
	    &due, answer->outcome == PG_DONE ? NULL : answer->why, q->arg);
	store_answered(q);
}

static void
read_texts(struct store *store, const char *sql, size_t max_text,
    store_on_due *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_due = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, max_text);
	pg_query(store->pg, sql, p.n, p.values, on_due, q);
}

void
store_read_due(
    struct store *store, size_t max_text, store_on_due *on_done, void *arg)
{
	read_texts(store, sql_reference_due, max_text, on_done, arg);
}

void
store_read_heard(
    struct store *store, size_t max_text, store_on_due *on_done, void *arg)
{
	read_texts(store, sql_reference_heard, max_text, on_done, arg);
}

/* Rows of attempts to cases, verdicts to rows. */
#include "common/buf.h"
#include "common/pg.h"
#include "sql.h"
#include "validator/judge.h"
#include "validator/store_impl.h"

static void
read_case(const PGresult *res, int row, struct judge_case *c)
{
	*c = (struct judge_case){
	    .id = pg_text(res, row, "id"),
	    .job_id = pg_text(res, row, "job_id"),
	    .hotkey = pg_text(res, row, "hotkey"),
	    .kind = pg_text(res, row, "kind"),
	    .state = pg_text(res, row, "state"),
	    .reason = store_cell(res, row, "reason"),
	    .side = store_cell(res, row, "side"),
	    .source = pg_text(res, row, "source"),
	    .scoring = pg_text(res, row, "scoring"),
	    .language = store_cell(res, row, "language"),
	    .params = store_cell(res, row, "params"),
	    .expect = store_cell(res, row, "expect"),
	    .result_json = store_cell(res, row, "result_json"),
	    .measured = store_cell(res, row, "measured"),
	    .result_sha256 = store_cell(res, row, "result_sha256"),
	    .queue_ms = pg_real(res, row, "queue_ms"),
	    .miner_ms = pg_real(res, row, "miner_ms"),
	    .miners = pg_int(res, row, "miners_wanted"),
	    .protocol = pg_text(res, row, "protocol"),
	    .is_deterministic = pg_bool(res, row, "deterministic"),
	    .is_unproven = pg_bool(res, row, "is_unproven"),
	    .found_by = store_cell(res, row, "found_by"),
	    .found_text = store_cell(res, row, "found_text"),
	    .found_not = store_cell(res, row, "found_not"),
	    .medoid = store_cell(res, row, "medoid"),
	    .agreement = pg_real(res, row, "agreement"),
	    .outliers = store_cell(res, row, "outliers"),
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
		store_answered(q);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		if (n < STORE_MAX_CASES)
			read_case(answer->results[0], i, &cases[n++]);
	}
	q->on_cases(cases, n, NULL, q->arg);
	store_answered(q);
}

void
store_read_unjudged(struct store *store, store_on_cases *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
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
	struct question *q = store_ask(store, arg);
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
on_oldest(const struct pg_answer *answer, void *arg)
{
	struct question *q = arg;
	int64_t since_us = 0;

	if (answer->outcome == PG_DONE && PQntuples(answer->results[0]) > 0)
		since_us = pg_int(answer->results[0], 0, "since_us");
	q->on_oldest(
	    since_us, answer->outcome == PG_DONE ? NULL : answer->why, q->arg);
	store_answered(q);
}

void
store_read_oldest(struct store *store, store_on_oldest *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_oldest = on_done;
	pg_add_int(&p, store->netuid);
	pg_query(store->pg, sql_judge_oldest, p.n, p.values, on_oldest, q);
}

static const char *
text_or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

void
store_judge(struct store *store, const char *attempt_id,
    const struct judgement *j, const struct audit_plan *audit, int64_t now_us,
    store_on_written *on_done, void *arg)
{
	struct pg_op *op = pg_op_new(attempt_id);
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_text(&p, attempt_id);
	pg_add_us(&p, now_us);
	pg_add_bool(&p, j->counts);
	pg_add_bool(&p, j->success);
	pg_add_real(&p, j->speed);
	pg_add_real(&p, j->accuracy);
	pg_add_text(&p, j->detail);
	pg_add_text(&p, j->source);
	pg_add_text(&p, j->metric);
	pg_add_text(&p, j->reference);
	pg_add_text(&p, text_or_null(j->result_sha256));
	pg_add_text(&p, text_or_null(j->reference_sha256));
	pg_add_real(&p, j->total_ms);
	pg_add_text(&p, j->reason);
	pg_op_add(op, sql_judge_store, p.n, p.values);
	if (audit != NULL)
		store_add_audit(op, attempt_id, audit, now_us);
	pg_op_batch(store->pg, op, store_on_changed, q);
}

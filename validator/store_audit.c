/* Audits to rows and back. */
#include "validator/store_audit.h"

#include "common/pg.h"
#include "common/uuid.h"
#include "sql.h"
#include "validator/store_impl.h"

void
store_add_audit(struct pg_op *op, const char *attempt_id,
    const struct audit_plan *plan, int64_t now_us)
{
	struct pg_params p = {0};
	char job_id[UUID_TEXT];

	uuid_new(job_id);
	pg_add_text(&p, attempt_id);
	pg_add_text(&p, job_id);
	pg_add_text(&p, plan->trusted);
	if (plan->seed >= 0)
		pg_add_int(&p, plan->seed);
	else
		pg_add_text(&p, NULL);
	pg_add_us(&p, now_us);
	pg_add_int(&p, plan->budget);
	pg_op_add(op, sql_audit_begin, p.n, p.values);
}

static void
on_due(const struct pg_answer *answer, void *arg)
{
	struct audit_due due[STORE_MAX_AUDITS];
	struct question *q = arg;
	size_t n = 0;

	if (answer->outcome != PG_DONE) {
		q->on_audits(NULL, 0, answer->why, q->arg);
		store_answered(q);
		return;
	}
	for (int i = 0; i < PQntuples(answer->results[0]); i++) {
		const PGresult *res = answer->results[0];

		if (n == STORE_MAX_AUDITS)
			break;
		due[n++] = (struct audit_due){
		    .attempt_id = pg_text(res, i, "attempt_id"),
		    .hotkey = pg_text(res, i, "hotkey"),
		    .results =
			{
			    .is_lost = pg_bool(res, i, "is_lost"),
			    .own_sha256 = store_cell(res, i, "own_sha256"),
			    .own_phash = store_cell(res, i, "own_phash"),
			    .own_blank = pg_bool(res, i, "own_blank"),
			    .trusted_blank = pg_bool(res, i, "trusted_blank"),
			    .trusted_sha256 =
				store_cell(res, i, "trusted_sha256"),
			    .trusted_phash =
				store_cell(res, i, "trusted_phash"),
			},
		};
	}
	q->on_audits(due, n, NULL, q->arg);
	store_answered(q);
}

void
store_read_audits(struct store *store, store_on_audits *on_done, void *arg)
{
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_audits = on_done;
	pg_add_int(&p, store->netuid);
	pg_add_int(&p, STORE_MAX_AUDITS);
	pg_query(store->pg, sql_audit_due, p.n, p.values, on_due, q);
}

void
store_settle_audit(struct store *store, const struct audit_settled *s,
    int64_t now_us, store_on_written *on_done, void *arg)
{
	struct pg_op *op = pg_op_new(s->attempt_id);
	struct question *q = store_ask(store, arg);
	struct pg_params p = {0};

	q->on_written = on_done;
	pg_add_text(&p, s->attempt_id);
	pg_add_text(&p, audit_verdict_name(s->verdict));
	pg_add_us(&p, now_us);
	pg_add_text(&p, s->results->own_sha256);
	pg_add_text(&p, s->results->trusted_sha256);
	pg_add_text(&p, s->why);
	pg_add_us(&p, s->expires_us);
	pg_op_add(op, sql_audit_settle, p.n, p.values);
	pg_op_batch(store->pg, op, store_on_changed, q);
}

/* What the API shows, as the database makes it. */
#include "orchestrator/store_v1.h"

#include "common/clock.h"
#include "orchestrator/miners.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

void
store_job_list(struct orchestrator *o, const struct jobs_ask *ask,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, ask->behind != NULL ? ask->behind->created_us : 0);
	pg_add_text(&p, ask->behind != NULL ? ask->behind->id : NULL);
	pg_add_us(&p, ask->since_us);
	pg_add_us(&p, ask->until_us);
	pg_add_text(&p, ask->kind);
	pg_add_text(&p, ask->state);
	pg_add_text(&p, ask->tenant);
	pg_add_int(&p, ask->limit);
	store_query_back(o, sql_job_list, &p, on_answer, arg);
}

void
store_job_receipt(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_job_receipt, id, tenant, on_answer, arg);
}

void
store_job_events(struct orchestrator *o, const char *id, const char *tenant,
    pg_on_answer *on_answer, void *arg)
{
	store_query_owned(o, sql_job_events, id, tenant, on_answer, arg);
}

void
store_miner_show(struct orchestrator *o, int64_t behind, int limit,
    const char *hotkey, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};
	int64_t now_us = clock_wall_us();

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, now_us);
	pg_add_int(&p, behind);
	pg_add_int(&p, limit);
	pg_add_text(&p, hotkey);
	pg_add_us(&p, now_us - MINERS_POLL_MS * 1000LL);
	pg_add_int(&p, o->mecid);
	store_query(o, sql_miner_show, &p, on_answer, arg);
}

void
store_score_board(struct orchestrator *o, const char *policy, int limit,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, policy);
	pg_add_int(&p, limit);
	store_query_back(o, sql_score_board, &p, on_answer, arg);
}

/* What /metrics shows of PostgreSQL. */
#include "orchestrator/store_gauges.h"

#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

void
store_waiting(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	store_query_back(o, sql_job_waiting, &p, on_answer, arg);
}

void
store_database(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_op *op = pg_op_new("");

	pg_op_add(op, sql_database_state, 0, NULL);
	pg_op_add(op, sql_database_dead, 0, NULL);
	pg_op_run(o->back, op, on_answer, arg);
}

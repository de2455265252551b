/* What Dippy's views read. */
#include "orchestrator/store_dippy.h"

#include "common/clock.h"
#include "orchestrator/orchestrator.h"
#include "orchestrator/store_op.h"
#include "sql.h"

void
store_dippy_jobs(struct orchestrator *o, const char *id, int limit,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_text(&p, id);
	pg_add_int(&p, limit);
	store_query_back(o, sql_dippy_jobs, &p, on_answer, arg);
}

/* One that asks for the netuid alone, or for the time, too. */
static void
query(struct orchestrator *o, const char *sql, bool wants_now,
    pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	if (wants_now)
		pg_add_us(&p, clock_wall_us());
	store_query_back(o, sql, &p, on_answer, arg);
}

void
store_dippy_miners(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	query(o, sql_dippy_miners, true, on_answer, arg);
}

void
store_dippy_scores(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_add_int(&p, o->mecid);
	store_query_back(o, sql_dippy_scores, &p, on_answer, arg);
}

void
store_dippy_audit_failures(
    struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	query(o, sql_dippy_audit_failures, false, on_answer, arg);
}

void
store_dippy_candidates(
    struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	query(o, sql_dippy_candidates, false, on_answer, arg);
}

/* The queries of an instance that is about to end. */
#include "orchestrator/store_drain.h"

#include "common/clock.h"
#include "orchestrator/orchestrator.h"
#include "sql.h"

void
store_drain_hand_over(
    struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, o->id);
	pg_add_int(&p, o->netuid);
	pg_add_us(&p, clock_wall_us());
	pg_query(o->pg, sql_drain_hand_over, p.n, p.values, on_answer, arg);
}

void
store_drain_open(struct orchestrator *o, pg_on_answer *on_answer, void *arg)
{
	struct pg_params p = {0};

	pg_add_text(&p, o->id);
	pg_add_int(&p, o->netuid);
	pg_query(o->pg, sql_drain_open, p.n, p.values, on_answer, arg);
}
